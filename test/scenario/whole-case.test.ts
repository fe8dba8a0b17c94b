import { beforeAll, describe, expect, test } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import { PROCEDURE_2016 } from '../../functions/cases/procedures/2016.ts';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { clerkIn, Handover, type SideName } from '../support/scenario.ts';

/** What the transition table allows a clerk in a state. */
const allowed = (status: string): string[] =>
  PROCEDURE_2016.transitions
    .filter(({ from, roles }) => roles.includes('clerk') && from.some((state) => state === status))
    .map(({ command }) => command);

const stopped = (state: { clocks: TransferInCase['clocks'] }): boolean =>
  Object.values(state.clocks).every(({ stoppedAt }) => stoppedAt !== undefined);

/** After each step: statuses and offered actions of both sides, as their clerks see them; `absent` before the letter has come. */
async function offers(handover: Handover): Promise<Record<SideName, readonly [string, readonly string[]]>> {
  const seen = async (side: SideName) => {
    const { status, body } = await handover.view(side);
    return status === 200 ? ([body.case.status, body.actions] as const) : (['absent', []] as const);
  };
  return { in: await seen('in'), out: await seen('out') };
}

describe('G3: a person moves from Chengdu to Hangzhou through the deployed API, streams, queues and functions', () => {
  let handover: Handover;
  const steps: Awaited<ReturnType<typeof offers>>[] = [];
  let there: TransferInCase;
  let here: TransferOutCase;

  beforeAll(async () => {
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    const { papers } = handover;
    const note = async () => void steps.push(await offers(handover));
    await note();
    await handover.give('in', 'accept');
    await note();
    await handover.give('in', 'send-letter');
    await handover.until('out', 'the letter', ({ case: { status } }) => status === 'letter-received');
    await note();
    await handover.give('out', 'confirm-termination', papers['confirm-termination']);
    await note();
    await handover.give('out', 'remit', papers.remit);
    await handover.until('in', 'the advice', ({ case: { advice } }) => advice !== undefined);
    await note();
    await handover.give('out', 'send-table', papers['send-table']);
    await handover.until('in', 'the table', ({ case: { table } }) => table !== undefined);
    await note();
    await handover.give('in', 'confirm-money', papers['confirm-money']);
    await note();
    await handover.give('in', 'complete');
    await handover.until('out', 'the completion notice', ({ case: state }) => state.status === 'closed' && delivered(state) === 2);
    await handover.until('in', 'every receipt and every clock stopped', ({ case: state }) => stopped(state) && delivered(state) === 2);
    await note();
    there = (await handover.caseOf('in')) as TransferInCase;
    here = (await handover.caseOf('out')) as TransferOutCase;
  });

  test('each step offers a clerk what the transition table allows; money is confirmed once its advice is in (B10)', () => {
    expect(steps).toEqual([
      { in: ['opened', ['accept']], out: ['absent', []] },
      { in: ['accepted', ['send-letter']], out: ['absent', []] },
      { in: ['letter-sent', []], out: ['letter-received', ['confirm-termination']] },
      { in: ['letter-sent', []], out: ['relation-terminated', ['remit', 'not-remit']] },
      { in: ['letter-sent', ['confirm-money']], out: ['account-settled', ['send-table']] },
      { in: ['letter-sent', ['confirm-money']], out: ['transferred-out', []] },
      { in: ['ready-to-complete', ['complete']], out: ['transferred-out', []] },
      { in: ['completed', []], out: ['closed', []] },
    ]);
    for (const [status, actions] of steps.flatMap((step) => Object.values(step)))
      expect(allowed(status)).toEqual(expect.arrayContaining([...actions]));
  });

  test('B1: the letter is made from the application with no retyping, and both sides hold the same one', () => {
    expect(there.letter).toMatchObject({
      person: there.application.person,
      voucherNumber: there.application.voucher.number,
      hukouType: there.application.hukouType,
      to: { region: CHENGDU },
      payee: { directoryVersion: expect.any(Number) },
    });
    expect(there.letter?.number).toMatch(/^33010001-\d{8}-\d{6}-\d$/);
    expect(here.letter).toEqual(there.letter);
  });

  test('B2: both sides show the same second of receipt, and the clock of the sending side started with it', () => {
    expect(here.times['letter-received']).toMatch(/\.000Z$/);
    expect(there.delivered['cn.jiexu.liaison-letter.v1']).toBe(here.times['letter-received']);
    expect(here.clocks['transfer-out']?.startedOn).toBe(there.clocks['transfer-out']?.startedOn);
    expect(here.clocks['transfer-out']?.dueOn).toBe(there.clocks['transfer-out']?.dueOn);
    expect(here.delivered['cn.jiexu.remittance-advice.v1']).toBe(there.times['remittance-advice-received']);
    expect(here.delivered['cn.jiexu.information-table.v1']).toBe(there.times['table-received']);
  });

  test('B8: the table arrives as it was stated, headed from the case', () => {
    expect(there.table).toEqual(here.table);
    expect(there.table).toMatchObject({ ...handover.papers['send-table'], person: there.person, letterNumber: there.letter?.number });
  });

  test('B10: the balance is remitted to the account of the letter, labelled with person and letter', () => {
    expect(there.advice).toEqual(here.advice);
    expect(there.advice).toMatchObject({
      ...handover.papers.remit,
      person: there.person,
      letterNumber: there.letter?.number,
      payee: there.letter?.payee,
    });
  });

  test('B16: the completion notice closes the other copy by itself, and everything that was sent was handled', () => {
    expect([there.status, here.status, here.relation]).toEqual(['completed', 'closed', 'terminated']);
    expect(here.completion).toEqual(there.completion);
    expect(there.completion?.creditedFen).toBe(handover.papers.remit.amountFen);
    expect([there.sequences, here.sequences]).toEqual(Array(2).fill({ sent: 2, handled: 2 }));
  });

  test('D1: the three clocks of S94 ran, the third from the later of table and balance, and all are stopped', () => {
    expect(Object.keys(there.clocks).sort()).toEqual(['complete', 'counterpart-closure', 'send-letter', 'transfer-out']);
    expect(Object.keys(here.clocks)).toContain('transfer-out');
    const [money, table] = [handover.papers['confirm-money'].valueDate, chinaDate(there.times['table-received']!)];
    expect(there.clocks.complete?.startedOn).toBe(money > table ? money : table);
    expect([stopped(there), stopped(here)]).toEqual([true, true]);
  });

  test('E7: the timeline of either side is whole, every step once', async () => {
    const [inside, outside] = await Promise.all([handover.timeline('in'), handover.timeline('out')]);
    expect([inside.intact, outside.intact]).toEqual([true, true]);
    expect(inside.entries.map(({ command }) => command).sort()).toEqual(
      [
        ...['open', 'accept', 'send-letter', 'record-delivery', 'receive-remittance-advice', 'receive-table'],
        ...['confirm-money', 'complete', 'record-delivery'],
      ].sort(),
    );
    expect(outside.entries.map(({ command }) => command).sort()).toEqual(
      [
        ...['receive-letter', 'confirm-termination', 'remit', 'send-table', 'record-delivery', 'record-delivery'],
        'receive-completion',
      ].sort(),
    );
  });

  test('a finished case is on nobody’s work list', async () => {
    for (const region of [HANGZHOU, CHENGDU]) {
      const { status, body } = await clerkIn(region).get<{ items: { caseNumber: string }[] }>('/v1/work-list');
      expect(status).toBe(200);
      expect(body.items.map(({ caseNumber }) => caseNumber)).not.toContain(handover.caseNumber);
    }
  });
});

