import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { NoticeRow } from '../../schemas/notices.ts';
import type { Instant, VoucherId } from '../../schemas/primitives.ts';
import { WatchedRow } from '../../schemas/rows.ts';
import { VoucherRow } from '../../schemas/vouchers.ts';
import { type Key, voucherKey } from '../cases/keys.ts';
import { dueKeys } from '../platform/due-index.ts';
import type { AlertingRow, DueAlert } from './alert.ts';

export type DeadlineStore = {
  /** Pages of keys of rows whose next alert has come. An index lags: read the row before acting. */
  due(shard: string, now: Instant): AsyncIterable<readonly Key[]>;
  /** The row as it is now, never an older one. */
  get(key: Key): Promise<WatchedRow | undefined>;
  /**
   * Writes the record of an alert and moves the row to its next level or out of the index, in one step.
   * @returns false when another run did, or when the clock was stopped or moved, or the message taken out, since `row` was read
   */
  record(row: AlertingRow, alert: DueAlert): Promise<boolean>;
  /**
   * A notice's own row is the record that it was published; it leaves the index and stays in the queue of its office until it is delivered.
   * @returns false when another run did, or when it was delivered since `row` was read
   */
  published(row: NoticeRow, at: Instant): Promise<boolean>;
  /**
   * Takes a notice that nobody needs any more out of index and queue.
   * @returns false as `published` does
   */
  withdraw(row: NoticeRow, at: Instant): Promise<boolean>;
  /** Whose voucher it is, and since when he is out. Throws when there is none: its warnings were written with it. */
  holderOf(voucherId: VoucherId): Promise<Holder>;
};

const Holder = VoucherRow.pick({ personHash: true, suspendedOn: true });
export type Holder = z.infer<typeof Holder>;

const REFUSALS = ['ConditionalCheckFailed', 'TransactionConflict'];

export function createDeadlineStore(client: DynamoDBDocumentClient, table: string): DeadlineStore {
  const moveRow = (row: AlertingRow, next: Instant | undefined) => {
    const unchanged = unchangedSince(row);
    return {
      TableName: table,
      Key: { PK: row.PK, SK: row.SK },
      UpdateExpression: next === undefined ? 'REMOVE alertShard, nextAlert' : 'SET nextAlert = :next',
      ConditionExpression: `nextAlert = :at AND ${unchanged.condition}`,
      ExpressionAttributeValues: { ':at': row.nextAlert, ...unchanged.values, ...(next !== undefined && { ':next': next }) },
    };
  };

  /** @returns whether the condition held */
  const update = async (command: UpdateCommand): Promise<boolean> => {
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return false;
    }
  };

  const settle = ({ PK, SK, nextAlert }: NoticeRow, UpdateExpression: string, at: Instant) =>
    update(
      new UpdateCommand({
        TableName: table,
        Key: { PK, SK },
        UpdateExpression,
        ConditionExpression: 'nextAlert = :due AND attribute_not_exists(delivered)',
        ExpressionAttributeValues: { ':due': nextAlert, ':at': at },
      }),
    );

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
        if (ofRecord === 'ConditionalCheckFailed' && ofRow === 'None') await update(new UpdateCommand(moveRow(row, next)));
        return false;
      }
    },

    published: (row, at) => settle(row, 'SET publishedAt = :at REMOVE alertShard, nextAlert', at),
    withdraw: (row, at) => settle(row, 'SET withdrawnAt = :at REMOVE workOffice, workDue, alertShard, nextAlert', at),

    async holderOf(voucherId) {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: voucherKey(voucherId), ConsistentRead: true }));
      return Holder.parse(Item);
    },
  };
}

function unchangedSince(row: AlertingRow): { condition: string; values: Record<string, string> } {
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
