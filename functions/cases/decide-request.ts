import type { TransferCase } from '../../schemas/cases.ts';
import { MATERIAL_NAMES, type Material, type Side } from '../../schemas/codes.ts';
import type { TransferRequest, TransferRequestEntry } from '../../schemas/conversation.ts';
import type { EligibilityFacts, EligibilityVerdict, Override } from '../../schemas/eligibility.ts';
import type { MessageId, RegionCode } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { toInstant } from '../platform/clock.ts';
import { finding, Refusal, refuse, roleNotAllowed } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { bornInFuture, chosenFor } from './decide-application.ts';
import { assertConsistent, contradiction, onDocument, telling } from './decisions.ts';
import { assertTakesNumbers, ownOffice, ownPayee, recipient } from './directory-checks.ts';
import { applicantFindings, eligibilityReasons, ineligible, type MoveFacts, missingMaterials, notEligible } from './eligibility.ts';
import { PROCEDURES } from './procedures/index.ts';
import { notByHand, wrongState } from './refusals.ts';

/** The opening of procedure 2021 (S21): applied for at either window, checked by both sides, accepted or refused with a reason. */

/** The person applies here; this side's own check comes with the request. Nothing is taken in when it fails: the applicant hears it at once. */
export function request(command: CommandOf<'request'>, context: Context): Decision {
  const { request: entry, facts, override, personHash, materials, parent } = command;
  const { actor, caseNumber, messageId, region, today } = context;
  if (actor.kind !== 'caller') throw notByHand();
  const office = ownOffice(context);
  const { side } = facts;
  assertConsistent([
    ...requestFindings(entry, context),
    ...applicantFindings(entry.applicant, '2021', entry.newScheme, 'request.applicant'),
  ]);
  const { counterpart, counterpartOffice } = recipient(context, 'request.counterpart');
  assertTakesNumbers(counterpart, { 'request.person': entry.person });
  const { procedure, reason } = chosenFor('2021', context, 'request');
  assertMaterials(missingMaterials(PROCEDURES[procedure].materials, entry.applicant, materials));
  assertOverride(override, context);
  if (parent && side === 'transferOut') {
    refuse(
      'case.inconsistent',
      contradiction('parent', '涉及多个原参保地的申请在转入地登记 (an application for several regions is made at transferIn)'),
    );
  }
  const reasons = eligibilityReasons(facts, moveOf(entry, facts, override, today));
  if (reasons.length > 0) throw notEligible(reasons);
  const { counterpart: _, ...stated } = entry;
  const made: TransferRequest = {
    ...stated,
    openedAt: side,
    formerRegion: side === 'transferIn' ? counterpart.code : region.code,
    newRegion: side === 'transferIn' ? region.code : counterpart.code,
    from: onDocument(office),
    to: { region: counterpart.code, office: counterpartOffice.code, name: counterpartOffice.name },
    verdict: positive(side, override, context),
  };
  return telling(
    {
      type: 'requested',
      caseNumber,
      region: region.code,
      office: office.code,
      procedure,
      procedureReason: reason,
      side,
      request: made,
      personHash,
      facts,
      ...(parent && { parent }),
      messageId,
    },
    { type: 'cn.jiexu.transfer-request.v1', id: messageId, recipient: counterpart.code, data: made },
  );
}

function assertMaterials(missing: readonly Material[]): void {
  if (missing.length === 0) return;
  const findings = missing.map((material) => finding('materials', 'missing', `缺少${MATERIAL_NAMES[material]} (${material} is missing)`));
  throw new Refusal('case.materials', findings);
}

function requestFindings({ person, counterpart, appliedOn, insuredUntil }: TransferRequestEntry, context: Context): (FieldError | false)[] {
  const { region, today } = context;
  return [
    bornInFuture(person.idNumber, today) &&
      finding('request.person.idNumber', 'future_birth', '身份证号的出生日期在将来 (birth date in the ID number lies in the future)'),
    counterpart === region.code && contradiction('request.counterpart', '对方地区与本地区相同 (the other region is your own)'),
    appliedOn > today && contradiction('request.appliedOn', '申请日期在将来 (date of application lies in the future)'),
    String(insuredUntil) > today.slice(0, 7) &&
      contradiction('request.insuredUntil', '参保止月在将来 (the last insured month lies in the future)'),
  ];
}

/** 原则上: only a supervisor goes beyond a rule of principle (A13). */
function assertOverride(override: Override | undefined, { actor }: Context): void {
  if (override && (actor.kind !== 'caller' || actor.role !== 'supervisor')) throw roleNotAllowed(['supervisor']);
}

/** Until when the person was insured, transferOut's records say; the applicant's word counts where they are silent. */
const moveOf = (
  { formerScheme, newScheme, insuredUntil: stated }: Pick<TransferRequest, 'formerScheme' | 'newScheme' | 'insuredUntil'>,
  facts: EligibilityFacts,
  override: Override | undefined,
  today: Context['today'],
): MoveFacts => {
  const insuredUntil = (facts.side === 'transferOut' ? facts.insuredUntil : undefined) ?? stated;
  return { family: '2021', formerScheme, newScheme, insuredUntil, today, override };
};

