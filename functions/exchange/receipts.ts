import { type BusinessMessage, regionOf, sourceOf } from '../../schemas/messages.ts';
import type { Instant } from '../../schemas/primitives.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { type Signer, sealMessage } from '../platform/signature.ts';

export type ReceiptDeps = { signer: Signer; ids: Ids; clock: Clock };

/**
 * The signed delivered receipt of a message: says when its bytes arrived (B2: the second that both sides show), and nothing of what will be
 * decided (E3).
 */
export function deliveredReceipt({ signer, ids, clock }: ReceiptDeps, message: BusinessMessage, receivedAt: Instant): Promise<string> {
  return sealMessage(signer, message.recipient, {
    specversion: '1.0',
    id: ids.messageId(),
    source: sourceOf(message.recipient),
    subject: message.subject,
    type: 'cn.jiexu.receipt.v1',
    time: clock.now(),
    datacontenttype: 'application/json',
    recipient: regionOf(message.source),
    causationid: message.id,
    procedure: message.procedure,
    data: { messageId: message.id, kind: 'delivered', at: receivedAt },
  });
}
