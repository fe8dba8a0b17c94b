import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Instant } from '../../schemas/primitives.ts';
import { MessageRow } from '../../schemas/rows.ts';
import type { Key } from '../cases/keys.ts';
import { shardOf } from '../platform/canonical.ts';
import { dueKeys } from '../platform/due-index.ts';

export type PendingStore = {
  /** The row as it is now, never an older one. */
  get(key: Key): Promise<MessageRow | undefined>;
  /** Pages of keys whose next attempt has come, most overdue first. An index lags: read the row before acting. */
  due(shard: string, now: Instant): AsyncIterable<readonly Key[]>;
  /** Counts an attempt and moves the next one. @returns the row as it is then; nothing when somebody else was faster */
  claim(row: MessageRow, nextAttempt: Instant): Promise<MessageRow | undefined>;
  /** Ends the pending state that `row` was read in; a state that began since then stays. */
  settle(row: MessageRow): Promise<void>;
  /** Makes the stored receipts of a handled message due now. A message that was not handled has none. */
  armReceipt(key: Key, caseNumber: string, now: Instant): Promise<void>;
};

/** Lock: nobody counted an attempt or opened the message, and no duplicate asked for the receipt, since the row was read. */
const AS_READ = 'attempts = :attempts AND nextAttempt = :nextAttempt';

const asRead = (row: MessageRow) => ({ ':attempts': row.attempts, ':nextAttempt': row.nextAttempt });

export function createPendingStore(client: DynamoDBDocumentClient, table: string): PendingStore {
  return {
    async get({ PK, SK }) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }));
      return Item && MessageRow.parse(Item);
    },

    due: (shard, now) => dueKeys(client, table, 'pending', shard, now),

    async claim(row, nextAttempt) {
      const claimed = await unlessChanged(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK: row.PK, SK: row.SK },
            UpdateExpression: 'SET attempts = :attempt, nextAttempt = :later',
            ConditionExpression: `attribute_exists(pendingShard) AND ${AS_READ}`,
            ExpressionAttributeValues: { ':attempt': row.attempts + 1, ':later': nextAttempt, ...asRead(row) },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return claimed && MessageRow.parse(claimed.Attributes);
    },

    async settle(row) {
      await unlessChanged(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK: row.PK, SK: row.SK },
            UpdateExpression: 'REMOVE pendingShard, pendingSince, nextAttempt',
            ConditionExpression: AS_READ,
            ExpressionAttributeValues: asRead(row),
          }),
        ),
      );
    },

    async armReceipt({ PK, SK }, caseNumber, now) {
      await unlessChanged(
        client.send(
          new UpdateCommand({
            TableName: table,
            Key: { PK, SK },
            UpdateExpression: 'SET pendingShard = :shard, pendingSince = if_not_exists(pendingSince, :now), nextAttempt = :now',
            ConditionExpression: 'direction = :handled',
            ExpressionAttributeValues: { ':shard': shardOf(caseNumber), ':now': now, ':handled': 'handled' },
          }),
        ),
      );
    },
  };
}

async function unlessChanged<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
