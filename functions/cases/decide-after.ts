import type { TransferCase } from '../../schemas/cases.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { CaseNotice, NoticeKind } from '../../schemas/notices.ts';
import { finding, refuse } from '../platform/errors.ts';
import { recipientsOf } from './applicants.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertConsistent, contradiction, only, telling } from './decisions.ts';
import { futureFindings } from './entitlement/consistency.ts';
import { entitlementOf } from './entitlement/index.ts';
import { ofTransferIn, openerOf, schemesOf } from './facts.ts';
import { supplementFindings } from './record/supplement.ts';
import { wrongState } from './refusals.ts';

/** What goes with the hand-over: benefits, the record, word to the applicant, the way out of the rural scheme. */

/** 待遇核定 (S80 三; S21; A12, A14): computed by the rules in force, which the case keeps by version. */
export function assessEntitlement(state: TransferCase, { facts }: CommandOf<'assess-entitlement'>, context: Context): Decision {
  const { region, regionalRules, calendars, today } = context;
  const { formerScheme, newScheme } = schemesOf(state);
  if (!newScheme) throw wrongState(state);
  assertConsistent(futureFindings(facts, today));
  const calendar = calendars.get(region.code);
  const entitlement = entitlementOf({ formerScheme, newScheme, facts, regionalRules, calendar });
  return only({ type: 'entitlement-assessed', facts, entitlement });
}

/** 补充完善相关信息 (S94 7.3): months at transferIn and what employer or person hand in, beside the table and never over it (B14). */
export function supplementRecord(state: TransferCase, { supplement }: CommandOf<'supplement-record'>, { today }: Context): Decision {
  assertConsistent(supplementFindings(ofTransferIn(state), supplement, today));
  return only({ type: 'record-supplemented', supplement });
}

/** Notices that a result makes necessary, at the side that owes them (S94 7.4: 将办结情况通知用人单位或参保人员; B15). */
export function noticeEvents(before: TransferCase | undefined, after: TransferCase): CaseEvent[] {
  if (after.procedure === '2016.1' || before?.status === after.status) return [];
  const kind = resultOf(after);
  if (!kind) return [];
  return recipientsOf(after).map((to): CaseEvent => ({ type: 'notice-created', kind, to }));
}

function resultOf(state: TransferCase): NoticeKind | undefined {
  if (state.status === 'completed') return 'completed';
  if (state.status === 'ineligible') return 'refused';
  return state.status === 'closed-by-agreement' && openerOf(state) === state.side ? 'closed-by-agreement' : undefined;
}

export const undelivered = ({ notices = [] }: TransferCase): CaseNotice[] => notices.filter(({ delivered }) => delivered === undefined);

/** 送达: proof that a notice arrived; once. */
export function deliverNotice(state: TransferCase, { delivery }: CommandOf<'deliver-notice'>): Decision {
  const { kind, to, ...said } = delivery;
  const notice = state.notices?.find((candidate) => candidate.kind === kind && candidate.to === to);
  if (!notice) return refuse('case.inconsistent', finding('kind', 'unknown', '本业务没有该项告知 (the case has no such notice)'));
  if (notice.delivered) return refuse('case.inconsistent', finding('kind', 'delivered', '该项告知已送达 (it was delivered already)'));
  return only({ type: 'notice-delivered', kind, to, delivery: said });
}

/** The rural office says from when the person is out of its scheme, or why not (S191 4: 按当地规定退出新型农村合作医疗). */
export function answerSchemeWithdrawal(
  state: TransferCase,
  { entry }: CommandOf<'answer-scheme-withdrawal'>,
  { today, messageId }: Context,
): Decision {
  const notice = state.schemeWithdrawal?.messageId;
  if (!notice) throw wrongState(state);
  if (entry.withdrawn && entry.withdrawnOn > today) {
    refuse('case.inconsistent', finding('withdrawnOn', 'future', '退出日期在将来 (the date lies in the future)'));
  }
  const answer = { notice, answer: entry };
  return telling(
    { type: 'scheme-withdrawal-answered', answer, messageId },
    { type: 'cn.jiexu.scheme-withdrawal-answer.v1', id: messageId, recipient: state.counterpart, data: answer, answers: notice },
  );
}

/** Of this case's person and once: a second notice would take the place of an answered one. */
export function receiveSchemeWithdrawal(state: TransferCase, { name: _, ...received }: CommandOf<'receive-scheme-withdrawal'>): Decision {
  const { person, joinedRegion } = received.notice;
  assertConsistent([
    person.idNumber !== state.person.idNumber &&
      contradiction('data.person.idNumber', '身份证号与本业务不一致 (the ID number is not the case’s)'),
    joinedRegion !== state.counterpart && contradiction('data.joinedRegion', '参保地不是对方地区 (the region joined is not the sender)'),
    state.schemeWithdrawal !== undefined && finding('data', 'received_already', '本业务已收到该通知 (the case has such a notice already)'),
  ]);
  return only({ type: 'scheme-withdrawal-received', ...received });
}

export function receiveSchemeWithdrawalAnswer(
  state: TransferCase,
  { name: _, ...received }: CommandOf<'receive-scheme-withdrawal-answer'>,
): Decision {
  const { schemeWithdrawal } = state;
  if (!schemeWithdrawal || received.answer.notice !== schemeWithdrawal.messageId) {
    return refuse('case.inconsistent', contradiction('data.notice', '答复的不是本业务的通知 (it answers no notice of this case)'));
  }
  if (schemeWithdrawal.answer) {
    refuse('case.inconsistent', finding('data.notice', 'answered_already', '该通知已有答复 (the notice was answered already)'));
  }
  return only({ type: 'scheme-withdrawal-answer-received', ...received });
}
