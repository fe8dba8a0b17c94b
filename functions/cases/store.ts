import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { TransferCase } from '../../schemas/cases.ts';
import { type BankLineId, BankLineRow, HandMoneyRow } from '../../schemas/money.ts';
import type {
  CalendarDate,
  CaseNumber,
  IdempotencyKey,
  Instant,
  MessageId,
  OfficeCode,
  RegionCode,
  Sha256,
} from '../../schemas/primitives.ts';
import { CaseRow, IdempotencyRow, MessageRow, ParkedRow, QuarantinePointer } from '../../schemas/rows.ts';
import { batchReader } from '../platform/batch-read.ts';
import { type Pause, shortPause } from '../platform/pause.ts';
import { type Change, type CommitResult, DELIVERED, failureOf, type WriteItem, writeItems } from './change.ts';
import type { MoneyRows } from './hand-money-items.ts';
import {
  caseKey,
  casePartition,
  counterKey,
  handMoneyKey,
  idempotencyKey,
  type Key,
  messageKey,
  parkedKey,
  quarantinePartition,
  quarantinePointerKey,
  TIMELINE_PREFIX,
} from './keys.ts';
import { keyOfLine } from './money/bank-line.ts';
import { workQueues } from './work-queue.ts';

export type CaseStore = ReturnType<typeof createCaseStore>;

export function createCaseStore(client: DynamoDBDocumentClient, table: string, pause: Pause = shortPause) {
  const get = async (key: Key) => (await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }))).Item;
  const getFew = batchReader(client, table, pause);
  const pageOf = workQueues(client, table, pause);

  async function markOnce(Key: Key, attribute: string, UpdateExpression: string, at: Instant): Promise<boolean> {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression,
          ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(#mark)',
          ExpressionAttributeNames: { '#mark': attribute },
          ExpressionAttributeValues: { ':at': at },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  async function write(items: readonly WriteItem[]): Promise<CommitResult> {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: items.map(({ role: _, ...item }) => item) }));
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      return failureOf(items, error);
    }
  }
  const bySortKey = (rows: Record<string, unknown>[], key: Key) => rows.find((row) => row.SK === key.SK);

  return {
    async readCase(region: RegionCode, caseNumber: CaseNumber): Promise<TransferCase | undefined> {
      const row = await get(caseKey(region, caseNumber));
      return row && CaseRow.parse(row).state;
    },

    /** The case, what waits with the sequence of the message that has arrived and with the one after it, and its earlier copy in quarantine. */
    async readForMessage(region: RegionCode, caseNumber: CaseNumber, sender: RegionCode, sequence: number, bodyHash: Sha256) {
      const waiting = (n: number) => parkedKey(region, caseNumber, sender, n);
      const keys = [caseKey(region, caseNumber), waiting(sequence), waiting(sequence + 1), quarantinePointerKey(region, bodyHash)] as const;
      const rows = await getFew(keys);
      return {
        state: stateIn(bySortKey(rows, keys[0])),
        own: ParkedRow.optional().parse(bySortKey(rows, keys[1])),
        next: ParkedRow.optional().parse(bySortKey(rows, keys[2])),
        quarantined: quarantinedIn(region, bySortKey(rows, keys[3])),
      };
    },

    async readForReceipt(region: RegionCode, caseNumber: CaseNumber, messageId: MessageId, bodyHash: Sha256) {
      const keys = [
        caseKey(region, caseNumber),
        messageKey(region, caseNumber, messageId),
        quarantinePointerKey(region, bodyHash),
      ] as const;
      const rows = await getFew(keys);
      return {
        state: stateIn(bySortKey(rows, keys[0])),
        message: MessageRow.optional().parse(bySortKey(rows, keys[1])),
        quarantined: quarantinedIn(region, bySortKey(rows, keys[2])),
      };
    },

    /** What stands beside the money that a case has: the line that it was matched with, or the row of money confirmed by hand and its line. */
    async moneyRows(state: TransferCase): Promise<MoneyRows> {
      if (state.side !== 'transferIn' || !state.money) return {};
      const { region, money, moneyFrom } = state;
      const readLine = async (id: BankLineId | undefined) => {
        const key = id && keyOfLine(region, id);
        return key && BankLineRow.optional().parse(await get(key));
      };
      if (moneyFrom?.bankLine) return { line: await readLine(moneyFrom.bankLine) };
      const key = handMoneyKey(region, money.bankReference);
      const hand = HandMoneyRow.optional().parse(await get(key));
      if (!hand) return { absent: key };
      // Another's: an earlier release confirmed this money for two.
      return hand.caseNumber === state.caseNumber ? { hand, line: await readLine(hand.lineId) } : {};
    },

    async readMessage(region: RegionCode, caseNumber: CaseNumber, messageId: MessageId): Promise<MessageRow | undefined> {
      return MessageRow.optional().parse(await get(messageKey(region, caseNumber, messageId)));
    },

    /** Marks a receipt that moves no clock; false when one of its kind was recorded before (the first wins). */
    markOpened: (region: RegionCode, caseNumber: CaseNumber, messageId: MessageId, at: Instant) =>
      markOnce(messageKey(region, caseNumber, messageId), 'openedAt', 'SET openedAt = :at', at),
    markDelivered: (region: RegionCode, caseNumber: CaseNumber, messageId: MessageId, at: Instant) =>
      markOnce(messageKey(region, caseNumber, messageId), 'deliveredAt', DELIVERED, at),

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
      const result = await write(writeItems(table, change));
      return result.kind === 'place-taken' ? write(writeItems(table, change, false)) : result;
    },

    /** Entries of a timeline in order, as they are stored: `readChain` says what they are worth. */
    async timeline(region: RegionCode, caseNumber: CaseNumber): Promise<unknown[]> {
      const entries: unknown[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':pk': casePartition(region, caseNumber), ':prefix': TIMELINE_PREFIX },
          ConsistentRead: true,
        },
      );
      for await (const page of pages) entries.push(...(page.Items ?? []).map((item): unknown => item.entry));
      return entries;
    },

    /** Open cases of an office, earliest due first, a page at a time. */
    async workList(office: OfficeCode, limit: number, after: Record<string, unknown> | undefined) {
      const { rows, next } = await pageOf(office, { limit, after });
      return { cases: rows.map((row) => CaseRow.parse(row).state), next };
    },
  };
}

/** When the body first came, and the key of its row in quarantine. */
function quarantinedIn(region: RegionCode, row: unknown): { receivedAt: Instant; key: Key } | undefined {
  if (row === undefined) return undefined;
  const { receivedAt, quarantinedAs } = QuarantinePointer.parse(row);
  return { receivedAt, key: { PK: quarantinePartition(region), SK: quarantinedAs } };
}

const stateIn = (row: unknown): TransferCase | undefined => (row === undefined ? undefined : CaseRow.parse(row).state);
