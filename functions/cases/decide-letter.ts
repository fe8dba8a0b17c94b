import type { TransferCase } from '../../schemas/cases.ts';
import type { LiaisonLetter } from '../../schemas/documents.ts';
import { finding, Refusal, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { bornInFuture, chosenFor } from './decide-application.ts';
import { ineligibilitySent } from './decide-ending.ts';
import { assertConsistent, contradiction, only, telling } from './decisions.ts';
import { assertTakesNumbers, ownOffice, recipient } from './directory-checks.ts';
import { ineligible } from './eligibility.ts';
import type { Folded } from './evolve.ts';
import { schemesOf } from './facts.ts';
import { notByHand } from './refusals.ts';

/** How voucher and letter begin a copy (S94 4–6; S191 8, 9). */

/** 参保(合)凭证信息原则上通过经办机构之间传递 (S191 9): transferOut sends the voucher's data to the region that the person moves to (B24). */
export function sendVoucher({ voucher, newRegion, personHash }: CommandOf<'send-voucher'>, context: Context): Decision {
  const { actor, caseNumber, region, today, messageId } = context;
  if (actor.kind !== 'caller') throw notByHand();
  const office = ownOffice(context);
  assertConsistent([
    bornInFuture(voucher.person.idNumber, today) &&
      finding('voucher.person.idNumber', 'future_birth', '身份证号的出生日期在将来 (birth date in the ID number lies in the future)'),
    newRegion === region.code && contradiction('newRegion', '转入地与本地区相同 (the new region is your own)'),
    voucher.participationRegion !== region.code &&
      contradiction('voucher.participationRegion', '凭证的参保地不是本地区 (the voucher is of another region)'),
    voucher.issuedOn > today && contradiction('voucher.issuedOn', '凭证签发日期在将来 (the voucher is dated in the future)'),
  ]);
  const { counterpart } = recipient(context, 'newRegion');
  assertTakesNumbers(counterpart, { 'voucher.person': voucher.person, 'voucher.householder': voucher.householder });
  const { procedure, reason } = chosenFor('2016', context, 'voucher');
  if (procedure === '2016.1') {
    refuse(
      'case.other-procedure',
      finding('newRegion', 'version', '对方系统尚不能接收凭证，请交参保人携带 (the other region cannot take vouchers yet)'),
    );
  }
  return telling(
    {
      type: 'voucher-sent',
      caseNumber,
      region: region.code,
      office: office.code,
      procedure,
      procedureReason: reason,
      newRegion,
      voucher,
      personHash,
      messageId,
    },
    { type: 'cn.jiexu.coverage-voucher.v1', id: messageId, recipient: newRegion, data: voucher },
  );
}

/** The person may apply on it; if an application is open here already, the voucher's case ends at once (A10). */
export function receiveVoucher(command: CommandOf<'receive-voucher'>, context: Context): Decision {
  const { voucher, messageId, sequence, sentAt, procedure, personHash } = command;
  const { actor, caseNumber, region, office, openElsewhere } = context;
  if (actor.kind !== 'message') throw notByHand();
  if (voucher.participationRegion !== actor.region || !caseNumber.startsWith(actor.region)) {
    refuse(
      'message.wrong-party',
      finding('data.participationRegion', 'wrong_party', '凭证不是发送地区的 (the voucher is not the sender’s)'),
    );
  }
  if (!office) throw new Refusal('directory.office-unknown', [finding('recipient', 'unknown', '目录中没有收件机构 (no such office)')]);
  const begun: Decision['events'][number] = {
    type: 'voucher-received',
    caseNumber,
    region: region.code,
    office: office.code,
    procedure,
    voucher,
    personHash,
    messageId,
    sequence,
    sentAt,
  };
  if (!openElsewhere) return only(begun);
  const reason = `该参保人已有在办业务 ${openElsewhere}`;
  const id = context.messageId;
  return {
    events: [begun, { type: 'withdrawn', reason }, { type: 'withdrawal-sent', withdrawal: { reason }, messageId: id }],
    messages: [{ type: 'cn.jiexu.withdrawal.v1', id, recipient: actor.region, data: { reason } }],
  };
}

/** A letter begins this region's copy, or goes on with the one that its voucher began; its clock runs from the receipt, opened or not (B2). */
export function receiveLetter(state: Folded, command: CommandOf<'receive-letter'>, context: Context): Decision {
  const { letter, messageId, sequence, sentAt, procedure, personHash } = command;
  const { actor, caseNumber, region, office, openElsewhere, today } = context;
  if (actor.kind !== 'message') throw notByHand();
  const foreign =
    letter.from.region !== actor.region ||
    letter.to.region !== region.code ||
    (state ? isOther(state, letter) : !caseNumber.startsWith(actor.region) && !letter.forwardedFrom);
  if (foreign)
    refuse('message.wrong-party', finding('data.from.region', 'wrong_party', '联系函不是发送地区的 (the letter is not the sender’s)'));
  const code = state?.office ?? office?.code;
  if (!code) throw new Refusal('directory.office-unknown', [finding('data.to.office', 'unknown', '目录中没有收件机构 (no such office)')]);
  const received: Decision['events'] = [
    {
      type: 'letter-received',
      caseNumber,
      region: region.code,
      office: code,
      procedure,
      letter,
      ...(procedure !== '2016.1' && { personHash }),
      messageId,
      sequence,
      sentAt,
    },
  ];
  if (!openElsewhere) return { events: received, messages: [] };
  const notice = {
    letterNumber: letter.number,
    reasons: [ineligible('already-open', { note: `在办业务编号 ${openElsewhere}` })],
    decidedOn: today,
    openCase: openElsewhere,
  };
  const refusal = ineligibilitySent({ counterpart: actor.region, versions: { 'liaison-letter': messageId } }, notice, context);
  return { events: [...received, ...refusal.events], messages: refusal.messages };
}

/** Another person's, or about another relation than the voucher that began the case. */
const isOther = (state: TransferCase, { person, formerScheme }: LiaisonLetter): boolean =>
  state.person.idNumber !== person.idNumber || schemesOf(state).formerScheme !== formerScheme;
