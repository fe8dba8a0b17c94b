import { describe, expect, it } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { registrationWindow } from '../../functions/cases/entitlement/window.ts';
import { hashOf } from '../../functions/platform/canonical.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { draftVoucher, type Issuer, numbered } from '../../functions/vouchers/issue.ts';
import { voucherIdOf } from '../../functions/vouchers/number.ts';
import { type Issue, noticeRows, reissued, viewOf, voucherRow, whenLast } from '../../functions/vouchers/rows.ts';
import { CalendarDate, PersonHash } from '../../schemas/primitives.ts';
import { VerificationCode, VoucherRow } from '../../schemas/vouchers.ts';
import { NOW, OFFICES, REGIONS, TODAY } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { ARREARS, paidPeriod, record } from '../support/vouchers.ts';

const ISSUER: Issuer = { region: REGIONS[HANGZHOU]!, office: OFFICES[HANGZHOU]!, today: TODAY };
const CODE = VerificationCode.parse('0000-0000-0000-0000');

const issueOf = (said: Record<string, unknown> = {}, today = TODAY): Issue => {
  const parsed = record(said);
  return {
    draft: draftVoucher(parsed, { ...ISSUER, today }),
    region: HANGZHOU,
    office: HANGZHOU_OFFICE,
    personHash: PersonHash.parse('a'.repeat(64)),
    window: parsed.hasEmployer ? undefined : registrationWindow(parsed.suspendedOn, calendarOf(seedYears())),
    code: CODE,
    at: NOW,
    by: 'clerk-1',
  };
};
const rowOf = (issue: Issue) => voucherRow(issue, voucherIdOf(HANGZHOU, '2026', 1), numbered(issue.draft, ISSUER.region, 1));
const noticesOf = (said: Record<string, unknown>, at = NOW) => {
  const issue = { ...issueOf(said), at };
  return noticeRows(issue, rowOf(issue));
};

describe('what is stored of a voucher', () => {
  it('is the row as its schema has it, with the hash of the printed fields (A5)', () => {
    const row = rowOf(issueOf({ arrears: ARREARS }));
    expect(VoucherRow.parse(row)).toEqual(row);
    expect(row).toMatchObject({
      PK: 'R#330100#V#2026',
      SK: 'V#000001',
      months: 37,
      registerBy: '2026-04-30',
      arrears: ARREARS,
      version: 1,
    });
    expect(row.contentHash).toBe(hashOf(row.voucher));
    expect(row.copies).toEqual([{ serial: 0, code: CODE, issuedOn: TODAY, issuedAt: NOW, office: HANGZHOU_OFFICE, by: 'clerk-1' }]);
  });

  it('shows neither the keyed hash nor the keys (F4)', () => {
    const view = viewOf(rowOf(issueOf()));
    for (const hidden of ['PK', 'SK', 'personHash', 'contentHash']) expect(view).not.toHaveProperty(hidden);
  });

  it('has no last day to register where an employer registers the person (A11)', () => {
    expect(rowOf(issueOf({ hasEmployer: true }))).not.toHaveProperty('registerBy');
  });
});

/** Warnings of a voucher issued on 2 March 2026. */
const warnedOf = (suspendedOn: string) =>
  noticesOf({ suspendedOn: CalendarDate.parse(suspendedOn), periods: [paidPeriod('2025-07', '2025-11', 5)] }).map(
    ({ notice, dueOn, nextAlert }) => [notice, dueOn, nextAlert],
  );

