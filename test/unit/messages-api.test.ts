import { beforeEach, describe, expect, type Mock, test, vi } from 'vitest';
import { messageHandlers } from '../../functions/cases/messages-api.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { Signer } from '../../functions/platform/signature.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { MessagesView, MessageView } from '../../schemas/message-views.ts';
import { MessageId } from '../../schemas/primitives.ts';
import { anOffice } from '../support/directory.ts';
import { at } from '../support/exchange.ts';
import { call } from '../support/http.ts';
import { aHandledLetter, aSentAnswer, messageStoreInMemory } from '../support/message-store.ts';
import { aCaseNumber, aKeyPair, CHENGDU, HANGZHOU, PERSON, receiptMessage, signerWith, uuid } from '../support/messages.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const LIST = 'GET /v1/cases/{caseNumber}/messages';
const OPEN = 'POST /v1/cases/{caseNumber}/messages/{messageId}/open';
const OFFICES = new Map(
  [
    { code: '51010001', region: CHENGDU },
    { code: '51010002', region: CHENGDU },
    { code: '33010001', region: HANGZHOU },
  ].map((said) => [said.code, anOffice(said)]),
);
/** Chengdu's copy, which its first office has. */
const STATE = { region: CHENGDU, caseNumber: aCaseNumber(), office: '51010001', version: 4 } as TransferCase;
const { privateKey } = aKeyPair();

let now: number;
let memory: ReturnType<typeof messageStoreInMemory>;
let sign: Mock<Signer['sign']>;
let seen: ReturnType<typeof unitWitness>;
beforeEach(() => {
  now = Date.parse('2026-11-20T02:30:07.891Z');
  memory = messageStoreInMemory(aHandledLetter(1), aSentAnswer(9, 1, '2026-11-20T02:00:00.000Z'));
  sign = vi.fn<Signer['sign']>(signerWith(privateKey).sign);
  seen = unitWitness();
});

type Said = { office?: string; role?: string; sub?: string; caseNumber?: string; messageId?: string };
function send(route: string, said: Said = {}, messages = memory.store) {
  const { office = '51010001', role = 'clerk', sub = 'clerk-1', caseNumber = STATE.caseNumber, messageId = uuid(1) } = said;
  const handlers = messageHandlers({
    store: { readCase: async (region, number) => (region === STATE.region && number === STATE.caseNumber ? STATE : undefined) },
    directory: { office: async (code) => OFFICES.get(code) },
    messages,
    signer: { sign },
    ids: { messageId: () => MessageId.parse(uuid(700)) },
    clock: { now: () => toInstant(now) },
  });
  const handler = httpHandler(new Map(handlers), seen.log, untouched('metrics'));
  return call(handler, route, { claims: { sub, office, role }, params: { caseNumber, messageId } });
}
const stored = () => memory.rows().find(({ messageId }) => messageId === uuid(1));
const codeOf = async (reply: ReturnType<typeof send>) => {
  const { status, body } = await reply;
  return [status, body.code];
};

