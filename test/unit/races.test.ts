import { describe, expect, test } from 'vitest';
import type { Side } from '../../schemas/codes.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { disagreements } from '../support/agreement.ts';
import { WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { accepted, eventsOf, lettered, type Road, refusedWith, roadTo, SECOND } from '../support/roads.ts';

/** All that is under way to a region arrives there; what it answers stays under way. */
function arriveAt(road: Road, region: RegionCode): Road {
  const { exchange } = road;
  for (let n = exchange.inFlight.filter(({ to }) => to === region).length; n > 0; n -= 1) {
    exchange.deliver(exchange.inFlight.findIndex(({ to }) => to === region));
  }
  return road;
}
/** Both copies after everything has arrived, which must agree. */
function ending(road: Road): string[] {
  road.settle();
  expect(disagreements(road.exchange)).toEqual([]);
  return [road.there.status, road.here.status];
}
const wrong = (step: () => unknown) => refusedWith(step)?.[0];
const noted = (road: Road, side: Side) => eventsOf(road, side, 'noted').map(({ messageType }) => messageType);
const proposed = () =>
  lettered().out({
    name: 'propose-termination',
    terminatedOn: '2026-03-02' as never,
    facts: { side: 'transferOut', participation: 'suspended', retired: false },
  });
const approve = (road: Road) => road.out({ name: 'approve-termination', proposal: road.here.termination!.proposal }, SECOND);
const requested = () => roadTo('2021.1', 'transferIn', 'requested');
/** Nothing stands in the way of the completion; under procedure 2021 money may come later. */
const ready = (procedure: '2016.2' | '2021.1') => {
  const road = roadTo(procedure, 'transferIn', 'ready-to-complete');
  return procedure === '2016.2' ? road.credit() : road;
};

describe('the withdrawal meets another step (B5)', () => {
  test('it arrives before the termination is approved: granted, and nothing is left to approve', () => {
    const road = arriveAt(proposed().withdraw(), CHENGDU);
    expect(road.here).toMatchObject({ status: 'withdrawn', relation: 'suspended' });
    expect(road.here.termination).toBeUndefined();
    const approval = () => road.out({ name: 'approve-termination', proposal: 3 }, SECOND);
    expect(wrong(approval)).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('the termination was approved before it arrives: denied, and the hand-over goes on', () => {
    const road = approve(proposed().withdraw());
    expect(ending(road)).toEqual(['letter-sent', 'relation-terminated']);
    expect(eventsOf(road, 'transferOut', 'withdrawal-answered').map(({ answer }) => answer.granted)).toEqual([false]);
    expect(road.there.withdrawal).toBeUndefined();
    expect(ending(road.remit().table().settle().money().credit().complete())).toEqual(['completed', 'closed']);
    expect(eventsOf(road, 'transferOut', 'relation-terminated')).toHaveLength(1);
  });

  test('it arrives before the refusal: granted, and nothing is left to refuse', () => {
    const road = arriveAt(lettered().withdraw(), CHENGDU);
    expect(wrong(road.refuse)).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('the refusal came first: refused on both sides, the withdrawal is noted', () => {
    const road = lettered().withdraw();
    expect(ending(road.refuse())).toEqual(['ineligible', 'refused']);
    expect(noted(road, 'transferOut')).toEqual(['cn.jiexu.withdrawal.v1']);
    expect(road.there.withdrawal).toBeUndefined();
  });

  test('it arrives before the letter is forwarded: granted, and no other region hears of it', () => {
    const road = arriveAt(lettered().withdraw(), CHENGDU);
    expect(wrong(road.forward)).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
    expect(road.exchange.state(WUHAN, road.caseNumber)).toBeUndefined();
  });

  test('the letter was forwarded before it arrives: it follows to the new region, which grants it (B6)', () => {
    const road = lettered().withdraw();
    road.forward().settle();
    expect(road.here.status).toBe('forwarded');
    expect(noted(road, 'transferOut')).toEqual(['cn.jiexu.withdrawal.v1']);
    road.outRegion = WUHAN;
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
    expect(eventsOf(road, 'transferOut', 'withdrawal-received').map(({ granted }) => granted)).toEqual([true]);
  });

  test('2021: the positive verdict was given before it arrives: accepted, and withdrawn all the same', () => {
    const road = requested().withdraw();
    road.verdict('transferOut');
    arriveAt(road, HANGZHOU);
    expect([road.there.status, road.here.status]).toEqual(['accepted', 'accepted']);
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('2021: the negative verdict was given before it arrives: refused, and the applicant is told', () => {
    const road = requested().withdraw();
    road.verdict('transferOut', { participation: 'active' });
    expect(ending(road)).toEqual(['ineligible', 'refused']);
    expect(ending(road.notify('transferIn'))).toEqual(['refused', 'refused']);
  });

  test.each([{}, { participation: 'active' }])('2021: it arrives before the verdict %j, which is not given any more', (facts) => {
    const road = arriveAt(requested().withdraw(), CHENGDU);
    expect(wrong(() => road.verdict('transferOut', facts))).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('2021: money went before it arrives: denied', () => {
    const road = accepted().withdraw();
    expect(ending(road.remit())).toEqual(['accepted', 'account-settled']);
  });

  test.each([
    ['2016', lettered],
    ['2021', accepted],
  ] as const)('two clerks withdraw at once under %s: the second is told that the first has', (_, begin) => {
    const road = begin().withdraw();
    expect(refusedWith(() => road.in({ name: 'withdraw', withdrawal: { reason: '再次' } }, SECOND))).toEqual([
      'case.pending',
      'withdrawal waiting',
    ]);
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });
});

describe('the agreement to end meets another step (B5)', () => {
  test.each(
    [HANGZHOU, CHENGDU].flatMap((first) => [
      { first, where: '2016, the relation terminated', begin: () => lettered().terminate() },
      { first, where: '2021', begin: accepted },
    ]),
  )('$where: both sides propose at once, which is agreement; $first hears of it first', ({ begin, first }) => {
    const road = begin().propose('transferIn').propose('transferOut');
    arriveAt(road, first);
    expect(road.state(first === HANGZHOU ? 'transferIn' : 'transferOut').status).toBe('closed-by-agreement');
    expect(ending(road)).toEqual(['closed-by-agreement', 'closed-by-agreement']);
    expect(road.here.relation).toBe('suspended');
  });

  test.each(['2016.2', '2021.1'] as const)('%s: completed before the proposal arrives: it is noted', (procedure) => {
    const road = ready(procedure).propose('transferOut').complete();
    expect(ending(road)).toEqual(['completed', 'closed']);
    expect(road.here.relation).toBe('terminated');
    expect(noted(road, 'transferIn')).toEqual(['cn.jiexu.closure-proposal.v1']);
  });

  test.each(['2016.2', '2021.1'] as const)('%s: the proposal arrives first and is agreed to: nothing is left to complete', (procedure) => {
    const road = arriveAt(roadTo(procedure, 'transferIn', 'ready-to-complete').propose('transferOut'), HANGZHOU).answer('transferIn', true);
    expect(wrong(road.complete)).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['closed-by-agreement', 'closed-by-agreement']);
    expect(road.here.relation).toBe('suspended');
  });

  test('the proposal lies unanswered and the case is completed: that is an answer too', () => {
    const road = arriveAt(ready('2016.2').propose('transferOut'), HANGZHOU);
    expect(ending(road.complete())).toEqual(['completed', 'closed']);
  });

  test('who has proposed to end does not complete, refuse or withdraw until it is answered', () => {
    const road = roadTo('2016.2', 'transferIn', 'ready-to-complete').propose('transferIn');
    for (const step of [road.credit, road.complete]) expect(refusedWith(step)).toEqual(['case.pending', 'closure waiting']);
    expect(ending(road.settle().answer('transferOut', false).settle().credit().complete())).toEqual(['completed', 'closed']);
    expect(refusedWith(lettered().propose('transferOut').refuse)).toEqual(['case.pending', 'closure waiting']);
    expect(refusedWith(lettered().propose('transferIn').withdraw)).toEqual(['case.pending', 'closure waiting']);
  });

  test('money that is on the account is not undone: nobody agrees to end the case then (B5, B13)', () => {
    const road = arriveAt(ready('2016.2').propose('transferOut'), HANGZHOU);
    expect(refusedWith(() => road.answer('transferIn', true))).toEqual(['case.inconsistent', 'agreed credited']);
    expect(ending(road.answer('transferIn', false))).toEqual(['ready-to-complete', 'transferred-out']);
    expect(refusedWith(() => road.propose('transferIn'))).toEqual(['case.wrong-state', 'credit credited']);
    expect(ending(road.complete())).toEqual(['completed', 'closed']);
  });

  test('refused before the proposal arrives: it is noted', () => {
    const road = lettered().propose('transferIn').refuse();
    expect(ending(road)).toEqual(['ineligible', 'refused']);
    expect(noted(road, 'transferOut')).toEqual(['cn.jiexu.closure-proposal.v1']);
  });

  test('agreed to before it could be refused', () => {
    const road = lettered().propose('transferIn').settle().answer('transferOut', true);
    expect(wrong(road.refuse)).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['closed-by-agreement', 'closed-by-agreement']);
  });

  test('the letter was forwarded before the proposal arrives: nobody will answer it, and the case goes on at the new region (B6)', () => {
    const road = lettered().propose('transferIn');
    road.forward();
    road.settle().outRegion = WUHAN;
    expect(ending(road)).toEqual(['letter-sent', 'letter-received']);
    expect(ending(road.withdraw())).toEqual(['withdrawn', 'withdrawn']);
  });

  test('a proposal and a withdrawal cross: the withdrawal decides, and nothing is agreed to before', () => {
    const road = lettered().propose('transferOut').withdraw();
    arriveAt(road, HANGZHOU);
    expect(refusedWith(() => road.answer('transferIn', true))).toEqual(['case.pending', 'withdrawal waiting']);
    expect(ending(road)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('they cross after the termination: the withdrawal is denied, and the proposal can be agreed to', () => {
    const road = lettered().terminate().propose('transferOut').withdraw();
    expect(ending(road)).toEqual(['letter-sent', 'relation-terminated']);
    expect(ending(road.answer('transferIn', true))).toEqual(['closed-by-agreement', 'closed-by-agreement']);
  });
});

describe('questions and answers cross (B3, B9)', () => {
  const tabled = () => roadTo('2016.2', 'transferIn', 'ready-to-complete').ask('transferIn', 'information-table').settle();
  const corrected = (road: Road) =>
    road.table({ totalMonths: 83, periods: road.here.table!.periods.map((row) => ({ ...row, remark: '已核对' })) });

  test('one question at a time about a document, and one answer to a question', () => {
    const road = tabled();
    expect(refusedWith(() => road.ask('transferIn', 'information-table'))).toEqual(['case.pending', 'about query_open']);
    corrected(road);
    expect(wrong(() => road.out({ name: 'explain', explanation: { query: road.there.queries![0]!.id, text: '另' } }))).toBe(
      'case.wrong-state',
    );
    expect(ending(road)).toEqual(['ready-to-complete', 'transferred-out']);
    expect(road.there.table!.periods[0]!.remark).toBe('已核对');
  });

  test('what comes about the old version after its correction is refused', () => {
    const road = tabled();
    const { id, version } = road.query('transferIn', 'own');
    corrected(road).settle();
    const current = road.there.versions!['information-table']!;
    const said = { messageId: id, sequence: 9, sentAt: road.exchange.now };
    const asked = { about: 'information-table' as const, version, fields: ['totalMonths'], question: '请核对' };
    const again = { about: 'information-table', query: id, document: road.there.table! } as const;
    const take = (region: RegionCode, command: Parameters<Road['in']>[0]) =>
      refusedWith(() => road.exchange.take(region, road.caseNumber, command));
    expect(take(CHENGDU, { name: 'receive-query', query: asked, ...said })).toEqual(['case.inconsistent', 'data.version not_current']);
    expect(take(HANGZHOU, { name: 'receive-correction', correction: { ...again, replaces: version }, ...said })).toContain(
      'data.replaces not_current',
    );
    expect(take(HANGZHOU, { name: 'receive-correction', correction: { ...again, replaces: current }, ...said })).toEqual([
      'case.inconsistent',
      'data.query answered_already',
    ]);
    expect(ending(road)).toEqual(['ready-to-complete', 'transferred-out']);
  });

  test('one clerk proposes a corrected table while the other explains: the explanation stands and the proposal is gone (F2)', () => {
    const road = tabled();
    road.proposeTable({ periods: road.here.table!.periods.map((row) => ({ ...row, remark: '已核对' })) });
    const { proposal } = road.here.tableProposal!;
    road.out({ name: 'explain', explanation: { query: road.query('transferOut').id, text: '与档案一致' } });
    expect(wrong(() => road.out({ name: 'approve-table', proposal }, SECOND))).toBe('case.wrong-state');
    expect(ending(road)).toEqual(['ready-to-complete', 'transferred-out']);
  });

  test('no money goes to the account of a letter that is in question', () => {
    const road = lettered().terminate().ask('transferOut', 'liaison-letter');
    for (const step of [road.remit, road.notRemit]) expect(refusedWith(step)).toEqual(['case.pending', 'queries waiting']);
    road
      .settle()
      .in({ name: 'correct', entry: { about: 'liaison-letter', query: road.query('transferIn').id, changes: { insuranceNumber: 'S1' } } });
    expect(ending(road)).toEqual(['letter-sent', 'relation-terminated']);
    expect(ending(road.remit())).toEqual(['letter-sent', 'account-settled']);
  });

  test('what the first region was asked and did not answer is asked of nobody after the letter was forwarded (B6)', () => {
    const road = lettered().ask('transferIn', 'coverage-voucher').forward();
    road.settle().outRegion = WUHAN;
    expect(ending(road)).toEqual(['letter-sent', 'letter-received']);
    expect(ending(road.ask('transferIn', 'coverage-voucher'))).toEqual(['letter-sent', 'letter-received']);
    expect(road.query('transferOut').about).toBe('coverage-voucher');
  });

  test('2021: a question about the money after the completion is answered in the closed case', () => {
    const road = accepted();
    road.remit().table().settle().complete().ask('transferIn', 'remittance-advice');
    expect(ending(road)).toEqual(['completed', 'closed']);
    road.out({ name: 'explain', explanation: { query: road.query('transferOut').id, text: '银行退汇，已重新划转' } });
    expect(ending(road)).toEqual(['completed', 'closed']);
    expect(road.there.queries?.map(({ answer }) => answer)).toEqual(['explained']);
  });
});
