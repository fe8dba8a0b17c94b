import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { ParkedRow } from '../../schemas/rows.ts';
import { parkedKey } from '../cases/keys.ts';

/** The messages of one sender to one region in one case: they are handled in the order of their sequence. */
export type Lane = { region: RegionCode; caseNumber: CaseNumber; sender: RegionCode };

export type ParkingStore = {
  /** Keeps a message for later. `conflict`: another message with the same sequence waits already. */
  park(row: ParkedRow): Promise<'parked' | 'parked-before' | 'conflict'>;
  /** The waiting message with the lowest sequence. */
  firstParked(lane: Lane): Promise<ParkedRow | undefined>;
  /** Takes out a message that turned out to be handled. */
  unpark(row: ParkedRow): Promise<void>;
};

const LAST_SEQUENCE = 999_999;

export function createParkingStore(client: DynamoDBDocumentClient, table: string): ParkingStore {
  return {
    async park(row) {
      try {
        await client.send(new PutCommand({ TableName: table, Item: row, ConditionExpression: 'attribute_not_exists(PK)' }));
        return 'parked';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: { PK: row.PK, SK: row.SK }, ConsistentRead: true }));
      // Gone in between: it was handled by somebody else. The queue brings this copy again.
      if (!Item) throw new Error('parked row vanished while it was compared');
      return ParkedRow.parse(Item).messageId === row.messageId ? 'parked-before' : 'conflict';
    },

    async firstParked({ region, caseNumber, sender }) {
      const first = parkedKey(region, caseNumber, sender, 1);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :partition AND SK BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':partition': first.PK,
            ':first': first.SK,
            ':last': parkedKey(region, caseNumber, sender, LAST_SEQUENCE).SK,
          },
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      return Items[0] && ParkedRow.parse(Items[0]);
    },

    async unpark({ PK, SK, messageId }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: table,
            Key: { PK, SK },
            ConditionExpression: 'messageId = :id',
            ExpressionAttributeValues: { ':id': messageId },
          }),
        );
      } catch (error) {
        // Taken out by somebody else.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