describe('E3 a message that a clerk opens', () => {
  test('has the second and the clerk kept, and the signed receipt that tells the sender so, due now', async () => {
    const before = stored();
    const { status, body } = await send(OPEN);
    expect([status, body.openedAt]).toEqual([200, '2026-11-20T02:30:07.000Z']);
    const row = stored();
    const opened = row?.direction === 'handled' ? receiptMessage(row.opened ?? '') : undefined;
    expect(opened).toMatchObject({
      id: uuid(700),
      source: `urn:jiexu:region:${CHENGDU}`,
      recipient: HANGZHOU,
      subject: STATE.caseNumber,
      causationid: uuid(1),
      procedure: '2016.1',
      data: { messageId: uuid(1), kind: 'opened', at: '2026-11-20T02:30:07.000Z' },
    });
    expect(sign.mock.calls.map(([region]) => region)).toEqual([CHENGDU]);
    expect(row).toEqual({
      ...before,
      openedAt: '2026-11-20T02:30:07.000Z',
      openedBy: { subject: 'clerk-1', office: '51010001', role: 'clerk' },
      opened: row?.direction === 'handled' && row.opened,
      pendingShard: row?.pendingShard,
      nextAttempt: '2026-11-20T02:30:07.891Z',
    });
  });

  test('stays opened by the first: a second clerk is answered the first’s moment, and nothing is signed or written', async () => {
    const first = await send(OPEN);
    const row = stored();
    now += 3_600_000;
    const second = await send(OPEN, { sub: 'clerk-2', role: 'supervisor' });
    expect(second.body).toEqual(first.body);
    expect(stored()).toEqual(row);
    expect(sign).toHaveBeenCalledTimes(1);
  });

  test('stays opened by the first when the second had read the message before', async () => {
    const stale = await memory.store.ofCase(CHENGDU, STATE.caseNumber);
    const first = await send(OPEN);
    now += 5_000;
    const late = await send(OPEN, { sub: 'clerk-2' }, { ...memory.store, ofCase: async () => stale });
    expect(late.body).toEqual(first.body);
    expect(stored()).toMatchObject({ openedBy: { subject: 'clerk-1' } });
  });

  test('is answered as it is listed: four moments, and nothing of the document', async () => {
    const { body } = await send(OPEN);
    expect(MessageView.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      acceptedAt: '2026-11-20T01:00:00.000Z',
      deliveredAt: '2026-11-20T01:00:05.000Z',
      openedAt: '2026-11-20T02:30:07.000Z',
      decidedAt: '2026-11-20T02:00:00.000Z',
      decidedBy: uuid(9),
    });
    expect((await send(LIST)).body.messages).toContainEqual(body);
    for (const value of Object.values(PERSON)) expect(JSON.stringify([body, seen.lines])).not.toContain(value);
  });

  test('is not opened by being listed', async () => {
    const before = stored();
    const { status, body } = await send(LIST);
    expect([status, MessagesView.parse(body)]).toEqual([200, body]);
    expect(body.messages.map(({ messageId, openedAt }: MessageView) => [messageId, openedAt])).toEqual([
      [uuid(1), undefined],
      [uuid(9), undefined],
    ]);
    expect(stored()).toEqual(before);
  });
});

describe('E3 cannot be opened', () => {
  const REFUSED: [string, Said, number, string][] = [
    ['by a system: nobody has looked at it', { role: 'system' }, 403, 'caller.role-not-allowed'],
    ['by the ministry', { role: 'ministry' }, 403, 'caller.role-not-allowed'],
    ['by another office of the region', { office: '51010002' }, 403, 'caller.wrong-office'],
    ['by another region', { office: '33010001' }, 404, 'case.not-found'],
    ['in a case that is not there', { caseNumber: aCaseNumber(2) }, 404, 'case.not-found'],
    ['when it never came', { messageId: uuid(2) }, 404, 'message.not-found'],
    ['when this side sent it', { messageId: uuid(9) }, 404, 'message.not-found'],
    ['by a name that is none', { messageId: 'M#' }, 404, 'message.not-found'],
  ];
  test.each(REFUSED)('%s', async (_case, said, status, code) => {
    const before = memory.rows();
    expect(await codeOf(send(OPEN, said))).toEqual([status, code]);
    expect(memory.rows()).toEqual(before);
    expect(sign).not.toHaveBeenCalled();
  });
});

describe('E3 the messages of a case', () => {
  test.each(['clerk', 'supervisor', 'system'])('are shown to a %s of its office', async (role) => {
    expect((await send(LIST, { role })).status).toBe(200);
  });

  test.each<[string, Said, number, string]>([
    ['the ministry', { role: 'ministry' }, 403, 'caller.role-not-allowed'],
    ['another office', { office: '51010002' }, 403, 'caller.wrong-office'],
    ['another region', { office: '33010001' }, 404, 'case.not-found'],
  ])('are not shown to %s', async (_who, said, status, code) => {
    expect(await codeOf(send(LIST, said))).toEqual([status, code]);
  });

  test('are told by the second: what is opened a moment after it came is not opened before', async () => {
    memory = messageStoreInMemory(aHandledLetter(1, { receivedAt: at('2026-11-20T02:30:07Z') }));
    const { body } = await send(OPEN);
    expect([body.deliveredAt, body.openedAt]).toEqual(['2026-11-20T02:30:07.000Z', '2026-11-20T02:30:07.000Z']);
  });
});
