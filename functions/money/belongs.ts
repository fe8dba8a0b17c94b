import type { BankLineRow } from '../../schemas/money.ts';
import type { CaseNumber, OfficeCode } from '../../schemas/primitives.ts';
import { isOver } from '../cases/facts.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { hasByHand } from '../cases/money/matching.ts';
import { caseNotFound, wrongOffice } from '../cases/refusals.ts';
import { finding, Refusal } from '../platform/errors.ts';

/** Money goes back only while no case has it: neither the one that it was matched with, unless that ended without crediting it, nor one by hand. */
export async function assertNobodys(deps: MatchDeps, row: BankLineRow, office: OfficeCode): Promise<void> {
  if (!row.caseNumber) return assertNotConfirmed(deps, row);
  const state = await deps.store.readCase(row.region, row.caseNumber);
  if (!state) throw caseNotFound();
  if (state.office !== office) throw wrongOffice();
  if (state.side === 'transferIn' && isOver(state) && !state.credit) return;
  throw belongsTo(row.caseNumber);
}

/**
 * No case but perhaps `but` has this money by hand, on whatever day: a clerk may have mistyped it. What another line was found to be is that
 * line's. Of the same day none can have it so any more: a confirmation by hand looks for the line in its own transaction.
 */
export async function assertNotConfirmed(deps: MatchDeps, row: BankLineRow, but?: CaseNumber): Promise<void> {
  const { cases: numbers, lines } = await deps.bankLines.underReference(row.region, row.line.bankReference);
  const known = new Set(lines.flatMap(({ caseNumber }) => caseNumber ?? []));
  const cases = [...(await deps.bankLines.cases(row.region, numbers)).values()].filter(({ caseNumber }) => caseNumber !== but);
  const holder = cases.find((state) => state.side === 'transferIn' && hasByHand(state, row.line) && !known.has(state.caseNumber));
  if (holder) throw belongsTo(holder.caseNumber);
}

const belongsTo = (caseNumber: CaseNumber): Refusal =>
  new Refusal('money.wrong-state', [
    finding('caseNumber', 'belongs', `该笔到账已确认为业务 ${caseNumber} 的款项 (the money is that of case ${caseNumber})`),
  ]);
