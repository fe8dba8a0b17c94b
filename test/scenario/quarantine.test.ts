import { randomUUID } from 'node:crypto';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { QuarantineView } from '../../schemas/api.ts';
import type { Region } from '../../schemas/directory.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { aKeyPair, aLetterEvent, PERSON, sealed } from '../support/messages.ts';
import { clerkIn, supervisorIn, until } from '../support/scenario.ts';
import { awsClients, queueUrl } from '../support/scenario-aws.ts';
import { Handover } from '../support/scenario-handover.ts';
import { personalDataIn } from '../support/witness.ts';

/** A region that no other file sends from: its keys are taken away for a while. */
const XIAN = '610100';

const aws = awsClients();
afterAll(() => aws.close());

const supervisor = supervisorIn(CHENGDU);
const quarantine = async (by = supervisor) => QuarantineView.parse((await by.get('/v1/quarantine')).body).items;
const replay = (id: string, by = supervisor) => by.post<{ outcome?: string; code?: string }>(`/v1/quarantine/${id}/replay`);
const itemWith = async (code: string) => (await quarantine()).find((item) => item.code === code)!;

/** Straight into Chengdu's inbox, into the group of the case, as anybody could who may write to the queue. */
async function put(caseNumber: string, body: string): Promise<void> {
  const QueueUrl = await queueUrl(aws.sqs, `jiexu-inbox-${CHENGDU}`);
  const group = { MessageGroupId: `${CHENGDU}-${caseNumber}`, MessageDeduplicationId: randomUUID() };
  await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body, ...group }));
}

/** The signed bytes of the one message that Hangzhou has sent in a case. */
async function sentBytes(caseNumber: string): Promise<string> {
  const { Items = [] } = await aws.documents.send(
    new QueryCommand({
      TableName: inject('standing').exchangeTable,
      KeyConditionExpression: 'PK = :case AND begins_with(SK, :messages)',
      ExpressionAttributeValues: { ':case': `R#${HANGZHOU}#C#${caseNumber}`, ':messages': 'M#' },
    }),
  );
  return Items[0]?.body;
}

describe('E4, E6: what can never be handled is kept aside and stops nobody', () => {
  const { privateKey } = aKeyPair();
  let handover: Handover;
  beforeAll(async () => {
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    const { caseNumber } = handover;
    const from = (said: Record<string, unknown> = {}) => aLetterEvent(1, { id: randomUUID(), subject: caseNumber, ...said });
    const { data } = from() as { data: Record<string, unknown> };
    await put(caseNumber, `${PERSON.name} ${PERSON.idNumber} {`);
    await put(caseNumber, sealed(privateKey, from({ data: { ...data, person: { ...PERSON, idNumber: '110105194912310020' } } })));
    await put(caseNumber, sealed(privateKey, from({ recipient: HANGZHOU })));
    await put(caseNumber, sealed(privateKey, from()));
    await handover.give('in', 'accept');
    await handover.give('in', 'send-letter');
    await handover.until(
      'out',
      'the genuine letter behind four bad ones of its own group',
      ({ case: { status } }) => status === 'letter-received',
    );
    const altered = JSON.parse(await sentBytes(caseNumber));
    altered.data.payee.number = '999999999999';
    await put(caseNumber, JSON.stringify({ ...altered, id: randomUUID(), sequence: 2 }));
    await until(
      'the altered letter in quarantine',
      quarantine,
      (items) => items.filter(({ code }) => code === 'message.signature').length === 2,
    );
  });

  test('each with its code, the place of the fault and a title, and no value', async () => {
    const items = await quarantine();
    expect(items.map(({ code, path }) => [code, path]).sort()).toEqual([
      ['message.not-json', ''],
      ['message.not-ours', 'recipient'],
      ['message.schema', 'data.person.idNumber'],
      ['message.signature', 'signature'],
      ['message.signature', 'signature'],
    ]);
    expect(personalDataIn(JSON.stringify(items))).toEqual([]);
    expect(items.every(({ title, receivedAt }) => /^\p{Script=Han}/u.test(title) && receivedAt.endsWith('.000Z'))).toBe(true);
  });

  test('the genuine letter was handled, and nothing of the others reached the case', async () => {
    const { letter } = await handover.caseOf('in');
    expect((await handover.caseOf('out')).letter).toEqual(letter);
    const { entries, intact } = await handover.timeline('out');
    expect([entries.map(({ command }) => command), intact]).toEqual([['receive-letter'], true]);
  });

  test('the genuine bytes once more change nothing', async () => {
    await put(handover.caseNumber, await sentBytes(handover.caseNumber));
    await handover.terminate();
    await handover.remit();
    await handover.until('in', 'the advice', ({ case: { advice } }) => advice !== undefined);
    await handover.until('out', 'its receipt', ({ case: { delivered } }) => delivered['cn.jiexu.remittance-advice.v2'] !== undefined);
    const { entries } = await handover.timeline('out');
    expect(entries.filter(({ command }) => command === 'receive-letter')).toHaveLength(1);
  });

  test('no other region sees them or can replay them', async () => {
    const mine = (await quarantine()).map(({ id }) => id);
    const others = await quarantine(supervisorIn(HANGZHOU));
    expect(others.filter(({ id }) => mine.includes(id))).toEqual([]);
    expect(await replay(mine[0]!, supervisorIn(HANGZHOU))).toMatchObject({ status: 404, body: { code: 'quarantine.not-found' } });
  });

  test.each(['message.not-json', 'message.signature', 'message.not-ours'])('replayed, %s stays in quarantine', async (code) => {
    const { id } = await itemWith(code);
    expect(await replay(id)).toEqual({ status: 200, body: { id, outcome: 'quarantined', code } });
    expect(await replay(id)).toMatchObject({ status: 200 });
    expect((await quarantine()).find((item) => item.id === id)).toMatchObject({ code });
    expect((await itemWith(code)).replayedAt).toBeUndefined();
  });

  test('an id that is none is not found', async () => {
    expect(await replay(encodeURIComponent('../1'))).toMatchObject({ status: 404 });
    expect(await replay(`1-${randomUUID()}`)).toMatchObject({ status: 404, body: { code: 'quarantine.not-found' } });
  });
});

