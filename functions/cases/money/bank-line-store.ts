import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand, paginateQuery, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { TransferCase } from '../../../schemas/cases.ts';
import { AdviceRow, type BankLineId, BankLineRow, type BankReference, HandMoneyRow } from '../../../schemas/money.ts';
import type { CaseNumber, Fen, RegionCode } from '../../../schemas/primitives.ts';
import { CaseRow } from '../../../schemas/rows.ts';
import { batchReader } from '../../platform/batch-read.ts';
import { type Pause, shortPause } from '../../platform/pause.ts';
import { lineTaken } from '../bank-line-items.ts';
import { adviceKey, awaitedQueue, bankLineQueue, caseKey, handMoneyKey, LINE_PREFIX } from '../keys.ts';
import { workQueues } from '../work-queue.ts';
import { keyOfLine } from './bank-line.ts';

export type BankLineStore = ReturnType<typeof createBankLineStore>;

const NEW = 'attribute_not_exists(PK)';
/** Most items of one transaction. */
const MOST_ITEMS = 100;
const TRIES = 5;

export type Settled = 'settled' | 'line-taken' | 'other-line' | 'gone';

/** Lines of bank statements, and which cases are named by a reference. Reads of rows are consistent; the queues are an index, which lags. */
export function createBankLineStore(client: DynamoDBDocumentClient, table: string, pause: Pause = shortPause) {
  const readRows = batchReader(client, table, pause);
  const pageOf = workQueues(client, table, pause);

  /** Adds rows in one transaction; undefined when somebody else was writing one of them just then. @returns the rows that were there */
  async function addUpTo100(rows: readonly BankLineRow[]): Promise<BankLineRow[] | undefined> {
    const TransactItems = rows.map((Item) => ({
      Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const },
    }));
    try {
      await client.send(new TransactWriteCommand({ TransactItems }));
      return [];
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const there = (error.CancellationReasons ?? []).flatMap(({ Code, Item }) =>
        Code === 'ConditionalCheckFailed' && Item ? [BankLineRow.parse(unmarshall(Item))] : [],
      );
      if (there.length > 0) return there;
      if (error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict')) return undefined;
      throw error;
    }
  }

  return {
    /** Lines by their ids; one that was never handed in is left out. */
    async lines(region: RegionCode, ids: readonly BankLineId[]): Promise<Map<BankLineId, BankLineRow>> {
      const rows = await readRows(ids.flatMap((id) => keyOfLine(region, id) ?? []));
      return new Map(rows.map((row) => BankLineRow.parse(row)).map((row) => [row.lineId, row]));
    },

    /** Cases by the reference that their advice, or the money that was confirmed, names. */
    async casesNaming(region: RegionCode, references: readonly BankReference[]): Promise<Map<BankReference, CaseNumber[]>> {
      const keys = new Map(references.map((reference) => [adviceKey(region, reference).PK, reference]));
      const rows = await readRows([...keys.values()].map((reference) => adviceKey(region, reference)));
      return new Map(
        rows
          .map((row) => AdviceRow.parse(row))
          .flatMap(({ PK, cases }): [BankReference, CaseNumber[]][] => {
            const reference = keys.get(PK);
            return reference === undefined ? [] : [[reference, [...(cases ?? [])]]];
          }),
      );
    },

    /** Copies of cases by their numbers. */
    async cases(region: RegionCode, numbers: readonly CaseNumber[]): Promise<Map<CaseNumber, TransferCase>> {
      const rows = await readRows([...new Set(numbers)].map((number) => caseKey(region, number)));
      return new Map(rows.map((row) => CaseRow.parse(row).state).map((state) => [state.caseNumber, state]));
    },

    /** Everything under one reference. */
    async underReference(region: RegionCode, reference: BankReference): Promise<{ cases: CaseNumber[]; lines: BankLineRow[] }> {
      const cases: CaseNumber[] = [];
      const lines: BankLineRow[] = [];
      const advice = adviceKey(region, reference);
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'PK = :pk',
          ExpressionAttributeValues: { ':pk': advice.PK },
          ConsistentRead: true,
        },
      );
      for await (const page of pages) {
        for (const item of page.Items ?? []) {
          if (String(item.SK).startsWith(LINE_PREFIX)) lines.push(BankLineRow.parse(item));
          else if (item.SK === advice.SK) cases.push(...(AdviceRow.parse(item).cases ?? []));
        }
      }
      return { cases, lines };
    },

    /** Adds lines, each only if it is not there. @returns those that were there already, as they are, by id */
    async add(rows: readonly BankLineRow[]): Promise<Map<BankLineId, BankLineRow>> {
      const found = new Map<BankLineId, BankLineRow>();
      for (let at = 0; at < rows.length; at += MOST_ITEMS) {
        let left = rows.slice(at, at + MOST_ITEMS);
        for (let n = 1; left.length > 0; n += 1) {
          const there = await addUpTo100(left);
          if (there?.length === 0) break;
          if (there === undefined && n === TRIES) throw new Error('lines are being written at the same time');
          if (there === undefined) await pause(n);
          for (const row of there ?? []) found.set(row.lineId, row);
          // One that is there cancels the others' writing as well.
          left = left.filter(({ lineId }) => !found.has(lineId));
        }
      }
      return found;
    },

    /** Writes the next version of a line; false when somebody else did so first. */
    async replace(row: BankLineRow): Promise<boolean> {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: row,
            ConditionExpression: '#version = :previous',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':previous': row.version - 1 },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },

    /**
     * Says of money that a case has by hand that it is this line: once, while the case has it. `isLegacy`: an earlier release confirmed it and left
     * no row. @returns `settled`; `line-taken` when somebody else changed the line; `other-line` when another one is this money already; `gone` when
     * the case has it no longer: read again
     */
    async settle(row: BankLineRow & { caseNumber: CaseNumber }, isLegacy: boolean): Promise<Settled> {
      const mine = 'caseNumber = :case AND attribute_not_exists(lineId)';
      const hand = {
        TableName: table,
        Key: handMoneyKey(row.region, row.line.bankReference),
        UpdateExpression: 'SET caseNumber = :case, lineId = :line',
        ConditionExpression: isLegacy ? `${NEW} OR (${mine})` : mine,
        ExpressionAttributeValues: { ':case': row.caseNumber, ':line': row.lineId },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      };
      try {
        await client.send(new TransactWriteCommand({ TransactItems: [{ Put: lineTaken(table, row) }, { Update: hand }] }));
        return 'settled';
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [ofLine, ofHand] = error.CancellationReasons ?? [];
        if (ofLine?.Code === 'ConditionalCheckFailed') return 'line-taken';
        if (ofHand?.Code === 'ConditionalCheckFailed') {
          const old = ofHand.Item && HandMoneyRow.parse(unmarshall(ofHand.Item));
          return old?.caseNumber === row.caseNumber ? 'other-line' : 'gone';
        }
        if (error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict')) return 'gone';
        throw error;
      }
    },

    /** Lines of a region that wait, the oldest money first, a page at a time. */
    async queue(region: RegionCode, limit: number, after: Record<string, unknown> | undefined) {
      const { rows, next } = await pageOf(bankLineQueue(region), { limit, after });
      return { rows: rows.map((row) => BankLineRow.parse(row)), next };
    },

    /** Cases that await one of these amounts, at most `limit` of each, those remitted longest ago first. */
    async casesAwaiting(region: RegionCode, amounts: readonly Fen[], limit: number): Promise<CaseNumber[]> {
      const pages = await Promise.all([...new Set(amounts)].map((amount) => pageOf(awaitedQueue(region, amount), { limit })));
      return pages.flatMap(({ rows }) => rows).flatMap((row) => [...(AdviceRow.parse(row).cases ?? [])]);
    },
  };
}
