import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Instant } from '../../schemas/primitives.ts';
import { ClockRow } from '../../schemas/rows.ts';
import type { Key } from '../cases/keys.ts';
import type { DueAlert } from './alert.ts';

export type DeadlineStore = {
  /** Pages of keys of clocks whose next alert has come. An index lags: read the row before acting. */
  due(shard: string, now: Instant): AsyncIterable<readonly Key[]>;
  /** The row as it is now, never an older one. */
  get(key: Key): Promise<ClockRow | undefined>;
  /**
   * Writes the record of an alert and moves the clock to its next level, in one step.
   * @returns false when another run did, or when the clock was stopped or moved since `row` was read
   */
  record(row: ClockRow, alert: DueAlert): Promise<boolean>;
};

/** Small enough that a run begins to act at once, whatever has piled up. */
const PAGE = 100;

/** What the index projects; it has more keys than these two. */
const IndexedKey = z.object({ PK: z.string(), SK: z.string() });

const REFUSALS = ['ConditionalCheckFailed', 'TransactionConflict'];

export function createDeadlineStore(client: DynamoDBDocumentClient, table: string): DeadlineStore {
  const moveClock = ({ PK, SK, nextAlert }: ClockRow, next: Instant | undefined) => ({
    TableName: table,
    Key: { PK, SK },
    UpdateExpression: next === undefined ? 'REMOVE alertShard, nextAlert' : 'SET nextAlert = :next',
    ConditionExpression: 'nextAlert = :at AND attribute_not_exists(stoppedAt)',
    ExpressionAttributeValues: { ':at': nextAlert, ...(next !== undefined && { ':next': next }) },
  });

  const moveOn = async (move: UpdateCommand) => {
    try {
      await client.send(move);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return {
    async *due(shard, now) {
      let start: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            IndexName: 'nextAlert',
            KeyConditionExpression: 'alertShard = :shard AND nextAlert <= :now',
            ExpressionAttributeValues: { ':shard': shard, ':now': now },
            Limit: PAGE,
            ExclusiveStartKey: start,
          }),
        );
        yield (page.Items ?? []).map((item) => IndexedKey.parse(item));
        start = page.LastEvaluatedKey;
      } while (start);
    },

    async get({ PK, SK }) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }));
      return Item && ClockRow.parse(Item);
    },

    async record(row, { record, next }) {
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: table, Item: record, ConditionExpression: 'attribute_not_exists(PK)' } },
              { Update: moveClock(row, next) },
            ],
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [ofRecord, ofClock] = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
        if (![ofRecord, ofClock].some((code) => REFUSALS.includes(code ?? ''))) throw error;
        // A recomputed clock may come to a level that it had before: the record stands, and only the clock moves on.
        if (ofRecord === 'ConditionalCheckFailed' && ofClock === 'None') await moveOn(new UpdateCommand(moveClock(row, next)));
        return false;
      }
    },
  };
}
