import * as z from 'zod';
import type { TransferCase } from '../../schemas/cases.ts';
import { type BusinessMessage, type ReceiptMessage, regionOf } from '../../schemas/messages.ts';
import { Instant, MessageId } from '../../schemas/primitives.ts';
import type { ParkedRow, SentMessageRow } from '../../schemas/rows.ts';
import { sha256 } from '../platform/canonical.ts';
import { toInstant } from '../platform/clock.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { CLOCK_TYPES } from './clocks.ts';
import type { Command } from './commands.ts';
import { execute, untilSettled } from './execute.ts';
import { commandOf, isOpening, openingCommand, personIn } from './message-command.ts';
import type { CaseDeps, CommandRequest } from './request.ts';

/** A message whose signature fits, as it came out of this region's inbox. */
export type Incoming = {
  message: BusinessMessage;
  /** The signed event byte for byte. */
  body: string;
  /** When these bytes came to this region's inbox, to the second. */
  receivedAt: Instant;
  /** `receivedAt`: first time that the inbox had the message, which may be before this copy of it. */
  makeReceipt: (receivedAt: Instant) => Promise<string>;
};

export type Accepted =
  /** `next`: what waits and can be looked at now. */
  | { outcome: 'handled'; next: ParkedRow | undefined }
  | { outcome: 'duplicate' }
  /** No case yet or a predecessor is missing: keep it, with the first time it came, until that has come. */
  | { outcome: 'early'; receivedAt: Instant };

/** Runs the command that a message makes. Throws a Refusal when the message can never be handled, anything else when it may be later. */
export function acceptMessage(deps: CaseDeps, incoming: Incoming): Promise<Accepted> {
  return untilSettled(() => tryMessage(deps, incoming));
}

async function tryMessage(deps: CaseDeps, { message, body, receivedAt: arrivedAt, makeReceipt }: Incoming): Promise<Accepted | undefined> {
  const { recipient: region, subject: caseNumber, sequence } = message;
  const sender = regionOf(message.source);
  const { state, own, next, quarantined } = await deps.store.readForMessage(region, caseNumber, sender, sequence, sha256(body));
  // A copy that waits or was refused came before this one, and the first moment starts the clock (B2).
  const waiting = own?.messageId === message.id ? own : undefined;
  const receivedAt = earliest(arrivedAt, waiting?.receivedAt, quarantined?.receivedAt);
  const place = await placeOf(deps, message, state);
  if (place === 'early') return { outcome: 'early', receivedAt };
  if (place === 'duplicate') return { outcome: 'duplicate' };
  const request: CommandRequest = {
    region,
    caseNumber,
    command: await commandFor(deps, message, receivedAt),
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
      receipt: await makeReceipt(receivedAt),
    },
    unpark: waiting && { PK: waiting.PK, SK: waiting.SK },
    resolve: quarantined?.key,
  };
  const result = await execute(deps, request, state);
  if (!result) return undefined;
  if (result.kind !== 'done') return { outcome: 'duplicate' };
  // Another message that waits with this sequence can never be handled now; looked at, it goes to quarantine.
  return { outcome: 'handled', next: own && !waiting ? own : next };
}

const earliest = (first: Instant, ...others: (Instant | undefined)[]): Instant =>
  others.reduce<Instant>((least, other) => (other !== undefined && other < least ? other : least), first);

/** Where a message stands in the row of its sender's messages for this case. */
async function placeOf(deps: CaseDeps, message: BusinessMessage, state: TransferCase | undefined): Promise<'next' | 'early' | 'duplicate'> {
  const { sequence } = message;
  if (!state) return placeOfFirst(message);
  if (state.counterpart !== regionOf(message.source)) return formerly(deps, message, state);
  if (state.procedure !== message.procedure) {
    throw new Refusal('message.procedure', [
      finding('procedure', 'other_procedure', '业务适用另一规程 (the case follows another procedure)'),
    ]);
  }
  if (sequence > state.sequences.handled) return sequence === state.sequences.handled + 1 ? 'next' : 'early';
  const known = await deps.store.readMessage(message.recipient, message.subject, message.id);
  if (known) return 'duplicate';
  throw new Refusal('message.sequence-conflict', [
    finding('sequence', 'conflict', '同一序号已收到另一报文 (another message had this sequence)'),
  ]);
}

