import { beforeAll, describe, expect, test } from 'vitest';
import { createDirectory } from '../../functions/directory/reader.ts';
import { createDirectoryStore, type DirectoryStore } from '../../functions/directory/store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { RegionCode } from '../../schemas/primitives.ts';
import { aYear } from '../support/directory.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { ALWAYS, rulesOf, waitingRule } from '../support/entitlement.ts';

const HANGZHOU = RegionCode.parse('330100');
const CHENGDU = RegionCode.parse('510100');
const changed = expect.objectContaining({ name: 'Refusal', code: 'directory.changed' });

let store: DirectoryStore;

beforeAll(async () => {
  const { directory } = await createTables(dynamoDbLocalClient());
  store = createDirectoryStore(documentClient(dynamoDbLocalClient()), directory);
});

describe('rules of a region in the table (A14)', () => {
  test('every version is kept, in order, and those of another region are apart', async () => {
    const versions = Array.from({ length: 11 }, (_, n) =>
      rulesOf({ title: `第${n + 1}版`, waiting: [waitingRule(3, [ALWAYS])] }, HANGZHOU, n + 1),
    );
    for (const version of versions) await store.putRules(version);
    await store.putRules(rulesOf({}, CHENGDU));
    expect(await store.getRules(HANGZHOU)).toEqual(versions);
    expect(await store.getRules(CHENGDU)).toEqual([rulesOf({}, CHENGDU)]);
    expect(await store.getRules(RegionCode.parse('420100'))).toEqual([]);
  });

  test('of five ministries that state the same version at once one wins', async () => {
    const region = RegionCode.parse('610100');
    const stating = Array.from({ length: 5 }, (_, n) => store.putRules(rulesOf({ title: `第${n}份` }, region)));
    const outcomes = await Promise.allSettled(stating);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason)).toEqual(Array(4).fill(changed));
    expect(await store.getRules(region)).toHaveLength(1);
  });
});

describe('what an assessment used is found again (A14)', () => {
  test('a version of the rules, also one that was stated after the reader last looked', async () => {
    const region = RegionCode.parse('440300');
    const directory = createDirectory({ store, clock: systemClock });
    expect(await directory.rules(region)).toEqual([]);
    const [first, second] = [rulesOf({ title: '第1版' }, region, 1), rulesOf({ title: '第2版' }, region, 2)];
    await store.putRules(first);
    await store.putRules(second);
    expect(await directory.pastRules(region, 1)).toEqual(first);
    expect(await directory.pastRules(region, 2)).toEqual(second);
    expect(await directory.pastRules(region, undefined)).toBeUndefined();
    await expect(directory.pastRules(region, 3)).rejects.toThrow('missing');
  });

  test('the years of the calendar in their versions', async () => {
    const [first, second] = [aYear(2026), aYear(2026, { version: 2, off: [{ date: '2026-02-16', name: '春节' }] })];
    await store.putCalendarYear(first);
    await store.putCalendarYear(second);
    const directory = createDirectory({ store, clock: systemClock });
    expect((await directory.pastCalendar({ 2026: 1 }))?.years.get(2026)).toEqual(first);
    expect((await directory.pastCalendar({ 2026: 2 }))?.years.get(2026)).toEqual(second);
    expect(await directory.pastCalendar(undefined)).toBeUndefined();
    await expect(directory.pastCalendar({ 2027: 1 })).rejects.toThrow('missing');
  });
});
