import type { CalendarDate } from '../../../schemas/primitives.ts';
import { dateOfDay, dayNumber } from '../../calendar/china-time.ts';
import { type Calendar, isWorkingDay } from '../../calendar/working-days.ts';
import { dateMonthsAfter } from './months.ts';

const MONTHS = 3;

/** Last day of the window, and the version of each year of the calendar that it depends on: none where the calendar does not know the year. */
export type WindowEnd = { deadline: CalendarDate; calendarVersions: Record<string, number> };

/** Window in which a person without a receiving employer registers at the new place (S191 6; note 4 of the voucher). */
export type RegistrationWindow = WindowEnd & {
  /** Days on which the person is warned, by the calendar days left. */
  warnOn: Record<30 | 7, CalendarDate>;
};

export function registrationWindow(suspendedOn: CalendarDate, calendar: Calendar | undefined): RegistrationWindow {
  const end = windowEnd(suspendedOn, calendar);
  const before = (days: number) => dateOfDay(dayNumber(end.deadline) - days);
  return { ...end, warnOn: { 30: before(30), 7: before(7) } };
}

/**
 * Three calendar months after the day of suspension, which does not count (Civil Code 201, 202); from a day off the end moves to the next working
 * day (Civil Code 203). Where the calendar does not know the year it stays where it is: too early a warning hurts nobody.
 */
export function windowEnd(suspendedOn: CalendarDate, calendar: Calendar | undefined): WindowEnd {
  const end = dateMonthsAfter(suspendedOn, MONTHS);
  return (calendar && nextWorkingDay(calendar, end)) ?? { deadline: end, calendarVersions: {} };
}

/** `from` itself if it is worked; undefined when a year that the calendar lacks would have to be looked at. */
function nextWorkingDay(calendar: Calendar, from: CalendarDate): WindowEnd | undefined {
  const calendarVersions: Record<string, number> = {};
  for (let deadline = from; ; deadline = dateOfDay(dayNumber(deadline) + 1)) {
    const record = calendar.years.get(Number(deadline.slice(0, 4)));
    if (record === undefined) return undefined;
    calendarVersions[record.year] = record.version;
    if (isWorkingDay(calendar, deadline)) return { deadline, calendarVersions };
  }
}
