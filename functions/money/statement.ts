import { CsvError, parse } from 'csv-parse/sync';
import type { LineError } from '../../schemas/imports.ts';
import { STATEMENT_COLUMNS, StatementLine } from '../../schemas/money.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding, findingsOf } from '../platform/errors.ts';
import type { FileLine } from '../platform/lines.ts';
import { readAmount } from './amount.ts';

/** What a line says, or everything that is wrong with it. */
type Read<T> = { value: T; errors?: undefined } | { value?: undefined; errors: LineError[] };
/** The columns of a file in their order. */
export type Columns = readonly (keyof StatementLine)[];

const HEADER_LINE = 1;
const COLUMNS = StatementLine.keyof().options;
const isRequired = (column: keyof StatementLine): boolean => !StatementLine.shape[column].safeParse(undefined).success;
const BY_NAME = new Map(COLUMNS.flatMap((column) => [[column, column] as const, [STATEMENT_COLUMNS[column], column] as const]));
const AMOUNT_IN_YUAN = /^(入账|交易)?金额(\(元\))?$/;
/** Brackets are typed in either width. */
const named = (name: string): string => name.trim().replaceAll('（', '(').replaceAll('）', ')');

/** The first line of a file: every column once, by the bank's name or the field's own, in any order. */
export function readHeader(text: string): Read<Columns> {
  const cells = readCells({ line: HEADER_LINE, text: text.replace(/^\ufeff/, '') });
  if (cells.errors) return cells;
  const names = cells.value.map(named);
  const columns = names.map((name) => BY_NAME.get(name));
  const count = (column: keyof StatementLine) => columns.filter((other) => other === column).length;
  const errors = [
    ...names.flatMap((name, i) => (columns[i] ? [] : [unknownColumn(name, i + 1)])),
    ...COLUMNS.flatMap((column) => {
      const name = STATEMENT_COLUMNS[column];
      if (count(column) > 1) return [finding(column, 'doubled', `“${name}”列重复 (the column stands there twice)`)];
      return count(column) === 0 && isRequired(column) ? [finding(column, 'missing', `缺少“${name}”列 (the column is missing)`)] : [];
    }),
  ];
  return errors.length > 0 ? wrong(HEADER_LINE, errors) : { value: columns.filter((column) => column !== undefined) };
}

/** Without quoting it: a file that has no header begins with somebody's data. */
function unknownColumn(name: string, n: number): FieldError {
  return AMOUNT_IN_YUAN.test(name)
    ? finding(
        'amountFen',
        'in_yuan',
        `第${n}列须为“${STATEMENT_COLUMNS.amountFen}” (column ${n}: amounts are whole fen, and its name says so)`,
      )
    : finding('header', 'unknown', `第${n}列不是规定的列名 (column ${n} has no name that a statement knows)`);
}

/** A line after the header. `today`: no money came later. */
export function readLine(columns: Columns, file: FileLine, today: CalendarDate): Read<StatementLine> {
  const cells = readCells(file);
  if (cells.errors) return cells;
  if (cells.value.length !== columns.length) {
    const reason = `应有${columns.length}列，实有${cells.value.length}列 (${columns.length} columns are due, there are ${cells.value.length})`;
    return wrong(file.line, [finding('', 'columns', reason)]);
  }
  // Banks pad cells with blanks and tabs; an empty one says nothing.
  const { amountFen, ...said } = Object.fromEntries(
    columns.map((column, i) => [column, cells.value[i]?.trim()] as const).filter(([, text]) => text !== ''),
  );
  const amount = readAmount(amountFen ?? '');
  const rest = WITHOUT_AMOUNT.safeParse(said);
  if (amount.error || !rest.success || rest.data.valueDate > today) {
    return wrong(file.line, [
      ...(amount.error ? [amount.error] : []),
      ...(rest.success ? [] : findingsOf(rest.error)),
      ...(rest.success && rest.data.valueDate > today ? [IN_FUTURE] : []),
    ]);
  }
  return { value: { ...rest.data, amountFen: amount.fen } };
}

const WITHOUT_AMOUNT = StatementLine.omit({ amountFen: true });
const IN_FUTURE = finding('valueDate', 'future', '入账日期在将来 (value date lies in the future)');

/** Cells of one line (RFC 4180); the library's own words are not told, since they quote the line. */
function readCells({ line, text }: FileLine): Read<string[]> {
  try {
    const [cells = [], more] = parse(text.replace(/\r$/, ''), { record_delimiter: '\n', relax_column_count: true });
    return more ? wrong(line, [OPEN_QUOTE]) : { value: cells };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return wrong(line, [error.code === 'CSV_QUOTE_NOT_CLOSED' ? OPEN_QUOTE : STRAY_QUOTE]);
  }
}

const OPEN_QUOTE = finding('', 'open_quote', '引号未闭合，或引号内有换行 (a quote is not closed, or a line break stands within quotes)');
const STRAY_QUOTE = finding('', 'stray_quote', '引号位置不符，引号内的引号须写两次 (a quote is out of place; within quotes it is doubled)');

const wrong = (line: number, errors: readonly FieldError[]): { errors: LineError[] } => ({
  errors: errors.map((error) => ({ line, ...error })),
});
