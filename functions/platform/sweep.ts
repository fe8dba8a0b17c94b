import { ALL_SHARDS } from './canonical.ts';
import { describeError, type Log, type LogFields } from './log.ts';

/** Milliseconds that the invocation still has. */
export type RemainingTime = () => number;

/** For callers that no time limit ends: tests and tools. */
export const unlimitedTime: RemainingTime = () => Number.POSITIVE_INFINITY;

/** Enough for a call under way to end or to fail (two attempts of 2.5 seconds, `clients.ts`) and to answer. */
export const TIME_TO_END_MS = 6_000;

const AT_ONCE = 10;

export type Sweep<K> = {
  /** Pages of what is due in a shard; what the index says is checked again by `handle`. */
  due: (shard: string) => AsyncIterable<readonly K[]>;
  /** @returns whether something was done; false when the index lagged or somebody else was faster. */
  handle: (item: K) => Promise<boolean>;
  log: Log;
  remaining: RemainingTime;
};

/**
 * Handles what is due in every shard, until all is done or the time runs out; the rest is still due at the next run. One failing item or shard
 * stops no other, but fails the run once the others are done, so that the alarm rings.
 * @returns how many items something was done for
 */
export async function sweepShards<K>({ due, handle, log, remaining }: Sweep<K>): Promise<number> {
  const failures: LogFields[] = [];
  let done = 0;

  const sweepShard = async (shard: string) => {
    for await (const page of due(shard)) {
      for (let i = 0; i < page.length; i += AT_ONCE) {
        if (remaining() < TIME_TO_END_MS) return;
        const results = await Promise.allSettled(page.slice(i, i + AT_ONCE).map(handle));
        done += results.filter((result) => result.status === 'fulfilled' && result.value).length;
        failures.push(...results.filter((result) => result.status === 'rejected').map(({ reason }) => describeError(reason)));
      }
    }
  };

  const shards = await Promise.allSettled(ALL_SHARDS.map(sweepShard));
  failures.push(...shards.filter((result) => result.status === 'rejected').map(({ reason }) => describeError(reason)));

  const [first] = failures;
  if (first === undefined) {
    log.info('sweep.finished', { count: done });
    return done;
  }
  log.error('sweep.failed', { count: failures.length, ...first });
  // A new error: the runtime logs every property of what is thrown, and an SDK error may carry a row.
  throw new Error(`sweep: ${failures.length} failed, ${done} done`);
}
