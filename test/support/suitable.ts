import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { undelivered } from '../../functions/cases/decide-after.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { openQueries, ownDocuments, queryable, schemesOf } from '../../functions/cases/facts.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { CaseQuery, TransferCase } from '../../schemas/cases.ts';
import type { Side } from '../../schemas/codes.ts';
import type { SchemeWithdrawal } from '../../schemas/conversation.ts';
import { EntitlementFacts } from '../../schemas/entitlement.ts';
import type { Instant, MessageId } from '../../schemas/primitives.ts';
import type { ClerkCommandName, CommandName } from '../../schemas/procedures.ts';
import { RecordSupplement } from '../../schemas/record.ts';
import { money, remittance, uuid, WUHAN } from './cases.ts';
import { applicationBody, BALANCE_FEN, HANGZHOU_OFFICE, tableEntry } from './documents.ts';
import { applyBody, ENROLLED, openBody, requestBody, SUSPENDED, voucherBody } from './roads.ts';

/** A command of each name that suits a state as well as any can: what it refers to is there, where the state has such a thing. */

/** A message that nobody has sent. */
const UNKNOWN = uuid(7_777);
export const factsOf = (side: Side) => (side === 'transferIn' ? ENROLLED : SUSPENDED);
const inOf = (state: Folded) => (state?.side === 'transferIn' ? state : undefined);
const outOf = (state: Folded) => (state?.side === 'transferOut' ? state : undefined);
const asked = (state: Folded, by: CaseQuery['by']): CaseQuery[] => (state ? openQueries(state, by) : []);

/** Suspended at the end of January, and insured at transferIn from March on: one month is missing and was made up. */
export const entitlementFacts = (said: Record<string, unknown> = {}): EntitlementFacts =>
  EntitlementFacts.parse({
    suspendedOn: '2026-01-31',
    insuredUntil: '2026-01',
    consecutiveMonths: 83,
    registeredOn: '2026-03-02',
    paidFrom: '2026-03',
    madeUpIn: '2026-03',
    hasEmployer: true,
    statusChanged: false,
    formerEmployeeMonths: 83,
    localEmployeeMonths: 0,
    ...said,
  });

/** The first months at Hangzhou, as its office has them. */
export const supplementBody = () => ({
  periods: [
    {
      from: '2026-02',
      to: '2026-02',
      scheme: '310',
      contribution: '1',
      months: 1,
      officeName: '杭州市医疗保障事务中心（演示）',
      officeCode: HANGZHOU_OFFICE,
    },
  ],
  source: 'own-records',
  document: '本地参保记录',
});
const supplement = (): RecordSupplement => RecordSupplement.parse(supplementBody());

/** A table that differs from what `tableEntry` says in a remark alone. */
const correctedTable = () => {
  const { periods, ...entry } = tableEntry();
  return { ...entry, periods: periods.map((row, i) => (i === 0 ? { ...row, remark: '更正' } : row)) };
};

/** Where a clerk may choose a document, one is chosen that can still be asked about. */
function askable(state: Folded) {
  const documents = state ? [...queryable(state).keys()] : [];
  const open = asked(state, 'own').map(({ about }) => about);
  const settled = inOf(state)?.money !== undefined;
  return documents.find((about) => !open.includes(about) && !(settled && about === 'remittance-advice')) ?? 'liaison-letter';
}

function correction(state: Folded): CommandOf<'correct'>['entry'] {
  const about = asked(state, 'counterpart').find((query) => query.about !== 'information-table' && query.about !== 'remittance-advice');
  const query = about?.id ?? UNKNOWN;
  switch (about?.about) {
    case 'coverage-voucher': {
      const scheme = state && schemesOf(state).formerScheme;
      const voucher = { ...Object(applicationBody(1).voucher), scheme, balanceFen: BALANCE_FEN - 1 };
      return COMMAND_BODIES.correct.parse({ about: about.about, query, voucher });
    }
    case 'not-remitted':
      return { about: about.about, query, notRemitted: { reason: 'paid-to-person', note: '更正' } };
    case 'transfer-request':
      return { about: about.about, query, changes: { transferAccount: false } };
    default:
      return { about: 'liaison-letter', query, changes: { insuranceNumber: 'S1' } };
  }
}

