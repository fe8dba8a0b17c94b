import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Calendar, calendarOf } from '../../functions/calendar/working-days.ts';
import { type ReceiveDeps, receive } from '../../functions/exchange/receive.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { at, batch, inboxRecord } from '../support/exchange.ts';
import { aCaseNumber, aReceiptEvent, CHENGDU, HANGZHOU, receiptMessage, uuid } from '../support/messages.ts';
import { calendar, chengdu, failedIds, fault, notice, signed } from '../support/receiving.ts';
import { untouched } from '../support/untouched.ts';

let side: ReturnType<typeof chengdu>;
beforeEach(() => {
  side = chengdu();
});

describe('a message that comes in order', () => {
  it('is handled and acknowledged', async () => {
    expect(await failedIds(side.deps, batch(inboxRecord(notice(1))))).toEqual([]);
    expect(side.order()).toEqual([1]);
    expect(side.seen.codes()).toEqual(['message.handled']);
  });

  it('B2 was received when the inbox first had it, to the second, and its signed receipt says so', async () => {
    await receive(side.deps, batch(inboxRecord(notice(1), { sentAt: '2026-11-20T01:00:05.999Z', receiveCount: 4 })));
    const [handled] = side.cases.handled;
    expect(handled?.receivedAt).toBe('2026-11-20T01:00:05.000Z');
    expect(receiptMessage(handled?.receipt ?? '')).toMatchObject({
      source: `urn:jiexu:region:${CHENGDU}`,
      recipient: HANGZHOU,
      subject: aCaseNumber(),
      causationid: uuid(1),
      data: { messageId: uuid(1), kind: 'delivered', at: '2026-11-20T01:00:05.000Z' },
    });
  });

  it('E3 that is a receipt goes to the message it names, and nothing is receipted', async () => {
    const receipts: string[] = [];
    const acceptReceipt: ReceiveDeps['cases']['acceptReceipt'] = async ({ id }) => {
      receipts.push(id);
      return receipts.length === 1 ? 'recorded' : 'duplicate';
    };
    side = chengdu({ cases: untouched('cases', { acceptReceipt }) });
    const body = signed(aReceiptEvent(9));
    expect(await failedIds(side.deps, batch(inboxRecord(body), inboxRecord(body)))).toEqual([]);
    expect(receipts).toEqual([uuid(9), uuid(9)]);
    expect(side.armed).toEqual([]);
  });
});

describe('E1 a message that comes twice', () => {
  it('in one batch is handled once, and its receipt is due again', async () => {
    const record = inboxRecord(notice(1));
    expect(await failedIds(side.deps, batch(record, record))).toEqual([]);
    expect(side.order()).toEqual([1]);
    expect(side.armed).toEqual([`M#${uuid(1)}`]);
  });

  it('and can never be handled makes one quarantine row, one count and no receipt', async () => {
    const record = inboxRecord('{');
    await receive(side.deps, batch(record));
    await receive(side.deps, batch(record));
    expect(side.quarantine.rows.size).toBe(1);
    expect(side.seen.counts).toEqual({ Quarantined: 1 });
    expect(side.armed).toEqual([]);
  });

  it('wakes those that a crash after its first handling left asleep', async () => {
    await receive(side.deps, batch(inboxRecord(notice(2))));
    await receive(chengduAfterCrash(side).deps, batch(inboxRecord(notice(1))));
    expect(side.order()).toEqual([1]);
    await receive(side.deps, batch(inboxRecord(notice(1), { receiveCount: 2 })));
    expect(side.order()).toEqual([1, 2]);
    expect(side.parking.rows.size).toBe(0);
  });
});

/** Handles the message itself, then dies before its successor is woken. */
function chengduAfterCrash({ deps, cases }: ReturnType<typeof chengdu>) {
  const acceptMessage: typeof cases.accept = (incoming) =>
    incoming.message.sequence > 1 ? Promise.reject(fault()) : cases.accept(incoming);
  return { deps: { ...deps, cases: untouched<ReceiveDeps['cases']>('cases', { acceptMessage }) } };
}

