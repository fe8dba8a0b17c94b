import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import { MATERIAL_NAMES, type Material } from '../../schemas/codes.ts';
import type { CoverageVoucher, LiaisonLetter, TransferApplication } from '../../schemas/documents.ts';
import { IdNumber, type PersonNumber } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { PROCEDURE_REASONS } from '../../schemas/procedures.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertConsistent, contradiction, onDocument, only, telling } from './decisions.ts';
import { assertTakesNumbers, ownOffice, ownPayee, recipient } from './directory-checks.ts';
import {
  applicantFindings,
  eligibilityReasons,
  type MoveFacts,
  missingMaterials,
  notEligible,
  requiredMaterials,
  schemeReasons,
} from './eligibility.ts';
import { ofTransferIn, voucherOf } from './facts.ts';
import { chooseProcedure, type Family, familyOf, type ProcedureChoice } from './procedures/choose.ts';
import { PROCEDURES } from './procedures/index.ts';
import { notByHand, officeOfCallerUnknown, wrongState } from './refusals.ts';
import { withSchemeWithdrawal } from './scheme-withdrawal.ts';

/** The road of procedure 2016 at transferIn, from the application to the letter (S94 5). */

/** 申请: the application with its voucher is taken in. All contradictions are named at once. */
export function openCase({ application, personHash, materials, parent }: CommandOf<'open'>, context: Context): Decision {
  const { actor, caseNumber, region } = context;
  if (actor.kind !== 'caller') throw notByHand();
  const office = ownOffice(context);
  assertConsistent(applicationFindings(application, context));
  const { counterpart } = recipient(context, 'application.formerRegion');
  assertTakesNumbers(counterpart, { 'application.person': application.person });
  ownPayee(context);
  const { procedure, reason } = chosenFor('2016', context, 'application');
  const isFirstVersion = procedure === '2016.1';
  if (!isFirstVersion) assertMovable(application, context);
  return only({
    type: 'opened',
    caseNumber,
    region: region.code,
    office: office.code,
    procedure,
    ...(!isFirstVersion && {
      procedureReason: reason,
      materials: missingMaterials(PROCEDURES[procedure].materials, application.applicant, materials),
    }),
    ...(parent && { parent }),
    application,
    personHash,
  });
}

/** The procedure of a new case; refused when the papers are those of the other one, naming what applies and why (A6, B21). */
export function chosenFor(family: Family, { today, region, counterpart }: Context, field: string): ProcedureChoice {
  if (!counterpart) throw new Refusal('recipient.unknown', [finding(field, 'unknown', '目录中没有该统筹地区 (no such region)')]);
  const choice = chooseProcedure(today, region, counterpart);
  if (familyOf(choice.procedure) !== family) throw otherProcedure(choice, field);
  return choice;
}

const otherProcedure = ({ procedure, reason }: ProcedureChoice, field: string): Refusal =>
  new Refusal('case.other-procedure', [
    finding(field, 'other_procedure', `${PROCEDURE_REASONS[reason]} (procedure ${procedure} applies: ${reason})`),
  ]);

