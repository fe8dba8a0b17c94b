import type { CaseEvent, Clock, TransferCase } from '../../schemas/cases.ts';
import type { CalendarDate, Instant, RegionCode } from '../../schemas/primitives.ts';
import type { ClockName, ClockRule } from '../../schemas/procedures.ts';
import { chinaDate, endOfChinaDay, startOfChinaDay } from '../calendar/china-time.ts';
import { addWorkingDays, type Calendar, explainDue, WEEKEND } from '../calendar/working-days.ts';
import { bothIn } from './evolve.ts';
import { PROCEDURES } from './procedures/index.ts';

type Start = { on: CalendarDate; event: string };
/**
 * When a clock starts and stops, read from the state: the answer is the same in whatever order the steps were recorded (E2). The other side's
 * clock stops by its own signed word, but never before it started: its watch may be slow.
 */
type ClockReading = { start: Start | undefined; stop: Instant | undefined };

/**
 * Clocks that a new state starts or stops, as events. `calendars` has one calendar per region, since a clock counts by the calendar of the
 * region that owes the step. Throws CalendarYearMissing.
 */
export function clockEvents(state: TransferCase, calendars: ReadonlyMap<RegionCode, Calendar>): CaseEvent[] {
  return PROCEDURES[state.procedure].clocks.flatMap((rule) => {
    const { start, stop } = readClock(state, rule.name);
    if (!start) return [];
    const known = state.clocks[rule.name];
    const clock = known ?? startedClock(state, rule, start, calendars);
    const started: CaseEvent[] = 'alerts' in clock ? [{ type: 'clock-started', clock }] : [];
    if (!stop || known?.stoppedAt) return started;
    return [...started, { type: 'clock-stopped', clock: rule.name, stoppedAt: stop, late: stop >= endOfChinaDay(clock.dueOn) }];
  });
}

function readClock(state: TransferCase, name: ClockName): ClockReading {
  const { times, delivered, sentAt } = state;
  switch (name) {
    case 'send-letter':
      return { start: on(times.accepted, 'accepted'), stop: times['letter-sent'] };
    case 'transfer-out':
      return state.side === 'transferOut'
        ? { start: on(times['letter-received'], 'letter-received'), stop: times['table-sent'] }
        : {
            start: on(delivered['cn.jiexu.liaison-letter.v1'], 'message-delivered'),
            stop: laterOf(
              delivered['cn.jiexu.liaison-letter.v1'],
              laterOf(sentAt['table-received'], sentAt['remittance-advice-received'] ?? sentAt['not-remitted-received']),
            ),
          };
    case 'complete':
      return state.side === 'transferIn'
        ? { start: completeStart(state), stop: times.completed }
        : {
            start: on(completeStartThere(state), 'message-delivered'),
            stop: laterOf(completeStartThere(state), sentAt['completion-received']),
          };
    case 'counterpart-closure':
      return { start: on(times.completed, 'completed'), stop: delivered['cn.jiexu.completion-notice.v1'] };
    default:
      return name satisfies never;
  }
}

/** S94 7: 收到《信息表》和个人账户余额后 — the later of the two; money counts by the bank's value date. */
function completeStart(state: TransferCase): Start | undefined {
  if (state.side !== 'transferIn' || !bothIn(state)) return undefined;
  const table = on(state.times['table-received'], 'table-received');
  const balance = state.money
    ? { on: state.money.valueDate, event: 'money-received' }
    : on(state.times['not-remitted-received'], 'not-remitted-received');
  if (!table || !balance) return undefined;
  return balance.on > table.on ? balance : table;
}

/**
 * When transferIn's clock starts as transferOut can know it: only where nothing was remitted, since receipts tell when both documents came,
 * and nobody tells the value date of money.
 */
function completeStartThere({ notRemitted, delivered }: TransferCase): Instant | undefined {
  return notRemitted && laterOf(delivered['cn.jiexu.information-table.v1'], delivered['cn.jiexu.not-remitted.v1']);
}

const on = (instant: Instant | undefined, event: string): Start | undefined => (instant ? { on: chinaDate(instant), event } : undefined);

const laterOf = (a: Instant | undefined, b: Instant | undefined): Instant | undefined => (a && b ? (a > b ? a : b) : undefined);

function startedClock(state: TransferCase, rule: ClockRule, start: Start, calendars: ReadonlyMap<RegionCode, Calendar>): Clock {
  const owner = rule.owedBy === state.side ? state.region : state.counterpart;
  const calendar = calendars.get(owner);
  if (!calendar) throw new TypeError(`no calendar for region ${owner}`);
  const { due, skipped, provisional, versions } = explainDue(calendar, start.on, rule.days);
  return {
    name: rule.name,
    owner,
    days: rule.days,
    article: rule.article,
    startEvent: start.event,
    startedOn: start.on,
    dueOn: due,
    provisional,
    calendarVersions: versions,
    skipped: skipped.filter(({ reason }) => reason !== WEEKEND),
    // Never left out, even when its time has passed already: a letter that lay in a dead inbox is late, and somebody must hear of it.
    alerts: [{ level: 'overdue-1', at: startOfChinaDay(addWorkingDays(calendar, due, 1)) }],
  };
}
