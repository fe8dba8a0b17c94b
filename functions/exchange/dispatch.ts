import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { describeError } from '../platform/log.ts';
import { type DeliverDeps, deliver } from './deliver.ts';
import type { PendingStore } from './pending-store.ts';

export type DispatchDeps = DeliverDeps & { pending: Pick<PendingStore, 'get' | 'settle'> };

/** What `relay` puts into the send queue. */
const WakeUp = z.strictObject({ PK: z.string(), SK: z.string() });

/** First attempt to send what was just written. Only a failure of our own table brings a wake-up again; all else is the sweep's. */
export async function dispatch(deps: DispatchDeps, event: SQSEvent): Promise<SQSBatchResponse> {
  const done = await Promise.all(event.Records.map((record) => dispatchOne(deps, record)));
  const failed = event.Records.filter((_, index) => !done[index]);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function dispatchOne(deps: DispatchDeps, record: SQSRecord): Promise<boolean> {
  try {
    const row = await deps.pending.get(WakeUp.parse(JSON.parse(record.body)));
    if (row?.pendingShard !== undefined) await deliver(deps, row);
    return true;
  } catch (error) {
    deps.log.error('wake-up.retry', { attempts: Number(record.attributes.ApproximateReceiveCount), ...describeError(error) });
    return false;
  }
}
