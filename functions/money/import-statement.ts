import type { TransferCase } from '../../schemas/cases.ts';
import type { ResultLine } from '../../schemas/imports.ts';
import type { BankLineId, BankLineRow, StatementLine } from '../../schemas/money.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { lineIdOf, newLine, type Origin } from '../cases/money/bank-line.ts';
import { type MatchDeps, type Placed, place, placeAgain } from '../cases/money/match.ts';
import type { ImportJobContext } from '../platform/import-kind.ts';
import type { FileLine } from '../platform/lines.ts';
import { inSequences } from '../platform/sequences.ts';
import { readHeader, readLine } from './statement.ts';

/** Transactions under way at once: enough to hide their latency, few enough to leave capacity to the clerks. */
const AT_ONCE = 10;

/**
 * Imports some lines of a statement that was checked before: each finds its case or waits in the queue (B12). What was handed in before, in this
 * import or another, keeps what was decided; what still waits of it is tried again. @returns what became of each line, in their order
 */
export async function importStatementPart(deps: MatchDeps, job: ImportJobContext, files: readonly FileLine[]): Promise<ResultLine[]> {
  const lines = readChecked(job, files);
  const byId = new Map(lines.map((line) => [lineIdOf(line), line]));
  const rows = await importLines(deps, job, byId);
  const told = new Set<BankLineId>();
  return lines.map((line, i) => {
    const row = rows.get(lineIdOf(line));
    const file = files[i];
    if (!row || !file) throw new Error('a line of the statement has no row');
    const isOurs = row.importNumber === job.importNumber && !told.has(row.lineId);
    told.add(row.lineId);
    return resultOf(file.line, row, isOurs);
  });
}

/** Throws where a line is not as the check has found it: nothing of the part is imported then. */
function readChecked({ header, today }: ImportJobContext, files: readonly FileLine[]): StatementLine[] {
  const columns = readHeader(header).value;
  return files.map((file) => {
    const line = columns && readLine(columns, file, today).value;
    if (!line) throw new Error('a line of the statement was not checked');
    return line;
  });
}

/** A hundred lines are looked up in three requests; then each match is one transaction, and what waits is added a hundred at a time. */
async function importLines(
  deps: MatchDeps,
  job: ImportJobContext,
  lines: ReadonlyMap<BankLineId, StatementLine>,
): Promise<Map<BankLineId, BankLineRow>> {
  const { region, office, by, importNumber } = job;
  const origin = { region, importNumber, importedAt: deps.clock.now(), importedBy: by.subject, importedOffice: office };
  const rows = await deps.bankLines.lines(region, [...lines.keys()]);
  const undecided = [...lines].filter(([id]) => (rows.get(id)?.status ?? 'open') === 'open').map(([, line]) => line);
  const casesOf = await readCases(deps, region, undecided);
  // Lines of one reference in their order: where two claim one case, the first has it, whenever the part is repeated.
  const placed = await inSequences(
    undecided,
    ({ bankReference }) => bankReference,
    (line) => placeLine(deps, line, rows.get(lineIdOf(line)), origin, casesOf(line)),
    AT_ONCE,
  );
  const decided = placed.flatMap((one) => (one.kind === 'decided' ? [one.row] : []));
  const there = await deps.bankLines.add(decided);
  const added = decided.filter(({ lineId, status }) => status === 'open' && !there.has(lineId));
  const again = await lookAgain(deps, region, added);
  const unsure = [
    ...undecided.filter((_, i) => placed[i]?.kind === 'taken').map(lineIdOf),
    ...added.filter((_, i) => again[i] === undefined).map(({ lineId }) => lineId),
  ];
  const written = [...placed.flatMap((one) => (one.kind === 'taken' ? [] : [one.row])), ...again.filter((row) => row !== undefined)];
  return new Map([...rows, ...written.map((row) => [row.lineId, row] as const), ...there, ...(await deps.bankLines.lines(region, unsure))]);
}

/** A message may have changed the advice between the look at it and the adding: it found no line to try again. */
async function lookAgain(deps: MatchDeps, region: RegionCode, rows: readonly BankLineRow[]): Promise<(BankLineRow | undefined)[]> {
  const casesOf = await readCases(
    deps,
    region,
    rows.map(({ line }) => line),
  );
  return inSequences(
    rows,
    ({ line }) => line.bankReference,
    (row) => placeAgain(deps, row, casesOf(row.line)),
    AT_ONCE,
  );
}

/** What the cases are that lines name by their references. */
async function readCases({ bankLines }: MatchDeps, region: RegionCode, lines: readonly StatementLine[]) {
  const references = new Set(lines.map(({ bankReference }) => bankReference));
  const named = await bankLines.casesNaming(region, [...references]);
  const states = await bankLines.cases(region, [...named.values()].flat());
  return ({ bankReference }: StatementLine): TransferCase[] =>
    (named.get(bankReference) ?? []).flatMap((number) => states.get(number) ?? []);
}

/** A line that is there already is written here; what is decided of a new one is for the caller to add. */
async function placeLine(
  deps: MatchDeps,
  line: StatementLine,
  row: BankLineRow | undefined,
  origin: Origin,
  known: readonly TransferCase[],
): Promise<Placed> {
  if (!row) return place(deps, newLine(line, origin), known);
  const again = await placeAgain(deps, row, known);
  return again ? { kind: 'written', row: again } : { kind: 'taken' };
}

function resultOf(line: number, { status, caseNumber, reason }: BankLineRow, isOurs: boolean): ResultLine {
  const outcome = isOurs ? (status === 'matched' ? 'matched' : 'unmatched') : 'seen-before';
  return { line, outcome, status, ...(caseNumber && { caseNumber }), ...(reason && { code: reason }) };
}
