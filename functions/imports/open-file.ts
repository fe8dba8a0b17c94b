import { createHash } from 'node:crypto';
import type { ImportKind, ImportRow, LineError } from '../../schemas/imports.ts';
import { chinaDate } from '../calendar/china-time.ts';
import type { Clock } from '../platform/clock.ts';
import type { ImportJobContext, ImportKindRunner } from '../platform/import-kind.ts';
import type { FileLine } from '../platform/lines.ts';
import { bytesFrom, type ImportFiles } from './files.ts';
import { linesOf, type Position, type ReadLine, START } from './line-reader.ts';

export type OpenFileDeps = { files: Pick<ImportFiles, 'size' | 'read'>; kinds: Record<ImportKind, ImportKindRunner>; clock: Clock };

/** A file while it is imported. */
export type OpenFile = {
  row: ImportRow;
  kind: ImportKindRunner;
  job: ImportJobContext;
  /** The whole file. */
  bytes(): AsyncIterable<Uint8Array>;
  /** Rows after a position: all lines but the header and blank ones. */
  rows(from: Position): AsyncGenerator<ReadLine>;
};

export async function openFile({ files, kinds, clock }: OpenFileDeps, row: ImportRow): Promise<OpenFile> {
  const size = (await files.size(row)) ?? 0;
  // Checked when the import began; were it read on, what is missing would count as imported.
  if (row.status === 'running' && size !== row.bytes) throw new Error('the file of a running import has changed');
  const { region, office, by, importNumber, encoding } = row;
  const kind = kinds[row.kind];
  const bytes = (offset: number) => bytesFrom(files, row, offset, size);
  const lines = (from: Position) => linesOf(bytes(from.offset), from, encoding);
  const header = await firstOf(lines(START));
  const job = { region, office, by, importNumber, header, today: chinaDate(clock.now()) };
  return { row, kind, job, bytes: () => bytes(0), rows: (from) => rowsAmong(lines(from), kind) };
}

async function firstOf(lines: AsyncIterable<ReadLine>): Promise<string> {
  for await (const { text } of lines) return text ?? '';
  return '';
}

async function* rowsAmong(lines: AsyncIterable<ReadLine>, { hasHeader }: ImportKindRunner): AsyncGenerator<ReadLine> {
  for await (const read of lines) {
    if (hasHeader && read.line === 1 && !read.fault) continue;
    if (read.fault || read.text.trim() !== '') yield read;
  }
}

const MOST_ERRORS = 100;

/**
 * What refuses a file whole, by line, at most a hundred errors: other bytes than were announced, or what its kind finds when it looks at all of
 * it. S3 holds an upload to the hash as well, but not every store that speaks its API does.
 */
export async function fileErrors(file: OpenFile): Promise<LineError[]> {
  if (!(await isAnnounced(file))) {
    return [
      { line: 1, field: 'sha256', code: 'import.file-differs', reason: '文件与登记的长度或摘要不符 (not the file that was announced)' },
    ];
  }
  if (!file.kind.check) return [];
  const faults: LineError[] = [];
  const found = await file.kind.check(file.job, sound(file, faults));
  return [...faults, ...found].sort((a, b) => a.line - b.line).slice(0, MOST_ERRORS);
}

async function isAnnounced({ row, bytes }: OpenFile): Promise<boolean> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of bytes()) {
    hash.update(chunk);
    length += chunk.length;
  }
  return length === row.bytes && hash.digest('hex') === row.sha256;
}

/** Rows that can be read; what is wrong with the others goes to `faults`. */
async function* sound({ rows }: OpenFile, faults: LineError[]): AsyncGenerator<FileLine> {
  for await (const { line, text, fault } of rows(START)) {
    if (text !== undefined) yield { line, text };
    else if (fault && faults.length < MOST_ERRORS) faults.push({ line, ...fault });
  }
}
