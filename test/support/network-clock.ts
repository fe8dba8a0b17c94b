import { type Clock, toInstant } from '../../functions/platform/clock.ts';
import type { Instant } from '../../schemas/primitives.ts';

export type Duration = { days?: number; hours?: number; minutes?: number; seconds?: number };

export const milliseconds = ({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;

/** A clock that runs like the machine's, from a moment of its own, and can be moved forward. */
export type MovableClock = Clock & {
  advance(by: Duration): void;
  /**
   * What this clock showed when the machine's clock showed `realMilliseconds`. SQS stamps messages with the machine's time; the moment they
   * came, in the network's time, follows from it and stays the same however often a message is delivered.
   */
  when(realMilliseconds: number): number;
};

/** @param start what it shows now; the machine's own time when absent */
export function movableClock(start?: string): MovableClock {
  const began = Date.now();
  // Each entry counts from its real moment on.
  const offsets = [{ since: Number.NEGATIVE_INFINITY, by: start === undefined ? 0 : Date.parse(start) - began }];
  const offsetAt = (real: number) => offsets.findLast(({ since }) => since <= real)?.by ?? 0;
  return {
    now: (): Instant => toInstant(Date.now() + offsetAt(Date.now())),
    advance(by) {
      offsets.push({ since: Date.now(), by: offsetAt(Date.now()) + milliseconds(by) });
    },
    when: (real) => real + offsetAt(real),
  };
}
