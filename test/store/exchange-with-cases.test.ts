import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { casePartition, parkedKey } from '../../functions/cases/keys.ts';
import type { CaseDeps } from '../../functions/cases/request.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { createDeadlineStore } from '../../functions/deadlines/store.ts';
import { type DeadlineDeps, sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { dispatch } from '../../functions/exchange/dispatch.ts';
import type { InboxMessage } from '../../functions/exchange/queues.ts';
import { receive } from '../../functions/exchange/receive.ts';
import { sweepPending } from '../../functions/exchange/sweep.ts';
import { handleDeps } from '../../functions/exchange/wire.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import type { AlertRow } from '../../schemas/rows.ts';
import { anOffice, aRegion } from '../support/directory.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { aParkedRow, at, batch, inboxRecord } from '../support/exchange.ts';
import {
  aCaseNumber,
  aKeyPair,
  aLetterEvent,
  aNoticeEvent,
  CHENGDU,
  HANGZHOU,
  receiptMessage,
  sealed,
  signerWith,
  uuid,
} from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const hangzhou = aKeyPair();
const chengdu = aKeyPair();
const client = documentClient(dynamoDbLocalClient());
const payee = { bank: '演示银行', holder: '演示专户', number: '123456789012' };
const regions = new Map([
  [
    String(HANGZHOU),
    aRegion({
      code: HANGZHOU,
      name: '杭州市',
      provinceShortName: '浙',
      mainOffice: '33010001',
      payee,
      inboxUrl: 'https://sqs.test/hz',
      signingKeys: [hangzhou.published],
    }),
  ],
  [
    String(CHENGDU),
    aRegion({
      code: CHENGDU,
      name: '成都市',
      provinceShortName: '川',
      mainOffice: '51010001',
      payee,
      inboxUrl: 'https://sqs.test/cd',
      signingKeys: [chengdu.published],
    }),
  ],
]);

let table: string;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
});

/** Chengdu's exchange over its real cases and stores; only directory, keys and queues are doubles. */
function side(now = '2026-11-20T01:00:09Z', known = regions) {
  const seen = unitWitness();
  const sent: InboxMessage[] = [];
  const calendar = calendarOf(seedYears());
  const cases: CaseDeps = {
    store: createCaseStore(client, table),
    directory: untouched('directory', {
      region: async (code) => known.get(code),
      office: async (code) => anOffice({ code, region: `${code.slice(0, 6)}` }),
      calendar: async () => calendar,
      refresh: () => {},
    }),
    signer: signerWith(chengdu.privateKey),
    clock: { now: () => at(now) },
    ids: systemIds,
    personHash: async (id) => PersonHash.parse(sha256(id)),
    log: seen.log,
    metrics: seen.metrics,
  };
  const handle = handleDeps(cases, client, table);
  const inboxes = { send: async (_url: string, message: InboxMessage) => void sent.push(message), postpone: async () => {} };
  return { seen, sent, deps: { ...handle, inboxes } };
}

let n = 0;
let subject: string;
let id: (i: number) => string;
beforeEach(() => {
  n += 1;
  const base = n * 100;
  subject = aCaseNumber(n);
  id = (i) => uuid(base + i);
});

const letter = (said: Record<string, unknown> = {}) => sealed(hangzhou.privateKey, aLetterEvent(1, { id: id(1), subject, ...said }));
const notice = () => sealed(hangzhou.privateKey, aNoticeEvent(2, { id: id(2), subject }));
const rows = async (prefix: string) => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
      ExpressionAttributeValues: { ':pk': casePartition(CHENGDU, subject as never), ':sk': prefix },
    }),
  );
  return Items;
};
const quarantined = ({ seen }: ReturnType<typeof side>) =>
  seen.lines.filter(({ code }) => code === 'message.quarantined').map(({ fields }) => fields.code);

