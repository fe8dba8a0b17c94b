import type { MatchDeps } from '../cases/money/match.ts';
import type { ImportKindRunner } from '../platform/import-kind.ts';
import { checkStatement } from './check-statement.ts';
import { importStatementPart } from './import-statement.ts';

/** Lines to a part: what a crash repeats at most, in lookups of a hundred. */
const PART = 500;

/** A bank statement 银行对账单 as a kind of file: refused whole for one broken line, else imported line by line (B12). */
export const statementKind = (deps: MatchDeps): Required<ImportKindRunner> => ({
  hasHeader: true,
  check: (job, lines) => checkStatement(job.header, lines, job.today),
  importPart: (job, lines) => importStatementPart(deps, job, lines),
  partSize: PART,
});
