import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { hasOwnEndpoint } from './config.ts';

/**
 * A call that hangs must fail while the function still has time to put its messages back: both attempts together last less than
 * `TIME_TO_END_MS` (`sweep.ts`). Without `throwOnRequestTimeout` the SDK writes a warning and waits on.
 */
const calls = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true } };

export const kmsClient = () => new KMSClient(calls);
export const snsClient = () => new SNSClient(calls);
export const sqsClient = () => new SQSClient(calls);

/** Files are read and written by the megabyte: more time for a call, and an end to one whose bytes stop coming. Only where minutes are left. */
const fileCalls = { connectionTimeout: 1_000, requestTimeout: 10_000, socketTimeout: 10_000, throwOnRequestTimeout: true };
/** With an endpoint of our own the bucket stands in the path: `<bucket>.localhost` resolves on few machines. */
export const s3Client = () => new S3Client({ maxAttempts: 3, requestHandler: fileCalls, forcePathStyle: hasOwnEndpoint() });

/** Document client; absent optional fields are left out of rows, never stored as null. */
export const documentClient = (client = new DynamoDBClient(calls)) =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
