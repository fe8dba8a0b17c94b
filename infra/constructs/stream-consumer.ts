import { Duration, Validations } from 'aws-cdk-lib';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Hurt } from './alarm.ts';
import { DeadLetterQueue, type HouseQueue } from './house-queue.ts';
import type { HouseTable } from './house-table.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

export interface StreamConsumerProps extends ServiceFunctionProps {
  readonly table: HouseTable;
  readonly filter: Record<string, unknown>;
  /** Queue that the function turns changes into. */
  readonly target: HouseQueue;
  /** Who is hurt by changes that could not be passed on. */
  readonly dead: Hurt;
}

/** The one reader of a table's stream: bounded tries, halved batches, and a queue for what still failed. */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, id: string, { table, filter, target, dead, ...props }: StreamConsumerProps) {
    super(scope, id);
    const { messageKey: key, alarmTopic } = props.house;
    const failed = new DeadLetterQueue(this, 'Dead', { key, alarmTopic, ...dead });
    Validations.of(failed).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is a dead-letter queue: the on-failure target of a stream mapping, which the rule does not recognise as one.',
    });
    const reader = new ServiceFunction(this, 'Function', props);
    target.allowSend(reader);
    // Lambda itself writes to the queue of failures, with the function's role.
    failed.allowSend(reader);
    new EventSourceMapping(this, 'Mapping', {
      target: reader,
      eventSourceArn: table.allowReadStream(reader),
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [FilterCriteria.filter(filter)],
      batchSize: 100,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A shard waits while a batch is tried again. The sweep finds what is given up, so giving up soon costs a minute and waiting costs all.
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: { bind: () => ({ destination: failed.queueArn }) },
    });
  }
}
