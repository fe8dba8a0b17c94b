import { type CalendarDate, Fen } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import type { AccountMovement } from '../../schemas/vouchers.ts';
import { finding } from '../platform/errors.ts';

/** 个人账户余额 in fen: what was credited less what was spent. Nothing where there is no account. */
export const balanceOf = (account: readonly AccountMovement[]): number =>
  account.reduce((balance, { creditedFen, spentFen }) => balance + creditedFen - spentFen, 0);

/**
 * What is wrong with the movements of an account, which may come in any order: a month in the future or stated twice, and in the order of the
 * months the first at which the account would be overdrawn or hold more than any can.
 */
export function accountFindings(account: readonly AccountMovement[], today: CalendarDate): FieldError[] {
  const thisMonth = today.slice(0, 7);
  const months = account.map(({ month }) => month);
  const ofRows = account.flatMap(({ month }, i) => [
    ...(month > thisMonth ? [finding(`account.${i}.month`, 'future', '月份在将来 (the month lies in the future)')] : []),
    ...(months.indexOf(month) < i ? [finding(`account.${i}.month`, 'repeated', '该月份重复 (the month is stated twice)')] : []),
  ]);
  return [...ofRows, ...runningFindings(account)];
}

function runningFindings(account: readonly AccountMovement[]): FieldError[] {
  const rows = account.map((movement, i) => ({ ...movement, i })).sort((a, b) => (a.month < b.month ? -1 : Number(a.month > b.month)));
  let balance = 0;
  for (const { creditedFen, spentFen, i } of rows) {
    balance += creditedFen - spentFen;
    if (balance < 0) {
      return [finding(`account.${i}.spentFen`, 'overdrawn', '至该月支出多于收入 (more is spent by this month than was credited)')];
    }
    if (!Fen.safeParse(balance).success) {
      return [finding(`account.${i}.creditedFen`, 'too_large', '至该月余额超出上限 (the balance at this month is beyond the limit)')];
    }
  }
  return [];
}
