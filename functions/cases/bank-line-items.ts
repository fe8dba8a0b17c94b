import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { BankLineRow } from '../../schemas/money.ts';
import { bankLineKey, type Key } from './keys.ts';

export type LinePut = {
  TableName: string;
  Item: BankLineRow;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, string | number>;
};
type LineItem = { Put: LinePut } | { ConditionCheck: { TableName: string; Key: Key; ConditionExpression: string } };

const NEW = 'attribute_not_exists(PK)';

/**
 * What a change writes, or looks at, among the lines of bank statements, so that no money is used twice (B12). Money confirmed by hand must not
 * stand there: its line would be free for another case, or for the way back to its payer.
 */
export function bankLineItems(
  table: string,
  { after, entry, bankLine }: { after: TransferCase; entry: TimelineEntry; bankLine?: BankLineRow | undefined },
): LineItem[] {
  if (bankLine) return [{ Put: lineTaken(table, bankLine) }];
  return entry.events.flatMap((event): LineItem[] => {
    if (event.type !== 'money-received') return [];
    return [{ ConditionCheck: { TableName: table, Key: bankLineKey(after.region, event.money), ConditionExpression: NEW } }];
  });
}

/** A line belongs to one case: taken when it is new, or in the version that was read, while nobody has it. */
export const lineTaken = (table: string, row: BankLineRow): LinePut => ({
  TableName: table,
  Item: row,
  ...(row.version === 1
    ? { ConditionExpression: NEW }
    : {
        ConditionExpression: '#version = :previous AND #status IN (:open, :proposed)',
        ExpressionAttributeNames: { '#version': 'version', '#status': 'status' },
        ExpressionAttributeValues: { ':previous': row.version - 1, ':open': 'open', ':proposed': 'return-proposed' },
      }),
});
