import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { Sha256 } from '../../schemas/primitives.ts';

/** Canonical JSON (RFC 8785): the same value has the same bytes on every machine. Throws on what JSON cannot hold. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

export const sha256 = (text: string): Sha256 => Sha256.parse(createHash('sha256').update(text).digest('hex'));

/** SHA-256 over the canonical JSON of a value. */
export const hashOf = (value: unknown): Sha256 => sha256(canonicalJson(value));

const SHARDS = 8;

/** Shard of an index that is ordered by time: spreads writes, stays the same for a case. */
export const shardOf = (text: string): string => String(Number.parseInt(sha256(text).slice(0, 8), 16) % SHARDS);

export const ALL_SHARDS: readonly string[] = Array.from({ length: SHARDS }, (_, shard) => String(shard));
