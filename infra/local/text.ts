import type { CalendarDate, Fen, Instant } from '../../schemas/primitives.ts';

const CHINA_OFFSET_MS = 8 * 3_600_000;

/** China time to the second, `2026-11-22 14:03:07`. */
export const chinaTime = (instant: Instant): string =>
  new Date(Date.parse(instant) + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');

/** The last moment of a due day. */
export const dueText = (dueOn: CalendarDate): string => `${dueOn} 24:00`;

export const yuan = (fen: Fen): string => `${(fen / 100).toLocaleString('en', { minimumFractionDigits: 2 })} 元`;

/** Columns on a terminal: Chinese characters and full-width punctuation take two. */
const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1), 0);

/** Rows as lines with aligned columns. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => widthOf(row[i] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}