/** What comes first in its lane begins the case or has none: no later message can make it one. */
function placeOfFirst(message: BusinessMessage): 'next' | 'early' {
  if (message.sequence > 1) return 'early';
  if (isOpening(message)) return 'next';
  throw new Refusal('case.not-found', [finding('subject', 'unknown', '本地区没有该编号的业务 (the region has no case of this number)')]);
}

/** A region that forwarded the letter is the counterpart no more; what it sent before is known. */
async function formerly({ store }: CaseDeps, message: BusinessMessage, state: TransferCase): Promise<'duplicate'> {
  const was = state.side === 'transferIn' && state.formerCounterparts?.includes(regionOf(message.source));
  if (was && (await store.readMessage(message.recipient, message.subject, message.id))) return 'duplicate';
  throw new Refusal('message.wrong-party', [finding('source', 'wrong_party', '不是该业务的对方 (not the counterpart)')]);
}

/** Only what can begin a copy pays for the hash of its person. */
async function commandFor({ personHash }: CaseDeps, message: BusinessMessage, receivedAt: Instant): Promise<Command> {
  return isOpening(message)
    ? openingCommand(message, receivedAt, await personHash(personIn(message).idNumber, message.recipient))
    : commandOf(message, receivedAt);
}

/** Records a receipt on the message it names; the first of its kind wins. Throws Refusal('message.receipt-unmatched'). */
export function acceptReceipt(deps: CaseDeps, receipt: ReceiptMessage, body: string): Promise<'recorded' | 'duplicate'> {
  return untilSettled(() => tryReceipt(deps, receipt, body));
}

async function tryReceipt(deps: CaseDeps, receipt: ReceiptMessage, body: string): Promise<'recorded' | 'duplicate' | undefined> {
  const { recipient: region, subject: caseNumber, data } = receipt;
  const messageId = MessageId.parse(data.messageId);
  const sender = regionOf(receipt.source);
  const { state, message, quarantined } = await deps.store.readForReceipt(region, caseNumber, messageId, sha256(body));
  if (!state || message?.direction !== 'sent' || message.counterpart !== sender) {
    throw new Refusal('message.receipt-unmatched', [finding('data.messageId', 'unmatched', '没有发出过该报文 (no such message was sent)')]);
  }
  assertPlausible(data.at, message, deps.clock.now());
  if (data.kind === 'opened') return (await deps.store.markOpened(region, caseNumber, messageId, data.at)) ? 'recorded' : 'duplicate';
  if (message.deliveredAt) return 'duplicate';
  // No clock hangs on it, or its recipient forwarded the letter: the row alone is marked, and the case keeps its version.
  if (!CLOCK_TYPES.has(message.type) || state.counterpart !== sender) {
    return (await deps.store.markDelivered(region, caseNumber, messageId, data.at)) ? 'recorded' : 'duplicate';
  }
  const request: CommandRequest = {
    region,
    caseNumber,
    command: { name: 'record-delivery', messageType: message.type, messageId, deliveredAt: data.at },
    actor: { kind: 'message', messageId: receipt.id, region: sender },
    occurredAt: data.at,
    causationId: receipt.id,
    delivered: { messageId, at: data.at },
    resolve: quarantined?.key,
  };
  const result = await execute(deps, request, state);
  if (!result) return undefined;
  return result.kind === 'done' ? 'recorded' : 'duplicate';
}

const Envelope = z.object({ time: Instant });
/** How far two regions' clocks may differ. */
const SKEW_MS = 5 * 60_000;

/** Receipts date clocks: nothing is received before it was sent, or later than now (B2). */
function assertPlausible(at: Instant, { body }: SentMessageRow, now: Instant): void {
  const { time } = Envelope.parse(JSON.parse(body));
  const earliestAt = toInstant(Date.parse(time) - SKEW_MS);
  const latestAt = toInstant(Date.parse(now) + SKEW_MS);
  if (at >= earliestAt && at <= latestAt) return;
  throw new Refusal('message.schema', [finding('data.at', 'implausible', '签收时间不可信 (the time of receipt is implausible)')]);
}
