import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { type DispatchDeps, dispatch } from '../../functions/exchange/dispatch.ts';
import type { InboxMessage } from '../../functions/exchange/queues.ts';
import { relay } from '../../functions/exchange/relay.ts';
import { nextAttemptAfter, type SweepDeps, sweepPending } from '../../functions/exchange/sweep.ts';
import { ALL_SHARDS } from '../../functions/platform/canonical.ts';
import { By, type HandledMessageRow, type MessageRow } from '../../schemas/rows.ts';
import { aRegion } from '../support/directory.ts';
import { aHandledRow, aSentRow, at, inboxRecord, settled } from '../support/exchange.ts';
import { aCaseNumber, CHENGDU, HANGZHOU, uuid, WUHAN } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const fault = () => new Error('the network is down');
const inboxOf = (region: string) => `https://sqs.test/jiexu-inbox-${region}.fifo`;

describe('relay', () => {
  const record = (n: number, said: Partial<DynamoDBRecord> & { SK?: string } = {}): DynamoDBRecord => ({
    eventName: 'INSERT',
    dynamodb: { Keys: { PK: { S: 'R#330100#C#x' }, SK: { S: said.SK ?? `M#${n}` } }, SequenceNumber: String(n) },
    ...said,
  });
  const records = (count: number) => Array.from({ length: count }, (_, i) => record(i));

  function sendQueue(failing: (body: string) => boolean = () => false) {
    const batches: string[][] = [];
    return {
      batches,
      sendBatch: async (bodies: readonly string[]) => {
        batches.push([...bodies]);
        return new Set(bodies.flatMap((body, index) => (failing(body) ? [index] : [])));
      },
    };
  }

  it('turns each new message row into a wake-up that holds its key and nothing else, ten in a call', async () => {
    const queue = sendQueue();
    expect(await relay({ sendQueue: queue, log: unitWitness().log }, { Records: records(23) })).toEqual({ batchItemFailures: [] });
    expect(queue.batches.map(({ length }) => length)).toEqual([10, 10, 3]);
    expect(queue.batches[2]?.[2]).toBe('{"PK":"R#330100#C#x","SK":"M#22"}');
  });

  it.each([
    ['a row that was changed', record(1, { eventName: 'MODIFY' })],
    ['a row that was removed', record(1, { eventName: 'REMOVE' })],
    ['a case', record(1, { SK: 'CASE' })],
    ['an entry of a timeline', record(1, { SK: 'T#000001' })],
    ['a message that waits', record(1, { SK: 'P#330100#000002' })],
  ])('leaves out %s', async (_what, other) => {
    const queue = sendQueue();
    expect(await relay({ sendQueue: queue, log: unitWitness().log }, { Records: [other] })).toEqual({ batchItemFailures: [] });
    expect(queue.batches).toEqual([]);
  });

  it('gives everything back from the first row on that the queue did not take', async () => {
    const queue = sendQueue((body) => body.includes('M#13') || body.includes('M#15'));
    const { batchItemFailures } = await relay({ sendQueue: queue, log: unitWitness().log }, { Records: records(23) });
    expect(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier))).toEqual([13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    expect(queue.batches).toHaveLength(2);
  });

  it('gives everything back from the batch on whose call failed', async () => {
    const queue = {
      sendBatch: (bodies: readonly string[]) =>
        bodies[0]?.includes('M#10') ? Promise.reject(fault()) : Promise.resolve(new Set<number>()),
    };
    const { batchItemFailures } = await relay({ sendQueue: queue, log: unitWitness().log }, { Records: records(12) });
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['10', '11']);
  });
});

const nameOf = ({ PK, SK }: { PK: string; SK: string }) => `${PK}|${SK}`;

