import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { noticeQueue, personCaseKey, voucherKey } from '../../functions/cases/keys.ts';
import { createPersonIndex } from '../../functions/cases/person-index-store.ts';
import { noticeId } from '../../functions/deadlines/notice.ts';
import { createDeadlineStore, type DeadlineStore } from '../../functions/deadlines/store.ts';
import { type DeadlineDeps, sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { documentCheck } from '../../schemas/check-digits.ts';
import type { NoticeRow } from '../../schemas/notices.ts';
import { CaseNumber, OfficeCode, PersonHash } from '../../schemas/primitives.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { at } from '../support/exchange.ts';
import { aCaseNumber, HANGZHOU } from '../support/messages.ts';
import { aCaseNotice, aVoucherId, aWarning } from '../support/notice-rows.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const NOW = at('2026-12-15T02:00:00Z');
const HOLDER = PersonHash.parse('7'.repeat(64));
const client = documentClient(dynamoDbLocalClient());
let table: string;
let store: DeadlineStore;

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createDeadlineStore(client, table);
});

const put = (Item: object) => client.send(new PutCommand({ TableName: table, Item }));
const read = async ({ PK, SK }: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }))).Item;

let n = 0;
let row: NoticeRow;
beforeEach(async () => {
  n += 1;
  row = aCaseNotice(aCaseNumber(n));
  await put(row);
});

/** The row once the sweep has dealt with it. */
const afterwards = ({ alertShard: _shard, nextAlert: _at, ...rest }: NoticeRow) => rest;
const forgotten = ({ workOffice: _office, workDue: _due, ...rest }: NoticeRow) => afterwards(rest);

describe('B15 a notice', () => {
  test('is read back whole from what the index shows', async () => {
    expect(await store.get(row)).toEqual(row);
  });

  test('that was published says so itself, leaves the index, and stays in the queue of its office', async () => {
    expect(await store.published(row, NOW)).toBe(true);
    expect(await read(row)).toEqual({ ...afterwards(row), publishedAt: NOW });
  });

  test('that was taken back leaves the queue too', async () => {
    expect(await store.withdraw(row, NOW)).toBe(true);
    expect(await read(row)).toEqual({ ...forgotten(row), withdrawnAt: NOW });
  });

  test.each(['published', 'withdraw'] as const)('is %s by one of ten at once', async (settle) => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store[settle](row, NOW)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  test.each<['published' | 'withdraw', string, (there: NoticeRow) => object]>(
    (['published', 'withdraw'] as const).flatMap((settle) => [
      [settle, 'was delivered', (there: NoticeRow) => ({ ...forgotten(there), delivered: { channel: 'phone', at: NOW, by: 'clerk' } })],
      [settle, 'is due at another time', (there: NoticeRow) => ({ ...there, nextAlert: at('2026-12-14T02:00:00.001Z') })],
      [settle, 'was published', (there: NoticeRow) => ({ ...afterwards(there), publishedAt: at('2026-12-14T03:00:00Z') })],
    ]),
  )('is not %s, and left alone, when it %s since it was read', async (settle, _what, change) => {
    const there = change(row);
    await put(there);
    expect(await store[settle](row, NOW)).toBe(false);
    expect(await read(row)).toEqual(there);
  });

  test('that is not there is not made by settling it', async () => {
    const missing = aCaseNotice(aCaseNumber(900));
    expect(await store.published(missing, NOW)).toBe(false);
    expect(await read(missing)).toBeUndefined();
  });
});

describe('A11 whose voucher a warning is about', () => {
  test('stands on the voucher', async () => {
    await put({ ...voucherKey(aVoucherId(7)), personHash: HOLDER, suspendedOn: '2026-10-14' });
    expect(await store.holderOf(aVoucherId(7))).toEqual({ personHash: HOLDER, suspendedOn: '2026-10-14' });
  });

  test('is never guessed: a warning without its voucher is a defect', async () => {
    await expect(store.holderOf(aVoucherId(8))).rejects.toThrow();
  });
});

test('B15, A11 overlapping sweeps of the real index publish every notice, take back what is outdated, and leave the rest in the queue', async () => {
  const { exchange } = await createTables(dynamoDbLocalClient());
  const put = (Item: object) => client.send(new PutCommand({ TableName: exchange, Item }));
  const moved = PersonHash.parse('8'.repeat(64));
  const cases = Array.from({ length: 20 }, (_, i) => aCaseNotice(aCaseNumber(i + 1), { to: i % 2 === 0 ? 'person' : 'employer' }));
  const warnings = Array.from({ length: 20 }, (_, i) => aWarning(aVoucherId(i + 1)));
  const later = aWarning(aVoucherId(90), { nextAlert: at('2026-12-18T16:00:00Z') });
  const holders = warnings.map(({ voucherId }, i) => ({
    ...voucherKey(voucherId!),
    personHash: i % 2 === 0 ? HOLDER : moved,
    suspendedOn: '2026-10-14',
  }));
  // Chengdu, where the person registered, began a case for the relation: Hangzhou's copy is one of transferOut.
  const caseNumber = CaseNumber.parse(`510100-20261120-000001-${documentCheck('510100-20261120-000001-')}`);
  const handedOver = { ...personCaseKey(HANGZHOU, moved, caseNumber), caseNumber, region: HANGZHOU, side: 'transferOut' };
  await Promise.all([...cases, ...warnings, later, ...holders, handedOver].map(put));
  const published: string[] = [];
  const seen = unitWitness();
  const deps: DeadlineDeps = {
    store: createDeadlineStore(client, exchange),
    publisher: untouched<DeadlineDeps['publisher']>('publisher'),
    notices: { publish: async (notice) => void published.push(noticeId(notice)) },
    persons: createPersonIndex(client, exchange),
    clock: { now: () => NOW },
    log: seen.log,
    metrics: seen.metrics,
  };
  const counts = await Promise.all([sweepDeadlines(deps), sweepDeadlines(deps), sweepDeadlines(deps)]);
  expect(counts.reduce((a, b) => a + b)).toBe(40);
  expect(seen.counts).toEqual({ NoticePublished: 30 });
  const told = [...cases, ...warnings.filter((_, i) => i % 2 === 0)];
  expect([...new Set(published)].sort()).toEqual(told.map(noticeId).sort());
  expect(await sweepDeadlines(deps)).toBe(0);

  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: exchange,
      IndexName: 'workList',
      KeyConditionExpression: 'workOffice = :queue',
      ExpressionAttributeValues: { ':queue': noticeQueue(OfficeCode.parse('33010001')) },
    }),
  );
  expect(Items.map(({ PK, SK }) => `${PK} ${SK}`).sort()).toEqual([...told, later].map(({ PK, SK }) => `${PK} ${SK}`).sort());
});
