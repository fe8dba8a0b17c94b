import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { CalendarDate, CaseNumber, IdempotencyKey, MessageId, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { CaseRow, IdempotencyRow, MessageRow, ParkedRow, TimelineRow } from '../../schemas/rows.ts';
import { type Change, type CommitResult, failureOf, writeItems } from './change.ts';
import { caseKey, casePartition, counterKey, idempotencyKey, type Key, messageKey, parkedKey, TIMELINE_PREFIX } from './keys.ts';

export type CaseStore = ReturnType<typeof createCaseStore>;

export function createCaseStore(client: DynamoDBDocumentClient, table: string) {
  const get = async (key: Key) => (await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;

  /** Two rows in one request, both consistent. */
  async function getPair(keys: readonly [Key, Key]): Promise<Record<string, unknown>[]> {
    const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: [...keys], ConsistentRead: true } } }));
    if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) throw new Error('DynamoDB left keys unread');
    return answer.Responses?.[table] ?? [];
  }
  const bySortKey = (rows: Record<string, unknown>[], key: Key) => rows.find((row) => row.SK === key.SK);

  return {
    async readCase(region: RegionCode, caseNumber: CaseNumber): Promise<TransferCase | undefined> {
      const row = await get(caseKey(region, caseNumber));
      return row && CaseRow.parse(row).state;
    },

    /** The case and, if it waits already, the message after the one that has arrived. */
    async readForMessage(region: RegionCode, caseNumber: CaseNumber, sender: RegionCode, sequence: number) {
      const keys = [caseKey(region, caseNumber), parkedKey(region, caseNumber, sender, sequence + 1)] as const;
      const rows = await getPair(keys);
      return { state: stateIn(bySortKey(rows, keys[0])), next: ParkedRow.optional().parse(bySortKey(rows, keys[1])) };
    },

    async readForReceipt(region: RegionCode, caseNumber: CaseNumber, messageId: MessageId) {
      const keys = [caseKey(region, caseNumber), messageKey(region, caseNumber, messageId)] as const;
      const rows = await getPair(keys);
      return { state: stateIn(bySortKey(rows, keys[0])), message: MessageRow.optional().parse(bySortKey(rows, keys[1])) };
    },

    async readMessage(region: RegionCode, caseNumber: CaseNumber, messageId: MessageId): Promise<MessageRow | undefined> {
      return MessageRow.optional().parse(await get(messageKey(region, caseNumber, messageId)));
    },

    /** Marks a receipt that moves no clock; false when one of its kind was recorded before (the first wins). */
    async markOpened(region: RegionCode, caseNumber: CaseNumber, messageId: MessageId, at: string): Promise<boolean> {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: messageKey(region, caseNumber, messageId),
            UpdateExpression: 'SET openedAt = :at',
            ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(openedAt)',
            ExpressionAttributeValues: { ':at': at },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },

    async readIdempotency(region: RegionCode, office: OfficeCode, key: IdempotencyKey) {
      return IdempotencyRow.optional().parse(await get(idempotencyKey(region, office, key)));
    },

    /** Next number of a region or office on a day, from 1. A number that is then not used leaves a gap, never a duplicate. */
    async nextSequence(region: RegionCode, scope: RegionCode | OfficeCode, date: CalendarDate): Promise<number> {
      const answer = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: counterKey(region, scope, date),
          UpdateExpression: 'ADD lastNumber :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return z.object({ lastNumber: z.int().max(999_999) }).parse(answer.Attributes).lastNumber;
    },

    /** Writes a change in one transaction. Throws only on faults; a condition that does not hold is a result. */
    async commit(change: Change): Promise<CommitResult> {
      const items = writeItems(table, change);
      try {
        await client.send(new TransactWriteCommand({ TransactItems: items.map(({ role: _, ...item }) => item) }));
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        return failureOf(items, error);
      }
    },

    async timeline(region: RegionCode, caseNumber: CaseNumber): Promise<TimelineEntry[]> {
      const entries: TimelineEntry[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
            ExpressionAttributeValues: { ':pk': casePartition(region, caseNumber), ':prefix': TIMELINE_PREFIX },
            ConsistentRead: true,
            ExclusiveStartKey: start,
          }),
        );
        entries.push(...(page.Items ?? []).map((item) => TimelineRow.parse(item).entry));
        start = page.LastEvaluatedKey;
      } while (start);
      return entries;
    },

    /** Open cases of an office, earliest due first, a page at a time; the rows themselves are read again, since the index lags. */
    async workList(office: OfficeCode, limit: number, after: Record<string, unknown> | undefined) {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'workList',
          KeyConditionExpression: 'workOffice = :office',
          ExpressionAttributeValues: { ':office': office },
          Limit: limit,
          ExclusiveStartKey: after,
        }),
      );
      const keys = (page.Items ?? []).map((item) => ({ PK: item.PK, SK: item.SK }));
      if (keys.length === 0) return { cases: [], next: page.LastEvaluatedKey };
      const answer = await client.send(new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }));
      if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0) throw new Error('DynamoDB left keys unread');
      const cases = (answer.Responses?.[table] ?? []).map((row) => CaseRow.parse(row)).filter((row) => row.workOffice === office);
      return {
        cases: cases.sort((a, b) => (a.workDue ?? '').localeCompare(b.workDue ?? '')).map((row) => row.state),
        next: page.LastEvaluatedKey,
      };
    },
  };
}

const stateIn = (row: unknown): TransferCase | undefined => (row === undefined ? undefined : CaseRow.parse(row).state);
