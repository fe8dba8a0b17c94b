import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * A call that hangs must fail while the function still has time to put its messages back: both attempts together last less than
 * `TIME_TO_END_MS` (`sweep.ts`). Without `throwOnRequestTimeout` the SDK writes a warning and waits on.
 */
const calls = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true } };

export const kmsClient = () => new KMSClient(calls);
export const snsClient = () => new SNSClient(calls);
export const sqsClient = () => new SQSClient(calls);

/** Document client; absent optional fields are left out of rows, never stored as null. */
export const documentClient = (client = new DynamoDBClient(calls)) =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
