import type { TransferCase } from '../../schemas/cases.ts';
import type { Office } from '../../schemas/directory.ts';
import {
  CompletionNoticeV1,
  InformationTableV1,
  NotRemittedV1,
  type OfficeOnDocument,
  RemittanceAdviceV1,
} from '../../schemas/documents.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { BusinessMessageType, OutgoingMessage } from '../../schemas/messages.ts';
import { Fen, type Instant, type MessageId } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import type { ProcedureId } from '../../schemas/procedures.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { CommandOf, Decision } from './commands.ts';

/** Pieces of decisions that both sides are made of. */

export const NOTHING = Fen.parse(0);

/** Something happened and nothing is sent. */
export const only = (...events: Decision['events']): Decision => ({ events, messages: [] });

/** Something happened, and one message tells the counterpart. */
export const telling = (event: CaseEvent, message: OutgoingMessage): Decision => ({ events: [event], messages: [message] });

/** What was found, without the checks that found nothing. */
export const found = (findings: readonly (FieldError | false)[]): FieldError[] => findings.filter((entry) => entry !== false);

export const contradiction = (field: string, reason: string): FieldError => finding(field, 'contradiction', reason);

/** Refuses with all contradictions at once. */
export function assertConsistent(findings: readonly (FieldError | false)[]): void {
  const wrong = found(findings);
  if (wrong.length > 0) throw new Refusal('case.inconsistent', wrong);
}

/** A receipt came: the counterpart's inbox has what was sent. */
export const recordDelivery = (_: TransferCase, { messageType, messageId, deliveredAt }: CommandOf<'record-delivery'>): Decision =>
  only({ type: 'message-delivered', messageType, messageId, deliveredAt });

/** What an arrived message leaves when nothing is left to do about it. */
export const noted = (
  messageType: BusinessMessageType,
  { messageId, sequence, sentAt }: { messageId: MessageId; sequence: number; sentAt: Instant },
): Decision => only({ type: 'noted', messageType, messageId, sequence, sentAt });

/** An office as it is printed: the postal part of its directory record. */
export function onDocument({ code, region, name, address, postcode, phone, contact }: Office): OfficeOnDocument {
  return { code, region, name, address, postcode, phone, contact };
}

/** A message in the version that the procedure of the case sends: who speaks 2016.1 knows no other than the first (E9). */
export function inVersionOf(procedure: ProcedureId, message: OutgoingMessage): OutgoingMessage {
  if (procedure !== '2016.1') return message;
  switch (message.type) {
    case 'cn.jiexu.information-table.v2':
      return { ...message, type: 'cn.jiexu.information-table.v1', data: InformationTableV1.parse(message.data) };
    case 'cn.jiexu.remittance-advice.v2':
      return { ...message, type: 'cn.jiexu.remittance-advice.v1', data: RemittanceAdviceV1.parse(message.data) };
    case 'cn.jiexu.not-remitted.v2':
      return { ...message, type: 'cn.jiexu.not-remitted.v1', data: NotRemittedV1.parse(message.data) };
    case 'cn.jiexu.completion-notice.v2':
      return { ...message, type: 'cn.jiexu.completion-notice.v1', data: CompletionNoticeV1.parse(message.data) };
    default:
      return message;
  }
}
