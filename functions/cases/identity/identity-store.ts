import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { PersonHash, RegionCode } from '../../../schemas/primitives.ts';
import { CardRow, type IdentityRow } from '../../../schemas/record.ts';
import { identityKey, personCardKey } from '../keys.ts';

export type IdentityStore = ReturnType<typeof createIdentityStore>;
/** A merge as it is written; `cases` is how many cases and applications the card number had begun when it was found that none of them is open. */
export type Merge = Omit<IdentityRow, 'PK' | 'SK'>;

/** Which person a card number belongs to (B22). Only hashes are kept. */
export function createIdentityStore(client: DynamoDBDocumentClient, table: string) {
  async function read(region: RegionCode, card: PersonHash): Promise<CardRow | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: identityKey(region, card), ConsistentRead: true }));
    return CardRow.optional().parse(Item);
  }

  return {
    read,

    /** The person that the card number was merged with. */
    personOf: async (region: RegionCode, card: PersonHash): Promise<PersonHash | undefined> => (await read(region, card))?.personHash,

    /**
     * Writes the merge together with the way back from the person to the card number. False when the number was merged, or began another case or
     * application, since it was read: read it again.
     */
    async merge(region: RegionCode, card: PersonHash, { personHash, matched, mergedAt, by, cases }: Merge): Promise<boolean> {
      const unchanged = cases === undefined ? 'attribute_not_exists(cases)' : 'cases = :cases';
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              {
                Update: {
                  TableName: table,
                  Key: identityKey(region, card),
                  UpdateExpression: 'SET personHash = :person, matched = :matched, mergedAt = :at, #by = :by',
                  ConditionExpression: `attribute_not_exists(personHash) AND ${unchanged}`,
                  ExpressionAttributeNames: { '#by': 'by' },
                  ExpressionAttributeValues: {
                    ':person': personHash,
                    ':matched': matched,
                    ':at': mergedAt,
                    ':by': by,
                    ...(cases !== undefined && { ':cases': cases }),
                  },
                },
              },
              {
                Put: {
                  TableName: table,
                  Item: { ...personCardKey(region, personHash, card), cardHash: card },
                  ConditionExpression: 'attribute_not_exists(PK)',
                },
              },
            ],
          }),
        );
        return true;
      } catch (error) {
        const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
        if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed' || Code === 'TransactionConflict')) return false;
        throw error;
      }
    },
  };
}
