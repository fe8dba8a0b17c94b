import { describe, expect, test } from 'vitest';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { reconciliationOf } from '../../functions/cases/reconcile.ts';
import type { TransferInCase } from '../../schemas/cases.ts';
import type { BusinessMessageType } from '../../schemas/messages.ts';
import type { Reconciliation } from '../../schemas/money.ts';
import { contextOf, refusalOf, uuid } from '../support/cases.ts';
import { applicationBody, HANGZHOU } from '../support/documents.ts';
import { eventsOf, lettered, openBody, type Road, refusedWith, roadTo } from '../support/roads.ts';

/** 核对《信息表》列具的信息及转移的个人账户金额 (S94 7.1), to the fen. */

const BALANCE = 1_234_567;
const ready = () => roadTo('2016.2', 'transferIn', 'ready-to-complete');
const offers = (state: TransferInCase, person: string) => actionsFor(state, { role: 'clerk', sub: `${HANGZHOU}-${person}` });
const between = ({ differences }: Reconciliation) => differences.map(({ between: pair, differenceFen }) => [...pair, differenceFen]);

type Amounts = { voucher?: number; balance?: number; transferred?: number; advice?: number; money?: number };
/** Money and papers are in, each saying its own amount; software of the counterpart's own may have sent any. */
function saying({
  voucher = BALANCE,
  balance = BALANCE,
  transferred = BALANCE,
  advice = BALANCE,
  money = BALANCE,
}: Amounts): TransferInCase {
  const state = ready().there;
  const { voucher: printed } = state.application!;
  return {
    ...state,
    voucher: { ...printed, balanceFen: voucher as never },
    table: { ...state.table!, balanceFen: balance as never, transferredFen: transferred as never },
    advice: { ...state.advice!, amountFen: advice as never },
    money: { ...state.money!, amountFen: money as never },
  };
}
const CREDITOR = contextOf(HANGZHOU, { actor: { kind: 'caller', subject: 'another', office: '33010001' as never, role: 'clerk' } });
const creditRefused = (state: TransferInCase) => refusalOf(state, { name: 'credit' }, CREDITOR);

describe('voucher, table, advice and bank against each other (B13)', () => {
  const DIFFERENT: [said: Amounts, differences: (string | number)[][]][] = [
    [{}, []],
    [{ voucher: 1_234_568 }, [['voucher', 'table', -1]]],
    [{ voucher: 0 }, [['voucher', 'table', 1_234_567]]],
    [
      { balance: 1_234_570 },
      [
        ['voucher', 'table', 3],
        ['table', 'transferred', -3],
      ],
    ],
    [
      { transferred: 1_234_500 },
      [
        ['table', 'transferred', -67],
        ['transferred', 'advice', 67],
      ],
    ],
    [
      { advice: 1_234_566 },
      [
        ['transferred', 'advice', -1],
        ['advice', 'bank', 1],
      ],
    ],
    [{ money: 1_234_569 }, [['advice', 'bank', 2]]],
    [
      { voucher: 1, balance: 2, transferred: 4, advice: 8, money: 16 },
      [
        ['voucher', 'table', 1],
        ['table', 'transferred', 2],
        ['transferred', 'advice', 4],
        ['advice', 'bank', 8],
      ],
    ],
    // The sum of all differences is nothing, and each stands all the same.
    [
      { voucher: BALANCE, balance: BALANCE + 5, transferred: BALANCE },
      [
        ['voucher', 'table', 5],
        ['table', 'transferred', -5],
      ],
    ],
  ];
  test.each(DIFFERENT)('%j: %j', (said, differences) => {
    const state = saying(said);
    expect(between(reconciliationOf(state))).toEqual(differences);
    const fields = differences.map(([first, second]) => `reconciliation.${first}.${second} amount_mismatch`);
    expect(creditRefused(state)).toEqual(fields.length === 0 ? undefined : ['case.not-reconciled', ...fields]);
  });

  test('says what each of them says', () => {
    expect(reconciliationOf(saying({ voucher: 1, balance: 2, transferred: 4, advice: 8, money: 16 }))).toMatchObject({
      voucherFen: 1,
      tableFen: 2,
      transferredFen: 4,
      advisedFen: 8,
      receivedFen: 16,
    });
  });

  test('the refusal names both and the difference in fen', () => {
    const road = unlike(100);
    expect(() => road.credit()).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({
            field: 'reconciliation.voucher.table',
            reason: expect.stringMatching(/^信息表余额与凭证余额相差100分.*\(table minus voucher: 100 fen;/),
          }),
        ],
      }),
    );
  });

  test('what has not come differs from nothing', () => {
    const { advice: _, money: __, ...unadvised } = saying({ voucher: 1 });
    expect(between(reconciliationOf(unadvised))).toEqual([['voucher', 'table', BALANCE - 1]]);
    const { table: ___, ...untabled } = saying({ voucher: 1, money: 2 });
    expect(between(reconciliationOf(untabled))).toEqual([['advice', 'bank', 2 - BALANCE]]);
    expect(reconciliationOf(lettered().there)).toEqual({ voucherFen: BALANCE, differences: [] });
  });

  test('2021 knows no voucher', () => {
    const { there } = roadTo('2021.1', 'transferIn', 'ready-to-complete').money();
    expect(reconciliationOf(there)).toEqual({
      tableFen: BALANCE,
      transferredFen: BALANCE,
      advisedFen: BALANCE,
      receivedFen: BALANCE,
      differences: [],
    });
  });
});

