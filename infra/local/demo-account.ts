import { monthNumber, monthOf } from '../../functions/cases/months.ts';
import type { Month } from '../../schemas/primitives.ts';

/** What every month put on the personal account of a made-up person, and what was spent of it. */
const creditedFen = 21_537;
const spentFen = 8_982;

export const demoBalanceFen = (months: number): number => months * (creditedFen - spentFen);

/** Movements of the account from a month on. */
export const demoMovements = (first: Month, months: number) =>
  Array.from({ length: months }, (_, i) => ({ month: monthOf(monthNumber(first) + i), creditedFen, spentFen }));
