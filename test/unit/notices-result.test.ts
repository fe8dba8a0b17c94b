import { describe, expect, test } from 'vitest';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { caseRow, noticeChanges } from '../../functions/cases/rows.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import { ApplicantCapacity, Side } from '../../schemas/codes.ts';
import { NoticeRow } from '../../schemas/notices.ts';
import { caseIn, WUHAN } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import {
  EMPLOYER,
  employerBody,
  eventsOf,
  lettered,
  openBody,
  passDays,
  Road,
  refusedWith,
  requestBody,
  SECOND,
} from '../support/roads.ts';

/** 将办结情况通知用人单位或参保人员 (S94 7.4); 送达 with its proof (B15). */

const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
const noticesOf = (road: Road, side: Side) => (road.state(side).notices ?? []).map(({ kind, to }) => `${kind} ${to}`);
const handedOver = (road: Road) =>
  (road.there.procedure === '2021.1' ? road : road.terminate()).remit().table().settle().money().credit().complete().settle();
const requested = (opener: Side, said: Record<string, unknown> = {}) => Road.begin('2021', opener, requestBody(opener, 1, said)).settle();
const bothSay = (road: Road, opener: Side) => road.verdict(other(opener)).settle();
const refusing = (road: Road, opener: Side) => {
  if (opener === 'transferIn') road.verdict('transferOut', { participation: 'active' });
  else road.verdict('transferIn', { enrolled: false });
  return road.settle();
};
const agreeing = (road: Road) => road.propose('transferIn').settle().answer('transferOut', true).settle();

/** What each result makes its side tell, and to whom; `opened` is where the person applied. */
const RESULTS: [result: string, opened: Side, end: (employer: boolean) => Road, kind: string, told: Side][] = [
  ['2016: completed', 'transferIn', (employer) => handedOver(letteredFor(employer)), 'completed', 'transferIn'],
  ['2016: refused by transferOut', 'transferIn', (employer) => letteredFor(employer).refuse().settle(), 'refused', 'transferIn'],
  ['2016: agreed to end', 'transferIn', (employer) => agreeing(letteredFor(employer)), 'closed-by-agreement', 'transferIn'],
  ['2016: forwarded to a region that cannot take it', 'transferIn', (employer) => nowhere(letteredFor(employer)), 'refused', 'transferIn'],
  ...Side.options.flatMap((opened): typeof RESULTS => [
    [`2021: completed`, opened, (employer) => handedOver(bothSay(requestedFor(opened, employer), opened)), 'completed', 'transferIn'],
    [`2021: refused by the other side`, opened, (employer) => refusing(requestedFor(opened, employer), opened), 'refused', opened],
    [`2021: agreed to end`, opened, (employer) => agreeing(bothSay(requestedFor(opened, employer), opened)), 'closed-by-agreement', opened],
  ]),
];
function letteredFor(employer: boolean): Road {
  return lettered(employer ? employerBody() : openBody());
}
function requestedFor(opener: Side, employer: boolean): Road {
  return requested(opener, employer ? { applicant: EMPLOYER } : {});
}
/** TransferOut names a region that is not connected any more when the word arrives. */
function nowhere(road: Road): Road {
  road.forward();
  road.exchange.restate(WUHAN, { inboxUrl: undefined as never });
  return road.settle();
}

describe('a result makes the notices of it, at the side that owes them (B15)', () => {
  describe.each(RESULTS)('%s, opened at %s', (_, __, end, kind, told) => {
    test('to the person', () => {
      const road = end(false);
      expect([noticesOf(road, told), noticesOf(road, other(told))]).toEqual([[`${kind} person`], []]);
    });

    test('and to the employer that applied', () => {
      const road = end(true);
      expect([noticesOf(road, told), noticesOf(road, other(told))]).toEqual([[`${kind} person`, `${kind} employer`], []]);
      expect(eventsOf(road, told, 'notice-created')).toHaveLength(2);
      expect(road.exchange.refused).toEqual([]);
    });
  });

  test.each(ApplicantCapacity.options)('of those who may apply only an employer is told beside the person: %s', (capacity) => {
    const applicant = { ...EMPLOYER, capacity, name: capacity === 'person' ? person(1).name : EMPLOYER.name };
    const road = handedOver(lettered(openBody(1, { application: applicationBody(1, { applicant }) })));
    expect(noticesOf(road, 'transferIn')).toEqual(
      capacity === 'employer' ? ['completed person', 'completed employer'] : ['completed person'],
    );
  });

  test('what is no result makes none: opened, accepted, withdrawn, forwarded', () => {
    const roads = [
      lettered(),
      lettered().withdraw().settle(),
      lettered().forward().settle(),
      bothSay(requested('transferIn'), 'transferIn').withdraw().settle(),
    ];
    for (const road of roads) expect([noticesOf(road, 'transferIn'), noticesOf(road, 'transferOut')]).toEqual([[], []]);
  });

  test('the first version of the procedure has none (E9)', () => {
    const { notices, clocks } = caseIn('completed');
    expect([notices, Object.keys(clocks)]).toEqual([undefined, expect.not.arrayContaining(['tell-result'])]);
  });

  test('later events make no second one', () => {
    const road = handedOver(letteredFor(true)).tell('transferIn', 'completed');
    expect(eventsOf(road, 'transferIn', 'notice-created')).toHaveLength(2);
    expect(road.exchange.entries(HANGZHOU, road.caseNumber).at(-2)?.command).toBe('record-delivery');
  });
});

