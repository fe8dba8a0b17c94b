import type { CalendarYear } from '../../schemas/directory.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import { dateOfDay, dayNumber, firstDayOf, isWeekend } from './china-time.ts';

/** Days a region has of its own (Guangxi 三月三, Eid in Ningxia and Xinjiang); they win over the national record. */
export type CalendarOverlay = Pick<CalendarYear, 'off' | 'work'>;

/** Reason given for a Saturday or Sunday that lies in no holiday. */
export const WEEKEND = 'weekend';

const UNKNOWN = 0;
const OFF = 1;
const WORKING = 2;

/** Working days of the recorded years, laid out for lookup by day number. Build it with {@link calendarOf}, once per set of records. */
export interface Calendar {
  readonly years: ReadonlyMap<number, CalendarYear>;
  /** Day number of `kinds[0]`. */
  readonly firstDay: number;
  /** One of UNKNOWN, OFF, WORKING per day; days of years without a record are UNKNOWN. */
  readonly kinds: Uint8Array;
  /** Name of the holiday by day number. */
  readonly names: ReadonlyMap<number, string>;
}

/** Days of a year that has no record were asked for. Guessing would date a clock wrongly, so there is no answer. */
export class CalendarYearMissing extends Error {
  override readonly name = 'CalendarYearMissing';
  readonly code = 'calendar.year-missing';
  readonly year: number;

  constructor(year: number) {
    super(`No calendar record for the year ${year}`);
    this.year = year;
  }
}

/** A number of working days that is negative or not whole. */
export class WorkingDayCountInvalid extends RangeError {
  override readonly name = 'WorkingDayCountInvalid';
  readonly code = 'calendar.count-invalid';
  readonly count: number;

  constructor(count: number) {
    super(`Working days must be a whole number from 0, not ${count}`);
    this.count = count;
  }
}

/** Why a clock is due when it is (D6). */
export interface DueExplanation {
  readonly due: CalendarDate;
  /** Every day passed over on the way, with the name of its holiday; a Saturday or Sunday outside any holiday says {@link WEEKEND}. */
  readonly skipped: readonly { readonly date: CalendarDate; readonly reason: string }[];
  /** Saturdays and Sundays that counted because they are worked (调休). */
  readonly madeUp: readonly CalendarDate[];
  /** A year not yet published was counted through: the date may move (D4). */
  readonly provisional: boolean;
  /** Version of the record of each year counted through. */
  readonly versions: Readonly<Record<string, number>>;
}

/**
 * Lays the records out for lookup. Two records of one year are a RangeError: only the caller knows which version is meant.
 * Records are taken as checked (`checkCalendarYear`); overlay days in years without a record are left out, as such years are refused anyway.
 */
export function calendarOf(records: Iterable<CalendarYear>, overlay: CalendarOverlay = { off: [], work: [] }): Calendar {
  const years = new Map<number, CalendarYear>();
  for (const record of records) {
    if (years.has(record.year)) throw new RangeError(`Two calendar records for the year ${record.year}`);
    years.set(record.year, record);
  }
  if (years.size === 0) return { years, firstDay: 0, kinds: new Uint8Array(), names: new Map() };

  const firstDay = firstDayOf(Math.min(...years.keys()));
  const kinds = new Uint8Array(firstDayOf(Math.max(...years.keys()) + 1) - firstDay);
  const names = new Map<number, string>();
  const mark = ({ off, work }: CalendarOverlay) => {
    for (const { date, name } of off) {
      const day = dayNumber(date);
      if (!kinds[day - firstDay]) continue;
      kinds[day - firstDay] = OFF;
      names.set(day, name);
    }
    for (const date of work) {
      const day = dayNumber(date);
      if (!kinds[day - firstDay]) continue;
      kinds[day - firstDay] = WORKING;
      names.delete(day);
    }
  };
  for (const year of years.keys()) {
    for (let day = firstDayOf(year); day < firstDayOf(year + 1); day += 1) kinds[day - firstDay] = isWeekend(day) ? OFF : WORKING;
  }
  for (const record of years.values()) mark(record);
  mark(overlay);
  return { years, firstDay, kinds, names };
}

export function isWorkingDay(calendar: Calendar, date: CalendarDate): boolean {
  return isWorking(calendar, dayNumber(date));
}

/**
 * The `n`-th working day after `start`; the day of the start event does not count (Civil Code 201). `n` = 0 is `start` itself, whatever day it is.
 * @throws WorkingDayCountInvalid, CalendarYearMissing
 */
export function addWorkingDays(calendar: Calendar, start: CalendarDate, n: number): CalendarDate {
  if (!Number.isSafeInteger(n) || n < 0) throw new WorkingDayCountInvalid(n);
  if (n === 0) return start;
  let day = dayNumber(start);
  for (let left = n; left > 0; ) {
    day += 1;
    if (isWorking(calendar, day)) left -= 1;
  }
  return dateOfDay(day);
}

/**
 * Working days after `from` up to and including `to`, so that it undoes {@link addWorkingDays}; negative when `to` lies before `from`.
 * @throws CalendarYearMissing
 */
export function countWorkingDays(calendar: Calendar, from: CalendarDate, to: CalendarDate): number {
  const [first, last] = [dayNumber(from), dayNumber(to)];
  let count = 0;
  for (let day = Math.min(first, last) + 1; day <= Math.max(first, last); day += 1) {
    if (isWorking(calendar, day)) count += 1;
  }
  return first > last && count > 0 ? -count : count;
}

/**
 * {@link addWorkingDays} with its reasons.
 * @throws WorkingDayCountInvalid, CalendarYearMissing
 */
export function explainDue(calendar: Calendar, start: CalendarDate, n: number): DueExplanation {
  const due = addWorkingDays(calendar, start, n);
  const skipped: { date: CalendarDate; reason: string }[] = [];
  const madeUp: CalendarDate[] = [];
  const versions: Record<string, number> = {};
  let provisional = false;
  for (let day = dayNumber(start) + 1; day <= dayNumber(due); day += 1) {
    const date = dateOfDay(day);
    const record = recordOf(calendar, yearOf(date));
    versions[record.year] = record.version;
    if (record.status === 'provisional') provisional = true;
    if (!isWorking(calendar, day)) skipped.push({ date, reason: calendar.names.get(day) ?? WEEKEND });
    else if (isWeekend(day)) madeUp.push(date);
  }
  return { due, skipped, madeUp, provisional, versions };
}

function isWorking(calendar: Calendar, day: number): boolean {
  const kind = calendar.kinds[day - calendar.firstDay] ?? UNKNOWN;
  if (kind === UNKNOWN) throw new CalendarYearMissing(yearOf(dateOfDay(day)));
  return kind === WORKING;
}

function recordOf(calendar: Calendar, year: number): CalendarYear {
  const record = calendar.years.get(year);
  if (record === undefined) throw new CalendarYearMissing(year);
  return record;
}

function yearOf(date: CalendarDate): number {
  return Number(date.slice(0, 4));
}