/** A table of pending rows in memory, the queues of the regions, and a directory in which Wuhan has no inbox. */
function network(rows: readonly MessageRow[], dead: readonly string[] = []) {
  const table = new Map(rows.map((row) => [nameOf(row), row]));
  const sent: (InboxMessage & { inboxUrl: string })[] = [];
  const seen = unitWitness();
  const asRead = (row: MessageRow) => {
    const there = table.get(nameOf(row));
    return there?.attempts === row.attempts && there.nextAttempt === row.nextAttempt ? there : undefined;
  };
  const pending: SweepDeps['pending'] = {
    get: async (key) => table.get(nameOf(key)),
    async *due(shard, now) {
      const due = [...table.values()].filter(
        ({ pendingShard, nextAttempt }) => pendingShard === shard && nextAttempt && nextAttempt <= now,
      );
      yield due.map(({ PK, SK }) => ({ PK, SK }));
    },
    async claim(row, nextAttempt) {
      const there = asRead(row);
      if (!there) return undefined;
      const claimed = { ...there, attempts: there.attempts + 1, nextAttempt };
      table.set(nameOf(row), claimed);
      return claimed;
    },
    async settle(row) {
      const there = asRead(row);
      if (there) table.set(nameOf(row), { ...there, ...settled } as MessageRow);
    },
  };
  const deps: SweepDeps & DispatchDeps = {
    pending,
    directory: { region: async (code) => aRegion({ code, ...(code !== WUHAN && { inboxUrl: inboxOf(code) }) }) },
    inboxes: {
      async send(inboxUrl, message) {
        if (dead.some((region) => inboxUrl === inboxOf(region))) throw fault();
        sent.push({ inboxUrl, ...message });
      },
    },
    clock: { now: () => at('2026-11-20T02:00:00Z') },
    log: seen.log,
    metrics: seen.metrics,
  };
  return { table, sent, seen, deps };
}

/** A clerk of Chengdu has opened what was handled. */
const OPENED: Partial<HandledMessageRow> = {
  openedAt: at('2026-11-20T01:00:30Z'),
  openedBy: By.parse({ subject: 'clerk-1', office: '51010001', role: 'clerk' }),
  opened: '{"opened":"receipt"}',
};

