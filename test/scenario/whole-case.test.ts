import { beforeAll, describe, expect, test } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { type Answer, clerkIn, request, secondClerkIn, systemTokenOf, until } from '../support/scenario.ts';
import { runNow } from '../support/scenario-aws.ts';
import { Handover, type SideName } from '../support/scenario-handover.ts';
import { allowed, atIn, atOut, delivered, type Offer, type Offers, offers, stopped } from '../support/scenario-offers.ts';

const CORRECTED = 'DEMO-0001';
const QUERY = { about: 'liaison-letter', fields: ['insuranceNumber'], question: '请补充医疗保险编号' };

describe('G3: a person moves from Chengdu to Hangzhou through the deployed API, streams, queues and functions', () => {
  let handover: Handover;
  const steps: Offers[] = [];
  const alone: Record<string, Answer> = {};
  let there: TransferInCase;
  let here: TransferOutCase;

  /** The first clerk, and a system, try to approve what the first clerk proposed. */
  async function approveAlone(name: 'approve-termination' | 'approve-remittance' | 'approve-table'): Promise<void> {
    await actAlone('out', name, await handover.proposal(name));
  }
  async function actAlone(side: SideName, name: ClerkCommandName, body: unknown): Promise<void> {
    const system = await systemTokenOf(side === 'in' ? HANGZHOU : CHENGDU);
    alone[`clerk ${name}`] = await handover.command(side, name, body);
    alone[`system ${name}`] = await request(system, 'POST', `/v1/cases/${handover.caseNumber}/${name}`, { body });
  }

  beforeAll(async () => {
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    const note = async () => void steps.push(await offers(handover));
    await note();
    await handover.give('in', 'accept');
    await note();
    await handover.give('in', 'send-letter');
    await handover.until('out', 'the letter', ({ case: { status } }) => status === 'letter-received');
    await note();
    await handover.give('out', 'query', QUERY);
    const { case: asked } = await handover.until('in', 'the query', ({ case: { queries } }) => queries !== undefined);
    await note();
    const changes = { insuranceNumber: CORRECTED };
    await handover.give('in', 'correct', { about: 'liaison-letter', query: asked.queries?.[0]?.id, changes });
    await handover.until('out', 'the correction', ({ actions }) => actions.includes('propose-termination'));
    await openAsSecondClerk('liaison-letter');
    await handover.give('out', 'propose-termination');
    await note();
    await approveAlone('approve-termination');
    await handover.approve('approve-termination');
    await note();
    await handover.give('out', 'propose-remittance');
    await note();
    await approveAlone('approve-remittance');
    await handover.approve('approve-remittance');
    await handover.until('in', 'the advice', ({ case: { advice } }) => advice !== undefined);
    await handover.give('out', 'propose-table');
    await note();
    await approveAlone('approve-table');
    await handover.approve('approve-table');
    await handover.until('in', 'the table', ({ case: { table } }) => table !== undefined);
    await note();
    await handover.give('in', 'confirm-money');
    await note();
    await actAlone('in', 'credit', {});
    await handover.giveSecond('in', 'credit');
    await note();
    await handover.give('in', 'complete');
    await handover.until('out', 'the completion notice', ({ case: state }) => state.status === 'closed' && delivered(state) === 2);
    await note();
    await handover.give('in', 'deliver-notice');
    await handover.until('in', 'every receipt and every clock stopped', ({ case: state }) => stopped(state) && delivered(state) === 2);
    await note();
    there = (await handover.caseOf('in')) as TransferInCase;
    here = (await handover.caseOf('out')) as TransferOutCase;
  });

  async function openAsSecondClerk(kind: string): Promise<void> {
    const letter = (await handover.messages('out')).find(({ type }) => type === `cn.jiexu.${kind}.v1`);
    const path = `/v1/cases/${handover.caseNumber}/messages/${letter?.messageId}/open`;
    expect((await secondClerkIn(CHENGDU).post(path)).status).toBe(200);
  }

  test('each step offers a clerk what he can do; money is confirmed once its advice is in (B10)', () => {
    // What goes beside the hand-over: benefits and the record.
    const BESIDES = ['assess-entitlement', 'supplement-record'];
    // The voucher that the letter names can be questioned as soon as transferOut knows of it.
    const LETTER: Offer = ['letter-sent', [...BESIDES, 'query', 'withdraw', 'propose-closure', 'remind']];
    const nowhere = atOut(['absent', []]);
    const atLetter = ['refuse', 'forward', 'query', 'propose-closure'];
    const ended = ['propose-remittance', 'not-remit', 'query', 'propose-closure'];
    const settled = ['propose-table', 'propose-closure'];
    const sent: Offer = ['transferred-out', ['propose-closure', 'remind']];
    expect(steps).toEqual([
      { ...atIn(['opened', ['return-materials', 'accept', 'withdraw']]), ...nowhere },
      { ...atIn(['accepted', ['send-letter', ...BESIDES, 'withdraw']]), ...nowhere },
      { ...atIn(LETTER), ...atOut(['letter-received', ['propose-termination', ...atLetter]]) },
      {
        ...atIn(['letter-sent', [...BESIDES, 'query', 'correct', 'explain', 'withdraw', 'propose-closure', 'remind']]),
        // B3: nothing rests on a letter that is in question, and it is asked about once.
        ...atOut(['letter-received', ['refuse', 'propose-closure', 'remind']]),
      },
      {
        ...atIn(LETTER),
        ...atOut(
          ['letter-received', ['propose-termination', ...atLetter]],
          ['letter-received', ['propose-termination', 'approve-termination', ...atLetter]],
        ),
      },
      { ...atIn(LETTER), ...atOut(['relation-terminated', ended]) },
      {
        ...atIn(LETTER),
        ...atOut(
          ['relation-terminated', ended],
          ['relation-terminated', ['propose-remittance', 'approve-remittance', 'not-remit', 'query', 'propose-closure']],
        ),
      },
      {
        ...atIn(['letter-sent', ['confirm-money', ...BESIDES, 'query', 'withdraw', 'propose-closure', 'remind']]),
        ...atOut(['account-settled', settled], ['account-settled', ['propose-table', 'approve-table', 'propose-closure']]),
      },
      { ...atIn(['letter-sent', ['confirm-money', ...BESIDES, 'query', 'withdraw', 'propose-closure']]), ...atOut(sent) },
      {
        // F2: who confirmed the money does not credit it.
        ...atIn(
          ['ready-to-complete', ['reject-money', ...BESIDES, 'query', 'propose-closure']],
          ['ready-to-complete', ['reject-money', 'credit', ...BESIDES, 'query', 'propose-closure']],
        ),
        ...atOut(sent),
      },
      { ...atIn(['ready-to-complete', [...BESIDES, 'complete', 'query']]), ...atOut(sent) },
      { ...atIn(['completed', [...BESIDES, 'deliver-notice']]), ...atOut(['closed', []]) },
      { ...atIn(['completed', BESIDES]), ...atOut(['closed', []]) },
    ]);
    for (const [status, actions] of steps.flatMap((step) => Object.values(step)))
      expect(allowed('2016.2', status)).toEqual(expect.arrayContaining([...actions]));
  });

  test('B21: the procedure is that of 2016, because Chengdu is not online, and stays', () => {
    expect([there.procedure, there.procedureReason, here.procedure]).toEqual(['2016.2', 'counterpart-not-online', '2016.2']);
  });

  test('B1: the letter is made from the application with no retyping, and both sides hold the same one', () => {
    expect(there.letter).toMatchObject({
      person: there.application?.person,
      voucherNumber: there.application?.voucher.number,
      hukouType: there.application?.hukouType,
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
    expect(here.delivered['cn.jiexu.remittance-advice.v2']).toBe(there.times['remittance-advice-received']);
    expect(here.delivered['cn.jiexu.information-table.v2']).toBe(there.times['table-received']);
  });

  test('B3: the letter that was queried was corrected, and both sides know question and answer', () => {
    expect(there.letter?.insuranceNumber).toBe(CORRECTED);
    const answered = { ...QUERY, answer: 'corrected', changed: ['insuranceNumber'] };
    expect(there.queries).toMatchObject([{ ...answered, by: 'counterpart' }]);
    expect(here.queries).toMatchObject([{ ...answered, by: 'own' }]);
    expect(here.queries?.[0]?.id).toBe(there.queries?.[0]?.id);
  });

  test.each([
    ['approve-termination', 'proposal'],
    ['approve-remittance', 'proposal'],
    ['approve-table', 'proposal'],
    ['credit', 'money'],
  ])('F2: %s is refused to who took the step before, and to a system', (name, field) => {
    expect(alone[`clerk ${name}`]).toMatchObject({ status: 403, body: { code: 'case.same-person', errors: [{ field }] } });
    expect(alone[`system ${name}`]).toMatchObject({ status: 403, body: { code: 'caller.role-not-allowed' } });
  });

  test('E3: of every message the sender sees accepted, delivered, opened and decided apart', async () => {
    // That a message was opened travels with the next sweep.
    await runNow('jiexu-exchange-sweep');
    const look = async () => (await handover.messages('in')).filter(({ direction }) => direction === 'sent');
    const sent = await until('the opened receipt', look, (messages) => messages.some(({ openedAt }) => openedAt !== undefined));
    expect(sent.map(({ name }) => name)).toEqual(['联系函', '更正', '办结通知']);
    for (const { acceptedAt, deliveredAt } of sent)
      expect(Date.parse(acceptedAt)).toBeLessThanOrEqual(Date.parse(deliveredAt ?? '') + 1_000);
    expect(sent.map(({ openedAt }) => openedAt !== undefined)).toEqual([true, false, false]);
    const received = (await handover.messages('in')).filter(({ direction }) => direction === 'handled');
    const [correction, advice] = [sent[1], received.find(({ name }) => name === '划转通知')];
    expect(correction?.decidedBy).toBe(advice?.messageId);
  });

  test('B8: the table arrives as it was stated, headed from the case', () => {
    expect(there.table).toEqual(here.table);
    expect(there.table).toMatchObject({ ...handover.papers['propose-table'], person: there.person, letterNumber: there.letter?.number });
  });

  test('B10: the balance is remitted to the account of the letter, labelled with person and letter', () => {
    expect(there.advice).toEqual(here.advice);
    expect(there.advice).toMatchObject({
      ...handover.papers['propose-remittance'],
      person: there.person,
      letterNumber: there.letter?.number,
      payee: there.letter?.payee,
    });
  });

  test('B16: the completion notice closes the other copy by itself, and everything that was sent was handled', () => {
    expect([there.status, here.status, here.relation]).toEqual(['completed', 'closed', 'terminated']);
    expect(here.completion).toEqual(there.completion);
    expect(there.completion?.creditedFen).toBe(handover.papers['propose-remittance'].amountFen);
    expect([there.sequences, here.sequences]).toEqual(Array(2).fill({ sent: 3, handled: 3 }));
  });

  test('B19: the person hears the same from both regions', async () => {
    const told = await handover.progress('in');
    expect(told).toMatchObject({ caseNumber: handover.caseNumber, procedure: '2016.2', ended: 'completed' });
    expect(await handover.progress('out')).toEqual(told);
  });

  test('D1: the three clocks of S94 ran, the third from the later of table and balance, and all are stopped', () => {
    expect(Object.keys(there.clocks).sort()).toEqual(['complete', 'counterpart-closure', 'send-letter', 'tell-result', 'transfer-out']);
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
        ...['open', 'accept', 'send-letter', 'record-delivery', 'receive-query', 'correct', 'receive-remittance-advice', 'receive-table'],
        ...['confirm-money', 'credit', 'complete', 'deliver-notice', 'record-delivery'],
      ].sort(),
    );
    expect(outside.entries.map(({ command }) => command).sort()).toEqual(
      [
        ...['receive-letter', 'query', 'receive-correction', 'propose-termination', 'approve-termination', 'propose-remittance'],
        ...['approve-remittance', 'propose-table', 'approve-table', 'record-delivery', 'record-delivery', 'receive-completion'],
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

test('B11, B24: a case that a voucher began and whose balance is not transferred completes without money', async () => {
  const voucher = { side: 'out', command: 'send-voucher', body: (papers: Handover['papers']) => papers['send-voucher'] } as const;
  const handover = await Handover.open({ from: CHENGDU, to: HANGZHOU }, voucher);
  expect(handover.caseNumber).toMatch(/^510100-/);
  await handover.until('in', 'the voucher', ({ case: { status } }) => status === 'voucher-received');
  await handover.give('in', 'apply');
  await handover.give('in', 'accept');
  await handover.give('in', 'send-letter');
  await handover.until('out', 'the letter', ({ case: { status } }) => status === 'letter-received');
  await handover.terminate();
  await handover.give('out', 'not-remit', { reason: 'paid-to-person' });
  await handover.sendTable();
  const { actions } = await handover.until('in', 'notice and table', ({ case: { status } }) => status === 'ready-to-complete');
  expect(actions).toEqual(['assess-entitlement', 'supplement-record', 'complete', 'query', 'propose-closure']);
  const money = await handover.command('in', 'confirm-money');
  expect(money).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
  await handover.give('in', 'complete');
  await handover.give('in', 'deliver-notice');
  const { case: here } = await handover.until(
    'out',
    'the completion notice and every clock stopped',
    ({ case: state }) => state.status === 'closed' && stopped(state),
  );
  const { case: there } = await handover.until('in', 'every clock stopped', ({ case: state }) => stopped(state));
  expect(there).toMatchObject({ status: 'completed', notRemitted: { reason: 'paid-to-person' }, completion: { creditedFen: 0 } });
  expect(there.letter).toMatchObject({ voucherNumber: handover.papers['send-voucher'].voucher.number });
  expect(there.advice).toBeUndefined();
  expect(here.letter).toEqual(there.letter);
});
