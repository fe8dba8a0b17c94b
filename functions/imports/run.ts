import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { describeError, type LogFields } from '../platform/log.ts';
import { type RemainingTime, unlimitedTime } from '../platform/sweep.ts';
import { ImportJob, type ImportQueue } from './import-queue.ts';
import { runImport, type WorkerDeps } from './worker.ts';

export type RunDeps = WorkerDeps & { queue: ImportQueue };

/** Takes files to be read from the queue. A run that ends early asks for the next by a message of its own, so that no delivery counts as failed. */
export async function runImports(deps: RunDeps, event: SQSEvent, remaining: RemainingTime = unlimitedTime): Promise<SQSBatchResponse> {
  const done = await Promise.all(event.Records.map((record) => runOne(deps, record, remaining)));
  const failed = event.Records.filter((_, index) => !done[index]);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** As long as another run can last: it is over then, or dead. The longest delay that SQS takes. */
const BUSY_SECONDS = 900;

async function runOne(deps: RunDeps, record: SQSRecord, remaining: RemainingTime): Promise<boolean> {
  let job: ImportJob | undefined;
  try {
    job = ImportJob.parse(JSON.parse(record.body));
    const outcome = await runImport(deps, job, remaining);
    if (outcome === 'busy') deps.log.info('import.busy', job);
    if (outcome !== 'over') await deps.queue.send(job, outcome === 'busy' ? BUSY_SECONDS : 0);
    return true;
  } catch (error) {
    await backOff(deps, record, { ...job, ...describeError(error) });
    return false;
  }
}

const FIRST_BACK_OFF_SECONDS = 60;
const LONGEST_BACK_OFF_SECONDS = 3_600;

/** Never throws: without it the queue's own visibility timeout holds, which is much longer. */
async function backOff({ queue, log }: RunDeps, { receiptHandle, attributes }: SQSRecord, failure: LogFields): Promise<void> {
  const attempts = Number(attributes.ApproximateReceiveCount);
  log.error('import.retry', { attempts, ...failure });
  try {
    await queue.postpone(receiptHandle, Math.min(LONGEST_BACK_OFF_SECONDS, FIRST_BACK_OFF_SECONDS * 2 ** attempts));
  } catch (error) {
    log.warn('import.retry', { attempts, ...describeError(error) });
  }
}
