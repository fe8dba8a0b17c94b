import { Duration } from 'aws-cdk-lib';
import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Subscription, SubscriptionFilter, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { DeduplicationScope, FifoThroughputLimit, type IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { inboxName, SIGNING_KEY_ALIAS_PREFIX } from '../names.ts';
import type { HostedRegion } from '../settings.ts';
import { ALARM_PERIOD, HouseAlarm } from './alarm.ts';
import { HouseQueue } from './house-queue.ts';
import type { House } from './service-function.ts';
import { SigningKeys } from './service-key.ts';

export interface RegionInboxProps {
  readonly house: House;
  readonly region: HostedRegion;
  readonly receive: IFunction;
  /** Seconds of one invocation of `receive`. */
  readonly receiveTimeout: number;
  readonly signers: readonly IPrincipal[];
  readonly publisher: IPrincipal;
  readonly deadLetterQueue: IQueue;
  /** Topic of what offices have to tell persons and employers. */
  readonly notices: ITopic;
}

/** What makes a pooling region a participant: an inbox that is read, and a key to sign with; and, if it likes, its notices by mail. */
export class RegionInbox extends Construct {
  readonly queue: HouseQueue;
  readonly mapping: EventSourceMapping;
  readonly signingKeys: SigningKeys;

  constructor(scope: Construct, id: string, props: RegionInboxProps) {
    super(scope, id);
    const { house, region, receive, receiveTimeout, signers, publisher, deadLetterQueue, notices } = props;
    this.queue = new HouseQueue(this, 'Queue', {
      key: house.messageKey,
      queueName: inboxName(region.code),
      fifo: true,
      // High throughput: the order is kept per recipient and case, which is all the order there is.
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      // Messages hold 200 KB at most; the rest is the envelope. AWS would take 1 MiB by now.
      maxMessageSizeBytes: 262_144,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.seconds(6 * receiveTimeout),
      // A passing fault backs off to one try an hour and must outlive five days of them; only a crash ends in the dead-letter queue.
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 150 },
    });
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: receive,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      reportBatchItemFailures: true,
      // One region's flood must not take the account's whole concurrency from the others.
      maxConcurrency: 20,
    });
    this.signingKeys = new SigningKeys(this, 'SigningKey', {
      generation: region.keyGeneration ?? 1,
      alias: `${SIGNING_KEY_ALIAS_PREFIX}${region.code}`,
      description: `Jiexu: signature of region ${region.code}`,
      signers,
      publisher,
    });
    // For an inbox that is not read. What was received three times no longer counts in this age: `StillFailing` tells of it.
    new HouseAlarm(this, 'Stale', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      threshold: Duration.minutes(30).toSeconds(),
      topic: house.alarmTopic,
      impact: `clerks of region ${region.code} (${region.name}) do not see letters that arrived half an hour ago or earlier, and senders get no receipt.`,
      remedy:
        'check that the mapping of this inbox is enabled and that jiexu-exchange-receive has concurrency left; messages are kept for 14 days.',
    });
    if (region.noticeEmail === undefined) return;
    // Here and not beside the topic, whose stack must not grow with the number of regions. Whoever reads that mail has to confirm it once.
    new Subscription(this, 'NoticeMail', {
      topic: notices,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: region.noticeEmail,
      filterPolicy: { region: SubscriptionFilter.stringFilter({ allowlist: [region.code] }) },
    });
  }
}
