import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { type Key, MESSAGE_PREFIX } from '../cases/keys.ts';
import { describeError, type Log } from '../platform/log.ts';
import type { SendQueue } from './queues.ts';

export type RelayDeps = { sendQueue: SendQueue; log: Log };

const Keys = z.object({ PK: z.object({ S: z.string() }), SK: z.object({ S: z.string().startsWith(MESSAGE_PREFIX) }) });

const QUEUE_BATCH = 10;

/**
 * Turns each new message row into a wake-up for `dispatch` that holds its key and nothing else. A stream stops at the first failure: that
 * record and all after it come again, which dispatch bears.
 */
export async function relay({ sendQueue, log }: RelayDeps, event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const wakeUps = event.Records.flatMap((record) => {
    const key = newMessageKey(record);
    return key ? [{ key, record }] : [];
  });
  for (let start = 0; start < wakeUps.length; start += QUEUE_BATCH) {
    const batch = wakeUps.slice(start, start + QUEUE_BATCH);
    const failed = await sendBatch(
      { sendQueue, log },
      batch.map(({ key }) => JSON.stringify(key)),
    );
    const first = batch.findIndex((_, index) => failed(index));
    if (first >= 0)
      return { batchItemFailures: wakeUps.slice(start + first).map(({ record }) => ({ itemIdentifier: sequenceOf(record) })) };
  }
  return { batchItemFailures: [] };
}

async function sendBatch({ sendQueue, log }: RelayDeps, bodies: readonly string[]): Promise<(index: number) => boolean> {
  try {
    const failed = await sendQueue.sendBatch(bodies);
    if (failed.size > 0) log.error('wake-up.retry', { count: failed.size });
    return (index) => failed.has(index);
  } catch (error) {
    log.error('wake-up.retry', { count: bodies.length, ...describeError(error) });
    return () => true;
  }
}

/** The event source filters too; a stream without the filter must not send every row. */
function newMessageKey({ eventName, dynamodb }: DynamoDBRecord): Key | undefined {
  const keys = Keys.safeParse(dynamodb?.Keys);
  return eventName === 'INSERT' && keys.success ? { PK: keys.data.PK.S, SK: keys.data.SK.S } : undefined;
}

const sequenceOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';
