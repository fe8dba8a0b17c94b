import { Duration } from 'aws-cdk-lib';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ALARM_PERIOD, HouseAlarm, type Hurt } from './alarm.ts';

export interface HouseQueueProps extends Omit<QueueProps, 'encryption' | 'encryptionMasterKey' | 'enforceSSL' | 'dataKeyReuse'> {
  readonly key: IKey;
}

/** Queue under the customer-managed key, reachable by TLS only. */
export class HouseQueue extends Queue {
  readonly key: IKey;

  constructor(scope: Construct, id: string, { key, ...props }: HouseQueueProps) {
    super(scope, id, {
      retentionPeriod: Duration.days(14),
      ...props,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      // One KMS request an hour and queue instead of one per five minutes.
      dataKeyReuse: Duration.hours(1),
      enforceSSL: true,
    });
    this.key = key;
  }

  /** Sending needs a data key, and the right to read one back while it is reused. CDK's own grant would add `kms:GenerateDataKey*`. */
  allowSend(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns: [this.queueArn] });
    Grant.addToPrincipal({ grantee, actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resourceArns: [this.key.keyArn] });
  }

  allowConsume(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: CONSUME, resourceArns: [this.queueArn] });
    Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [this.key.keyArn] });
  }
}

/** What the Lambda service does on a queue in the name of a function that it feeds. */
export const CONSUME = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'];

export interface DeadLetterQueueProps extends HouseQueueProps, Hurt {
  readonly alarmTopic: ITopic;
}

/** Queue for what could not be processed; it never exists without the alarm that says so. */
export class DeadLetterQueue extends HouseQueue {
  constructor(scope: Construct, id: string, { impact, remedy, alarmTopic, ...props }: DeadLetterQueueProps) {
    super(scope, id, props);
    new HouseAlarm(this, 'Filled', {
      metric: this.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD, statistic: 'Maximum' }),
      topic: alarmTopic,
      impact,
      remedy,
    });
  }
}
