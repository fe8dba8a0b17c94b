import type { TransferCase } from '../../schemas/cases.ts';
import { CardNumber, type PersonHash, type PersonNumber, type RegionCode } from '../../schemas/primitives.ts';
import { identityKey, type Key, personCaseKey } from './keys.ts';

type PersonItem =
  | { Put: { TableName: string; Item: Record<string, unknown>; ConditionExpression: string } }
  | {
      Update: {
        TableName: string;
        Key: Key;
        UpdateExpression: string;
        ConditionExpression: string;
        ExpressionAttributeValues: Record<string, number>;
      };
    };

/** What a case that begins writes so that it is found by its person's hash. Copies of the first version of the procedure have none. */
export function personItems(table: string, before: TransferCase | undefined, after: TransferCase): PersonItem[] {
  const { region, personHash, caseNumber, side, person } = after;
  if (before || !personHash) return [];
  const found: PersonItem = {
    Put: {
      TableName: table,
      Item: { ...personCaseKey(region, personHash, caseNumber), caseNumber, region, side },
      ConditionExpression: 'attribute_not_exists(PK)',
    },
  };
  return [found, ...cardItems(table, region, person.idNumber, personHash)];
}

/** What a case or an application that begins under a person's number writes beside it: something for a card number only. */
export const cardItems = (table: string, region: RegionCode, number: PersonNumber, personHash: PersonHash): PersonItem[] =>
  CardNumber.safeParse(number).success ? [cardCounted(table, identityKey(region, personHash))] : [];

/**
 * Counts the cases and applications that a card number begins, so that a merge at the same instant overlooks none, and fails where the number was
 * merged since it was looked up: read again, it leads to the person (A10, B22). A card number that leads to a person already counts under the
 * person's hash, where nobody looks.
 */
const cardCounted = (table: string, card: Key): PersonItem => ({
  Update: {
    TableName: table,
    Key: card,
    UpdateExpression: 'ADD cases :one',
    ConditionExpression: 'attribute_not_exists(personHash)',
    ExpressionAttributeValues: { ':one': 1 },
  },
});
