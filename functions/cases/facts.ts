import type { CaseQuery, TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import { DocumentKind, type Scheme, type Side } from '../../schemas/codes.ts';
import type { CoverageVoucher, DatedPayee } from '../../schemas/documents.ts';
import type { LetterNumber, MessageId, RegionCode } from '../../schemas/primitives.ts';
import { isFinal } from '../../schemas/procedures.ts';

/** What a state says, wherever it keeps it: a case began by form, voucher or request, and each carries the same facts. */

export function schemesOf({ letter, request, ...state }: TransferCase): { formerScheme: Scheme; newScheme: Scheme | undefined } {
  if (letter) return letter;
  if (request) return request;
  const { voucher } = state;
  if (state.side === 'transferIn' && state.application) {
    return { formerScheme: (voucher ?? state.application.voucher).scheme, newScheme: state.application.scheme };
  }
  if (!voucher) throw new TypeError('a case without letter, request, application and voucher');
  return { formerScheme: voucher.scheme, newScheme: undefined };
}

/** The voucher in its current version: as sent or corrected by transferOut, else as the person handed it in. */
export const voucherOf = ({ voucher, application }: TransferInCase): CoverageVoucher | undefined => voucher ?? application?.voucher;

/** Region whose relation is handed over. */
export const formerRegionOf = ({ side, region, counterpart }: TransferCase): RegionCode => (side === 'transferOut' ? region : counterpart);

/** Account of transferIn for the balance: named by the letter, or under procedure 2021 by transferIn's verdict. */
export const payeeOf = ({ letter, payee }: TransferCase): DatedPayee | undefined => letter?.payee ?? payee;

/** Whether the balance is asked for. */
export const wantsAccount = ({ letter, request }: TransferCase): boolean => letter?.transferAccount ?? request?.transferAccount ?? false;

/** The letter that documents answer; none under procedure 2021. */
export const letterNumberOf = ({ letter }: TransferCase): { letterNumber?: LetterNumber } =>
  letter ? { letterNumber: letter.number } : {};

export const openerOf = ({ opener }: TransferCase): Side => opener ?? 'transferIn';

export const openQueries = ({ queries = [] }: TransferCase, by: CaseQuery['by']): CaseQuery[] =>
  queries.filter((query) => query.by === by && query.answer === undefined);

export const openQueryAbout = (state: TransferCase, by: CaseQuery['by'], about: DocumentKind): CaseQuery | undefined =>
  openQueries(state, by).find((query) => query.about === about);

/** Documents that each side makes, so that the other may query them. */
const MADE_BY: Record<Side, readonly DocumentKind[]> = {
  transferIn: ['liaison-letter'],
  transferOut: ['coverage-voucher', 'information-table', 'remittance-advice', 'not-remitted'],
};
const otherSide = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
const makes = (side: Side, kind: DocumentKind, state: TransferCase): boolean =>
  kind === 'transfer-request' ? openerOf(state) === side : MADE_BY[side].includes(kind);

/**
 * Messages that brought the current versions of what the other side made, by document; after the completion only the advice of money still to
 * come, and the table as long as money may come that does not agree with it.
 */
export function queryable(state: TransferCase): Map<DocumentKind, MessageId> {
  const documents = documentsOf(state, otherSide(state.side));
  if (!isFinal(state.status)) return documents;
  const open = isMoneyOpen(state);
  const asked: DocumentKind[] = [
    ...(open ? (['remittance-advice'] as const) : []),
    ...(open || isUncredited(state) ? (['information-table'] as const) : []),
  ];
  return new Map([...documents].filter(([kind]) => asked.includes(kind)));
}

/** Money was advised, or the table announces it, and it has not come yet. */
export const isMoneyOpen = (state: TransferCase): boolean =>
  state.side === 'transferIn' &&
  state.money === undefined &&
  state.notRemitted === undefined &&
  (state.advice?.amountFen ?? state.table?.transferredFen ?? 0) > 0;

/** Ended without a hand-over: money that came for it is nobody's, or goes back. */
export const isOver = ({ ended, status }: TransferInCase): boolean => ended !== undefined || (isFinal(status) && status !== 'completed');

/** Money for it was advised and is still to come. */
export const awaitsMoney = (state: TransferInCase): boolean => state.advice !== undefined && state.money === undefined && !isOver(state);

/**
 * On the personal account: by a credit, or by the completion, which said so before there was a credit of its own. Then the confirmation was also
 * the last step for money that came after the completion; who confirmed it was not kept.
 */
export const isCredited = ({ credit, completion, status, money, moneyFrom }: TransferInCase): boolean =>
  credit !== undefined || (completion?.creditedFen ?? 0) > 0 || (status === 'completed' && money !== undefined && moneyFrom === undefined);

/** Money is in and not on the account yet; the first version of the procedure had no such step. */
export const isUncredited = (state: TransferCase): boolean =>
  state.side === 'transferIn' && state.procedure !== '2016.1' && state.money !== undefined && !isCredited(state);

/** The same of what this side made. */
export const ownDocuments = (state: TransferCase): Map<DocumentKind, MessageId> => documentsOf(state, state.side);

function documentsOf(state: TransferCase, side: Side): Map<DocumentKind, MessageId> {
  return new Map(
    DocumentKind.options.flatMap((kind) => {
      const version = state.versions?.[kind];
      return version !== undefined && makes(side, kind, state) ? [[kind, version] as const] : [];
    }),
  );
}

/** True where the counterpart holds a copy of the case: something was sent to it, or came from it. */
export const counterpartHasCopy = ({ sequences }: TransferCase): boolean => sequences.sent > 0 || sequences.handled > 0;

/** The document of a kind as it is now. */
export function documentOf(state: TransferCase, kind: DocumentKind): unknown {
  switch (kind) {
    case 'liaison-letter':
      return state.letter;
    case 'coverage-voucher':
      return state.side === 'transferIn' ? voucherOf(state) : state.voucher;
    case 'information-table':
      return state.table;
    case 'remittance-advice':
      return state.advice;
    case 'not-remitted':
      return state.notRemitted;
    case 'transfer-request':
      return state.request;
    default:
      return kind satisfies never;
  }
}

export function ofTransferIn(state: TransferCase): TransferInCase {
  if (state.side !== 'transferIn') throw new TypeError('the step belongs to the other side');
  return state;
}

export function ofTransferOut(state: TransferCase): TransferOutCase {
  if (state.side !== 'transferOut') throw new TypeError('the step belongs to the other side');
  return state;
}
