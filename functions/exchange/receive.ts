import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { toSecond } from '../platform/clock.ts';
import { type Refusal, sortFailure } from '../platform/errors.ts';
import { describeError } from '../platform/log.ts';
import { type RemainingTime, TIME_TO_END_MS, unlimitedTime } from '../platform/sweep.ts';
import { messageIdOf } from './admit.ts';
import { type Delivery, type HandleDeps, handleDelivery } from './handle.ts';
import { failureOf, quarantineRow } from './quarantine.ts';
import type { QuarantineStore } from './quarantine-store.ts';
import type { Inboxes } from './queues.ts';

export type ReceiveDeps = HandleDeps & {
  quarantine: Pick<QuarantineStore, 'quarantine' | 'quarantineParked'>;
  inboxes: Pick<Inboxes, 'postpone'>;
};

/**
 * Takes a batch from the inboxes of any hosted regions. Each message is handled, parked or quarantined, and acknowledged; one that meets a
 * passing fault goes back with all that follow it in its group (the order of a case is kept), while other groups go on (E4).
 */
export async function receive(deps: ReceiveDeps, event: SQSEvent, remaining: RemainingTime = unlimitedTime): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? record.messageId);
  const returned = await Promise.all([...groups.values()].map((records) => receiveGroup(deps, records, remaining)));
  return { batchItemFailures: returned.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns the records that the queue has to bring again */
async function receiveGroup(deps: ReceiveDeps, records: readonly SQSRecord[], remaining: RemainingTime): Promise<readonly SQSRecord[]> {
  for (const [index, record] of records.entries()) {
    if (remaining() < TIME_TO_END_MS) return records.slice(index);
    try {
      await receiveOne(deps, record);
    } catch (error) {
      await backOff(deps, record, records.slice(index), error);
      return records.slice(index);
    }
  }
  return [];
}

/** Throws when the message has to come again. */
async function receiveOne(deps: ReceiveDeps, record: SQSRecord): Promise<void> {
  const delivery = deliveryOf(record);
  try {
    await handleDelivery(deps, delivery);
  } catch (error) {
    const failure = sortFailure(error);
    if (failure.kind === 'retry') throw error;
    await quarantine(deps, record, delivery, failure.refusal);
  }
}

function deliveryOf({ eventSourceARN, body, attributes }: SQSRecord): Delivery {
  const region = RegionCode.parse(/jiexu-inbox-(\d{6})\.fifo$/.exec(eventSourceARN)?.[1]);
  return { region, body, receivedAt: toSecond(Number(attributes.SentTimestamp)) };
}

/** What is in quarantine is never receipted, so its sender sends it again and again: one row and one alarm do for all copies. */
async function quarantine(deps: ReceiveDeps, record: SQSRecord, { region, body, receivedAt }: Delivery, refusal: Refusal) {
  const isNew = await deps.quarantine.quarantine(quarantineRow({ region, delivery: record.messageId, body, receivedAt, refusal }));
  const at = { region, ...caseOf(record), ...messageIdOf(body), ...failureOf(refusal) };
  if (!isNew) return deps.log.info('message.quarantined-before', at);
  deps.metrics.count('Quarantined');
  deps.log.warn('message.quarantined', at);
}

/** The case by the queue's group, `<recipient>-<case>`: the body may be unreadable. A sender may have written anything there. */
function caseOf({ attributes }: SQSRecord): { caseNumber?: CaseNumber } {
  const parsed = CaseNumber.safeParse(attributes.MessageGroupId?.replace(/^\d{6}-/, ''));
  return parsed.success ? { caseNumber: parsed.data } : {};
}

const LONGEST_BACK_OFF_SECONDS = 3_600;
/**
 * From this attempt on operators are told: four minutes of back-off lie behind it, as many before the next. The age of the queue's oldest
 * message would not tell them, since SQS leaves out what was received three times.
 */
const STILL_FAILING_ATTEMPTS = 8;

const attemptsOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);
const lineOf = (record: SQSRecord) => ({ ...caseOf(record), ...messageIdOf(record.body), attempts: attemptsOf(record) });

/** All that go back are hidden for the same time: a message that stayed in flight would lock the group for the queue's visibility timeout. */
async function backOff(deps: ReceiveDeps, failed: SQSRecord, returned: readonly SQSRecord[], fault: unknown): Promise<void> {
  const attempts = attemptsOf(failed);
  deps.log.error('message.retry', { ...lineOf(failed), ...describeError(fault) });
  if (attempts >= STILL_FAILING_ATTEMPTS) deps.metrics.count('StillFailing');
  const seconds = Math.min(LONGEST_BACK_OFF_SECONDS, 2 ** attempts);
  await Promise.all(returned.map((record) => postpone(deps, record, seconds)));
}

/** Never throws: without it the queue's own visibility timeout holds. */
async function postpone({ directory, inboxes, log }: ReceiveDeps, record: SQSRecord, seconds: number): Promise<void> {
  try {
    const inboxUrl = (await directory.region(deliveryOf(record).region))?.inboxUrl;
    if (inboxUrl !== undefined) await inboxes.postpone(inboxUrl, record.receiptHandle, seconds);
  } catch (error) {
    log.warn('message.retry', { ...lineOf(record), ...describeError(error) });
  }
}
