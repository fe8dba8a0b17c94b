import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { NoticeRow } from '../../schemas/notices.ts';
import type { AlertRow } from '../../schemas/rows.ts';
import { alertMessage } from './alert.ts';
import { noticeMessage } from './notice.ts';

export type AlertPublisher = { publish(alert: AlertRow): Promise<void> };
export type NoticePublisher = { publish(notice: NoticeRow): Promise<void> };

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

/** Subscribers choose by region, office and notice; an office that reads its notices by mail sees the sentence first (B15). */
export const snsNotices = (sns: SNSClient, topicArn: string): NoticePublisher => ({
  async publish(row) {
    const { region, office, kind, notice } = row;
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: noticeMessage(row),
        MessageAttributes: { region: text(region), office: text(office), kind: text(kind), notice: text(notice) },
      }),
    );
  },
});
