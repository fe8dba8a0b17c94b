import type { TransferCase, TransferInCase } from '../../../schemas/cases.ts';
import type { BankLineRow, BankReference } from '../../../schemas/money.ts';
import type { RegionCode } from '../../../schemas/primitives.ts';
import { startOfChinaDay } from '../../calendar/china-time.ts';
import { sortFailure } from '../../platform/errors.ts';
import { execute, untilSettled } from '../execute.ts';
import type { CaseDeps, CommandRequest } from '../request.ts';
import { type LineBase, matchedLine, waitingLine } from './bank-line.ts';
import type { BankLineStore } from './bank-line-store.ts';
import { judge } from './matching.ts';

export type MatchDeps = CaseDeps & { bankLines: BankLineStore };

/** What became of a line: written together with its case, decided and still to be written, or written by somebody else meanwhile. */
export type Placed = { kind: 'written'; row: BankLineRow } | { kind: 'decided'; row: BankLineRow } | { kind: 'taken' };

/**
 * Finds the case of a line and confirms the money there, line and case in one transaction; or says why a person has to (B12). `known`: copies
 * of the cases under its reference as they were just read; they are read again when somebody changes them meanwhile.
 */
export function place(deps: MatchDeps, base: LineBase, known: readonly TransferCase[]): Promise<Placed> {
  let read: readonly TransferCase[] | undefined = known;
  return untilSettled(async () => {
    const verdict = judge(base.line, read ?? (await casesNaming(deps, base.region, base.line.bankReference)));
    read = undefined;
    switch (verdict.kind) {
      case 'match':
        return confirm(deps, base, verdict.state);
      case 'confirmed-by-hand':
        return settle(deps, base, verdict.state);
      case 'unmatched':
        return { kind: 'decided', row: waitingLine(base, verdict.reason) };
      default:
        return verdict satisfies never;
    }
  });
}

/** The case has this money by hand. Undefined when it has not any more, or when somebody else is writing it just now. */
async function settle(deps: MatchDeps, base: LineBase, { caseNumber, moneyFrom }: TransferInCase): Promise<Placed | undefined> {
  const row = matchedLine(base, caseNumber, deps.clock.now(), base.importedBy);
  const settled = await deps.bankLines.settle(row, moneyFrom === undefined);
  switch (settled) {
    case 'settled':
      return { kind: 'written', row };
    case 'line-taken':
      return { kind: 'taken' };
    case 'other-line':
      return { kind: 'decided', row: waitingLine(base, 'confirmed-already') };
    case 'gone':
      return undefined;
    default:
      return settled satisfies never;
  }
}

/** Undefined when the case has changed since it was read. */
async function confirm(deps: MatchDeps, base: LineBase, state: TransferInCase): Promise<Placed | undefined> {
  const row = matchedLine(base, state.caseNumber, deps.clock.now(), base.importedBy);
  const actor = { kind: 'bank-statement', subject: base.importedBy, office: base.importedOffice } as const;
  try {
    const result = await execute(deps, confirmation(deps, row, state, actor), state);
    return result && { kind: 'written', row };
  } catch (error) {
    const failure = sortFailure(error);
    if (failure.kind === 'retry') throw error;
    if (failure.refusal.code === 'money.wrong-state') return { kind: 'taken' };
    // Whatever else the rules say of the case is for a person; a fault in the directory would hold up every line and is thrown.
    if (!failure.refusal.code.startsWith('case.') && failure.refusal.code !== 'message.too-large') throw error;
    return { kind: 'decided', row: waitingLine(base, 'not-confirmable') };
  }
}

/** The command that gives a line to a case: money counts by the bank's value date (S94 7). `row`: the line as it is once it is done. */
export function confirmation(
  { ids }: Pick<CaseDeps, 'ids'>,
  row: BankLineRow,
  { region, caseNumber }: TransferCase,
  actor: CommandRequest['actor'],
): CommandRequest {
  const { amountFen, bankReference, valueDate } = row.line;
  return {
    region,
    caseNumber,
    command: { name: 'confirm-money', money: { amountFen, bankReference, valueDate }, bankLine: row.lineId },
    actor,
    occurredAt: startOfChinaDay(valueDate),
    causationId: ids.messageId(),
    bankLine: row,
  };
}

/** Copies of the cases that a reference finds now. */
export async function casesNaming({ bankLines }: MatchDeps, region: RegionCode, reference: BankReference): Promise<TransferCase[]> {
  const numbers = (await bankLines.casesNaming(region, [reference])).get(reference) ?? [];
  return [...(await bankLines.cases(region, numbers)).values()];
}

/**
 * Tries once more a line that waits; one that a person took from a case is left to persons. @returns the line as it is then; undefined when somebody else changed it meanwhile
 */
export async function placeAgain(deps: MatchDeps, row: BankLineRow, known: readonly TransferCase[]): Promise<BankLineRow | undefined> {
  if (row.reason === 'rejected') return row;
  const placed = await place(deps, row, known);
  switch (placed.kind) {
    case 'written':
      return placed.row;
    case 'taken':
      return undefined;
    case 'decided':
      if (placed.row.status === row.status && placed.row.reason === row.reason) return row;
      return (await deps.bankLines.replace(placed.row)) ? placed.row : undefined;
    default:
      return placed satisfies never;
  }
}
