import { describe, expect, test } from 'vitest';
import type { CommandOf } from '../../functions/cases/commands.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { DocumentKind, Side } from '../../schemas/codes.ts';
import { applicationBody, HANGZHOU, tableBody } from '../support/documents.ts';
import {
  accepted,
  applyBody,
  eventsOf,
  lettered,
  passDays,
  Road,
  refusedWith,
  requestBody,
  roadTo,
  SECOND,
  voucherBody,
} from '../support/roads.ts';

/** Query → correction or explanation on every document, in both directions (S94 6, 7). */

const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
const REMARKED = tableBody({ periods: [tableBody().periods[0], { ...tableBody().periods[1], remark: '含补缴' }] });
const voucher = (said: Record<string, unknown>) => ({ ...(applicationBody(1).voucher as Record<string, unknown>), ...said });
const correct = (road: Road, maker: Side, entry: Record<string, unknown>): Road =>
  road.by(maker, { name: 'correct', entry: { query: road.query(maker).id, ...entry } } as CommandOf<'correct'>);
const correctTable = (road: Road, said: Record<string, unknown> = REMARKED): Road =>
  road.proposeTable(said).out({ name: 'approve-table', proposal: road.here.tableProposal!.proposal }, SECOND);

type Case = {
  about: DocumentKind;
  /** Who asks; the other one made the document. */
  asks: Side;
  road: () => Road;
  correct: (road: Road) => Road;
  /** By hand: what differs between the two versions. */
  changes: { field: string; before?: string; after?: string }[];
  document: (state: Road['there' | 'here']) => unknown;
};
const CASES: Case[] = [
  {
    about: 'liaison-letter',
    asks: 'transferOut',
    road: lettered,
    correct: (road) => correct(road, 'transferIn', { about: 'liaison-letter', changes: { name: '测试改', hukouType: '2' } }),
    changes: [
      { field: 'hukouType', before: '"1"', after: '"2"' },
      { field: 'person.name', before: '"测试乙一号"', after: '"测试改"' },
    ],
    document: ({ letter }) => letter,
  },
  {
    about: 'coverage-voucher',
    asks: 'transferIn',
    road: () => Road.begin('2016', 'transferOut', voucherBody()).settle().in(applyBody()).accept().letter().settle(),
    correct: (road) =>
      correct(road, 'transferOut', { about: 'coverage-voucher', voucher: voucher({ balanceFen: 1_234_568, insuranceNumber: 'CD77' }) }),
    changes: [
      { field: 'balanceFen', before: '1234567', after: '1234568' },
      { field: 'insuranceNumber', after: '"CD77"' },
    ],
    document: ({ voucher: document }) => document,
  },
  {
    about: 'information-table',
    asks: 'transferIn',
    road: () => roadTo('2016.2', 'transferIn', 'ready-to-complete'),
    correct: correctTable,
    changes: [{ field: 'periods.1.remark', after: '"含补缴"' }],
    document: ({ table }) => table,
  },
  {
    about: 'remittance-advice',
    asks: 'transferIn',
    road: () => lettered().terminate().remit().settle(),
    correct: (road) => road.proposeRemittance({ amountFen: 1_234_500, remittedOn: '2026-03-02' }).approveRemittance(),
    changes: [{ field: 'amountFen', before: '1234567', after: '1234500' }],
    document: ({ advice }) => advice,
  },
  {
    about: 'not-remitted',
    asks: 'transferIn',
    road: () => lettered().terminate().notRemit().settle(),
    correct: (road) =>
      correct(road, 'transferOut', { about: 'not-remitted', notRemitted: { reason: 'local-rule', note: '市医保〔2020〕1号' } }),
    changes: [
      { field: 'note', after: '"市医保〔2020〕1号"' },
      { field: 'reason', before: '"paid-to-person"', after: '"local-rule"' },
    ],
    document: ({ notRemitted }) => notRemitted,
  },
  ...(['transferIn', 'transferOut'] as const).map((asks) => ({
    about: 'transfer-request' as const,
    asks,
    road: () => roadTo('2021.1', asks, 'request-received'),
    correct: (road: Road) => correct(road, other(asks), { about: 'transfer-request', changes: { transferAccount: false } }),
    changes: [{ field: 'transferAccount', before: 'true', after: 'false' }],
    document: ({ request }: Road['there' | 'here']) => request,
  })),
];
const asked = ({ road, asks, about }: Case): Road => road().ask(asks, about, ['person.name']).settle();

