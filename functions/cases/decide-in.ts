import type { TransferInCase } from '../../schemas/cases.ts';
import type { Office } from '../../schemas/directory.ts';
import type { LiaisonLetter, OfficeOnDocument, TransferApplication } from '../../schemas/documents.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import type { Command, CommandOf, Context, Decision } from './commands.ts';

const only = (...events: Decision['events']): Decision => ({ events, messages: [] });
const contradiction = (field: string, reason: string): FieldError => finding(field, 'contradiction', reason);

/** 申请: the application with its voucher is taken in (S94 5). All contradictions are named at once. */
export function openCase({ application, personHash }: CommandOf<'open'>, context: Context): Decision {
  const { actor, region, office } = context;
  if (actor.kind !== 'caller' || !office) throw new Refusal('caller.unknown');
  const findings = applicationFindings(application, context);
  if (findings.length > 0) throw new Refusal('case.inconsistent', findings);
  assertConnected(context, 'application.formerRegion');
  return only({
    type: 'opened',
    caseNumber: context.caseNumber,
    region: region.code,
    office: office.code,
    procedure: '2016.1',
    application,
    personHash,
  });
}

function applicationFindings(application: TransferApplication, { region, today }: Context): FieldError[] {
  const { person, voucher } = application;
  const birth = person.idNumber.slice(6, 14);
  const findings: (FieldError | false)[] = [
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
  return findings.filter((entry) => entry !== false);
}

/** The sender is told before a letter is written (C5), not by silence afterwards. */
function assertConnected({ counterpart }: Context, field: string): void {
  if (!counterpart) refuse('recipient.unknown', finding(field, 'unknown', '目录中没有该统筹地区 (no such region in the directory)'));
  if (!counterpart?.inboxUrl)
    refuse('recipient.not-connected', finding(field, 'not_connected', '该统筹地区没有收件箱 (the region has no inbox)'));
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
      throw new Refusal('case.wrong-state');
    default:
      return command satisfies never;
  }
}

export const recordDelivery = ({ messageType, messageId, deliveredAt }: CommandOf<'record-delivery'>): Decision =>
  only({ type: 'message-delivered', messageType, messageId, deliveredAt });

/** An office as it is printed: the postal part of its directory record. */
export function onDocument({ code, region, name, address, postcode, phone, contact }: Office): OfficeOnDocument {
  return { code, region, name, address, postcode, phone, contact };
}

/** 联系函 (S94 5), made from case data and the directory with no retyping (B1). */
function sendLetter(state: TransferInCase, context: Context): Decision {
  assertConnected(context, 'formerRegion');
  const { office, region, counterpartOffice, documentNumber, messageId, today } = context;
  if (!office || !counterpartOffice || !documentNumber) throw new Refusal('directory.office-unknown');
  if (!region.payee) throw new Refusal('directory.payee-missing');
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
    payee: { ...region.payee, directoryVersion: region.version },
  };
  return {
    events: [{ type: 'letter-sent', letter, messageId }],
    messages: [{ type: 'cn.jiexu.liaison-letter.v1', id: messageId, recipient: state.counterpart, data: letter }],
  };
}

function assertOurLetter(state: TransferInCase, letterNumber: string): void {
  if (state.letter?.number !== letterNumber) {
    refuse('case.inconsistent', contradiction('data.letterNumber', '联系函编号不是本业务的 (letter number is of another case)'));
  }
}

function receiveAdvice(state: TransferInCase, { advice, messageId, sequence }: CommandOf<'receive-remittance-advice'>): Decision {
  assertOurLetter(state, advice.letterNumber);
  if (state.notRemitted) {
    refuse('case.inconsistent', contradiction('data', '对方已告知不划转 (the counterpart said that nothing is remitted)'));
  }
  return only({ type: 'remittance-advice-received', advice, messageId, sequence });
}

function receiveNotRemitted(state: TransferInCase, { notice, messageId, sequence }: CommandOf<'receive-not-remitted'>): Decision {
  assertOurLetter(state, notice.letterNumber);
  if (state.advice || state.money)
    refuse('case.inconsistent', contradiction('data', '已有划转记录 (a remittance was advised or received)'));
  return only({ type: 'not-remitted-received', notice, messageId, sequence });
}

function receiveTable(state: TransferInCase, { table, messageId, sequence }: CommandOf<'receive-table'>): Decision {
  assertOurLetter(state, table.letterNumber);
  if (table.person.idNumber !== state.person.idNumber) {
    refuse('case.inconsistent', contradiction('data.person.idNumber', '信息表的人员不是本业务的 (the table is of another person)'));
  }
  return only({ type: 'table-received', table, messageId, sequence });
}

/** Money on the bank account of this region; it may arrive before or after the advice and the table. */
function confirmMoney(state: TransferInCase, { money }: CommandOf<'confirm-money'>, { today }: Context): Decision {
  if (state.notRemitted || state.money) throw new Refusal('case.wrong-state');
  if (money.valueDate > today) refuse('case.inconsistent', contradiction('valueDate', '到账日期在将来 (value date lies in the future)'));
  if (state.advice && state.advice.amountFen !== money.amountFen) {
    const reason = '到账金额与划转通知不一致 (amount differs from the remittance advice)';
    refuse('case.inconsistent', finding('amountFen', 'amount_mismatch', reason));
  }
  return only({ type: 'money-received', money });
}

/** 办结 (S94 7): table, advice and money agree to the fen, then the notice closes the other side (B16). */
function complete(state: TransferInCase, { messageId, today }: Context): Decision {
  const { table, advice, money, letter } = state;
  if (!table || !letter) throw new Refusal('case.wrong-state');
  const credited = money?.amountFen ?? table.transferredFen;
  const findings: (FieldError | false)[] = [
    table.transferredFen !== credited &&
      finding('table.transferredFen', 'amount_mismatch', '信息表与到账金额不一致 (table and money differ)'),
    money !== undefined &&
      advice?.amountFen !== money.amountFen &&
      finding('advice.amountFen', 'amount_mismatch', '划转通知与到账金额不一致 (advice and money differ)'),
    money === undefined &&
      credited !== 0 &&
      finding('table.transferredFen', 'amount_mismatch', '未划转但信息表有金额 (nothing was remitted)'),
  ];
  const wrong = findings.filter((entry) => entry !== false);
  if (wrong.length > 0) throw new Refusal('case.inconsistent', wrong);
  const notice = { letterNumber: letter.number, completedOn: today, creditedFen: credited };
  return {
    events: [{ type: 'completed', notice, messageId }],
    messages: [{ type: 'cn.jiexu.completion-notice.v1', id: messageId, recipient: state.counterpart, data: notice }],
  };
}

/** A clerk command that the table allows but this case has no use for: money when none comes or when it came already. */
export const hasUseFor = (state: TransferInCase, command: string): boolean =>
  command !== 'confirm-money' || (state.money === undefined && state.notRemitted === undefined);
