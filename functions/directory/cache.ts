import type { Clock } from '../platform/clock.ts';

export type Cached<K, V> = {
  get(key: K): Promise<V>;
  clear(): void;
};

/** After a failed reload the last good copy serves for this long before the source is asked again, so that calls do not queue up behind it. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Cache in memory: `ttlOf` says how many seconds a value stays fresh. Callers who ask for a key at the same time share one load; a load that
 * fails yields the last good value, or its error when there is none.
 */
export function cached<K, V>(clock: Clock, load: (key: K) => Promise<V>, ttlOf: (value: V) => number): Cached<K, V> {
  const now = () => Date.parse(clock.now());
  let values = new Map<K, { value: V; freshUntil: number }>();
  let loads = new Map<K, Promise<V>>();

  const reload = async (key: K, into: typeof values): Promise<V> => {
    try {
      const value = await load(key);
      into.set(key, { value, freshUntil: now() + ttlOf(value) * 1_000 });
      return value;
    } catch (error) {
      const last = into.get(key);
      if (last === undefined) throw error;
      into.set(key, { ...last, freshUntil: now() + RETRY_AFTER_SECONDS * 1_000 });
      return last.value;
    }
  };

  return {
    async get(key) {
      const held = values.get(key);
      if (held !== undefined && now() < held.freshUntil) return held.value;
      const running = loads;
      const load = running.get(key) ?? reload(key, values).finally(() => running.delete(key));
      running.set(key, load);
      return load;
    },
    clear() {
      // New maps: a load that began before must not answer those who ask from now on.
      values = new Map();
      loads = new Map();
    },
  };
}
