import { type ImportRow, ResultLine } from '../../schemas/imports.ts';
import { toInstant } from '../platform/clock.ts';
import { describeError, type Log } from '../platform/log.ts';
import type { RemainingTime } from '../platform/sweep.ts';
import type { ImportFiles } from './files.ts';
import type { ImportJob } from './import-queue.ts';
import type { ImportStore } from './import-store.ts';
import type { ReadLine } from './line-reader.ts';
import { fileErrors, type OpenFile, type OpenFileDeps, openFile } from './open-file.ts';

export type WorkerDeps = OpenFileDeps & {
  imports: Pick<ImportStore, 'read' | 'replace'>;
  files: Pick<ImportFiles, 'putPart' | 'joinParts'>;
  log: Log;
};

/** What a run came to: nothing is left to do, the rest is another run's, or another run is at it. */
export type RunOutcome = 'over' | 'again' | 'busy';

/** Lambda lets no invocation run longer, so whoever held an import that long is gone. */
const LONGEST_RUN_MS = 900_000;
/** A part of commands takes seconds, joining the results of the largest file a minute. */
const TIME_FOR_A_STEP_MS = 120_000;
/** Long lines make a part of fewer. */
const PART_BYTES = 4 * 1024 * 1024;

/**
 * Imports a file, or the rest of one: checks it whole, imports part after part, and joins their results. What is done is remembered after every
 * step, so that a run which dies anywhere repeats one step; a step that is repeated changes nothing.
 */
export async function runImport(deps: WorkerDeps, { region, importNumber }: ImportJob, remaining: RemainingTime): Promise<RunOutcome> {
  const row = await deps.imports.read(region, importNumber);
  if (!row || !(row.status === 'queued' || row.status === 'running')) return 'over';
  const held = await hold(deps, row, remaining);
  if (!held) return 'busy';
  try {
    return await goOn(deps, held, remaining);
  } catch (error) {
    if (error instanceof Overtaken) return 'busy';
    await letGo(deps, held);
    throw error;
  }
}

/** Somebody else has changed the row: what this run holds is old. */
class Overtaken extends Error {}

/** Takes the import for the rest of this invocation. Two runs at once would tell two stories of one line. */
async function hold({ imports, clock }: WorkerDeps, row: ImportRow, remaining: RemainingTime): Promise<ImportRow | undefined> {
  const now = Date.parse(clock.now());
  if (row.heldUntil !== undefined && now < Date.parse(row.heldUntil)) return undefined;
  return imports.replace(row, { ...row, heldUntil: toInstant(now + Math.max(0, Math.min(remaining(), LONGEST_RUN_MS))) });
}

/** After a fault, so that the next delivery need not wait. Never throws: without it the import is free when the time is over. */
async function letGo({ imports, log }: WorkerDeps, { region, importNumber, heldUntil }: ImportRow): Promise<void> {
  try {
    const row = await imports.read(region, importNumber);
    if (row && row.heldUntil === heldUntil) await imports.replace(row, released(row));
  } catch (error) {
    log.warn('import.retry', { region, importNumber, ...describeError(error) });
  }
}

const released = ({ heldUntil: _, ...row }: ImportRow): ImportRow => row;

async function goOn(deps: WorkerDeps, held: ImportRow, remaining: RemainingTime): Promise<RunOutcome> {
  const file = await openFile(deps, held);
  const errors = held.status === 'queued' ? await fileErrors(file) : [];
  if (errors.length > 0) {
    await save(deps, held, released({ ...held, status: 'refused', errors, finishedAt: deps.clock.now() }));
    deps.log.warn('import.refused', { ...lineOf(held), count: errors.length });
    return 'over';
  }
  const checked = held.status === 'queued' ? await save(deps, held, { ...held, status: 'running' }) : held;
  const imported = await importParts(deps, file, checked, remaining);
  if (!imported.whole || remaining() < TIME_FOR_A_STEP_MS) {
    await save(deps, imported.row, released(imported.row));
    deps.log.info('import.continued', { ...lineOf(held), count: imported.row.checkpoint.line });
    return 'again';
  }
  await deps.files.joinParts(held, imported.row.checkpoint.parts);
  await save(deps, imported.row, released({ ...imported.row, status: 'done', finishedAt: deps.clock.now() }));
  deps.log.info('import.finished', { ...lineOf(held), count: imported.row.checkpoint.line });
  return 'over';
}

const lineOf = ({ region, office, importNumber }: ImportRow) => ({ region, office, importNumber });

async function save({ imports }: WorkerDeps, before: ImportRow, after: ImportRow): Promise<ImportRow> {
  const saved = await imports.replace(before, after);
  if (!saved) throw new Overtaken();
  return saved;
}

/** Stops when the time runs out; `whole` says that nothing was left. */
async function importParts(
  deps: WorkerDeps,
  file: OpenFile,
  row: ImportRow,
  remaining: RemainingTime,
): Promise<{ row: ImportRow; whole: boolean }> {
  let now = row;
  for await (const part of partsOf(file, row)) {
    if (remaining() < TIME_FOR_A_STEP_MS) return { row: now, whole: false };
    const results = await importPart(file, part.lines);
    const { parts } = now.checkpoint;
    await deps.files.putPart(row, parts, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
    const checkpoint = { offset: part.end, line: part.line, parts: parts + 1 };
    now = await save(deps, now, { ...now, checkpoint, counts: countedWith(now.counts, results) });
  }
  return { row: now, whole: true };
}

type Part = { lines: ReadLine[]; line: number; end: number };

/** What lies after the checkpoint, in parts. */
async function* partsOf({ rows, kind }: OpenFile, { checkpoint }: ImportRow): AsyncGenerator<Part> {
  const begin = (end: number): Part & { begin: number } => ({ lines: [], line: 0, begin: end, end });
  let part = begin(checkpoint.offset);
  for await (const read of rows(checkpoint)) {
    part.lines.push(read);
    part.line = read.line;
    part.end = read.end;
    if (part.lines.length < kind.partSize && part.end - part.begin < PART_BYTES) continue;
    yield part;
    part = begin(part.end);
  }
  if (part.lines.length > 0) yield part;
}

/** A result per line, in their order. A line whose bytes cannot be read is refused as one that cannot be understood. */
async function importPart({ kind, job }: OpenFile, lines: readonly ReadLine[]): Promise<ResultLine[]> {
  const sound = lines.flatMap((read) => (read.fault ? [] : [{ line: read.line, text: read.text }]));
  const faulty = lines.flatMap(({ line, fault }): ResultLine[] =>
    fault ? [{ line, outcome: 'refused', code: 'request.invalid', errors: [fault] }] : [],
  );
  const results = [...(await kind.importPart(job, sound)), ...faulty].sort((a, b) => a.line - b.line);
  if (results.some(({ line }, i) => line !== lines[i]?.line) || results.length < lines.length) throw new Error('a line has no result');
  return results.map((result) => ResultLine.parse(result));
}

function countedWith(counts: ImportRow['counts'], results: readonly ResultLine[]): ImportRow['counts'] {
  const sum = { ...counts };
  for (const { outcome } of results) sum[outcome] = (sum[outcome] ?? 0) + 1;
  return sum;
}
