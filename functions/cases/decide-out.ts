import type { TransferCase, TransferOutCase } from '../../schemas/cases.ts';
import type { InformationTable, InformationTableEntry, RemittanceAdvice } from '../../schemas/documents.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertChanged, correctionSent } from './corrections.ts';
import { NOTHING, onDocument, only, telling } from './decisions.ts';
import { factReasons, notEligible } from './eligibility.ts';
import { letterNumberOf, ofTransferOut, openQueryAbout, payeeOf, schemesOf } from './facts.ts';
import { officeOfCallerUnknown, wrongState } from './refusals.ts';
import { tableFindings } from './table.ts';

/** The hand-over at transferOut (S94 6; S21): relation, account, table, in this order. */

/** 终止 in the first version of the procedure: one person alone. */
export function confirmTermination(state: TransferCase, { terminatedOn }: CommandOf<'confirm-termination'>, { today }: Context): Decision {
  assertInTime('terminatedOn', terminatedOn, state, today);
  return only({ type: 'relation-terminated', terminatedOn });
}

/** 终止 (S94 6.1), first person: what this office knows of the relation and the day it ends. Another one approves (F2). */
export function proposeTermination(state: TransferCase, command: CommandOf<'propose-termination'>, context: Context): Decision {
  const { terminatedOn, facts } = command;
  assertInTime('terminatedOn', terminatedOn, state, context.today);
  if (facts.side !== 'transferOut')
    refuse('request.invalid', finding('facts.side', 'invalid', '须说明转出地情况 (say what transferOut knows)'));
  const reasons = factReasons(facts);
  if (reasons.length > 0) throw notEligible(reasons);
  return only({ type: 'termination-proposed', terminatedOn, facts, ...proposedBy(state, context) });
}

/** Second person: exactly once; the transition table leaves no second way (B7). */
export function approveTermination(state: TransferCase, { proposal }: CommandOf<'approve-termination'>): Decision {
  const { termination } = ofTransferOut(state);
  if (!termination) throw wrongState(state);
  assertSame(proposal, termination.proposal);
  return only({ type: 'relation-terminated', terminatedOn: termination.terminatedOn });
}

/** A proposal is named by the version of the case that it makes. */
export const proposedBy = ({ version }: TransferCase, { actor }: Context) => ({
  proposal: version + 1,
  by: actor.kind === 'caller' ? actor.subject : '',
});

export function assertSame(approved: number, proposed: number): void {
  if (approved === proposed) return;
  const reason = `现待复核的是第 ${proposed} 号 (proposal ${proposed} is the one to approve)`;
  throw new Refusal('case.inconsistent', [finding('proposal', 'not_current', reason)]);
}

/** No step precedes the letter that asks for it (S94 6), or the acceptance (S21). */
function assertInTime(field: string, date: CalendarDate, { letter, acceptedAt }: TransferCase, today: CalendarDate): void {
  if (date > today) refuse('case.inconsistent', finding(field, 'future', '日期在将来 (the date lies in the future)'));
  if (letter && date < letter.date)
    refuse('case.inconsistent', finding(field, 'before_letter', '日期早于联系函 (the date is before the letter)'));
  if (acceptedAt && date < chinaDate(acceptedAt)) {
    refuse('case.inconsistent', finding(field, 'before_acceptance', '日期早于受理 (the date is before the acceptance)'));
  }
}

/** 个人账户划转 (S94 6.2), by one person alone in the first version of the procedure: labelled with name and social-security number; the payee is the one that transferIn named (B10). */
export function remit(state: TransferCase, { entry }: CommandOf<'remit'>, context: Context): Decision {
  const advice = adviceOf(state, entry, context);
  const { messageId } = context;
  return telling(
    { type: 'remitted', advice, messageId },
    { type: 'cn.jiexu.remittance-advice.v2', id: messageId, recipient: state.counterpart, data: advice, answers: askedBy(state) },
  );
}

export function adviceOf(state: TransferCase, entry: CommandOf<'remit'>['entry'], { today, office }: Context): RemittanceAdvice {
  if (!office) throw officeOfCallerUnknown();
  const payee = payeeOf(state);
  if (!payee) throw wrongState(state);
  assertInTime('remittedOn', entry.remittedOn, state, today);
  return { ...entry, ...letterNumberOf(state), person: state.person, payer: { office: office.code, name: office.name }, payee };
}

/** What asked for the hand-over: the letter, or the request. In the first version of the procedure the command is the cause. */
export const askedBy = ({ versions }: TransferCase) => versions?.['liaison-letter'] ?? versions?.['transfer-request'];

