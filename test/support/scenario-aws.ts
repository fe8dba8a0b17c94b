import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ListQueuesCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';
import * as z from 'zod';

/** Clients of the deployed system's own AWS, for what no clerk can do: look into queues, put messages there, spoil a record. */
export function awsClients() {
  const { endpoint, region, credentials } = inject('standing').aws;
  const sqs = new SQSClient({ endpoint, region, credentials });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint, region, credentials }));
  return {
    sqs,
    documents,
    close: () => {
      sqs.destroy();
      documents.destroy();
    },
  };
}

const DeployedFunction = z.object({ FunctionName: z.string(), LoggingConfig: z.object({ LogGroup: z.string() }) });
const Mapping = z.object({ UUID: z.string(), EventSourceArn: z.string(), State: z.string() });

/** The Lambda API by its REST paths: a client of its own would be a dependency for four calls, and the local AWS asks for no signature. */
async function lambda<S extends z.ZodType>(method: string, path: string, schema: S, body?: unknown): Promise<z.output<S>> {
  const answer = await fetch(`${inject('standing').aws.endpoint}/2015-03-31/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return schema.parse(await answer.json());
}

/** Every deployed function of ours with the log group it is configured to write to. */
export async function deployedFunctions(): Promise<{ name: string; logGroup: string }[]> {
  const { Functions } = await lambda('GET', 'functions', z.object({ Functions: z.array(DeployedFunction) }));
  return Functions.filter(({ FunctionName }) => FunctionName.startsWith('jiexu-')).map(({ FunctionName, LoggingConfig }) => ({
    name: FunctionName,
    logGroup: LoggingConfig.LogGroup,
  }));
}

/** Runs a scheduled function now. */
export const runNow = (name: string): Promise<unknown> => lambda('POST', `functions/${name}/invocations`, z.unknown(), {});

/** Holds what comes to a queue there: its mapping is switched off while `look` looks. */
export async function holding<T>(queue: string, look: () => Promise<T>): Promise<T> {
  const { EventSourceMappings } = await lambda('GET', 'event-source-mappings', z.object({ EventSourceMappings: z.array(Mapping) }));
  const mapping = EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn.includes(queue));
  if (mapping === undefined) throw new Error(`nothing reads a queue called ${queue}`);
  const enable = (Enabled: boolean) => lambda('PUT', `event-source-mappings/${mapping.UUID}`, Mapping, { Enabled });
  await enable(false);
  try {
    return await look();
  } finally {
    await enable(true);
  }
}

/** Address of the only queue whose name holds the text. */
export async function queueUrl(sqs: SQSClient, part: string): Promise<string> {
  const found = (await queueUrls(sqs)).filter((url) => url.includes(part));
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} queues are called ${part}`);
  return found[0];
}

export const queueUrls = async (sqs: SQSClient): Promise<string[]> => (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [];

export const queueAttributes = async (sqs: SQSClient, QueueUrl: string): Promise<Record<string, string>> =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};

/** Up to ten messages with all their attributes; they stay in the queue, visible to its reader. */
export async function peek(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}
