import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

export type InboxMessage = { body: string; groupId: string; deduplicationId: string };

/** Inboxes of regions, ours and others', by their address in the directory. */
export type Inboxes = {
  send(inboxUrl: string, message: InboxMessage): Promise<void>;
  /** Hides a message that was received for some seconds more. */
  postpone(inboxUrl: string, receiptHandle: string, seconds: number): Promise<void>;
};

/** The queue between the stream and `dispatch`. */
export type SendQueue = {
  /** Sends at most ten. @returns indexes of those that the queue did not take */
  sendBatch(bodies: readonly string[]): Promise<ReadonlySet<number>>;
};

export const sqsInboxes = (sqs: SQSClient): Inboxes => ({
  async send(inboxUrl, { body, groupId, deduplicationId }) {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: inboxUrl,
        MessageBody: body,
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
      }),
    );
  },
  async postpone(inboxUrl, receiptHandle, seconds) {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: inboxUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }));
  },
});

export const sqsSendQueue = (sqs: SQSClient, queueUrl: string): SendQueue => ({
  async sendBatch(bodies) {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: body })),
      }),
    );
    return new Set(Failed.map(({ Id }) => Number(Id)));
  },
});
