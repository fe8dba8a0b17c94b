import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../../functions/cases/change.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { casePartition, clockKey, openCaseKey, parkedKey, quarantineKey, quarantinePointerKey } from '../../functions/cases/keys.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { readChain } from '../../functions/cases/timeline.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { NOW, type Step, TODAY } from '../support/cases.ts';
import { aCaseNumber, anIdempotency, changeOf, handledRow, idempotencyKeyOf, personHash, wayOf } from '../support/changes.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { aParkedRow } from '../support/exchange.ts';

let table: string;
let store: CaseStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createCaseStore(client, table);
});

const FIRST = toInstant(Date.parse('2026-02-20T01:00:05Z'));

const rowsOf = async (PK: string) => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': PK },
      ConsistentRead: true,
    }),
  );
  return Items;
};
const caseRows = (region: RegionCode, n: number) => rowsOf(casePartition(region, aCaseNumber(n)));
const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName: table, Item }));

/** Commits the steps one after another. @returns the state at the end */
async function commitAll(steps: readonly Step[], before: Folded = undefined): Promise<NonNullable<Folded>> {
  let state = before;
  for (const step of steps) {
    const change = changeOf(state, step);
    expect(await store.commit(change)).toEqual({ kind: 'written' });
    state = change.after;
  }
  return state!;
}

describe('a whole case', () => {
  test('is read back on both sides as it was decided, its chain unbroken (E7)', async () => {
    const { caseNumber, transferIn, transferOut } = wayOf(1);
    for (const [region, steps] of [
      [HANGZHOU, transferIn],
      [CHENGDU, transferOut],
    ] as const) {
      const state = await commitAll(steps);
      expect(await store.readCase(region, caseNumber)).toStrictEqual(JSON.parse(JSON.stringify(state)));
      const { entries, brokenAt } = readChain(await store.timeline(region, caseNumber), state.hash);
      expect([brokenAt, entries.map(({ n }) => n)]).toEqual([undefined, steps.map((_, i) => i + 1)]);
    }
  });

  test('takes the person’s place when it opens and gives it back when it is completed (A10)', async () => {
    const { transferIn } = wayOf(2);
    const place = openCaseKey(HANGZHOU, personHash(2), '310', CHENGDU).PK;
    const state = await commitAll(transferIn.slice(0, -1));
    expect(await rowsOf(place)).toMatchObject([{ caseNumber: state.caseNumber }]);
    await commitAll(transferIn.slice(-1), state);
    expect(await rowsOf(place)).toEqual([]);
    const again = changeOf(undefined, { ...transferIn[0]!, context: { ...transferIn[0]!.context, caseNumber: aCaseNumber(3) } });
    expect(await store.commit(again)).toEqual({ kind: 'written' });
  });

  test('puts its message down as pending beside it', async () => {
    await commitAll(wayOf(4).transferIn.slice(0, 3));
    const [row] = (await caseRows(HANGZHOU, 4)).filter(({ SK }) => SK.startsWith('M#'));
    expect(row).toMatchObject({ direction: 'sent', attempts: 0, pendingSince: NOW, nextAttempt: '2026-03-02T02:02:00.000Z' });
    expect(row?.pendingShard).toMatch(/^[0-7]$/);
  });

  test('has clocks in the alert index until they stop', async () => {
    const { caseNumber, transferIn } = wayOf(5);
    const running = await commitAll(transferIn.slice(0, 2));
    const alerting = async () => {
      const { PK, SK } = clockKey(HANGZHOU, caseNumber, 'send-letter');
      const shards = await Promise.all(
        [...'01234567'].map((shard) =>
          client.send(
            new QueryCommand({
              TableName: table,
              IndexName: 'nextAlert',
              KeyConditionExpression: 'alertShard = :shard',
              ExpressionAttributeValues: { ':shard': shard },
            }),
          ),
        ),
      );
      return shards.flatMap(({ Items = [] }) => Items).filter((item) => item.PK === PK && item.SK === SK);
    };
    expect(await alerting()).toMatchObject([{ nextAlert: '2026-03-23T16:00:00.000Z' }]);
    await commitAll(transferIn.slice(2, 3), running);
    expect(await alerting()).toEqual([]);
    const [clock] = (await caseRows(HANGZHOU, 5)).filter(({ SK }) => SK === 'K#send-letter');
    expect(clock).toMatchObject({ stoppedAt: expect.any(String), clock: { article: expect.stringContaining('第五条') } });
    expect(Object.keys(clock!)).not.toEqual(expect.arrayContaining(['alertShard', 'nextAlert']));
  });
});

