import * as z from 'zod';
import { NotificationChannel } from './codes.ts';
import { CalendarDate, CaseNumber, Fen, Instant, line, OfficeCode, RegionCode, VoucherId } from './primitives.ts';

/** What an office owes somebody word of 告知: the result of a hand-over (S94 7.4), arrears (S94 4), the registration window (S191 6). */
export const NoticeKind = z.enum([
  'completed',
  'refused',
  'closed-by-agreement',
  'arrears',
  'registration-window-30',
  'registration-window-7',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;
export const NOTICE_NAMES: Record<NoticeKind, string> = {
  completed: '转移接续已办结',
  refused: '不予转移接续',
  'closed-by-agreement': '转移接续经双方协商终结',
  arrears: '欠费情况及补缴提醒',
  'registration-window-30': '请在三个月内办理登记（剩余30日）',
  'registration-window-7': '请在三个月内办理登记（剩余7日）',
};

/** To whom: the insured person, or the employer that applied (用人单位或参保人员). */
export const NoticeRecipient = z.enum(['person', 'employer']);
export type NoticeRecipient = z.infer<typeof NoticeRecipient>;

/** Proof 送达 that it arrived: how, when, by whom. */
export const NoticeDelivery = z.strictObject({ channel: NotificationChannel, note: line(300).optional() });
export type NoticeDelivery = z.infer<typeof NoticeDelivery>;

/** Which notice of a case a delivery proves. */
export const CaseNoticeDelivery = NoticeDelivery.extend({ kind: NoticeKind, to: NoticeRecipient });
export type CaseNoticeDelivery = z.infer<typeof CaseNoticeDelivery>;

/** What a case keeps of a notice; `times` of its events order them. */
export const CaseNotice = z.strictObject({
  kind: NoticeKind,
  to: NoticeRecipient,
  createdAt: Instant,
  delivered: NoticeDelivery.extend({ at: Instant }).optional(),
});
export type CaseNotice = z.infer<typeof CaseNotice>;

/**
 * Row of a notice: in the queue of its office (`workOffice`, from the day `workDue` on) until it is delivered, and in the index of what is due
 * (`alertShard`) until its event was published. Whose it is stands in its case or voucher, so nothing personal is here.
 */
export const NoticeRow = z.object({
  PK: z.string(),
  SK: z.string(),
  kind: z.literal('notice'),
  notice: NoticeKind,
  to: NoticeRecipient,
  region: RegionCode,
  office: OfficeCode,
  caseNumber: CaseNumber.optional(),
  voucherId: VoucherId.optional(),
  createdAt: Instant,
  /** Day from which it is to be given; later than `createdAt` for a warning. */
  dueOn: CalendarDate,
  arrears: z.strictObject({ months: z.int().min(1), amountFen: Fen }).optional(),
  delivered: NoticeDelivery.extend({ at: Instant, by: z.string() }).optional(),
  /** Taken back: nobody needs to be told any more. */
  withdrawnAt: Instant.optional(),
  publishedAt: Instant.optional(),
  alertShard: z.string().optional(),
  nextAlert: Instant.optional(),
  workOffice: z.string().optional(),
  workDue: z.string().optional(),
});
export type NoticeRow = z.infer<typeof NoticeRow>;

/** Notices that an office has still to give, oldest first. No personal data: the case or voucher has the address. */
export const NoticesView = z.strictObject({
  office: OfficeCode,
  items: z.array(
    z.strictObject({
      notice: NoticeKind,
      name: z.string(),
      to: NoticeRecipient,
      caseNumber: CaseNumber.optional(),
      voucherId: VoucherId.optional(),
      dueOn: CalendarDate,
      publishedAt: Instant.optional(),
    }),
  ),
  nextCursor: z.string().optional(),
});
export type NoticesView = z.infer<typeof NoticesView>;
