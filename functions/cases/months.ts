import { Month } from '../../schemas/primitives.ts';

/** Months as whole numbers, so that they can be counted: December 2025 is followed by January 2026. */
export const monthNumber = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;

export const monthOf = (number: number): Month => Month.parse(`${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`);