const wakeUp = ({ PK, SK }: MessageRow, id = 1): SQSRecord => inboxRecord(JSON.stringify({ PK, SK }), { id: uuid(id) });
const failedIds = async (deps: DispatchDeps, ...Records: SQSRecord[]) =>
  (await dispatch(deps, { Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

describe('dispatch', () => {
  it('sends what is pending byte for byte to the inbox of its recipient, and leaves it pending until its receipt comes', async () => {
    const row = aSentRow();
    const { deps, sent, table } = network([row]);
    expect(await failedIds(deps, wakeUp(row))).toEqual([]);
    expect(sent).toEqual([
      { inboxUrl: inboxOf(CHENGDU), body: row.body, groupId: `${CHENGDU}-${row.caseNumber}`, deduplicationId: `${row.messageId}-0` },
    ]);
    expect(table.get(nameOf(row))).toEqual(row);
  });

  it('sends the stored receipt of a handled message to its sender, once', async () => {
    const row = aHandledRow();
    const { deps, sent, table } = network([row]);
    expect(await failedIds(deps, wakeUp(row))).toEqual([]);
    expect(await failedIds(deps, wakeUp(row))).toEqual([]);
    expect(sent).toEqual([
      {
        inboxUrl: inboxOf(HANGZHOU),
        body: row.receipt,
        groupId: `${HANGZHOU}-${row.caseNumber}`,
        deduplicationId: `${row.messageId}-receipt-0`,
      },
    ]);
    expect(table.get(nameOf(row))).toMatchObject(settled);
  });

  it('E3 sends the opened receipt of a handled message after its delivered receipt, both byte for byte', async () => {
    const row = aHandledRow(1, { attempts: 2, ...OPENED });
    const { deps, sent, table } = network([row]);
    expect(await failedIds(deps, wakeUp(row))).toEqual([]);
    const to = { inboxUrl: inboxOf(HANGZHOU), groupId: `${HANGZHOU}-${row.caseNumber}` };
    expect(sent).toEqual([
      { ...to, body: row.receipt, deduplicationId: `${row.messageId}-receipt-2` },
      { ...to, body: row.opened, deduplicationId: `${row.messageId}-opened-2` },
    ]);
    expect(table.get(nameOf(row))).toMatchObject(settled);
  });

  it('E3 leaves a row pending of whose receipts the queue took only the first', async () => {
    const row = aHandledRow(1, OPENED);
    const { deps, sent, table, seen } = network([row]);
    const send: DispatchDeps['inboxes']['send'] = (url, message) =>
      message.body === row.opened ? Promise.reject(fault()) : deps.inboxes.send(url, message);
    expect(await failedIds({ ...deps, inboxes: { send } }, wakeUp(row))).toEqual([]);
    expect(sent.map(({ body }) => body)).toEqual([row.receipt]);
    expect(table.get(nameOf(row))).toEqual(row);
    expect(seen.codes()).toEqual(['message.sent', 'message.send-failed']);
  });

  it('E3 leaves a row pending that is opened while its delivered receipt is under way', async () => {
    const row = aHandledRow();
    const { deps, sent, table } = network([row]);
    const opened = { ...row, ...OPENED, nextAttempt: at('2026-11-20T01:00:30Z') };
    const send: DispatchDeps['inboxes']['send'] = async (url, message) => {
      await deps.inboxes.send(url, message);
      table.set(nameOf(row), opened);
    };
    await dispatch({ ...deps, inboxes: { send } }, { Records: [wakeUp(row)] });
    expect(table.get(nameOf(row))).toEqual(opened);
    expect(await sweepPending(deps)).toBe(1);
    expect(sent.map(({ deduplicationId }) => deduplicationId)).toEqual(
      ['receipt-0', 'receipt-1', 'opened-1'].map((what) => `${row.messageId}-${what}`),
    );
    expect(table.get(nameOf(row))).toMatchObject(settled);
  });

  it.each([
    ['whose receipt came meanwhile', aSentRow(1, settled as never)],
    ['whose row is not there', undefined],
  ])('drops a wake-up %s', async (_what, row) => {
    const { deps, sent } = network(row ? [row] : []);
    expect(await failedIds(deps, wakeUp(aSentRow()))).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('E4 a recipient that is dead, or has no inbox, holds up nobody: it stays pending and the wake-up is done', async () => {
    const toDead = aSentRow(1);
    const toNobody = aSentRow(2, { counterpart: WUHAN });
    const receipt = aHandledRow(3);
    const { deps, sent, table, seen } = network([toDead, toNobody, receipt], [CHENGDU]);
    expect(await failedIds(deps, wakeUp(toDead), wakeUp(toNobody), wakeUp(receipt))).toEqual([]);
    expect(sent.map(({ body }) => body)).toEqual([receipt.receipt]);
    expect([table.get(nameOf(toDead)), table.get(nameOf(toNobody))]).toEqual([toDead, toNobody]);
    expect(seen.codes().sort()).toEqual(['message.send-failed', 'message.sent', 'message.undeliverable']);
  });

  it('gives a wake-up back only when our own table fails', async () => {
    const rows = [aSentRow(1), aSentRow(2)];
    const { deps, sent } = network(rows);
    const get: SweepDeps['pending']['get'] = (key) => (key.SK === rows[0]?.SK ? Promise.reject(fault()) : deps.pending.get(key));
    const failing = { ...deps, pending: { ...deps.pending, get } };
    expect(await failedIds(failing, wakeUp(rows[0]!, 1), wakeUp(rows[1]!, 2))).toEqual([uuid(1)]);
    expect(sent).toHaveLength(1);
    expect(await failedIds({ ...deps, directory: { region: () => Promise.reject(fault()) } }, wakeUp(rows[0]!))).toEqual([]);
  });
});

describe('E4 the sweep', () => {
  const now = at('2026-11-20T02:00:00Z');

  it('sends again what is due, with the attempt counted first and the next one later', async () => {
    const row = aSentRow(1, { attempts: 3 });
    const { deps, sent, table, seen } = network([row]);
    expect(await sweepPending(deps)).toBe(1);
    expect(sent).toMatchObject([{ body: row.body, deduplicationId: `${row.messageId}-4` }]);
    expect(table.get(nameOf(row))).toMatchObject({ attempts: 4, nextAttempt: '2026-11-20T02:32:00.000Z', pendingShard: '3' });
    expect(seen.counts).toEqual({ PendingResent: 1 });
    expect(await sweepPending(deps)).toBe(0);
  });

  it('settles the receipt that it sent', async () => {
    const { deps, table } = network([aHandledRow()]);
    expect(await sweepPending(deps)).toBe(1);
    expect([...table.values()]).toMatchObject([settled]);
  });

  it('sends nothing that is not due, or was settled while the index lagged', async () => {
    const [later, done] = [aSentRow(1, { nextAttempt: at('2026-11-20T02:00:00.001Z') }), aSentRow(2, settled as never)];
    const { deps, sent } = network([later, done]);
    async function* due(shard: string) {
      if (shard === '0') yield [later, done];
    }
    expect(await sweepPending({ ...deps, pending: { ...deps.pending, due } })).toBe(0);
    expect(sent).toEqual([]);
  });

  it('that overlaps another sends each attempt once', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => aSentRow(i + 1, { pendingShard: String(i % 8) }));
    const { deps, sent } = network(rows);
    const counts = await Promise.all([sweepPending(deps), sweepPending(deps), sweepPending(deps)]);
    expect(counts.reduce((a, b) => a + b)).toBe(25);
    expect(new Set(sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(25);
    expect(sent).toHaveLength(25);
  });

  it('passes over a dead region to everybody else, and tries it ever more rarely for five days', async () => {
    const toDead = aSentRow(1, { pendingShard: '0' });
    const others = [2, 3].map((n) => aSentRow(n, { counterpart: HANGZHOU, pendingShard: '0', caseNumber: aCaseNumber(n) }));
    const world = network([toDead, ...others], [CHENGDU]);
    expect(await sweepPending(world.deps)).toBe(2);
    let attempts = 1;
    for (let minute = 1; minute <= 5 * 24 * 60; minute += 1) {
      const { nextAttempt } = world.table.get(nameOf(toDead))!;
      const clock = { now: () => at(new Date(Date.parse(now) + minute * 60_000).toISOString()) };
      if (nextAttempt! <= clock.now()) {
        await sweepPending({ ...world.deps, clock, inboxes: { send: () => Promise.reject(fault()) } });
        attempts += 1;
      }
    }
    expect(attempts).toBeLessThan(35);
    expect(world.table.get(nameOf(toDead))).toMatchObject({ attempts, body: toDead.body, pendingSince: toDead.pendingSince });
  });

  it.each([
    [1, 4],
    [2, 8],
    [7, 256],
    [8, 360],
    [60, 360],
    [5_000, 360],
  ])('after attempt %i waits %i minutes', (attempt, minutes) => {
    expect(Date.parse(nextAttemptAfter(now, attempt)) - Date.parse(now)).toBe(minutes * 60_000);
  });

  it.each(ALL_SHARDS)('fails when shard %s fails, after all the others were swept', async (broken) => {
    const rows = ALL_SHARDS.map((shard, i) => aSentRow(i + 1, { pendingShard: shard }));
    const { deps, sent, seen } = network(rows);
    const due: SweepDeps['pending']['due'] = async function* (shard, until) {
      if (shard === broken) throw fault();
      yield* deps.pending.due(shard, until);
    };
    await expect(sweepPending({ ...deps, pending: { ...deps.pending, due } })).rejects.toThrow('sweep: 1 failed, 7 done');
    expect(sent).toHaveLength(7);
    expect(seen.lines.at(-1)).toMatchObject({ level: 'error', code: 'sweep.failed', fields: { count: 1, errorName: 'Error' } });
  });

  it('fails when one row fails, after the rest of its shard', async () => {
    const rows = [1, 2, 3].map((n) => aSentRow(n, { pendingShard: '0' }));
    const { deps, sent } = network(rows);
    const get: SweepDeps['pending']['get'] = (key) => (key.SK === rows[0]?.SK ? Promise.reject(fault()) : deps.pending.get(key));
    await expect(sweepPending({ ...deps, pending: { ...deps.pending, get } })).rejects.toThrow('sweep: 1 failed, 2 done');
    expect(sent).toHaveLength(2);
  });

  it('stops in time, without failing; the rest is still due', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => aSentRow(i + 1, { pendingShard: '0' }));
    const { deps, sent, table } = network(rows);
    expect(await sweepPending(deps, () => (sent.length < 10 ? 60_000 : 5_000))).toBe(10);
    expect([...table.values()].filter(({ attempts }) => attempts === 0)).toHaveLength(20);
  });

  it('needs only what it names', async () => {
    const deps = network([]).deps;
    expect(await sweepPending({ ...deps, inboxes: untouched('inboxes'), directory: untouched('directory') })).toBe(0);
  });
});
