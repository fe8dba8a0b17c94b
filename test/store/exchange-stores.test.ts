import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { caseKey, quarantinePointerKey } from '../../functions/cases/keys.ts';
import { createParkingStore, type Lane, type ParkingStore } from '../../functions/exchange/parking-store.ts';
import { createPendingStore, type PendingStore } from '../../functions/exchange/pending-store.ts';
import { quarantineRow } from '../../functions/exchange/quarantine.ts';
import { createQuarantineStore, type QuarantineStore } from '../../functions/exchange/quarantine-store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { type Instant, MessageId, OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import type { MessageRow, ParkedRow, QuarantineRow } from '../../schemas/rows.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { aHandledRow, aParkedRow, aSentRow, at, settled } from '../support/exchange.ts';
import { aCaseNumber, CHENGDU, HANGZHOU, uuid, WUHAN } from '../support/messages.ts';

let table: string;
let parking: ParkingStore;
let quarantine: QuarantineStore;
let pending: PendingStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  parking = createParkingStore(client, table);
  quarantine = createQuarantineStore(client, table);
  pending = createPendingStore(client, table);
});

/** Every test has a case of its own in the one table. */
let n = 0;
let lane: Lane;
beforeEach(() => {
  n += 1;
  lane = { region: CHENGDU, caseNumber: aCaseNumber(n), sender: HANGZHOU };
});

const read = async ({ PK, SK }: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key: { PK, SK } }))).Item;
const put = (Item: object) => client.send(new PutCommand({ TableName: table, Item }));

const aParked = (sequence: number, id = sequence, counterpart = HANGZHOU): ParkedRow =>
  aParkedRow(sequence, { caseNumber: lane.caseNumber, region: lane.region, counterpart, messageId: MessageId.parse(uuid(id)) });

describe('parking', () => {
  test('keeps the first copy of a message, and tells a second copy from another message', async () => {
    expect(await parking.park(aParked(2))).toBe('parked');
    expect(await parking.park({ ...aParked(2), receivedAt: at('2026-11-21T00:00:00Z') })).toBe('parked-before');
    expect(await parking.park(aParked(2, 77))).toBe('conflict');
    expect(await read(aParked(2))).toEqual(aParked(2));
  });

  test('gives the lowest sequence of the lane, however many digits it has, and nothing of other senders or rows', async () => {
    expect(await parking.firstParked(lane)).toBeUndefined();
    await parking.park(aParked(1, 5, WUHAN));
    await put({ ...caseKey(lane.region, lane.caseNumber), state: {} });
    for (const sequence of [999_999, 10, 9]) await parking.park(aParked(sequence));
    expect(await parking.firstParked(lane)).toEqual(aParked(9));
  });

  test('of ten copies at once keeps one', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => parking.park(aParked(2))));
    expect(outcomes.filter((outcome) => outcome === 'parked')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'parked-before')).toHaveLength(9);
  });

  test('takes out that message and no other', async () => {
    await parking.park(aParked(2));
    await parking.unpark(aParked(2, 77));
    expect(await read(aParked(2))).toBeDefined();
    await parking.unpark(aParked(2));
    await parking.unpark(aParked(2));
    expect(await read(aParked(2))).toBeUndefined();
  });
});

const FIRST = at('2026-11-20T01:00:05Z');
const AGAIN = at('2026-11-20T07:00:05Z');
const BY = { subject: 'clerk-1', office: OfficeCode.parse('51010001'), role: 'supervisor' as const };

const aQuarantined = (id: number, said: Partial<{ region: RegionCode; receivedAt: Instant; body: string }> = {}) =>
  quarantineRow({
    ...{ region: CHENGDU, delivery: uuid(id), body: `{"bytes of":${id}`, receivedAt: FIRST, refusal: new Refusal('message.not-json', []) },
    ...said,
  });
const pointerTo = (row: QuarantineRow) => ({
  ...quarantinePointerKey(row.region, row.bodyHash),
  receivedAt: row.receivedAt,
  quarantinedAs: row.SK,
});

