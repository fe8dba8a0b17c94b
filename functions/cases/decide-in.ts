import type { TransferCase } from '../../schemas/cases.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { NOTHING, only, telling } from './decisions.ts';
import { letterNumberOf, ofTransferIn } from './facts.ts';

/** The end of the hand-over at transferIn (S94 7; S21). */

/** 办结 (S94 7; S21): what was to be checked first is an obstacle; the notice closes the other side (B16). */
export function complete(state: TransferCase, _: CommandOf<'complete'>, { messageId, today }: Context): Decision {
  const { money, credit, versions, counterpart, procedure } = ofTransferIn(state);
  const credited = procedure === '2016.1' ? money : credit;
  const notice = { ...letterNumberOf(state), completedOn: today, creditedFen: credited?.amountFen ?? NOTHING };
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
