import type { TransferCase } from '../../schemas/cases.ts';
import type { Clock } from '../../schemas/clocks.ts';
import type { Side } from '../../schemas/codes.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import { BUSINESS_MESSAGE_TYPES, type BusinessMessageType } from '../../schemas/messages.ts';
import type { CalendarDate, Instant, RegionCode } from '../../schemas/primitives.ts';
import type { ClockName, ClockRule } from '../../schemas/procedures.ts';
import { chinaDate, endOfChinaDay, startOfChinaDay } from '../calendar/china-time.ts';
import { addWorkingDays, type Calendar, explainDue, isWorkingDay, WEEKEND } from '../calendar/working-days.ts';
import { bothIn } from './evolve-parts.ts';
import { openerOf } from './facts.ts';
import { familyOf } from './procedures/choose.ts';
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
    const known = state.clocks[rule.name];
    const { start, stop } = untilEnded(state, rule.name, readClock(state, rule.name));
    if (!start && !known) return [];
    const clock = known ?? (start && startedClock(state, rule, start, calendars));
    if (!clock) return [];
    const started: CaseEvent[] = 'alerts' in clock ? [{ type: 'clock-started', clock }] : [];
    if (!stop || known?.stoppedAt) return started;
    const run = state.runs?.[rule.name];
    const late = stop >= endOfChinaDay(clock.dueOn);
    return [...started, { type: 'clock-stopped', clock: rule.name, stoppedAt: stop, late, ...(run && { run }) }];
  });
}

/** A hand-over that has ended stops its clocks and starts none; that the applicant is told is owed afterwards. */
function untilEnded({ ended, clocks }: TransferCase, name: ClockName, reading: ClockReading): ClockReading {
  if (ended === undefined || name === 'tell-applicant') return reading;
  return clocks[name] ? { ...reading, stop: reading.stop ?? ended } : NOT_RUNNING;
}

const NOT_RUNNING: ClockReading = { start: undefined, stop: undefined };

function readClock(state: TransferCase, name: ClockName): ClockReading {
  const { times, sentAt, acceptedAt } = state;
  const isIn = state.side === 'transferIn';
  switch (name) {
    case 'send-letter':
      return { start: on(times.accepted, 'accepted'), stop: times['letter-sent'] };
    case 'verdict':
      return openerOf(state) === state.side
        ? answered(delivered(state, 'transfer-request'), sentAt['verdict-received'])
        : { start: on(times['request-received'], 'request-received'), stop: times['verdict-given'] };
    case 'overall':
      return { start: on(acceptedAt, 'verdict-given'), stop: isIn ? times.completed : sentAt['completion-received'] };
    case 'transfer-out':
      return transferOutClock(state);
    case 'transfer-in':
      return isIn
        ? { start: on(times['table-received'], 'table-received'), stop: times.completed }
        : answered(delivered(state, 'information-table'), sentAt['completion-received']);
    case 'complete':
      return isIn
        ? { start: completeStart(state), stop: times.completed }
        : answered(completeStartThere(state), sentAt['completion-received']);
    case 'counterpart-closure':
      return { start: on(times.completed, 'completed'), stop: delivered(state, 'completion-notice') };
    case 'tell-applicant':
      return { start: on(toldFrom(state), 'ineligibility-received'), stop: times['applicant-notified'] };
    case 'tell-result':
      return resultTold(state);
    default:
      return name satisfies never;
  }
}

/** From the completion until every notice of it has arrived (B15). */
function resultTold({ times, notices = [] }: TransferCase): ClockReading {
  const ofResult = notices.filter(({ kind }) => kind === 'completed');
  const told = ofResult.flatMap(({ delivered: proof }) => (proof ? [proof.at] : []));
  return {
    start: ofResult.length > 0 ? on(times.completed, 'completed') : undefined,
    stop: told.length === ofResult.length ? told.toSorted().at(-1) : undefined,
  };
}

/** The counterpart's clock as it is tracked here: from the receipt to its own signed word, but never before it started. */
const answered = (start: Instant | undefined, word: Instant | undefined): ClockReading => ({
  start: on(start, 'message-delivered'),
  stop: laterOf(start, word),
});

/** From the letter's receipt (S94 6), or from the acceptance (S21), until the table has gone and the account is settled. */
function transferOutClock(state: TransferCase): ClockReading {
  const { times, sentAt, acceptedAt } = state;
  const settled = laterOf(sentAt['table-received'], sentAt['remittance-advice-received'] ?? sentAt['not-remitted-received']);
  if (familyOf(state.procedure) === '2021') {
    const start = on(acceptedAt, 'verdict-given');
    return { start, stop: state.side === 'transferOut' ? times['table-sent'] : laterOf(acceptedAt, settled) };
  }
  return state.side === 'transferOut'
    ? { start: on(times['letter-received'], 'letter-received'), stop: times['table-sent'] }
    : answered(delivered(state, 'liaison-letter'), settled);
}

/** The refusal came, and this office has to tell the applicant. */
function toldFrom(state: TransferCase): Instant | undefined {
  const { times } = state;
  const refused = state.verdicts && Object.values(state.verdicts).some((verdict) => verdict?.eligible === false);
  return times['ineligibility-received'] ?? times['forward-failed'] ?? (refused ? times['verdict-received'] : undefined);
}

/** When the counterpart's inbox had a document, in whichever version it was sent. */
const delivered = ({ delivered: receipts }: TransferCase, document: Document): Instant | undefined =>
  BUSINESS_MESSAGE_TYPES.filter((type) => type.startsWith(`cn.jiexu.${document}.`)).flatMap((type) => receipts[type] ?? [])[0];

type Document = 'liaison-letter' | 'transfer-request' | 'information-table' | 'not-remitted' | 'completion-notice';

/** Types whose delivered receipt moves a clock; the receipt of any other only marks its message. */
export const CLOCK_TYPES: ReadonlySet<BusinessMessageType> = new Set(
  BUSINESS_MESSAGE_TYPES.filter((type) =>
    ['liaison-letter', 'transfer-request', 'information-table', 'remittance-advice', 'not-remitted', 'completion-notice'].some((name) =>
      type.startsWith(`cn.jiexu.${name}.`),
    ),
  ),
);

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
function completeStartThere(state: TransferCase): Instant | undefined {
  return state.notRemitted && laterOf(delivered(state, 'information-table'), delivered(state, 'not-remitted'));
}

const on = (instant: Instant | undefined, event: string): Start | undefined => (instant ? { on: chinaDate(instant), event } : undefined);

const laterOf = (a: Instant | undefined, b: Instant | undefined): Instant | undefined => (a && b ? (a > b ? a : b) : undefined);

function startedClock(state: TransferCase, rule: ClockRule, start: Start, calendars: ReadonlyMap<RegionCode, Calendar>): Clock {
  const owner = sideOf(rule, state) === state.side ? state.region : state.counterpart;
  const calendar = calendars.get(owner);
  if (!calendar) throw new TypeError(`no calendar for region ${owner}`);
  // 当日: the working day of the event itself, or the next one for what happens on a day off.
  const days = rule.days === 0 && !isWorkingDay(calendar, start.on) ? 1 : rule.days;
  const { due, skipped, provisional, versions } = explainDue(calendar, start.on, days);
  const run = state.runs?.[rule.name];
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
    ...(run && { run }),
  };
}

function sideOf({ owedBy }: ClockRule, state: TransferCase): Side {
  if (owedBy === 'transferIn' || owedBy === 'transferOut') return owedBy;
  const opener = openerOf(state);
  if (owedBy === 'opener') return opener;
  return opener === 'transferIn' ? 'transferOut' : 'transferIn';
}
