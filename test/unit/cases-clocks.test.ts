import { describe, expect, test } from 'vitest';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { clockEvents } from '../../functions/cases/clocks.ts';
import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Clock } from '../../schemas/clocks.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import { CalendarDate, Instant } from '../../schemas/primitives.ts';
import { type CaseStatus, ClockName } from '../../schemas/procedures.ts';
import { CALENDARS, COMMANDS, caseIn, contextOf, IN_STEPS, messageFrom, money, move, refusalOf, stateAfter } from '../support/cases.ts';
import { aYear } from '../support/directory.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { permutations } from '../support/permutations.ts';

const at = (text: string) => Instant.parse(new Date(text).toISOString());
const noon = (date: string) => at(`${date}T12:00:00+08:00`);
const started = (events: readonly CaseEvent[]): Clock[] => events.flatMap((event) => (event.type === 'clock-started' ? [event.clock] : []));
const stopped = (events: readonly CaseEvent[]) => events.flatMap((event) => (event.type === 'clock-stopped' ? [event] : []));
const clockNamed = (events: readonly CaseEvent[], name: string) => started(events).find((clock) => clock.name === name);

/** A state of which only times, deliveries and what was sent when matter. */
const timed = (status: CaseStatus, said: Partial<Pick<TransferCase, 'times' | 'sentAt' | 'delivered'>>): TransferCase => ({
  ...caseIn(status),
  clocks: {},
  times: {},
  sentAt: {},
  delivered: {},
  ...said,
});

const VECTORS: [string, string][] = [
  ['2026-02-13', '2026-03-12'],
  ['2026-09-18', '2026-10-15'],
  ['2025-09-26', '2025-10-23'],
  ['2025-01-24', '2025-02-20'],
  ['2026-02-17', '2026-03-13'],
];

describe('the three clocks of 15 working days (D1)', () => {
  test.each(VECTORS)('accepted on %s, the letter is due on %s', (start, due) => {
    const [clock] = started(clockEvents(timed('accepted', { times: { accepted: noon(start) } }), CALENDARS));
    expect(clock).toMatchObject({ name: 'send-letter', owner: HANGZHOU, days: 15, startedOn: start, dueOn: due, provisional: false });
  });

  test.each(VECTORS)('the letter received on %s, the transfer is due on %s, seen from both sides', (start, due) => {
    const own = clockEvents(timed('letter-received', { times: { 'letter-received': noon(start) } }), CALENDARS);
    const seen = clockEvents(timed('letter-sent', { delivered: { 'cn.jiexu.liaison-letter.v1': noon(start) } }), CALENDARS);
    for (const events of [own, seen]) {
      expect(started(events)).toMatchObject([{ name: 'transfer-out', owner: CHENGDU, startedOn: start, dueOn: due }]);
    }
  });

  test.each(VECTORS)('table and balance in on %s, completion is due on %s', (start, due) => {
    const state = timed('ready-to-complete', { times: { 'table-received': noon(start) } });
    const paid = { ...state, money: money({ valueDate: CalendarDate.parse(start) }) } as TransferCase;
    expect(started(clockEvents(paid, CALENDARS))).toMatchObject([{ name: 'complete', owner: HANGZHOU, startedOn: start, dueOn: due }]);
  });

  test('the other side has five days to collect the completion notice (B16)', () => {
    const events = clockEvents(timed('completed', { times: { completed: noon('2026-04-30') } }), CALENDARS);
    expect(clockNamed(events, 'counterpart-closure')).toMatchObject({ owner: CHENGDU, startedOn: '2026-04-30', dueOn: '2026-05-11' });
  });

  test.each([
    ['2026-03-01T15:59:59.999Z', '2026-03-01'],
    ['2026-03-01T16:00:00.000Z', '2026-03-02'],
  ])('what happens at %s starts on %s in China', (instant, date) => {
    expect(started(clockEvents(timed('accepted', { times: { accepted: at(instant) } }), CALENDARS))[0]?.startedOn).toBe(date);
  });
});

