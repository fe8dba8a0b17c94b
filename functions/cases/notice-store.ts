import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { NoticeRow } from '../../schemas/notices.ts';
import type { CalendarDate, OfficeCode } from '../../schemas/primitives.ts';
import { batchReader } from '../platform/batch-read.ts';
import { type Pause, shortPause } from '../platform/pause.ts';
import { noticeQueue } from './keys.ts';
import type { WorkCursor } from './work-cursor.ts';

export type NoticeStore = ReturnType<typeof createNoticeStore>;

/** Notices that offices have still to give; they are written and taken out of the queue by the transactions of their cases and vouchers. */
export function createNoticeStore(client: DynamoDBDocumentClient, table: string, pause: Pause = shortPause) {
  const readAll = batchReader(client, table, pause);

  return {
    /** Notices of an office that are due by `today`, oldest first, a page at a time; the rows themselves are read again, since the index lags. */
    async due(office: OfficeCode, today: CalendarDate, limit: number, after: WorkCursor | undefined) {
      const queue = noticeQueue(office);
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: 'workList',
          // `workDue` is the day, then whose notice it is after a `#`; `~` comes after every sign that can stand there.
          KeyConditionExpression: 'workOffice = :queue AND workDue <= :until',
          ExpressionAttributeValues: { ':queue': queue, ':until': `${today}#~` },
          Limit: limit,
          ExclusiveStartKey: after,
        }),
      );
      const rows = await readAll((page.Items ?? []).map((item) => ({ PK: String(item.PK), SK: String(item.SK) })));
      const notices = rows.map((row) => NoticeRow.parse(row)).filter(({ workOffice }) => workOffice === queue);
      return { notices: notices.sort((a, b) => (a.workDue ?? '').localeCompare(b.workDue ?? '')), next: page.LastEvaluatedKey };
    },
  };
}
