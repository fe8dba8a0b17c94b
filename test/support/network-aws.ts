import { randomInt } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { documentClient } from '../../functions/platform/clients.ts';
import { onTrail } from './network-invocations.ts';

export type Service = 'DynamoDB' | 'SQS' | 'KMS' | 'SNS' | 'S3';

/** One request of the product as its SDK client makes it; `input` of DynamoDB holds plain values. */
export type Request = { service: Service; operation: string; input: Record<string, unknown> };

/** Looks at every request of the product, and may fail it by throwing: a fault of the network, which handlers see and survive. */
export type Watch = {
  before(request: Request): void;
  after(request: Request, output: Record<string, unknown>): void;
};

/** An account of its own in the one MiniStack (it takes twelve digits for one), so that queues and aliases have their real names. */
export function awsAccount(endpoint: string) {
  const account = String(randomInt(100_000_000_000, 999_999_999_999));
  const connection = { endpoint, region: 'us-east-1', credentials: { accessKeyId: account, secretAccessKey: 'test' }, maxAttempts: 3 };
  return { account, connection };
}

export type Account = ReturnType<typeof awsAccount>;

/** Clients that nobody watches: for setting up, for the pump, for looking at the outcome. */
export function plainClients({ connection }: Account) {
  const dynamo = new DynamoDBClient(connection);
  return {
    dynamo,
    documents: documentClient(dynamo),
    streams: new DynamoDBStreamsClient(connection),
    sqs: new SQSClient(connection),
    kms: new KMSClient(connection),
    sns: new SNSClient(connection),
    s3: filesOf(connection),
  };
}

/** The local AWS has one host name, that of no bucket. */
const filesOf = (connection: Account['connection']) => new S3Client({ ...connection, forcePathStyle: true });

export type PlainClients = ReturnType<typeof plainClients>;

type Stack = { middlewareStack: { add(middleware: unknown, options: unknown): void } };

/** Clients as the handlers get them. Watched before the SDK's own retries, so that a request counts once and a crash is final. */
export function handlerClients({ connection }: Account, watch: Watch) {
  const watched = <C extends Stack>(service: Service, client: C): C => {
    const middleware = (next: (args: unknown) => Promise<{ output: Record<string, unknown> }>, context: { commandName: string }) => {
      return (args: { input: Record<string, unknown> }) => {
        const request = { service, operation: context.commandName.replace(/Command$/, ''), input: args.input };
        const send = async () => {
          watch.before(request);
          const answer = await next(args);
          watch.after(request, answer.output);
          return answer;
        };
        // Reads of the directory are shared by invocations through its cache; dying at one leaves what dying at the next request leaves.
        return isDirectoryRead(request) ? send() : onTrail(`${service} ${request.operation}`, send);
      };
    };
    client.middlewareStack.add(middleware, { step: 'initialize', priority: 'high', name: 'network' });
    return client;
  };
  return {
    documents: documentClient(watched('DynamoDB', new DynamoDBClient(connection))),
    sqs: watched('SQS', new SQSClient(connection)),
    kms: watched('KMS', new KMSClient(connection)),
    sns: watched('SNS', new SNSClient(connection)),
    s3: watched('S3', filesOf(connection)),
  };
}

export type HandlerClients = ReturnType<typeof handlerClients>;

const isDirectoryRead = ({ input }: Request): boolean => typeof input.TableName === 'string' && input.TableName.startsWith('directory-');
