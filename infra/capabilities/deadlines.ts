import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HouseTopic } from '../constructs/house-topic.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { House } from '../constructs/service-function.ts';
import type { StorageStack } from '../stacks/storage.ts';

/**
 * Alerts to offices about statutory clocks, and word of what they have to tell persons and employers (B15). Neither topic is the operators': an
 * overdue case is no fault of the machine.
 */
export class Deadlines extends Construct {
  readonly notices: HouseTopic;

  constructor(scope: Construct, id: string, { exchange, messageKey }: StorageStack, house: House) {
    super(scope, id);
    const alerts = new HouseTopic(this, 'AlertTopic', { key: messageKey, displayName: 'Jiexu alerts (offices)' });
    this.notices = new HouseTopic(this, 'NoticeTopic', { key: messageKey, displayName: 'Jiexu notices (offices)' });
    const sweep = new ScheduledFunction(this, 'Sweep', {
      house,
      name: 'deadlines-sweep',
      timeout: 120,
      everyMinutes: 5,
      environment: {
        EXCHANGE_TABLE: exchange.table.tableName,
        ALERT_TOPIC_ARN: alerts.topicArn,
        NOTICE_TOPIC_ARN: this.notices.topicArn,
      },
      impact:
        'persons whose case has missed its statutory date, and those who wait for word of a result or of their registration window: their office is not told.',
      remedy: 'read the log of jiexu-deadlines-sweep; the index keeps what is due and the next good run tells it.',
      silent: {
        impact: 'persons whose case is late or who wait for word of it: no office is told of any deadline or notice.',
        remedy: 'check the rule that starts jiexu-deadlines-sweep and the concurrency left in the account.',
      },
    });
    exchange.allowQuery(sweep, 'nextAlert');
    // The query finds a person's cases: who has moved on needs no warning any more (A11).
    exchange.allowReadWrite(sweep, 'GetItem', 'PutItem', 'Query', 'UpdateItem');
    alerts.allowPublish(sweep);
    this.notices.allowPublish(sweep);
    new CfnOutput(this, 'AlertTopicArn', { value: alerts.topicArn }).overrideLogicalId('AlertTopicArn');
    new CfnOutput(this, 'NoticeTopicArn', { value: this.notices.topicArn }).overrideLogicalId('NoticeTopicArn');
  }
}
