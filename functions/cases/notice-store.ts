import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NoticeRow } from '../../schemas/notices.ts';
import type { CalendarDate, OfficeCode } from '../../schemas/primitives.ts';
import { type Pause, shortPause } from '../platform/pause.ts';
import { noticeQueue } from './keys.ts';
import type { WorkCursor } from './work-cursor.ts';
import { workQueues } from './work-queue.ts';

export type NoticeStore = ReturnType<typeof createNoticeStore>;

/** Notices that offices have still to give; they are written and taken out of the queue by the transactions of their cases and vouchers. */
export function createNoticeStore(client: DynamoDBDocumentClient, table: string, pause: Pause = shortPause) {
  const pageOf = workQueues(client, table, pause);

  return {
    /** Notices of an office that are due by `today`, oldest first, a page at a time. */
    async due(office: OfficeCode, today: CalendarDate, limit: number, after: WorkCursor | undefined) {
      // `workDue` is the day, then whose notice it is after a `#`; `~` comes after every sign that can stand there.
      const { rows, next } = await pageOf(noticeQueue(office), { limit, after, until: `${today}#~` });
      return { notices: rows.map((row) => NoticeRow.parse(row)), next };
    },
  };
}
