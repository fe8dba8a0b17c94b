import * as z from 'zod';
import { ImportNumber, Instant, OfficeCode, RegionCode, Sha256 } from './primitives.ts';
import { By } from './rows.ts';

/** Files that an office hands in: a bank statement (B12), or commands as it would give them one by one (E11). */
export const ImportKind = z.enum(['bank-statement', 'commands']);
export type ImportKind = z.infer<typeof ImportKind>;

const MAX_FILE_BYTES = 200 * 1024 * 1024;

/** Announces a file before it is uploaded; length and hash are fixed by it. */
export const ImportEntry = z.strictObject({
  kind: ImportKind,
  sha256: Sha256,
  bytes: z.int().min(1).max(MAX_FILE_BYTES, { error: '文件超过200 MB (the file is larger than 200 MB)' }),
  /** Old systems write GB 18030; a file of commands is always UTF-8. */
  encoding: z.enum(['utf-8', 'gb18030']).default('utf-8'),
});
export type ImportEntry = z.infer<typeof ImportEntry>;

/** What a file went through: awaits its upload, waits for its turn, is being read, is done, or was refused whole. */
export const ImportStatus = z.enum(['awaiting-file', 'queued', 'running', 'done', 'refused']);
export type ImportStatus = z.infer<typeof ImportStatus>;

/** What is wrong with a line of a file; `line` counts from 1 and includes the header. */
export const LineError = z.strictObject({ line: z.int().min(1), field: z.string(), code: z.string(), reason: z.string() });
export type LineError = z.infer<typeof LineError>;

/** Row of an import: its checkpoint is where the next run goes on, so that a crash repeats at most one part. */
export const ImportRow = z.object({
  PK: z.string(),
  SK: z.string(),
  importNumber: ImportNumber,
  kind: ImportKind,
  region: RegionCode,
  office: OfficeCode,
  by: By,
  createdAt: Instant,
  sha256: Sha256,
  bytes: z.int(),
  encoding: ImportEntry.shape.encoding.unwrap(),
  status: ImportStatus,
  /** Everything before this byte and line was imported and has its result stored. */
  checkpoint: z.strictObject({ offset: z.int().min(0), line: z.int().min(0), parts: z.int().min(0) }),
  counts: z.record(z.string(), z.int()),
  /** The first of them; the file was refused whole. */
  errors: z.array(LineError).max(100),
  finishedAt: Instant.optional(),
  /** A worker reads the file; until then no other begins. */
  heldUntil: Instant.optional(),
  version: z.int().min(1),
});
export type ImportRow = z.infer<typeof ImportRow>;

/** The same file again is the same import. */
export const ImportHashRow = z.object({ PK: z.string(), SK: z.string(), importNumber: ImportNumber });

export const ImportView = ImportRow.pick({
  importNumber: true,
  kind: true,
  office: true,
  createdAt: true,
  status: true,
  counts: true,
  errors: true,
  finishedAt: true,
}).extend({
  /** Where to put the file, with these headers, while it is awaited; a few minutes. */
  upload: z.strictObject({ url: z.string(), headers: z.record(z.string(), z.string()) }).optional(),
  /** A result per row, JSON Lines; a few minutes. */
  resultUrl: z.string().optional(),
});
export type ImportView = z.infer<typeof ImportView>;

/** One line of a file of commands: a command as the API takes it, with the case where it does not begin one. An empty body may be left out. */
export const CommandLine = z.strictObject({ command: z.string(), caseNumber: z.string().optional(), body: z.unknown().optional() });
export type CommandLine = z.infer<typeof CommandLine>;

/** One line of the result. `outcome` of a bank line says what became of it; of a command `done` or `refused`, with what the API would answer. */
export const ResultLine = z.strictObject({
  line: z.int().min(1),
  outcome: z.enum(['done', 'refused', 'matched', 'unmatched', 'seen-before']),
  caseNumber: z.string().optional(),
  status: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(z.strictObject({ field: z.string(), code: z.string(), reason: z.string() })).optional(),
});
export type ResultLine = z.infer<typeof ResultLine>;