describe('a query is answered by a correction: a new version linked to the old one (B3, B9)', () => {
  test.each(CASES)('$about, asked by $asks', (one) => {
    const { about, asks, changes, document } = one;
    const maker = other(asks);
    const before = one.road();
    const [old, version] = [document(before.state(maker)), before.state(maker).versions?.[about]];
    const road = one.correct(before.ask(asks, about).settle());
    const { id } = road.state(maker).queries![0]!;
    road.settle();

    const [made] = eventsOf(road, maker, 'correction-sent');
    const [taken] = eventsOf(road, asks, 'correction-received');
    expect(made).toMatchObject({ correction: { about, query: id, replaces: version }, changes });
    expect(taken).toMatchObject({ correction: made?.correction, changes });
    for (const side of [maker, asks]) {
      const state = road.state(side);
      expect(document(state)).toEqual(made?.correction.document);
      expect(state.versions?.[about]).toBe(made?.messageId);
      expect(state.queries).toEqual([
        expect.objectContaining({ id, version, answer: 'corrected', changed: changes.map(({ field }) => field) }),
      ]);
    }
    expect(document(road.state(asks))).not.toEqual(old);
    expect(road.exchange.refused).toEqual([]);
    // Nothing is overwritten: the old version stands in the timeline.
    expect(canonicalJson(road.exchange.entries(road.state(asks).region, road.caseNumber))).toContain(canonicalJson(old));
  });

  test.each(CASES)('$about, asked by $asks: or by an explanation, and the document stands (B3, B9)', (one) => {
    const road = asked(one);
    const maker = other(one.asks);
    const [old, { id }] = [one.document(road.state(one.asks)), road.query(maker)];
    road.by(maker, { name: 'explain', explanation: { query: id, text: '以本表为准' } }).settle();
    for (const side of [maker, one.asks]) {
      expect(one.document(road.state(side))).toEqual(old);
      expect(road.state(side).queries).toEqual([expect.objectContaining({ id, answer: 'explained', explanation: '以本表为准' })]);
    }
    expect(refusedWith(() => road.by(maker, { name: 'explain', explanation: { query: id, text: '又' } }))?.[0]).toBe('case.wrong-state');
  });

  test.each(CASES)('$about, asked by $asks: no clock stops for the query and none starts again with the correction (B3, B9)', (one) => {
    const road = one.road();
    const running = () => [road.there.clocks, road.here.clocks];
    const before = running();
    passDays(road, 1).ask(one.asks, one.about).settle();
    expect(running()).toEqual(before);
    one.correct(passDays(road, 1)).settle();
    expect(running()).toEqual(before);
    expect(road.state(one.asks).queries?.[0]?.answer).toBe('corrected');
  });

  test('the voucher that the person carried is corrected too, by the office that issued it (B3, B9)', () => {
    const road = lettered().ask('transferIn', 'coverage-voucher').settle();
    correct(road, 'transferOut', { about: 'coverage-voucher', voucher: voucher({ balanceFen: 5 }) }).settle();
    expect(eventsOf(road, 'transferIn', 'correction-received')[0]?.changes).toEqual([
      { field: 'balanceFen', before: '1234567', after: '5' },
    ]);
    expect(road.there.voucher?.balanceFen).toBe(5);
    expect(road.there.application?.voucher.balanceFen).toBe(1_234_567);
  });

  test('a table is corrected by two people, keeps its number, and agrees with the corrected amount (B9, F2)', () => {
    const road = asked(CASES[2]!);
    const number = road.there.table?.number;
    expect(refusedWith(() => road.proposeTable({ balanceFen: 5 }))).toEqual(['case.inconsistent', 'balanceFen amount_mismatch']);
    road.proposeTable(REMARKED);
    const approve = { name: 'approve-table', proposal: road.here.tableProposal!.proposal } as const;
    expect(refusedWith(() => road.out(approve))).toEqual(['case.same-person', 'proposal same_person']);
    road.out(approve, SECOND).settle();
    expect([road.there.table?.number, road.here.tableProposal]).toEqual([number, undefined]);
    expect(refusedWith(() => road.proposeTable())?.[0]).toBe('case.wrong-state');
  });
});

describe('what the new version says is used from then on (B3)', () => {
  test('money goes to the account of the corrected letter (B3, B10)', () => {
    const road = lettered().ask('transferOut', 'liaison-letter', ['payee.number']).settle();
    road.exchange.restate(HANGZHOU, { payee: { bank: '演示银行', holder: '杭州市医保基金专户', number: '999999999999' }, version: 8 });
    correct(road, 'transferIn', { about: 'liaison-letter', changes: {} }).settle();
    road.terminate().remit().settle();
    expect(road.there.advice?.payee).toMatchObject({ number: '999999999999', directoryVersion: 8 });
    expect(road.exchange.refused).toEqual([]);
  });

  test('advice and table name the corrected person, to the end of the case (B3)', () => {
    const road = asked(CASES[0]!);
    CASES[0]!.correct(road).settle().terminate().remit().table().settle().money().credit().complete().settle();
    expect([road.there.advice?.person.name, road.there.table?.person.name, road.there.person.name]).toEqual(['测试改', '测试改', '测试改']);
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['completed', 'closed', []]);
  });

  test('2021: a request that asks for the balance no more gets none (B3)', () => {
    const road = asked(CASES[6]!);
    CASES[6]!.correct(road).settle().verdict('transferOut').settle();
    expect(refusedWith(road.remit)).toEqual(['case.inconsistent', 'amountFen not_requested']);
    expect(road.out({ name: 'not-remit', entry: { reason: 'not-requested' } }).here.status).toBe('account-settled');
  });

  test('a termination proposed on the old letter is proposed anew (B3, F2)', () => {
    const road = lettered();
    road.out({
      name: 'propose-termination',
      terminatedOn: '2026-03-02' as never,
      facts: { side: 'transferOut', participation: 'suspended', retired: false },
    });
    const { proposal } = road.here.termination!;
    CASES[0]!.correct(road.ask('transferOut', 'liaison-letter').settle()).settle();
    expect(refusedWith(() => road.out({ name: 'approve-termination', proposal }, SECOND))).toEqual([
      'case.wrong-state',
      'proposal nothing',
    ]);
    expect(road.terminate().here.relation).toBe('terminated');
  });

  test('2021: accepted on the corrected request, both sides alike (B3, D2)', () => {
    const road = Road.begin('2021', 'transferOut', requestBody('transferOut')).settle().ask('transferIn', 'transfer-request').settle();
    correct(road, 'transferOut', { about: 'transfer-request', changes: { name: '测试改' } })
      .settle()
      .verdict('transferIn')
      .settle();
    expect([road.there.person.name, road.here.person.name]).toEqual(['测试改', '测试改']);
    expect([road.there.status, road.here.status]).toEqual([accepted('transferOut').there.status, 'accepted']);
  });
});
