import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import { type By, HandledMessageRow, MessageRow } from '../../schemas/rows.ts';
import { shardOf } from '../platform/canonical.ts';
import { casePartition, MESSAGE_PREFIX } from './keys.ts';

export type Opening = { openedAt: Instant; openedBy: By; opened: string };

export type MessageStore = {
  /** Every message that a region sent or handled for a case, in no order of time. */
  ofCase(region: RegionCode, caseNumber: CaseNumber): Promise<MessageRow[]>;
  /** Marks a handled message as opened and has its receipts sent, unless it was opened before. @returns the row as it is then */
  open(row: HandledMessageRow, opening: Opening, now: Instant): Promise<HandledMessageRow>;
};

export function createMessageStore(client: DynamoDBDocumentClient, table: string): MessageStore {
  return {
    async ofCase(region, caseNumber) {
      const rows: MessageRow[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':pk': casePartition(region, caseNumber), ':prefix': MESSAGE_PREFIX },
          ConsistentRead: true,
        },
      );
      for await (const page of pages) rows.push(...(page.Items ?? []).map((item) => MessageRow.parse(item)));
      return rows;
    },

    async open({ PK, SK, caseNumber }, { openedAt, openedBy, opened }, now) {
      const key = { TableName: table, Key: { PK, SK } };
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            ...key,
            UpdateExpression:
              'SET openedAt = :at, openedBy = :by, opened = :receipt, ' +
              'pendingShard = :shard, pendingSince = if_not_exists(pendingSince, :now), nextAttempt = :now',
            ConditionExpression: 'direction = :handled AND attribute_not_exists(openedAt)',
            ExpressionAttributeValues: {
              ':at': openedAt,
              ':by': openedBy,
              ':receipt': opened,
              ':shard': shardOf(caseNumber),
              ':now': now,
              ':handled': 'handled',
            },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return HandledMessageRow.parse(Attributes);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const { Item } = await client.send(new GetCommand({ ...key, ConsistentRead: true }));
        return HandledMessageRow.parse(Item);
      }
    },
  };
}
