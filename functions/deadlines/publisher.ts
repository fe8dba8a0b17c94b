import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertRow } from '../../schemas/rows.ts';
import { alertMessage } from './alert.ts';

export type AlertPublisher = { publish(alert: AlertRow): Promise<void> };

const text = (value: string) => ({ DataType: 'String', StringValue: value });

/** Subscribers choose by region, kind, level and clock; what they get twice has the same id. */
export const snsPublisher = (sns: SNSClient, topicArn: string): AlertPublisher => ({
  async publish(alert) {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: alertMessage(alert),
        MessageAttributes: {
          region: text(alert.region),
          kind: text(alert.kind),
          level: text(alert.level),
          ...(alert.kind === 'clock' && { clock: text(alert.clock) }),
        },
      }),
    );
  },
});
