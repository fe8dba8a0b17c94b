import { CalendarDate, type Month } from '../../../schemas/primitives.ts';
import { monthNumber, monthOf as monthOfNumber } from '../months.ts';

/** Of a date, which may lie where no `Month` does. */
const indexOf = (date: CalendarDate): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
const twoDigits = (n: number): string => String(n).padStart(2, '0');
const textOf = (index: number): string => `${String(Math.floor(index / 12)).padStart(4, '0')}-${twoDigits((index % 12) + 1)}`;

/** The month that is `count` months after `month`, before it where `count` is negative. */
export const monthAfter = (month: Month, count: number): Month => monthOfNumber(monthNumber(month) + count);

/** Whole months strictly between the last one paid for and the next one paid for; none where they touch or are the same. */
export const gapBetween = (last: Month, next: Month): number => Math.max(0, monthNumber(next) - monthNumber(last) - 1);

/** Month of a date, to be compared with others; a date may lie where no `Month` does. */
export const monthOf = (date: CalendarDate): string => date.slice(0, 7);

export const earlier = (one: Month, other: Month): Month => (one < other ? one : other);

/**
 * End of a period of `count` months that began on `date`: the same day number, or the last day of a month that lacks it (Civil Code 202). Years
 * of age end the same way: who was born on 29 February is a year older on 28 February.
 */
export function dateMonthsAfter(date: CalendarDate, count: number): CalendarDate {
  const index = indexOf(date) + count;
  const day = Math.min(Number(date.slice(8, 10)), daysIn(Math.floor(index / 12), index % 12));
  return CalendarDate.parse(`${textOf(index)}-${twoDigits(day)}`);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FEBRUARY = 1;
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const daysIn = (year: number, month: number): number => (month === FEBRUARY && isLeap(year) ? 29 : (DAYS[month] ?? 31));
