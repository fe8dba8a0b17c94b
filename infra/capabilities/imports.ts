import { Construct } from 'constructs';
import type { HouseQueue } from '../constructs/house-queue.ts';
import { QueueWithConsumer } from '../constructs/queue-with-consumer.ts';
import type { House, ServiceFunction } from '../constructs/service-function.ts';
import type { StorageStack } from '../stacks/storage.ts';
import { allowCasework, caseEnvironment } from './casework.ts';

/** As long as Lambda lets one invocation run. A file that takes longer goes on where its checkpoint stands. */
const RUN_TIMEOUT = 900;

/** Reads files that offices handed in, one file to an invocation (B12, E11). */
export class ImportsWorker extends Construct {
  readonly queue: HouseQueue;
  readonly run: ServiceFunction;

  constructor(scope: Construct, id: string, storage: StorageStack, house: House) {
    super(scope, id);
    const { queue, consumer } = new QueueWithConsumer(this, 'Run', {
      house,
      name: 'imports-run',
      timeout: RUN_TIMEOUT,
      memory: 1024,
      environment: { ...caseEnvironment(storage), IMPORTS_BUCKET: storage.imports.bucket.bucketName },
      batchSize: 1,
      // Files must not take the account's whole concurrency from the clerks.
      maxConcurrency: 10,
      // A file is held by one run at a time (`heldUntil`): after a crash it goes on in a quarter of an hour, not in an hour and a half.
      againAfter: RUN_TIMEOUT + 60,
      // A run that comes near its end hands the rest to the next one, by way of its own queue.
      wakesItself: true,
      // The function backs off: an hour of tries, then the alarm of the dead-letter queue.
      maxReceiveCount: 6,
      impact: 'offices that handed in a bank statement or a batch: its lines show in no case, and it has no result.',
      remedy: 'read the log of jiexu-imports-run; a run goes on at its checkpoint, and what was done once is not done twice.',
      dead: {
        impact: 'the offices whose files are here: their imports stand still at a checkpoint.',
        remedy:
          'find the cause in the log of jiexu-imports-run, mend it, then redrive the queue within 14 days; imports go on where they stood.',
      },
    });
    this.queue = queue;
    this.run = consumer;
    consumer.addEnvironment('IMPORT_QUEUE_URL', queue.queueUrl);
    allowCasework(consumer, storage);
    storage.imports.allowReadWrite(consumer);
    queue.allowSend(consumer);
  }
}
