import type { TransferCase, TransferInCase } from '../../../schemas/cases.ts';
import { type StatementLine, UnmatchedReason } from '../../../schemas/money.ts';
import { isOver, openQueryAbout } from '../facts.ts';
import { obstacleTo } from '../obstacles.ts';
import { transitionOf } from '../procedures/index.ts';

/**
 * Whose money a line is (S94 7.1; B12): of a case that awaits it, of a case whose clerk confirmed it by hand before the statement came, or
 * nobody's for a reason that a person looks into.
 */
export type Verdict =
  | { kind: 'match'; state: TransferInCase }
  | { kind: 'confirmed-by-hand'; state: TransferInCase }
  | { kind: 'unmatched'; reason: UnmatchedReason };

/** Judges a line by its reference alone, never by a name. `states`: cases found under the reference; one that names another by now is left out. */
export function judge(line: StatementLine, states: readonly TransferCase[]): Verdict {
  const cases = states.filter((state) => state.side === 'transferIn').filter((state) => namesReference(state, line));
  const [state, other] = cases;
  if (state && !other && isConfirmedByHand(state, line)) return { kind: 'confirmed-by-hand', state };
  const reason = UnmatchedReason.options.find((option) => AGAINST[option](line, cases));
  return reason || !state ? { kind: 'unmatched', reason: reason ?? 'unknown-reference' } : { kind: 'match', state };
}

type Against = (line: StatementLine, cases: readonly TransferInCase[]) => boolean;
const any =
  (holds: (line: StatementLine, state: TransferInCase) => boolean): Against =>
  (line, cases) =>
    cases.some((state) => holds(line, state));

/** What each reason means. The first that holds, in the order of the enum, is told. */
const AGAINST: Record<UnmatchedReason, Against> = {
  'unknown-reference': (_, cases) => cases.length === 0,
  'several-cases': (_, cases) => cases.length > 1,
  'amount-differs': any((line, { advice }) => advice?.amountFen !== line.amountFen),
  'account-differs': any((line, { advice }) => advice?.payee.number !== line.account),
  'date-before-remittance': any((line, { advice }) => advice !== undefined && line.valueDate < advice.remittedOn),
  'confirmed-already': any((_, { money }) => money !== undefined),
  'case-ended': any((_, state) => isOver(state)),
  'in-question': any((_, state) => openQueryAbout(state, 'own', 'remittance-advice') !== undefined),
  'not-confirmable': any((_, state) => !mayConfirm(state)),
  // Said by a person who took it from its case.
  rejected: () => false,
};

const namesReference = ({ advice, money }: TransferInCase, { bankReference }: StatementLine): boolean =>
  advice?.bankReference === bankReference || money?.bankReference === bankReference;

/** The same money to the last field, and no other line of a statement was matched with it. */
export const isConfirmedByHand = (state: TransferInCase, line: StatementLine): boolean =>
  hasByHand(state, line) && state.money?.valueDate === line.valueDate;

/** The same transfer, whatever day a clerk typed: he may have mistyped it. */
export const hasByHand = ({ money, moneyFrom }: TransferInCase, line: StatementLine): boolean =>
  money !== undefined &&
  moneyFrom?.bankLine === undefined &&
  money.bankReference === line.bankReference &&
  money.amountFen === line.amountFen;

const mayConfirm = (state: TransferInCase): boolean =>
  transitionOf(state.procedure, state.side, 'confirm-money', state.status) !== undefined &&
  obstacleTo(state, 'confirm-money', undefined) === undefined;
