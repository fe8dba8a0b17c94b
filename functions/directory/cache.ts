import type { Clock } from '../platform/clock.ts';

export type Cached<K, V> = {
  get(key: K): Promise<V>;
  /** The next `get` of this key loads; a load that began before answers nobody who asks from now on. */
  forget(key: K): void;
};

type Entry<V> = { held: { value: V; freshUntil: number } | undefined; load: Promise<V> | undefined };

/** After a failed reload the last good copy serves for this long before the source is asked again, so that calls do not queue up behind it. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Cache in memory: `ttlOf` says how many seconds a value stays fresh. Callers who ask for a key at the same time share one load; a load that
 * fails yields the last good value, or its error when there is none.
 */
export function cached<K, V>(clock: Clock, load: (key: K) => Promise<V>, ttlOf: (value: V) => number): Cached<K, V> {
  const now = () => Date.parse(clock.now());
  const entries = new Map<K, Entry<V>>();

  const reload = async (key: K, entry: Entry<V>): Promise<V> => {
    try {
      const value = await load(key);
      entry.held = { value, freshUntil: now() + ttlOf(value) * 1_000 };
      return value;
    } catch (error) {
      if (entry.held === undefined) throw error;
      entry.held = { ...entry.held, freshUntil: now() + RETRY_AFTER_SECONDS * 1_000 };
      return entry.held.value;
    }
  };

  return {
    async get(key) {
      const entry = entries.get(key) ?? { held: undefined, load: undefined };
      entries.set(key, entry);
      if (entry.held !== undefined && now() < entry.held.freshUntil) return entry.held.value;
      entry.load ??= reload(key, entry).finally(() => {
        entry.load = undefined;
      });
      return entry.load;
    },
    forget(key) {
      // A load under way keeps the old entry and writes into that.
      entries.delete(key);
    },
  };
}
