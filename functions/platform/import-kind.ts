import type { ImportRow, LineError, ResultLine } from '../../schemas/imports.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import type { FileLine } from './lines.ts';

/** What a kind of file is told of the import that a line belongs to. */
export type ImportJobContext = Pick<ImportRow, 'region' | 'office' | 'by' | 'importNumber'> & {
  /** First line of the file, whatever it is. */
  header: string;
  /** Date in China on which the lines are read. */
  today: CalendarDate;
};

/** How a kind of file is imported. Blank lines say nothing: no kind is told of them. */
export type ImportKindRunner = {
  /** The first line names columns: it is no row. */
  hasHeader: boolean;
  /** Looks at all rows before anything is imported: any error refuses the file whole. Absent where each row stands for itself. */
  check?(job: ImportJobContext, lines: AsyncIterable<FileLine>): Promise<readonly LineError[]>;
  /**
   * Imports some rows and says what became of each, in their order. A row imported again changes nothing and has the same result. Throws when
   * one met a passing fault: the part is read again, since a result is written only for what is settled.
   */
  importPart(job: ImportJobContext, lines: readonly FileLine[]): Promise<readonly ResultLine[]>;
  /** Rows after which the checkpoint moves on: what a crash repeats at most. */
  partSize: number;
};
