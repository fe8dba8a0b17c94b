import { NOTICE_NAMES, type NoticeKind, type NoticeRecipient, type NoticeRow } from '../../schemas/notices.ts';
import type { Instant } from '../../schemas/primitives.ts';

/** Whether the office is to be told of it now; no more when it was delivered or taken back since the index showed it. */
export const isNoticeDue = ({ nextAlert, delivered, withdrawnAt }: NoticeRow, now: Instant): boolean =>
  nextAlert !== undefined && nextAlert <= now && delivered === undefined && withdrawnAt === undefined;

/** Warnings are written when the voucher is issued, for days that may come after the person has registered elsewhere (A11). */
export function isWarning(notice: NoticeKind): boolean {
  switch (notice) {
    case 'registration-window-30':
    case 'registration-window-7':
      return true;
    case 'completed':
    case 'refused':
    case 'closed-by-agreement':
    case 'arrears':
      return false;
    default:
      return notice satisfies never;
  }
}

/** One id per notice, whoever computes it and however often. */
export const noticeId = ({ region, caseNumber, voucherId, notice, to }: NoticeRow): string =>
  caseNumber === undefined ? `${voucherId}/notice/${notice}/${to}` : `${region}/${caseNumber}/notice/${notice}/${to}`;

const RECIPIENTS = {
  person: ['参保人员', 'the insured person'],
  employer: ['用人单位', 'the employer'],
} as const satisfies Record<NoticeRecipient, readonly [string, string]>;

const IN_ENGLISH = {
  completed: 'the hand-over is completed',
  refused: 'the hand-over is refused',
  'closed-by-agreement': 'the hand-over was closed by agreement',
  arrears: 'contributions are owed',
  'registration-window-30': 'register within three months, 30 days are left',
  'registration-window-7': 'register within three months, 7 days are left',
} as const satisfies Record<NoticeKind, string>;

/** Body of the event: a sentence for the office, then fields for machines. Whom to tell and what stands in the case or voucher. */
export function noticeMessage(row: NoticeRow): string {
  const { notice, to, caseNumber, voucherId, region, office, dueOn } = row;
  return JSON.stringify({
    text: sentenceOf(row),
    id: noticeId(row),
    kind: 'notice',
    notice,
    to,
    caseNumber,
    voucherId,
    region,
    office,
    dueOn,
  });
}

function sentenceOf({ notice, to, caseNumber, voucherId, dueOn }: NoticeRow): string {
  const about = caseNumber === undefined ? `凭证 ${voucherId}` : `业务 ${caseNumber}`;
  const [toZh, toEn] = RECIPIENTS[to];
  return `${about}：请于 ${dueOn} 将“${NOTICE_NAMES[notice]}”告知${toZh} (tell ${toEn} on that day: ${IN_ENGLISH[notice]})`;
}
