import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { adviceUpdates } from '../../functions/cases/awaited-money.ts';
import { caseKey, handMoneyKey } from '../../functions/cases/keys.ts';
import { personItems } from '../../functions/cases/person-items.ts';
import type { TransferCase } from '../../schemas/cases.ts';

type Items = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Rows that a case has beside its own since this release, made from its state as if it were written today. Pure. */

/**
 * Where a line of a bank statement, or money confirmed by hand, looks for the case (B12); empty at transferOut and before the advice. A case that
 * awaits nothing only joins the set: another one under the same reference may be awaiting, and stays shown by its amount.
 */
export function referenceItems(table: string, state: TransferCase): Items {
  const updates = adviceUpdates(table, undefined, state).map((update) =>
    ':queue' in update.ExpressionAttributeValues ? update : { ...update, UpdateExpression: 'ADD cases :cases' },
  );
  return [...updates, ...handMoney(table, state)].map((Update) => ({ Update }));
}

/** Money confirmed by hand has its reference, unless some case has it already: that one keeps it. */
function handMoney(table: string, state: TransferCase) {
  if (state.side !== 'transferIn' || !state.money || state.moneyFrom?.bankLine !== undefined) return [];
  return [
    {
      TableName: table,
      Key: handMoneyKey(state.region, state.money.bankReference),
      UpdateExpression: 'SET caseNumber = if_not_exists(caseNumber, :case)',
      ExpressionAttributeValues: { ':case': state.caseNumber },
    },
  ];
}

/** The case is still what these rows were made from. */
export const unchanged = (table: string, { region, caseNumber, version }: TransferCase): Items[number] => ({
  ConditionCheck: {
    TableName: table,
    Key: caseKey(region, caseNumber),
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  },
});

/** Where the person's record looks for the case (B14). The count of a card number is left alone: it was written with the case that counts. */
export const personRows = (table: string, state: TransferCase) =>
  personItems(table, undefined, state).flatMap((item) => ('Put' in item ? [item.Put] : []));