function applicationFindings(application: TransferApplication, { region, today }: Context): (FieldError | false)[] {
  const { person, voucher } = application;
  return [
    bornInFuture(person.idNumber, today) &&
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

/** A card number tells no birth date. */
export const bornInFuture = (idNumber: PersonNumber, today: string): boolean =>
  IdNumber.safeParse(idNumber).success && idNumber.slice(6, 14) > today.replaceAll('-', '');

function assertMovable(application: TransferApplication, { today }: Context): void {
  const { applicant, scheme, voucher } = application;
  assertConsistent(applicantFindings(applicant, '2016', scheme, 'application.applicant'));
  const reasons = schemeReasons(moveOf(scheme, voucher, today));
  if (reasons.length > 0) throw notEligible(reasons, 'application');
}

const moveOf = (newScheme: TransferApplication['scheme'], voucher: CoverageVoucher, today: Context['today']): MoveFacts => ({
  family: '2016',
  formerScheme: voucher.scheme,
  newScheme,
  insuredUntil: voucher.participation.to,
  today,
  override: undefined,
});

/** The person applies, and transferOut has sent the voucher already (S191 9; B24). */
export function apply(state: TransferCase, { application: form, materials }: CommandOf<'apply'>, context: Context): Decision {
  const { voucher, person, counterpart } = ofTransferIn(state);
  if (!voucher) throw wrongState(state);
  const application: TransferApplication = { ...form, person, formerRegion: counterpart, voucher };
  assertConsistent(applicationFindings(application, context));
  recipient(context, 'caseNumber');
  ownPayee(context);
  assertMovable(application, context);
  const missing = missingMaterials(PROCEDURES[state.procedure].materials, form.applicant, withVoucher(materials));
  return only({ type: 'applied', application, materials: missing });
}

/** The voucher came from the other office; nobody asks the person for it. */
const withVoucher = (materials: readonly Material[] | undefined): Material[] | undefined =>
  materials && [...new Set([...materials, 'coverage-voucher' as const])];

/**
 * 一次性告知: the first return names everything that is missing, whatever of it the clerk listed. What could have been found wrong then cannot
 * be returned later; only what was handed in since can (A8).
 */
export function returnMaterials(state: TransferCase, { missing: listed }: CommandOf<'return-materials'>): Decision {
  const { materials, application } = ofTransferIn(state);
  if (!application) throw wrongState(state);
  const required = requiredMaterials(PROCEDURES[state.procedure].materials, application.applicant);
  const notRequired = listed.filter((material) => !required.includes(material));
  if (notRequired.length > 0)
    throw materialsRefused('missing', notRequired, 'not_required', '本业务不需要该材料', 'the procedure does not ask for it');
  const missing = materials?.missing ?? [];
  if (materials?.since === undefined) {
    return only({
      type: 'materials-returned',
      missing: required.filter((material) => missing.includes(material) || listed.includes(material)),
    });
  }
  const { since } = materials;
  const tooLate = listed.filter((material) => !since.includes(material));
  if (tooLate.length > 0)
    throw materialsRefused(
      'missing',
      tooLate,
      'asked_too_late',
      '首次退回时未告知，不得再次要求',
      'it had to be named at the first return',
    );
  return only({ type: 'materials-returned', missing: [...new Set([...missing, ...listed])] });
}

const materialsRefused = (field: string, materials: readonly Material[], code: string, zh: string, en: string): Refusal =>
  new Refusal(
    'case.materials',
    materials.map((material) => finding(field, code, `${MATERIAL_NAMES[material]}：${zh} (${material}: ${en})`)),
  );

export function handInMaterials(state: TransferCase, { materials: handedIn }: CommandOf<'hand-in-materials'>): Decision {
  const missing = ofTransferIn(state).materials?.missing ?? [];
  const unexpected = handedIn.filter((material) => !missing.includes(material));
  if (unexpected.length > 0) throw materialsRefused('materials', unexpected, 'not_missing', '该材料并不缺少', 'it is not missing');
  return only({ type: 'materials-handed-in', materials: handedIn });
}

/** 受理 (S94 5): for whom the conditions are met; the procedure is fixed with it, and never changes silently (B21). */
export function accept(state: TransferCase, { facts }: CommandOf<'accept'>, context: Context): Decision {
  if (state.procedure === '2016.1') return only({ type: 'accepted' });
  const transferIn = ofTransferIn(state);
  const voucher = voucherOf(transferIn);
  if (!voucher || !transferIn.application) throw wrongState(state);
  chosenFor('2016', context, 'procedure');
  if (facts?.side !== 'transferIn')
    return refuse('request.invalid', finding('facts', 'missing', '须说明转入地参保情况 (say what transferIn knows)'));
  const reasons = eligibilityReasons(facts, moveOf(transferIn.application.scheme, voucher, context.today));
  if (reasons.length > 0) throw notEligible(reasons, 'facts');
  return only({ type: 'accepted', facts });
}

/** 联系函 (S94 5), made from case data and the directory with no retyping (B1). */
export function sendLetter(state: TransferCase, _: CommandOf<'send-letter'>, context: Context): Decision {
  const { counterpartOffice } = recipient(context, 'formerRegion');
  const { office, documentNumber, messageId, today } = context;
  if (!office || !documentNumber) throw officeOfCallerUnknown();
  const transferIn = ofTransferIn(state);
  const voucher = voucherOf(transferIn);
  const { application, counterpart } = transferIn;
  if (!application || !voucher) throw wrongState(state);
  const letter: LiaisonLetter = {
    number: documentNumber,
    date: today,
    from: onDocument(office),
    to: { region: counterpart, office: counterpartOffice.code, name: counterpartOffice.name },
    person: application.person,
    ...(voucher.insuranceNumber && { insuranceNumber: voucher.insuranceNumber }),
    hukouType: application.hukouType,
    formerScheme: voucher.scheme,
    newScheme: application.scheme,
    voucherNumber: voucher.number,
    transferAccount: application.transferAccount,
    payee: ownPayee(context),
  };
  const sent = telling(
    { type: 'letter-sent', letter, messageId },
    { type: 'cn.jiexu.liaison-letter.v1', id: messageId, recipient: counterpart, data: letter },
  );
  return withSchemeWithdrawal(sent, transferIn, letter, context);
}

/** Not yet handed in, as obstacles to the acceptance name it. */
export const missingFindings = ({ materials }: TransferInCase): FieldError[] =>
  (materials?.missing ?? []).map((material) =>
    finding('materials', 'missing', `${MATERIAL_NAMES[material]}尚未补齐 (${material} is still missing)`),
  );
