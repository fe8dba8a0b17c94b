import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { Refusal } from '../../functions/platform/errors.ts';
import { balanceOf } from '../../functions/vouchers/account.ts';
import { draftVoucher, type Issuer, numbered } from '../../functions/vouchers/issue.ts';
import { printedNumber, voucherIdOf } from '../../functions/vouchers/number.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import { Scheme } from '../../schemas/codes.ts';
import { Fen, Month } from '../../schemas/primitives.ts';
import { type AccountMovement, VoucherRecord } from '../../schemas/vouchers.ts';
import { OFFICES, REGIONS, TODAY } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { paidPeriod, record, recordBody } from '../support/vouchers.ts';

const ISSUER: Issuer = { region: REGIONS[HANGZHOU]!, office: OFFICES[HANGZHOU]!, today: TODAY };

/** Field and code of everything that stands in the way; none when the voucher may be issued. */
function refusalOf(said: Record<string, unknown>, issuer: Partial<Issuer> = {}): string[] {
  try {
    draftVoucher(record(said), { ...ISSUER, ...issuer });
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.code).toBe('voucher.not-issuable');
    expect(error.errors.length).toBeGreaterThan(0);
    for (const { reason } of error.errors) expect(reason).toMatch(/^\p{Script=Han}.*\(.+\)$/u);
    return error.errors.map(({ field, code }) => `${field} ${code}`);
  }
}

function bornOn(day: string) {
  const first17 = `510104${day}996`;
  return { name: '测试甲', idNumber: first17 + idNumberCheck(first17) };
}

describe('a voucher is computed from the record (A1)', () => {
  it('has months, participation and balance from the rows, issuer and date from directory and clock (A1)', () => {
    const draft = draftVoucher(record(), ISSUER);
    expect(draft.months).toBe(37);
    expect(draft.voucher).toEqual({
      person: person(1),
      hukou: { place: '四川省成都市锦江区', type: '1' },
      scheme: '310',
      participationRegion: HANGZHOU,
      participation: { from: '2022-07', to: '2026-01' },
      benefits: { from: '2022-08-01', to: '2026-01-31' },
      // 1,000.00 + 500.00 − 400.50
      balanceFen: 109_950,
      issuer: { office: HANGZHOU_OFFICE, name: '杭州市医疗保障事务中心（演示）', contact: '杭州 经办人 一', phone: '0571-12345001' },
      issuedOn: '2026-03-02',
    });
  });

  it('is numbered as the annex prints it (A1)', () => {
    expect(numbered(draftVoucher(record(), ISSUER), ISSUER.region, 123).number).toBe('（浙）（杭州市）（2026）第 000123 号');
    expect(voucherIdOf(HANGZHOU, '2026', 123)).toBe('330100-2026-000123');
  });

  it('does not depend on the order of the rows', () => {
    const { periods, account } = record();
    const backwards = draftVoucher(record({ periods: periods.toReversed(), account: account.toReversed() }), ISSUER);
    expect(backwards).toEqual(draftVoucher(record(), ISSUER));
  });

  it('has a balance of zero where the scheme has no account', () => {
    expect(draftVoucher(record({ account: [] }), ISSUER).voucher.balanceFen).toBe(0);
  });

  it('names the insurance number and the householder where they are given (S191 annex)', () => {
    const periods = [{ ...paidPeriod('2024-01', '2025-12', 24), scheme: '390' }];
    const said = { scheme: '390', periods, account: [], insuranceNumber: 'HZ0001', householder: person(2) };
    expect(draftVoucher(record(said), ISSUER).voucher).toMatchObject({ insuranceNumber: 'HZ0001', householder: person(2), scheme: '390' });
  });
});

describe('a voucher is issued only for a suspended relation (A1)', () => {
  it.each(VoucherRecord.shape.participation.options)('participation %s', (participation) => {
    expect(refusalOf({ participation })).toEqual(participation === 'suspended' ? [] : ['participation not_suspended']);
  });
});

