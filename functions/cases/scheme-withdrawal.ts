import type { TransferInCase } from '../../schemas/cases.ts';
import type { SchemeWithdrawal } from '../../schemas/conversation.ts';
import type { Region } from '../../schemas/directory.ts';
import type { LiaisonLetter } from '../../schemas/documents.ts';
import type { OutgoingMessage } from '../../schemas/messages.ts';
import type { MessageId } from '../../schemas/primitives.ts';
import type { Context, Decision } from './commands.ts';

const TYPE = 'cn.jiexu.scheme-withdrawal.v1';
const RURAL = '380';

/**
 * 新型农村合作医疗参合人员参加城镇基本医疗保险后，由就业地经办机构通知户籍所在地新农合经办机构 (S191 4; A15): the notice goes with the letter.
 * Software that does not know the message would quarantine it and all that follows; there the notice goes another way, and the case says so.
 */
export function withSchemeWithdrawal(decision: Decision, state: TransferInCase, letter: LiaisonLetter, context: Context): Decision {
  if (state.procedure === '2016.1' || letter.formerScheme !== RURAL || letter.newScheme === RURAL) return decision;
  const notice: SchemeWithdrawal = {
    person: letter.person,
    ...(letter.insuranceNumber && { insuranceNumber: letter.insuranceNumber }),
    scheme: letter.formerScheme,
    joinedScheme: letter.newScheme,
    joinedRegion: state.region,
    noticeOn: context.today,
  };
  return withNotice(decision, notice, context.counterpart, context.secondMessageId);
}

/** The same notice to the region that a letter was forwarded to (B6). */
export const withSchemeWithdrawalAgain = (
  decision: Decision,
  { schemeWithdrawal }: TransferInCase,
  { forwardTo, thirdMessageId }: Context,
): Decision => (schemeWithdrawal ? withNotice(decision, schemeWithdrawal.notice, forwardTo, thirdMessageId) : decision);

/** The region that has the notice answers it no more, and there is no other to send it to. */
export const withSchemeWithdrawalByHand = ({ events, messages }: Decision, { schemeWithdrawal }: TransferInCase): Decision =>
  schemeWithdrawal?.messageId && !schemeWithdrawal.answer
    ? { events: [...events, { type: 'scheme-withdrawal-by-hand', notice: schemeWithdrawal.notice }], messages }
    : { events, messages };

function withNotice({ events, messages }: Decision, notice: SchemeWithdrawal, to: Region | undefined, messageId: MessageId): Decision {
  if (!to?.messages?.includes(TYPE)) return { events: [...events, { type: 'scheme-withdrawal-by-hand', notice }], messages };
  const message: OutgoingMessage = { type: TYPE, id: messageId, recipient: to.code, data: notice };
  return { events: [...events, { type: 'scheme-withdrawal-sent', notice, messageId }], messages: [...messages, message] };
}
