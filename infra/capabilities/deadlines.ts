import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HouseTopic } from '../constructs/house-topic.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { House } from '../constructs/service-function.ts';
import type { StorageStack } from '../stacks/storage.ts';

/** Alerts to offices about statutory clocks. Their topic is not the operators': an overdue case is no fault of the machine. */
export class Deadlines extends Construct {
  constructor(scope: Construct, id: string, { exchange, messageKey }: StorageStack, house: House) {
    super(scope, id);
    const alerts = new HouseTopic(this, 'AlertTopic', { key: messageKey, displayName: 'Jiexu alerts (offices)' });
    const sweep = new ScheduledFunction(this, 'Sweep', {
      house,
      name: 'deadlines-sweep',
      timeout: 120,
      everyMinutes: 5,
      environment: { EXCHANGE_TABLE: exchange.table.tableName, ALERT_TOPIC_ARN: alerts.topicArn },
      impact: 'persons whose case is about to miss or has missed its statutory date: their office is not told.',
      remedy: 'read the log of jiexu-deadlines-sweep; the index keeps what is due and the next good run alerts it.',
      silent: {
        impact: 'persons whose case is late: no office is told of any deadline.',
        remedy: 'check the rule that starts jiexu-deadlines-sweep and the concurrency left in the account.',
      },
    });
    exchange.allowQuery(sweep, 'nextAlert');
    exchange.allowReadWrite(sweep, 'GetItem', 'PutItem', 'UpdateItem');
    alerts.allowPublish(sweep);
    new CfnOutput(this, 'AlertTopicArn', { value: alerts.topicArn }).overrideLogicalId('AlertTopicArn');
  }
}
