import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Folded } from '../../functions/cases/evolve.ts';
import {
  adviceKey,
  awaitedQueue,
  caseNoticeKey,
  casePartition,
  noticeQueue,
  personCaseKey,
  personPartition,
} from '../../functions/cases/keys.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { applyEntry } from '../../functions/cases/timeline.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { Side } from '../../schemas/codes.ts';
import { AdviceRow, type BankReference } from '../../schemas/money.ts';
import { NoticeRow } from '../../schemas/notices.ts';
import { type Fen, PersonHash } from '../../schemas/primitives.ts';
import { PersonCaseRow } from '../../schemas/record.ts';
import { money } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { employerBody, openBody, Road, requestBody, voucherBody } from '../support/roads.ts';

/** Rows that are written beside a case's own: the advice that its money is found by (B12), notices (B15), where a person is found (B22). */

let table: string;
let store: CaseStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createCaseStore(client, table);
});

let people = 0;
/** Every case is another person's and begins on a day of its own, so that no case number is used twice. */
const exchangeOf = (family: '2016' | '2021') => {
  people += 1;
  return new PureExchange({ family, start: `2026-03-${String(2 + people).padStart(2, '0')}T02:00:00.000Z` });
};
const remitted = (reference: string, family: '2016' | '2021' = '2016') => {
  const exchange = exchangeOf(family);
  const road =
    family === '2016'
      ? Road.begin('2016', 'transferIn', openBody(people), exchange).accept().letter().settle().terminate()
      : Road.begin('2021', 'transferIn', requestBody('transferIn', people), exchange).settle().verdict('transferOut').settle();
  return road.proposeRemittance({ bankReference: reference }).approveRemittance().settle();
};

/** The money comes as it was advised: a reference is the money of one case. */
const paid = (road: Road): Road => {
  const { bankReference, remittedOn } = road.there.advice!;
  return road.in({ name: 'confirm-money', money: money({ bankReference, valueDate: remittedOn }) });
};

const written = new Map<string, Folded>();
/** Commits what the copy of a side has become since the last time. */
async function commit(road: Road, side: Side = 'transferIn'): Promise<Road> {
  const { region } = road.state(side);
  const name = `${region} ${road.caseNumber}`;
  for (const entry of road.exchange.entries(region, road.caseNumber)) {
    const before = written.get(name);
    if (entry.n <= (before?.version ?? 0)) continue;
    const after = applyEntry(before, entry);
    const result = await store.commit({ before, after, allowedFrom: before ? [before.status] : [], entry, sent: [] });
    expect(result, entry.command).toEqual({ kind: 'written' });
    written.set(name, after);
  }
  return road;
}

const get = async (Key: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
const adviceRow = async (reference: BankReference) => AdviceRow.optional().parse(await get(adviceKey(HANGZHOU, reference)));
const casesOf = async (reference: BankReference) => [...((await adviceRow(reference))?.cases ?? [])].sort();
const queueOf = async (workOffice: string) => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: 'workList',
      KeyConditionExpression: 'workOffice = :queue',
      ExpressionAttributeValues: { ':queue': workOffice },
    }),
  );
  return Items;
};
const awaiting = async (amountFen: number) =>
  (await queueOf(awaitedQueue(HANGZHOU, amountFen as Fen))).map(({ PK }) => String(PK).split('#').at(-1));

describe('the advice that money is awaited for (B12)', () => {
  test('is found by its reference, and by its amount while the money has not come', async () => {
    const road = await commit(remitted('REF-0001'));
    expect(await adviceRow('REF-0001')).toEqual({
      ...adviceKey(HANGZHOU, 'REF-0001'),
      cases: new Set([road.caseNumber]),
      workOffice: 'A#330100#1234567',
      workDue: `${road.there.advice?.remittedOn}#${road.caseNumber}`,
    });
    expect(await awaiting(1_234_567)).toContain('REF-0001');
    await commit(road.table().settle());
    expect(await awaiting(1_234_567)).toContain('REF-0001');
    await commit(paid(road));
    expect([await awaiting(1_234_567), await casesOf('REF-0001')]).toEqual([expect.not.arrayContaining(['REF-0001']), [road.caseNumber]]);
    await commit(road.credit().complete().settle());
    expect(await casesOf('REF-0001')).toEqual([road.caseNumber]);
  });

  test('2021: is still awaited after the completion', async () => {
    const road = await commit(remitted('REF-0002', '2021').table().settle().complete().settle());
    expect(await awaiting(1_234_567)).toContain('REF-0002');
    await commit(paid(road));
    expect(await awaiting(1_234_567)).not.toContain('REF-0002');
  });

  test('is awaited no more once both sides have agreed to end, and is still found', async () => {
    const road = await commit(remitted('REF-0003'));
    await commit(road.propose('transferIn').settle().answer('transferOut', true).settle());
    expect([await awaiting(1_234_567), await casesOf('REF-0003')]).toEqual([expect.not.arrayContaining(['REF-0003']), [road.caseNumber]]);
  });

  const corrected = (road: Road, said: Record<string, unknown>) =>
    road.ask('transferIn', 'remittance-advice').settle().proposeRemittance(said).approveRemittance().settle();

  test('moves with a corrected reference: nothing is left of it under the old one', async () => {
    const road = await commit(remitted('REF-0004'));
    await commit(corrected(road, { bankReference: 'REF-0005' }));
    expect(await adviceRow('REF-0004')).toEqual(adviceKey(HANGZHOU, 'REF-0004'));
    expect([await casesOf('REF-0005'), await awaiting(1_234_567)]).toEqual([[road.caseNumber], expect.arrayContaining(['REF-0005'])]);
    expect(await awaiting(1_234_567)).not.toContain('REF-0004');
  });

  test('is awaited with a corrected amount, or from a corrected day', async () => {
    const road = await commit(remitted('REF-0006'));
    await commit(corrected(road, { bankReference: 'REF-0006', amountFen: 77_001 }));
    expect([await awaiting(1_234_567), await awaiting(77_001)]).toEqual([expect.not.arrayContaining(['REF-0006']), ['REF-0006']]);
    const [before] = await queueOf(awaitedQueue(HANGZHOU, 77_001 as Fen));
    road.exchange.advance(86_400_000);
    await commit(corrected(road, { bankReference: 'REF-0006', amountFen: 77_001 }));
    const [after] = await queueOf(awaitedQueue(HANGZHOU, 77_001 as Fen));
    expect([before, after]).toMatchObject([
      { workDue: expect.stringContaining(`${road.there.letter?.date}#`) },
      { workDue: `${road.there.advice?.remittedOn}#${road.caseNumber}` },
    ]);
    expect(before?.workDue).not.toBe(after?.workDue);
  });

  test('two cases with one reference are both there, and each leaves by itself', async () => {
    const first = await commit(remitted('REF-0007'));
    const second = await commit(remitted('REF-0007', '2021'));
    expect(await casesOf('REF-0007')).toEqual([first.caseNumber, second.caseNumber].sort());
    await commit(corrected(second, { bankReference: 'REF-0008' }));
    expect([await casesOf('REF-0007'), await casesOf('REF-0008')]).toEqual([[first.caseNumber], [second.caseNumber]]);
    await commit(corrected(first, { bankReference: 'REF-0008' }));
    expect([await adviceRow('REF-0007'), await casesOf('REF-0008')]).toEqual([
      adviceKey(HANGZHOU, 'REF-0007'),
      [first.caseNumber, second.caseNumber].sort(),
    ]);
  });

  test('belongs to transferIn: the side that pays keeps none', async () => {
    await commit(remitted('REF-0009'), 'transferOut');
    expect(await get(adviceKey(CHENGDU, 'REF-0009'))).toBeUndefined();
  });
});

