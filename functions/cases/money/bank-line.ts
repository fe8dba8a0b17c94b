import { BankLineId, type BankLineRow, type StatementLine, type UnmatchedReason } from '../../../schemas/money.ts';
import {
  CalendarDate,
  type CaseNumber,
  Fen,
  type ImportNumber,
  type Instant,
  type OfficeCode,
  type RegionCode,
} from '../../../schemas/primitives.ts';
import { bankLineKey, bankLineQueue, type Key } from '../keys.ts';

/** A line before it is written in its next version; one that is new has version 0. */
export type LineBase = Omit<BankLineRow, 'version' | 'status'> & { version: number };

type Named = Pick<StatementLine, 'bankReference' | 'valueDate' | 'amountFen'>;

/** Lines of one reference, day and amount are one line, in whatever statements they stand. */
export const lineIdOf = ({ bankReference, valueDate, amountFen }: Named): BankLineId =>
  BankLineId.parse(`${bankReference}~${valueDate}~${amountFen}`);

/** Key of a line by its id; undefined where day or amount are none. */
export function keyOfLine(region: RegionCode, id: BankLineId): Key | undefined {
  const [bankReference = '', date, amount] = id.split('~');
  const valueDate = CalendarDate.safeParse(date);
  const amountFen = Fen.safeParse(Number(amount));
  if (!valueDate.success || !amountFen.success) return undefined;
  return bankLineKey(region, {
    bankReference,
    valueDate: valueDate.data,
    amountFen: amountFen.data,
  });
}

/** What is known of a line when its statement is handed in. */
export type Origin = {
  region: RegionCode;
  importNumber: ImportNumber;
  importedAt: Instant;
  importedBy: string;
  importedOffice: OfficeCode;
};

export const newLine = (line: StatementLine, origin: Origin): LineBase => ({
  ...bankLineKey(origin.region, line),
  kind: 'bank-line',
  lineId: lineIdOf(line),
  line,
  ...origin,
  version: 0,
});

/** It waits for a person in the queue of its region, the oldest money first. */
export const waitingLine = (base: LineBase, reason: UnmatchedReason): BankLineRow => ({
  ...base,
  version: base.version + 1,
  status: 'open',
  reason,
  ...queued(base),
});

export const queued = ({ region, lineId, line }: Pick<LineBase, 'region' | 'lineId' | 'line'>) => ({
  workOffice: bankLineQueue(region),
  workDue: `${line.valueDate}#${lineId}`,
});

/** It belongs to a case and leaves the queue. */
export function matchedLine(
  base: LineBase,
  caseNumber: CaseNumber,
  matchedAt: Instant,
  matchedBy: string,
): BankLineRow & { caseNumber: CaseNumber } {
  return { ...unqueued(base), version: base.version + 1, status: 'matched', caseNumber, matchedAt, matchedBy };
}

/** The case that had it does not any more; a person says whose it is, nobody matches it by its reference again. */
export function reopenedLine({ caseNumber: _, matchedAt: __, matchedBy: ___, ...base }: BankLineRow): BankLineRow {
  return waitingLine(base, 'rejected');
}

export function unqueued<L extends LineBase>(line: L): Omit<L, 'workOffice' | 'workDue' | 'reason'> {
  const { workOffice: _, workDue: __, reason: ___, ...rest } = line;
  return rest;
}
