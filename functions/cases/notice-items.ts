import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { NoticeRow } from '../../schemas/notices.ts';
import type { Key } from './keys.ts';
import { noticeChanges } from './rows.ts';

type NoticeItem =
  | { Put: { TableName: string; Item: NoticeRow; ConditionExpression: string } }
  | {
      Update: {
        TableName: string;
        Key: Key;
        UpdateExpression: string;
        ConditionExpression: string;
        ExpressionAttributeValues: Record<string, NonNullable<NoticeRow['delivered']>>;
      };
    };

/** Proof takes a notice out of the queue, and out of the index if its event was not published. */
export const NOTICE_DELIVERED = 'SET delivered = :proof REMOVE workOffice, workDue, alertShard, nextAlert';

/** What an entry writes of notices (B15): each is created once, and its proof takes it out of the queue, and out of the index of what is due. */
export function noticeItems(table: string, after: TransferCase, { events, recordedAt, actor }: TimelineEntry): NoticeItem[] {
  const { created, delivered } = noticeChanges(after, events, recordedAt);
  const by = actor.kind === 'message' ? actor.region : actor.subject;
  return [
    ...created.map((Item): NoticeItem => ({ Put: { TableName: table, Item, ConditionExpression: 'attribute_not_exists(PK)' } })),
    ...delivered.map(
      ({ key, delivery }): NoticeItem => ({
        Update: {
          TableName: table,
          Key: key,
          UpdateExpression: NOTICE_DELIVERED,
          ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(delivered)',
          ExpressionAttributeValues: { ':proof': { ...delivery, at: recordedAt, by } },
        },
      }),
    ),
  ];
}
