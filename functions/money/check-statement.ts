import type { LineError } from '../../schemas/imports.ts';
import type { BankLineId } from '../../schemas/money.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import { lineIdOf } from '../cases/money/bank-line.ts';
import { finding } from '../platform/errors.ts';
import type { FileLine } from '../platform/lines.ts';
import { readHeader, readLine } from './statement.ts';

/** As many as a clerk reads before he asks the bank for another file. */
const MOST_ERRORS = 100;

/**
 * Looks at a whole statement before anything of it is imported (B12): the first errors, none where it can be imported. A line that repeats one
 * of the same file is an error, since nobody could tell whether money came twice. Line 1 is `header`, whether `lines` has it or not; a blank
 * line holds no money.
 */
export async function checkStatement(
  header: string,
  lines: AsyncIterable<FileLine> | Iterable<FileLine>,
  today: CalendarDate,
): Promise<LineError[]> {
  const columns = readHeader(header);
  if (columns.errors) return columns.errors;
  const errors: LineError[] = [];
  const seen = new Map<BankLineId, number>();
  for await (const file of lines) {
    if (file.line === 1 || file.text.trim() === '') continue;
    const read = readLine(columns.value, file, today);
    if (read.errors) errors.push(...read.errors);
    else {
      const id = lineIdOf(read.value);
      const earlier = seen.get(id);
      if (earlier === undefined) seen.set(id, file.line);
      else errors.push({ line: file.line, ...repeats(earlier) });
    }
    if (errors.length >= MOST_ERRORS) return errors.slice(0, MOST_ERRORS);
  }
  return errors;
}

const repeats = (line: number) =>
  finding('bankReference', 'repeated', `流水号、日期和金额与第${line}行相同 (reference, date and amount are those of line ${line})`);
