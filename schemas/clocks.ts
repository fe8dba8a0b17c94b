import * as z from 'zod';
import { CalendarDate, Instant, RegionCode } from './primitives.ts';
import { ClockName } from './procedures.ts';

/** Levels at which a clock alerts, by working days after (or before) its due day. */
export const AlertLevel = z.enum(['overdue-1']);
export type AlertLevel = z.infer<typeof AlertLevel>;

/** A running clock that explains itself (D6). The start day is not counted; due is 24:00 China time of `dueOn`. */
export const Clock = z.strictObject({
  name: ClockName,
  /** Region that owes the step; a region also tracks its counterpart's clock. */
  owner: RegionCode,
  days: z.int(),
  article: z.string(),
  startEvent: z.string(),
  startedOn: CalendarDate,
  dueOn: CalendarDate,
  /** True when a year without a published calendar was counted. */
  provisional: z.boolean(),
  calendarVersions: z.record(z.string(), z.int()),
  /** Weekdays that did not count, with the reason; ordinary weekends are not listed. */
  skipped: z.array(z.strictObject({ date: CalendarDate, reason: z.string() })),
  alerts: z.array(z.strictObject({ level: AlertLevel, at: Instant })),
  /** Absent for the first run; a letter that was forwarded starts the clock of its new recipient as a second one (B6). */
  run: z.int().min(2).optional(),
});
export type Clock = z.infer<typeof Clock>;

/** What a case keeps of a clock; the explanation stands on the clock's own row and in the timeline. */
export const ClockSummary = Clock.pick({ owner: true, startedOn: true, dueOn: true }).extend({ stoppedAt: Instant.optional() });
export type ClockSummary = z.infer<typeof ClockSummary>;
