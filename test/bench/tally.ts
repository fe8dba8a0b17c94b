import type { Request, Watch } from '../support/network-aws.ts';

/** What the product asked of AWS while it was watched. */
export type Tally = {
  /** By service, operation and, for DynamoDB, table: `DynamoDB GetItem exchange`. */
  requests: Record<string, number>;
  writeUnits: number;
  readUnits: number;
  /** SQS requests as they are billed: one per started 64 KB. */
  fifoSends: number;
  standardSends: number;
  /** Largest copy of a case that was read, in bytes. */
  largestCase: number;
};

const emptyTally = (): Tally => ({ requests: {}, writeUnits: 0, readUnits: 0, fifoSends: 0, standardSends: 0, largestCase: 0 });

const BILLED_BYTES = 64 * 1024;
const READS = ['GetItem', 'BatchGetItem', 'Query'];

/** Counts, and records what was asked so that it can be asked again. Only the bench's clients ask for consumed capacity. */
export function tallyWatch(): Watch & { start(): void; tally(): Tally; requests(): readonly Request[] } {
  let tally = emptyTally();
  let recorded: Request[] = [];
  return {
    start() {
      tally = emptyTally();
      recorded = [];
    },
    tally: () => tally,
    requests: () => recorded,
    before(request) {
      const { service, operation, input } = request;
      if (service === 'DynamoDB') input.ReturnConsumedCapacity = 'TOTAL';
      const name = [service, operation, ...tableOf(request)].join(' ');
      tally.requests[name] = (tally.requests[name] ?? 0) + 1;
      if (operation === 'SendMessage') tally.fifoSends += billed(input.MessageBody);
      if (operation === 'SendMessageBatch') tally.standardSends += billed(JSON.stringify(input.Entries));
      recorded.push(request);
    },
    after({ service, operation, input }, output) {
      if (service !== 'DynamoDB') return;
      if (!READS.includes(operation)) {
        tally.writeUnits += [output.ConsumedCapacity].flat().reduce((sum: number, used) => sum + unitsOf(used), 0);
        return;
      }
      const { units, largest } = readUnits(input, output);
      tally.readUnits += units;
      tally.largestCase = Math.max(tally.largestCase, largest);
    },
  };
}

function tableOf({ service, input }: Request): string[] {
  if (service !== 'DynamoDB') return [];
  const first = Object.keys((input.RequestItems as object | undefined) ?? {})[0];
  const said = input.TableName ?? first;
  return typeof said === 'string' ? [said.startsWith('directory-') ? 'directory' : 'exchange'] : ['exchange'];
}

const billed = (text: unknown): number => Math.max(1, Math.ceil(Buffer.byteLength(String(text)) / BILLED_BYTES));
const unitsOf = (used: unknown): number => (used as { CapacityUnits?: number } | undefined)?.CapacityUnits ?? 0;

/**
 * MiniStack counts one unit for a read of any size; DynamoDB counts one per started 4 KB of what a Query read together or of each item got by
 * key, one for an item that is not there, and half of it all without ConsistentRead. So reads are counted here.
 */
function readUnits(input: Record<string, unknown>, output: Record<string, unknown>): { units: number; largest: number } {
  const byKey = (item: unknown) => Math.max(1, Math.ceil(sizeOf(item) / 4096));
  if (output.Items !== undefined) {
    return { units: byKey(output.Items) * (input.ConsistentRead ? 1 : 0.5), largest: 0 };
  }
  const asked = input.RequestItems as Record<string, { Keys: unknown[]; ConsistentRead?: boolean }> | undefined;
  if (!asked) {
    const item = output.Item as { state?: unknown } | undefined;
    return { units: byKey(item) * (input.ConsistentRead ? 1 : 0.5), largest: item?.state ? sizeOf(item) : 0 };
  }
  const [[table, { Keys, ConsistentRead }] = ['', { Keys: [] }]] = Object.entries(asked);
  const items = (output.Responses as Record<string, { state?: unknown }[]> | undefined)?.[table] ?? [];
  const units = items.reduce((sum, item) => sum + byKey(item), Keys.length - items.length);
  return { units: units * (ConsistentRead ? 1 : 0.5), largest: Math.max(0, ...items.filter(({ state }) => state).map(sizeOf)) };
}

/** Bytes of a value as DynamoDB counts them: names and text in UTF-8, numbers at half a byte a digit, three and one for each nesting. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 1 + sizeOf(item), 3);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce((sum, [name, item]) => sum + Buffer.byteLength(name) + 1 + sizeOf(item), 3);
  }
  return 1;
}
