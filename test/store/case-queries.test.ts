import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Folded } from '../../functions/cases/evolve.ts';
import { caseRow, timelineRow } from '../../functions/cases/rows.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { applyEntry, nextEntry, readChain } from '../../functions/cases/timeline.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { TimelineEntry } from '../../schemas/cases.ts';
import { Instant, OfficeCode } from '../../schemas/primitives.ts';
import { caller, NOW, table, uuid } from '../support/cases.ts';
import { aCaseNumber, changeOf, handledRow, wayOf } from '../support/changes.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, tableEntry } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

let exchange: string;
let store: CaseStore;
const client = documentClient(dynamoDbLocalClient());

beforeAll(async () => {
  exchange = (await createTables(dynamoDbLocalClient())).exchange;
  store = createCaseStore(client, exchange);
});

async function commitSteps(n: number, count: number) {
  const { transferIn } = wayOf(n);
  let state: Folded;
  for (const step of transferIn.slice(0, count)) {
    const change = changeOf(state, step);
    expect(await store.commit(change)).toEqual({ kind: 'written' });
    state = change.after;
  }
  return state!;
}

describe('what is not there', () => {
  test('is undefined, empty, false', async () => {
    const nobody = aCaseNumber(9_999);
    expect(await store.readCase(HANGZHOU, nobody)).toBeUndefined();
    expect(await store.timeline(HANGZHOU, nobody)).toEqual([]);
    expect(await store.readForMessage(CHENGDU, nobody, HANGZHOU, 1, sha256('the body'))).toEqual({});
    expect(await store.readForReceipt(CHENGDU, nobody, uuid(1), sha256('the body'))).toEqual({});
    expect(await store.markOpened(HANGZHOU, nobody, uuid(1), NOW)).toBe(false);
    expect(await store.workList(OfficeCode.parse('65010001'), 25, undefined)).toMatchObject({ cases: [] });
  });
});

describe('the work list', () => {
  test('is sorted by due date, leaves finished cases out, and comes in pages without a gap (G1)', async () => {
    for (let n = 1; n <= 7; n += 1) await commitSteps(n, 2);
    await commitSteps(8, 1); // nothing due: last
    await commitSteps(9, 7); // completed: gone
    const seen = [];
    let cursor: Record<string, unknown> | undefined;
    let pages = 0;
    do {
      const { cases, next } = await store.workList(HANGZHOU_OFFICE, 3, cursor);
      seen.push(...cases.map(({ caseNumber }) => caseNumber));
      cursor = next;
      pages += 1;
    } while (cursor);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(aCaseNumber));
    expect(pages).toBeGreaterThan(2);
  });

  test('reads the cases themselves: what the index still shows and the row no longer says is left out', async () => {
    const state = await commitSteps(20, 2);
    const elsewhere = { ...caseRow(state), workOffice: '33010002' };
    await client.send(new PutCommand({ TableName: exchange, Item: elsewhere }));
    const { cases } = await store.workList(HANGZHOU_OFFICE, 25, undefined);
    expect(cases.map(({ caseNumber }) => caseNumber)).not.toContain(aCaseNumber(20));
  });
});

test('a timeline longer than one answer of DynamoDB (1 MB) comes whole and in order', async () => {
  let state: Folded = await commitSteps(30, 3);
  const remark = '备'.repeat(200);
  const [period] = tableEntry().periods;
  const big = table({ periods: Array.from({ length: 150 }, () => ({ ...period, remark })) });
  const wanted = await store.timeline(HANGZHOU, state.caseNumber);
  for (let i = 0; i < 12; i += 1) {
    const entry = nextEntry(state, {
      command: 'receive-table',
      actor: caller(HANGZHOU),
      occurredAt: NOW,
      recordedAt: NOW,
      events: [{ type: 'table-received', table: big, messageId: uuid(i), sequence: i + 1, sentAt: NOW }],
    });
    state = applyEntry(state, entry);
    wanted.push(entry);
    await client.send(new PutCommand({ TableName: exchange, Item: timelineRow(state, entry) }));
  }
  expect(Buffer.byteLength(JSON.stringify(wanted))).toBeGreaterThan(1_200_000);
  expect(await store.timeline(HANGZHOU, state.caseNumber)).toEqual(wanted);
});

test('a row of a timeline that somebody changed shows, also where the schema would mend or refuse it (E7)', async () => {
  const state = await commitSteps(50, 3);
  const stored = await store.timeline(HANGZHOU, state.caseNumber);
  const second = stored[1] as TimelineEntry;
  const chain = async (entry: unknown) => {
    await client.send(new PutCommand({ TableName: exchange, Item: { ...timelineRow(state, second), entry } }));
    return readChain(await store.timeline(HANGZHOU, state.caseNumber), state.hash);
  };
  expect(await chain(second)).toMatchObject({ entries: stored, brokenAt: undefined });
  for (const changed of [{ ...second, command: 'undo' }, { ...second, recordedAt: ` ${second.recordedAt}` }, { n: 2 }, null]) {
    expect(await chain(changed)).toMatchObject({ entries: [stored[0]], brokenAt: 2 });
  }
});

test('the first "opened" receipt wins, and it changes no version (E3)', async () => {
  const state = await commitSteps(40, 3);
  const change = changeOf(undefined, wayOf(41).transferIn[0]!);
  const { messageId } = handledRow(change, 40);
  const sent = (await store.readMessage(HANGZHOU, state.caseNumber, wayOf(40).transferIn[2]!.context.messageId))!;
  expect(await store.markOpened(HANGZHOU, state.caseNumber, sent.messageId, NOW)).toBe(true);
  expect(await store.markOpened(HANGZHOU, state.caseNumber, sent.messageId, Instant.parse('2026-03-03T02:00:00.000Z'))).toBe(false);
  expect(await store.readMessage(HANGZHOU, state.caseNumber, sent.messageId)).toMatchObject({ openedAt: NOW });
  expect(await store.readMessage(HANGZHOU, state.caseNumber, messageId)).toBeUndefined();
  expect((await store.readCase(HANGZHOU, state.caseNumber))?.version).toBe(state.version);
});
