import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acceptReceipt } from '../../functions/cases/incoming.ts';
import { messageViews } from '../../functions/cases/message-states.ts';
import { createMessageStore, type MessageStore } from '../../functions/cases/message-store.ts';
import { sealReceipt } from '../../functions/cases/receipts.ts';
import type { CaseDeps } from '../../functions/cases/request.ts';
import { type CaseStore, createCaseStore } from '../../functions/cases/store.ts';
import { createPendingStore, type PendingStore } from '../../functions/exchange/pending-store.ts';
import type { InboxMessage } from '../../functions/exchange/queues.ts';
import { sweepPending } from '../../functions/exchange/sweep.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { type Instant, MessageId } from '../../schemas/primitives.ts';
import { By, type HandledMessageRow, type MessageRow } from '../../schemas/rows.ts';
import { aRegion } from '../support/directory.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { aHandledRow, aSentRow, at, settled } from '../support/exchange.ts';
import { aHandledLetter, aSentLetter } from '../support/message-store.ts';
import { aCaseNumber, aKeyPair, businessMessage, CHENGDU, HANGZHOU, receiptMessage, signerWith, uuid } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

let table: string;
let messages: MessageStore;
let pending: PendingStore;
const client = documentClient(dynamoDbLocalClient());
const { privateKey } = aKeyPair();

beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  messages = createMessageStore(client, table);
  pending = createPendingStore(client, table);
});

/** Every test has a case of its own in the one table. */
let n = 0;
let caseNumber: ReturnType<typeof aCaseNumber>;
beforeEach(() => {
  n += 1;
  caseNumber = aCaseNumber(n);
});

const put = (Item: object) => client.send(new PutCommand({ TableName: table, Item }));
const read = async ({ PK, SK }: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key: { PK, SK }, ConsistentRead: true }))).Item;
const inCase = { PK: (region: string) => `R#${region}#C#${caseNumber}` };
const handled = (i: number, said: Partial<HandledMessageRow> = {}) => aHandledRow(i, { PK: inCase.PK(CHENGDU), caseNumber, ...said });
const opening = (second: number, subject = `clerk-${second}`) => ({
  openedAt: at(`2026-11-20T02:00:${String(second).padStart(2, '0')}Z`),
  openedBy: By.parse({ subject, office: '51010001', role: 'clerk' }),
  opened: `{"opened":"at ${second}"}`,
});
const NOW: Instant = at('2026-11-20T02:00:09.123Z');

describe('E3 opening a handled message', () => {
  test('adds who, when and the receipt, and makes the row pending again; its attempts go on', async () => {
    const { pendingShard: _shard, pendingSince: _since, nextAttempt: _next, ...row } = handled(1, { attempts: 3 });
    await put(row);
    const opened = await messages.open(row, opening(9), NOW);
    expect(opened).toEqual({
      ...row,
      ...opening(9),
      pendingShard: opened.pendingShard,
      pendingSince: '2026-11-20T02:00:09.123Z',
      nextAttempt: '2026-11-20T02:00:09.123Z',
    });
    expect(await read(row)).toEqual(opened);
    const due: unknown[] = [];
    for await (const page of pending.due(opened.pendingShard ?? '', NOW)) due.push(...page);
    expect(due).toContainEqual({ PK: row.PK, SK: row.SK });
  });

  test('of a row that is pending keeps since when', async () => {
    await put(handled(1));
    expect(await messages.open(handled(1), opening(9), NOW)).toMatchObject({ pendingSince: handled(1).pendingSince, nextAttempt: NOW });
  });

  test('by ten at once is the first’s, and all are answered that', async () => {
    await put(handled(1));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => messages.open(handled(1), opening(i), NOW)));
    const kept = await read(handled(1));
    expect(answers).toEqual(Array.from({ length: 10 }, () => kept));
    expect(Array.from({ length: 10 }, (_, i) => opening(i))).toContainEqual({
      openedAt: kept?.openedAt,
      openedBy: kept?.openedBy,
      opened: kept?.opened,
    });
  });

  test('while its delivered receipt is under way is not lost when that is settled', async () => {
    await put(handled(1));
    await messages.open(handled(1), opening(9), NOW);
    await pending.settle(handled(1));
    expect(await read(handled(1))).toMatchObject({ nextAttempt: NOW });
  });

  test('is for what was handled only', async () => {
    const sent = aSentRow(1, { PK: inCase.PK(HANGZHOU), caseNumber });
    await put(sent);
    await expect(messages.open({ ...handled(1), PK: sent.PK }, opening(9), NOW)).rejects.toThrow();
    await expect(messages.open(handled(2), opening(9), NOW)).rejects.toThrow();
    expect([await read(sent), await read(handled(2))]).toEqual([sent, undefined]);
  });
});

