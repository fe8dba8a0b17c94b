import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { permutations } from '../support/permutations.ts';
import { endingOf, kindsOf, runCase, STORIES } from '../support/pure-network.ts';

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
    expect(hangzhou?.state?.clocks['transfer-out']).toEqual(chengdu?.state?.clocks['transfer-out']);
  });

  test('has every clock stopped at the end, its owner named', () => {
    const clocks = [hangzhou, chengdu].flatMap((copy) => Object.entries(copy?.state?.clocks ?? {}));
    expect(clocks.filter(([, clock]) => clock.stoppedAt === undefined)).toEqual([]);
    const owners = { 'send-letter': HANGZHOU, 'transfer-out': CHENGDU, complete: HANGZHOU, 'counterpart-closure': CHENGDU };
    for (const [name, clock] of clocks) expect(clock.owner).toBe(owners[name as keyof typeof owners]);
  });

  /** Recorded steps of both sides in order. Two runs with the same path are the same run: its ending is looked at once. */
  const pathOf = (run: typeof straight) => run.copies.map(({ entries }) => entries.map(({ command }) => command).join()).join('|');

  const told = STORIES.map((story) => {
    const run = runCase(inOrder, 1, story);
    return { ...story, story, run, ending: endingOf(run) };
  });

  test.each(told)('remitted: $remitted, table first: $tableFirst — both sides end complete, on the same days', ({ remitted, run }) => {
    const [there, here] = run.copies.map(({ state }) => state);
    expect([there?.status, here?.status, run.todo]).toEqual(['completed', 'closed', []]);
    expect(there?.clocks.complete).toMatchObject({ startedOn: remitted ? '2026-02-26' : '2026-02-25' });
    // Chengdu tracks that clock only where it can know the start: nobody tells it the value date of money.
    const { stoppedAt: _, ...tracked } = here?.clocks.complete ?? {};
    expect(tracked).toEqual(remitted ? {} : { owner: HANGZHOU, startedOn: '2026-02-25', dueOn: there?.clocks.complete?.dueOn });
  });

  test.each(told.flatMap((one) => [1, 3].map((times) => ({ ...one, times }))))(
    'ends the same in all orders of priority; remitted: $remitted, table first: $tableFirst, everything coming $times times',
    ({ story, ending, times }) => {
      const paths = new Set<string>();
      const orders = permutations(kindsOf(story));
      for (const order of orders) {
        const run = runCase(byPriority(order), times, story);
        const path = pathOf(run);
        if (paths.has(path)) continue;
        paths.add(path);
        expect(endingOf(run) === ending, order.join(' ')).toBe(true);
      }
      expect(orders).toHaveLength(story.remitted ? 720 : 120);
      // The orders do differ on the way, else nothing would have been shown.
      expect(paths.size).toBeGreaterThan(5);
    },
  );

  test('ends the same however single arrivals overtake each other', () => {
    fc.assert(
      fc.property(
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom(...told),
        (dice, times, { story, ending }) => {
          const run = runCase((items) => dice.next().value % items.length, times, story);
          expect(endingOf(run) === ending).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('the table before the advice waits for it', () => {
    const { copies } = runCase(byPriority(['table', 'letter', 'advice', 'completion', 'receipt', 'money']));
    const commands = copies[0]!.entries.map(({ command }) => command);
    expect(commands.indexOf('receive-table')).toBe(commands.indexOf('receive-remittance-advice') + 1);
  });
});
