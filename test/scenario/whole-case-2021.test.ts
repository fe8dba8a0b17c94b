import { beforeAll, describe, expect, test } from 'vitest';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { ImportView } from '../../schemas/imports.ts';
import { HANGZHOU } from '../support/documents.ts';
import { clerkIn } from '../support/scenario.ts';
import { Handover, requestedAtTransferIn } from '../support/scenario-handover.ts';
import { handInStatement, statementFor } from '../support/scenario-imports.ts';
import { allowed, atIn, atOut, delivered, type Offers, offers, stopped } from '../support/scenario-offers.ts';

const SHENZHEN = '440300';
const MOVE = { from: SHENZHEN, to: HANGZHOU };

describe('G3: a person moves from Shenzhen to Hangzhou under the measures of 2021, as deployed', () => {
  let handover: Handover;
  const steps: Offers[] = [];
  let imported: ImportView;
  const progress: unknown[] = [];
  /** The relation at Shenzhen after each step. */
  const relations: string[] = [];
  let there: TransferInCase;
  let here: TransferOutCase;

  beforeAll(async () => {
    handover = await Handover.open(MOVE, requestedAtTransferIn(MOVE));
    const note = async () => {
      steps.push(await offers(handover));
      const state = await handover.caseOf('out');
      if (state.side === 'transferOut') relations.push(state.relation);
    };
    await handover.until('out', 'the request', ({ case: { status } }) => status === 'request-received');
    await note();
    await handover.give('out', 'give-verdict', { facts: handover.papers.request.facts });
    await handover.until('in', 'the verdict', ({ case: { status } }) => status === 'accepted');
    await note();
    progress.push(await handover.progress('in'), await handover.progress('out'));
    await handover.remit();
    await handover.until('in', 'the advice', ({ case: { advice } }) => advice !== undefined);
    await handover.give('out', 'propose-table');
    await note();
    await handover.approve('approve-table');
    await handover.until('in', 'the table', ({ case: { status } }) => status === 'ready-to-complete');
    await note();
    await handover.give('in', 'complete');
    await handover.until('out', 'the completion notice', ({ case: { status } }) => status === 'closed');
    await note();
    imported = await handInStatement(clerkIn(HANGZHOU), statementFor(handover.papers, HANGZHOU));
    await note();
    await handover.giveSecond('in', 'credit');
    await handover.give('in', 'deliver-notice');
    await handover.until('in', 'every receipt and every clock stopped', ({ case: state }) => stopped(state) && delivered(state) === 2);
    await handover.until('out', 'every receipt', ({ case: state }) => stopped(state) && delivered(state) === 2);
    await note();
    there = (await handover.caseOf('in')) as TransferInCase;
    here = (await handover.caseOf('out')) as TransferOutCase;
  });

  test('each step offers a clerk what he can do; money may come after the completion', () => {
    // What goes beside the hand-over: benefits and the record.
    const BESIDES = ['assess-entitlement', 'supplement-record'];
    expect(steps).toEqual([
      { ...atIn(['requested', ['withdraw', 'remind']]), ...atOut(['request-received', ['give-verdict', 'query']]) },
      {
        ...atIn(['accepted', [...BESIDES, 'withdraw', 'propose-closure', 'remind']]),
        ...atOut(['accepted', ['propose-remittance', 'not-remit', 'propose-closure']]),
      },
      {
        ...atIn(['accepted', ['confirm-money', ...BESIDES, 'query', 'withdraw', 'propose-closure', 'remind']]),
        ...atOut(
          ['account-settled', ['propose-table', 'propose-closure']],
          ['account-settled', ['propose-table', 'approve-table', 'propose-closure']],
        ),
      },
      {
        ...atIn(['ready-to-complete', ['confirm-money', ...BESIDES, 'complete', 'query', 'propose-closure']]),
        ...atOut(['transferred-out', ['propose-closure', 'remind']]),
      },
      { ...atIn(['completed', ['confirm-money', ...BESIDES, 'deliver-notice', 'query']]), ...atOut(['closed', []]) },
      {
        // F2: who handed the statement in does not credit the money.
        ...atIn(
          ['completed', ['reject-money', ...BESIDES, 'deliver-notice', 'query']],
          ['completed', ['reject-money', 'credit', ...BESIDES, 'deliver-notice', 'query']],
        ),
        ...atOut(['closed', []]),
      },
      { ...atIn(['completed', BESIDES]), ...atOut(['closed', []]) },
    ]);
    for (const [status, actions] of steps.flatMap((step) => Object.values(step)))
      expect(allowed('2021.1', status)).toEqual(expect.arrayContaining([...actions]));
  });

  test('B21: the measures of 2021 apply, because both regions are online', () => {
    expect([there.procedure, there.procedureReason, here.procedure]).toEqual(['2021.1', 'both-online', '2021.1']);
  });

  test('A9: both sides hold the same request and the same two verdicts; accepted at the later one', () => {
    expect(there.opener).toBe('transferIn');
    expect(here.request).toEqual(there.request);
    expect(here.verdicts).toEqual(there.verdicts);
    expect(there.verdicts).toMatchObject({ transferIn: { eligible: true }, transferOut: { eligible: true } });
    const [first, later] = [there.verdicts?.transferIn?.decidedAt, there.verdicts?.transferOut?.decidedAt];
    expect(`${later}` > `${first}`).toBe(true);
    expect([there.acceptedAt, here.acceptedAt]).toEqual([later, later]);
  });

  test('B7: the relation stays suspended until the hand-over is complete and ends by itself then', () => {
    expect(relations).toEqual([...Array(4).fill('suspended'), ...Array(3).fill('terminated')]);
  });

  test('B10: the balance goes to the account of transferIn’s verdict; no document names a letter', () => {
    expect(there.advice).toEqual(here.advice);
    const verdict = there.verdicts?.transferIn;
    expect(there.advice?.payee).toEqual(verdict?.eligible ? verdict.payee : 'no verdict');
    for (const document of [there.advice, there.table, there.completion]) expect(document).not.toHaveProperty('letterNumber');
    expect([there.letter, here.letter, there.application]).toEqual([undefined, undefined, undefined]);
  });

  test('B12: the money is confirmed by the bank’s statement, which the first clerk handed in as a file', () => {
    expect(imported).toMatchObject({ status: 'done', counts: { matched: 1 }, errors: [] });
    expect(there.moneyFrom?.bankLine).toMatch(new RegExp(`^${there.money?.bankReference}~`));
  });

  test('B16: complete without the money, which is confirmed afterwards', () => {
    expect([there.status, here.status]).toEqual(['completed', 'closed']);
    expect(there.completion?.creditedFen).toBe(0);
    expect(there.money).toEqual(handover.papers['confirm-money']);
    expect(there.credit?.amountFen).toBe(there.money?.amountFen);
    expect([there.sequences, here.sequences]).toEqual([
      { sent: 2, handled: 3 },
      { sent: 3, handled: 2 },
    ]);
  });

  test('D2: one due date for the applicant, and both sides’ shorter ones within it, alike in both copies', () => {
    expect(Object.keys(there.clocks).sort()).toEqual([
      ...['counterpart-closure', 'overall', 'tell-result', 'transfer-in', 'transfer-out', 'verdict'],
    ]);
    expect(Object.keys(here.clocks).sort()).toEqual(['overall', 'transfer-in', 'transfer-out', 'verdict']);
    const due = ({ clocks }: TransferInCase | TransferOutCase) =>
      (['verdict', 'overall', 'transfer-out', 'transfer-in'] as const).map((name) => [clocks[name]?.owner, clocks[name]?.dueOn]);
    expect(due(here)).toEqual(due(there));
    expect(due(there).map(([owner]) => owner)).toEqual([SHENZHEN, HANGZHOU, SHENZHEN, HANGZHOU]);
    expect(`${there.clocks['transfer-out']?.dueOn}` < `${there.clocks.overall?.dueOn}`).toBe(true);
  });

  test('B19: the person hears the same from both regions, at work and at the end', async () => {
    expect(progress[0]).toMatchObject({ step: 'transferring-out', holder: SHENZHEN, dueOn: there.clocks.overall?.dueOn });
    expect(progress[1]).toEqual(progress[0]);
    const end = await handover.progress('in');
    expect(end).toMatchObject({ step: 'completed', ended: 'completed' });
    expect(await handover.progress('out')).toEqual(end);
  });

  test('E7: the timeline of either side is whole, every step once', async () => {
    const [inside, outside] = await Promise.all([handover.timeline('in'), handover.timeline('out')]);
    expect([inside.intact, outside.intact]).toEqual([true, true]);
    expect(inside.entries.map(({ command }) => command).sort()).toEqual(
      [
        ...['request', 'record-delivery', 'receive-verdict', 'receive-remittance-advice', 'receive-table'],
        ...['complete', 'record-delivery', 'confirm-money', 'credit', 'deliver-notice'],
      ].sort(),
    );
    expect(outside.entries.map(({ command }) => command).sort()).toEqual(
      [
        ...['receive-request', 'give-verdict', 'propose-remittance', 'approve-remittance', 'record-delivery'],
        ...['propose-table', 'approve-table', 'record-delivery', 'receive-completion'],
      ].sort(),
    );
  });
});

test('A9: an ineligible person is refused by the other side’s verdict, and the applicant is told by the side he asked', async () => {
  const handover = await Handover.open(MOVE, requestedAtTransferIn(MOVE));
  await handover.until('out', 'the request', ({ case: { status } }) => status === 'request-received');
  await handover.give('out', 'give-verdict', { facts: { side: 'transferOut', participation: 'active', retired: false } });
  const { actions } = await handover.until('in', 'the verdict', ({ case: { status } }) => status === 'ineligible');
  expect(actions).toEqual(['notify-applicant']);
  await handover.give('in', 'notify-applicant', { channel: 'counter' });
  const [there, here] = [await handover.caseOf('in'), await handover.caseOf('out')];
  expect([there.status, here.status]).toEqual(['refused', 'refused']);
  expect([stopped(there), stopped(here)]).toEqual([true, true]);
  const told = await handover.progress('out');
  expect(told).toMatchObject({ ended: 'refused', reasons: [{ code: 'not-suspended', article: expect.stringContaining('第四条') }] });
  expect(await handover.progress('in')).toEqual(told);
});