describe('E3 the messages of a case', () => {
  test('are all there, however many pages they fill, and nothing else of the case is', async () => {
    const rows: MessageRow[] = Array.from({ length: 8 }, (_, i) => handled(i + 1, { body: JSON.stringify({ fill: 'x'.repeat(200_000) }) }));
    await Promise.all([...rows, { PK: inCase.PK(CHENGDU), SK: 'CASE' }, { PK: inCase.PK(CHENGDU), SK: 'N#1' }].map(put));
    await put({ ...handled(99), PK: inCase.PK(HANGZHOU) });
    expect(await messages.ofCase(CHENGDU, caseNumber)).toEqual(rows);
  });

  test('are none before the first', async () => {
    expect(await messages.ofCase(CHENGDU, caseNumber)).toEqual([]);
  });
});

test('E3 the opened receipt reaches the sender’s row, by way of the sweep; nothing is decided by it', async () => {
  const seen = unitWitness();
  const subject = { subject: caseNumber };
  const sent = aSentLetter(1, { PK: inCase.PK(HANGZHOU), caseNumber, ...settled }, subject);
  await put(sent);
  const receiptDeps = { signer: signerWith(privateKey), ids: { messageId: () => MessageId.parse(uuid(700)) }, clock: { now: () => NOW } };
  const letter = businessMessage(sent.body);
  const receipt = await sealReceipt(receiptDeps, letter, { kind: 'delivered', at: at('2026-11-20T01:00:05Z') });
  const row = aHandledLetter(1, { PK: inCase.PK(CHENGDU), caseNumber, body: sent.body, receipt, ...settled });
  await put(row);
  const opened = await sealReceipt(receiptDeps, letter, { kind: 'opened', at: at('2026-11-20T02:00:09Z') });
  await messages.open(row, { ...opening(9), opened }, NOW);

  const arrived: InboxMessage[] = [];
  const swept = await sweepPending({
    directory: { region: async (code) => aRegion({ code, inboxUrl: 'https://sqs.test/hz' }) },
    inboxes: { send: async (_url, message) => void arrived.push(message) },
    // Only this case: the table holds what other tests left.
    pending: {
      ...pending,
      due: async function* (shard) {
        if (shard === '0') yield [{ PK: row.PK, SK: row.SK }];
      },
    },
    clock: { now: () => NOW },
    log: seen.log,
    metrics: seen.metrics,
  });
  expect(swept).toBe(1);
  expect(arrived.map(({ body, deduplicationId }) => [body, deduplicationId])).toEqual([
    [receipt, `${uuid(1)}-receipt-1`],
    [opened, `${uuid(1)}-opened-1`],
  ]);
  expect(await read(row)).not.toHaveProperty('pendingShard');

  // The delivered receipt changes the case; what the case is like does not matter to the opened one.
  const cases = createCaseStore(client, table);
  const store = untouched<CaseStore>('store', {
    markOpened: cases.markOpened,
    readForReceipt: async (region, number, messageId) => {
      const message = await cases.readMessage(region, number, messageId);
      return { state: { region, caseNumber: number } as TransferCase, message, quarantined: undefined };
    },
  });
  const deps = untouched<CaseDeps>('deps', { store, clock: { now: () => NOW } });
  const record = (body: string) => acceptReceipt(deps, receiptMessage(body), body);
  expect(await record(arrived[1]!.body)).toBe('recorded');
  expect(await record(arrived[1]!.body)).toBe('duplicate');
  const [view] = messageViews(await messages.ofCase(HANGZHOU, caseNumber));
  expect(view).toMatchObject({ messageId: uuid(1), openedAt: '2026-11-20T02:00:09.000Z' });
  for (const absent of ['deliveredAt', 'decidedAt', 'decidedBy']) expect(view).not.toHaveProperty(absent);
});
