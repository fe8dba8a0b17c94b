import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { NoticeDelivery, NoticeKind, NoticeRecipient, NoticeRow } from '../../schemas/notices.ts';
import type { CalendarDate, Instant } from '../../schemas/primitives.ts';
import { isFinal } from '../../schemas/procedures.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { shardOf } from '../platform/canonical.ts';
import { toInstant } from '../platform/clock.ts';
import { toldApplicant } from './applicants.ts';
import { isMoneyOpen, isUncredited, openQueries } from './facts.ts';
import { caseKey, caseNoticeKey, clockKey, type Key, noticeQueue, timelineKey } from './keys.ts';

/** Rows that a change writes, made from the state after it. Pure; the store adds the conditions. */

const NO_DUE_DATE = '9999-12-31';

/** Due date of the earliest clock that runs against this region itself. */
export function ownDue(state: TransferCase): CalendarDate | undefined {
  const running = Object.values(state.clocks).filter((clock) => clock.owner === state.region && clock.stoppedAt === undefined);
  return running.map((clock) => clock.dueOn).sort()[0];
}

/**
 * What keeps a finished case on the list: at transferIn money that has not come yet (S21: 并接收职工医保个人账户金额), at transferOut a question
 * about it; at both a rural office that has not answered yet, and money that is here but not yet on the account.
 */
const hasOpenItem = (state: TransferCase): boolean =>
  state.side === 'transferIn'
    ? (state.status === 'completed' && (isMoneyOpen(state) || isUncredited(state))) || waitsForRuralOffice(state)
    : (state.status === 'closed' && openQueries(state, 'counterpart').length > 0) || waitsForRuralOffice(state);

/** The person stays on the rural scheme's list until its office has answered (A15). A forwarded letter is another region's. */
const waitsForRuralOffice = ({ schemeWithdrawal, status }: TransferCase): boolean =>
  schemeWithdrawal?.messageId !== undefined && schemeWithdrawal.answer === undefined && status !== 'forwarded';

/** Finished cases leave the work list: its index is sparse. */
export function caseRow(state: TransferCase) {
  const { version, status, office, caseNumber } = state;
  const isListed = !isFinal(status) || hasOpenItem(state);
  const listed = isListed ? { workOffice: office, workDue: `${ownDue(state) ?? NO_DUE_DATE}#${caseNumber}` } : {};
  return { ...caseKey(state.region, caseNumber), state, version, status, ...listed };
}

export const timelineRow = (state: TransferCase, entry: TimelineEntry) => ({
  ...timelineKey(state.region, state.caseNumber, entry.n),
  entry,
});

/** Clocks that an entry starts (whole row; already stopped perhaps) or stops (name and time only). */
export function clockChanges(state: TransferCase, events: readonly CaseEvent[]) {
  const stops = new Map(events.flatMap((event) => (event.type === 'clock-stopped' ? [[event.clock, event] as const] : [])));
  const started = events.flatMap((event) => {
    if (event.type !== 'clock-started') return [];
    const { clock } = event;
    const stop = stops.get(clock.name);
    const stoppedAt = stop?.run === clock.run ? stop?.stoppedAt : undefined;
    if (stoppedAt) stops.delete(clock.name);
    const watch = stoppedAt ? { stoppedAt } : { alertShard: shardOf(state.caseNumber), nextAlert: clock.alerts[0]?.at };
    const { caseNumber, region, office } = state;
    return [{ ...clockKey(region, caseNumber, clock.name, clock.run), kind: 'clock', caseNumber, region, office, clock, ...watch }];
  });
  const stopped = [...stops].map(([name, { stoppedAt, run }]) => ({ key: clockKey(state.region, state.caseNumber, name, run), stoppedAt }));
  return { started, stopped };
}

/** Notices that an entry creates, and those that it proves were given (B15). A notice is due from the day it is created. */
export function noticeChanges(state: TransferCase, events: readonly CaseEvent[], at: Instant) {
  const { region, caseNumber, office } = state;
  const keyOf = (kind: NoticeKind, to: NoticeRecipient) => caseNoticeKey(region, caseNumber, kind, to);
  const created = events.flatMap((event): NoticeRow[] => {
    if (event.type !== 'notice-created') return [];
    const { kind: notice, to } = event;
    const dueOn = chinaDate(at);
    const queued = { workOffice: noticeQueue(office), workDue: `${dueOn}#${caseNumber}#${notice}#${to}` };
    const watch = { alertShard: shardOf(caseNumber), nextAlert: at };
    return [{ ...keyOf(notice, to), kind: 'notice', notice, to, region, office, caseNumber, createdAt: at, dueOn, ...queued, ...watch }];
  });
  const delivered = events.flatMap((event): { key: Key; delivery: NoticeDelivery }[] => {
    if (event.type === 'notice-delivered') return [{ key: keyOf(event.kind, event.to), delivery: event.delivery }];
    if (event.type !== 'applicant-notified' || !state.notices) return [];
    const { channel, note } = event;
    return [{ key: keyOf('refused', toldApplicant(state)), delivery: { channel, ...(note !== undefined && { note }) } }];
  });
  return { created, delivered };
}

/** The stream sends a new message at once; the sweep looks at what is still pending after this. */
const FIRST_SWEEP_MS = 2 * 60_000;

export const pendingFrom = (caseNumber: TransferCase['caseNumber'], now: Instant) => ({
  attempts: 0,
  pendingShard: shardOf(caseNumber),
  pendingSince: now,
  nextAttempt: toInstant(Date.parse(now) + FIRST_SWEEP_MS),
});
