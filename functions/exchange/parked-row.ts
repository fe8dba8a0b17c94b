import { type BusinessMessage, regionOf } from '../../schemas/messages.ts';
import type { CalendarDate, Instant } from '../../schemas/primitives.ts';
import type { ParkedRow } from '../../schemas/rows.ts';
import { chinaDate, dateOfDay, dayNumber, endOfChinaDay } from '../calendar/china-time.ts';
import { addWorkingDays, type Calendar, CalendarYearMissing } from '../calendar/working-days.ts';
import { parkedKey } from '../cases/keys.ts';
import { shardOf } from '../platform/canonical.ts';

/** Working days that a message may wait for its predecessor before somebody hears of it. */
const PATIENCE_DAYS = 2;

export type Early = { message: BusinessMessage; body: string; receivedAt: Instant };

/** The row of a message that came early; its alert comes when the second working day after its receipt is over. */
export function parkedRow({ message, body, receivedAt }: Early, calendar: Calendar): ParkedRow {
  const { id, subject, source, recipient, sequence } = message;
  const sender = regionOf(source);
  return {
    ...parkedKey(recipient, subject, sender, sequence),
    kind: 'parked',
    messageId: id,
    caseNumber: subject,
    region: recipient,
    counterpart: sender,
    sequence,
    body,
    receivedAt,
    alertShard: shardOf(subject),
    nextAlert: endOfChinaDay(lastPatientDay(calendar, chinaDate(receivedAt))),
  };
}

/** An alert is no statutory clock: where no calendar is recorded plain days do, rather than a message that cannot be kept. */
function lastPatientDay(calendar: Calendar, received: CalendarDate): CalendarDate {
  try {
    return addWorkingDays(calendar, received, PATIENCE_DAYS);
  } catch (error) {
    if (!(error instanceof CalendarYearMissing)) throw error;
    return dateOfDay(dayNumber(received) + PATIENCE_DAYS);
  }
}