describe('E2 a message that comes early', () => {
  it('waits, is acknowledged, and is handled after its predecessor with the moment it came', async () => {
    expect(await failedIds(side.deps, batch(inboxRecord(notice(2), { sentAt: '2026-11-19T08:00:00Z' })))).toEqual([]);
    expect(side.seen.counts).toEqual({ Parked: 1 });
    await receive(side.deps, batch(inboxRecord(notice(1))));
    expect(side.cases.handled.map(({ message, receivedAt }) => [message.sequence, receivedAt])).toEqual([
      [1, '2026-11-20T01:00:05.000Z'],
      [2, '2026-11-19T08:00:00.000Z'],
    ]);
    expect(receiptMessage(side.cases.handled[1]?.receipt ?? '').data.at).toBe('2026-11-19T08:00:00.000Z');
  });

  it('twice waits once, with the moment it first came', async () => {
    await receive(side.deps, batch(inboxRecord(notice(2), { sentAt: '2026-11-19T08:00:00Z' }), inboxRecord(notice(2))));
    expect([...side.parking.rows.values()].map(({ receivedAt }) => receivedAt)).toEqual(['2026-11-19T08:00:00.000Z']);
    expect(side.seen.counts).toEqual({ Parked: 1 });
  });

  it.each<[string, Calendar, string, string]>([
    ['a Friday: until Tuesday is over', calendar, '2026-11-20T01:00:00Z', '2026-11-24T16:00:00.000Z'],
    ['the last second of a Thursday in China', calendar, '2026-11-19T15:59:59Z', '2026-11-23T16:00:00.000Z'],
    ['the eve of the national holiday', calendar, '2026-09-30T01:00:00Z', '2026-10-09T16:00:00.000Z'],
    ['a year without a calendar: two plain days', calendarOf([]), '2026-11-20T01:00:00Z', '2026-11-22T16:00:00.000Z'],
  ])('may wait two working days after it came, before it alerts: on %s', async (_day, calendar, sentAt, nextAlert) => {
    const directory = untouched<ReceiveDeps['directory']>('directory', { ...side.deps.directory, calendar: async () => calendar });
    const body = notice(2);
    await receive({ ...side.deps, directory }, batch(inboxRecord(body, { sentAt })));
    expect([...side.parking.rows.values()]).toEqual([
      {
        ...{ PK: `R#${CHENGDU}#C#${aCaseNumber()}`, SK: `P#${HANGZHOU}#000002`, kind: 'parked' },
        ...{ caseNumber: aCaseNumber(), region: CHENGDU, counterpart: HANGZHOU, sequence: 2, messageId: uuid(2), body },
        ...{ receivedAt: at(sentAt), alertShard: shardOf(aCaseNumber()), nextAlert },
      },
    ]);
  });

  it('with the sequence of another that waits goes to quarantine', async () => {
    await receive(side.deps, batch(inboxRecord(notice(2)), inboxRecord(notice(2, { id: uuid(77) }))));
    expect([...side.quarantine.rows.values()]).toMatchObject([{ code: 'message.sequence-conflict', path: 'sequence' }]);
    expect([...side.parking.rows.values()]).toMatchObject([{ messageId: uuid(2) }]);
  });

  it('is handled at once when its predecessor was handled just before it was parked', async () => {
    const { accept } = side.cases;
    let raced = false;
    const acceptMessage: typeof accept = async (incoming) => {
      const result = await accept(incoming);
      if (result.outcome === 'early' && !raced) {
        raced = true;
        await accept({ ...incoming, message: { ...incoming.message, id: uuid(1) as never, sequence: 1 } });
      }
      return result;
    };
    await receive({ ...side.deps, cases: untouched('cases', { acceptMessage }) }, batch(inboxRecord(notice(2))));
    expect(side.order()).toEqual([1, 2]);
    expect(side.parking.rows.size).toBe(0);
  });

  it('and turns out impossible when woken moves to quarantine, and its predecessor is acknowledged', async () => {
    const { accept } = side.cases;
    const acceptMessage: typeof accept = (incoming) =>
      incoming.message.sequence === 2 ? Promise.reject(new Refusal('case.wrong-state', [])) : accept(incoming);
    const deps = { ...side.deps, cases: untouched<ReceiveDeps['cases']>('cases', { acceptMessage: accept }) };
    await receive(deps, batch(inboxRecord(notice(2)), inboxRecord(notice(3))));
    expect(await failedIds({ ...deps, cases: untouched('cases', { acceptMessage }) }, batch(inboxRecord(notice(1))))).toEqual([]);
    expect([...side.quarantine.rows.values()]).toMatchObject([{ code: 'case.wrong-state', receivedAt: '2026-11-20T01:00:05.000Z' }]);
    expect([...side.parking.rows.values()]).toMatchObject([{ messageId: uuid(3) }]);
  });

  it('every order of six messages ends in the same state, whatever is delivered twice', async () => {
    const bodies = [1, 2, 3, 4, 5, 6].map((n) => notice(n));
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    await fc.assert(
      fc.asyncProperty(order, fc.array(fc.nat(5), { maxLength: 4 }), fc.integer({ min: 1, max: 10 }), async (first, again, size) => {
        side = chengdu();
        const records = [...first, ...again].map((n, i) => inboxRecord(bodies[n] ?? '', { id: uuid(i) }));
        for (let i = 0; i < records.length; i += size) {
          expect(await failedIds(side.deps, batch(...records.slice(i, i + size)))).toEqual([]);
        }
        expect(side.order()).toEqual([1, 2, 3, 4, 5, 6]);
        expect([side.parking.rows.size, side.quarantine.rows.size]).toEqual([0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});