describe('the third clock starts with the later of table and balance (D1)', () => {
  const received = (table: string, valueDate?: string, notRemitted?: string) => {
    const times = { 'table-received': noon(table), ...(notRemitted && { 'not-remitted-received': noon(notRemitted) }) };
    const base = timed('ready-to-complete', { times });
    const balance = valueDate
      ? { money: money({ valueDate: CalendarDate.parse(valueDate) }) }
      : { money: undefined, notRemitted: COMMANDS['receive-not-remitted'].notice };
    return clockNamed(clockEvents({ ...base, ...balance } as TransferCase, CALENDARS), 'complete');
  };

  test.each([
    ['the table comes last', '2026-03-10', '2026-03-04', { startedOn: '2026-03-10', startEvent: 'table-received' }],
    ['the money comes last, by its value date', '2026-03-04', '2026-03-10', { startedOn: '2026-03-10', startEvent: 'money-received' }],
    ['both come on one day', '2026-03-04', '2026-03-04', { startedOn: '2026-03-04', startEvent: 'table-received' }],
  ])('when %s', (_case, table, valueDate, expected) => expect(received(table, valueDate)).toMatchObject(expected));

  test.each([
    ['2026-03-04', '2026-03-10', { startedOn: '2026-03-10', startEvent: 'not-remitted-received' }],
    ['2026-03-10', '2026-03-04', { startedOn: '2026-03-10', startEvent: 'table-received' }],
  ])('without money: table %s, word of it %s (B11)', (table, word, expected) =>
    expect(received(table, undefined, word)).toMatchObject(expected),
  );

  test('confirmed a week after the bank’s value date, it counts from the value date', () => {
    const tableIn = stateAfter(IN_STEPS.slice(0, 5));
    expect(tableIn.clocks.complete).toBeUndefined();
    const context = contextOf(HANGZHOU, { today: CalendarDate.parse('2026-03-12') });
    const said = { name: 'confirm-money', money: money({ valueDate: '2026-03-05' }) } as Command;
    const { state } = move(tableIn, { command: said, context });
    expect(state.clocks.complete?.startedOn).toBe('2026-03-05');
  });
});

describe('a clock', () => {
  const accepted = timed('accepted', { times: { accepted: noon('2026-02-13') } });

  test('explains itself: article, start, skipped days with names, calendar versions (D6)', () => {
    const [clock] = started(clockEvents(accepted, CALENDARS));
    expect(clock).toMatchObject({ article: '人社厅发〔2016〕94号第五条', startEvent: 'accepted', calendarVersions: { '2026': 1 } });
    expect(clock?.skipped.map(({ date }) => date)).toEqual(expect.arrayContaining(['2026-02-16', '2026-02-17', '2026-02-23']));
    expect(clock?.skipped.every(({ reason }) => /^\p{Script=Han}/u.test(reason))).toBe(true);
  });

  test('alerts with the first working day after its due day', () => {
    expect(started(clockEvents(accepted, CALENDARS))[0]?.alerts).toEqual([{ level: 'overdue-1', at: '2026-03-12T16:00:00.000Z' }]);
  });

  test('starts once', () => {
    const state = caseIn('accepted');
    expect(Object.keys(state.clocks)).toEqual(['send-letter']);
    expect(clockEvents(state, CALENDARS)).toEqual([]);
  });

  test.each([
    ['2026-03-12T15:59:59.999Z', false],
    ['2026-03-12T16:00:00.000Z', true],
  ])('stopped at %s is late: %s (24:00 China time of the due day)', (instant, late) => {
    const state = { ...accepted, times: { ...accepted.times, 'letter-sent': at(instant) } };
    expect(stopped(clockEvents(state, CALENDARS))).toEqual([{ type: 'clock-stopped', clock: 'send-letter', stoppedAt: instant, late }]);
  });

  test('counts by the calendar of the region that owes the step, on both sides', () => {
    const local = calendarOf(CALENDARS.get(HANGZHOU)!.years.values(), {
      off: [{ date: CalendarDate.parse('2026-03-03'), name: '地方假日' }],
      work: [],
    });
    const calendars = new Map([...CALENDARS, [CHENGDU, local]]);
    const own = clockEvents(timed('letter-received', { times: { 'letter-received': noon('2026-03-02') } }), calendars);
    const seen = clockEvents(timed('letter-sent', { delivered: { 'cn.jiexu.liaison-letter.v1': noon('2026-03-02') } }), calendars);
    for (const events of [own, seen]) expect(started(events)).toMatchObject([{ dueOn: '2026-03-24', skipped: [{ reason: '地方假日' }] }]);
    const others = clockEvents(timed('accepted', { times: { accepted: noon('2026-03-02') } }), calendars);
    expect(started(others)).toMatchObject([{ dueOn: '2026-03-23', skipped: [] }]);
  });

  test('that runs into a year not yet published says so (D4)', () => {
    expect(started(clockEvents(timed('accepted', { times: { accepted: noon('2026-12-20') } }), CALENDARS))[0]?.provisional).toBe(true);
  });

  test('that needs a year nobody has recorded refuses the command for now and names the year', () => {
    const calendars = new Map([[HANGZHOU, calendarOf([aYear(2026)])]]);
    const context = contextOf(HANGZHOU, { calendars, occurredAt: noon('2026-12-20') });
    expect(refusalOf(caseIn('opened'), COMMANDS.accept, context)).toEqual(['calendar.year-missing', 'year 2027']);
  });
});

