import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { startMinistack } from '../../infra/local/ministack.ts';
import { type TableDefinitions, tableDefinitionsOf } from './tables.ts';

/** Attributes of a queue as CreateQueue takes them, and how often a message is handed out before it is dead. */
export type QueueDefinition = { attributes: Record<string, string>; maxReceiveCount: number; batchSize: number };

/** What `infra/` says of the parts that a test network is made of; nothing of it is declared a second time. */
export type NetworkInfra = {
  tables: TableDefinitions;
  inbox: QueueDefinition;
  send: QueueDefinition;
  imports: QueueDefinition;
  stream: StreamDefinition;
};

/** `prefix`: what the event source lets through to `relay`, by sort key. */
export type StreamDefinition = { batchSize: number; prefix: string };

const Template = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) })),
});
const Templates = z.object({ storage: z.unknown(), exchange: Template, inboxes: Template });

const ATTRIBUTES = [
  'FifoQueue',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'VisibilityTimeout',
] as const;

const Pattern = z.object({
  eventName: z.tuple([z.literal('INSERT')]),
  dynamodb: z.object({ Keys: z.object({ SK: z.object({ S: z.tuple([z.object({ prefix: z.string() })]) }) }) }),
});

/** The CDK keeps its templates in a program of its own: loading it takes seconds. Once per run. */
export async function readNetworkInfra(): Promise<NetworkInfra> {
  const program = resolve(import.meta.dirname, '../infra/tools/network-template.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { maxBuffer: 64 * 1024 * 1024 });
  const { storage, exchange, inboxes } = Templates.parse(JSON.parse(stdout));
  return {
    tables: tableDefinitionsOf(storage),
    inbox: queueIn(inboxes, ''),
    send: queueIn(exchange, 'SendingDispatch'),
    imports: queueIn(exchange, 'ImportsRun'),
    stream: streamIn(exchange),
  };
}

function queueIn({ Resources }: z.infer<typeof Template>, prefix: string): QueueDefinition {
  const named = Object.entries(Resources).filter(([id]) => id.startsWith(prefix));
  const queues = named.filter(([, { Type, Properties }]) => Type === 'AWS::SQS::Queue' && Properties.RedrivePolicy !== undefined);
  const [queue] = queues;
  if (queue === undefined || queues.length > 1) throw new Error(`the template has ${queues.length} queues called ${prefix}`);
  const [id, { Properties }] = queue;
  const mapping = named.find(
    ([, resource]) => resource.Type === MAPPING && JSON.stringify(resource.Properties.EventSourceArn).includes(id),
  );
  const said = ATTRIBUTES.filter((name) => Properties[name] !== undefined).map((name) => [name, String(Properties[name])]);
  return {
    attributes: Object.fromEntries(said),
    maxReceiveCount: z.object({ maxReceiveCount: z.int() }).parse(Properties.RedrivePolicy).maxReceiveCount,
    batchSize: z.int().parse(mapping?.[1].Properties.BatchSize),
  };
}

const MAPPING = 'AWS::Lambda::EventSourceMapping';

function streamIn({ Resources }: z.infer<typeof Template>): StreamDefinition {
  const mapping = Object.entries(Resources).find(([id, { Type }]) => Type === MAPPING && id.startsWith('SendingRelay'))?.[1].Properties;
  const { Filters } = z.object({ Filters: z.tuple([z.object({ Pattern: z.string() })]) }).parse(mapping?.FilterCriteria);
  const { dynamodb } = Pattern.parse(JSON.parse(Filters[0].Pattern));
  return { batchSize: z.int().parse(mapping?.BatchSize), prefix: dynamodb.Keys.SK.S[0].prefix };
}

export type LocalAwsForTests = { endpoint: string; infra: NetworkInfra; stop(): Promise<void> };

/** One empty MiniStack on a free port, and what the templates say. For a project's global setup and for the bench. */
export async function startAwsForTests(): Promise<LocalAwsForTests> {
  const scratch = resolve(import.meta.dirname, '../../.local/test-aws');
  await mkdir(scratch, { recursive: true });
  const reading = readNetworkInfra();
  const ministack = await startMinistack({ port: 0, persist: false, stateDir: `${scratch}/state`, logFile: `${scratch}/ministack.log` });
  try {
    return { endpoint: ministack.endpoint, infra: await reading, stop: () => ministack.stop() };
  } catch (error) {
    await ministack.stop();
    throw error;
  }
}
