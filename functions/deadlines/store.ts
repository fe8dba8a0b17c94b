import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../schemas/primitives.ts';
import { WatchedRow } from '../../schemas/rows.ts';
import type { Key } from '../cases/keys.ts';
import { dueKeys } from '../platform/due-index.ts';
import type { DueAlert } from './alert.ts';

export type DeadlineStore = {
  /** Pages of keys of rows whose next alert has come. An index lags: read the row before acting. */
  due(shard: string, now: Instant): AsyncIterable<readonly Key[]>;
  /** The row as it is now, never an older one. */
  get(key: Key): Promise<WatchedRow | undefined>;
  /**
   * Writes the record of an alert and moves the row to its next level or out of the index, in one step.
   * @returns false when another run did, or when the clock was stopped or moved, or the message taken out, since `row` was read
   */
  record(row: WatchedRow, alert: DueAlert): Promise<boolean>;
};

const REFUSALS = ['ConditionalCheckFailed', 'TransactionConflict'];

export function createDeadlineStore(client: DynamoDBDocumentClient, table: string): DeadlineStore {
  const moveRow = (row: WatchedRow, next: Instant | undefined) => {
    const unchanged = unchangedSince(row);
    return {
      TableName: table,
      Key: { PK: row.PK, SK: row.SK },
      UpdateExpression: next === undefined ? 'REMOVE alertShard, nextAlert' : 'SET nextAlert = :next',
      ConditionExpression: `nextAlert = :at AND ${unchanged.condition}`,
      ExpressionAttributeValues: { ':at': row.nextAlert, ...unchanged.values, ...(next !== undefined && { ':next': next }) },
    };
  };

  const moveOn = async (move: UpdateCommand) => {
    try {
      await client.send(move);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return {
    due: (shard, now) => dueKeys(client, table, 'nextAlert', shard, now),

    async get({ PK, SK }) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }));
      return Item && WatchedRow.parse(Item);
    },

    async record(row, { record, next }) {
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: table, Item: record, ConditionExpression: 'attribute_not_exists(PK)' } },
              { Update: moveRow(row, next) },
            ],
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [ofRecord, ofRow] = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
        if (![ofRecord, ofRow].some((code) => REFUSALS.includes(code ?? ''))) throw error;
        // A recomputed clock may come to a level that it had before, a replayed message wait again: the record stands, the row moves on.
        if (ofRecord === 'ConditionalCheckFailed' && ofRow === 'None') await moveOn(new UpdateCommand(moveRow(row, next)));
        return false;
      }
    },
  };
}

function unchangedSince(row: WatchedRow): { condition: string; values: Record<string, string> } {
  switch (row.kind) {
    case 'clock':
      return { condition: 'attribute_not_exists(stoppedAt)', values: {} };
    case 'parked':
      // Another message may wait with this sequence by now.
      return { condition: 'messageId = :message', values: { ':message': row.messageId } };
    default:
      return row satisfies never;
  }
}