describe('the letter of a case', () => {
  test('opens the case, and its receipt goes out once', async () => {
    const { deps, sent } = side();
    expect(await receive(deps, batch(inboxRecord(letter())))).toEqual({ batchItemFailures: [] });
    expect(await rows('CASE')).toMatchObject([{ status: 'letter-received', version: 1 }]);
    const [row] = await rows('M#');
    const wakeUp = inboxRecord(JSON.stringify({ PK: row?.PK, SK: row?.SK }));
    await dispatch(deps, batch(wakeUp));
    await dispatch(deps, batch(wakeUp));
    expect(sent.map(({ body }) => receiptMessage(body).data)).toEqual([
      { messageId: id(1), kind: 'delivered', at: '2026-11-20T01:00:05.000Z' },
    ]);
    expect(sent[0]?.groupId).toBe(`${HANGZHOU}-${subject}`);
  });

  test('E1 that comes again changes nothing, and the sweep sends its receipt again, byte for byte', async () => {
    const { deps, sent } = side();
    await receive(deps, batch(inboxRecord(letter())));
    const [row] = await rows('M#');
    await dispatch(deps, batch(inboxRecord(JSON.stringify({ PK: row?.PK, SK: row?.SK }))));
    const before = [await rows('CASE'), await rows('T#')];
    await receive(deps, batch(inboxRecord(letter(), { sentAt: '2026-11-21T00:00:00Z' })));
    expect([await rows('CASE'), await rows('T#')]).toEqual(before);
    expect(await sweepPending(deps)).toBe(1);
    expect(sent.map(({ body }) => body)).toEqual([row?.receipt, row?.receipt]);
    expect(new Set(sent.map(({ deduplicationId }) => deduplicationId)).size).toBe(2);
    expect(await sweepPending(deps)).toBe(0);
  });
});

describe('E2 a message that overtook the letter', () => {
  test('waits for it, is woken by it, and no longer waits', async () => {
    const world = side();
    await receive(world.deps, batch(inboxRecord(notice())));
    expect(await rows('P#')).toHaveLength(1);
    await receive(world.deps, batch(inboxRecord(letter())));
    expect(await rows('P#')).toEqual([]);
    // Chengdu has not transferred anything yet: the notice was read in its turn, and refused by the rules.
    expect(quarantined(world)).toEqual(['case.wrong-state']);
    expect(await rows('CASE')).toMatchObject([{ status: 'letter-received', version: 1 }]);
  });

  const sweepAt = async (now: string) => {
    const published: string[] = [];
    const store = createDeadlineStore(client, table);
    const publisher = { publish: async ({ alertId }: AlertRow) => void published.push(alertId) };
    // No notice is due here, so that nobody looks for an address.
    const unused = { notices: untouched<DeadlineDeps['notices']>('notices'), persons: untouched<DeadlineDeps['persons']>('persons') };
    await sweepDeadlines({ ...side(now).deps, ...unused, store, publisher });
    return published;
  };

  test('alerts once, when its second working day is over, and is woken all the same', async () => {
    const { deps } = side();
    const alertId = `${CHENGDU}/${subject}/gap/${id(2)}`;
    await receive(deps, batch(inboxRecord(notice())));
    expect(await sweepAt('2026-11-24T15:59:59Z')).toEqual([]);
    expect(await sweepAt('2026-11-24T16:00:00Z')).toEqual([alertId]);
    expect(await sweepAt('2026-11-24T16:05:00Z')).toEqual([]);
    expect(await rows('A#')).toMatchObject([{ kind: 'gap', messageId: id(2), alertId }]);
    await receive(deps, batch(inboxRecord(letter())));
    expect(await rows('P#')).toEqual([]);
  });

  test('never alerts when the letter came in time', async () => {
    await receive(side().deps, batch(inboxRecord(notice()), inboxRecord(letter())));
    expect(await sweepAt('2026-11-30T00:00:00Z')).toEqual([]);
    expect(await rows('A#')).toEqual([]);
  });
});