describe('the third clock, seen from transferOut', () => {
  const delivered = {
    'cn.jiexu.information-table.v1': noon('2026-03-04'),
    'cn.jiexu.remittance-advice.v1': noon('2026-03-03'),
    'cn.jiexu.not-remitted.v1': noon('2026-03-05'),
  };
  const told = (said: Partial<TransferCase>) => ({ ...timed('transferred-out', { delivered }), ...said }) as TransferCase;
  const nothing = { advice: undefined, notRemitted: COMMANDS['receive-not-remitted'].notice };

  test('is not tracked where money was remitted: only transferIn learns its value date', () => {
    expect(clockEvents(told({}), CALENDARS)).toEqual([]);
    expect(clockEvents(told({ sentAt: { 'completion-received': noon('2026-04-20') } }), CALENDARS)).toEqual([]);
  });

  test('starts with the later delivery where nothing was remitted (B11)', () => {
    expect(started(clockEvents(told(nothing), CALENDARS))).toMatchObject([{ name: 'complete', owner: HANGZHOU, startedOn: '2026-03-05' }]);
  });

  test.each([
    ['2026-03-26', '2026-03-26', false],
    ['2026-03-26', '2026-04-20', false],
    ['2026-03-27', '2026-03-27', true],
  ])('stops by when the completion notice was sent, %s, received on %s: late %s', (sent, received, late) => {
    const said = {
      ...nothing,
      times: { 'completion-received': noon(received) },
      sentAt: { 'completion-received': noon(sent) },
    };
    expect(stopped(clockEvents(told(said), CALENDARS))).toEqual([
      { type: 'clock-stopped', clock: 'complete', stoppedAt: noon(sent), late },
    ]);
  });
});

