import type { TransferCase } from '../../schemas/cases.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertConsistent, contradiction, NOTHING, only, telling } from './decisions.ts';
import { letterNumberOf, ofTransferIn } from './facts.ts';

/** The end of the hand-over at transferIn (S94 7; S21). */

/** Money on the bank account of this region, agreeing with its advice to the fen; it counts by the bank's value date (S94 7). */
export function confirmMoney(state: TransferCase, { money }: CommandOf<'confirm-money'>, { today }: Context): Decision {
  const { advice } = state;
  const findings: (FieldError | false)[] = [
    money.valueDate > today && contradiction('valueDate', '到账日期在将来 (value date lies in the future)'),
    advice !== undefined &&
      money.valueDate < advice.remittedOn &&
      contradiction('valueDate', '到账日期早于划转日期 (value date is before the remittance)'),
    advice?.amountFen !== money.amountFen &&
      finding('amountFen', 'amount_mismatch', '到账金额与划转通知不一致 (amount differs from the remittance advice)'),
  ];
  assertConsistent(findings);
  return only({ type: 'money-received', money });
}

/** 办结 (S94 7; S21): what was to be checked first is an obstacle; the notice closes the other side (B16). */
export function complete(state: TransferCase, _: CommandOf<'complete'>, { messageId, today }: Context): Decision {
  const { money, versions, counterpart } = ofTransferIn(state);
  const notice = { ...letterNumberOf(state), completedOn: today, creditedFen: money?.amountFen ?? NOTHING };
  return telling(
    { type: 'completed', notice, messageId },
    {
      type: 'cn.jiexu.completion-notice.v2',
      id: messageId,
      recipient: counterpart,
      data: notice,
      answers: versions?.['information-table'],
    },
  );
}

/** The applicant was told that the hand-over is refused (A9); until then the case is the clerk's task. */
export const notifyApplicant = (_: TransferCase, { channel, note }: CommandOf<'notify-applicant'>): Decision =>
  only({ type: 'applicant-notified', channel, ...(note !== undefined && { note }) });
