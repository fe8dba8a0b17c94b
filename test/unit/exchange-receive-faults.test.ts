import { beforeEach, describe, expect, it } from 'vitest';
import { type ReceiveDeps, receive } from '../../functions/exchange/receive.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { PROBLEMS, type ProblemCode } from '../../schemas/problems.ts';
import { aRegion } from '../support/directory.ts';
import { batch, inboxRecord } from '../support/exchange.ts';
import {
  aCaseNumber,
  aKeyPair,
  aLetterEvent,
  aNoticeEvent,
  CHENGDU,
  HANGZHOU,
  PERSON,
  receiptMessage,
  sealed,
  uuid,
} from '../support/messages.ts';
import { calendar, chengdu, failedIds, fault, key, notice, regions, signed } from '../support/receiving.ts';
import { untouched } from '../support/untouched.ts';

let side: ReturnType<typeof chengdu>;
beforeEach(() => {
  side = chengdu();
});

describe('E4 a message that can never be handled', () => {
  it('is kept whole with code and path, counted, and acknowledged', async () => {
    const body = signed(aNoticeEvent(1, { recipient: HANGZHOU }));
    expect(await failedIds(side.deps, batch(inboxRecord(body)))).toEqual([]);
    expect([...side.quarantine.rows.values()]).toMatchObject([
      { region: CHENGDU, receivedAt: '2026-11-20T01:00:05.000Z', code: 'message.not-ours', path: 'recipient', body },
    ]);
    expect(side.seen.counts).toEqual({ Quarantined: 1 });
    expect(side.seen.lines).toEqual([
      {
        level: 'warn',
        code: 'message.quarantined',
        fields: { region: CHENGDU, caseNumber: aCaseNumber(), messageId: uuid(1), code: 'message.not-ours', path: 'recipient' },
      },
    ]);
  });

  it('stops no other message of its batch, not even of its group', async () => {
    const records = [
      inboxRecord('poison', { id: uuid(1) }),
      inboxRecord(notice(1), { id: uuid(2) }),
      inboxRecord(notice(2), { id: uuid(3) }),
    ];
    expect(await failedIds(side.deps, batch(...records))).toEqual([]);
    expect(side.order()).toEqual([1, 2]);
  });

  it('F4 leaves no name and no ID number in the log', async () => {
    const data = aLetterEvent().data as object;
    await receive(
      side.deps,
      batch(
        inboxRecord(signed(aLetterEvent(1, { data: { ...data, date: PERSON.name } })), { id: uuid(1) }),
        inboxRecord(signed(aLetterEvent(1, { data: { ...data, [PERSON.idNumber]: 1 } })), { id: uuid(2) }),
        inboxRecord(signed(aLetterEvent(1, { id: PERSON.idNumber })), { id: uuid(3) }),
      ),
    );
    expect(side.quarantine.rows.size).toBe(3);
    const kept = [...side.quarantine.rows.values()].map(({ body: _body, ...row }) => row);
    expect(JSON.stringify([side.seen.lines, kept])).not.toMatch(new RegExp(`${PERSON.name}|${PERSON.idNumber}`));
  });

  const codes = Object.keys(PROBLEMS) as ProblemCode[];
  it.each(codes.map((code) => [code, PROBLEMS[code][0] < 500] as const))('%s from the cases: quarantined %s', async (code, forGood) => {
    const acceptMessage = () => Promise.reject(new Refusal(code, []));
    const failed = await failedIds({ ...side.deps, cases: untouched('cases', { acceptMessage }) }, batch(inboxRecord(notice(1))));
    expect([side.quarantine.rows.size, failed.length]).toEqual(forGood ? [1, 0] : [0, 1]);
  });
});

