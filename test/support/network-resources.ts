import { randomUUID } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import { CreateAliasCommand, CreateKeyCommand, type CreateKeyCommandInput, type KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { seedYears } from '../../functions/calendar/seed.ts';
import { stateOffice, stateRegion } from '../../functions/directory/changes.ts';
import { kmsPublicKey } from '../../functions/directory/public-key.ts';
import { register } from '../../functions/directory/register.ts';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { demoOffice, demoRegionEntries } from '../../infra/local/directory-data.ts';
import { OfficeEntry, RegionEntry } from '../../schemas/directory.ts';
import { CalendarDate, OfficeCode, type RegionCode } from '../../schemas/primitives.ts';
import type { PlainClients } from './network-aws.ts';
import type { NetworkInfra, QueueDefinition } from './network-infra.ts';
import { createTablesFrom, type TableName } from './tables.ts';
import type { Witness } from './witness.ts';

export const SIGNING_KEY_ALIAS_PREFIX = 'alias/jiexu-region-';
export const PERSON_HASH_KEY = 'alias/jiexu-person-hash';

export type Queue = { url: string; arn: string };
/** A topic, and a queue that gets all that is published there. */
export type ReadTopic = { topic: string; queue: Queue };
export type Resources = {
  tables: Record<TableName, string>;
  inboxes: ReadonlyMap<RegionCode, Queue>;
  sendQueue: Queue;
  /** Files that wait for their worker, and where they lie. */
  importQueue: Queue;
  importsBucket: string;
  /** Messages that crashed too often; empty at the end of a good run. */
  dead: readonly Queue[];
  alerts: ReadTopic;
  notices: ReadTopic;
  streamIterator: string;
};

/** Everything that a deployment of these regions would create and a handler would touch. */
export async function createResources(clients: PlainClients, infra: NetworkInfra, regions: readonly RegionCode[]): Promise<Resources> {
  const { dynamo, sqs, sns, kms, s3 } = clients;
  const importsBucket = `jiexu-imports-${randomUUID()}`;
  const [tables, sendQueues, importQueues, inboxQueues, alerts, notices] = await Promise.all([
    createTablesFrom(infra.tables, dynamo),
    queueWithDead(sqs, 'jiexu-send', infra.send),
    queueWithDead(sqs, 'jiexu-imports', infra.imports),
    Promise.all(
      regions.map(async (code) => [code, await queueWithDead(sqs, `jiexu-inbox-${code}`, infra.inbox, `jiexu-dead-${code}`)] as const),
    ),
    topicWithReader(sns, sqs, 'jiexu-alerts'),
    topicWithReader(sns, sqs, 'jiexu-notices'),
    s3.send(new CreateBucketCommand({ Bucket: importsBucket })),
    createKey(kms, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }, PERSON_HASH_KEY),
    Promise.all(
      regions.map((code) => createKey(kms, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }, `${SIGNING_KEY_ALIAS_PREFIX}${code}`)),
    ),
  ]);
  return {
    tables,
    inboxes: new Map(inboxQueues.map(([code, { queue }]) => [code, queue])),
    sendQueue: sendQueues.queue,
    importQueue: importQueues.queue,
    importsBucket,
    dead: [sendQueues.dead, importQueues.dead, ...inboxQueues.map(([, { dead }]) => dead)],
    alerts,
    notices,
    streamIterator: await streamFromTheStart(clients, tables.exchange),
  };
}

async function createQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<Queue> {
  const QueueName = attributes.FifoQueue === 'true' ? `${name}.fifo` : name;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  return { url: QueueUrl!, arn: Attributes!.QueueArn! };
}

async function topicWithReader(sns: SNSClient, sqs: SQSClient, Name: string): Promise<ReadTopic> {
  const queue = await createQueue(sqs, `${Name}-reader`, {});
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }));
  return { topic: TopicArn!, queue };
}

async function queueWithDead(sqs: SQSClient, name: string, { attributes, maxReceiveCount }: QueueDefinition, deadName = `${name}-dead`) {
  const fifo: Record<string, string> = attributes.FifoQueue === undefined ? {} : { FifoQueue: attributes.FifoQueue };
  const dead = await createQueue(sqs, deadName, fifo);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });
  return { queue: await createQueue(sqs, name, { ...attributes, RedrivePolicy }), dead };
}

