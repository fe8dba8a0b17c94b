import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import { type ParkedRow, QuarantinePointer, QuarantineRow, type ReplayedBy } from '../../schemas/rows.ts';
import { type Key, quarantinePartition, quarantinePointerKey } from '../cases/keys.ts';

export type QuarantineStore = {
  /** @returns false when the same bytes were put there before: that row stays, with the moment they first came */
  quarantine(row: QuarantineRow): Promise<boolean>;
  /** Moves a waiting message to quarantine in one step; bytes that were there before get their old row again. @returns false when somebody else took it out before */
  quarantineParked(parked: ParkedRow, row: QuarantineRow): Promise<boolean>;
  get(key: Key): Promise<QuarantineRow | undefined>;
  /** A page of a region's rows, newest first, from the one after `after` on. `more`: others follow. */
  list(region: RegionCode, limit: number, after?: Key): Promise<{ rows: QuarantineRow[]; more: boolean }>;
  /** @returns false when it was replayed before */
  markReplayed(row: QuarantineRow, at: Instant, by: ReplayedBy): Promise<boolean>;
  /** Notes why a replay failed. @returns false when the message was handled meanwhile */
  noteFailure(row: QuarantineRow, failure: { code: string; path: string }): Promise<boolean>;
};

const NOT_REPLAYED = 'attribute_exists(PK) AND attribute_not_exists(replayedAt)';

type WriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

export function createQuarantineStore(client: DynamoDBDocumentClient, table: string): QuarantineStore {
  const read = async ({ PK, SK }: Key) =>
    (await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }))).Item;

  /** Row and pointer of a body that was never here. */
  const firstTime = (row: QuarantineRow): [WriteItem, WriteItem] => [
    {
      Put: {
        TableName: table,
        Item: { ...quarantinePointerKey(row.region, row.bodyHash), receivedAt: row.receivedAt, quarantinedAs: row.SK },
        ConditionExpression: 'attribute_not_exists(PK)',
      },
    },
    { Put: { TableName: table, Item: row } },
  ];

  /** Opens the row of a body again that was replayed, waited, and failed after all. The first moment it came stays. */
  const again = (row: QuarantineRow, pointer: QuarantinePointer): [WriteItem, WriteItem] => {
    const receivedAt = row.receivedAt < pointer.receivedAt ? row.receivedAt : pointer.receivedAt;
    return [
      { Put: { TableName: table, Item: { ...pointer, receivedAt } } },
      {
        Update: {
          TableName: table,
          Key: { PK: row.PK, SK: pointer.quarantinedAs },
          UpdateExpression: 'SET #code = :code, #path = :path, receivedAt = :first REMOVE replayedAt, replayedBy, resolvedAt',
          ExpressionAttributeNames: { '#code': 'code', '#path': 'path' },
          ExpressionAttributeValues: { ':code': row.code, ':path': row.path, ':first': receivedAt },
        },
      },
    ];
  };

  const write = (items: [WriteItem, ...WriteItem[]]) => unlessFirstRefused(client.send(new TransactWriteCommand({ TransactItems: items })));

  return {
    quarantine: (row) => write(firstTime(row)),

    async quarantineParked(parked, row) {
      const pointer = QuarantinePointer.optional().parse(await read(quarantinePointerKey(row.region, row.bodyHash)));
      const take: WriteItem = {
        Delete: {
          TableName: table,
          Key: { PK: parked.PK, SK: parked.SK },
          ConditionExpression: 'messageId = :id',
          ExpressionAttributeValues: { ':id': parked.messageId },
        },
      };
      return write([take, ...(pointer ? again(row, pointer) : firstTime(row))]);
    },

    get: async (key) => QuarantineRow.optional().parse(await read(key)),

    async list(region, limit, after) {
      const rows: QuarantineRow[] = [];
      let start: Record<string, unknown> | undefined = after;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'PK = :partition',
            ExpressionAttributeValues: { ':partition': quarantinePartition(region) },
            ScanIndexForward: false,
            Limit: limit - rows.length,
            ExclusiveStartKey: start,
          }),
        );
        rows.push(...(page.Items ?? []).map((item) => QuarantineRow.parse(item)));
        start = page.LastEvaluatedKey;
      } while (start && rows.length < limit);
      return { rows, more: start !== undefined };
    },

    markReplayed: ({ PK, SK }, at, by) =>
      unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK, SK },
            UpdateExpression: 'SET replayedAt = :at, replayedBy = :by',
            ConditionExpression: NOT_REPLAYED,
            ExpressionAttributeValues: { ':at': at, ':by': by },
          }),
        ),
      ),

    noteFailure: ({ PK, SK }, { code, path }) =>
      unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK, SK },
            UpdateExpression: 'SET #code = :code, #path = :path',
            ConditionExpression: `${NOT_REPLAYED} AND attribute_not_exists(resolvedAt)`,
            ExpressionAttributeNames: { '#code': 'code', '#path': 'path' },
            ExpressionAttributeValues: { ':code': code, ':path': path },
          }),
        ),
      ),
  };
}

async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** @returns false when the condition of the first item did not hold. Anything else that failed is a fault: whoever brought the message brings it again. */
async function unlessFirstRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof TransactionCanceledException && error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed') return false;
    throw error;
  }
}
