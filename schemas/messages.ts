import * as z from 'zod';
import { CompletionNotice, InformationTable, LiaisonLetter, NotRemitted, Receipt, RemittanceAdvice } from './documents.ts';
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
  return z.object({ ...attributes, type: z.literal(`cn.jiexu.${type}.v1`), sequence, data });
}

export const LiaisonLetterMessage = business('liaison-letter', LiaisonLetter);
export const RemittanceAdviceMessage = business('remittance-advice', RemittanceAdvice);
export const NotRemittedMessage = business('not-remitted', NotRemitted);
export const InformationTableMessage = business('information-table', InformationTable);
export const CompletionNoticeMessage = business('completion-notice', CompletionNotice);

/** A step of the hand-over: handled in order, once, and answered with a receipt. */
export const BusinessMessage = z.discriminatedUnion('type', [
  LiaisonLetterMessage,
  RemittanceAdviceMessage,
  NotRemittedMessage,
  InformationTableMessage,
  CompletionNoticeMessage,
]);
export type BusinessMessage = z.infer<typeof BusinessMessage>;
export type BusinessMessageType = BusinessMessage['type'];
export const BUSINESS_MESSAGE_TYPES = BusinessMessage.options.map((option) => option.shape.type.value);
export const BusinessMessageType = z.enum(BUSINESS_MESSAGE_TYPES);

/** Receipts are never receipted and carry no sequence. */
export const ReceiptMessage = z.object({ ...attributes, type: z.literal('cn.jiexu.receipt.v1'), data: Receipt });
export type ReceiptMessage = z.infer<typeof ReceiptMessage>;

/** Everything that travels between two inboxes: CloudEvents 1.0, structured JSON. */
export const Message = z.discriminatedUnion('type', [...BusinessMessage.options, ReceiptMessage]);
export type Message = z.infer<typeof Message>;

type DistributivePick<T, K extends keyof T> = T extends unknown ? Pick<T, K> : never;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type UnsignedMessage = DistributiveOmit<Message, 'signature'>;

/** What a decision says of a message; the envelope is completed when it is written. */
export type OutgoingMessage = DistributivePick<BusinessMessage, 'type' | 'data' | 'id' | 'recipient'>;