describe('the other side’s clock, seen from transferIn, stops with the later of table and word of the balance', () => {
  const stopSeen = (sentAt: TransferCase['sentAt'], times: TransferCase['times'] = sentAt) =>
    stopped(
      clockEvents(timed('letter-sent', { times, sentAt, delivered: { 'cn.jiexu.liaison-letter.v1': noon('2026-03-02') } }), CALENDARS),
    );

  test.each([
    [{ 'table-received': noon('2026-03-04'), 'remittance-advice-received': noon('2026-03-05') }, '2026-03-05'],
    [{ 'table-received': noon('2026-03-06'), 'remittance-advice-received': noon('2026-03-05') }, '2026-03-06'],
    [{ 'table-received': noon('2026-03-04'), 'not-remitted-received': noon('2026-03-07') }, '2026-03-07'],
  ])('%j', (times, date) => expect(stopSeen(times)).toMatchObject([{ clock: 'transfer-out', stoppedAt: noon(date), late: false }]));

  test.each([{ 'table-received': noon('2026-03-04') }, { 'remittance-advice-received': noon('2026-03-05') }])(
    'and runs on after only one: %j',
    (times) => expect(stopSeen(times)).toEqual([]),
  );

  test('by when they were sent: days in a dead inbox of its own make nobody late', () => {
    const sentAt = { 'table-received': noon('2026-03-23'), 'remittance-advice-received': noon('2026-03-20') };
    const times = { 'table-received': noon('2026-03-25'), 'remittance-advice-received': noon('2026-03-25') };
    expect(stopSeen(sentAt, times)).toMatchObject([{ stoppedAt: noon('2026-03-23'), late: false }]);
    expect(stopSeen(times)).toMatchObject([{ late: true }]);
  });

  test('and never before it started, however slow the other side’s watch is', () => {
    const sentAt = { 'table-received': noon('2026-02-10'), 'remittance-advice-received': noon('2026-02-09') };
    const times = { 'table-received': noon('2026-03-04'), 'remittance-advice-received': noon('2026-03-04') };
    expect(stopSeen(sentAt, times)).toMatchObject([{ stoppedAt: noon('2026-03-02') }]);
  });
});

test.each<[CaseStatus, ClockName[]]>([
  ['opened', []],
  ['accepted', ['send-letter']],
  ['letter-sent', []],
  ['ready-to-complete', ['complete']],
  ['completed', ['counterpart-closure']],
  ['letter-received', ['transfer-out']],
  ['relation-terminated', ['transfer-out']],
  ['account-settled', ['transfer-out']],
  ['transferred-out', []],
  ['closed', []],
])('in %s these clocks run as long as no receipt has come: %j', (status, names) => {
  const running = Object.entries(caseIn(status).clocks).filter(([, clock]) => clock.stoppedAt === undefined);
  expect(running.map(([name]) => name)).toEqual(names);
});

describe('clocks do not depend on the order in which the steps were recorded (E2)', () => {
  const arrived = (command: Command, time: string) => ({
    command: { ...command, sentAt: noon(time) } as Command,
    context: contextOf(HANGZHOU, { actor: messageFrom(CHENGDU), occurredAt: noon(time) }),
  });
  const receipt = { ...COMMANDS['record-delivery'], deliveredAt: noon('2026-02-24') };
  const steps = [
    { command: receipt, context: contextOf(HANGZHOU, { actor: messageFrom(CHENGDU), occurredAt: noon('2026-02-24') }) },
    arrived(COMMANDS['receive-remittance-advice'], '2026-02-25'),
    arrived(COMMANDS['receive-table'], '2026-03-25'),
    { command: COMMANDS['confirm-money'], context: contextOf(HANGZHOU, { occurredAt: noon('2026-02-26') }) },
  ];

  // Money is confirmed against its advice; all else comes as it comes, the table first from a region with software of its own.
  const orders = permutations([0, 1, 2, 3]).filter((order) => order.indexOf(1) < order.indexOf(3));

  test('receipt, advice, table and money in any order end in the same clocks, lateness included', () => {
    const endings = orders.map((order) => {
      const events: CaseEvent[] = [];
      const end = order.reduce<Folded>((state, i) => {
        const moved = move(state, steps[i]!);
        events.push(...moved.entry.events);
        return moved.state;
      }, caseIn('letter-sent'));
      const clocks = ClockName.options.map((name) => [name, end?.clocks[name]]);
      return JSON.stringify([clocks, started(events).sort((a, b) => a.name.localeCompare(b.name)), stopped(events)]);
    });
    expect(endings).toHaveLength(12);
    expect(new Set(endings).size).toBe(1);
    expect(endings[0]).toContain('"late":true');
  });

  test('a receipt after the answer starts and stops its clock in one step, so that it never alerts', () => {
    const answered = IN_STEPS.slice(0, 5).reduce<Folded>((state, step) => move(state, step).state, undefined);
    const { entry } = move(answered, steps[0]!);
    expect(entry.events.map(({ type }) => type)).toEqual(['message-delivered', 'clock-started', 'clock-stopped']);
  });
});