export function clerkCommand(state: Folded, side: Side, name: ClerkCommandName, now: Instant): Command {
  const today = now.slice(0, 10) as never;
  switch (name) {
    case 'open':
      return openBody();
    case 'request':
      return requestBody(side);
    case 'send-voucher':
      return voucherBody();
    case 'apply':
      return applyBody();
    case 'return-materials':
      return { name, missing: [inOf(state)?.materials?.since?.[0] ?? 'id-card'] };
    case 'hand-in-materials':
      return { name, materials: [inOf(state)?.materials?.missing[0] ?? 'id-card'] };
    case 'accept':
      return { name, facts: ENROLLED };
    case 'give-verdict':
      return { name, facts: factsOf(side) };
    case 'confirm-termination':
      return { name, terminatedOn: today };
    case 'propose-termination':
      return { name, terminatedOn: today, facts: SUSPENDED };
    case 'approve-termination':
      return { name, proposal: outOf(state)?.termination?.proposal ?? 1 };
    case 'approve-table':
      return { name, proposal: outOf(state)?.tableProposal?.proposal ?? 1 };
    case 'approve-remittance':
      return { name, proposal: outOf(state)?.remittanceProposal?.proposal ?? 1 };
    case 'propose-remittance':
      return { name, entry: remittance({ remittedOn: today, ...(state?.advice && { bankReference: 'CD20260302000002' }) }) };
    case 'remit':
      return { name, entry: remittance({ remittedOn: today }) };
    case 'not-remit':
      return { name, entry: { reason: 'paid-to-person' } };
    case 'send-table':
      return { name, entry: tableEntry() };
    case 'propose-table':
      return { name, entry: correctedTable() };
    case 'confirm-money':
      return { name, money: money({ valueDate: today }) };
    case 'reject-money':
      return { name, reason: '非本业务款项' };
    case 'assess-entitlement':
      return { name, facts: entitlementFacts() };
    case 'supplement-record':
      return { name, supplement: supplement() };
    case 'deliver-notice': {
      const { kind, to } = (state && undelivered(state)[0]) ?? { kind: 'completed', to: 'person' };
      return { name, delivery: { kind, to, channel: 'sms' } };
    }
    case 'answer-scheme-withdrawal':
      return { name, entry: { withdrawn: true, withdrawnOn: today } };
    case 'refuse':
      return { name, entry: { reasons: [{ code: 'no-relation' }] } };
    case 'notify-applicant':
      return { name, channel: 'phone' };
    case 'forward':
      return { name, entry: { region: WUHAN, reason: '关系在该地区' } };
    case 'query':
      return { name, entry: { about: askable(state), fields: ['person.name'], question: '请核对' } };
    case 'correct':
      return { name, entry: correction(state) };
    case 'explain':
      return { name, explanation: { query: asked(state, 'counterpart')[0]?.id ?? UNKNOWN, text: '与档案一致' } };
    case 'withdraw':
      return { name, withdrawal: { reason: '本人改变主意' } };
    case 'propose-closure':
      return { name, proposal: { reason: '双方协商', money: '原路退回' } };
    case 'answer-closure':
      return { name, entry: { agreed: inOf(state)?.credit === undefined } };
    case 'remind':
      return { name, entry: {} };
    case 'send-letter':
    case 'credit':
    case 'complete':
      return { name };
    default:
      return name satisfies never;
  }
}

/** A word of the conversation, as software of the counterpart's own may send it at any time; undefined for what belongs to the hand-over. */
export function wordOf(state: TransferCase, name: CommandName, now: Instant, messageId: MessageId = uuid(7_000)): Command | undefined {
  const said = { messageId, sequence: state.sequences.handled + 1, sentAt: now };
  switch (name) {
    case 'receive-query': {
      const [about, version] = [...ownDocuments(state)].at(-1) ?? (['liaison-letter', UNKNOWN] as const);
      return { name, query: { about, version, fields: ['person.name'], question: '请核对' }, ...said };
    }
    case 'receive-correction':
      return { name, correction: correctionOf(state), ...said };
    case 'receive-explanation':
      return { name, explanation: { query: asked(state, 'own')[0]?.id ?? UNKNOWN, text: '与档案一致' }, ...said };
    case 'receive-withdrawal':
      return { name, withdrawal: { reason: '本人改变主意' }, ...said };
    case 'receive-withdrawal-answer': {
      // Who has sent its table cannot have granted the withdrawal.
      const granted = inOf(state)?.table === undefined;
      return { name, answer: { withdrawal: inOf(state)?.withdrawal ?? UNKNOWN, granted }, ...said };
    }
    case 'receive-closure-proposal':
      return { name, proposal: { reason: '双方协商', money: '原路退回' }, ...said };
    case 'receive-closure-answer':
      return { name, answer: { proposal: state.closure?.messageId ?? UNKNOWN, agreed: true }, ...said };
    case 'receive-reminder':
      return { name, reminder: {}, ...said };
    case 'receive-scheme-withdrawal':
      return { name, notice: schemeWithdrawalOf(state, now), ...said };
    case 'receive-scheme-withdrawal-answer': {
      const notice = state.schemeWithdrawal?.messageId ?? UNKNOWN;
      return { name, answer: { notice, answer: { withdrawn: false, reason: '本地无参合记录' } }, ...said };
    }
    case 'record-delivery':
      return { name, messageType: 'cn.jiexu.completion-notice.v2', messageId: UNKNOWN, deliveredAt: now };
    default:
      return undefined;
  }
}

/** The person has joined the scheme of employees where the message comes from. */
const schemeWithdrawalOf = ({ person, counterpart }: TransferCase, now: Instant): SchemeWithdrawal => ({
  person,
  scheme: '380',
  joinedScheme: '310',
  joinedRegion: counterpart,
  noticeOn: now.slice(0, 10) as never,
});

/** The document that this side asked about as it was, with one thing mended. */
function correctionOf(state: TransferCase): CommandOf<'receive-correction'>['correction'] {
  const question = asked(state, 'own')[0];
  const link = { query: question?.id ?? UNKNOWN, replaces: question?.version ?? UNKNOWN };
  const { letter, request, advice, table, notRemitted } = state;
  const voucher = inOf(state)?.application?.voucher ?? openBody().application.voucher;
  if (question?.about === 'liaison-letter' && letter)
    return { about: question.about, ...link, document: { ...letter, insuranceNumber: 'S1' } };
  if (question?.about === 'transfer-request' && request)
    return { about: question.about, ...link, document: { ...request, transferAccount: false } };
  if (question?.about === 'remittance-advice' && advice)
    return { about: question.about, ...link, document: { ...advice, bankReference: 'CD20260302000002' } };
  if (question?.about === 'information-table' && table)
    return { about: question.about, ...link, document: { ...table, ...correctedTable() } };
  if (question?.about === 'not-remitted' && notRemitted)
    return { about: question.about, ...link, document: { ...notRemitted, note: '更正' } };
  return { about: 'coverage-voucher', ...link, document: { ...voucher, insuranceNumber: 'V1' } };
}
