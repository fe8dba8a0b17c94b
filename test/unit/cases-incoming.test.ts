import { describe, expect, test } from 'vitest';
import type { Change } from '../../functions/cases/change.ts';
import { acceptMessage, acceptReceipt } from '../../functions/cases/incoming.ts';
import type { CaseDeps } from '../../functions/cases/request.ts';
import type { CaseStore } from '../../functions/cases/store.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { type BusinessMessage, type OutgoingMessage, ReceiptMessage, sourceOf, type UnsignedMessage } from '../../schemas/messages.ts';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import { directory } from '../support/case-api.ts';
import { CASE_NUMBER, COMMANDS, caseIn, NOW, PERSON_HASH, uuid } from '../support/cases.ts';
import { changeOf, wayOf } from '../support/changes.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { aParkedRow } from '../support/exchange.ts';
import { untouched } from '../support/untouched.ts';

const EARLIER = toInstant(Date.parse(NOW) - 3_600_000);
const EARLIEST = toInstant(Date.parse(NOW) - 7_200_000);
const LATER = toInstant(Date.parse(NOW) + 3_600_000);
const QUARANTINED = { PK: `R#${CHENGDU}#Q`, SK: `${EARLIER}#1-x` };

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const depsWith = (store: Partial<CaseStore>, personHash: CaseDeps['personHash'] = async () => PERSON_HASH): CaseDeps =>
  untouched('deps', {
    store: untouched<CaseStore>('store', store),
    directory,
    signer: { sign: async () => 'A'.repeat(86) },
    personHash,
    clock: { now: () => NOW },
    ids: { messageId: () => uuid(77) },
    log: SILENT,
    metrics: untouched('metrics'),
  });

const seal = (message: OutgoingMessage, from: RegionCode, sequence: number): BusinessMessage => {
  const unsigned: UnsignedMessage = {
    ...message,
    specversion: '1.0',
    source: sourceOf(from),
    subject: CASE_NUMBER,
    time: NOW,
    datacontenttype: 'application/json',
    causationid: uuid(1),
    procedure: '2016.1',
    sequence,
  };
  return { ...unsigned, signature: 'A'.repeat(86) } as BusinessMessage;
};
const letter = (sequence = 1) =>
  seal(
    { type: 'cn.jiexu.liaison-letter.v1', id: uuid(11), recipient: CHENGDU, data: COMMANDS['receive-letter'].letter },
    HANGZHOU,
    sequence,
  );
const advice = (sequence: number, from: RegionCode = CHENGDU) =>
  seal(
    { type: 'cn.jiexu.remittance-advice.v1', id: uuid(12), recipient: HANGZHOU, data: COMMANDS['receive-remittance-advice'].advice },
    from,
    sequence,
  );

type Read = Awaited<ReturnType<CaseStore['readForMessage']>>;
const reading = (said: Partial<Read>) => async () => ({
  state: undefined,
  own: undefined,
  next: undefined,
  quarantined: undefined,
  ...said,
});

/** Runs a message against a state. @returns the outcome and the change that was committed, if any */
async function accept(message: BusinessMessage, state: TransferCase | undefined, said: Partial<CaseStore> = {}) {
  const changes: Change[] = [];
  const receipts: Instant[] = [];
  const store: Partial<CaseStore> = {
    readForMessage: reading({ state }),
    commit: async (change) => {
      changes.push(change);
      return { kind: 'written' };
    },
    ...said,
  };
  const body = JSON.stringify(message);
  const makeReceipt = async (receivedAt: Instant) => {
    receipts.push(receivedAt);
    return 'receipt';
  };
  const outcome = await acceptMessage(depsWith(store), { message, body, receivedAt: NOW, makeReceipt });
  return { outcome, changes, receipts };
}

