import { clockKey } from '../../functions/cases/keys.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import type { CaseNumber } from '../../schemas/primitives.ts';
import { ClockRow } from '../../schemas/rows.ts';
import { at } from './exchange.ts';
import { aCaseNumber, CHENGDU } from './messages.ts';

/** 24:00 China time of Monday 2026-12-14, one working day after the clock was due. */
export const ALERT_AT = at('2026-12-14T16:00:00Z');

/** Chengdu's clock of a case, overdue since `ALERT_AT`. */
export const aClockRow = (caseNumber: CaseNumber = aCaseNumber(), said: Partial<ClockRow> = {}): ClockRow =>
  ClockRow.parse({
    ...clockKey(CHENGDU, caseNumber, 'transfer-out'),
    kind: 'clock',
    caseNumber,
    region: CHENGDU,
    office: '51010001',
    clock: {
      name: 'transfer-out',
      owner: CHENGDU,
      days: 15,
      article: 'S94 6',
      startEvent: 'letter-received',
      startedOn: '2026-11-20',
      dueOn: '2026-12-11',
      provisional: false,
      calendarVersions: { '2026': 1 },
      skipped: [],
      alerts: [{ level: 'overdue-1', at: ALERT_AT }],
    },
    alertShard: shardOf(caseNumber),
    nextAlert: ALERT_AT,
    ...said,
  });
