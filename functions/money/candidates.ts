import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import type { BankLineId, BankLineRow, Candidate } from '../../schemas/money.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { awaitsMoney } from '../cases/facts.ts';
import type { BankLineStore } from '../cases/money/bank-line-store.ts';

/** As many as a person compares. */
const MOST_CANDIDATES = 10;

/**
 * Cases that each line may belong to, those that most speaks for first: the same reference, then a remark that names the person's number, then
 * the same amount (S94 6.2). Never by a name. `look`: cases awaiting one amount that are looked at, those that wait longest.
 */
export async function candidatesOf(
  bankLines: BankLineStore,
  region: RegionCode,
  rows: readonly BankLineRow[],
  look: number,
): Promise<Map<BankLineId, Candidate[]>> {
  const unplaced = rows.filter(({ status, caseNumber }) => (status === 'open' || status === 'return-proposed') && !caseNumber);
  const [named, awaiting] = await Promise.all([
    bankLines.casesNaming(region, [...new Set(unplaced.map(({ line }) => line.bankReference))]),
    bankLines.casesAwaiting(
      region,
      unplaced.map(({ line }) => line.amountFen),
      look,
    ),
  ]);
  const states = await bankLines.cases(region, [...[...named.values()].flat(), ...awaiting]);
  return new Map(unplaced.map((row) => [row.lineId, candidatesAmong([...states.values()], row)]));
}

/** Pure part of it. A case that the reference finds is told even where it cannot take the money, since it explains why the line waits. */
export function candidatesAmong(states: readonly TransferCase[], { line }: Pick<BankLineRow, 'line'>): Candidate[] {
  return states
    .filter((state) => state.side === 'transferIn')
    .map((state) => ({
      caseNumber: state.caseNumber,
      office: state.office,
      counterpart: state.counterpart,
      sameReference: state.advice?.bankReference === line.bankReference || state.money?.bankReference === line.bankReference,
      sameAmount: state.advice?.amountFen === line.amountFen,
      labelled: isLabelled(line.remark, state),
      isAwaiting: awaitsMoney(state),
    }))
    .filter(({ sameReference, sameAmount, isAwaiting }) => sameReference || (sameAmount && isAwaiting))
    .sort((a, b) => weightOf(b) - weightOf(a) || a.caseNumber.localeCompare(b.caseNumber))
    .slice(0, MOST_CANDIDATES)
    .map(({ isAwaiting: _, ...candidate }) => candidate);
}

const weightOf = ({ sameReference, labelled, sameAmount }: Pick<Candidate, 'sameReference' | 'labelled' | 'sameAmount'>): number =>
  (sameReference ? 4 : 0) + (labelled ? 2 : 0) + (sameAmount ? 1 : 0);

/** The number without the kind and region that a card number is kept with. */
function isLabelled(remark: string | undefined, { person }: TransferInCase): boolean {
  const number = person.idNumber.split(':').at(-1) ?? person.idNumber;
  return remark?.toUpperCase().includes(number) ?? false;
}