describe('the proof that a notice arrived stands on the case (B15)', () => {
  const offers = (road: Road, side: Side = 'transferIn') =>
    actionsFor(road.state(side), { role: 'clerk', sub: `${road.state(side).region}-one` }).includes('deliver-notice');

  test('how, when, and in the timeline by whom', () => {
    const road = handedOver(lettered());
    road.exchange.advance(60_000);
    const delivery = { kind: 'completed', to: 'person', channel: 'post', note: '挂号信' } as const;
    road.in({ name: 'deliver-notice', delivery }, SECOND);
    const at = road.exchange.now;
    expect(road.there.notices).toEqual([
      { kind: 'completed', to: 'person', createdAt: road.there.times.completed, delivered: { channel: 'post', note: '挂号信', at } },
    ]);
    expect(road.exchange.entries(HANGZHOU, road.caseNumber).at(-1)?.actor).toMatchObject({ subject: `${HANGZHOU}-two` });
    expect(road.there.status).toBe('completed');
  });

  test('once, and of notices that there are', () => {
    const road = handedOver(letteredFor(true));
    expect(offers(road)).toBe(true);
    road.tell('transferIn', 'completed');
    expect(refusedWith(() => road.tell('transferIn', 'completed'))).toEqual(['case.inconsistent', 'kind delivered']);
    expect(refusedWith(() => road.tell('transferIn', 'refused'))).toEqual(['case.inconsistent', 'kind unknown']);
    expect(offers(road)).toBe(true);
    road.tell('transferIn', 'completed', 'employer');
    expect(offers(road)).toBe(false);
    expect(refusedWith(() => road.tell('transferIn', 'completed', 'employer'))).toEqual(['case.wrong-state', 'notices nothing']);
    expect(eventsOf(road, 'transferIn', 'notice-delivered').map(({ to }) => to)).toEqual(['person', 'employer']);
  });

  test('nothing is owed at the other side', () => {
    expect(refusedWith(() => handedOver(lettered()).tell('transferOut', 'completed'))?.[0]).toBe('case.wrong-state');
  });

  test.each(Side.options)('the word to the applicant is the proof of the refusal, opened at %s (A9)', (opened) => {
    const road = refusing(requested(opened), opened).notify(opened);
    const at = road.exchange.now;
    expect(road.state(opened).notices).toMatchObject([{ kind: 'refused', to: 'person', delivered: { channel: 'phone', at } }]);
    expect(offers(road, opened)).toBe(false);
  });

  test.each(Side.options)('where an employer applied at %s, the insured person is told beside it', (opened) => {
    const road = refusing(requestedFor(opened, true), opened);
    expect(offers(road, opened)).toBe(false);
    road.notify(opened);
    expect(road.state(opened).notices?.map(({ to, delivered }) => [to, delivered?.channel])).toEqual([
      ['person', undefined],
      ['employer', 'phone'],
    ]);
    expect(offers(road, opened)).toBe(true);
    expect(refusedWith(() => road.tell(opened, 'refused'))).toBeUndefined();
    expect([road.state(opened).status, offers(road, opened)]).toEqual(['refused', false]);
  });
});