describe('a record that contradicts itself is refused by field (A1)', () => {
  const resident = { ...paidPeriod('2024-01', '2024-12', 12), scheme: '390' };
  test.each<[string, Record<string, unknown>, string[]]>([
    ['suspended tomorrow', { suspendedOn: '2026-03-03' }, ['suspendedOn future']],
    ['suspended today', { suspendedOn: '2026-03-02' }, []],
    ['a person born tomorrow', { person: bornOn('20260303') }, ['person.idNumber future_birth']],
    ['months that are not those from–to', { periods: [paidPeriod('2025-01', '2025-12', 11)] }, ['periods.0.months months_mismatch']],
    ['a period backwards', { periods: [paidPeriod('2025-12', '2025-01', 1)] }, ['periods.0.to order']],
    [
      'periods that overlap',
      { periods: [paidPeriod('2024-01', '2024-12', 12), paidPeriod('2024-12', '2025-01', 2)] },
      ['periods.1.from overlap'],
    ],
    [
      'a period in the future',
      { periods: [paidPeriod('2026-01', '2026-04', 4)] },
      ['periods.0.to future', 'periods.0.to after_suspension'],
    ],
    ['a period that goes on after the suspension', { periods: [paidPeriod('2025-07', '2026-02', 8)] }, ['periods.0.to after_suspension']],
    ['a period up to the month of the suspension', { suspendedOn: '2026-01-01' }, []],
    ['a householder in the employee scheme', { householder: person(2) }, ['householder not_allowed']],
    [
      'a householder born tomorrow',
      { scheme: '390', periods: [resident], householder: bornOn('20260303') },
      ['householder.idNumber future_birth'],
    ],
    ['months of another scheme', { periods: [resident, paidPeriod('2025-01', '2025-12', 12)] }, ['periods.0.scheme other_scheme']],
    [
      'a month of the account twice',
      {
        account: [
          { month: '2025-12', creditedFen: 1, spentFen: 0 },
          { month: '2025-12', creditedFen: 1, spentFen: 0 },
        ],
      },
      ['account.1.month repeated'],
    ],
    ['a movement next month', { account: [{ month: '2026-04', creditedFen: 1, spentFen: 0 }] }, ['account.0.month future']],
    ['a movement this month', { account: [{ month: '2026-03', creditedFen: 1, spentFen: 1 }] }, []],
    [
      'an account overdrawn in between, whatever the order of the rows',
      {
        account: [
          { month: '2025-03', creditedFen: 500, spentFen: 0 },
          { month: '2025-02', creditedFen: 0, spentFen: 101 },
          { month: '2025-01', creditedFen: 100, spentFen: 0 },
        ],
      },
      ['account.1.spentFen overdrawn'],
    ],
    [
      'an account beyond what any can hold',
      {
        account: [
          { month: '2025-01', creditedFen: 10_000_000_000, spentFen: 0 },
          { month: '2025-02', creditedFen: 1, spentFen: 0 },
        ],
      },
      ['account.1.creditedFen too_large'],
    ],
    ['arrears of a month to come', { arrears: { months: ['2026-04'], amountFen: 1 } }, ['arrears.months.0 future']],
    ['arrears after the suspension', { arrears: { months: ['2026-02'], amountFen: 1 } }, ['arrears.months.0 after_suspension']],
    ['arrears of a month that was paid', { arrears: { months: ['2025-06', '2025-07'], amountFen: 1 } }, ['arrears.months.1 paid']],
    [
      'everything at once',
      { participation: 'active', suspendedOn: '2026-04-01', householder: person(2), arrears: { months: ['2026-01'], amountFen: 1 } },
      ['participation not_suspended', 'suspendedOn future', 'householder not_allowed', 'arrears.months.0 paid'],
    ],
  ])('%s', (_case, said, expected) => expect(refusalOf(said)).toEqual(expected));

  test.each<[string, Record<string, unknown>, string]>([
    ['a spending below zero', { account: [{ month: '2025-01', creditedFen: 0, spentFen: -1 }] }, 'account.0.spentFen'],
    ['an amount with half a fen', { account: [{ month: '2025-01', creditedFen: 0.5, spentFen: 0 }] }, 'account.0.creditedFen'],
    ['an amount as text in yuan', { account: [{ month: '2025-01', creditedFen: '12.34', spentFen: 0 }] }, 'account.0.creditedFen'],
    ['arrears of nothing', { arrears: { months: ['2025-01'], amountFen: 0 } }, 'arrears.amountFen'],
    ['a month of arrears twice', { arrears: { months: ['2025-01', '2025-01'], amountFen: 1 } }, 'arrears.months'],
    ['no period', { periods: [] }, 'periods'],
    ['a balance that was typed', { balanceFen: 1 }, ''],
  ])('%s is no record at all', (_case, said, field) => {
    const { error } = VoucherRecord.safeParse(recordBody(1, said));
    expect(error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });

  test('the schemes whose months go on one voucher: each its own, and the resident scheme what was merged into it (A1)', () => {
    const allowed = Scheme.options.flatMap((scheme) =>
      Scheme.options
        .filter((other) => {
          const periods = [{ ...paidPeriod('2024-01', '2024-12', 12), scheme: other }];
          return refusalOf({ scheme, periods }).length === 0;
        })
        .map((other) => `${scheme} ${other}`),
    );
    expect(allowed.sort()).toEqual(['310 310', '380 380', '390 380', '390 390', '390 391', '391 391']);
  });

  const { provinceShortName: _, ...nameless } = ISSUER.region;
  test.each([
    ['without the short name of its province', nameless],
    ['with a short name that is no Chinese character', { ...nameless, provinceShortName: 'Z' }],
    ['with a name that no number can be made of', { ...ISSUER.region, name: 'Hangzhou' }],
  ])('a region %s is told to its keeper (A1)', (_case, region) => {
    expect(refusalOf({}, { region })).toEqual(['region directory_incomplete']);
    expect(printedNumber(region, '2026', 1)).toBeUndefined();
  });
});

describe('any movements of an account (A1)', () => {
  const movement = fc.record({ n: fc.integer({ min: 0, max: 35 }), creditedFen: fc.nat(2_000), spentFen: fc.nat(2_000) });
  const accounts = fc.uniqueArray(movement, { selector: ({ n }) => n, maxLength: 12 }).map((rows) =>
    rows.map(
      ({ n, creditedFen, spentFen }): AccountMovement => ({
        month: Month.parse(`${2023 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`),
        creditedFen: Fen.parse(creditedFen),
        spentFen: Fen.parse(spentFen),
      }),
    ),
  );

  it('are refused exactly when the account would be below zero at the end of some month, and named is the first such month', () => {
    fc.assert(
      fc.property(accounts, (account) => {
        const balanceAt = (month: string) => balanceOf(account.filter((row) => row.month <= month));
        const first = account
          .map(({ month }) => month)
          .sort()
          .find((month) => balanceAt(month) < 0);
        const named = first === undefined ? [] : [`account.${account.findIndex(({ month }) => month === first)}.spentFen overdrawn`];
        expect(refusalOf({ account })).toEqual(named);
      }),
    );
  });
});
