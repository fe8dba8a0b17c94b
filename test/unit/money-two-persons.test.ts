import { describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import type { Actor } from '../../schemas/cases.ts';
import { type Role, Side } from '../../schemas/codes.ts';
import { type ClerkCommandName, ProcedureId } from '../../schemas/procedures.ts';
import { money, TODAY } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import type { By } from '../support/pure-exchange.ts';
import { accepted, eventsOf, lettered, type Road, refusedWith, roadTo, SECOND } from '../support/roads.ts';
import { clerkCommand } from '../support/suitable.ts';

/** Nobody moves or credits money alone (F2). */

const SAME = (field: string) => ['case.same-person', `${field} same_person`];
const ROLE = ['caller.role-not-allowed', 'role not_allowed'];
const terminated = () => lettered().terminate();
const BEGINNINGS = [
  ['2016.2', terminated],
  ['2021.1', accepted],
] as const;
const approve = (road: Road, by: By, proposal = road.here.remittanceProposal?.proposal ?? 1) =>
  refusedWith(() => road.out({ name: 'approve-remittance', proposal }, by));
const offers = (road: Road, side: Side, person: string, role: Role = 'clerk') =>
  actionsFor(road.state(side), { role, sub: `${side === 'transferIn' ? HANGZHOU : CHENGDU}-${person}` });

describe.each(BEGINNINGS)('%s: a remittance is proposed by one person and approved by another (F2)', (_, begin) => {
  test('nothing leaves before the second person, and then both are on record', () => {
    const road = begin().proposeRemittance();
    expect([road.here.advice, road.exchange.inFlight, road.here.status]).toEqual([undefined, [], begin().here.status]);
    expect(approve(road, { person: 'one', role: 'supervisor' })).toEqual(SAME('proposal'));
    expect(approve(road, SECOND)).toBeUndefined();
    expect([road.here.advice?.amountFen, road.here.remittanceProposal, road.here.status]).toEqual([
      1_234_567,
      undefined,
      'account-settled',
    ]);
    const [proposed, approved] = road.exchange.entries(CHENGDU, road.caseNumber).slice(-2);
    expect([proposed?.command, approved?.command]).toEqual(['propose-remittance', 'approve-remittance']);
    expect([proposed?.actor, approved?.actor]).toMatchObject([{ subject: `${CHENGDU}-one` }, { subject: `${CHENGDU}-two` }]);
    expect(road.settle().there.advice).toEqual(road.here.advice);
  });

  test('a machine may propose, and never approves', () => {
    const road = begin().out(clerkCommand(undefined, 'transferOut', 'propose-remittance', begin().exchange.now), {
      person: 'machine',
      role: 'system',
    });
    expect(approve(road, { person: 'other machine', role: 'system' })).toEqual(ROLE);
    expect(offers(road, 'transferOut', 'other machine', 'system')).not.toContain('approve-remittance');
    expect(approve(road, { person: 'one' })).toBeUndefined();
  });

  test('who proposes anew is the proposer; the other one approves what stands now', () => {
    const road = begin().proposeRemittance();
    const old = road.here.remittanceProposal!.proposal;
    road.out({ name: 'propose-remittance', entry: { ...road.here.remittanceProposal!.entry, amountFen: 5 as never } }, SECOND);
    expect(approve(road, SECOND)).toEqual(SAME('proposal'));
    expect(approve(road, { person: 'one' }, old)).toEqual(['case.inconsistent', 'proposal not_current']);
    expect(approve(road, { person: 'one' })).toBeUndefined();
    expect(road.here.advice?.amountFen).toBe(5);
  });

  test('the word that nothing is remitted takes the proposal away', () => {
    const road = begin().proposeRemittance().notRemit();
    expect(road.here.remittanceProposal).toBeUndefined();
    expect(approve(road, SECOND)).toEqual(['case.wrong-state', 'proposal nothing']);
    expect(refusedWith(() => road.proposeRemittance())).toEqual(['case.wrong-state', 'notRemitted nothing']);
  });

  test.each([
    ['the agreement to end', (road: Road) => road.propose('transferIn').settle().answer('transferOut', true)],
    ['the money that has gone already', (road: Road) => road.approveRemittance().settle()],
  ])('%s leaves nothing to approve', (__, end) => {
    const road = end(begin().proposeRemittance());
    expect(road.here.remittanceProposal).toBeUndefined();
    expect(approve(road, SECOND)?.[0]).toBe('case.wrong-state');
  });

  test('the advice is corrected by two persons as well, and only while it is asked about (B9)', () => {
    const road = begin().remit().settle();
    const again = () => road.proposeRemittance({ bankReference: 'CD20260302000002' });
    expect(refusedWith(again)).toEqual(['case.wrong-state', 'queries nothing']);
    road.ask('transferIn', 'remittance-advice', ['bankReference']).settle();
    expect(refusedWith(() => road.proposeRemittance())).toEqual(['case.inconsistent', 'changes unchanged']);
    again();
    expect([approve(road, { person: 'one' }), approve(road, { person: 'three', role: 'system' })]).toEqual([SAME('proposal'), ROLE]);
    expect(road.here.advice?.bankReference).toBe('CD20260302000001');
    expect(approve(road, SECOND)).toBeUndefined();
    road.settle();
    expect([road.there.advice?.bankReference, road.there.advice]).toEqual(['CD20260302000002', road.here.advice]);
    expect(eventsOf(road, 'transferOut', 'remitted')).toHaveLength(1);
    expect(eventsOf(road, 'transferOut', 'correction-sent')[0]?.changes.map(({ field }) => field)).toEqual(['bankReference']);
  });

  test('an explanation given meanwhile is the answer, and the corrected advice cannot go any more', () => {
    const road = begin().remit().settle().ask('transferIn', 'remittance-advice').settle();
    road.proposeRemittance({ amountFen: 7 });
    const { proposal } = road.here.remittanceProposal!;
    road.out({ name: 'explain', explanation: { query: road.query('transferOut').id, text: '无误' } }).settle();
    expect(approve(road, SECOND, proposal)).toEqual(['case.wrong-state', 'proposal nothing']);
    expect(road.there.advice?.amountFen).toBe(1_234_567);
  });
});

describe('a remittance proposed on a paper that is corrected is proposed anew (B3, F2)', () => {
  test('2016: the letter, which names the account', () => {
    const road = terminated().proposeRemittance();
    const { proposal } = road.here.remittanceProposal!;
    road.ask('transferOut', 'liaison-letter', ['payee.number']).settle();
    road.exchange.restate(HANGZHOU, { payee: { bank: '演示银行', holder: '杭州市医保基金专户', number: '999999999999' }, version: 8 });
    road.in({ name: 'correct', entry: { about: 'liaison-letter', query: road.query('transferIn').id, changes: {} } }).settle();
    expect(approve(road, SECOND, proposal)).toEqual(['case.wrong-state', 'proposal nothing']);
    expect(road.remit().here.advice?.payee.number).toBe('999999999999');
  });

  test('2021: the request, which asks for the balance no more', () => {
    const road = accepted('transferOut').proposeRemittance();
    const { proposal } = road.here.remittanceProposal!;
    road.ask('transferIn', 'transfer-request').settle();
    const query = road.query('transferOut').id;
    road.out({ name: 'correct', entry: { about: 'transfer-request', query, changes: { transferAccount: false } } });
    expect(approve(road, SECOND, proposal)).toEqual(['case.wrong-state', 'proposal nothing']);
    expect(refusedWith(road.proposeRemittance)).toEqual(['case.inconsistent', 'amountFen not_requested']);
  });
});

describe.each(['2016.2', '2021.1'] as const)('%s: who confirmed the money does not credit it (F2)', (procedure) => {
  const advised = () => roadTo(procedure, 'transferOut', 'transferred-out');

  test('in whichever role he comes; another one does, who is no machine', () => {
    const road = advised().money();
    for (const role of ['clerk', 'supervisor'] as const) {
      expect(refusedWith(() => road.in({ name: 'credit' }, { person: 'one', role }))).toEqual(SAME('money'));
      expect(offers(road, 'transferIn', 'one', role)).not.toContain('credit');
    }
    expect(refusedWith(() => road.in({ name: 'credit' }, { person: 'machine', role: 'system' }))).toEqual(ROLE);
    expect(offers(road, 'transferIn', 'two')).toContain('credit');
    expect(refusedWith(road.credit)).toBeUndefined();
    expect(road.there).toMatchObject({ moneyFrom: { by: `${HANGZHOU}-one` }, credit: { by: `${HANGZHOU}-two` } });
  });

  test('a machine may confirm what any person credits', () => {
    const road = advised().in({ name: 'confirm-money', money: money() }, { person: 'machine', role: 'system' });
    expect(refusedWith(() => road.in({ name: 'credit' }, { person: 'one' }))).toBeUndefined();
  });

  test('money matched from a bank statement counts as confirmed by whoever handed the statement in (B12)', () => {
    const road = advised();
    const statement: Actor = { kind: 'bank-statement', subject: `${HANGZHOU}-one`, office: '33010099' as never };
    const bankLine = `CD20260302000001~${TODAY}~1234567` as never;
    const command: Command = { name: 'confirm-money', money: money(), bankLine };
    const { state } = road.exchange.attempt(HANGZHOU, road.caseNumber, command, statement);
    expect(state).toMatchObject({ money: money(), moneyFrom: { by: `${HANGZHOU}-one`, bankLine } });
    expect(actionsFor(state, { role: 'clerk', sub: `${HANGZHOU}-one` })).not.toContain('credit');
    expect(actionsFor(state, { role: 'clerk', sub: `${HANGZHOU}-two` })).toContain('credit');
  });
});

describe('a bank statement confirms money and does nothing else (B12, F2)', () => {
  const places = ProcedureId.options
    .filter((procedure) => procedure !== '2016.1')
    .flatMap((procedure) =>
      Side.options.map((side) => ({
        procedure,
        side,
        status: side === 'transferIn' ? ('ready-to-complete' as const) : ('account-settled' as const),
      })),
    );
  const OTHERS: ClerkCommandName[] = [
    'credit',
    'complete',
    'approve-remittance',
    'approve-table',
    'propose-remittance',
    'propose-closure',
    'query',
  ];

  test.each(places)('$procedure $side', ({ procedure, side, status }) => {
    const { exchange, caseNumber, ...road } = roadTo(procedure, side, status);
    const region = side === 'transferIn' ? HANGZHOU : CHENGDU;
    const actor: Actor = { kind: 'bank-statement', subject: 'somebody', office: `${region}01` as never };
    expect(road.outRegion).toBe(CHENGDU);
    for (const name of OTHERS) {
      const command = clerkCommand(exchange.state(region, caseNumber), side, name, exchange.now);
      expect(refusedWith(() => exchange.attempt(region, caseNumber, command, actor))?.[0], name).toBe('caller.role-not-allowed');
    }
  });
});
