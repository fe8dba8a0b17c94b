import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { permutations } from '../support/permutations.ts';
import { endingOf, KINDS, runCase } from '../support/pure-network.ts';

const byPriority =
  (order: readonly string[]) =>
  (items: readonly { kind: string }[]): number =>
    items.reduce((best, { kind }, i) => (order.indexOf(kind) < order.indexOf(items[best]!.kind) ? i : best), 0);

const inOrder = () => 0;
const straight = runCase(inOrder);
const ENDING = endingOf(straight);
const [hangzhou, chengdu] = straight.copies;

describe('one case of six kinds of arrival (E2)', () => {
  test('handled as it comes ends complete on both sides, nothing left waiting', () => {
    expect(hangzhou?.state).toMatchObject({ status: 'completed', sequences: { sent: 2, handled: 2 } });
    expect(chengdu?.state).toMatchObject({ status: 'closed', relation: 'terminated', sequences: { sent: 2, handled: 2 } });
    expect(straight.todo).toEqual([]);
    expect(JSON.parse(ENDING).ends).toMatchObject([
      { whole: true, parked: 0 },
      { whole: true, parked: 0 },
    ]);
  });

  test('shows the same second of receipt on both sides (B2)', () => {
    expect(hangzhou?.state?.delivered['cn.jiexu.liaison-letter.v1']).toBe('2026-02-24T02:00:01.000Z');
    expect(chengdu?.state?.times['letter-received']).toBe('2026-02-24T02:00:01.000Z');
    expect(hangzhou?.state?.clocks['transfer-out']).toEqual({ ...chengdu?.state?.clocks['transfer-out'], stoppedAt: expect.any(String) });
  });

  test('has every clock stopped at the end, its owner named', () => {
    const clocks = [hangzhou, chengdu].flatMap((copy) => Object.entries(copy?.state?.clocks ?? {}));
    expect(clocks.filter(([, clock]) => clock.stoppedAt === undefined)).toEqual([]);
    const owners = { 'send-letter': HANGZHOU, 'transfer-out': CHENGDU, complete: HANGZHOU, 'counterpart-closure': CHENGDU };
    for (const [name, clock] of clocks) expect(clock.owner).toBe(owners[name as keyof typeof owners]);
  });

  const orders = permutations(KINDS);

  /** Recorded steps of both sides in order. Two runs with the same path are the same run: its ending is looked at once. */
  const pathOf = (run: typeof straight) => run.copies.map(({ entries }) => entries.map(({ command }) => command).join()).join('|');

  test.each([1, 3])('ends the same in all 720 orders of priority, everything coming %d times', (times) => {
    const paths = new Set<string>();
    for (const order of orders) {
      const run = runCase(byPriority(order), times);
      const path = pathOf(run);
      if (paths.has(path)) continue;
      paths.add(path);
      expect(endingOf(run) === ENDING, order.join(' ')).toBe(true);
    }
    expect(orders).toHaveLength(720);
    // The orders do differ on the way, else nothing would have been shown.
    expect(paths.size).toBeGreaterThan(10);
  });

  test('ends the same however single arrivals overtake each other', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 2 }), (dice, times) => {
        const run = runCase((items) => dice.next().value % items.length, times);
        expect(endingOf(run) === ENDING).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('the table before the advice waits for it', () => {
    const { copies } = runCase(byPriority(['table', 'letter', 'advice', 'completion', 'receipt', 'money']));
    const commands = copies[0]!.entries.map(({ command }) => command);
    expect(commands.indexOf('receive-table')).toBe(commands.indexOf('receive-remittance-advice') + 1);
  });
});