describe('notices of a result (B15)', () => {
  const noticeRow = async (road: Road, to: 'person' | 'employer') =>
    NoticeRow.parse(await get(caseNoticeKey(HANGZHOU, road.caseNumber, 'completed', to)));
  const queued = async (road: Road) => {
    const rows = await queueOf(noticeQueue(HANGZHOU_OFFICE));
    return rows.filter(({ PK }) => PK === casePartition(HANGZHOU, road.caseNumber)).map(({ SK }) => String(SK).split('#').at(-1));
  };

  test('wait in the queue of their office, each until its own proof', async () => {
    const exchange = exchangeOf('2016');
    const road = Road.begin('2016', 'transferIn', employerBody(people), exchange)
      .accept()
      .letter()
      .settle()
      .terminate()
      .remit()
      .table()
      .settle();
    await commit(road.money().credit().complete().settle());
    expect(await queued(road)).toEqual(['employer', 'person']);
    const at = road.there.times.completed;
    expect(await noticeRow(road, 'employer')).toMatchObject({ createdAt: at, nextAlert: at, office: HANGZHOU_OFFICE });

    road.exchange.advance(60_000);
    await commit(road.tell('transferIn', 'completed', 'employer'));
    expect(await queued(road)).toEqual(['person']);
    const proved = await noticeRow(road, 'employer');
    expect(proved.delivered).toEqual({ channel: 'sms', at: road.exchange.now, by: '330100-one' });
    expect([proved.workOffice, proved.workDue, proved.alertShard, proved.nextAlert]).toEqual([undefined, undefined, undefined, undefined]);
    expect((await noticeRow(road, 'person')).delivered).toBeUndefined();
    await commit(road.tell('transferIn', 'completed'));
    expect(await queued(road)).toEqual([]);
  });

  test('the word to the applicant proves the refusal', async () => {
    const exchange = exchangeOf('2016');
    const road = Road.begin('2016', 'transferIn', openBody(people), exchange).accept().letter().settle().refuse().settle();
    await commit(road);
    expect(await queued(road)).toEqual(['person']);
    await commit(road.notify('transferIn'));
    expect(await queued(road)).toEqual([]);
    const row = await get(caseNoticeKey(HANGZHOU, road.caseNumber, 'refused', 'person'));
    expect(row).toMatchObject({ delivered: { channel: 'phone', by: '330100-one' } });
  });
});

describe('the cases of a person (B14, B22)', () => {
  test.each([
    ['the application', '2016', openBody, 'transferIn'],
    ['the voucher', '2016', voucherBody, 'transferOut'],
    ['the request', '2021', (n: number) => requestBody('transferIn', n), 'transferIn'],
  ] as const)('are found by the keyed hash from %s on, at either side, one row each', async (_, family, body, opened) => {
    const exchange = exchangeOf(family);
    const personHash = PersonHash.parse(String(people).padStart(64, '0'));
    const road = Road.begin(family, opened, { ...body(people), personHash }, exchange).settle();
    for (const side of ['transferIn', 'transferOut'] as const) {
      // A letter has not gone yet, so that the side that was not applied at may know of nothing.
      const state = road.exchange.state(side === 'transferIn' ? HANGZHOU : CHENGDU, road.caseNumber);
      if (!state) continue;
      await commit(road, side);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'PK = :person',
          ExpressionAttributeValues: { ':person': personPartition(state.region, state.personHash!) },
        }),
      );
      expect(Items.map((row) => PersonCaseRow.parse(row))).toEqual([
        {
          ...personCaseKey(state.region, state.personHash!, road.caseNumber),
          caseNumber: road.caseNumber,
          region: state.region,
          side,
        },
      ]);
    }
  });
});
