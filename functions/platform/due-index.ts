import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Instant } from '../../schemas/primitives.ts';

/** The sparse indexes that sweeps read: a shard, and in it the time from which a row is due. */
const INDEXES = {
  pending: { shard: 'pendingShard', time: 'nextAttempt' },
  nextAlert: { shard: 'alertShard', time: 'nextAlert' },
} as const;

/** Small enough that a run begins to act at once, whatever has piled up. */
const PAGE = 100;

/** What an index projects; it has more keys than these two. */
const IndexedKey = z.object({ PK: z.string(), SK: z.string() });

/** Pages of keys of the rows of a shard that are due at `now`, most overdue first. An index lags: read the row before acting. */
export async function* dueKeys(client: DynamoDBDocumentClient, table: string, index: keyof typeof INDEXES, shard: string, now: Instant) {
  const names = INDEXES[index];
  const pages = paginateQuery(
    { client, pageSize: PAGE },
    {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#shard = :shard AND #time <= :now',
      ExpressionAttributeNames: { '#shard': names.shard, '#time': names.time },
      ExpressionAttributeValues: { ':shard': shard, ':now': now },
    },
  );
  for await (const page of pages) yield (page.Items ?? []).map((item) => IndexedKey.parse(item));
}
