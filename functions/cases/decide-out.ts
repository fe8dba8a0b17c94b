import type { TransferOutCase } from '../../schemas/cases.ts';
import type { InformationTable, InformationTableEntry, LiaisonLetter } from '../../schemas/documents.ts';
import { type CalendarDate, Fen } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import type { Command, CommandOf, Context, Decision } from './commands.ts';
import { onDocument, only, recordDelivery } from './decisions.ts';
import { CURRENT_PROCEDURE } from './procedures/index.ts';
import { notByHand, officeOfCallerUnknown, wrongState } from './refusals.ts';
import { tableFindings } from './table.ts';

const NOTHING = Fen.parse(0);

/** A letter begins this region's copy; its clock runs from the receipt, whether or not a clerk opens it (B2). */
export function receiveLetter({ letter, messageId, sequence, sentAt }: CommandOf<'receive-letter'>, context: Context): Decision {
  const { actor, caseNumber, region, office } = context;
  if (actor.kind !== 'message') throw notByHand();
  const foreign = letter.from.region !== actor.region || !caseNumber.startsWith(actor.region) || letter.to.region !== region.code;
  if (foreign)
    refuse('message.wrong-party', finding('data.from.region', 'wrong_party', '联系函不是发送地区的 (the letter is not the sender’s)'));
  if (!office) throw new Refusal('directory.office-unknown', [finding('data.to.office', 'unknown', '目录中没有收件机构 (no such office)')]);
  return only({
    type: 'letter-received',
    caseNumber,
    region: region.code,
    office: office.code,
    procedure: CURRENT_PROCEDURE,
    letter,
    messageId,
    sequence,
    sentAt,
  });
}

export function decideTransferOut(state: TransferOutCase, command: Command, context: Context): Decision {
  switch (command.name) {
    case 'confirm-termination':
      return confirmTermination(state, command, context);
    case 'remit':
      return remit(state, command, context);
    case 'not-remit':
      return notRemit(state, command, context);
    case 'send-table':
      return sendTable(state, command, context);
    case 'receive-completion':
      return receiveCompletion(state, command);
    case 'record-delivery':
      return recordDelivery(command);
    case 'open':
    case 'accept':
    case 'send-letter':
    case 'confirm-money':
    case 'complete':
    case 'receive-letter':
    case 'receive-remittance-advice':
    case 'receive-not-remitted':
    case 'receive-table':
      throw wrongState(state);
    default:
      return command satisfies never;
  }
}

/** 终止 (S94 6.1): exactly once; the transition table leaves no second way (B7). */
function confirmTermination({ letter }: TransferOutCase, { terminatedOn }: CommandOf<'confirm-termination'>, { today }: Context): Decision {
  assertInTime('terminatedOn', terminatedOn, letter, today);
  return only({ type: 'relation-terminated', terminatedOn });
}

/** No step of article 6 precedes the letter that asks for it. */
function assertInTime(field: string, date: CalendarDate, letter: LiaisonLetter, today: CalendarDate): void {
  if (date > today) refuse('case.inconsistent', finding(field, 'future', '日期在将来 (the date lies in the future)'));
  if (date < letter.date) refuse('case.inconsistent', finding(field, 'before_letter', '日期早于联系函 (the date is before the letter)'));
}

/** 个人账户划转 (S94 6.2): labelled with name and social-security number; the payee is the one of the letter (B10). */
function remit(state: TransferOutCase, { entry }: CommandOf<'remit'>, { today, messageId, office }: Context): Decision {
  if (!office) throw officeOfCallerUnknown();
  assertInTime('remittedOn', entry.remittedOn, state.letter, today);
  const { letter, person, counterpart } = state;
  const advice = { ...entry, letterNumber: letter.number, person, payer: { office: office.code, name: office.name }, payee: letter.payee };
  return {
    events: [{ type: 'remitted', advice, messageId }],
    messages: [{ type: 'cn.jiexu.remittance-advice.v1', id: messageId, recipient: counterpart, data: advice }],
  };
}

/** Nothing is transferred, for a reason that has a code (S191 7; B11). */
function notRemit(state: TransferOutCase, { entry }: CommandOf<'not-remit'>, { messageId }: Context): Decision {
  if (entry.reason === 'not-requested' && state.letter.transferAccount) {
    refuse('case.inconsistent', finding('reason', 'requested', '联系函要求划转 (the letter asks for the transfer)'));
  }
  const notice = { ...entry, letterNumber: state.letter.number };
  return {
    events: [{ type: 'not-remitted', notice, messageId }],
    messages: [{ type: 'cn.jiexu.not-remitted.v1', id: messageId, recipient: state.counterpart, data: notice }],
  };
}

/** 信息表 (S94 6.3), checked against itself and against what was remitted (B8). */
function sendTable(state: TransferOutCase, { entry }: CommandOf<'send-table'>, context: Context): Decision {
  const { office, documentNumber, messageId, today } = context;
  if (!office || !documentNumber) throw officeOfCallerUnknown();
  const wrong = [...tableFindings(entry, today), ...balanceFindings(state, entry)];
  if (wrong.length > 0) throw new Refusal('case.inconsistent', wrong);
  const { letter, person, counterpart } = state;
  const table: InformationTable = {
    ...entry,
    number: documentNumber,
    date: today,
    letterNumber: letter.number,
    person,
    from: onDocument(office),
    toRegion: counterpart,
    formerScheme: letter.formerScheme,
    newScheme: letter.newScheme,
    transferredFen: state.advice?.amountFen ?? NOTHING,
  };
  return {
    events: [{ type: 'table-sent', table, messageId }],
    messages: [{ type: 'cn.jiexu.information-table.v1', id: messageId, recipient: counterpart, data: table }],
  };
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

/** 办结通知 closes this copy by itself (B16). */
function receiveCompletion(state: TransferOutCase, { notice, messageId, sequence, sentAt }: CommandOf<'receive-completion'>): Decision {
  if (notice.letterNumber !== state.letter.number) {
    refuse('case.inconsistent', finding('data.letterNumber', 'contradiction', '联系函编号不是本业务的 (letter number is of another case)'));
  }
  return only({ type: 'completion-received', notice, messageId, sequence, sentAt });
}
