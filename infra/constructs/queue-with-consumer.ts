import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Hurt } from './alarm.ts';
import { DeadLetterQueue, HouseQueue } from './house-queue.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

export interface QueueWithConsumerProps extends ServiceFunctionProps {
  /** Deliveries of one message before it counts as undeliverable. */
  readonly maxReceiveCount: number;
  /** Messages of one invocation, ten unless said. */
  readonly batchSize?: number;
  /** Invocations at a time, as many as the account has left unless said. */
  readonly maxConcurrency?: number;
  /**
   * Seconds after which an unanswered message is handed out again. AWS advises six times the function's time, so that a throttled batch is not
   * handed out twice; a consumer that holds what it works on may say less.
   */
  readonly againAfter?: number;
  /** Who is hurt by a message in the dead-letter queue. */
  readonly dead: Hurt;
}

/** Queue, dead-letter queue with alarm, function and the mapping between them: one thing, because none of them makes sense alone. */
export class QueueWithConsumer extends Construct {
  readonly queue: HouseQueue;
  readonly consumer: ServiceFunction;

  constructor(
    scope: Construct,
    id: string,
    { maxReceiveCount, batchSize = 10, maxConcurrency, againAfter, dead, ...props }: QueueWithConsumerProps,
  ) {
    super(scope, id);
    const { messageKey: key, alarmTopic } = props.house;
    const deadLetterQueue = new DeadLetterQueue(this, 'Dead', { key, alarmTopic, ...dead });
    this.queue = new HouseQueue(this, 'Queue', {
      key,
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount },
      visibilityTimeout: Duration.seconds(againAfter ?? 6 * props.timeout),
    });
    this.consumer = new ServiceFunction(this, 'Function', props);
    this.queue.allowConsume(this.consumer);
    new EventSourceMapping(this, 'Mapping', {
      target: this.consumer,
      eventSourceArn: this.queue.queueArn,
      batchSize,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
      reportBatchItemFailures: true,
    });
  }
}
