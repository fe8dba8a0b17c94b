import type { Instant } from '../../schemas/primitives.ts';
import type { Key } from '../cases/keys.ts';
import { type Clock, toInstant } from '../platform/clock.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type RemainingTime, sweepShards, unlimitedTime } from '../platform/sweep.ts';
import { type DeliverDeps, deliver } from './deliver.ts';
import type { PendingStore } from './pending-store.ts';

export type SweepDeps = DeliverDeps & { pending: Pick<PendingStore, 'get' | 'due' | 'claim' | 'settle'>; clock: Clock; metrics: Metrics };

const FIRST_BACK_OFF_MS = 2 * 60_000;
const LONGEST_BACK_OFF_MS = 6 * 3_600_000;

/** When to try again after attempt number `attempt` at `now`: 4, 8, 16 … minutes later, at most 6 hours (E4). The first sweep makes attempt 1. */
export const nextAttemptAfter = (now: Instant, attempt: number): Instant =>
  toInstant(Date.parse(now) + Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** attempt));

/**
 * Sends again what is pending and due: what the stream never announced, what no receipt has confirmed, what a dead region could not take. An
 * attempt is counted before it is made, so overlapping runs make each once. Throws after all else is done when something failed.
 * @returns how many messages a queue took
 */
export async function sweepPending(deps: SweepDeps, remaining: RemainingTime = unlimitedTime): Promise<number> {
  const { pending, clock, metrics, log } = deps;
  const now = clock.now();

  const resend = async (key: Key): Promise<boolean> => {
    const row = await pending.get(key);
    if (row?.nextAttempt === undefined || row.nextAttempt > now) return false;
    const claimed = await pending.claim(row, nextAttemptAfter(now, row.attempts + 1));
    if (!claimed || !(await deliver(deps, claimed))) return false;
    metrics.count('PendingResent');
    return true;
  };

  return sweepShards({ due: (shard) => pending.due(shard, now), handle: resend, log, remaining });
}
