import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import { type ParkedRow, QuarantineRow } from '../../schemas/rows.ts';
import { type Key, quarantinePartition } from '../cases/keys.ts';

export type QuarantineStore = {
  /** @returns false when the same delivery was put there before */
  quarantine(row: QuarantineRow): Promise<boolean>;
  /** Moves a waiting message to quarantine in one step. @returns false when somebody else took it out before */
  quarantineParked(parked: ParkedRow, row: QuarantineRow): Promise<boolean>;
  get(key: Key): Promise<QuarantineRow | undefined>;
  /** Newest first, at most `limit`. */
  list(region: RegionCode, limit: number): Promise<QuarantineRow[]>;
  /** @returns false when it was replayed before */
  markReplayed(row: QuarantineRow, at: Instant): Promise<boolean>;
  /** Notes why a replay failed. @returns false when another replay succeeded meanwhile */
  noteFailure(row: QuarantineRow, failure: { code: string; path: string }): Promise<boolean>;
};

const ABSENT = 'attribute_not_exists(PK)';
const NOT_REPLAYED = 'attribute_exists(PK) AND attribute_not_exists(replayedAt)';

export function createQuarantineStore(client: DynamoDBDocumentClient, table: string): QuarantineStore {
  return {
    quarantine: (row) => unlessRefused(client.send(new PutCommand({ TableName: table, Item: row, ConditionExpression: ABSENT }))),

    async quarantineParked(parked, row) {
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Delete: {
                  TableName: table,
                  Key: { PK: parked.PK, SK: parked.SK },
                  ConditionExpression: 'messageId = :id',
                  ExpressionAttributeValues: { ':id': parked.messageId },
                },
              },
              // Replaces the row of a message that was replayed, waited, and failed again; the condition above guards both.
              { Put: { TableName: table, Item: row } },
            ],
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof TransactionCanceledException && error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed')
          return false;
        throw error;
      }
    },

    async get({ PK, SK }) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }));
      return Item && QuarantineRow.parse(Item);
    },

    async list(region, limit) {
      const rows: QuarantineRow[] = [];
      let start: Record<string, unknown> | undefined;
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
      return rows;
    },

    markReplayed: ({ PK, SK }, at) =>
      unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK, SK },
            UpdateExpression: 'SET replayedAt = :at',
            ConditionExpression: NOT_REPLAYED,
            ExpressionAttributeValues: { ':at': at },
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
            ConditionExpression: NOT_REPLAYED,
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
