import type { NoticeKind, NoticeRow } from '../../schemas/notices.ts';
import type { CalendarDate, Instant, OfficeCode, PersonHash, RegionCode, VoucherId } from '../../schemas/primitives.ts';
import { type VerificationCode, type VoucherCopy, type VoucherRow, VoucherView } from '../../schemas/vouchers.ts';
import { chinaDate, startOfChinaDay } from '../calendar/china-time.ts';
import type { RegistrationWindow } from '../cases/entitlement/window.ts';
import { noticeQueue, voucherKey, voucherNoticeKey } from '../cases/keys.ts';
import { hashOf, shardOf } from '../platform/canonical.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Draft } from './issue.ts';

/** Rows that issuing and re-issuing write. Pure; the stores add the conditions. */

/** What is known of an issue before its number. */
export type Issue = {
  draft: Draft;
  region: RegionCode;
  office: OfficeCode;
  personHash: PersonHash;
  /** Where nobody but the person himself registers (S191 6). */
  window: RegistrationWindow | undefined;
  code: VerificationCode;
  at: Instant;
  /** Opaque subject of the one who issues. */
  by: string;
};

export function voucherRow(issue: Issue, voucherId: VoucherId, voucher: VoucherRow['voucher']): VoucherRow {
  const { draft, region, office, personHash, window, code, at, by } = issue;
  return {
    ...voucherKey(voucherId),
    kind: 'voucher',
    voucherId,
    region,
    office,
    personHash,
    voucher,
    contentHash: hashOf(voucher),
    months: draft.months,
    suspendedOn: draft.suspendedOn,
    ...(window && { registerBy: window.deadline }),
    ...(draft.arrears && { arrears: draft.arrears }),
    copies: [{ serial: 0, code, issuedOn: chinaDate(at), issuedAt: at, office, by }],
    version: 1,
  };
}

/** S94 4 ¶2: the person is told of arrears at once; S191 6: of the end of the window as `warningsOf` says. */
export function noticeRows({ draft, window, at }: Issue, row: VoucherRow): NoticeRow[] {
  const { arrears } = draft;
  const owed = arrears && { arrears: { months: arrears.months.length, amountFen: arrears.amountFen } };
  const today = chinaDate(at);
  return [
    ...(owed ? [{ ...noticeRow(row, 'arrears', today, at, at), ...owed }] : []),
    ...warningsOf(window, today).map(([kind, day]) => noticeRow(row, kind, day, at, startOfChinaDay(day))),
  ];
}

/** Warnings of the end of the window, when 30 and 7 days are left, unless that day is over; today where it is for both and the end is to come. */
function warningsOf(window: RegistrationWindow | undefined, today: CalendarDate): (readonly [NoticeKind, CalendarDate])[] {
  if (!window || window.deadline < today) return [];
  const { 30: early, 7: late } = window.warnOn;
  return [
    ...(early >= today ? [['registration-window-30', early] as const] : []),
    ['registration-window-7', late >= today ? late : today] as const,
  ];
}

/** In the queue of its office until it is delivered; its event is published from `nextAlert` on (B15). */
function noticeRow(
  { voucherId, region, office }: VoucherRow,
  notice: NoticeKind,
  dueOn: CalendarDate,
  createdAt: Instant,
  nextAlert: Instant,
): NoticeRow {
  return {
    ...voucherNoticeKey(voucherId, notice),
    kind: 'notice',
    notice,
    to: 'person',
    region,
    office,
    voucherId,
    createdAt,
    dueOn,
    workOffice: noticeQueue(office),
    workDue: `${dueOn}#${voucherId}#${notice}#person`,
    alertShard: shardOf(voucherId),
    nextAlert,
  };
}

const MOST_COPIES = 99;

/** The voucher with one more copy 补办 (S94 4 ¶3): the same number and content, the next serial, a code of its own. */
export function reissued(row: VoucherRow, copy: Omit<VoucherCopy, 'serial' | 'issuedOn'>): VoucherRow {
  const serial = row.copies.length;
  if (serial > MOST_COPIES) {
    const reason = `补办次数已达${MOST_COPIES}次上限 (issued again ${MOST_COPIES} times already)`;
    throw new Refusal('voucher.not-issuable', [finding('serial', 'too_many', reason)]);
  }
  return { ...row, copies: [...row.copies, { ...copy, serial, issuedOn: chinaDate(copy.issuedAt) }], version: row.version + 1 };
}

/** The voucher as it was when a copy was its last: nothing else of it ever changes. */
export const whenLast = (row: VoucherRow, serial: number): VoucherRow => ({
  ...row,
  copies: row.copies.slice(0, serial + 1),
  version: serial + 1,
});

export const viewOf = (row: VoucherRow): VoucherView => VoucherView.parse(row);