async function createKey(kms: KMSClient, input: CreateKeyCommandInput, alias: string): Promise<void> {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
  await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
}

async function streamFromTheStart({ dynamo, streams }: PlainClients, TableName: string): Promise<string> {
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
  return ShardIterator!;
}

export const mainOfficeOf = (region: RegionCode): OfficeCode => OfficeCode.parse(`${region}01`);

/** What the directory says of the regions of a network. */
export type Capabilities = {
  /** On the national platform since the measures of 2021 are in force (S21); none unless said. */
  online?: readonly RegionCode[];
  /** Registered by the release before 2016.2, which says of no region what its software speaks: 2016.1 alone (E9). */
  older?: readonly RegionCode[];
  /** Registered by a release that spoke the newer procedures but did not say which messages it takes (C5). */
  taciturn?: readonly RegionCode[];
};

/** Fills the directory the way it is filled: hosted regions by the deployment's own handler, which seeds the calendar; the rest by its rules. */
export async function fillDirectory(
  { documents, kms }: PlainClients,
  { tables, inboxes }: Resources,
  clock: Clock,
  { log }: Witness,
  { online = [], older = [], taciturn = [] }: Capabilities = {},
): Promise<void> {
  const store = createDirectoryStore(documents, tables.directory);
  const Regions = [...inboxes].map(([code, { url }]) => ({
    code,
    name: entryOf(code).name,
    inboxUrl: url,
    signingKeyId: `${SIGNING_KEY_ALIAS_PREFIX}${code}`,
  }));
  const answers: string[] = [];
  const answer = async (_: string, { Status, Reason = '' }: { Status: string; Reason?: string }) =>
    void answers.push(`${Status} ${Reason}`);
  const event = {
    ...{ RequestType: 'Create', ResponseURL: 'http://localhost/', StackId: 's', RequestId: 'r', LogicalResourceId: 'l' },
    ResourceProperties: { Regions },
  };
  await register({ store, publicKey: kmsPublicKey(kms), seedYears, answer, clock, log }, event);
  if (answers[0] !== 'SUCCESS ') throw new Error(`directory not registered: ${answers}`);
  const stamp = { at: clock.now(), by: 'test', reason: '测试数据' };
  for (const { code } of Regions) {
    const { procedures, messages, ...registered } = (await store.getRegion(code))!;
    const current = {
      ...registered,
      ...(!older.includes(code) && { procedures }),
      ...(!older.includes(code) && !taciturn.includes(code) && { messages }),
    };
    await store.putRegion(stateRegion(current, { ...entryOf(code), ...(online.includes(code) && ONLINE) }, stamp)!);
    await store.putOffice(stateOffice(undefined, mainOfficeOf(code), officeOf(code), stamp)!);
    // A second window of the same district: another office of the same region.
    const second = OfficeCode.parse(`${code}02`);
    await store.putOffice(stateOffice(undefined, second, officeOf(code), stamp)!);
  }
}

const ONLINE = { onlineSince: CalendarDate.parse('2021-12-01') };

/** Who is online is the test's to say. */
const entryOf = (code: RegionCode): RegionEntry => {
  const { onlineSince: _, ...entry } = demoRegionEntries.find((demo) => demo.code === code) ?? inventedEntry(code);
  return entry;
};

const inventedEntry = (code: RegionCode): RegionEntry =>
  RegionEntry.parse({
    code,
    name: `演示地区${code}`,
    provinceShortName: '演',
    mainOffice: mainOfficeOf(code),
    payee: { bank: '演示银行', holder: '演示专户', number: `0000${code}000000001` },
  });

const officeOf = (code: RegionCode): OfficeEntry =>
  demoRegionEntries.some((entry) => entry.code === code)
    ? demoOffice(code)
    : OfficeEntry.parse({
        ...{ region: code, name: `演示地区${code}医疗保障事务中心`, address: '演示路1号', postcode: '000000' },
        ...{ phone: '0571-12345001', contact: '演示 经办人', reason: '演示数据' },
      });
