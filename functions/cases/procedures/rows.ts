import { Role, type Role as RoleName, type Side } from '../../../schemas/codes.ts';
import type { CaseStatus, ClockRule, Transition } from '../../../schemas/procedures.ts';

/** Whoever acts for an office. */
export const OFFICE: RoleName[] = Role.options.filter((role) => role !== 'ministry');
/** A second person (F2): a system is none. */
export const PEOPLE: RoleName[] = OFFICE.filter((role) => role !== 'system');

/** The statuses of `all` that are not among `some`. */
export const but = (all: readonly CaseStatus[], some: readonly CaseStatus[]): CaseStatus[] =>
  all.filter((status) => !some.includes(status));

type Talk = {
  /** Where messages of the conversation may arrive: everywhere, since the other side cannot know that a case has ended meanwhile. */
  all: CaseStatus[];
  query: CaseStatus[];
  /** Where a question of the other side can be answered. */
  answer: CaseStatus[];
  propose: CaseStatus[];
  agree: CaseStatus[];
  remind: CaseStatus[];
};

/** Rows that both procedures and both sides share: questions, agreement to end, reminders (S94 6, 7; B3, B5, B9). */
export function conversation(side: Side, { all, query, answer, propose, agree, remind }: Talk): Transition[] {
  const ends: CaseStatus[] = ['closed-by-agreement'];
  return [
    { side, command: 'query', from: query, to: [], roles: OFFICE },
    // Afterwards only money and table are asked about, and those are corrected through a proposal (F2).
    { side, command: 'correct', from: but(answer, ['closed']), to: [], roles: OFFICE },
    { side, command: 'explain', from: answer, to: [], roles: OFFICE },
    { side, command: 'propose-closure', from: propose, to: [], roles: OFFICE },
    { side, command: 'answer-closure', from: agree, to: ends, stays: true, roles: OFFICE },
    { side, command: 'remind', from: remind, to: [], roles: OFFICE },
    { side, command: 'receive-query', from: all, to: [], roles: [] },
    { side, command: 'receive-correction', from: all, to: [], roles: [] },
    { side, command: 'receive-explanation', from: all, to: [], roles: [] },
    // A proposal that meets one of our own is agreement.
    { side, command: 'receive-closure-proposal', from: propose, to: ends, stays: true, roles: [] },
    { side, command: 'receive-closure-proposal', from: but(all, propose), to: [], roles: [] },
    { side, command: 'receive-closure-answer', from: propose, to: ends, stays: true, roles: [] },
    { side, command: 'receive-closure-answer', from: but(all, propose), to: [], roles: [] },
    { side, command: 'receive-reminder', from: all, to: [], roles: [] },
  ];
}

/**
 * Withdrawal (B5): granted in time, which is until transferOut has done what one side alone cannot undo; later it is denied, and where the case
 * has ended it is only noted.
 */
export const withdrawalReceived = (all: CaseStatus[], inTime: CaseStatus[]): Transition[] => [
  { side: 'transferOut', command: 'receive-withdrawal', from: inTime, to: ['withdrawn'], roles: [] },
  { side: 'transferOut', command: 'receive-withdrawal', from: but(all, inTime), to: [], roles: [] },
];
export const withdrawalAnswered = (all: CaseStatus[], asked: CaseStatus[]): Transition[] => [
  { side: 'transferIn', command: 'receive-withdrawal-answer', from: asked, to: ['withdrawn'], stays: true, roles: [] },
  { side: 'transferIn', command: 'receive-withdrawal-answer', from: but(all, asked), to: [], roles: [] },
];

/** 个人账户划转 by two persons (F2): proposed, then approved; once more where the advice was queried and is corrected. */
export const remittance = (first: CaseStatus, later: CaseStatus[]): Transition[] => [
  { side: 'transferOut', command: 'propose-remittance', from: [first, ...later], to: [], roles: OFFICE },
  { side: 'transferOut', command: 'approve-remittance', from: [first], to: ['account-settled'], roles: PEOPLE },
  { side: 'transferOut', command: 'approve-remittance', from: later, to: [], roles: PEOPLE },
];

/** What transferIn does beside the hand-over: benefits, and the record that the table is only one source of (S94 7.3). */
export const besides = (from: CaseStatus[]): Transition[] => [
  { side: 'transferIn', command: 'assess-entitlement', from, to: [], roles: OFFICE },
  { side: 'transferIn', command: 'supplement-record', from, to: [], roles: OFFICE },
];

/** Proof that a notice arrived (B15). */
export const noticed = (side: Side, from: CaseStatus[]): Transition[] => [{ side, command: 'deliver-notice', from, to: [], roles: OFFICE }];

/** 将办结情况通知用人单位或参保人员 (S94 7.4): the article names no day, the same working day is the house's (B15). */
export const TELL_RESULT: ClockRule = {
  name: 'tell-result',
  owedBy: 'transferIn',
  days: 0,
  article: '人社厅发〔2016〕94号第七条；内部时限：办结当日告知',
};
