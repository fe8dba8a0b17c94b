import { type DynamoDBDocumentClient, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { voucherCounterKey } from '../../functions/cases/keys.ts';
import { HANGZHOU } from './documents.ts';
import type { Stores } from './vouchers.ts';

/** Everything that stands under region and year, read the slow way: numbers of vouchers, of void rows, and held on the counter. */
export async function ledgerOf(client: DynamoDBDocumentClient, table: string) {
  const ledger = { lastNumber: 0, issued: [] as number[], void: [] as number[], held: [] as number[] };
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': voucherCounterKey(HANGZHOU, '2026').PK },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (item.kind === 'voucher') ledger.issued.push(Number(item.voucher.number.match(/第 (\d{6}) 号/)?.[1]));
      if (item.kind === 'void-number' && item.SK.startsWith('V#')) ledger.void.push(Number(item.voucherId.slice(-6)));
      if (item.SK !== 'N') continue;
      ledger.lastNumber = item.lastNumber;
      ledger.held.push(...Object.entries(item).flatMap(([name, value]) => (name.startsWith('t:') ? [Number(value)] : [])));
    }
  }
  return ledger;
}
export const oneTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
export const inOrder = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

type Crash = 'before the voucher' | 'after the voucher' | 'after letting go';
/** Stores that crash where `next` says so, as a function that is ended between two calls, or whose answer is lost. */
export const crashing =
  (next: (at: Crash) => boolean) =>
  ({ numbers, vouchers }: Stores): Stores => {
    const crash = (at: Crash) => {
      if (next(at)) throw new Error(`crash ${at}`);
    };
    return {
      numbers: {
        ...numbers,
        letGo: async (...said) => {
          await numbers.letGo(...said);
          crash('after letting go');
        },
      },
      vouchers: {
        ...vouchers,
        create: async (...said) => {
          crash('before the voucher');
          const result = await vouchers.create(...said);
          crash('after the voucher');
          return result;
        },
      },
    };
  };
