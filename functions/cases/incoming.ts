import type { TransferCase } from '../../schemas/cases.ts';
import { type BusinessMessage, type ReceiptMessage, regionOf } from '../../schemas/messages.ts';
import { type Instant, MessageId } from '../../schemas/primitives.ts';
import type { ParkedRow } from '../../schemas/rows.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Command } from './commands.ts';
import { execute, untilSettled } from './execute.ts';
import { parkedKey } from './keys.ts';
import type { CaseDeps, CommandRequest } from './request.ts';

/** A message whose signature fits, as it came out of this region's inbox. */
export type Incoming = {
  message: BusinessMessage;
  /** The signed event byte for byte. */
  body: string;
  /** First time this region's inbox had it, to the second. */
  receivedAt: Instant;
  /** It waited in a parked row, which goes away when it is handled. */
  parked: boolean;
  makeReceipt: () => Promise<string>;
};

export type Accepted =
  | { outcome: 'handled'; next: ParkedRow | undefined }
  | { outcome: 'duplicate' }
  /** No case yet or a predecessor is missing: keep it until that has come. */
  | { outcome: 'early' };

/** Runs the command that a message makes. Throws a Refusal when the message can never be handled, anything else when it may be later. */
export function acceptMessage(deps: CaseDeps, incoming: Incoming): Promise<Accepted> {
  return untilSettled(() => tryMessage(deps, incoming));
}

async function tryMessage(deps: CaseDeps, { message, body, receivedAt, parked, makeReceipt }: Incoming): Promise<Accepted | undefined> {
  const { recipient: region, subject: caseNumber, sequence } = message;
  const sender = regionOf(message.source);
  const { state, next } = await deps.store.readForMessage(region, caseNumber, sender, sequence);
  const place = await placeOf(deps, message, state);
  if (place !== 'next') return { outcome: place };
  const request: CommandRequest = {
    region,
    caseNumber,
    command: commandOf(message),
    actor: { kind: 'message', messageId: message.id, region: sender },
    occurredAt: receivedAt,
    causationId: message.id,
    handled: {
      direction: 'handled',
      messageId: message.id,
      caseNumber,
      region,
      counterpart: sender,
      type: message.type,
      body,
      receivedAt,
      receipt: await makeReceipt(),
    },
    ...(parked && { unpark: parkedKey(region, caseNumber, sender, sequence) }),
  };
  const result = await execute(deps, request, state);
  if (!result) return undefined;
  return result.kind === 'done' ? { outcome: 'handled', next } : { outcome: 'duplicate' };
}

/** Where a message stands in the row of its sender's messages for this case. */
async function placeOf(deps: CaseDeps, message: BusinessMessage, state: TransferCase | undefined): Promise<'next' | 'early' | 'duplicate'> {
  const { sequence } = message;
  if (!state) return message.type === 'cn.jiexu.liaison-letter.v1' && sequence === 1 ? 'next' : 'early';
  if (state.counterpart !== regionOf(message.source))
    throw new Refusal('message.wrong-party', [finding('source', 'wrong_party', '不是该业务的对方 (not the counterpart)')]);
  if (sequence > state.sequences.handled) return sequence === state.sequences.handled + 1 ? 'next' : 'early';
  const known = await deps.store.readMessage(message.recipient, message.subject, message.id);
  if (known) return 'duplicate';
  throw new Refusal('message.sequence-conflict', [
    finding('sequence', 'conflict', '同一序号已收到另一报文 (another message had this sequence)'),
  ]);
}

function commandOf(message: BusinessMessage): Command {
  const { id: messageId, sequence } = message;
  switch (message.type) {
    case 'cn.jiexu.liaison-letter.v1':
      return { name: 'receive-letter', letter: message.data, messageId, sequence };
    case 'cn.jiexu.remittance-advice.v1':
      return { name: 'receive-remittance-advice', advice: message.data, messageId, sequence };
    case 'cn.jiexu.not-remitted.v1':
      return { name: 'receive-not-remitted', notice: message.data, messageId, sequence };
    case 'cn.jiexu.information-table.v1':
      return { name: 'receive-table', table: message.data, messageId, sequence };
    case 'cn.jiexu.completion-notice.v1':
      return { name: 'receive-completion', notice: message.data, messageId, sequence };
    default:
      return message satisfies never;
  }
}

/** Records a receipt on the message it names; the first of its kind wins. Throws Refusal('message.receipt-unmatched'). */
export function acceptReceipt(deps: CaseDeps, receipt: ReceiptMessage): Promise<'recorded' | 'duplicate'> {
  return untilSettled(() => tryReceipt(deps, receipt));
}

async function tryReceipt(deps: CaseDeps, receipt: ReceiptMessage): Promise<'recorded' | 'duplicate' | undefined> {
  const { recipient: region, subject: caseNumber, data } = receipt;
  const messageId = MessageId.parse(data.messageId);
  const sender = regionOf(receipt.source);
  const { state, message } = await deps.store.readForReceipt(region, caseNumber, messageId);
  if (!state || message?.direction !== 'sent' || message.counterpart !== sender) {
    throw new Refusal('message.receipt-unmatched', [finding('data.messageId', 'unmatched', '没有发出过该报文 (no such message was sent)')]);
  }
  if (data.kind === 'opened') return (await deps.store.markOpened(region, caseNumber, messageId, data.at)) ? 'recorded' : 'duplicate';
  if (message.deliveredAt) return 'duplicate';
  assertPlausible(data.at, deps.clock.now());
  const request: CommandRequest = {
    region,
    caseNumber,
    command: { name: 'record-delivery', messageType: message.type, messageId, deliveredAt: data.at },
    actor: { kind: 'message', messageId: receipt.id, region: sender },
    occurredAt: data.at,
    causationId: receipt.id,
    delivered: { messageId, at: data.at },
  };
  const result = await execute(deps, request, state);
  if (!result) return undefined;
  return result.kind === 'done' ? 'recorded' : 'duplicate';
}

/** Receipts date clocks. One from a year that no calendar will ever have would be tried again for ever. */
function assertPlausible(at: Instant, now: Instant): void {
  if (Math.abs(new Date(at).getUTCFullYear() - new Date(now).getUTCFullYear()) <= 1) return;
  throw new Refusal('message.schema', [finding('data.at', 'implausible', '签收时间不可信 (the time of receipt is implausible)')]);
}
