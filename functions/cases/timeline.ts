import { GENESIS_HASH, type TimelineEntry, type TransferCase } from '../../schemas/cases.ts';
import type { Instant, Sha256 } from '../../schemas/primitives.ts';
import { hashOf } from '../platform/canonical.ts';
import { evolve, type Folded } from './evolve.ts';

type Draft = Omit<TimelineEntry, 'n' | 'previousHash' | 'hash'>;

/** The next entry of a case's timeline, chained to the one before (E7). */
export function nextEntry(state: Folded, draft: Draft): TimelineEntry {
  const entry = { ...draft, n: (state?.version ?? 0) + 1, previousHash: state?.hash ?? GENESIS_HASH };
  return { ...entry, hash: hashOf(entry) };
}

/** The state after one entry: its events in order, then version and hash. */
export function applyEntry(state: Folded, entry: TimelineEntry): TransferCase {
  const after = entry.events.reduce<Folded>((folded, event) => evolve(folded, event, entry.occurredAt), state);
  if (!after) throw new TypeError('an entry without events');
  return { ...after, version: entry.n, hash: entry.hash };
}

/**
 * The state as it was recorded at `at` (E7); undefined before the first entry. Entries in order, all of one case. An entry that a slow clock
 * dated before its predecessor brings the predecessor with it: the fold may leave none out.
 */
export function stateAt(entries: readonly TimelineEntry[], at: Instant): Folded {
  const last = entries.findLastIndex((entry) => entry.recordedAt <= at);
  return entries.slice(0, last + 1).reduce<Folded>(applyEntry, undefined);
}

/** Number of the first entry that does not fit the chain: changed, missing or out of place; undefined when all fit and end in `head`. */
export function firstBroken(entries: readonly TimelineEntry[], head: Sha256): number | undefined {
  let previous: Sha256 = GENESIS_HASH;
  for (const [index, entry] of entries.entries()) {
    const { hash, ...content } = entry;
    if (entry.n !== index + 1 || entry.previousHash !== previous || hashOf(content) !== hash) return index + 1;
    previous = hash;
  }
  return previous === head ? undefined : entries.length + 1;
}