const positive = (side: Side, override: Override | undefined, context: Context): EligibilityVerdict => ({
  eligible: true,
  decidedAt: context.occurredAt,
  ...(side === 'transferIn' && { payee: ownPayee(context) }),
  ...(override && { override }),
});

/**
 * The application was made at the other window; this side's check is owed. Where the person has an open case here already, it is refused at once
 * and the answer names that case (A10); opened at both windows in the same instant, the one opened at transferIn survives.
 */
export function receiveRequest(command: CommandOf<'receive-request'>, context: Context): Decision {
  const { request: made, messageId, sequence, sentAt, procedure, personHash } = command;
  const { actor, caseNumber, region, office, openElsewhere } = context;
  if (actor.kind !== 'message') throw notByHand();
  const side: Side = made.openedAt === 'transferIn' ? 'transferOut' : 'transferIn';
  const [theirs, ours] = side === 'transferIn' ? [made.formerRegion, made.newRegion] : [made.newRegion, made.formerRegion];
  const foreign =
    made.from.region !== actor.region || !caseNumber.startsWith(actor.region) || theirs !== actor.region || ours !== region.code;
  if (foreign)
    refuse('message.wrong-party', finding('data.from.region', 'wrong_party', '申请不是发送地区的 (the request is not the sender’s)'));
  if (!made.verdict.eligible) {
    refuse('case.inconsistent', contradiction('data.verdict', '发送地区未通过自身校验 (the sender itself found the person not eligible)'));
  }
  assertPlausible(made.verdict, sentAt);
  if (!office) throw new Refusal('directory.office-unknown', [finding('data.to.office', 'unknown', '目录中没有收件机构 (no such office)')]);
  const received: Decision['events'] = [
    {
      type: 'request-received',
      caseNumber,
      region: region.code,
      office: office.code,
      procedure,
      side,
      request: made,
      personHash,
      messageId,
      sequence,
      sentAt,
    },
  ];
  if (!openElsewhere) return { events: received, messages: [] };
  const answer = verdictOf(negative(openElsewhere, context), messageId, made.from.region, context);
  return { events: [...received, ...answer.events], messages: answer.messages };
}

const negative = (openCase: string, { occurredAt }: Context): EligibilityVerdict => ({
  eligible: false,
  decidedAt: occurredAt,
  reasons: [ineligible('already-open', { note: `在办业务编号 ${openCase}` })],
});

/** How far the clocks of two regions may differ. */
const SKEW_MS = 5 * 60_000;

/** A verdict dates the clocks of both sides: it lies before the message that brings it. */
function assertPlausible({ decidedAt }: EligibilityVerdict, sentAt: Context['occurredAt']): void {
  if (decidedAt <= toInstant(Date.parse(sentAt) + SKEW_MS)) return;
  refuse('message.schema', finding('data.verdict.decidedAt', 'implausible', '校验时间不可信 (the time of the verdict is implausible)'));
}

const verdictOf = (verdict: EligibilityVerdict, answers: MessageId, recipientRegion: RegionCode, { messageId }: Context): Decision =>
  telling(
    { type: 'verdict-given', verdict, messageId },
    { type: 'cn.jiexu.eligibility-verdict.v1', id: messageId, recipient: recipientRegion, data: verdict, answers },
  );

/** 校验: the decision is the verdict itself, positive or negative with its reasons; the other side and the applicant learn it the same day. */
export function giveVerdict(state: TransferCase, { facts, override }: CommandOf<'give-verdict'>, context: Context): Decision {
  const { request: made, versions } = state;
  const asked = versions?.['transfer-request'];
  if (!made || !asked) throw wrongState(state);
  if (facts.side !== state.side)
    refuse('request.invalid', finding('facts.side', 'invalid', '须说明本地区的情况 (say what your own side knows)'));
  assertOverride(override, context);
  const granted = override ?? (made.verdict.eligible ? made.verdict.override : undefined);
  const reasons = eligibilityReasons(facts, moveOf(made, facts, granted, context.today));
  const verdict: EligibilityVerdict =
    reasons.length > 0 ? { eligible: false, decidedAt: context.occurredAt, reasons } : positive(state.side, override, context);
  const { events, messages } = verdictOf(verdict, asked, state.counterpart, context);
  return { events: events.map((event) => (event.type === 'verdict-given' ? { ...event, facts } : event)), messages };
}

export function receiveVerdict(_: TransferCase, { name: __, ...received }: CommandOf<'receive-verdict'>): Decision {
  assertPlausible(received.verdict, received.sentAt);
  return { events: [{ type: 'verdict-received', ...received }], messages: [] };
}
