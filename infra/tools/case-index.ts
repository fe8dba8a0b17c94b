import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateScan, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { caseKey } from '../../functions/cases/keys.ts';
import { type Pause, shortPause } from '../../functions/platform/pause.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { CaseRow } from '../../schemas/rows.ts';
import { personRows, referenceItems, unchanged } from './index-items.ts';

/** Cases read; those found by a bank reference now; rows of the person index that were added; cases of which something could not be written. */
export type Counts = { cases: number; references: number; persons: number; failed: number };

type Options = {
  /** Told of each case that failed, by the key of its row, which holds no personal data. */
  onFailure: (partition: string, error: unknown) => void;
  /** Rows that a request looks at; as many as fit into 1 MB unless a test says so. */
  pageSize?: number;
  pause?: Pause;
};

/** Parts of the table that are read at the same time, each a case after another: little beside what the offices themselves ask for. */
const SEGMENTS = 8;
const TRIES = 8;

/**
 * Adds to every stored case the rows by which bank lines (B12) and the person's record (B14) find it. It only adds, so that it may run beside the
 * offices' work, be broken off and be run again from the start. A case that fails does not stop the others. Throws when the table cannot be read.
 */
export async function indexCases(
  client: DynamoDBDocumentClient,
  table: string,
  { onFailure, pageSize, pause = shortPause }: Options,
): Promise<Counts> {
  const counts: Counts = { cases: 0, references: 0, persons: 0, failed: 0 };

  async function readAgain({ region, caseNumber }: TransferCase): Promise<TransferCase> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: caseKey(region, caseNumber), ConsistentRead: true }));
    return CaseRow.parse(Item).state;
  }

  /** The case must be the one that was read, or money confirmed at this moment would be shown as awaited for good. */
  async function addReferences(read: TransferCase): Promise<boolean> {
    let state = read;
    for (let tries = 1; ; tries += 1) {
      const items = referenceItems(table, state);
      if (items.length === 0) return false;
      try {
        await client.send(new TransactWriteCommand({ TransactItems: [unchanged(table, state), ...items] }));
        return true;
      } catch (error) {
        // Whatever cancelled it (a clerk was quicker, another transaction, a throttle) may be over at the next try.
        if (!(error instanceof TransactionCanceledException) || tries === TRIES) throw error;
      }
      await pause(tries);
      state = await readAgain(state);
    }
  }

  /** @returns how many were not there */
  async function addPersons(state: TransferCase): Promise<number> {
    let added = 0;
    for (const row of personRows(table, state)) {
      try {
        await client.send(new PutCommand(row));
        added += 1;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
    return added;
  }

  async function index(row: Record<string, unknown>): Promise<void> {
    counts.cases += 1;
    try {
      const { state } = CaseRow.parse(row);
      // Not in one expression: a sum begun before the wait would lose what other segments add meanwhile.
      const added = await addPersons(state);
      counts.persons += added;
      if (await addReferences(state)) counts.references += 1;
    } catch (error) {
      counts.failed += 1;
      onFailure(String(row.PK), error);
    }
  }

  async function indexSegment(segment: number): Promise<void> {
    const pages = paginateScan(
      { client, ...(pageSize !== undefined && { pageSize }) },
      {
        TableName: table,
        FilterExpression: 'SK = :case',
        ExpressionAttributeValues: { ':case': 'CASE' },
        ConsistentRead: true,
        TotalSegments: SEGMENTS,
        Segment: segment,
      },
    );
    for await (const page of pages) {
      for (const row of page.Items ?? []) await index(row);
    }
  }

  await Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => indexSegment(segment)));
  return counts;
}