/** What stands in the way of a change that begins a case or sends its letter, and what the store makes of it. */
type Obstacle = [name: string, expected: unknown, change: (change: Change, n: number) => Promise<Change> | Change];
const OBSTACLES: Obstacle[] = [
  ['the case was changed meanwhile', { kind: 'conflict' }, (change) => ({ ...change, before: { ...change.before!, version: 1 } })],
  ['the state is not one the table allows', { kind: 'conflict' }, (change) => ({ ...change, allowedFrom: ['opened', 'letter-sent'] })],
  [
    'an entry with this number is there',
    { kind: 'conflict' },
    async (change, n) => {
      await put({ ...(await caseRows(HANGZHOU, n)).find(({ SK }) => SK === 'T#000001')!, SK: 'T#000003' });
      return change;
    },
  ],
  [
    'a message with this id is there',
    { kind: 'conflict' },
    async (change) => {
      await put(change.sent[0]!);
      return change;
    },
  ],
  [
    'the clock that stops is stopped',
    { kind: 'conflict' },
    async (change, n) => {
      await put({ ...(await caseRows(HANGZHOU, n)).find(({ SK }) => SK === 'K#send-letter')!, stoppedAt: NOW });
      return change;
    },
  ],
  [
    'the message was handled',
    { kind: 'handled-before' },
    async (change, n) => {
      const handled = handledRow(change, n);
      await put(handled);
      return { ...change, handled };
    },
  ],
  [
    'the message was marked delivered',
    { kind: 'handled-before' },
    async (change, n) => {
      const row = { ...handledRow(change, n), deliveredAt: NOW };
      await put(row);
      return { ...change, delivered: { messageId: row.messageId, at: NOW } };
    },
  ],
  [
    'the message that a receipt names is not there',
    { kind: 'handled-before' },
    (change, n) => {
      const { messageId } = handledRow(change, n);
      return { ...change, delivered: { messageId, at: NOW } };
    },
  ],
  [
    'the idempotency key was used',
    expect.objectContaining({ kind: 'key-used', answer: expect.objectContaining({ status: 'letter-sent' }) }),
    async (change, n) => {
      const { PK, SK } = { PK: `R#${HANGZHOU}#I#${HANGZHOU_OFFICE}#${idempotencyKeyOf(n)}`, SK: 'I' };
      const { bodyHash, answer } = anIdempotency(n, change, 'first');
      await put({ PK, SK, bodyHash, answer });
      return { ...change, idempotency: anIdempotency(n, change, 'second') };
    },
  ],
];