describe('E4 a message in quarantine is never receipted, so its sender sends it again', () => {
  const late = aKeyPair();
  const knowing = (...keys: (typeof late)[]) =>
    untouched<ReceiveDeps['directory']>('directory', {
      region: async () => aRegion({ code: HANGZHOU, signingKeys: keys.map(({ published }) => published) }),
      calendar: async () => calendar,
      refresh: () => {},
    });
  const copy = (body: string, minutes: number) =>
    inboxRecord(body, { id: uuid(minutes), sentAt: new Date(Date.UTC(2026, 10, 20, 1, minutes, 5)).toISOString() });

  it('and every copy is acknowledged and makes nothing new: one row, one count', async () => {
    const body = sealed(late.privateKey, aNoticeEvent(1));
    for (const minutes of [0, 2, 6, 14]) {
      expect(await failedIds({ ...side.deps, directory: knowing() }, batch(copy(body, minutes)))).toEqual([]);
    }
    expect([...side.quarantine.rows.values()]).toMatchObject([{ receivedAt: '2026-11-20T01:00:05.000Z', code: 'message.unknown-sender' }]);
    expect(side.seen.counts).toEqual({ Quarantined: 1 });
    expect(side.seen.codes()).toEqual(['message.quarantined', ...Array(3).fill('message.quarantined-before')]);
  });

  it('B2 and the copy that is handled at last was received when the first one was, as its receipt says', async () => {
    const body = sealed(late.privateKey, aNoticeEvent(1));
    await receive({ ...side.deps, directory: knowing() }, batch(copy(body, 0)));
    await receive({ ...side.deps, directory: knowing(late) }, batch(copy(body, 30)));
    const [handled] = side.cases.handled;
    expect(handled?.receivedAt).toBe('2026-11-20T01:00:05.000Z');
    expect(receiptMessage(handled?.receipt ?? '').data.at).toBe('2026-11-20T01:00:05.000Z');
    expect([...side.quarantine.rows.values()]).toMatchObject([{ resolvedAt: expect.any(String) }]);
  });

  it('B2 and the copy that has to wait waits with the first moment too', async () => {
    const body = sealed(late.privateKey, aNoticeEvent(2));
    await receive({ ...side.deps, directory: knowing() }, batch(copy(body, 0)));
    await receive({ ...side.deps, directory: knowing(late, key) }, batch(copy(body, 30)));
    expect([...side.parking.rows.values()]).toMatchObject([{ receivedAt: '2026-11-20T01:00:05.000Z' }]);
    await receive({ ...side.deps, directory: knowing(late, key) }, batch(copy(notice(1), 31)));
    expect(side.cases.handled.map(({ receivedAt }) => receivedAt)).toEqual(['2026-11-20T01:31:05.000Z', '2026-11-20T01:00:05.000Z']);
  });

  it('and bytes that differ are another message, with a row of its own', async () => {
    const [one, other] = [1, 2].map(() => sealed(late.privateKey, aNoticeEvent(1)));
    await receive({ ...side.deps, directory: knowing() }, batch(copy(one!, 0), copy(other!, 1)));
    expect(side.quarantine.rows.size).toBe(2);
    expect(side.seen.counts).toEqual({ Quarantined: 2 });
  });
});

describe('the log names the case by the group of the queue', () => {
  const linesFor = async (group: string) => {
    const deps = { ...side.deps, cases: untouched<ReceiveDeps['cases']>('cases', { acceptMessage: () => Promise.reject(fault()) }) };
    await receive(deps, batch(inboxRecord('poison', { group }), inboxRecord(notice(1), { group })));
    return side.seen.lines.map(({ code, fields }) => [code, fields.caseNumber]);
  };

  it('when a message is quarantined and when it comes back', async () => {
    expect(await linesFor(`${CHENGDU}-${aCaseNumber(3)}`)).toEqual([
      ['message.quarantined', aCaseNumber(3)],
      ['message.retry', aCaseNumber(3)],
    ]);
  });

  it.each(['other', PERSON.idNumber, `${CHENGDU}-${PERSON.name}`, `${CHENGDU}-${aCaseNumber(3)}0`])(
    'F4 and nothing that a sender may have written there: %s',
    async (group) => {
      expect((await linesFor(group)).map(([, caseNumber]) => caseNumber)).toEqual([undefined, undefined]);
    },
  );
});

