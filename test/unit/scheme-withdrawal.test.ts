import { describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { Scheme, type Side } from '../../schemas/codes.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { isFinal } from '../../schemas/procedures.ts';
import { uuid, WUHAN } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { eventsOf, lettered, openBody, Road, refusedWith, roadTo, ruralBody, ruralLettered } from '../support/roads.ts';

/** 新型农村合作医疗参合人员参加城镇基本医疗保险后…办理退出 (S191 4; A15). */

const TYPE = 'cn.jiexu.scheme-withdrawal.v1';
const messagesTo = (exchange: PureExchange, region: RegionCode) =>
  exchange.inFlight.flatMap((parcel) => (parcel.kind === 'message' && parcel.to === region ? [parcel.message] : []));
const sentWith = (formerScheme: Scheme, newScheme: Scheme): Road => {
  const voucher = { ...Object(applicationBody(1).voucher), scheme: formerScheme };
  return Road.begin('2016', 'transferIn', openBody(1, { application: applicationBody(1, { voucher, scheme: newScheme }) }))
    .accept()
    .letter();
};
const listed = (road: Road, side: Side) => caseRow(road.state(side)).workOffice !== undefined;
const emptyHanded = (road: Road) => road.terminate().notRemit().table({ balanceFen: 0 }).settle();
const offers = (road: Road) => actionsFor(road.here, { role: 'clerk', sub: 'somebody' }).includes('answer-scheme-withdrawal');

describe('joining an urban scheme sends the notice right after the letter (A15)', () => {
  const PAIRS = Scheme.options.flatMap((former) => Scheme.options.map((joined) => [former, joined] as const));
  const MOVES = PAIRS.filter(([former, joined]) => !(former === '380' && joined === '380'));

  test.each(MOVES)('from scheme %s to %s', (former, joined) => {
    const types = messagesTo(sentWith(former, joined).exchange, CHENGDU).map(({ type }) => type);
    expect(types).toEqual(former === '380' ? ['cn.jiexu.liaison-letter.v1', TYPE] : ['cn.jiexu.liaison-letter.v1']);
  });

  test('with what the rural office needs to find the person', () => {
    const road = Road.begin('2016', 'transferIn', ruralBody(1, { insuranceNumber: 'XNH0012345' }))
      .accept()
      .letter();
    const [letter, notice] = messagesTo(road.exchange, CHENGDU);
    expect([letter?.sequence, notice?.sequence]).toEqual([1, 2]);
    const data = {
      person: person(1),
      insuranceNumber: 'XNH0012345',
      scheme: '380',
      joinedScheme: '310',
      joinedRegion: HANGZHOU,
      noticeOn: '2026-03-02',
    };
    expect(notice?.data).toEqual(data);
    expect(road.there.schemeWithdrawal).toEqual({ notice: data, messageId: notice?.id });
    expect(road.settle().here.schemeWithdrawal).toEqual(road.there.schemeWithdrawal);
    expect(road.exchange.refused).toEqual([]);
  });

  const UNAWARE: [said: string, messages: string[] | undefined][] = [
    ['registered before it could say so', undefined],
    ['that lists nothing', []],
    ['that lists other messages', ['cn.jiexu.liaison-letter.v1', 'cn.jiexu.scheme-withdrawal-answer.v1']],
  ];
  test.each(UNAWARE)('not to software %s: the notice goes another way, and the case says so (E9)', (_, messages) => {
    const exchange = new PureExchange({ family: '2016' });
    exchange.restate(CHENGDU, { messages: messages as never });
    const road = Road.begin('2016', 'transferIn', ruralBody(), exchange).accept().letter();
    expect(messagesTo(exchange, CHENGDU).map(({ type }) => type)).toEqual(['cn.jiexu.liaison-letter.v1']);
    const [byHand] = eventsOf(road, 'transferIn', 'scheme-withdrawal-by-hand');
    expect(byHand?.notice).toMatchObject({ person: person(1), joinedRegion: HANGZHOU });
    expect(road.there.schemeWithdrawal).toEqual({ notice: byHand?.notice });
    // Nobody can answer it here, so nothing waits for an answer.
    emptyHanded(road.settle()).complete().settle();
    expect([road.there.status, listed(road, 'transferIn'), listed(road, 'transferOut')]).toEqual(['completed', false, false]);
  });

  test('the first version of the procedure has no such notice (E9)', () => {
    const exchange = new PureExchange({ family: '2016' });
    exchange.restate(CHENGDU, { procedures: ['2016.1'] });
    const road = Road.begin('2016', 'transferIn', ruralBody(), exchange).in({ name: 'accept' }).letter();
    expect([road.there.procedure, road.there.schemeWithdrawal, exchange.inFlight.length]).toEqual(['2016.1', undefined, 1]);
  });
});

describe('the rural office answers, and the answer is tracked (A15)', () => {
  const ANSWERS = [
    { withdrawn: true, withdrawnOn: '2026-03-02' },
    { withdrawn: false, reason: '本年度已享受待遇，年底退出' },
  ] as const;
  test.each(ANSWERS)('%j', (answer) => {
    const road = ruralLettered();
    expect(offers(road)).toBe(true);
    road.answerWithdrawal(answer);
    const [message] = messagesTo(road.exchange, HANGZHOU);
    expect(message).toMatchObject({ type: 'cn.jiexu.scheme-withdrawal-answer.v1', causationid: road.here.schemeWithdrawal?.messageId });
    road.settle();
    for (const side of ['transferIn', 'transferOut'] as const) expect(road.state(side).schemeWithdrawal?.answer).toEqual(answer);
    expect([offers(road), refusedWith(() => road.answerWithdrawal(answer))]).toEqual([
      false,
      ['case.wrong-state', 'schemeWithdrawal nothing'],
    ]);
    expect(road.exchange.refused).toEqual([]);
  });

  test('not with a day to come, and not where there is no notice', () => {
    const later = { withdrawn: true, withdrawnOn: '2026-03-03' };
    expect(refusedWith(() => ruralLettered().answerWithdrawal(later))).toEqual(['case.inconsistent', 'withdrawnOn future']);
    expect(refusedWith(() => lettered().answerWithdrawal())).toEqual(['case.wrong-state', 'schemeWithdrawal nothing']);
    expect(offers(lettered())).toBe(false);
    for (const status of ['accepted', 'closed'] as const) {
      expect(refusedWith(() => roadTo('2021.1', 'transferOut', status).answerWithdrawal())?.[0]).toBe('case.wrong-state');
    }
  });

  const ENDS: [end: string, go: (road: Road) => Road][] = [
    ['completed', (road) => emptyHanded(road).complete().settle()],
    ['refused', (road) => road.refuse().settle().notify('transferIn')],
    ['withdrawn', (road) => road.withdraw().settle()],
    ['agreed to end', (road) => road.propose('transferOut').settle().answer('transferIn', true).settle()],
  ];
  test.each(ENDS)('%s or not: the case stays on both lists until then, and an answer still comes', (_, go) => {
    const road = go(ruralLettered());
    for (const side of ['transferIn', 'transferOut'] as const) {
      expect([isFinal(road.state(side).status), listed(road, side)]).toEqual([true, true]);
    }
    expect(offers(road)).toBe(true);
    const statuses = [road.there.status, road.here.status];
    road.answerWithdrawal();
    expect([listed(road, 'transferIn'), listed(road, 'transferOut')]).toEqual([true, false]);
    road.settle();
    expect([listed(road, 'transferIn'), listed(road, 'transferOut')]).toEqual([false, false]);
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual([...statuses, []]);
  });

  test('the hand-over does not wait for it, nor it for the hand-over', () => {
    const road = emptyHanded(ruralLettered().answerWithdrawal().settle()).complete().settle();
    expect([road.there.status, road.here.status, listed(road, 'transferIn'), listed(road, 'transferOut')]).toEqual([
      'completed',
      'closed',
      false,
      false,
    ]);
  });
});

describe('with a letter that is forwarded (A15, B6)', () => {
  const forwarded = (road = ruralLettered()) => {
    road.forward().settle().outRegion = WUHAN;
    return road;
  };

  test('the notice goes again, to the region that has the letter now, and that one answers', () => {
    const road = ruralLettered();
    const first = road.there.schemeWithdrawal?.messageId;
    forwarded(road);
    expect(road.exchange.state(CHENGDU, road.caseNumber)?.status).toBe('forwarded');
    expect(road.here.schemeWithdrawal).toEqual(road.there.schemeWithdrawal);
    expect(road.there.schemeWithdrawal?.messageId).not.toBe(first);
    road.answerWithdrawal().settle();
    expect(road.there.schemeWithdrawal?.answer).toEqual({ withdrawn: true, withdrawnOn: '2026-03-02' });
    expect(road.exchange.refused).toEqual([]);
  });

  test('the region that had it owes no answer, and gives none', () => {
    const road = forwarded();
    const left = road.exchange.state(CHENGDU, road.caseNumber)!;
    expect([caseRow(left).workOffice, actionsFor(left, { role: 'clerk', sub: 'somebody' })]).toEqual([undefined, []]);
    road.outRegion = CHENGDU;
    expect(refusedWith(() => road.answerWithdrawal())?.[0]).toBe('case.wrong-state');
  });

  test('what the first region had answered stands in the timeline, and the new one is asked for itself', () => {
    const road = ruralLettered().answerWithdrawal({ withdrawn: false, reason: '本地无参合记录' }).settle();
    forwarded(road);
    expect([road.there.schemeWithdrawal?.answer, offers(road)]).toEqual([undefined, true]);
    expect(eventsOf(road, 'transferIn', 'scheme-withdrawal-answer-received')).toHaveLength(1);
  });

  test('after the letter, and after the withdrawal that was under way', () => {
    const road = ruralLettered().withdraw();
    road.forward();
    road.exchange.deliver(
      road.exchange.inFlight.findIndex((parcel) => parcel.kind === 'message' && parcel.message.type === 'cn.jiexu.forwarded.v1'),
    );
    const sent = messagesTo(road.exchange, WUHAN).map(({ type, sequence }) => [sequence, type]);
    expect(sent).toEqual([
      [1, 'cn.jiexu.liaison-letter.v1'],
      [2, 'cn.jiexu.withdrawal.v1'],
      [3, TYPE],
    ]);
    road.settle().outRegion = WUHAN;
    expect([road.there.status, road.here.status, offers(road), road.exchange.refused]).toEqual(['withdrawn', 'withdrawn', true, []]);
  });

  test('to software that does not know it, it goes another way', () => {
    const road = ruralLettered();
    road.exchange.restate(WUHAN, { messages: [] });
    forwarded(road);
    expect(road.here.schemeWithdrawal).toBeUndefined();
    expect(eventsOf(road, 'transferIn', 'scheme-withdrawal-by-hand')).toHaveLength(1);
    expect(road.there.schemeWithdrawal?.messageId).toBeUndefined();
  });

  test('to a region that cannot take it, so that nobody has the notice: it goes another way, and nothing waits', () => {
    const road = ruralLettered().forward();
    road.exchange.restate(WUHAN, { inboxUrl: undefined as never });
    road.settle();
    expect(road.there.status).toBe('ineligible');
    expect(eventsOf(road, 'transferIn', 'scheme-withdrawal-by-hand')).toHaveLength(1);
    expect(listed(road.notify('transferIn'), 'transferIn')).toBe(false);
  });
});

describe('what arrives is refused by field (A15)', () => {
  const said = { messageId: uuid(70), sequence: 9, sentAt: '2026-03-02T02:00:00.000Z' as never };
  const takes = (road: Road, region: RegionCode, command: Command) =>
    refusedWith(() => road.exchange.take(region, road.caseNumber, command));
  const notice = (road: Road) => ({ ...road.there.schemeWithdrawal!.notice });

  test('a notice of another person, of a region that is not the sender, or a second one', () => {
    const received = (over: object) =>
      ({ name: 'receive-scheme-withdrawal', notice: { ...notice(ruralLettered()), ...over }, ...said }) as Command;
    const fresh = lettered();
    expect(takes(fresh, CHENGDU, received({ person: person(2) }))).toEqual(['case.inconsistent', 'data.person.idNumber contradiction']);
    expect(takes(fresh, CHENGDU, received({ joinedRegion: WUHAN }))).toEqual(['case.inconsistent', 'data.joinedRegion contradiction']);
    expect(takes(fresh, CHENGDU, received({}))).toBeUndefined();
    expect(takes(fresh, CHENGDU, received({}))).toEqual(['case.inconsistent', 'data received_already']);
    expect(takes(ruralLettered().answerWithdrawal(), CHENGDU, received({}))).toEqual(['case.inconsistent', 'data received_already']);
  });

  test('an answer to another notice, to none, or a second one', () => {
    const answered = (id: unknown) =>
      ({
        name: 'receive-scheme-withdrawal-answer',
        answer: { notice: id, answer: { withdrawn: false, reason: '无' } },
        ...said,
      }) as Command;
    const road = ruralLettered();
    const id = road.there.schemeWithdrawal?.messageId;
    expect(takes(road, HANGZHOU, answered(uuid(77)))).toEqual(['case.inconsistent', 'data.notice contradiction']);
    expect(takes(lettered(), HANGZHOU, answered(uuid(77)))).toEqual(['case.inconsistent', 'data.notice contradiction']);
    expect(takes(road, HANGZHOU, answered(id))).toBeUndefined();
    expect(takes(road, HANGZHOU, answered(id))).toEqual(['case.inconsistent', 'data.notice answered_already']);
    expect(road.there.schemeWithdrawal?.answer).toEqual({ withdrawn: false, reason: '无' });
  });

  test('2021 has no rural scheme and none of these words', () => {
    const road = roadTo('2021.1', 'transferOut', 'accepted');
    const command = { name: 'receive-scheme-withdrawal', notice: notice(ruralLettered()), ...said } as Command;
    expect(takes(road, CHENGDU, command)).toEqual(['case.wrong-state', 'status accepted']);
  });
});
