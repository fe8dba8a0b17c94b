import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { createDirectoryStore, type DirectoryStore } from '../../functions/directory/store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { anOffice, aRegion, aYear } from '../support/directory.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

const HANGZHOU = RegionCode.parse('330100');
const changed = expect.objectContaining({ name: 'Refusal', code: 'directory.changed' });

let table: string;
let store: DirectoryStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).directory;
  store = createDirectoryStore(client, table);
});

const rowsOf = async (PK: string) => {
  const { Items = [] } = await client.send(
    new QueryCommand({ TableName: table, KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: { ':pk': PK } }),
  );
  return Items;
};

describe('a record', () => {
  test('that nobody put is not there', async () => {
    expect(await store.getRegion(RegionCode.parse('659000'))).toBeUndefined();
    expect(await store.getOffice(OfficeCode.parse('65900001'))).toBeUndefined();
  });

  test('is read as it was put, absent fields absent', async () => {
    const region = aRegion({
      code: '510100',
      inboxUrl: 'https://sqs.example/inbox',
      signingKeys: [{ keyId: 'k', publicKey: 'AAAA', validFrom: '2026-03-02T01:00:00.000Z' }],
    });
    await store.putRegion(region);
    expect(await store.getRegion(region.code)).toStrictEqual(region);
    const office = anOffice({ code: '51010001', region: '510100' });
    await store.putOffice(office);
    expect(await store.getOffice(office.code)).toStrictEqual(office);
  });

  test('keeps every version, and the newest is current', async () => {
    for (const version of [1, 2, 3]) await store.putRegion(aRegion({ version, name: `杭州市${version}` }));
    expect(await store.getRegion(HANGZHOU)).toEqual(aRegion({ version: 3, name: '杭州市3' }));
    const rows = await rowsOf('REGION#330100');
    expect(rows.map(({ SK, record }) => [SK, record.name])).toEqual([
      ['CURRENT', '杭州市3'],
      ['V#000001', '杭州市1'],
      ['V#000002', '杭州市2'],
      ['V#000003', '杭州市3'],
    ]);
  });
});

describe('a change is refused and leaves no trace', () => {
  test.each([
    ['a first version of what is there already', 1],
    ['the version that is there', 2],
    ['a version that leaves one out', 4],
  ])('%s', async (_case, version) => {
    const code = `3301000${version}`;
    await store.putOffice(anOffice({ code }));
    await store.putOffice(anOffice({ code, version: 2, name: '第二版' }));
    await expect(store.putOffice(anOffice({ code, version, name: '太迟' }))).rejects.toThrow(changed);
    expect((await rowsOf(`OFFICE#${code}`)).map(({ SK, record }) => [SK, record.name])).toEqual([
      ['CURRENT', '第二版'],
      ['V#000001', anOffice().name],
      ['V#000002', '第二版'],
    ]);
  });

  test('a later version of what is not there', async () => {
    await expect(store.putOffice(anOffice({ code: '33010009', version: 2 }))).rejects.toThrow(changed);
    expect(await rowsOf('OFFICE#33010009')).toEqual([]);
  });
});

test('of ten editors who change the same version at once, one wins and the others are told', async () => {
  const code = '33010010';
  await store.putOffice(anOffice({ code }));
  const editors = Array.from({ length: 10 }, (_, n) => store.putOffice(anOffice({ code, version: 2, changedBy: `editor-${n}` })));
  const outcomes = await Promise.allSettled(editors);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  expect(refused).toEqual(Array(9).fill(changed));
  const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
  expect(await store.getOffice(OfficeCode.parse(code))).toMatchObject({ version: 2, changedBy: `editor-${winner}` });
});

test('all calendar years come with one query, each in its newest version', async () => {
  const seed = seedYears();
  for (const year of seed) await store.putCalendarYear(year);
  await store.putCalendarYear(aYear(2027, { version: 2, notice: '国务院办公厅通知' }));
  const years = await store.getCalendarYears();
  expect(years.map(({ year, version }) => [year, version])).toEqual(seed.map(({ year }) => [year, year === 2027 ? 2 : 1]));
  await expect(store.putCalendarYear(aYear(2026))).rejects.toThrow(changed);
});

test('a row that breaks its schema is an error, not a record', async () => {
  await client.send(
    new PutCommand({
      TableName: table,
      Item: { PK: 'OFFICE#33010011', SK: 'CURRENT', version: 1, record: { ...anOffice(), postcode: '?' } },
    }),
  );
  await expect(store.getOffice(OfficeCode.parse('33010011'))).rejects.toThrow('postcode');
});
