import * as z from 'zod';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import { PROBLEMS, type ProblemCode } from '../../schemas/problems.ts';
import type { QuarantineRow } from '../../schemas/rows.ts';
import { type Key, quarantineKey } from '../cases/keys.ts';
import { sha256 } from '../platform/canonical.ts';
import { toSecond } from '../platform/clock.ts';
import type { Refusal } from '../platform/errors.ts';

/** The same delivery always makes the same id, which is enough to find the row: `<seconds since 1970>-<delivery>`. */
const idOf = (receivedAt: Instant, delivery: string) => `${Date.parse(receivedAt) / 1000}-${delivery}`;

const QuarantineId = z.string().regex(/^\d{1,11}-[0-9A-Za-z-]{1,100}$/);

/** Key of a quarantined message by its id; nothing when the id is none. */
export function keyOfQuarantined(region: RegionCode, id: string): Key | undefined {
  if (!QuarantineId.safeParse(id).success) return undefined;
  return quarantineKey(region, toSecond(Number.parseInt(id, 10) * 1000), id);
}

/** What is wrong and where, never a value. */
export const failureOf = ({ code, errors }: Refusal): { code: ProblemCode; path: string } => ({ code, path: errors[0]?.field ?? '' });

/** `delivery`: id that the queue gave it, or the message's own when it was parked. `receivedAt` has whole seconds. */
export type Quarantined = { region: RegionCode; delivery: string; body: string; receivedAt: Instant; refusal: Refusal };

export function quarantineRow({ region, delivery, body, receivedAt, refusal }: Quarantined): QuarantineRow {
  const id = idOf(receivedAt, delivery);
  return { ...quarantineKey(region, receivedAt, id), id, region, receivedAt, ...failureOf(refusal), body, bodyHash: sha256(body) };
}

/** Chinese title of a problem code. */
export const titleOf = (code: string): string => Object.entries(PROBLEMS).find(([known]) => known === code)?.[1][1] ?? code;
