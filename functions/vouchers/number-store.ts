import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, paginateQuery, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { Instant, type RegionCode, type VoucherId } from '../../schemas/primitives.ts';
import { VoidNumberRow } from '../../schemas/vouchers.ts';
import { VOID_NUMBER_PREFIX, voidNumberKey, voucherCounterKey, voucherKey } from '../cases/keys.ts';
import { LAST_NUMBER, voucherIdOf } from './number.ts';

/**
 * A number that was taken and of which it is not known yet what it became. The holder is the request: `<office>#<idempotency key>`.
 *
 * ```
 * take ──► held on the counter row ──► voucher stored, or number void ──► let go
 *            ▲ a crash here: the same request asks again and gets the same number
 * ```
 */
export type HeldNumber = { holder: string; number: number; takenAt: Instant };

export type Counter = { lastNumber: number; held: HeldNumber[] };

export type NumberStore = ReturnType<typeof createNumberStore>;

const CounterRow = z.object({ lastNumber: z.int().min(0) }).catchall(z.unknown());
const NUMBER = 't:';
const TIME = 'a:';

/** Numbers of the vouchers of a region and year, from 1. */
export function createNumberStore(client: DynamoDBDocumentClient, table: string) {
  const counterAt = (region: RegionCode, year: string) => ({ TableName: table, Key: voucherCounterKey(region, year) });

  return {
    /**
     * The number that the holder holds, else the next one, in one write, so that no crash can lose it. With it all that others hold.
     * Undefined when the numbers of the year are used up.
     */
    async take(region: RegionCode, year: string, holder: string, now: Instant): Promise<(Counter & { number: number }) | undefined> {
      const next = 'if_not_exists(lastNumber, :zero) + :one';
      const command = new UpdateCommand({
        ...counterAt(region, year),
        UpdateExpression: `SET #number = ${next}, lastNumber = ${next}, #time = :now`,
        ConditionExpression: 'attribute_not_exists(#number) AND (attribute_not_exists(lastNumber) OR lastNumber < :most)',
        ExpressionAttributeNames: { '#number': NUMBER + holder, '#time': TIME + holder },
        ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':now': now, ':most': LAST_NUMBER },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const counter = await client.send(command).then(
        ({ Attributes }) => counterIn(Attributes),
        (error: unknown) => {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
          return counterIn(error.Item && unmarshall(error.Item));
        },
      );
      const own = counter.held.find((held) => held.holder === holder);
      return own && { ...counter, number: own.number };
    },

    /** Lets a number go that has become a voucher or void; nothing where the holder holds another one by now. */
    async letGo(region: RegionCode, year: string, holder: string, number: number): Promise<void> {
      try {
        await client.send(
          new UpdateCommand({
            ...counterAt(region, year),
            UpdateExpression: 'REMOVE #number, #time',
            ConditionExpression: '#number = :number',
            ExpressionAttributeNames: { '#number': NUMBER + holder, '#time': TIME + holder },
            ExpressionAttributeValues: { ':number': number },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },

    /**
     * Makes a number void for good, in the place where its voucher would stand, so that it can never be both. False where it is a voucher or
     * void already; undefined when somebody else is writing it right now.
     */
    async makeVoid(voucherId: VoucherId, reason: string, voidedAt: Instant): Promise<boolean | undefined> {
      const row = { kind: 'void-number', voucherId, voidedAt, reason };
      const put = (key: Record<string, string>) => ({
        Put: { TableName: table, Item: { ...key, ...row }, ConditionExpression: 'attribute_not_exists(PK)' },
      });
      try {
        await client.send(new TransactWriteCommand({ TransactItems: [put(voucherKey(voucherId)), put(voidNumberKey(voucherId))] }));
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (codes.includes('ConditionalCheckFailed')) return false;
        if (codes.includes('TransactionConflict')) return undefined;
        throw error;
      }
    },

    async read(region: RegionCode, year: string): Promise<Counter> {
      const { Item } = await client.send(new GetCommand({ ...counterAt(region, year), ConsistentRead: true }));
      return counterIn(Item);
    },

    /** Of the numbers given, those that are neither a voucher nor void yet. */
    async unsettled(region: RegionCode, year: string, numbers: readonly number[]): Promise<Set<number>> {
      const there = await Promise.all(
        numbers.map(async (number) => {
          const Key = voucherKey(voucherIdOf(region, year, number));
          const { Item } = await client.send(new GetCommand({ TableName: table, Key, ProjectionExpression: 'PK', ConsistentRead: true }));
          return Item !== undefined;
        }),
      );
      return new Set(numbers.filter((_, i) => !there[i]));
    },

    /** All void numbers, in order. The vouchers between them are not read. */
    async voidNumbers(region: RegionCode, year: string): Promise<VoidNumber[]> {
      const rows: VoidNumber[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
          ExpressionAttributeValues: { ':pk': voucherCounterKey(region, year).PK, ':prefix': VOID_NUMBER_PREFIX },
          ConsistentRead: true,
        },
      );
      for await (const page of pages) rows.push(...(page.Items ?? []).map((item) => VoidNumberRow.parse(item)));
      return rows;
    },
  };
}

export type VoidNumber = z.infer<typeof VoidNumberRow>;

/** The counter row: `lastNumber`, and of each holder two attributes, number and time. */
function counterIn(item: unknown): Counter {
  if (item === undefined) return { lastNumber: 0, held: [] };
  const { lastNumber, ...others } = CounterRow.parse(item);
  const held = Object.entries(others).flatMap(([name, value]) => {
    if (!name.startsWith(NUMBER)) return [];
    const holder = name.slice(NUMBER.length);
    return [{ holder, number: z.int().parse(value), takenAt: Instant.parse(others[TIME + holder]) }];
  });
  return { lastNumber, held };
}
