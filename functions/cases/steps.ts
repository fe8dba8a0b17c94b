import type { TransferCase } from '../../schemas/cases.ts';
import type { CommandName } from '../../schemas/procedures.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { receiveCorrection } from './corrections.ts';
import {
  answerSchemeWithdrawal,
  assessEntitlement,
  deliverNotice,
  receiveSchemeWithdrawal,
  receiveSchemeWithdrawalAnswer,
  supplementRecord,
} from './decide-after.ts';
import { accept, apply, handInMaterials, openCase, returnMaterials, sendLetter } from './decide-application.ts';
import { correct, explain, query, receiveExplanation, receiveQuery, receiveReminder, remind } from './decide-conversation.ts';
import {
  answerClosure,
  forward,
  proposeClosure,
  receiveClosureAnswer,
  receiveClosureProposal,
  receiveForwarded,
  receiveIneligibility,
  receiveWithdrawal,
  receiveWithdrawalAnswer,
  refuseTransfer,
  withdraw,
} from './decide-ending.ts';
import { complete, notifyApplicant } from './decide-in.ts';
import { receiveLetter, receiveVoucher, sendVoucher } from './decide-letter.ts';
import { approveRemittance, confirmMoney, credit, proposeRemittance, rejectMoney } from './decide-money.ts';
import {
  approveTable,
  approveTermination,
  confirmTermination,
  notRemit,
  proposeTable,
  proposeTermination,
  receiveCompletion,
  remit,
  sendTable,
} from './decide-out.ts';
import { giveVerdict, receiveRequest, receiveVerdict, request } from './decide-request.ts';
import { recordDelivery } from './decisions.ts';
import type { Folded } from './evolve.ts';
import { receiveAdvice, receiveNotRemitted, receiveTable } from './receive-in.ts';
import { caseNotFound } from './refusals.ts';

type Step<N extends CommandName> = (state: Folded, command: CommandOf<N>, context: Context) => Decision;

/** A step of a case that there is. */
const on =
  <N extends CommandName>(step: (state: TransferCase, command: CommandOf<N>, context: Context) => Decision): Step<N> =>
  (state, command, context) => {
    if (!state) throw caseNotFound();
    return step(state, command, context);
  };

/** A step that begins one. */
const first =
  <N extends CommandName>(step: (command: CommandOf<N>, context: Context) => Decision): Step<N> =>
  (_, command, context) =>
    step(command, context);

/** What each command decides, once the transition table has let it through. */
export const STEPS: { [N in CommandName]: Step<N> } = {
  open: first(openCase),
  request: first(request),
  'send-voucher': first(sendVoucher),
  apply: on(apply),
  'return-materials': on(returnMaterials),
  'hand-in-materials': on(handInMaterials),
  accept: on(accept),
  'give-verdict': on(giveVerdict),
  'send-letter': on(sendLetter),
  'confirm-termination': on(confirmTermination),
  'propose-termination': on(proposeTermination),
  'approve-termination': on(approveTermination),
  remit: on(remit),
  'propose-remittance': on(proposeRemittance),
  'approve-remittance': on(approveRemittance),
  'not-remit': on(notRemit),
  'send-table': on(sendTable),
  'propose-table': on(proposeTable),
  'approve-table': on(approveTable),
  'confirm-money': on(confirmMoney),
  'reject-money': on(rejectMoney),
  credit: on(credit),
  'assess-entitlement': on(assessEntitlement),
  'supplement-record': on(supplementRecord),
  complete: on(complete),
  refuse: on(refuseTransfer),
  'notify-applicant': on(notifyApplicant),
  'deliver-notice': on(deliverNotice),
  'answer-scheme-withdrawal': on(answerSchemeWithdrawal),
  forward: on(forward),
  query: on(query),
  correct: on(correct),
  explain: on(explain),
  withdraw: on(withdraw),
  'propose-closure': on(proposeClosure),
  'answer-closure': on(answerClosure),
  remind: on(remind),
  'receive-letter': receiveLetter,
  'receive-voucher': first(receiveVoucher),
  'receive-request': first(receiveRequest),
  'receive-verdict': on(receiveVerdict),
  'receive-remittance-advice': on(receiveAdvice),
  'receive-not-remitted': on(receiveNotRemitted),
  'receive-table': on(receiveTable),
  'receive-completion': on(receiveCompletion),
  'receive-ineligibility': on(receiveIneligibility),
  'receive-forwarded': on(receiveForwarded),
  'receive-query': on(receiveQuery),
  'receive-correction': on(receiveCorrection),
  'receive-explanation': on(receiveExplanation),
  'receive-withdrawal': on(receiveWithdrawal),
  'receive-withdrawal-answer': on(receiveWithdrawalAnswer),
  'receive-closure-proposal': on(receiveClosureProposal),
  'receive-closure-answer': on(receiveClosureAnswer),
  'receive-reminder': on(receiveReminder),
  'receive-scheme-withdrawal': on(receiveSchemeWithdrawal),
  'receive-scheme-withdrawal-answer': on(receiveSchemeWithdrawalAnswer),
  'record-delivery': on(recordDelivery),
};
