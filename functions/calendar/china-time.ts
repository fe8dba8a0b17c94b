import { CalendarDate, Instant } from '../../schemas/primitives.ts';

const MS_PER_DAY = 86_400_000;
/** China keeps one time, UTC+8, and since 1991 no daylight saving: a constant, so that no time-zone data can disagree. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Whole days since 1970-01-01. Counted on UTC, so the time zone of the host plays no part. */
export function dayNumber(date: CalendarDate): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / MS_PER_DAY;
}

/** Inverse of {@link dayNumber}. */
export function dateOfDay(day: number): CalendarDate {
  return CalendarDate.parse(new Date(day * MS_PER_DAY).toISOString().slice(0, 10));
}

/** Day number of 1 January. */
export function firstDayOf(year: number): number {
  return Date.UTC(year, 0, 1) / MS_PER_DAY;
}

/** Saturday or Sunday. Day 0 was a Thursday; the outer modulo keeps days before 1970 right. */
export function isWeekend(day: number): boolean {
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  return sinceMonday >= 5;
}

/** Date that calendars in China showed at `instant`. */
export function chinaDate(instant: Instant): CalendarDate {
  return dateOfDay(Math.floor((Date.parse(instant) + CHINA_OFFSET_MS) / MS_PER_DAY));
}

/** 00:00 China time of `date`. */
export function startOfChinaDay(date: CalendarDate): Instant {
  return startOfDay(dayNumber(date));
}

/**
 * 24:00 China time of `date` (Civil Code 203): the first instant that is too late, so a step is in time while its instant is *less* than this.
 * As a moment it belongs to the next day: show the due date, never `chinaDate` of this.
 */
export function endOfChinaDay(date: CalendarDate): Instant {
  return startOfDay(dayNumber(date) + 1);
}

function startOfDay(day: number): Instant {
  return Instant.parse(new Date(day * MS_PER_DAY - CHINA_OFFSET_MS).toISOString());
}