describe('a message', () => {
  test('that is the next of its sender is handled in one change with its receipt (B2)', async () => {
    const next = aParkedRow(2);
    const { outcome, changes, receipts } = await accept(letter(), undefined, { readForMessage: reading({ next }) });
    expect(outcome).toEqual({ outcome: 'handled', next });
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      before: undefined,
      after: { status: 'letter-received', times: { 'letter-received': NOW } },
      handled: { messageId: uuid(11), receivedAt: NOW, receipt: 'receipt', direction: 'handled', attempts: 0 },
      entry: { actor: { kind: 'message', messageId: uuid(11), region: HANGZHOU }, occurredAt: NOW },
    });
    expect(receipts).toEqual([NOW]);
    for (const absent of ['unpark', 'resolve']) expect(changes[0]).not.toHaveProperty(absent);
  });

  test('that had waited takes its parked row with it', async () => {
    const own = aParkedRow(1, { caseNumber: CASE_NUMBER, messageId: uuid(11), receivedAt: EARLIER });
    const { changes } = await accept(letter(), undefined, { readForMessage: reading({ own }) });
    expect(changes[0]?.unpark).toEqual({ PK: `R#${CHENGDU}#C#${CASE_NUMBER}`, SK: `P#${HANGZHOU}#000001` });
  });

  test.each<[string, Partial<Read>, Instant]>([
    ['a copy that waits', { own: aParkedRow(1, { messageId: uuid(11), receivedAt: EARLIER }) }, EARLIER],
    ['a copy in quarantine', { quarantined: { receivedAt: EARLIER, key: QUARANTINED } }, EARLIER],
    [
      'the earlier of both',
      {
        own: aParkedRow(1, { messageId: uuid(11), receivedAt: EARLIER }),
        quarantined: { receivedAt: EARLIEST, key: QUARANTINED },
      },
      EARLIEST,
    ],
    ['itself, when a copy says a later time', { quarantined: { receivedAt: LATER, key: QUARANTINED } }, NOW],
  ])('B2 was received when the first of its copies was: %s', async (_copy, read, first) => {
    const { changes, receipts } = await accept(letter(), undefined, { readForMessage: reading(read) });
    expect(changes[0]).toMatchObject({
      after: { times: { 'letter-received': first } },
      handled: { receivedAt: first },
      entry: { occurredAt: first },
    });
    expect(receipts).toEqual([first]);
    expect([changes[0]?.unpark, changes[0]?.resolve]).toEqual([
      read.own && { PK: read.own.PK, SK: read.own.SK },
      read.quarantined && QUARANTINED,
    ]);
  });

  test('whose place another message waits for leaves that row, has its own moment, and lets the other be looked at', async () => {
    const [own, next] = [aParkedRow(1, { messageId: uuid(99), receivedAt: EARLIER }), aParkedRow(2)];
    const { outcome, changes } = await accept(letter(), undefined, { readForMessage: reading({ own, next }) });
    expect(outcome).toEqual({ outcome: 'handled', next: own });
    expect(changes[0]).toMatchObject({ handled: { receivedAt: NOW } });
    expect(changes[0]).not.toHaveProperty('unpark');
  });

  test('that is early and was in quarantine is early with its first moment', async () => {
    const readForMessage = reading({ quarantined: { receivedAt: EARLIER, key: QUARANTINED } });
    expect((await accept(letter(2), undefined, { readForMessage })).outcome).toEqual({ outcome: 'early', receivedAt: EARLIER });
  });

  test.each([
    ['says, with an offset', '2026-03-02T09:59:58+08:00', '2026-03-02T01:59:58.000Z'],
    ['says, but not after it came: the sender’s clock goes fast', '2026-03-02T02:00:09Z', NOW],
  ])('was sent when it %s', async (_case, time, sentAt) => {
    const { changes } = await accept({ ...letter(), time }, undefined);
    expect(changes[0]?.after).toMatchObject({ sentAt: { 'letter-received': sentAt }, times: { 'letter-received': NOW } });
  });

  test.each([
    ['no letter has come', advice(2, HANGZHOU), undefined],
    ['a letter is not the first', letter(2), undefined],
    ['its predecessor is missing', advice(2), caseIn('letter-sent')],
  ])('is early when %s', async (_case, message, state) => {
    expect(await accept(message, state)).toEqual({ outcome: { outcome: 'early', receivedAt: NOW }, changes: [], receipts: [] });
  });

  test('handled before is a duplicate, whether the state or the write says so (E1)', async () => {
    const known = wayOf(1);
    const readMessage = async () => ({ ...changeOf(undefined, known.transferIn[0]!), direction: 'handled' }) as never;
    expect((await accept(letter(), caseIn('letter-received'), { readMessage })).outcome).toEqual({ outcome: 'duplicate' });
    expect((await accept(letter(), undefined, { commit: async () => ({ kind: 'handled-before' }) })).outcome).toEqual({
      outcome: 'duplicate',
    });
  });

  test.each<[string, BusinessMessage, TransferCase | undefined, string]>([
    ['of another region', advice(1, HANGZHOU), caseIn('letter-sent'), 'message.wrong-party'],
    ['with the sequence of another', { ...letter(), id: uuid(99) }, caseIn('letter-received'), 'message.sequence-conflict'],
    ['that the state does not allow', letter(2), caseIn('letter-received'), 'case.wrong-state'],
    ['that is the first of its sender and begins no case', advice(1), undefined, 'case.not-found'],
  ])('%s can never be handled', async (_case, message, state, code) => {
    await expect(accept(message, state, { readMessage: async () => undefined })).rejects.toThrow(code);
  });
});

