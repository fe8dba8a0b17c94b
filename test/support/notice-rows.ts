import { caseNoticeKey, noticeQueue, voucherNoticeKey } from '../../functions/cases/keys.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import { NoticeRow } from '../../schemas/notices.ts';
import { type CaseNumber, OfficeCode, VoucherId } from '../../schemas/primitives.ts';
import { at } from './exchange.ts';
import { aCaseNumber, HANGZHOU } from './messages.ts';

const OFFICE = OfficeCode.parse('33010001');
/** The hand-over was completed then: 10:00 China time of 2026-12-14. */
export const NOTICE_AT = at('2026-12-14T02:00:00Z');
/** 0:00 China time of the day of the warning. */
export const WARNING_AT = at('2026-12-13T16:00:00Z');

/** Word of Hangzhou's completion to the person, in the queue of its office since `NOTICE_AT`. */
export const aCaseNotice = (caseNumber: CaseNumber = aCaseNumber(), said: Partial<NoticeRow> = {}): NoticeRow =>
  NoticeRow.parse({
    ...caseNoticeKey(HANGZHOU, caseNumber, said.notice ?? 'completed', said.to ?? 'person'),
    kind: 'notice',
    notice: 'completed',
    to: 'person',
    region: HANGZHOU,
    office: OFFICE,
    caseNumber,
    createdAt: NOTICE_AT,
    dueOn: '2026-12-14',
    workOffice: noticeQueue(OFFICE),
    workDue: `2026-12-14#${caseNumber}#completed#person`,
    alertShard: shardOf(caseNumber),
    nextAlert: NOTICE_AT,
    ...said,
  });

export const aVoucherId = (n = 1): VoucherId => VoucherId.parse(`330100-2026-${String(n).padStart(6, '0')}`);

/** Warning to the holder of a voucher that 30 days of the registration window are left, written in October (A11). */
export const aWarning = (voucherId: VoucherId = aVoucherId(), said: Partial<NoticeRow> = {}): NoticeRow =>
  NoticeRow.parse({
    ...voucherNoticeKey(voucherId, said.notice ?? 'registration-window-30'),
    kind: 'notice',
    notice: 'registration-window-30',
    to: 'person',
    region: HANGZHOU,
    office: OFFICE,
    voucherId,
    createdAt: at('2026-10-15T03:00:00Z'),
    dueOn: '2026-12-14',
    workOffice: noticeQueue(OFFICE),
    workDue: `2026-12-14#${voucherId}#registration-window-30#person`,
    alertShard: shardOf(voucherId),
    nextAlert: WARNING_AT,
    ...said,
  });