describe('E4 a passing fault', () => {
  const failing = (sequence: number, group = aCaseNumber()): ReceiveDeps => {
    const acceptMessage: ReceiveDeps['cases']['acceptMessage'] = (incoming) =>
      incoming.message.subject === group && incoming.message.sequence === sequence ? Promise.reject(fault()) : side.cases.accept(incoming);
    return { ...side.deps, cases: untouched('cases', { acceptMessage }) };
  };

  it('gives back the message and those after it in its group, in order, while other groups are handled', async () => {
    const other = aCaseNumber(2);
    const records = [
      inboxRecord(notice(1), { id: uuid(1) }),
      inboxRecord(notice(2), { id: uuid(2) }),
      inboxRecord(notice(1, { id: uuid(8), subject: other }), { id: uuid(3), group: 'other' }),
      inboxRecord(notice(3), { id: uuid(4) }),
      inboxRecord(notice(2, { id: uuid(9), subject: other }), { id: uuid(5), group: 'other' }),
    ];
    expect(await failedIds(failing(2), batch(...records))).toEqual([uuid(2), uuid(4)]);
    expect(side.cases.handled.map(({ message }) => message.id).sort()).toEqual([uuid(1), uuid(8), uuid(9)]);
    expect(side.quarantine.rows.size).toBe(0);
  });

  it('of one region leaves the other regions of the batch alone', async () => {
    const toWuhan = inboxRecord(notice(1, { recipient: '420100' }), { id: uuid(2), region: '420100' as never, group: 'wuhan' });
    expect(await failedIds(failing(1, 'none' as never), batch(inboxRecord(notice(1), { id: uuid(1) }), toWuhan))).toEqual([]);
    const region = async (code: string) => (code === HANGZHOU ? regions.get(code) : Promise.reject(fault()));
    expect(
      await failedIds({ ...failing(1), directory: untouched('directory', { region }) }, batch(inboxRecord(notice(1), { id: uuid(3) }))),
    ).toEqual([uuid(3)]);
  });

  it.each([
    [1, 2],
    [2, 4],
    [5, 32],
    [11, 2048],
    [12, 3600],
    [150, 3600],
  ])('at attempt %i hides the message for %i seconds', async (receiveCount, seconds) => {
    await receive(failing(1), batch(inboxRecord(notice(1), { id: uuid(1), receiveCount })));
    expect(side.postponed).toEqual([[`handle-${uuid(1)}`, seconds]]);
  });

  it('hides all that go back of the group for as long, since one in flight would lock it, and nothing of another group', async () => {
    const records = [1, 2, 3].map((n) => inboxRecord(notice(n), { id: uuid(n), receiveCount: n === 2 ? 3 : 1 }));
    const other = inboxRecord(notice(1, { id: uuid(8), subject: aCaseNumber(2) }), { id: uuid(4), group: 'other' });
    expect(await failedIds(failing(2), batch(...records, other))).toEqual([uuid(2), uuid(3)]);
    expect(side.postponed.toSorted()).toEqual([
      [`handle-${uuid(2)}`, 8],
      [`handle-${uuid(3)}`, 8],
    ]);
  });

  it('that keeps one of them from being hidden leaves the others hidden', async () => {
    const postpone: ReceiveDeps['inboxes']['postpone'] = (url, handle, seconds) =>
      handle.endsWith(uuid(1)) ? Promise.reject(fault()) : side.deps.inboxes.postpone(url, handle, seconds);
    const records = [1, 2].map((n) => inboxRecord(notice(n), { id: uuid(n) }));
    expect(await failedIds({ ...failing(1), inboxes: { postpone } }, batch(...records))).toEqual([uuid(1), uuid(2)]);
    expect(side.postponed).toEqual([[`handle-${uuid(2)}`, 2]]);
  });

  it.each([
    [1, {}],
    [7, {}],
    [8, { StillFailing: 1 }],
    [150, { StillFailing: 1 }],
  ])('at attempt %i counts %j for the operators, once for the group', async (receiveCount, counts) => {
    const records = [1, 2].map((n) => inboxRecord(notice(n), { id: uuid(n), receiveCount }));
    await receive(failing(1), batch(...records));
    expect(side.seen.counts).toEqual(counts);
  });

  it('whose back-off fails too is logged and comes again all the same', async () => {
    const deps = { ...failing(1), inboxes: { postpone: () => Promise.reject(fault()) } };
    expect(await failedIds(deps, batch(inboxRecord(notice(1), { id: uuid(1) })))).toEqual([uuid(1)]);
    expect(side.seen.codes()).toEqual(['message.retry', 'message.retry']);
  });

  it('that keeps the quarantine from being written gives the message back', async () => {
    const quarantine = untouched<ReceiveDeps['quarantine']>('quarantine', { quarantine: () => Promise.reject(fault()) });
    expect(await failedIds({ ...side.deps, quarantine }, batch(inboxRecord('{', { id: uuid(1) })))).toEqual([uuid(1)]);
  });

  it('of a woken successor brings the waking message back, and nothing is handled twice', async () => {
    await receive(side.deps, batch(inboxRecord(notice(2))));
    const record = inboxRecord(notice(1), { id: uuid(1) });
    expect(await failedIds(failing(2), batch(record))).toEqual([uuid(1)]);
    expect(side.parking.rows.size).toBe(1);
    expect(await failedIds(side.deps, batch(record))).toEqual([]);
    expect(side.order()).toEqual([1, 2]);
  });

  it('is what an unreadable inbox name is, because a message must not be lost for it', async () => {
    const record = { ...inboxRecord(notice(1), { id: uuid(1) }), eventSourceARN: 'arn:aws:sqs:x:1:something-else' };
    expect(await failedIds(side.deps, batch(record))).toEqual([uuid(1)]);
  });
});