describe('quarantine', () => {
  test('has the same bytes once, however often they come, with the moment they came first; a replayed one is not put back', async () => {
    const row = aQuarantined(100);
    const copy = aQuarantined(190, { body: row.body, receivedAt: AGAIN });
    expect([await quarantine.quarantine(row), await quarantine.quarantine(row), await quarantine.quarantine(copy)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([await quarantine.get(row), await quarantine.get(copy), await read(pointerTo(row))]).toEqual([row, undefined, pointerTo(row)]);
    expect(await quarantine.markReplayed(row, AGAIN, BY)).toBe(true);
    expect(await quarantine.quarantine(copy)).toBe(false);
    expect(await quarantine.get(row)).toEqual({ ...row, replayedAt: AGAIN, replayedBy: BY });
  });

  test('of ten copies at once keeps one', async () => {
    const copies = Array.from({ length: 10 }, (_, i) => aQuarantined(150 + i, { region: WUHAN, body: 'ten copies' }));
    // Copies that meet in one moment may collide; the queue brings those again.
    const outcomes = await Promise.allSettled(copies.map((row) => quarantine.quarantine(row)));
    const kept = outcomes.flatMap((outcome, i) => (outcome.status === 'fulfilled' && outcome.value ? [copies[i]!] : []));
    expect(kept).toHaveLength(1);
    expect((await quarantine.list(WUHAN, 100)).rows).toEqual(kept);
    expect(await read(pointerTo(kept[0]!))).toEqual(pointerTo(kept[0]!));
  });

  test('of two regions holds the same bytes once each', async () => {
    const row = aQuarantined(160);
    const elsewhere = aQuarantined(160, { region: HANGZHOU });
    expect([await quarantine.quarantine(row), await quarantine.quarantine(elsewhere)]).toEqual([true, true]);
  });

  test('moves a waiting message in one step, once', async () => {
    const row = { ...aQuarantined(101), region: lane.region };
    await parking.park(aParked(3));
    expect(await quarantine.quarantineParked(aParked(3, 77), row)).toBe(false);
    expect([await quarantine.get(row), await read(aParked(3))]).toEqual([undefined, aParked(3)]);
    expect(await quarantine.quarantineParked(aParked(3), row)).toBe(true);
    expect([await quarantine.get(row), await read(aParked(3)), await read(pointerTo(row))]).toEqual([row, undefined, pointerTo(row)]);
    expect(await quarantine.quarantineParked(aParked(3), row)).toBe(false);
  });

  test.each([
    ['first', FIRST, AGAIN],
    ['waiting', AGAIN, FIRST],
  ])('takes back into its old row what was replayed, waited and failed again, with the earlier moment: the %s', async (_, then, now) => {
    const row = aQuarantined(then === FIRST ? 102 : 112, { receivedAt: then });
    const again = quarantineRow({
      ...{ region: CHENGDU, delivery: uuid(now === FIRST ? 192 : 191), body: row.body, receivedAt: now },
      refusal: new Refusal('case.wrong-state', []),
    });
    await quarantine.quarantine(row);
    await quarantine.markReplayed(row, at('2026-11-21T00:00:00Z'), BY);
    await parking.park(aParked(3));
    expect(await quarantine.quarantineParked(aParked(3), again)).toBe(true);
    expect(await quarantine.get(row)).toEqual({ ...row, code: 'case.wrong-state', receivedAt: FIRST });
    expect(await quarantine.get(again)).toBeUndefined();
    expect(await read(pointerTo(row))).toEqual({ ...pointerTo(row), receivedAt: FIRST });
    expect(await read(aParked(3))).toBeUndefined();
  });

  test('is marked once by ten at once, with who did it, and keeps the failure of no later replay', async () => {
    const row = aQuarantined(103);
    await quarantine.quarantine(row);
    expect(await quarantine.noteFailure(row, { code: 'message.schema', path: 'data' })).toBe(true);
    const marks = await Promise.all(
      Array.from({ length: 10 }, (_, i) => quarantine.markReplayed(row, AGAIN, { ...BY, subject: `clerk-${i}` })),
    );
    expect(marks.filter(Boolean)).toHaveLength(1);
    expect(await quarantine.noteFailure(row, { code: 'message.signature', path: '' })).toBe(false);
    expect(await quarantine.get(row)).toMatchObject({
      ...{ code: 'message.schema', path: 'data', replayedAt: AGAIN },
      replayedBy: { ...BY, subject: `clerk-${marks.indexOf(true)}` },
    });
  });

  test('keeps no failure of a replay that a re-send overtook', async () => {
    const row = { ...aQuarantined(105), resolvedAt: AGAIN };
    await put(row);
    expect(await quarantine.noteFailure(row, { code: 'message.signature', path: '' })).toBe(false);
    expect(await quarantine.get(row)).toEqual(row);
  });

  test('marks nothing that is not there', async () => {
    const absent = aQuarantined(104);
    expect(await quarantine.markReplayed(absent, AGAIN, BY)).toBe(false);
    expect(await quarantine.noteFailure(absent, { code: 'x', path: '' })).toBe(false);
    expect(await quarantine.get(absent)).toBeUndefined();
  });

  test('lists the newest of a region first, a page at a time, without a gap', async () => {
    const region = RegionCode.parse('610100');
    const hours = [3, 1, 2, 4].map((hour) => aQuarantined(200 + hour, { region, receivedAt: at(`2026-11-20T0${hour}:00:00Z`) }));
    for (const row of [...hours, aQuarantined(210, { region: HANGZHOU })]) await quarantine.quarantine(row);
    const first = await quarantine.list(region, 3);
    expect([first.rows.map(({ receivedAt }) => receivedAt.slice(11, 13)), first.more]).toEqual([['04', '03', '02'], true]);
    const { PK, SK } = first.rows[2]!;
    expect(await quarantine.list(region, 3, { PK, SK })).toEqual({ rows: [hours[1]], more: false });
    expect(await quarantine.list(region, 100)).toMatchObject({ rows: { length: 4 }, more: false });
  });
});

const keysDue = async (shard: string, now: string) => {
  const keys = [];
  for await (const page of pending.due(shard, at(now))) keys.push(...page);
  return keys;
};

describe('pending', () => {
  const sent = (id: number, said: Partial<Extract<MessageRow, { direction: 'sent' }>> = {}) =>
    aSentRow(id, { PK: `R#${HANGZHOU}#C#${lane.caseNumber}`, caseNumber: lane.caseNumber, ...said });
  const handled = (id: number, said: Partial<Extract<MessageRow, { direction: 'handled' }>> = {}) =>
    aHandledRow(id, { PK: `R#${CHENGDU}#C#${lane.caseNumber}`, caseNumber: lane.caseNumber, ...said });

  test('reads a row as it was written', async () => {
    await put(sent(1));
    await put(handled(2));
    expect([await pending.get(sent(1)), await pending.get(handled(2)), await pending.get(sent(3))]).toEqual([
      sent(1),
      handled(2),
      undefined,
    ]);
  });

  test('finds what is due in a shard, most overdue first, over as many pages as it takes', async () => {
    const minute = (i: number) => `2026-11-20T${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00Z`;
    const rows = Array.from({ length: 150 }, (_, i) => sent(300 + i, { pendingShard: '7', nextAttempt: at(minute(i)) }));
    await Promise.all(rows.toReversed().map(put));
    await put(sent(900, { pendingShard: '6' }));
    await put(sent(901, settled as never));
    const due = await keysDue('7', minute(129));
    expect(due).toEqual(rows.slice(0, 130).map(({ PK, SK }) => ({ PK, SK })));
    expect(await keysDue('7', '2026-11-19T23:59:59Z')).toEqual([]);
  });

  test('is claimed by one of ten who read the same row', async () => {
    const row = sent(1, { attempts: 2 });
    await put(row);
    const later = at('2026-11-20T05:00:00Z');
    const claims = await Promise.all(Array.from({ length: 10 }, () => pending.claim(row, later)));
    expect(claims.filter(Boolean)).toEqual([{ ...row, attempts: 3, nextAttempt: later }]);
  });

  test('is not claimed once its receipt has come', async () => {
    const row = sent(1);
    await put({ ...row, ...settled });
    expect(await pending.claim(row, at('2026-11-20T05:00:00Z'))).toBeUndefined();
  });

  test('ends, and leaves the index, for the state that was read', async () => {
    const row = handled(1, { pendingShard: '5' });
    await put(row);
    expect(await keysDue('5', '2026-11-21T00:00:00Z')).toHaveLength(1);
    await pending.settle(row);
    expect(await keysDue('5', '2026-11-21T00:00:00Z')).toEqual([]);
    const { pendingShard: _shard, pendingSince: _since, nextAttempt: _next, ...rest } = row;
    expect(await read(row)).toEqual(rest);
  });

  test('stays when the receipt was asked for again after it was read', async () => {
    const row = handled(1);
    await put(row);
    await pending.armReceipt(row, row.caseNumber, at('2026-11-20T03:00:00Z'));
    await pending.settle(row);
    expect(await read(row)).toMatchObject({ nextAttempt: '2026-11-20T03:00:00.000Z', pendingSince: row.pendingSince });
  });

  test('begins again for a receipt that was sent before', async () => {
    const row = handled(1);
    await put(row);
    await pending.settle(row);
    await pending.armReceipt(row, row.caseNumber, at('2026-11-20T03:00:00Z'));
    const armed = await pending.get(row);
    expect(armed).toMatchObject({ pendingSince: '2026-11-20T03:00:00.000Z', nextAttempt: '2026-11-20T03:00:00.000Z' });
    expect(await keysDue(armed?.pendingShard ?? '', '2026-11-20T03:00:00Z')).toContainEqual({ PK: row.PK, SK: row.SK });
  });

  test('E4 has no receipt for what was never handled, or was sent by us', async () => {
    await put(sent(1));
    await pending.armReceipt(sent(1), lane.caseNumber, at('2026-11-20T03:00:00Z'));
    await pending.armReceipt(handled(2), lane.caseNumber, at('2026-11-20T03:00:00Z'));
    expect([await read(sent(1)), await read(handled(2))]).toEqual([sent(1), undefined]);
  });

  test('a row that breaks its schema is an error, not a message', async () => {
    await put(sent(1));
    await client.send(
      new UpdateCommand({ TableName: table, Key: { PK: sent(1).PK, SK: sent(1).SK }, UpdateExpression: 'REMOVE attempts' }),
    );
    await expect(pending.get(sent(1))).rejects.toThrow();
  });
});