/** How many of the messages sent are known to have arrived. */
const delivered = (state: Pick<TransferInCase, 'delivered'>): number => Object.keys(state.delivered).length;

test('B11: a case whose balance is not transferred completes without money', async () => {
  const handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
  const { papers } = handover;
  await handover.give('in', 'accept');
  await handover.give('in', 'send-letter');
  await handover.until('out', 'the letter', ({ case: { status } }) => status === 'letter-received');
  await handover.give('out', 'confirm-termination', papers['confirm-termination']);
  await handover.give('out', 'not-remit', { reason: 'paid-to-person' });
  await handover.give('out', 'send-table', papers['send-table']);
  const { actions } = await handover.until('in', 'notice and table', ({ case: { status } }) => status === 'ready-to-complete');
  expect(actions).toEqual(['complete']);
  const money = await handover.command('in', 'confirm-money', papers['confirm-money']);
  expect(money).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
  await handover.give('in', 'complete');
  const { case: here } = await handover.until('out', 'the completion notice', ({ case: { status } }) => status === 'closed');
  const { case: there } = await handover.until('in', 'every clock stopped', ({ case: state }) => stopped(state));
  expect(there).toMatchObject({ status: 'completed', notRemitted: { reason: 'paid-to-person' }, completion: { creditedFen: 0 } });
  expect(there.advice).toBeUndefined();
  expect(stopped(here)).toBe(true);
});
