import type { NoticeRow } from '../../schemas/notices.ts';
import type { AlertRow } from '../../schemas/rows.ts';
import type { Key } from '../cases/keys.ts';
import type { PersonIndex } from '../cases/person-index-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log, LogFields } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type RemainingTime, sweepShards, unlimitedTime } from '../platform/sweep.ts';
import { type AlertingRow, dueAlert } from './alert.ts';
import { isNoticeDue, isWarning } from './notice.ts';
import type { AlertPublisher, NoticePublisher } from './publisher.ts';
import type { DeadlineStore } from './store.ts';

export type DeadlineDeps = {
  store: DeadlineStore;
  publisher: AlertPublisher;
  notices: NoticePublisher;
  persons: Pick<PersonIndex, 'hasMovedOn'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
};

/**
 * Alerts on every clock whose next level has come (D5) and on every message that waits too long for its predecessor (E2); tells offices of
 * every notice whose day has come (B15). Each is published before that is recorded: a crash in between publishes it again with the same id,
 * and none is lost. Throws after all else is done when something failed.
 * @returns how many alerts and notices were recorded as published, or taken back
 */
export async function sweepDeadlines(deps: DeadlineDeps, remaining: RemainingTime = unlimitedTime): Promise<number> {
  const { store, publisher, notices, persons, clock, log, metrics } = deps;
  const now = clock.now();

  const handle = async (key: Key): Promise<boolean> => {
    const row = await store.get(key);
    if (!row) return false;
    return row.kind === 'notice' ? tell(row) : alert(row);
  };

  const alert = async (row: AlertingRow): Promise<boolean> => {
    const due = dueAlert(row, now);
    if (!due) return false;
    await publisher.publish(due.record);
    if (!(await store.record(row, due))) return false;
    log.info('alert.published', named(due.record));
    metrics.count('AlertPublished');
    return true;
  };

  const tell = async (row: NoticeRow): Promise<boolean> => {
    if (!isNoticeDue(row, now)) return false;
    if (await isOutdated(row)) {
      if (!(await store.withdraw(row, now))) return false;
      log.info('notice.withdrawn', aboutNotice(row));
      return true;
    }
    await notices.publish(row);
    if (!(await store.published(row, now))) return false;
    log.info('notice.published', aboutNotice(row));
    metrics.count('NoticePublished');
    return true;
  };

  /** A warning to somebody who has registered elsewhere already (A11). */
  const isOutdated = async ({ notice, voucherId, region }: NoticeRow): Promise<boolean> => {
    if (!isWarning(notice) || voucherId === undefined) return false;
    const { personHash, suspendedOn } = await store.holderOf(voucherId);
    return persons.hasMovedOn(region, personHash, suspendedOn);
  };

  return sweepShards({ due: (shard) => store.due(shard, now), handle, log, remaining });
}

const aboutNotice = ({ caseNumber, voucherId, region, office, notice }: NoticeRow): LogFields => ({
  ...(caseNumber !== undefined && { caseNumber }),
  ...(voucherId !== undefined && { voucherId }),
  region,
  office,
  notice,
});

function named(alert: AlertRow): LogFields {
  const { caseNumber, region, level } = alert;
  switch (alert.kind) {
    case 'clock':
      return { caseNumber, region, level, office: alert.office, clock: alert.clock };
    case 'gap':
      return { caseNumber, region, level, counterpart: alert.counterpart, messageId: alert.messageId };
    default:
      return alert satisfies never;
  }
}