test.each<[string, BusinessMessage, TransferCase | undefined, string[]]>([
  ['a letter, which can begin a copy', letter(), undefined, [COMMANDS['receive-letter'].letter.person.idNumber]],
  ['an advice, which cannot', advice(1), caseIn('letter-sent'), []],
])('the person’s hash is made for %s (A10)', async (_case, message, state, expected) => {
  const hashed: string[] = [];
  const personHash: CaseDeps['personHash'] = async (idNumber) => {
    hashed.push(idNumber);
    return PERSON_HASH;
  };
  const store: Partial<CaseStore> = { readForMessage: reading({ state }), commit: async () => ({ kind: 'written' }) };
  const incoming = { message, body: '{}', receivedAt: NOW, makeReceipt: async () => 'receipt' };
  await acceptMessage(depsWith(store, personHash), incoming);
  expect(hashed).toEqual(expected);
});

describe('a receipt', () => {
  const sent = changeOf(
    changeOf(changeOf(undefined, wayOf(1).transferIn[0]!).after, wayOf(1).transferIn[1]!).after,
    wayOf(1).transferIn[2]!,
  );
  const message = { ...sent.sent[0]!, body: JSON.stringify({ time: '2026-03-02T01:00:00.000Z' }) };
  const receipt = (said: { at?: string; kind?: string; from?: RegionCode } = {}) =>
    ReceiptMessage.parse({
      ...seal({ ...letter(), recipient: HANGZHOU } as OutgoingMessage, said.from ?? CHENGDU, 1),
      type: 'cn.jiexu.receipt.v1',
      subject: sent.after.caseNumber,
      data: { messageId: message.messageId, kind: said.kind ?? 'delivered', at: said.at ?? '2026-03-02T02:00:05.000Z' },
    });
  async function record(message_: unknown, said = {}, store: Partial<CaseStore> = {}) {
    const changes: Change[] = [];
    const outcome = await acceptReceipt(
      depsWith({
        readForReceipt: async () => ({ state: sent.after, message: message_ as never, quarantined: undefined }),
        commit: async (change) => {
          changes.push(change);
          return { kind: 'written' };
        },
        ...store,
      }),
      receipt(said),
      'the body',
    );
    return { outcome, changes };
  }

  test('of delivery starts the other side’s clock at the second it names (B2, E3)', async () => {
    const { outcome, changes } = await record(message);
    expect(outcome).toBe('recorded');
    expect(changes[0]).toMatchObject({
      delivered: { messageId: message.messageId, at: '2026-03-02T02:00:05.000Z' },
      entry: { occurredAt: '2026-03-02T02:00:05.000Z', command: 'record-delivery' },
      after: { status: 'letter-sent', clocks: { 'transfer-out': { owner: CHENGDU, startedOn: '2026-03-02' } } },
    });
  });

  test('of opening changes no case (E3)', async () => {
    const marked: boolean[] = [true, false];
    const markOpened = async () => marked.shift() ?? false;
    expect(await record(message, { kind: 'opened' }, { markOpened })).toEqual({ outcome: 'recorded', changes: [] });
    expect(await record(message, { kind: 'opened' }, { markOpened })).toEqual({ outcome: 'duplicate', changes: [] });
  });

  test('of what was delivered already is a duplicate: the first wins', async () => {
    expect(await record({ ...message, deliveredAt: NOW })).toEqual({ outcome: 'duplicate', changes: [] });
    expect((await record(message, {}, { commit: async () => ({ kind: 'handled-before' }) })).outcome).toBe('duplicate');
  });

  test.each([
    ['of what was never sent', undefined, {}],
    ['from a region that it was not sent to', message, { from: HANGZHOU }],
  ])('%s can never be recorded', async (_case, row, said) => {
    await expect(record(row, said)).rejects.toThrow('message.receipt-unmatched');
  });

  test.each(['delivered', 'opened'])(
    'dated before the message was sent or later than now is refused, five minutes apart: %s',
    async (kind) => {
      const markOpened = async () => true;
      for (const at of ['2026-03-02T00:54:59.000Z', '2026-03-02T02:05:01.000Z', '2009-03-02T02:00:05.000Z', '2999-03-02T02:00:05.000Z']) {
        await expect(record(message, { at, kind }, { markOpened })).rejects.toThrow(
          expect.objectContaining({ code: 'message.schema', errors: [expect.objectContaining({ field: 'data.at' })] }),
        );
      }
      for (const at of ['2026-03-02T00:55:00.000Z', '2026-03-02T02:05:00.000Z']) {
        expect((await record(message, { at, kind }, { markOpened })).outcome).toBe('recorded');
      }
    },
  );

  test('that stood in quarantine is resolved there in the same change', async () => {
    const quarantined = { receivedAt: EARLIER, key: QUARANTINED };
    const readForReceipt = async () => ({ state: sent.after, message, quarantined });
    expect((await record(message, {}, { readForReceipt })).changes[0]?.resolve).toEqual(QUARANTINED);
  });
});
