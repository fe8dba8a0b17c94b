import * as z from 'zod';
import { GENESIS_HASH, TimelineEntry, type TransferCase } from '../../schemas/cases.ts';
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

/** A stored entry as far as the chain needs it: nothing is trimmed, dropped or refused before its hash was made. */
const Link = z.looseObject({ hash: z.string() });

/** Entries of a timeline that can be relied on, and the number of the first one that cannot, if there is one. */
export type Chain = { entries: TimelineEntry[]; brokenAt: number | undefined };

/**
 * Checks the chain of a timeline over its entries as they are stored, in order, and parses them. The first that was changed, is missing, is out
 * of place or breaks its schema is `brokenAt`, and neither it nor what follows is in `entries`. All may fit and yet not end in `head`, the hash
 * that the case keeps: then `brokenAt` is the number after the last.
 */
export function readChain(stored: readonly unknown[], head: Sha256): Chain {
  const entries: TimelineEntry[] = [];
  for (const raw of stored) {
    const entry = linkedTo(entries.at(-1), raw);
    if (!entry) return { entries, brokenAt: entries.length + 1 };
    entries.push(entry);
  }
  return { entries, brokenAt: hashAfter(entries.at(-1)) === head ? undefined : entries.length + 1 };
}

const hashAfter = (entry: TimelineEntry | undefined): Sha256 => entry?.hash ?? GENESIS_HASH;

/** The entry, if it is the one after `previous`. */
function linkedTo(previous: TimelineEntry | undefined, raw: unknown): TimelineEntry | undefined {
  const link = Link.safeParse(raw);
  const { data: entry } = TimelineEntry.safeParse(raw);
  if (!link.success || !entry) return undefined;
  const { hash, ...content } = link.data;
  const fits = entry.n === (previous?.n ?? 0) + 1 && entry.previousHash === hashAfter(previous) && hashIs(content, hash);
  return fits ? entry : undefined;
}

/** Whoever changes a row can put a value there that has no canonical form: then no hash is its own. */
function hashIs(content: unknown, hash: string): boolean {
  try {
    return hashOf(content) === hash;
  } catch {
    return false;
  }
}
