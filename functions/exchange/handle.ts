import { type BusinessMessage, type Message, type ReceiptMessage, regionOf } from '../../schemas/messages.ts';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import type { ParkedRow } from '../../schemas/rows.ts';
import { acceptMessage, acceptReceipt } from '../cases/incoming.ts';
import { messageKey } from '../cases/keys.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { placeAfterMessage } from '../cases/money/waiting.ts';
import { type ReceiptDeps, sealReceipt } from '../cases/receipts.ts';
import type { Directory } from '../directory/reader.ts';
import { sha256 } from '../platform/canonical.ts';
import { finding, Refusal, sortFailure } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { readMessage, verifySender } from './admit.ts';
import { type Early, parkedRow } from './parked-row.ts';
import type { Lane, ParkingStore } from './parking-store.ts';
import type { PendingStore } from './pending-store.ts';
import { failureOf, quarantineRow } from './quarantine.ts';
import type { QuarantineStore } from './quarantine-store.ts';

type Incoming = Parameters<typeof acceptMessage>[1];

/** What the exchange asks of the cases; it knows no rule itself. */
export type CasePort = {
  acceptMessage(incoming: Incoming): ReturnType<typeof acceptMessage>;
  acceptReceipt(receipt: ReceiptMessage, body: string): ReturnType<typeof acceptReceipt>;
};

export const casePort = (deps: MatchDeps): CasePort => ({
  async acceptMessage(incoming) {
    const accepted = await acceptMessage(deps, incoming);
    // After a duplicate too: a crash may have come between the first handling and this.
    if (accepted.outcome !== 'early') await placeAfterMessage(deps, incoming.message);
    return accepted;
  },
  acceptReceipt: (receipt, body) => acceptReceipt(deps, receipt, body),
});

export type HandleDeps = ReceiptDeps & {
  cases: CasePort;
  directory: Pick<Directory, 'region' | 'calendar' | 'refresh'>;
  parking: ParkingStore;
  quarantine: Pick<QuarantineStore, 'quarantineParked'>;
  pending: Pick<PendingStore, 'armReceipt'>;
  log: Log;
  metrics: Metrics;
};

/** `receivedAt`: when the bytes came to the inbox, in whole seconds; a replay keeps it, and an earlier copy counts before it (B2). */
export type Delivery = { region: RegionCode; body: string; receivedAt: Instant };

/** `parked`: cannot be handled yet, is kept, and needs nobody to bring it again. */
export type Outcome = 'handled' | 'duplicate' | 'parked';

/**
 * Takes a message from its bytes to the case, and after it those that waited for it. Throws a Refusal for what can never be handled, anything
 * else for a passing fault; either leaves the message with the caller.
 */
export async function handleDelivery(deps: HandleDeps, delivery: Delivery): Promise<Outcome> {
  const message = await admit(deps, delivery);
  return message.type === 'cn.jiexu.receipt.v1' ? handleReceipt(deps, message, delivery.body) : handleBusiness(deps, delivery, message);
}

/** Keys rotate without a failed call (E6): what does not fit the cached keys is checked once more against fresh ones. */
async function admit({ directory, clock }: HandleDeps, { region, body, receivedAt }: Delivery): Promise<Message> {
  const unverified = readMessage(body, region);
  const verify = async () => verifySender(unverified, await directory.region(unverified.sender), [receivedAt, clock.now()]);
  try {
    await verify();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    directory.refresh(unverified.sender);
    await verify();
  }
  return unverified.message;
}

async function handleReceipt({ cases, log }: HandleDeps, receipt: ReceiptMessage, body: string): Promise<Outcome> {
  const outcome = await cases.acceptReceipt(receipt, body);
  log.info(outcome === 'recorded' ? 'receipt.recorded' : 'message.duplicate', named(receipt));
  return outcome === 'recorded' ? 'handled' : outcome;
}

