import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** A call that hangs must fail while the function still has time to put its messages back. */
const calls = { maxAttempts: 3, requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000 } };

export const kmsClient = () => new KMSClient(calls);
export const snsClient = () => new SNSClient(calls);
export const sqsClient = () => new SQSClient(calls);

/** Document client; absent optional fields are left out of rows, never stored as null. */
export const documentClient = (client = new DynamoDBClient(calls)) =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
