import type { AlertLevel } from '../../schemas/clocks.ts';
import type { Instant } from '../../schemas/primitives.ts';
import type { ClockName } from '../../schemas/procedures.ts';
import type { AlertRow, ClockAlertRow, ClockRow, GapAlertRow, ParkedRow } from '../../schemas/rows.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { alertKey, gapAlertKey } from '../cases/keys.ts';

/** Watched rows that an alert is recorded for; a notice is its own record. */
export type AlertingRow = ClockRow | ParkedRow;

/** What is due on a row now: the record of its alert and the time of the next level, if there is one. */
export type DueAlert = { record: AlertRow; next: Instant | undefined };

/**
 * The alert of a row as it is now; nothing when it has alerted, or its clock was stopped or moved, since the index showed it. Throws when a
 * clock waits for a level that it does not have.
 */
export function dueAlert(row: AlertingRow, now: Instant): DueAlert | undefined {
  if (row.nextAlert === undefined || row.nextAlert > now) return undefined;
  switch (row.kind) {
    case 'clock':
      return clockAlert(row, row.nextAlert, now);
    case 'parked':
      return { record: gapRecord(row, now), next: undefined };
    default:
      return row satisfies never;
  }
}

function clockAlert(row: ClockRow, nextAlert: Instant, now: Instant): DueAlert | undefined {
  const { clock, stoppedAt } = row;
  if (stoppedAt !== undefined) return undefined;
  const levels = clock.alerts.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const index = levels.findIndex(({ at }) => at === nextAlert);
  const due = levels[index];
  if (!due) throw new Error(`clock ${clock.name} has no alert level at its next alert`);
  return { record: clockRecord(row, due.level, now), next: levels[index + 1]?.at };
}

/** One id per clock and level, whoever computes it and however often (D5). */
function clockRecord({ region, caseNumber, office, clock }: ClockRow, level: AlertLevel, now: Instant): ClockAlertRow {
  return {
    ...alertKey(region, caseNumber, clock.name, level, clock.run),
    kind: 'clock',
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

/** One id per message, which stays when a replay parks it once more. */
function gapRecord({ region, caseNumber, counterpart, messageId, sequence, receivedAt }: ParkedRow, now: Instant): GapAlertRow {
  return {
    ...gapAlertKey(region, caseNumber, messageId),
    kind: 'gap',
    alertId: `${region}/${caseNumber}/gap/${messageId}`,
    caseNumber,
    region,
    level: 'waiting-2',
    counterpart,
    messageId,
    sequence,
    receivedAt,
    publishedAt: now,
  };
}

const STEPS = {
  'send-letter': ['发出联系函', 'sending the letter'],
  'transfer-out': ['转出地办理', 'the transfer out'],
  complete: ['转入地办结', 'completion'],
  'counterpart-closure': ['对方办结', "the counterpart's closure"],
  verdict: ['校验转移条件', 'the verdict'],
  overall: ['全程办结', 'the whole hand-over'],
  'transfer-in': ['转入地转入', 'the transfer in'],
  'tell-applicant': ['告知申请人', 'telling the applicant'],
  'tell-result': ['告知办结结果', 'telling the result'],
} as const satisfies Record<ClockName, readonly [string, string]>;

const LEVELS = {
  'overdue-1': ['已逾期1个工作日', 'is one working day overdue'],
} as const satisfies Record<AlertLevel, readonly [string, string]>;

/** Body of the notification: a sentence for people, then fields for machines. No personal data. */
export function alertMessage(alert: AlertRow): string {
  const { PK: _PK, SK: _SK, alertId, publishedAt: _at, ...fields } = alert;
  return JSON.stringify({ text: sentenceOf(alert), id: alertId, ...fields });
}

function sentenceOf(alert: AlertRow): string {
  switch (alert.kind) {
    case 'clock':
      return clockSentence(alert);
    case 'gap':
      return gapSentence(alert);
    default:
      return alert satisfies never;
  }
}

function clockSentence({ caseNumber, owner, clock, level, dueOn }: ClockAlertRow): string {
  const [stepZh, stepEn] = STEPS[clock];
  const [levelZh, levelEn] = LEVELS[level];
  return `业务 ${caseNumber} 的“${stepZh}”应于 ${dueOn} 24时前完成，${levelZh}，责任地区 ${owner} (${stepEn} ${levelEn})`;
}

/** Says since when it waits, and not for how many working days, which a missing calendar leaves unknown. */
function gapSentence({ caseNumber, counterpart, sequence, receivedAt }: GapAlertRow): string {
  const since = chinaDate(receivedAt);
  return (
    `业务 ${caseNumber}：来自 ${counterpart} 的第 ${sequence} 号报文早到，自 ${since} 起等待，之前的报文至今未收齐 ` +
    `(message ${sequence} from ${counterpart} came early and waits since ${since}; an earlier one is still missing)`
  );
}