describe('one transaction per change: all of it or nothing', () => {
  test.each(OBSTACLES.map((obstacle, i) => [...obstacle, 100 + i] as const))('nothing when %s', async (_name, expected, obstruct, n) => {
    const { transferIn } = wayOf(n);
    const state = await commitAll(transferIn.slice(0, 2));
    const change = await obstruct(changeOf(state, transferIn[2]!), n);
    const before = await caseRows(HANGZHOU, n);
    // Whatever else the change would write goes with it.
    const whole = { ...change, idempotency: change.idempotency ?? anIdempotency(n, change) };
    expect(await store.commit(whole)).toEqual(expected);
    expect(await caseRows(HANGZHOU, n)).toEqual(before);
    const stored = await store.readIdempotency(HANGZHOU, HANGZHOU_OFFICE, idempotencyKeyOf(n));
    expect(stored === undefined).toBe(change.idempotency === undefined);
  });

  test('several obstacles at once: the answer given before says most (E1)', async () => {
    const { transferIn } = wayOf(120);
    const first = changeOf(undefined, transferIn[0]!);
    const change = { ...first, idempotency: anIdempotency(120, first, 'body') };
    expect(await store.commit(change)).toEqual({ kind: 'written' });
    const { bodyHash, answer } = change.idempotency;
    expect(await store.commit(change)).toEqual({ kind: 'key-used', bodyHash, answer });
    expect(await store.readIdempotency(HANGZHOU, HANGZHOU_OFFICE, idempotencyKeyOf(120))).toMatchObject({ bodyHash, answer });
  });

  test('a second open case of one person, scheme and former region names the first (A10)', async () => {
    const [open] = wayOf(121).transferIn;
    await commitAll([open!]);
    const second = changeOf(undefined, { ...open!, context: { ...open!.context, caseNumber: aCaseNumber(122) } });
    expect(await store.commit(second)).toEqual({ kind: 'already-open', caseNumber: aCaseNumber(121) });
    expect(await caseRows(HANGZHOU, 122)).toEqual([]);
  });

  test('the parked row goes with the change that handles it', async () => {
    const { transferOut, caseNumber } = wayOf(123);
    const key = parkedKey(CHENGDU, caseNumber, HANGZHOU, 1);
    await put({ ...key, messageId: idempotencyKeyOf(1), body: '{}', receivedAt: NOW });
    const change = changeOf(undefined, transferOut[0]!);
    expect(await store.commit({ ...change, before: undefined, handled: handledRow(change, 123), unpark: key })).toEqual({
      kind: 'written',
    });
    expect((await caseRows(CHENGDU, 123)).map(({ SK }) => SK.replace(/#.*/, '')).sort()).toEqual(['CASE', 'K', 'M', 'T']);
  });

  test('the copy in quarantine is read with the case, and resolved with the change that handles the message, once', async () => {
    const { transferOut, caseNumber } = wayOf(125);
    const [hash, receivedAt, key] = [sha256('the letter of 125'), FIRST, quarantineKey(CHENGDU, FIRST, '1-125')];
    await put({ ...quarantinePointerKey(CHENGDU, hash), receivedAt, quarantinedAs: key.SK });
    await put({ ...key, code: 'message.signature' });
    expect(await store.readForMessage(CHENGDU, caseNumber, HANGZHOU, 1, hash)).toEqual({ quarantined: { receivedAt, key } });
    expect(await store.readForReceipt(CHENGDU, caseNumber, wayOf(125).transferIn[2]!.context.messageId, hash)).toEqual({
      quarantined: { receivedAt, key },
    });
    const change = changeOf(undefined, transferOut[0]!);
    expect(await store.commit({ ...change, handled: handledRow(change, 125), resolve: key })).toEqual({ kind: 'written' });
    const resolved = { ...key, code: 'message.signature', resolvedAt: change.entry.recordedAt };
    expect((await rowsOf(key.PK)).filter(({ SK }) => SK === key.SK)).toEqual([resolved]);
    const next = changeOf(change.after, transferOut[1]!);
    const later = { ...next, entry: { ...next.entry, recordedAt: FIRST } };
    expect(await store.commit({ ...later, resolve: key })).toEqual({ kind: 'written' });
    expect((await rowsOf(key.PK)).filter(({ SK }) => SK === key.SK)).toEqual([resolved]);
  });

  test('what waits with the sequence of a message is read with its case, and what waits after it', async () => {
    const { caseNumber } = wayOf(126);
    const rows = [1, 2, 3].map((sequence) => aParkedRow(sequence, { caseNumber, region: CHENGDU, counterpart: HANGZHOU }));
    for (const row of rows) await put(row);
    expect(await store.readForMessage(CHENGDU, caseNumber, HANGZHOU, 1, sha256('?'))).toEqual({ own: rows[0], next: rows[1] });
  });

  test('a delivered message leaves the pending index', async () => {
    const { transferIn } = wayOf(124);
    const state = await commitAll(transferIn.slice(0, 3));
    const messageId = transferIn[2]!.context.messageId;
    const step: Step = {
      command: { name: 'record-delivery', messageType: 'cn.jiexu.liaison-letter.v1', messageId, deliveredAt: NOW },
      context: { ...transferIn[3]!.context },
    };
    expect(await store.commit(changeOf(state, step, { delivered: { messageId, at: NOW } }))).toEqual({ kind: 'written' });
    const { state: after, message } = await store.readForReceipt(HANGZHOU, state.caseNumber, messageId, sha256('the receipt'));
    expect(after?.delivered).toEqual({ 'cn.jiexu.liaison-letter.v1': NOW });
    expect(message).toMatchObject({ deliveredAt: NOW });
    for (const gone of ['pendingShard', 'pendingSince', 'nextAttempt']) expect(message).not.toHaveProperty(gone);
  });
});

test('of ten who change a case at once one wins, and the others read again', async () => {
  const { transferIn } = wayOf(130);
  const state = await commitAll(transferIn.slice(0, 2));
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, i) => {
      const step = {
        ...transferIn[2]!,
        context: { ...transferIn[2]!.context, messageId: handledRow(changeOf(state, transferIn[2]!), 1300 + i).messageId },
      };
      return store.commit(changeOf(state, step));
    }),
  );
  expect(results.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(9);
  expect((await caseRows(HANGZHOU, 130)).filter(({ SK }) => SK.startsWith('M#'))).toHaveLength(1);
});

test('of ten who open a case for one person at once one wins, and all others hear of the same case (A10)', async () => {
  const [open] = wayOf(140).transferIn;
  const results = await Promise.all(
    Array.from({ length: 10 }, (_, i) =>
      store.commit(changeOf(undefined, { ...open!, context: { ...open!.context, caseNumber: aCaseNumber(140 + i) } })),
    ),
  );
  const winner = results.findIndex(({ kind }) => kind === 'written');
  const refused = results.filter((_, i) => i !== winner);
  expect(refused).toEqual(Array(9).fill({ kind: 'already-open', caseNumber: aCaseNumber(140 + winner) }));
});

test('numbers count from one for each office and day, and fifty at once get fifty (B1)', async () => {
  const numbers = await Promise.all(Array.from({ length: 50 }, () => store.nextSequence(HANGZHOU, HANGZHOU_OFFICE, TODAY)));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(await store.nextSequence(HANGZHOU, HANGZHOU, TODAY)).toBe(1);
});