/** The voucher printed `less` fen below what was handed over: a month's interest came in between. */
function unlike(less: number): Road {
  const { voucher } = applicationBody(1);
  const body = openBody(1, { application: applicationBody(1, { voucher: { ...Object(voucher), balanceFen: BALANCE - less } }) });
  return lettered(body).terminate().remit().table().settle().money();
}
/** What transferOut sends next says something else than its own records. */
function altered(road: Road, type: BusinessMessageType, said: object): Road {
  const found = road.exchange.inFlight.find((parcel) => parcel.kind === 'message' && parcel.message.type === type);
  if (found?.kind !== 'message') throw new Error(`no ${type} under way`);
  Object.assign(found.message.data, said);
  return road.settle();
}
const explained = (road: Road): Road =>
  road.out({ name: 'explain', explanation: { query: road.query('transferOut').id, text: '凭证开具后结息' } }).settle();

describe('a difference between two papers can be explained by the other side (B9, B13)', () => {
  test.each(['information-table', 'coverage-voucher'] as const)('voucher and table, asked about the %s', (about) => {
    const road = unlike(100);
    expect(refusedWith(road.credit)).toEqual(['case.not-reconciled', 'reconciliation.voucher.table amount_mismatch']);
    expect(offers(road.there, 'two')).not.toContain('credit');
    road.ask('transferIn', about, ['balanceFen']).settle();
    expect(refusedWith(road.credit)).toEqual(['case.pending', 'queries waiting']);
    explained(road);
    expect(reconciliationOf(road.there).differences).toEqual([{ between: ['voucher', 'table'], differenceFen: 100, explained: true }]);
    expect(offers(road.there, 'two')).toContain('credit');
    expect(road.credit().complete().settle().here.status).toBe('closed');
    expect(eventsOf(road, 'transferIn', 'credited')[0]?.reconciliation).toEqual(reconciliationOf(road.there));
  });

  test('what the table says of balance and transfer, asked about the table alone', () => {
    const tabled = () => {
      const road = lettered().terminate().remit().settle().table();
      return altered(road, 'cn.jiexu.information-table.v2', { balanceFen: BALANCE + 5 }).money();
    };
    const both = ['reconciliation.voucher.table amount_mismatch', 'reconciliation.table.transferred amount_mismatch'];
    expect(refusedWith(tabled().credit)).toEqual(['case.not-reconciled', ...both]);
    const voucherOnly = explained(tabled().ask('transferIn', 'coverage-voucher', ['balanceFen']).settle());
    expect(refusedWith(voucherOnly.credit)).toEqual(['case.not-reconciled', both[1]]);
    const asked = explained(tabled().ask('transferIn', 'information-table', ['balanceFen']).settle());
    expect(refusedWith(asked.credit)).toBeUndefined();
  });

  test('an answer about something else explains no amount', () => {
    const road = explained(unlike(100).ask('transferIn', 'information-table', ['periods.0.months']).settle());
    expect(refusedWith(road.credit)).toEqual(['case.not-reconciled', 'reconciliation.voucher.table amount_mismatch']);
  });

  test('what is corrected afterwards is not explained: neither the same paper nor the other one', () => {
    const voucher = { ...Object(applicationBody(1).voucher), balanceFen: 7 };
    const remarked = (road: Road) => road.here.table!.periods.map((row) => ({ ...row, remark: '已核对' }));
    const after = [
      (road: Road) =>
        road
          .ask('transferIn', 'information-table', ['balanceFen'])
          .settle()
          .table({ periods: remarked(road) }),
      (road: Road) => {
        road.ask('transferIn', 'coverage-voucher', ['balanceFen']).settle();
        return road.out({ name: 'correct', entry: { about: 'coverage-voucher', query: road.query('transferOut').id, voucher } as never });
      },
    ];
    for (const correct of after) {
      const road = explained(unlike(100).ask('transferIn', 'information-table', ['balanceFen']).settle());
      expect(
        correct(road)
          .settle()
          .there.queries?.map(({ answer }) => answer),
      ).toEqual(['explained', 'corrected']);
      expect(refusedWith(road.credit)).toEqual(['case.not-reconciled', 'reconciliation.voucher.table amount_mismatch']);
    }
  });

  test('or mended: once the voucher is corrected nothing differs', () => {
    const road = unlike(100).ask('transferIn', 'coverage-voucher', ['balanceFen']).settle();
    const voucher = { ...Object(applicationBody(1).voucher), balanceFen: BALANCE };
    road.out({ name: 'correct', entry: { about: 'coverage-voucher', query: road.query('transferOut').id, voucher } as never }).settle();
    expect([reconciliationOf(road.there).differences, refusedWith(road.credit)]).toEqual([[], undefined]);
  });

  test('money that differs from its advice, or a table that announces another sum, can only be corrected', () => {
    const QUERY = {
      id: uuid(1),
      by: 'own',
      question: '请核对',
      askedAt: '2026-03-02T02:00:00.000Z',
      answeredAt: '2026-03-02T03:00:00.000Z',
    };
    for (const said of [{ money: 5 }, { transferred: 5 }]) {
      const state = saying(said);
      const queries = (['remittance-advice', 'information-table', 'coverage-voucher'] as const).map((about) => {
        const fields = ['amountFen', 'balanceFen', 'transferredFen'];
        return { ...QUERY, about, fields, version: state.versions![about], answer: 'explained', explanation: '无误' };
      });
      const { differences } = reconciliationOf({ ...state, queries } as never);
      const open = differences.filter((difference) => !difference.explained).map(({ between: pair }) => pair.join());
      expect(open).toEqual('money' in said ? ['advice,bank'] : ['transferred,advice']);
    }
  });
});
