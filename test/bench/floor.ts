import { GenerateMacCommand, SignCommand } from '@aws-sdk/client-kms';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { BatchGetCommand, GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { RegionCode } from '../../schemas/primitives.ts';
import { awsAccount, type PlainClients, plainClients, type Request } from '../support/network-aws.ts';
import type { NetworkInfra } from '../support/network-infra.ts';
import { createResources, type Queue, type Resources } from '../support/network-resources.ts';
import { CLERKS, inParallel } from '../support/network-story.ts';

export type Floor = { seconds: number; requests: number; failed: number };

/**
 * The same requests once more, raw: as they were recorded and in that order, by as many workers as there were clerks, into an account of its own,
 * with nothing between them but the SDK. Then the queues are emptied as event sources do. What the product needs above this is its own.
 */
export async function measureFloor(
  endpoint: string,
  infra: NetworkInfra,
  regions: readonly RegionCode[],
  recorded: readonly Request[],
  from: { account: string; resources: Resources },
): Promise<Floor> {
  const account = awsAccount(endpoint);
  const clients = plainClients(account);
  const resources = await createResources(clients, infra, regions);
  const renamed = rename([
    [from.account, account.account],
    [from.resources.tables.exchange, resources.tables.exchange],
    [from.resources.tables.directory, resources.tables.directory],
  ]);
  const requests = recorded.map((request) => ({ ...request, input: renamed(request.input) as Record<string, unknown> }));
  let failed = 0;
  const start = performance.now();
  await inParallel(
    requests,
    async (request) => {
      try {
        await sendRaw(clients, request);
      } catch {
        // A condition that does not hold, because its turn came too early: the engine did the work nevertheless.
        failed += 1;
      }
    },
    CLERKS,
  );
  const polls = await Promise.all([resources.sendQueue, ...resources.inboxes.values()].map((queue) => empty(clients, queue)));
  const seconds = (performance.now() - start) / 1_000;
  return { seconds, requests: requests.length + polls.reduce((sum, n) => sum + n, 0), failed };
}

/** Puts other names into every text of an input; keys' bytes stay. */
function rename(names: readonly (readonly [string, string])[]): (value: unknown) => unknown {
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string') return names.reduce((text, [before, after]) => text.replaceAll(before, after), value);
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [renamed(name), renamed(item)]));
  };
  return renamed;
}

/** The recorded input is what the same command took a moment ago. */
function sendRaw({ documents, sqs, kms, sns }: PlainClients, { operation, input }: Request): Promise<unknown> {
  const given = input as never;
  switch (operation) {
    case 'GetItem':
      return documents.send(new GetCommand(given));
    case 'BatchGetItem':
      return documents.send(new BatchGetCommand(given));
    case 'Query':
      return documents.send(new QueryCommand(given));
    case 'UpdateItem':
      return documents.send(new UpdateCommand(given));
    case 'TransactWriteItems':
      return documents.send(new TransactWriteCommand(given));
    case 'SendMessage':
      return sqs.send(new SendMessageCommand(given));
    case 'SendMessageBatch':
      return sqs.send(new SendMessageBatchCommand(given));
    case 'Publish':
      return sns.send(new PublishCommand(given));
    case 'Sign':
      return kms.send(new SignCommand(given));
    case 'GenerateMac':
      return kms.send(new GenerateMacCommand(given));
    default:
      throw new Error(`the floor does not know ${operation}`);
  }
}

/** @returns how many requests it took */
async function empty({ sqs }: PlainClients, { url: QueueUrl }: Queue): Promise<number> {
  let requests = 0;
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return requests;
    const Entries = Messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    requests += 2;
  }
}
