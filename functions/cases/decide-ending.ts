import type { TransferCase } from '../../schemas/cases.ts';
import type { IneligibilityNotice } from '../../schemas/conversation.ts';
import type { OutgoingMessage } from '../../schemas/messages.ts';
import { isFinal } from '../../schemas/procedures.ts';
import { finding, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { contradiction, noted, only, telling } from './decisions.ts';
import { recipient, takesNumberOf } from './directory-checks.ts';
import { ineligible } from './eligibility.ts';
import { counterpartHasCopy, isCredited, letterNumberOf, ofTransferIn, ofTransferOut } from './facts.ts';
import { speaks } from './procedures/choose.ts';
import { transitionOf } from './procedures/index.ts';
import { wrongState } from './refusals.ts';
import { withSchemeWithdrawalAgain, withSchemeWithdrawalByHand } from './scheme-withdrawal.ts';

/** The roads on which a case ends without a hand-over: refused, withdrawn, closed by agreement, forwarded (S94 6; B4–B6). */

/** 不符合转移条件 (S94 6; B4). */
export function refuseTransfer(state: TransferCase, { entry }: CommandOf<'refuse'>, context: Context): Decision {
  const reasons = entry.reasons.map(({ code, note }) => ineligible(code, note === undefined ? {} : { note }));
  return ineligibilitySent(state, { ...letterNumberOf(state), reasons, decidedOn: context.today }, context);
}

export function ineligibilitySent(
  { counterpart, versions }: Pick<TransferCase, 'counterpart' | 'versions'>,
  notice: IneligibilityNotice,
  { messageId }: Context,
): Decision {
  return telling(
    { type: 'ineligibility-sent', notice, messageId },
    {
      type: 'cn.jiexu.ineligibility-notice.v1',
      id: messageId,
      recipient: counterpart,
      data: notice,
      answers: versions?.['liaison-letter'],
    },
  );
}

export function receiveIneligibility(state: TransferCase, { name: _, ...received }: CommandOf<'receive-ineligibility'>): Decision {
  assertOfLetter(state, received.notice.letterNumber);
  return only({ type: 'ineligibility-received', ...received });
}

function assertOfLetter({ letter }: TransferCase, number: string | undefined): void {
  if (letter?.number === number) return;
  refuse('case.inconsistent', contradiction('data.letterNumber', '联系函编号不是本业务的 (letter number is of another case)'));
}

/** 撤回 (B5): at once while the other side knows of nothing, else a request that its transaction decides. */
export function withdraw(state: TransferCase, { withdrawal }: CommandOf<'withdraw'>, { messageId }: Context): Decision {
  if (!counterpartHasCopy(state)) return only({ type: 'withdrawn', reason: withdrawal.reason });
  return telling(
    { type: 'withdrawal-sent', withdrawal, messageId },
    { type: 'cn.jiexu.withdrawal.v1', id: messageId, recipient: state.counterpart, data: withdrawal },
  );
}

/** The transition table says until when it comes in time. */
export function receiveWithdrawal(
  state: TransferCase,
  { name: _, ...received }: CommandOf<'receive-withdrawal'>,
  context: Context,
): Decision {
  if (isFinal(state.status) || state.status === 'ineligible') return noted('cn.jiexu.withdrawal.v1', received);
  const granted = transitionOf(state.procedure, state.side, 'receive-withdrawal', state.status)?.to.includes('withdrawn') === true;
  const { messageId } = context;
  const answer = { withdrawal: received.messageId, granted };
  return {
    events: [
      { type: 'withdrawal-received', granted, ...received },
      { type: 'withdrawal-answered', answer, messageId },
    ],
    messages: [
      { type: 'cn.jiexu.withdrawal-answer.v1', id: messageId, recipient: state.counterpart, data: answer, answers: received.messageId },
    ],
  };
}

export function receiveWithdrawalAnswer(state: TransferCase, { name: _, ...received }: CommandOf<'receive-withdrawal-answer'>): Decision {
  const { withdrawal } = ofTransferIn(state);
  if (withdrawal === undefined || withdrawal !== received.answer.withdrawal) return noted('cn.jiexu.withdrawal-answer.v1', received);
  return only({ type: 'withdrawal-answer-received', ...received });
}

/** 协商终结 (B5): remitted money has to go back, and the proposal says how. */
export function proposeClosure(state: TransferCase, { proposal }: CommandOf<'propose-closure'>, { messageId }: Context): Decision {
  if (state.advice && proposal.money === undefined) {
    refuse('case.inconsistent', finding('money', 'missing', '个人账户余额已划转，须说明如何退回 (say how the remitted money goes back)'));
  }
  return telling(
    { type: 'closure-proposed', proposal, messageId },
    { type: 'cn.jiexu.closure-proposal.v1', id: messageId, recipient: state.counterpart, data: proposal },
  );
}

export function receiveClosureProposal(state: TransferCase, { name: _, ...received }: CommandOf<'receive-closure-proposal'>): Decision {
  if (isFinal(state.status) || state.status === 'ineligible') return noted('cn.jiexu.closure-proposal.v1', received);
  return only({ type: 'closure-proposal-received', ...received });
}

export function answerClosure(state: TransferCase, { entry }: CommandOf<'answer-closure'>, { messageId }: Context): Decision {
  const { closure } = state;
  if (!closure) throw wrongState(state);
  if (entry.agreed && state.side === 'transferIn' && isCredited(state)) {
    refuse(
      'case.inconsistent',
      finding('agreed', 'credited', '划转金额已计入个人账户，不得终结 (the money is on the account: complete instead)'),
    );
  }
  const answer = { ...entry, proposal: closure.messageId };
  return telling(
    { type: 'closure-answered', answer, messageId },
    { type: 'cn.jiexu.closure-answer.v1', id: messageId, recipient: state.counterpart, data: answer, answers: closure.messageId },
  );
}

export function receiveClosureAnswer(state: TransferCase, { name: _, ...received }: CommandOf<'receive-closure-answer'>): Decision {
  const { closure } = state;
  if (closure?.by !== 'own' || closure.messageId !== received.answer.proposal) return noted('cn.jiexu.closure-answer.v1', received);
  return only({ type: 'closure-answer-received', ...received });
}

/** A letter that goes from hand to hand is nobody's; its schema keeps as many stations. */
const MOST_FORWARDS = 5;

/**
 * 转送 (B6): names the region that holds the relation. TransferIn sends its letter there under the same number, so that the new recipient has it
 * from the office that answers for it, and both know the second of its receipt.
 */
export function forward(state: TransferCase, { entry }: CommandOf<'forward'>, context: Context): Decision {
  const { letter, counterpart, region, times, versions } = ofTransferOut(state);
  const firstReceivedAt = times['letter-received'];
  const letterId = versions?.['liaison-letter'];
  if (!letter || !firstReceivedAt || !letterId) throw wrongState(state);
  const had = [region, counterpart, ...(letter.forwardedFrom ?? []).map((hop) => hop.region)];
  if (had.includes(entry.region)) {
    refuse('case.inconsistent', finding('region', 'had_before', '该地区已经收到过此联系函 (this region has had the letter)'));
  }
  if ((letter.forwardedFrom ?? []).length >= MOST_FORWARDS) {
    refuse(
      'case.inconsistent',
      finding('region', 'too_often', '联系函已多次转送，请告知转入地不符合转移条件 (forwarded too often: refuse instead)'),
    );
  }
  const { counterpart: next } = recipientOfForward(context);
  if (!speaks(next, state.procedure)) {
    refuse(
      'recipient.not-connected',
      finding('region', 'version', '该地区系统不支持本业务适用的规程 (the region does not speak the procedure)'),
    );
  }
  if (!takesNumberOf(next, letter.person)) {
    refuse('recipient.version', finding('region', 'version', '该地区系统只能按身份证号办理 (the region’s software knows ID numbers only)'));
  }
  const { messageId } = context;
  const notice = { ...entry, letterNumber: letter.number, letter: letterId, firstReceivedAt };
  return telling(
    { type: 'forwarded', notice, messageId },
    { type: 'cn.jiexu.forwarded.v1', id: messageId, recipient: counterpart, data: notice, answers: letterId },
  );
}

const recipientOfForward = ({ forwardTo, forwardOffice, ...context }: Context) =>
  recipient({ ...context, forwardTo, forwardOffice, counterpart: forwardTo, counterpartOffice: forwardOffice }, 'region');

/** The same letter goes to the region named, its first receipt with it; a withdrawal that was under way follows. */
export function receiveForwarded(
  state: TransferCase,
  { name: _, ...received }: CommandOf<'receive-forwarded'>,
  context: Context,
): Decision {
  const { letter, withdrawal, counterpart, clocks, runs } = ofTransferIn(state);
  const { notice } = received;
  assertOfLetter(state, notice.letterNumber);
  if (!letter) throw wrongState(state);
  const { forwardTo, forwardOffice, messageId, secondMessageId } = context;
  const hops = letter.forwardedFrom ?? [];
  const wasThere =
    hops.length >= MOST_FORWARDS ||
    notice.region === context.region.code ||
    notice.region === counterpart ||
    hops.some(({ region }) => region === notice.region);
  const cannot = !forwardTo?.inboxUrl || !forwardOffice || !speaks(forwardTo, state.procedure) || !takesNumberOf(forwardTo, letter.person);
  if (cannot || wasThere) {
    const failed: Decision = only({
      type: 'forward-failed',
      reasons: [ineligible('forward-failed', { note: notice.reason.slice(0, 300) })],
      ...received,
    });
    return withSchemeWithdrawalByHand(failed, ofTransferIn(state));
  }
  const sentOn = {
    ...letter,
    to: { region: forwardTo.code, office: forwardOffice.code, name: forwardOffice.name },
    forwardedFrom: [...hops, { region: counterpart, messageId: notice.letter, receivedAt: notice.firstReceivedAt }],
  };
  const running = clocks['transfer-out'];
  const run = runs?.['transfer-out'];
  const stops: Decision['events'] =
    running && running.stoppedAt === undefined
      ? [{ type: 'clock-stopped', clock: 'transfer-out', stoppedAt: received.sentAt, late: false, ...(run && { run }) }]
      : [];
  const letterMessage: OutgoingMessage = { type: 'cn.jiexu.liaison-letter.v1', id: messageId, recipient: forwardTo.code, data: sentOn };
  const events: Decision['events'] = [
    ...stops,
    { type: 'forwarded-received', ...received },
    { type: 'letter-sent', letter: sentOn, messageId },
  ];
  if (withdrawal === undefined) return withSchemeWithdrawalAgain({ events, messages: [letterMessage] }, ofTransferIn(state), context);
  const again = { reason: '转送前已申请撤回' };
  const both: Decision = {
    events: [...events, { type: 'withdrawal-sent', withdrawal: again, messageId: secondMessageId }],
    messages: [letterMessage, { type: 'cn.jiexu.withdrawal.v1', id: secondMessageId, recipient: forwardTo.code, data: again }],
  };
  return withSchemeWithdrawalAgain(both, ofTransferIn(state), context);
}
