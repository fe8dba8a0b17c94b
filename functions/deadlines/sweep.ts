import type { AlertRow } from '../../schemas/rows.ts';
import type { Key } from '../cases/keys.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log, LogFields } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type RemainingTime, sweepShards, unlimitedTime } from '../platform/sweep.ts';
import { dueAlert } from './alert.ts';
import type { AlertPublisher } from './publisher.ts';
import type { DeadlineStore } from './store.ts';

export type DeadlineDeps = { store: DeadlineStore; publisher: AlertPublisher; clock: Clock; log: Log; metrics: Metrics };

/**
 * Alerts on every clock whose next level has come (D5) and on every message that waits too long for its predecessor (E2). An alert is
 * published before it is recorded: a crash in between publishes it again with the same id, and none is lost. Throws after all else is done
 * when something failed.
 * @returns how many alerts were recorded
 */
export async function sweepDeadlines(deps: DeadlineDeps, remaining: RemainingTime = unlimitedTime): Promise<number> {
  const { store, publisher, clock, log, metrics } = deps;
  const now = clock.now();

  const alert = async (key: Key): Promise<boolean> => {
    const row = await store.get(key);
    const due = row && dueAlert(row, now);
    if (!due) return false;
    await publisher.publish(due.record);
    if (!(await store.record(row, due))) return false;
    log.info('alert.published', named(due.record));
    metrics.count('AlertPublished');
    return true;
  };

  return sweepShards({ due: (shard) => store.due(shard, now), handle: alert, log, remaining });
}

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