describe('notices of a voucher', () => {
  it('arrears make a dated notice with months and amount in the queue of the office (A4)', () => {
    expect(noticesOf({ arrears: ARREARS, hasEmployer: true })).toEqual([
      {
        PK: 'R#330100#V#2026',
        SK: 'E#arrears#person#330100-2026-000001',
        kind: 'notice',
        notice: 'arrears',
        to: 'person',
        region: HANGZHOU,
        office: HANGZHOU_OFFICE,
        voucherId: '330100-2026-000001',
        createdAt: NOW,
        dueOn: '2026-03-02',
        arrears: { months: 6, amountFen: 240_000 },
        workOffice: 'N#33010001',
        workDue: '2026-03-02#330100-2026-000001#arrears#person',
        alertShard: expect.stringMatching(/^[0-7]$/),
        nextAlert: NOW,
      },
    ]);
  });

  it('no arrears and an employer make none (A4, A11)', () => expect(noticesOf({ hasEmployer: true })).toEqual([]));

  it('without an employer the person is warned 30 and 7 days before the end of the window, from the start of that day in China (A11)', () => {
    expect(noticesOf({}).map(({ notice, dueOn, workDue, nextAlert }) => [notice, dueOn, workDue, nextAlert])).toEqual([
      ['registration-window-30', '2026-03-31', '2026-03-31#330100-2026-000001#registration-window-30#person', '2026-03-30T16:00:00.000Z'],
      ['registration-window-7', '2026-04-23', '2026-04-23#330100-2026-000001#registration-window-7#person', '2026-04-22T16:00:00.000Z'],
    ]);
  });

  it.each([
    // Three months after 2 January: 2 April, a Thursday. 30 days before it is 3 March, 7 days before it 26 March.
    ['2026-01-02', ['registration-window-30', 'registration-window-7']],
    // 1 January → 1 April, a Wednesday; 30 days before it is 2 March, today.
    ['2026-01-01', ['registration-window-30', 'registration-window-7']],
    // 31 December → 31 March, a Tuesday; 30 days before it was 1 March, yesterday.
    ['2025-12-31', ['registration-window-7']],
    // 9 December → 9 March, a Monday; 7 days before it is 2 March, today.
    ['2025-12-09', ['registration-window-7']],
    // 8 December → 8 March, a Sunday, so 9 March.
    ['2025-12-08', ['registration-window-7']],
    // 27 November → 27 February, a Friday: over.
    ['2025-11-27', []],
  ])('suspended on %s, on 2 March only what is not over is warned of (A11)', (suspendedOn, expected) => {
    expect(warnedOf(suspendedOn).map(([notice]) => notice)).toEqual(expected);
  });

  it.each([
    // 5 December → 5 March, a Thursday; 7 days before it was 26 February.
    '2025-12-05',
    // 1 December → 1 March, a Sunday, so today, 2 March.
    '2025-12-01',
  ])('suspended on %s both days are over and the end is not: warned today (A11)', (suspendedOn) => {
    expect(warnedOf(suspendedOn)).toEqual([['registration-window-7', '2026-03-02', '2026-03-01T16:00:00.000Z']]);
  });
});

describe('a re-issue (A3)', () => {
  const again = {
    code: VerificationCode.parse('0000-0000-0000-001Y'),
    issuedAt: NOW,
    office: HANGZHOU_OFFICE,
    by: 'clerk-2',
    reason: '遗失',
  };

  it('keeps number and content and counts a serial (A3)', () => {
    const row = rowOf(issueOf());
    const { copies, version, ...rest } = reissued(row, again);
    expect({ ...rest, copies: row.copies, version: 1 }).toEqual(row);
    expect(version).toBe(2);
    expect(copies).toEqual([...row.copies, { ...again, serial: 1, issuedOn: TODAY }]);
  });

  it('ends with the 99th (A3)', () => {
    let row = rowOf(issueOf());
    for (let n = 1; n <= 99; n += 1) row = reissued(row, again);
    expect(row.copies.at(-1)?.serial).toBe(99);
    expect(VoucherRow.parse(row)).toEqual(row);
    expect(() => reissued(row, again)).toThrow(Refusal);
  });

  it('is undone by asking for the voucher as it was (E1)', () => {
    const first = rowOf(issueOf());
    const third = reissued(reissued(first, again), again);
    expect(whenLast(third, 0)).toEqual(first);
    expect(whenLast(third, 1)).toEqual(reissued(first, again));
  });
});