describe('E4 a letter whose sender has no key yet', () => {
  const strangers = new Map([...regions, [String(HANGZHOU), aRegion({ ...regions.get(HANGZHOU), signingKeys: [] })]]);
  const copy = (body: string, i: number, sentAt: string) => inboxRecord(body, { id: id(20 + i), sentAt, group: `${CHENGDU}-${subject}` });
  const TIMES = ['2026-11-20T01:00:05.000Z', '2026-11-20T01:02:06.000Z', '2026-11-20T01:06:07.000Z'];
  const mineIn = async ({ deps }: ReturnType<typeof side>, body: string) =>
    (await deps.quarantine.list(CHENGDU, 100)).rows.filter((row) => row.body === body);

  test('and is sent again and again stands in quarantine once; a copy that is handled has the first moment and resolves it', async () => {
    const [before, after, body] = [side(undefined, strangers), side('2026-11-20T05:00:00Z'), letter()];
    for (const [i, sentAt] of TIMES.entries()) {
      expect(await receive(before.deps, batch(copy(body, i, sentAt)))).toEqual({ batchItemFailures: [] });
    }
    expect(await mineIn(before, body)).toMatchObject([{ receivedAt: TIMES[0], code: 'message.unknown-sender' }]);
    expect(before.seen.counts).toEqual({ Quarantined: 1 });
    await receive(after.deps, batch(copy(body, 9, '2026-11-20T04:59:58.000Z')));
    const [handled] = await rows('M#');
    expect([handled?.receivedAt, receiptMessage(handled?.receipt).data.at]).toEqual([TIMES[0], TIMES[0]]);
    expect(await rows('CASE')).toMatchObject([{ state: { times: { 'letter-received': TIMES[0] } } }]);
    expect(await mineIn(after, body)).toMatchObject([{ receivedAt: TIMES[0], resolvedAt: '2026-11-20T05:00:00.000Z' }]);
  });

  test('and a copy of which waits: the parked row has the first moment', async () => {
    const [before, after] = [side(undefined, strangers), side('2026-11-20T05:00:00Z')];
    const body = notice();
    await receive(before.deps, batch(copy(body, 0, TIMES[0]!)));
    await receive(after.deps, batch(copy(body, 1, TIMES[1]!)));
    expect(await rows('P#')).toMatchObject([{ receivedAt: TIMES[0] }]);
    await receive(after.deps, batch(copy(letter(), 2, TIMES[2]!)));
    expect(await rows('P#')).toEqual([]);
    // The rules refuse the notice in its turn: it is back in its row, not in a second one.
    expect(await mineIn(after, body)).toMatchObject([{ receivedAt: TIMES[0], code: 'case.wrong-state' }]);
  });
});

const pretender = () => sealed(hangzhou.privateKey, aNoticeEvent(1, { id: id(7), subject }));

test('the first message of a case that does not begin it goes to quarantine at once, and the letter is handled', async () => {
  const world = side();
  await receive(world.deps, batch(inboxRecord(pretender()), inboxRecord(letter())));
  expect(quarantined(world)).toEqual(['case.not-found']);
  expect([await rows('P#'), await rows('CASE')]).toMatchObject([[], [{ status: 'letter-received' }]]);
});

test('another message that waits in the place of the letter goes to quarantine when the letter is handled, and its successor is woken', async () => {
  const world = side();
  // The release before let it wait.
  const waiting = aParkedRow(1, { caseNumber: subject as never, messageId: id(7) as never, body: pretender() });
  await receive(world.deps, batch(inboxRecord(notice())));
  await world.deps.parking.park(waiting);
  expect(await rows('P#')).toHaveLength(2);
  await receive(world.deps, batch(inboxRecord(letter())));
  expect(await rows('P#')).toEqual([]);
  expect(quarantined(world)).toEqual(['message.sequence-conflict', 'case.wrong-state']);
  expect(await rows('M#')).toMatchObject([{ messageId: id(1) }]);
});

test('E2 a copy that is handled while the message waits takes the waiting row with it, and its moment', async () => {
  const world = side();
  const body = letter();
  const received = at('2026-11-19T08:00:00Z');
  const key = parkedKey(CHENGDU, subject as never, HANGZHOU, 1);
  await world.deps.parking.park(
    aParkedRow(1, { ...key, caseNumber: subject as never, messageId: id(1) as never, body, receivedAt: received }),
  );
  await receive(world.deps, batch(inboxRecord(body)));
  expect(await rows('P#')).toEqual([]);
  expect(await rows('M#')).toMatchObject([{ receivedAt: received }]);
});

test('a letter of another region for a case that is open is refused and the case stays as it is', async () => {
  const world = side();
  await receive(world.deps, batch(inboxRecord(letter())));
  const other = letter({ id: id(9) });
  await receive(world.deps, batch(inboxRecord(other, { id: uuid(900 + n) })));
  expect(quarantined(world)).toEqual(['message.sequence-conflict']);
  expect(await rows('T#')).toHaveLength(1);
});
