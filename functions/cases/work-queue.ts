import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchReader } from '../platform/batch-read.ts';
import type { Pause } from '../platform/pause.ts';

const IndexedKey = z.object({ PK: z.string(), SK: z.string() });
const Queued = z.looseObject({ workOffice: z.string().optional(), workDue: z.string().optional() });

/** `until`: last `workDue` that is asked for; everything without it. */
export type QueuePage = { limit: number; after?: Record<string, unknown> | undefined; until?: string };

/**
 * Reads the queues of the index `workList` (of cases, notices, bank lines, money awaited): the rows of a page, earliest due first, and where the next
 * one begins. The index lags, so the rows are read again and those that have left the queue since are left out.
 */
export function workQueues(client: DynamoDBDocumentClient, table: string, pause: Pause) {
  const readRows = batchReader(client, table, pause);
  return async (queue: string, { limit, after, until }: QueuePage) => {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'workList',
        KeyConditionExpression: until === undefined ? 'workOffice = :queue' : 'workOffice = :queue AND workDue <= :until',
        ExpressionAttributeValues: { ':queue': queue, ...(until !== undefined && { ':until': until }) },
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    const rows = await readRows((page.Items ?? []).map((item) => IndexedKey.parse(item)));
    const dueOf = (row: unknown): string => Queued.parse(row).workDue ?? '';
    const there = rows.filter((row) => Queued.parse(row).workOffice === queue);
    return { rows: there.sort((a, b) => dueOf(a).localeCompare(dueOf(b))), next: page.LastEvaluatedKey };
  };
}