async function handleBusiness(deps: HandleDeps, { region, body, receivedAt }: Delivery, message: BusinessMessage): Promise<Outcome> {
  const { cases, log } = deps;
  const result = await cases.acceptMessage({ message, body, receivedAt, makeReceipt: receiptOf(deps, message) });
  const lane: Lane = { region, caseNumber: message.subject, sender: regionOf(message.source) };
  switch (result.outcome) {
    case 'handled':
      log.info('message.handled', named(message));
      await wake(deps, lane, result.next);
      return 'handled';
    case 'duplicate':
      log.info('message.duplicate', named(message));
      await deps.pending.armReceipt(messageKey(region, message.subject, message.id), message.subject, deps.clock.now());
      // A crash after the first handling may have left its successors asleep.
      await wake(deps, lane, await deps.parking.firstParked(lane));
      return 'duplicate';
    case 'early':
      await park(deps, { message, body, receivedAt: result.receivedAt });
      // Its predecessor may have been handled, by a replay, just before it was parked.
      await wake(deps, lane, await deps.parking.firstParked(lane));
      return 'parked';
  }
}

async function park({ parking, directory, log, metrics }: HandleDeps, early: Early): Promise<void> {
  const { message } = early;
  const outcome = await parking.park(parkedRow(early, await directory.calendar(message.recipient)));
  if (outcome === 'conflict') {
    throw new Refusal('message.sequence-conflict', [
      finding('sequence', 'conflict', '同一序号已有另一报文等待 (another message waits with it)'),
    ]);
  }
  if (outcome === 'parked') metrics.count('Parked');
  log.info('message.parked', named(message));
}

/**
 * Handles what waits in a lane, in order, as far as it goes. A successor that can never be handled goes to quarantine and fails nothing else.
 * A passing fault is thrown: the message that woke the lane comes back as a duplicate and wakes it again.
 */
async function wake(deps: HandleDeps, lane: Lane, first: ParkedRow | undefined): Promise<void> {
  let row = first;
  while (row) row = await wakeOne(deps, lane, row);
}

/** @returns the next one to wake */
async function wakeOne(deps: HandleDeps, lane: Lane, row: ParkedRow): Promise<ParkedRow | undefined> {
  const { body, receivedAt } = row;
  try {
    const message = readParked(row, lane);
    const result = await deps.cases.acceptMessage({ message, body, receivedAt, makeReceipt: receiptOf(deps, message) });
    switch (result.outcome) {
      case 'handled':
        deps.log.info('message.handled', named(message));
        return result.next;
      case 'duplicate':
        await deps.parking.unpark(row);
        return deps.parking.firstParked(lane);
      case 'early':
        return undefined;
    }
  } catch (error) {
    const failure = sortFailure(error);
    if (failure.kind === 'retry') throw error;
    await quarantineParked(deps, lane, row, failure.refusal);
    // If the place it claimed was another's, its successors can go on.
    return deps.parking.firstParked(lane);
  }
}

/** Its signature was verified before it was parked, and its sender's key may have expired since. */
function readParked({ body }: ParkedRow, { region }: Lane): BusinessMessage {
  const { message } = readMessage(body, region);
  if (message.type === 'cn.jiexu.receipt.v1')
    throw new Refusal('message.schema', [finding('type', 'receipt', '回执不应等待 (receipts never wait)')]);
  return message;
}

async function quarantineParked({ quarantine, log, metrics }: HandleDeps, lane: Lane, row: ParkedRow, refusal: Refusal): Promise<void> {
  const { region, caseNumber, sender } = lane;
  const { messageId, body, receivedAt } = row;
  if (!(await quarantine.quarantineParked(row, quarantineRow({ region, delivery: sha256(body), body, receivedAt, refusal })))) return;
  metrics.count('Quarantined');
  log.warn('message.quarantined', { region, caseNumber, counterpart: sender, messageId, ...failureOf(refusal) });
}

const receiptOf = (deps: ReceiptDeps, message: BusinessMessage) => (receivedAt: Instant) =>
  sealReceipt(deps, message, { kind: 'delivered', at: receivedAt });

const named = ({ subject, id, type, source, recipient }: Message) => ({
  caseNumber: subject,
  messageId: id,
  messageType: type,
  region: recipient,
  counterpart: regionOf(source),
});
