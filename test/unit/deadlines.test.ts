import type { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { type AlertingRow, alertMessage, dueAlert } from '../../functions/deadlines/alert.ts';
import { snsPublisher } from '../../functions/deadlines/publisher.ts';
import { type DeadlineDeps, sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { ALL_SHARDS } from '../../functions/platform/canonical.ts';
import type { AlertLevel } from '../../schemas/clocks.ts';
import { ClockName } from '../../schemas/procedures.ts';
import { AlertRow, type ClockRow } from '../../schemas/rows.ts';
import { ALERT_AT, aClockRow } from '../support/clocks.ts';
import { aParkedRow, at } from '../support/exchange.ts';
import { aCaseNumber, CHENGDU, HANGZHOU, PERSON, uuid } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const NOW = at('2026-12-15T02:00:00Z');
const fault = () => new Error('the network is down');

/** A later level, which the procedure does not have yet. */
const LATER = { level: 'overdue-5' as AlertLevel, at: at('2026-12-18T16:00:00Z') };
const withLater = (row: ClockRow): ClockRow => ({ ...row, clock: { ...row.clock, alerts: [LATER, ...row.clock.alerts] } });

describe('D5 the alert of a clock', () => {
  it('is the level whose time has come, with an id that never differs', () => {
    const row = aClockRow();
    const due = dueAlert(row, NOW);
    expect(due).toEqual({
      record: {
        PK: row.PK,
        SK: 'A#transfer-out#overdue-1',
        kind: 'clock',
        alertId: `510100/${row.caseNumber}/transfer-out/overdue-1`,
        caseNumber: row.caseNumber,
        region: CHENGDU,
        office: '51010001',
        clock: 'transfer-out',
        level: 'overdue-1',
        owner: CHENGDU,
        dueOn: '2026-12-11',
        publishedAt: NOW,
      },
      next: undefined,
    });
    expect(dueAlert(row, at('2027-01-01T00:00:00Z'))?.record.alertId).toBe(due?.record.alertId);
    expect(AlertRow.parse(due?.record)).toEqual(due?.record);
  });

  it('names the time of the next level, in whatever order the levels are listed', () => {
    expect(dueAlert(withLater(aClockRow()), NOW)).toMatchObject({ record: { level: 'overdue-1' }, next: LATER.at });
    expect(dueAlert({ ...withLater(aClockRow()), nextAlert: LATER.at }, LATER.at)).toMatchObject({
      record: { level: 'overdue-5' },
      next: undefined,
    });
  });

  it.each<[string, Partial<ClockRow>]>([
    ['was stopped', { stoppedAt: at('2026-12-10T00:00:00Z') }],
    ['was moved to a later day', { nextAlert: at('2026-12-15T02:00:00.001Z') }],
    ['has alerted on every level', { nextAlert: undefined as never, alertShard: undefined as never }],
  ])('is none when the clock %s, whatever the index shows', (_what, said) => {
    expect(dueAlert({ ...aClockRow(), ...said }, NOW)).toBeUndefined();
  });

  it('comes exactly when its time has come', () => {
    expect(dueAlert(aClockRow(), ALERT_AT)).toBeDefined();
    expect(dueAlert(aClockRow(), at('2026-12-14T15:59:59.999Z'))).toBeUndefined();
  });

  it('of a level that the clock does not have is a defect', () => {
    expect(() => dueAlert({ ...aClockRow(), nextAlert: at('2026-12-13T16:00:00Z') }, NOW)).toThrow('no alert level');
  });

  it.each(ClockName.options)('is told in Chinese first, then for machines, for %s', (name) => {
    const row = aClockRow();
    const { record } = dueAlert({ ...row, clock: { ...row.clock, name, owner: HANGZHOU } }, NOW)!;
    const message = JSON.parse(alertMessage(record));
    expect(message).toEqual({
      text: expect.stringMatching(
        /^业务 330100-20261120-000001-\d 的“.+”应于 2026-12-11 24时前完成，已逾期1个工作日，责任地区 330100 \(.+ is one working day overdue\)$/,
      ),
      id: record.alertId,
      kind: 'clock',
      caseNumber: row.caseNumber,
      region: CHENGDU,
      office: '51010001',
      owner: HANGZHOU,
      clock: name,
      level: 'overdue-1',
      dueOn: '2026-12-11',
    });
    expect(alertMessage(record)).not.toContain(PERSON.name);
  });
});

describe('E2 the alert of a message that waits too long', () => {
  const row = aParkedRow();
  const { record } = dueAlert(row, NOW)!;

  it('has one id, whoever computes it and whenever', () => {
    expect(record).toEqual({
      PK: row.PK,
      SK: `A#gap#${uuid(2)}`,
      kind: 'gap',
      alertId: `510100/${row.caseNumber}/gap/${uuid(2)}`,
      caseNumber: row.caseNumber,
      region: CHENGDU,
      level: 'waiting-2',
      counterpart: HANGZHOU,
      messageId: uuid(2),
      sequence: 2,
      receivedAt: row.receivedAt,
      publishedAt: NOW,
    });
    expect(dueAlert(row, at('2027-01-01T00:00:00Z'))?.record.alertId).toBe(record.alertId);
    expect(AlertRow.parse(record)).toEqual(record);
  });

  it('comes when its second working day is over, and no second time', () => {
    expect(dueAlert(row, at('2026-11-24T15:59:59.999Z'))).toBeUndefined();
    expect(dueAlert(row, at('2026-11-24T16:00:00Z'))).toMatchObject({ record: { kind: 'gap' }, next: undefined });
    expect(dueAlert({ ...row, alertShard: undefined, nextAlert: undefined }, NOW)).toBeUndefined();
  });

  it('is told in Chinese first, then for machines', () => {
    expect(JSON.parse(alertMessage(record))).toEqual({
      text:
        `业务 ${row.caseNumber}：来自 330100 的第 2 号报文早到，自 2026-11-20 起等待，之前的报文至今未收齐 ` +
        '(message 2 from 330100 came early and waits since 2026-11-20; an earlier one is still missing)',
      id: record.alertId,
      kind: 'gap',
      caseNumber: row.caseNumber,
      region: CHENGDU,
      level: 'waiting-2',
      counterpart: HANGZHOU,
      messageId: uuid(2),
      sequence: 2,
      receivedAt: row.receivedAt,
    });
  });
});

it.each([
  [aClockRow(), { region: CHENGDU, kind: 'clock', level: 'overdue-1', clock: 'transfer-out' }],
  [aParkedRow(), { region: CHENGDU, kind: 'gap', level: 'waiting-2' }],
] as [AlertingRow, object][])('D5 subscribers can choose by the attributes of an alert', async (row, expected) => {
  const sent: PublishCommand[] = [];
  const sns = { send: async (command: PublishCommand) => void sent.push(command) } as unknown as SNSClient;
  const { record } = dueAlert(row, NOW)!;
  await snsPublisher(sns, 'arn:aws-cn:sns:cn-north-1:000000000000:alerts').publish(record);
  const attributes = Object.entries(sent[0]?.input.MessageAttributes ?? {});
  expect(Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue]))).toEqual(expected);
  expect(sent[0]?.input.Message).toBe(alertMessage(record));
});

