import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { ImportNumber, RegionCode } from '../../schemas/primitives.ts';

/** Asks a worker to read a file, or to go on with one. */
export const ImportJob = z.strictObject({ region: RegionCode, importNumber: ImportNumber });
export type ImportJob = z.infer<typeof ImportJob>;

/** The queue of files to be read. */
export type ImportQueue = {
  /** `delay`: seconds before anybody gets it, at most 900. */
  send(job: ImportJob, delay?: number): Promise<void>;
  /** Hides a message that was received for some seconds more. */
  postpone(receiptHandle: string, seconds: number): Promise<void>;
};

export const sqsImportQueue = (sqs: SQSClient, queueUrl: string): ImportQueue => ({
  async send({ region, importNumber }, delay = 0) {
    const MessageBody = JSON.stringify({ region, importNumber });
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, DelaySeconds: delay }));
  },
  async postpone(receiptHandle, seconds) {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds }));
  },
});
