import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { BankLineRow, HandMoneyRow } from '../../schemas/money.ts';
import { handMoneyKey, type Key } from './keys.ts';
import { reopenedLine } from './money/bank-line.ts';

/**
 * What stands beside money that is rejected, as it was read: its line, or the row of money confirmed by hand. `absent`: where such a row would be
 * for money that an earlier release confirmed.
 */
export type MoneyRows = { hand?: HandMoneyRow | undefined; line?: BankLineRow | undefined; absent?: Key | undefined };

type HandPut = {
  Put: { TableName: string; Item: HandMoneyRow; ConditionExpression: string; ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
};
type Condition = {
  TableName: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, string | number>;
};
type FreedItem =
  | { Put: Condition & { Item: BankLineRow } }
  | { Delete: Condition & { Key: Key } }
  | { ConditionCheck: Condition & { Key: Key } };

const NEW = 'attribute_not_exists(PK)';

/** Money confirmed by hand takes its reference: one transfer is the money of one case, whoever types it a second time (B12). */
export function handMoneyItems(
  table: string,
  { after, entry, bankLine }: { after: TransferCase; entry: TimelineEntry; bankLine?: BankLineRow | undefined },
): HandPut[] {
  if (bankLine) return [];
  return entry.events.flatMap((event): HandPut[] => {
    if (event.type !== 'money-received') return [];
    const Item = { ...handMoneyKey(after.region, event.money.bankReference), caseNumber: after.caseNumber };
    return [{ Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }];
  });
}

/**
 * Rejected money gives back what it had: its line waits for a person again, its reference is free. Each row as it was read, since a line may be
 * found to be this money at the same time. Money that an earlier release confirmed has no row unless such a line came since.
 */
export function freedItems(table: string, { after, freed }: { after: TransferCase; freed?: MoneyRows | undefined }): FreedItem[] {
  if (!freed) return [];
  const { caseNumber } = after;
  const { hand, line, absent } = freed;
  const items: FreedItem[] = line
    ? [
        {
          Put: {
            TableName: table,
            Item: reopenedLine(line),
            ConditionExpression: '#version = :previous AND caseNumber = :case',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':previous': line.version, ':case': caseNumber },
          },
        },
      ]
    : [];
  if (absent) items.push({ ConditionCheck: { TableName: table, Key: absent, ConditionExpression: NEW } });
  if (!hand) return items;
  const { PK, SK, lineId } = hand;
  items.push({
    Delete: {
      TableName: table,
      Key: { PK, SK },
      ConditionExpression: `caseNumber = :case AND ${lineId ? 'lineId = :line' : 'attribute_not_exists(lineId)'}`,
      ExpressionAttributeValues: { ':case': caseNumber, ...(lineId && { ':line': lineId }) },
    },
  });
  return items;
}