const nameOf = ({ PK, SK }: { PK: string; SK: string }) => `${PK}|${SK}`;

/** Watched rows and alert records in memory under the store's conditions, and what subscribers got. */
function table(rows: readonly AlertingRow[]) {
  const watched = new Map(rows.map((row) => [nameOf(row), row]));
  const records = new Map<string, AlertRow>();
  const published: string[] = [];
  const seen = unitWitness();
  const deps: DeadlineDeps = {
    store: untouched<DeadlineDeps['store']>('store', {
      async *due(shard, now) {
        const due = [...watched.values()].filter(({ alertShard, nextAlert }) => alertShard === shard && nextAlert && nextAlert <= now);
        for (let i = 0; i < due.length; i += 100) yield due.slice(i, i + 100).map(({ PK, SK }) => ({ PK, SK }));
      },
      get: async (key) => watched.get(nameOf(key)),
      async record(row, { record, next }) {
        const there = watched.get(nameOf(row));
        const stopped = there?.kind === 'clock' && there.stoppedAt;
        if (there?.nextAlert !== row.nextAlert || stopped || records.has(nameOf(record))) return false;
        records.set(nameOf(record), record);
        const { nextAlert: _past, alertShard, ...rest } = there!;
        watched.set(nameOf(row), (next ? { ...rest, alertShard, nextAlert: next } : rest) as AlertingRow);
        return true;
      },
    }),
    notices: untouched<DeadlineDeps['notices']>('notices'),
    persons: untouched<DeadlineDeps['persons']>('persons'),
    publisher: { publish: async ({ alertId }) => void published.push(alertId) },
    clock: { now: () => NOW },
    log: seen.log,
    metrics: seen.metrics,
  };
  return { watched, records, published, seen, deps };
}

const clocksOf = (count: number) => Array.from({ length: count }, (_, i) => aClockRow(aCaseNumber(i + 1)));

