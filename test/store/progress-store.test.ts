import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { attemptsKey } from '../../functions/cases/keys.ts';
import { caseNumberOf } from '../../functions/cases/numbers.ts';
import { bucketOf, createProgressStore, type ProgressStore } from '../../functions/cases/progress-store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { CalendarDate, type CaseNumber, Instant } from '../../schemas/primitives.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

let exchange: string;
let attempts: ProgressStore;
const client = documentClient(dynamoDbLocalClient());

const numberOf = (n: number): CaseNumber => caseNumberOf(HANGZHOU, CalendarDate.parse('2026-03-02'), n);
const at = (time: string): Instant => Instant.parse(`2026-03-02T${time}.000Z`);
/** How many of so many questions at once are let through. */
const passing = async (count: number, caseNumber: CaseNumber, now: Instant) => {
  const answers = await Promise.all(Array.from({ length: count }, () => attempts.count(HANGZHOU, caseNumber, now)));
  return answers.filter(Boolean).length;
};

beforeAll(async () => {
  exchange = (await createTables(dynamoDbLocalClient())).exchange;
  attempts = createProgressStore(client, exchange);
});

describe('B19: the progress query is limited', () => {
  test('of 50 questions at once exactly 30 pass, the first ever as well as the first of a new hour', async () => {
    expect(await passing(50, numberOf(1), at('02:00:00'))).toBe(30);
    expect(await passing(1, numberOf(1), at('02:59:59'))).toBe(0);
    expect(await passing(50, numberOf(1), at('03:00:00'))).toBe(30);
    expect(await passing(1, numberOf(1), at('03:00:01'))).toBe(0);
  });

  test('one after another the thirtieth passes and the next does not', async () => {
    const answers = [];
    for (let n = 0; n < 31; n += 1) answers.push(await attempts.count(HANGZHOU, numberOf(2), at('02:00:00')));
    expect(answers.lastIndexOf(true)).toBe(29);
    expect(answers.indexOf(false)).toBe(30);
  });

  test('an instance whose clock is behind opens no second hour', async () => {
    expect(await passing(30, numberOf(3), at('03:00:00'))).toBe(30);
    expect(await passing(5, numberOf(3), at('02:59:59'))).toBe(0);
    expect(await passing(5, numberOf(3), at('03:00:01'))).toBe(0);
  });

  test('an hour on the next day is another hour', async () => {
    expect(await passing(31, numberOf(4), at('23:00:00'))).toBe(30);
    expect(await attempts.count(HANGZHOU, numberOf(4), Instant.parse('2026-03-03T00:00:00.000Z'))).toBe(true);
  });

  test('other case numbers and other regions are counted for themselves', async () => {
    expect(bucketOf(numberOf(5))).not.toBe(bucketOf(numberOf(6)));
    expect(await passing(31, numberOf(5), at('02:00:00'))).toBe(30);
    expect(await attempts.count(HANGZHOU, numberOf(6), at('02:00:00'))).toBe(true);
    expect(await attempts.count(CHENGDU, numberOf(5), at('02:00:00'))).toBe(true);
  });

  test('a fault of the table is no answer', async () => {
    await expect(createProgressStore(client, 'no-such-table').count(HANGZHOU, numberOf(1), at('02:00:00'))).rejects.toThrow();
  });

  test('however many numbers are tried, the counters stay few, and no number stands in them', async () => {
    const buckets = new Set(Array.from({ length: 20_000 }, (_, n) => bucketOf(numberOf(n))));
    expect(Math.max(...buckets)).toBeLessThan(4096);
    expect(Math.min(...buckets)).toBeGreaterThanOrEqual(0);
    // Spread: with 20,000 numbers hardly a counter is left out.
    expect(buckets.size).toBeGreaterThan(4_000);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: exchange }));
    expect(Items.length).toBeGreaterThan(5);
    expect(JSON.stringify(Items)).not.toMatch(/\d{6}-\d{8}-\d{6}-\d/);
    expect(attemptsKey(HANGZHOU, 7)).toEqual({ PK: 'R#330100#W#7', SK: 'W' });
  });
});