/** Nothing is transferred, for a reason that has a code (S191 7; B11). */
export function notRemit(state: TransferCase, { entry }: CommandOf<'not-remit'>, { messageId }: Context): Decision {
  const notice = noticeOf(state, entry);
  return telling(
    { type: 'not-remitted', notice, messageId },
    { type: 'cn.jiexu.not-remitted.v2', id: messageId, recipient: state.counterpart, data: notice, answers: askedBy(state) },
  );
}

export function noticeOf(state: TransferCase, entry: CommandOf<'not-remit'>['entry']) {
  const { letter, request } = state;
  if (entry.reason === 'not-requested' && (letter ?? request)?.transferAccount) {
    refuse('case.inconsistent', finding('reason', 'requested', '转入地要求划转 (the transfer is asked for)'));
  }
  return { ...entry, ...letterNumberOf(state) };
}

/** 信息表 in the first version of the procedure: one person alone. */
export const sendTable = (state: TransferCase, { entry }: CommandOf<'send-table'>, context: Context): Decision =>
  tableSent(state, entry, context);

/** 信息表 (S94 6.3), first person: checked against itself and against what was remitted (B8). */
export function proposeTable(state: TransferCase, { entry }: CommandOf<'propose-table'>, context: Context): Decision {
  assertTable(ofTransferOut(state), entry, context.today);
  const query = state.table && openQueryAbout(state, 'counterpart', 'information-table')?.id;
  const replaces = state.versions?.['information-table'];
  // Said to the one who typed it, not to the second person.
  if (query && replaces) assertChanged(state, { about: 'information-table', query, replaces, document: tableOf(state, entry, context) });
  return only({ type: 'table-proposed', entry, ...(query && { query }), ...proposedBy(state, context) });
}

/** Second person: what was proposed goes out, at first as the table, later as a correction of it (B8, B9). */
export function approveTable(state: TransferCase, { proposal }: CommandOf<'approve-table'>, context: Context): Decision {
  const { tableProposal, versions } = ofTransferOut(state);
  if (!tableProposal) throw wrongState(state);
  assertSame(proposal, tableProposal.proposal);
  const { entry, query } = tableProposal;
  const replaces = versions?.['information-table'];
  if (!query || !replaces) return tableSent(state, entry, context);
  assertTable(ofTransferOut(state), entry, context.today);
  return correctionSent(state, { about: 'information-table', query, replaces, document: tableOf(state, entry, context) }, context);
}

function tableSent(state: TransferCase, entry: InformationTableEntry, context: Context): Decision {
  const { messageId, today } = context;
  assertTable(ofTransferOut(state), entry, today);
  const table = tableOf(state, entry, context);
  return telling(
    { type: 'table-sent', table, messageId },
    { type: 'cn.jiexu.information-table.v2', id: messageId, recipient: state.counterpart, data: table, answers: askedBy(state) },
  );
}

/** The head is made from case data and the directory; a corrected table keeps its number. */
export function tableOf(state: TransferCase, entry: InformationTableEntry, { office, documentNumber, today }: Context): InformationTable {
  const number = state.table?.number ?? documentNumber;
  if (!office || !number) throw officeOfCallerUnknown();
  const { formerScheme, newScheme } = schemesOf(state);
  if (!newScheme) throw wrongState(state);
  return {
    ...entry,
    number,
    date: today,
    ...letterNumberOf(state),
    person: state.person,
    from: onDocument(office),
    toRegion: state.counterpart,
    formerScheme,
    newScheme,
    transferredFen: state.advice?.amountFen ?? NOTHING,
  };
}

function assertTable(state: TransferOutCase, entry: InformationTableEntry, today: CalendarDate): void {
  const wrong = [...tableFindings(entry, today), ...balanceFindings(state, entry)];
  if (wrong.length > 0) throw new Refusal('case.inconsistent', wrong);
}

function balanceFindings({ advice, notRemitted }: TransferOutCase, { balanceFen }: InformationTableEntry): FieldError[] {
  if (advice && advice.amountFen !== balanceFen) {
    return [finding('balanceFen', 'amount_mismatch', '余额与划转金额不一致 (balance and remittance differ)')];
  }
  if ((notRemitted?.reason === 'zero-balance' || notRemitted?.reason === 'no-personal-account') && balanceFen !== 0) {
    return [finding('balanceFen', 'amount_mismatch', '已告知无余额可划转 (it was said that there is no balance)')];
  }
  return [];
}

/** 办结通知 closes this copy by itself (B16); under procedure 2021 it ends the relation (B7: 转移接续完成后，转出地参保关系自动终止). */
export function receiveCompletion(state: TransferCase, { name: _, ...received }: CommandOf<'receive-completion'>): Decision {
  if (received.notice.letterNumber !== state.letter?.number) {
    refuse('case.inconsistent', finding('data.letterNumber', 'contradiction', '联系函编号不是本业务的 (letter number is of another case)'));
  }
  return only({ type: 'completion-received', ...received });
}