describe('the clock of the result: told on the same working day (B15, D5)', () => {
  /** Completed at the second that `start` leads to; Beijing is eight hours ahead. */
  const completedAt = (time: string, employer = false) => {
    const exchange = new PureExchange({ family: '2016', start: '2026-03-02T02:00:00.000Z' });
    const road = Road.begin('2016', 'transferIn', employer ? employerBody() : openBody(), exchange)
      .accept()
      .letter()
      .settle();
    road.terminate().remit().table().settle().money().credit();
    exchange.advance(Date.parse(time) - Date.parse(exchange.now));
    return road.complete();
  };
  const startedOf = (road: Road) => eventsOf(road, 'transferIn', 'clock-started').find(({ clock }) => clock.name === 'tell-result')?.clock;
  const stoppedOf = (road: Road) => eventsOf(road, 'transferIn', 'clock-stopped').find(({ clock }) => clock === 'tell-result');

  test.each([
    // Monday; Friday at 23:59:59 in China; Saturday; the day before Qingming 2026 (Saturday to Monday, 4 to 6 April).
    ['2026-03-02T03:00:00.000Z', '2026-03-02', '2026-03-02', '2026-03-02T16:00:00.000Z'],
    ['2026-03-06T15:59:59.000Z', '2026-03-06', '2026-03-06', '2026-03-08T16:00:00.000Z'],
    ['2026-03-06T16:00:00.000Z', '2026-03-07', '2026-03-09', '2026-03-09T16:00:00.000Z'],
    ['2026-04-04T02:00:00.000Z', '2026-04-04', '2026-04-07', '2026-04-07T16:00:00.000Z'],
  ])('completed at %s: runs from %s, due on %s, and an alert is due at %s', (time, startedOn, dueOn, alertAt) => {
    const road = completedAt(time);
    expect(startedOf(road)).toMatchObject({
      owner: HANGZHOU,
      days: 0,
      startEvent: 'completed',
      startedOn,
      dueOn,
      alerts: [{ level: 'overdue-1', at: alertAt }],
    });
    expect(road.settle().there.clocks['tell-result']).toEqual({ owner: HANGZHOU, startedOn, dueOn });
  });

  test('stops with the last notice, in time', () => {
    const road = completedAt('2026-03-02T03:00:00.000Z', true).settle().tell('transferIn', 'completed', 'employer');
    expect(stoppedOf(road)).toBeUndefined();
    road.exchange.advance(3_600_000);
    road.tell('transferIn', 'completed');
    expect(stoppedOf(road)).toEqual({ type: 'clock-stopped', clock: 'tell-result', stoppedAt: road.exchange.now, late: false });
  });

  test('late on the next day', () => {
    const road = passDays(completedAt('2026-03-02T03:00:00.000Z').settle(), 1).tell('transferIn', 'completed');
    expect(stoppedOf(road)).toMatchObject({ stoppedAt: road.exchange.now, late: true });
  });

  test('2021: the same, at transferIn alone, wherever it was opened', () => {
    for (const opened of Side.options) {
      const road = handedOver(bothSay(requested(opened), opened));
      expect([road.there.clocks['tell-result']?.owner, road.here.clocks['tell-result']]).toEqual([HANGZHOU, undefined]);
    }
  });

  test('a refusal and an agreement to end have no such clock', () => {
    for (const road of [lettered().refuse().settle(), agreeing(lettered())]) {
      expect(Object.keys(road.there.clocks)).not.toContain('tell-result');
    }
  });
});

describe('rows of notices (B15)', () => {
  test('wait in the queue of their office from the day of the result, and are found by the sweep', () => {
    const road = handedOver(letteredFor(true));
    const at = road.there.times.completed!;
    const { created, delivered } = noticeChanges(road.there, eventsOf(road, 'transferIn', 'notice-created'), at);
    expect(delivered).toEqual([]);
    expect(created.map((row) => NoticeRow.parse(row))).toEqual(
      (['person', 'employer'] as const).map((to) => ({
        PK: `R#330100#C#${road.caseNumber}`,
        SK: `E#completed#${to}`,
        kind: 'notice',
        notice: 'completed',
        to,
        region: HANGZHOU,
        office: '33010001',
        caseNumber: road.caseNumber,
        createdAt: at,
        dueOn: '2026-03-02',
        workOffice: 'N#33010001',
        workDue: `2026-03-02#${road.caseNumber}#completed#${to}`,
        alertShard: shardOf(road.caseNumber),
        nextAlert: at,
      })),
    );
    expect(JSON.stringify(created)).not.toContain(person(1).name);
    // The case itself is done: its notices have a queue of their own.
    expect(caseRow(road.there).workOffice).toBeUndefined();
  });

  test('are proved by the word to the applicant too', () => {
    const road = refusing(requestedFor('transferOut', true), 'transferOut').notify('transferOut');
    expect(noticeChanges(road.here, eventsOf(road, 'transferOut', 'applicant-notified'), road.exchange.now).delivered).toEqual([
      { key: { PK: `R#${CHENGDU}#C#${road.caseNumber}`, SK: 'E#refused#employer' }, delivery: { channel: 'phone' } },
    ]);
  });

  test('of a case that was refused before there were notices none is proved (E9)', () => {
    const road = lettered().refuse().settle().notify('transferIn');
    const { notices: _, ...stored } = road.there;
    expect(noticeChanges(stored, eventsOf(road, 'transferIn', 'applicant-notified'), road.exchange.now)).toEqual({
      created: [],
      delivered: [],
    });
  });
});