describe('E4: a message whose cause is mended is replayed by the supervisor', () => {
  let handover: Handover;
  let keys: Region['signingKeys'];
  beforeAll(async () => {
    keys = (await clerkIn(XIAN).get<Region>(`/v1/directory/regions/${XIAN}`)).body.signingKeys;
    expect(keys).toHaveLength(1);
    await publishKeys([]);
    handover = await Handover.open({ from: CHENGDU, to: XIAN });
    await handover.give('in', 'accept');
    await handover.give('in', 'send-letter');
    await until('the letter of a region without keys', quarantine, (items) => items.some(({ code }) => code === 'message.unknown-sender'));
  });
  afterAll(() => publishKeys(keys));

  /** As if the directory had not heard of the region's keys yet; only a deployment registers keys, so no route could take them away. */
  const publishKeys = (signingKeys: Region['signingKeys']) =>
    aws.documents.send(
      new UpdateCommand({
        TableName: inject('standing').directoryTable,
        Key: { PK: `REGION#${XIAN}`, SK: 'CURRENT' },
        UpdateExpression: 'SET #record.signingKeys = :keys',
        ExpressionAttributeNames: { '#record': 'record' },
        ExpressionAttributeValues: { ':keys': signingKeys },
      }),
    );

  test('while the cause stands it stays, and the case does not begin', async () => {
    const { id, path } = await itemWith('message.unknown-sender');
    expect(path).toBe('source');
    expect(await replay(id)).toMatchObject({ status: 200, body: { outcome: 'quarantined', code: 'message.unknown-sender' } });
    expect((await handover.view('out')).status).toBe(404);
  });

  test('B2: afterwards it is handled as it came: with the second of its first receipt, on both sides', async () => {
    const { id, receivedAt } = await itemWith('message.unknown-sender');
    await publishKeys(keys);
    expect(await replay(id)).toEqual({ status: 200, body: { id, outcome: 'handled' } });
    const there = await handover.until(
      'in',
      'the receipt',
      ({ case: { delivered } }) => delivered['cn.jiexu.liaison-letter.v1'] !== undefined,
    );
    const here = await handover.caseOf('out');
    expect([here.status, here.times['letter-received']]).toEqual(['letter-received', receivedAt]);
    expect(there.case.delivered['cn.jiexu.liaison-letter.v1']).toBe(receivedAt);
  });

  test('it says that it was replayed, and is not replayed twice', async () => {
    const { id, replayedAt } = await itemWith('message.unknown-sender');
    expect(replayedAt).toBeDefined();
    expect(await replay(id)).toMatchObject({ status: 409, body: { code: 'quarantine.already-replayed' } });
  });
});
