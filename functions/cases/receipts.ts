import type { Receipt } from '../../schemas/documents.ts';
import { type BusinessMessage, regionOf, sourceOf } from '../../schemas/messages.ts';
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import { type Signer, sealMessage } from '../platform/signature.ts';

export type ReceiptDeps = { signer: Signer; ids: Ids; clock: Clock };

/**
 * The signed receipt of a message: says when its bytes arrived, or when somebody first looked at it (B2: the second that both sides show), and
 * nothing of what will be decided (E3).
 */
export function sealReceipt(
  { signer, ids, clock }: ReceiptDeps,
  message: Pick<BusinessMessage, 'id' | 'source' | 'subject' | 'recipient' | 'procedure'>,
  said: Pick<Receipt, 'kind' | 'at'>,
): Promise<string> {
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
    data: { messageId: message.id, ...said },
  });
}
