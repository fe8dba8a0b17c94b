import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ApplicationKeyRow, ApplicationRow } from '../../schemas/applications.ts';
import type { ApplicationNumber, IdempotencyKey, OfficeCode, PersonNumber, RegionCode, Sha256 } from '../../schemas/primitives.ts';
import { applicationKey, idempotencyKey, personApplicationKey } from './keys.ts';
import { cardItems } from './person-items.ts';

export type ApplicationStore = ReturnType<typeof createApplicationStore>;
export type ApplicationKey = { office: OfficeCode; key: IdempotencyKey; bodyHash: Sha256 };

const NEW = 'attribute_not_exists(PK)';

/** Applications for several former regions; their children are entered and decided by the transactions of the cases. */
export function createApplicationStore(client: DynamoDBDocumentClient, table: string) {
  return {
    async read(region: RegionCode, application: ApplicationNumber): Promise<ApplicationRow | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: applicationKey(region, application), ConsistentRead: true }),
      );
      return ApplicationRow.optional().parse(Item);
    },

    /**
     * Writes the application with its idempotency key, and where the person is found by it. False when that key was used before; undefined when
     * it is being used right now, or the card number was merged since it was looked up: look it up again (B22).
     */
    async create(row: ApplicationRow, number: PersonNumber, { office, key, bodyHash }: ApplicationKey): Promise<boolean | undefined> {
      const { region, personHash, applicationNumber } = row;
      const answered = { ...idempotencyKey(region, office, key), bodyHash, applicationNumber };
      const ofPerson = { ...personApplicationKey(region, personHash, applicationNumber), applicationNumber };
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: table, Item: row, ConditionExpression: NEW } },
              { Put: { TableName: table, Item: answered, ConditionExpression: NEW } },
              { Put: { TableName: table, Item: ofPerson, ConditionExpression: NEW } },
              ...cardItems(table, region, number, personHash),
            ],
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const reasons = error.CancellationReasons ?? [];
        if (reasons[1]?.Code === 'ConditionalCheckFailed') return false;
        if (reasons[3]?.Code === 'ConditionalCheckFailed' || reasons.some(({ Code }) => Code === 'TransactionConflict')) return undefined;
        throw error;
      }
    },

    /** What the key was used for; undefined where it was used for something else than an application. */
    async readKey(region: RegionCode, office: OfficeCode, key: IdempotencyKey) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: idempotencyKey(region, office, key), ConsistentRead: true }),
      );
      return ApplicationKeyRow.safeParse(Item).data;
    },
  };
}
