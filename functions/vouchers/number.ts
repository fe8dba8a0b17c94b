import type { Region } from '../../schemas/directory.ts';
import { CoverageVoucher } from '../../schemas/documents.ts';
import { type CalendarDate, type RegionCode, VoucherId } from '../../schemas/primitives.ts';

/** The printed number has six digits (S191 annex). */
export const LAST_NUMBER = 999_999;

const six = (n: number): string => String(n).padStart(6, '0');

/** Vouchers are numbered anew every year, by the calendar of China. */
export const yearOf = (date: CalendarDate): string => date.slice(0, 4);

/** `330100-2026-000123`: how keys and addresses name a voucher. */
export const voucherIdOf = (region: RegionCode, year: string, n: number): VoucherId => VoucherId.parse(`${region}-${year}-${six(n)}`);

/** The number within region and year. */
export const numberIn = (id: VoucherId): number => Number(id.slice(-6));

/**
 * `（浙）（杭州市）（2026）第 000123 号` (S191 annex); undefined where the directory lacks the short name of the province, or has names that no
 * such number can be made of.
 */
export function printedNumber({ provinceShortName, name }: Region, year: string, n: number): string | undefined {
  return CoverageVoucher.shape.number.safeParse(`（${provinceShortName ?? ''}）（${name}）（${year}）第 ${six(n)} 号`).data;
}
