import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DueAlert, dueAlert } from '../../functions/deadlines/alert.ts';
import { createDeadlineStore, type DeadlineStore } from '../../functions/deadlines/store.ts';
import { type DeadlineDeps, sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { MessageId } from '../../schemas/primitives.ts';
import type { ClockRow, ParkedRow } from '../../schemas/rows.ts';
import { aClockRow } from '../support/clocks.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { aParkedRow, at } from '../support/exchange.ts';
import { aCaseNumber, uuid } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const NOW = at('2026-12-15T02:00:00Z');
const LATER = at('2026-12-18T16:00:00Z');
let table: string;
let store: DeadlineStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createDeadlineStore(client, table);
});

let n = 0;
let row: ClockRow;
let alert: DueAlert;
beforeEach(async () => {
  n += 1;
  row = aClockRow(aCaseNumber(n));
  alert = dueAlert(row, NOW)!;
});

const put = (Item: object) => client.send(new PutCommand({ TableName: table, Item }));
const read = async ({ PK, SK }: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key: { PK, SK } }))).Item;
const { nextAlert: _at, alertShard: _shard, ...unwatched } = aClockRow();

describe('D5 recording an alert', () => {
  test('writes it and takes the clock out of the index after its last level', async () => {
    await put(row);
    expect(await store.record(row, alert)).toBe(true);
    expect(await read(alert.record)).toEqual(alert.record);
    expect(await store.get(row)).toEqual({ ...unwatched, PK: row.PK, caseNumber: row.caseNumber });
  });

  test('moves the clock to its next level', async () => {
    await put(row);
    expect(await store.record(row, { ...alert, next: LATER })).toBe(true);
    expect(await store.get(row)).toEqual({ ...row, nextAlert: LATER });
  });

  test('is done by one of ten at once', async () => {
    await put(row);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.record(row, alert)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  test.each<[string, Partial<ClockRow>]>([
    ['was stopped', { stoppedAt: at('2026-12-11T00:00:00Z') }],
    ['was moved', { nextAlert: LATER }],
  ])('is refused, and leaves no trace, when the clock %s since it was read', async (_what, said) => {
    await put({ ...row, ...said });
    expect(await store.record(row, alert)).toBe(false);
    expect([await read(alert.record), await read(row)]).toEqual([undefined, { ...row, ...said }]);
  });

  test('that stands already, of a clock that was computed anew, only moves the clock on', async () => {
    await put(row);
    const first = { ...alert.record, publishedAt: at('2026-12-01T00:00:00Z') };
    await put(first);
    expect(await store.record(row, { ...alert, next: LATER })).toBe(false);
    expect([await read(alert.record), await store.get(row)]).toEqual([first, { ...row, nextAlert: LATER }]);
  });
});

describe('E2 recording the alert of a message that waits too long', () => {
  let parked: ParkedRow;
  let gap: DueAlert;
  beforeEach(() => {
    parked = aParkedRow(2, { caseNumber: aCaseNumber(n) });
    gap = dueAlert(parked, NOW)!;
  });
  const silent = () => {
    const { nextAlert: _at, alertShard: _shard, ...rest } = parked;
    return rest;
  };

  test('writes it and takes the message out of the index, where it goes on waiting', async () => {
    await put(parked);
    expect(await store.get(parked)).toEqual(parked);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.record(parked, gap)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect([await read(gap.record), await read(parked)]).toEqual([gap.record, silent()]);
  });

  test('is refused, and leaves no trace, when the message was handled or quarantined since it was read', async () => {
    expect(await store.record(parked, gap)).toBe(false);
    expect([await read(gap.record), await read(parked)]).toEqual([undefined, undefined]);
  });

  test('is refused when another message waits in its place', async () => {
    const other = { ...parked, messageId: MessageId.parse(uuid(77)) };
    await put(other);
    expect(await store.record(parked, gap)).toBe(false);
    expect([await read(gap.record), await read(parked)]).toEqual([undefined, other]);
  });

  test('that stands already, of a message that a replay parked once more, only quietens the message', async () => {
    const first = { ...gap.record, publishedAt: at('2026-12-01T00:00:00Z') };
    await put(first);
    await put(parked);
    expect(await store.record(parked, gap)).toBe(false);
    expect([await read(gap.record), await read(parked)]).toEqual([first, silent()]);
  });
});

test('D5 overlapping sweeps of the real index record every alert once and leave nothing due', async () => {
  const { exchange } = await createTables(dynamoDbLocalClient());
  const put = (Item: object) => client.send(new PutCommand({ TableName: exchange, Item }));
  const rows = Array.from({ length: 100 }, (_, i) => [
    aClockRow(aCaseNumber(1000 + i)),
    aParkedRow(2, { caseNumber: aCaseNumber(1000 + i) }),
  ]).flat();
  await Promise.all(rows.map(put));
  await put(aClockRow(aCaseNumber(5000), { nextAlert: LATER }));
  const published: string[] = [];
  const seen = unitWitness();
  const deps = {
    store: createDeadlineStore(client, exchange),
    publisher: { publish: async ({ alertId }: { alertId: string }) => void published.push(alertId) },
    notices: untouched<DeadlineDeps['notices']>('notices'),
    persons: untouched<DeadlineDeps['persons']>('persons'),
    clock: { now: () => NOW },
    log: seen.log,
    metrics: seen.metrics,
  };
  const counts = await Promise.all([sweepDeadlines(deps), sweepDeadlines(deps), sweepDeadlines(deps)]);
  expect(counts.reduce((a, b) => a + b)).toBe(200);
  expect(new Set(published).size).toBe(200);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: exchange }));
  expect(
    Items.filter(({ SK }) => SK.startsWith('A#'))
      .map(({ alertId }) => alertId)
      .sort(),
  ).toEqual([...new Set(published)].sort());
  expect(await sweepDeadlines(deps)).toBe(0);
});