describe('when the time runs out', () => {
  it('what was not begun comes again, and nothing is hidden', async () => {
    let left = 30_000;
    const remaining = () => (left -= 10_000);
    const records = [1, 2, 3, 4].map((n) => inboxRecord(notice(n), { id: uuid(n) }));
    expect(await failedIds(side.deps, batch(...records), remaining)).toEqual([uuid(3), uuid(4)]);
    expect(side.order()).toEqual([1, 2]);
    expect(side.postponed).toEqual([]);
  });
});

describe('E6 keys', () => {
  const rotated = aKeyPair();

  it('that were rotated since they were cached are looked up again, and no call fails', async () => {
    let fresh = false;
    const directory = untouched<ReceiveDeps['directory']>('directory', {
      region: async () => aRegion({ code: HANGZHOU, signingKeys: [fresh ? rotated.published : key.published] }),
      refresh: () => {
        fresh = true;
      },
    });
    const body = sealed(rotated.privateKey, aNoticeEvent());
    expect(await failedIds({ ...side.deps, directory }, batch(inboxRecord(body)))).toEqual([]);
    expect(side.order()).toEqual([1]);
    expect(side.quarantine.rows.size).toBe(0);
  });

  it.each([
    ['message.signature', HANGZHOU],
    ['message.unknown-sender', '420100'],
  ])('that still do not fit are looked up once, then the message is quarantined: %s', async (code, sender) => {
    const refreshed: string[] = [];
    const directory = untouched<ReceiveDeps['directory']>('directory', {
      region: async (region) => regions.get(region),
      refresh: (region) => void refreshed.push(region),
    });
    const body = sealed(rotated.privateKey, aNoticeEvent(1, { source: `urn:jiexu:region:${sender}` }));
    await receive({ ...side.deps, directory }, batch(inboxRecord(body)));
    expect([refreshed, [...side.quarantine.rows.values()].map((row) => row.code)]).toEqual([[sender], [code]]);
  });

  it('that expired while their message lay in the inbox count, because it came in time', async () => {
    const expired = aKeyPair({ validUntil: '2026-11-20T01:00:07.000Z' });
    const directory = untouched<ReceiveDeps['directory']>('directory', {
      region: async () => aRegion({ code: HANGZHOU, signingKeys: [expired.published] }),
    });
    await receive({ ...side.deps, directory }, batch(inboxRecord(sealed(expired.privateKey, aNoticeEvent()))));
    expect(side.order()).toEqual([1]);
  });

  it('are not asked for again when a message waits and its key expires', async () => {
    await receive(side.deps, batch(inboxRecord(notice(2))));
    const first = batch(inboxRecord(sealed(rotated.privateKey, aNoticeEvent(1))));
    const region = async () => aRegion({ code: HANGZHOU, signingKeys: [rotated.published] });
    await receive({ ...side.deps, directory: untouched('directory', { region }) }, first);
    expect(side.order()).toEqual([1, 2]);
  });
});
