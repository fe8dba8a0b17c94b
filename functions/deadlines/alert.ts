import type { AlertLevel } from '../../schemas/cases.ts';
import type { Instant } from '../../schemas/primitives.ts';
import type { ClockName } from '../../schemas/procedures.ts';
import type { AlertRow, ClockRow } from '../../schemas/rows.ts';
import { alertKey } from '../cases/keys.ts';

/** What is due on a clock now: the record of its alert and the time of the next level, if there is one. */
export type DueAlert = { record: AlertRow; next: Instant | undefined };

/**
 * The alert of a clock row as it is now; nothing when the clock was stopped or moved since the index showed it. Throws when the row waits for
 * a level that its clock does not have.
 */
export function dueAlert(row: ClockRow, now: Instant): DueAlert | undefined {
  const { clock, nextAlert, stoppedAt } = row;
  if (stoppedAt !== undefined || nextAlert === undefined || nextAlert > now) return undefined;
  const levels = clock.alerts.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const index = levels.findIndex(({ at }) => at === nextAlert);
  const due = levels[index];
  if (!due) throw new Error(`clock ${clock.name} has no alert level at its next alert`);
  return { record: alertRecord(row, due.level, now), next: levels[index + 1]?.at };
}

/** One id per clock and level, whoever computes it and however often (D5). */
function alertRecord({ region, caseNumber, office, clock }: ClockRow, level: AlertLevel, now: Instant): AlertRow {
  return {
    ...alertKey(region, caseNumber, clock.name, level),
    alertId: `${region}/${caseNumber}/${clock.name}/${level}`,
    caseNumber,
    region,
    office,
    clock: clock.name,
    level,
    owner: clock.owner,
    dueOn: clock.dueOn,
    publishedAt: now,
  };
}

const STEPS = {
  'send-letter': ['发出联系函', 'sending the letter'],
  'transfer-out': ['转出地办理', 'the transfer out'],
  complete: ['转入地办结', 'completion'],
  'counterpart-closure': ['对方办结', "the counterpart's closure"],
} as const satisfies Record<ClockName, readonly [string, string]>;

const LEVELS = {
  'overdue-1': ['已逾期1个工作日', 'is one working day overdue'],
} as const satisfies Record<AlertLevel, readonly [string, string]>;

/** Body of the notification: a sentence for people, then fields for machines. No personal data. */
export function alertMessage({ alertId, caseNumber, region, office, owner, clock, level, dueOn }: AlertRow): string {
  const [stepZh, stepEn] = STEPS[clock];
  const [levelZh, levelEn] = LEVELS[level];
  const text = `业务 ${caseNumber} 的“${stepZh}”应于 ${dueOn} 24时前完成，${levelZh}，责任地区 ${owner} (${stepEn} ${levelEn})`;
  return JSON.stringify({ text, id: alertId, caseNumber, region, office, owner, clock, level, dueOn });
}