describe('D5 the sweep', () => {
  it('publishes and records one alert per overdue clock and level, and none again', async () => {
    const world = table([...clocksOf(3), aClockRow(aCaseNumber(9), { nextAlert: at('2026-12-16T00:00:00Z') })]);
    expect(await sweepDeadlines(world.deps)).toBe(3);
    expect(await sweepDeadlines(world.deps)).toBe(0);
    expect([...world.records.values()].map(({ alertId }) => alertId).sort()).toEqual(world.published.sort());
    expect([world.records.size, world.published.length]).toEqual([3, 3]);
    expect(world.seen.counts).toEqual({ AlertPublished: 3 });
  });

  it('moves a clock with another level on to it', async () => {
    const world = table([withLater(aClockRow())]);
    await sweepDeadlines(world.deps);
    expect([...world.watched.values()]).toMatchObject([{ nextAlert: LATER.at }]);
    await sweepDeadlines({ ...world.deps, clock: { now: () => LATER.at } });
    expect([...world.records.values()].map(({ level }) => level)).toEqual(['overdue-1', 'overdue-5']);
  });

  it('E2 alerts once on a message that waits too long, beside the clocks, and leaves it waiting', async () => {
    const waiting = aParkedRow();
    const world = table([...clocksOf(1), waiting, aParkedRow(3, { nextAlert: at('2026-12-16T16:00:00Z') })]);
    expect([await sweepDeadlines(world.deps), await sweepDeadlines(world.deps)]).toEqual([2, 0]);
    expect(world.published.sort()).toEqual([
      `510100/${waiting.caseNumber}/gap/${uuid(2)}`,
      `510100/${waiting.caseNumber}/transfer-out/overdue-1`,
    ]);
    const { alertShard: _shard, nextAlert: _at, ...rest } = waiting;
    expect(world.watched.get(nameOf(waiting))).toEqual(rest);
    expect(world.seen.lines.filter(({ fields }) => fields.messageId)).toEqual([
      {
        level: 'info',
        code: 'alert.published',
        fields: { caseNumber: waiting.caseNumber, region: CHENGDU, level: 'waiting-2', counterpart: HANGZHOU, messageId: uuid(2) },
      },
    ]);
  });

  it('loses and doubles none of 10,000', async () => {
    const world = table(clocksOf(10_000));
    expect(await sweepDeadlines(world.deps)).toBe(10_000);
    expect([world.records.size, new Set(world.published).size, world.published.length]).toEqual([10_000, 10_000, 10_000]);
  });

  it('after a crash between publishing and recording publishes again with the same id and records once', async () => {
    const world = table(clocksOf(1));
    const store = { ...world.deps.store, record: () => Promise.reject(fault()) };
    await expect(sweepDeadlines({ ...world.deps, store })).rejects.toThrow('sweep: 1 failed, 0 done');
    expect(await sweepDeadlines(world.deps)).toBe(1);
    expect(new Set(world.published).size).toBe(1);
    expect([world.published.length, world.records.size]).toEqual([2, 1]);
  });

  it('records nothing that was not published', async () => {
    const world = table(clocksOf(1));
    const publisher = { publish: () => Promise.reject(fault()) };
    await expect(sweepDeadlines({ ...world.deps, publisher })).rejects.toThrow('sweep: 1 failed');
    expect(world.records.size).toBe(0);
    expect(await sweepDeadlines(world.deps)).toBe(1);
  });

  it('that overlaps another leaves exactly one record per clock', async () => {
    const world = table(clocksOf(40));
    const counts = await Promise.all([1, 2, 3].map(() => sweepDeadlines(world.deps)));
    expect(counts.reduce((a, b) => a + b)).toBe(40);
    expect(world.records.size).toBe(40);
  });

  it('never alerts on a clock that was stopped while the index lagged', async () => {
    const row = aClockRow();
    const world = table([{ ...row, stoppedAt: at('2026-12-11T00:00:00Z') }]);
    expect(await sweepDeadlines(world.deps)).toBe(0);
    expect(world.published).toEqual([]);
  });

  it.each(ALL_SHARDS)('fails when shard %s fails, after all the others were swept', async (broken) => {
    const world = table(clocksOf(40));
    const due: DeadlineDeps['store']['due'] = async function* (shard, now) {
      if (shard === broken) throw fault();
      yield* world.deps.store.due(shard, now);
    };
    const inBroken = clocksOf(40).filter(({ alertShard }) => alertShard === broken).length;
    const others = 40 - inBroken;
    await expect(sweepDeadlines({ ...world.deps, store: { ...world.deps.store, due } })).rejects.toThrow(`sweep: 1 failed, ${others} done`);
    expect(world.records.size).toBe(others);
    expect(await sweepDeadlines(world.deps)).toBe(inBroken);
  });

  it('stops in time, and the rest is alerted by the next run', async () => {
    const world = table(clocksOf(300));
    const first = await sweepDeadlines(world.deps, () => (world.records.size < 100 ? 60_000 : 1_000));
    expect(first).toBeLessThan(300);
    expect(first + (await sweepDeadlines(world.deps))).toBe(300);
  });
});
