import type { TransferInCase } from '../../schemas/cases.ts';
import type { LiaisonLetter, TransferApplication } from '../../schemas/documents.ts';
import { Fen } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { Command, CommandOf, Context, Decision } from './commands.ts';
import { assertConsistent, onDocument, only, recordDelivery } from './decisions.ts';
import { CURRENT_PROCEDURE } from './procedures/index.ts';
import { receiveAdvice, receiveNotRemitted, receiveTable } from './receive-in.ts';
import { officeOfCallerUnknown, wrongState } from './refusals.ts';

const NOTHING = Fen.parse(0);
const contradiction = (field: string, reason: string): FieldError => finding(field, 'contradiction', reason);

/** 申请: the application with its voucher is taken in (S94 5). All contradictions are named at once. */
export function openCase({ application, personHash }: CommandOf<'open'>, context: Context): Decision {
  const { actor, region, office } = context;
  if (actor.kind !== 'caller' || !office) throw officeOfCallerUnknown();
  assertConsistent(applicationFindings(application, context));
  letterParts(context, 'application.formerRegion');
  return only({
    type: 'opened',
    caseNumber: context.caseNumber,
    region: region.code,
    office: office.code,
    procedure: CURRENT_PROCEDURE,
    application,
    personHash,
  });
}

function applicationFindings(application: TransferApplication, { region, today }: Context): (FieldError | false)[] {
  const { person, voucher } = application;
  const birth = person.idNumber.slice(6, 14);
  return [
    birth > today.replaceAll('-', '') &&
      finding('application.person.idNumber', 'future_birth', '身份证号的出生日期在将来 (birth date in the ID number lies in the future)'),
    application.formerRegion === region.code &&
      contradiction('application.formerRegion', '原参保地与转入地相同 (former region is the region joined)'),
    application.appliedOn > today && contradiction('application.appliedOn', '申请日期在将来 (date of application lies in the future)'),
    voucher.person.idNumber !== person.idNumber &&
      contradiction('application.voucher.person.idNumber', '凭证与申请表的身份证号不一致 (ID numbers on voucher and application differ)'),
    voucher.person.name !== person.name &&
      contradiction('application.voucher.person.name', '凭证与申请表的姓名不一致 (names on voucher and application differ)'),
    voucher.participationRegion !== application.formerRegion &&
      contradiction('application.voucher.participationRegion', '凭证的参保地不是原参保地 (voucher is of another region)'),
    voucher.issuedOn > today && contradiction('application.voucher.issuedOn', '凭证签发日期在将来 (voucher is dated in the future)'),
  ];
}

/**
 * What a letter needs of the directory. Asked for when the case is opened already (C5): after the acceptance a clock runs, and the clerk
 * could not stop it. `field` names the former region in the request.
 */
function letterParts({ counterpart, counterpartOffice, region }: Context, field: string) {
  if (!counterpart)
    throw new Refusal('recipient.unknown', [finding(field, 'unknown', '目录中没有该统筹地区 (no such region in the directory)')]);
  if (!counterpart.inboxUrl)
    throw new Refusal('recipient.not-connected', [finding(field, 'not_connected', '该统筹地区没有收件箱 (the region has no inbox)')]);
  if (!counterpartOffice) {
    const reason = '目录中没有原参保地的经办机构，请联系目录管理方补录 (the directory has no office of the former region: have it added)';
    throw new Refusal('directory.office-unknown', [finding(field, 'no_office', reason)]);
  }
  if (!region.payee) {
    const reason =
      '目录中没有本统筹地区的收款账户，请联系目录管理方补录 (the directory has no payee account of your region: have it added)';
    throw new Refusal('directory.payee-missing', [finding('region.payee', 'missing', reason)]);
  }
  return { counterpartOffice, payee: region.payee };
}

export function decideTransferIn(state: TransferInCase, command: Command, context: Context): Decision {
  switch (command.name) {
    case 'accept':
      return only({ type: 'accepted' });
    case 'send-letter':
      return sendLetter(state, context);
    case 'receive-remittance-advice':
      return receiveAdvice(state, command);
    case 'receive-not-remitted':
      return receiveNotRemitted(state, command);
    case 'receive-table':
      return receiveTable(state, command);
    case 'confirm-money':
      return confirmMoney(state, command, context);
    case 'complete':
      return complete(state, context);
    case 'record-delivery':
      return recordDelivery(command);
    case 'open':
    case 'confirm-termination':
    case 'remit':
    case 'not-remit':
    case 'send-table':
    case 'receive-letter':
    case 'receive-completion':
      throw wrongState(state);
    default:
      return command satisfies never;
  }
}

/** 联系函 (S94 5), made from case data and the directory with no retyping (B1). */
function sendLetter(state: TransferInCase, context: Context): Decision {
  const { counterpartOffice, payee } = letterParts(context, 'formerRegion');
  const { office, region, documentNumber, messageId, today } = context;
  if (!office || !documentNumber) throw officeOfCallerUnknown();
  const { application } = state;
  const letter: LiaisonLetter = {
    number: documentNumber,
    date: today,
    from: onDocument(office),
    to: { region: state.counterpart, office: counterpartOffice.code, name: counterpartOffice.name },
    person: application.person,
    ...(application.voucher.insuranceNumber && { insuranceNumber: application.voucher.insuranceNumber }),
    hukouType: application.hukouType,
    formerScheme: application.voucher.scheme,
    newScheme: application.scheme,
    voucherNumber: application.voucher.number,
    transferAccount: application.transferAccount,
    payee: { ...payee, directoryVersion: region.version },
  };
  return {
    events: [{ type: 'letter-sent', letter, messageId }],
    messages: [{ type: 'cn.jiexu.liaison-letter.v1', id: messageId, recipient: state.counterpart, data: letter }],
  };
}

/** Money on the bank account of this region, agreeing with its advice to the fen; it counts by the bank's value date (S94 7). */
function confirmMoney({ advice }: TransferInCase, { money }: CommandOf<'confirm-money'>, { today }: Context): Decision {
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

/** 办结 (S94 7): what was to be checked first is an obstacle; the notice closes the other side (B16). */
function complete(state: TransferInCase, { messageId, today }: Context): Decision {
  const { letter, money } = state;
  if (!letter) throw wrongState(state);
  const notice = { letterNumber: letter.number, completedOn: today, creditedFen: money?.amountFen ?? NOTHING };
  return {
    events: [{ type: 'completed', notice, messageId }],
    messages: [{ type: 'cn.jiexu.completion-notice.v1', id: messageId, recipient: state.counterpart, data: notice }],
  };
}
