import * as z from 'zod';
import {
  ClosureAnswer,
  ClosureProposal,
  Correction,
  Explanation,
  Forwarded,
  IneligibilityNotice,
  Query,
  Reminder,
  SchemeWithdrawal,
  SchemeWithdrawalAnswer,
  TransferRequest,
  Withdrawal,
  WithdrawalAnswer,
} from './conversation.ts';
import {
  CompletionNotice,
  CompletionNoticeV1,
  CoverageVoucher,
  InformationTable,
  InformationTableV1,
  LiaisonLetter,
  NotRemitted,
  NotRemittedV1,
  Receipt,
  RemittanceAdvice,
  RemittanceAdviceV1,
} from './documents.ts';
import { EligibilityVerdict } from './eligibility.ts';
import { CaseNumber, MessageId, RegionCode } from './primitives.ts';
import { ProcedureId } from './procedures.ts';

/** Largest message on the wire, in bytes of UTF-8; larger things are attachments. Leaves room below the queue's 256 KiB. */
export const MAX_MESSAGE_BYTES = 200 * 1024;

const SOURCE_PREFIX = 'urn:jiexu:region:';

/** CloudEvents `source` of a region. */
export const sourceOf = (region: RegionCode): MessageSource => MessageSource.parse(`${SOURCE_PREFIX}${region}`);

const MessageSource = z.string().startsWith(SOURCE_PREFIX).brand('MessageSource');
type MessageSource = z.infer<typeof MessageSource>;

/** Region that sent a message; throws a ZodError when the source is no region. */
export const regionOf = (source: string): RegionCode => RegionCode.parse(source.slice(SOURCE_PREFIX.length));

/** CloudEvents 1.0 attributes that every message has; further extension attributes are signed but not read. */
const attributes = {
  specversion: z.literal('1.0'),
  id: MessageId,
  source: MessageSource.refine((source) => RegionCode.safeParse(source.slice(SOURCE_PREFIX.length)).success, {
    error: '发送方不是统筹地区 (source is not a region)',
  }),
  subject: CaseNumber,
  time: z.iso.datetime({ offset: true }),
  datacontenttype: z.literal('application/json'),
  recipient: RegionCode,
  /** Id of the message or command that caused this one. */
  causationid: z.uuid(),
  procedure: ProcedureId,
  /** ES256 over the RFC 8785 form of the event without this attribute, base64url (JWS form r‖s). */
  signature: z.base64url().length(86),
};

/** Position per case, sender and recipient, from 1; receipts have none. */
const sequence = z.int().min(1).max(999_999);

function business<T extends string, D extends z.ZodType>(type: T, data: D) {
  return z.object({ ...attributes, type: z.literal(`cn.jiexu.${type}`), sequence, data });
}

export const LiaisonLetterMessage = business('liaison-letter.v1', LiaisonLetter);
export const TransferRequestMessage = business('transfer-request.v1', TransferRequest);
export const CoverageVoucherMessage = business('coverage-voucher.v1', CoverageVoucher);

/**
 * A step of the hand-over: handled in order, once, and answered with a receipt. Version 1 of a document names the letter it answers; version 2
 * may go without, since procedure 2021 has none. What is sent follows from the procedure of the case; both versions are taken (E9).
 */
export const BusinessMessage = z.discriminatedUnion('type', [
  LiaisonLetterMessage,
  business('remittance-advice.v1', RemittanceAdviceV1),
  business('remittance-advice.v2', RemittanceAdvice),
  business('not-remitted.v1', NotRemittedV1),
  business('not-remitted.v2', NotRemitted),
  business('information-table.v1', InformationTableV1),
  business('information-table.v2', InformationTable),
  business('completion-notice.v1', CompletionNoticeV1),
  business('completion-notice.v2', CompletionNotice),
  CoverageVoucherMessage,
  TransferRequestMessage,
  business('eligibility-verdict.v1', EligibilityVerdict),
  business('ineligibility-notice.v1', IneligibilityNotice),
  business('query.v1', Query),
  business('correction.v1', Correction),
  business('explanation.v1', Explanation),
  business('withdrawal.v1', Withdrawal),
  business('withdrawal-answer.v1', WithdrawalAnswer),
  business('closure-proposal.v1', ClosureProposal),
  business('closure-answer.v1', ClosureAnswer),
  business('reminder.v1', Reminder),
  business('forwarded.v1', Forwarded),
  business('scheme-withdrawal.v1', SchemeWithdrawal),
  business('scheme-withdrawal-answer.v1', SchemeWithdrawalAnswer),
]);
export type BusinessMessage = z.infer<typeof BusinessMessage>;
export type BusinessMessageType = BusinessMessage['type'];
export const BUSINESS_MESSAGE_TYPES = BusinessMessage.options.map((option) => option.shape.type.value);
export const BusinessMessageType = z.enum(BUSINESS_MESSAGE_TYPES);

/** What a message of each type is called where a person reads it. */
export const MESSAGE_NAMES: Record<BusinessMessageType, string> = {
  'cn.jiexu.liaison-letter.v1': '联系函',
  'cn.jiexu.remittance-advice.v1': '划转通知',
  'cn.jiexu.remittance-advice.v2': '划转通知',
  'cn.jiexu.not-remitted.v1': '不划转通知',
  'cn.jiexu.not-remitted.v2': '不划转通知',
  'cn.jiexu.information-table.v1': '信息表',
  'cn.jiexu.information-table.v2': '信息表',
  'cn.jiexu.completion-notice.v1': '办结通知',
  'cn.jiexu.completion-notice.v2': '办结通知',
  'cn.jiexu.coverage-voucher.v1': '参保凭证',
  'cn.jiexu.transfer-request.v1': '转移申请',
  'cn.jiexu.eligibility-verdict.v1': '校验结果',
  'cn.jiexu.ineligibility-notice.v1': '不符合转移条件通知',
  'cn.jiexu.query.v1': '联系核实',
  'cn.jiexu.correction.v1': '更正',
  'cn.jiexu.explanation.v1': '说明情况',
  'cn.jiexu.withdrawal.v1': '撤回申请',
  'cn.jiexu.withdrawal-answer.v1': '撤回答复',
  'cn.jiexu.closure-proposal.v1': '协商终结提议',
  'cn.jiexu.closure-answer.v1': '协商终结答复',
  'cn.jiexu.reminder.v1': '催办',
  'cn.jiexu.forwarded.v1': '转送通知',
  'cn.jiexu.scheme-withdrawal.v1': '退出新农合通知',
  'cn.jiexu.scheme-withdrawal-answer.v1': '退出新农合答复',
};

/** Receipts are never receipted and carry no sequence. */
export const ReceiptMessage = z.object({ ...attributes, type: z.literal('cn.jiexu.receipt.v1'), data: Receipt });
export type ReceiptMessage = z.infer<typeof ReceiptMessage>;

/** Everything that travels between two inboxes: CloudEvents 1.0, structured JSON. */
export const Message = z.discriminatedUnion('type', [...BusinessMessage.options, ReceiptMessage]);
export type Message = z.infer<typeof Message>;

type DistributivePick<T, K extends keyof T> = T extends unknown ? Pick<T, K> : never;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type UnsignedMessage = DistributiveOmit<Message, 'signature'>;

/**
 * What a decision says of a message; the envelope is completed when it is written. `answers` is the message that it decides and becomes its
 * `causationid` (E3: decided); without it the command is the cause.
 */
export type OutgoingMessage = DistributivePick<BusinessMessage, 'type' | 'data' | 'id' | 'recipient'> & { answers?: MessageId | undefined };
