import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { personCaseKey } from '../../functions/cases/keys.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { InsuranceRecord } from '../../schemas/record.ts';
import { NOW, WUHAN } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { personWorld } from '../support/person-world.ts';

const client = documentClient(dynamoDbLocalClient());
let table: string;
let world: ReturnType<typeof personWorld>;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  world = personWorld(client, table);
});

const row = (from: string, to: string, months: number, said: object = {}) => ({ from, to, months, ...said });
/** A row of this region's own. */
const ownRow = (from: string, to: string, months: number) =>
  row(from, to, months, { scheme: '310', contribution: '1', officeName: '杭州市医疗保障事务中心（演示）', officeCode: HANGZHOU_OFFICE });
const recordOf = async (...said: Parameters<typeof world.record>) => {
  const { status, body } = await world.record(...said);
  expect(status, JSON.stringify(body)).toBe(200);
  return InsuranceRecord.parse(body);
};
const told = ({ periods }: InsuranceRecord) =>
  periods.map(({ from, to, months, imported, provenance }) => [from, to, months, imported ? provenance.caseNumber : provenance.document]);

describe('the record of a person over the real rows (B14)', () => {
  test('joins two former regions without counting a month twice, and this region’s own months; gaps show (B14; S94 11)', async () => {
    const who = { person: person(1) };
    const chengdu = await world.tabled(HANGZHOU, CHENGDU, { ...who, periods: [row('2015-01', '2017-12', 36)] });
    // Wuhan had the months of Chengdu's last half year on its record as well.
    const wuhan = await world.tabled(HANGZHOU, WUHAN, { ...who, periods: [row('2017-07', '2019-06', 24), row('2019-09', '2019-12', 4)] });
    const own = { periods: [ownRow('2026-02', '2026-03', 2)], source: 'own-records', document: '本地参保记录' };
    await world.give(HANGZHOU, wuhan, 'supplement-record', own);
    for (const caseNumber of [chengdu, wuhan]) {
      const record = await recordOf(caseNumber);
      expect(record.caseNumber).toBe(caseNumber);
      expect(told(record)).toEqual([
        ['2015-01', '2017-12', 36, chengdu],
        ['2018-01', '2019-06', 18, wuhan],
        ['2019-09', '2019-12', 4, wuhan],
        ['2026-02', '2026-03', 2, '本地参保记录'],
      ]);
      expect(record.overlaps.map(({ from, to, counted, left }) => [from, to, counted.caseNumber, left.caseNumber])).toEqual([
        ['2017-07', '2017-12', chengdu, wuhan],
      ]);
      expect(record.gaps.map(({ months }) => months)).toEqual([2, 73]);
      // 36 + 18 + 4 imported, 2 local.
      expect(record.totals).toEqual({ imported: 58, local: 2, months: 60, employee: 60 });
    }
  });

  test('names table, message and time of every period, and document and time of every field (B14)', async () => {
    const caseNumber = await world.tabled(HANGZHOU, CHENGDU, { person: person(2), periods: [row('2024-01', '2024-12', 12)] });
    const said = { periods: [], document: '参保登记表', source: 'person', fields: { phone: '13800000001', address: '演示路2号' } };
    await world.give(HANGZHOU, caseNumber, 'supplement-record', said);
    const employer = { ...said, source: 'employer', document: '单位证明', fields: { phone: '13800000002' } };
    world.api.wait(60_000);
    await world.give(HANGZHOU, caseNumber, 'supplement-record', employer);
    const state = await world.store.readCase(HANGZHOU, caseNumber);
    const { periods, fields } = await recordOf(caseNumber);
    expect(periods[0]?.provenance).toEqual({
      ...{ source: 'information-table', caseNumber, document: state?.table?.number },
      ...{ messageId: state?.versions?.['information-table'], recordedAt: NOW },
    });
    expect(fields.map(({ field, value, provenance }) => [field, value, provenance.source, provenance.document])).toEqual([
      ['address', '演示路2号', 'person', '参保登记表'],
      ['phone', '13800000002', 'employer', '单位证明'],
    ]);
    expect(fields[1]?.provenance.recordedAt).not.toBe(fields[0]?.provenance.recordedAt);
  });

  test('follows the corrected table, whose months replace those of the first (B14, B9)', async () => {
    const caseNumber = await world.tabled(HANGZHOU, CHENGDU, { person: person(3), periods: [row('2024-01', '2024-12', 12)] });
    const before = await recordOf(caseNumber);
    const question = { about: 'information-table', fields: ['periods.0.to'], question: '请核对止月' };
    await world.give(HANGZHOU, caseNumber, 'query', question);
    await world.deliver(HANGZHOU, caseNumber);
    const proposal = await world.give(CHENGDU, caseNumber, 'propose-table', world.tableOf(CHENGDU, [row('2024-01', '2024-06', 6)]));
    await world.give(CHENGDU, caseNumber, 'approve-table', { proposal }, { role: 'supervisor' });
    await world.deliver(CHENGDU, caseNumber);
    const after = await recordOf(caseNumber);
    expect([before, after].map(told)).toEqual([[['2024-01', '2024-12', 12, caseNumber]], [['2024-01', '2024-06', 6, caseNumber]]]);
    const [was, is] = [before, after].map(({ periods }) => periods[0]?.provenance);
    expect(is?.document).toBe(was?.document);
    expect(is?.messageId).not.toBe(was?.messageId);
  });

  test('knows nobody else’s months, and no other region’s file of the same person (B14)', async () => {
    const mine = await world.tabled(HANGZHOU, CHENGDU, { person: person(4), periods: [row('2024-01', '2024-12', 12)] });
    const elsewhere = await world.tabled(WUHAN, CHENGDU, { person: person(5), periods: [row('2020-01', '2020-12', 12)] });
    const onwards = await world.tabled(HANGZHOU, WUHAN, { person: person(5), periods: [row('2021-01', '2021-12', 12)] });
    expect(told(await recordOf(mine))).toEqual([['2024-01', '2024-12', 12, mine]]);
    expect(told(await recordOf(elsewhere, WUHAN))).toEqual([['2020-01', '2020-12', 12, elsewhere]]);
    expect(told(await recordOf(onwards))).toEqual([['2021-01', '2021-12', 12, onwards]]);
  });

  test('refuses a supplement that does not add up, by row, and the record stays as it was (B14)', async () => {
    const caseNumber = await world.tabled(HANGZHOU, CHENGDU, { person: person(6), periods: [row('2024-01', '2024-12', 12)] });
    const body = { periods: [ownRow('2026-01', '2026-02', 3)], source: 'own-records', document: '本地参保记录' };
    const answer = await world.api.command('supplement-record', { caseNumber, body });
    expect([answer.status, answer.body.errors.map(({ field }: { field: string }) => field)]).toEqual([422, ['periods.0.months']]);
    expect((await recordOf(caseNumber)).totals.months).toBe(12);
  });

  test('finds more cases of a person than one request reads (B14)', async () => {
    const first = await world.opened(HANGZHOU, CHENGDU, { person: person(7) });
    const state = await world.store.readCase(HANGZHOU, first);
    if (state?.personHash === undefined) throw new Error('no case');
    const { personHash } = state;
    const others = Array.from({ length: 104 }, (_, i) => aCaseNumber(800_000 + i));
    const put = (Item: object) => client.send(new PutCommand({ TableName: table, Item }));
    await Promise.all(
      others.flatMap((caseNumber) => [
        put(caseRow({ ...state, caseNumber })),
        put({ ...personCaseKey(HANGZHOU, personHash, caseNumber), caseNumber, region: HANGZHOU, side: 'transferIn' }),
      ]),
    );
    const found = await world.records.ofPerson(HANGZHOU, personHash);
    expect(found.map(({ caseNumber }) => caseNumber).sort()).toEqual([first, ...others].sort());
  });
});
