import type { CalendarYear } from '../../schemas/directory.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import { dayNumber, isWeekend } from './china-time.ts';

export interface CalendarProblem {
  readonly code: `calendar.${'other-year' | 'duplicate' | 'off-and-work' | 'work-on-weekday' | 'sum'}`;
  /** Where in the record, for instance `work.3`; the sum concerns the whole of `off`. */
  readonly path: string;
  /** Reason for the clerk, Chinese first. */
  readonly detail: string;
}

/** Statutory days that fell into a neighbouring year (元旦), or an extra day (2015-09-03; 2020's longer Spring Festival). */
const UNUSUAL_SUMS: ReadonlyMap<number, number> = new Map([
  [2011, 10],
  [2012, 12],
  [2015, 12],
  [2020, 13],
]);

/** Days off that a published year gives on balance: 11 by the rules of 2008, 13 by those of 2025; earlier rules differ and are not checked. */
function statutoryDays(year: number): number | undefined {
  if (year < 2008) return undefined;
  return UNUSUAL_SUMS.get(year) ?? (year >= 2025 ? 13 : 11);
}

/**
 * What is wrong with a calendar record; an empty list when nothing is. The sum (weekdays off − weekend days worked) catches a forgotten or
 * mistyped day; a provisional year is exempt from it, because holidays on a weekend get their replacement days only by the notice.
 */
export function checkCalendarYear(record: CalendarYear): CalendarProblem[] {
  const off = record.off.map(({ date }) => date);
  const problems = [
    ...checkDates(record.year, 'off', off),
    ...checkDates(record.year, 'work', record.work),
    ...record.work.flatMap((date, i) => checkMakeUpDay(date, `work.${i}`, off)),
  ];
  const onWeekend = (date: CalendarDate) => isWeekend(dayNumber(date));
  const sum = [...new Set(off)].filter((date) => !onWeekend(date)).length - [...new Set(record.work)].filter(onWeekend).length;
  const expected = statutoryDays(record.year);
  if (record.status === 'official' && expected !== undefined && sum !== expected) {
    const detail = `工作日放假天数减调休上班天数应为${expected}，实为${sum} (weekdays off minus weekend days worked must be ${expected}, is ${sum})`;
    problems.push({ code: 'calendar.sum', path: 'off', detail });
  }
  return problems;
}

function checkDates(year: number, list: 'off' | 'work', dates: readonly CalendarDate[]): CalendarProblem[] {
  return dates.flatMap((date, i) => {
    const path = `${list}.${i}`;
    const problems: CalendarProblem[] = [];
    if (Number(date.slice(0, 4)) !== year) {
      problems.push({ code: 'calendar.other-year', path, detail: `${date}不在${year}年 (${date} is not in ${year})` });
    }
    if (dates.indexOf(date) !== i) {
      problems.push({ code: 'calendar.duplicate', path, detail: `${date}重复 (${date} is listed twice)` });
    }
    return problems;
  });
}

function checkMakeUpDay(date: CalendarDate, path: string, off: readonly CalendarDate[]): CalendarProblem[] {
  const problems: CalendarProblem[] = [];
  if (off.includes(date)) {
    problems.push({ code: 'calendar.off-and-work', path, detail: `${date}既放假又上班 (${date} is both off and worked)` });
  }
  if (!isWeekend(dayNumber(date))) {
    problems.push({
      code: 'calendar.work-on-weekday',
      path,
      detail: `调休上班日${date}不是周末 (make-up day ${date} is not at a weekend)`,
    });
  }
  return problems;
}
