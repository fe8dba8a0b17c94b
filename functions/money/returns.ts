import type { BankLineRow, ReturnApproval, ReturnEntry } from '../../schemas/money.ts';
import type { CalendarDate, Instant } from '../../schemas/primitives.ts';
import { queued, unqueued } from '../cases/money/bank-line.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import { wrongLineState } from './refusals.ts';

type Said = { by: string; at: Instant };

/** 退回, first person: the line waits for the second (F2). A proposal that nobody approved can be made anew. */
export function returnProposed(row: BankLineRow, { reason }: ReturnEntry, { by, at }: Said): BankLineRow {
  if (row.status === 'returned') throw wrongLineState(row);
  const version = row.version + 1;
  return { ...row, version, status: 'return-proposed', return: { reason, proposal: version, by, proposedAt: at }, ...queued(row) };
}

/** Second person: the money has left by the bank. The row says so for good. */
export function returnApproved(row: BankLineRow, approval: ReturnApproval, { by, at, today }: Said & { today: CalendarDate }): BankLineRow {
  const proposed = row.return;
  if (row.status !== 'return-proposed' || !proposed) throw wrongLineState(row);
  if (proposed.by === by) {
    throw new Refusal('case.same-person', [finding('proposal', 'same_person', '不得复核本人提交的事项 (you proposed it yourself)')]);
  }
  const { proposal, returnedOn, bankReference } = approval;
  if (proposal !== proposed.proposal) {
    const reason = `现待复核的是第 ${proposed.proposal} 号 (proposal ${proposed.proposal} is the one to approve)`;
    throw new Refusal('money.wrong-state', [finding('proposal', 'not_current', reason)]);
  }
  if (returnedOn > today) notMatching('future', '退回日期在将来 (the date lies in the future)');
  if (returnedOn < row.line.valueDate) notMatching('contradiction', '退回日期早于入账日期 (the money had not come yet)');
  const done = { approvedBy: by, approvedAt: at, returnedOn, bankReference };
  return { ...unqueued(row), version: row.version + 1, status: 'returned', return: { ...proposed, ...done } };
}

const notMatching = (code: string, reason: string): never => refuse('money.not-matching', finding('returnedOn', code, reason));
