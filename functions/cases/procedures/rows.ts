import { Role, type Role as RoleName, type Side } from '../../../schemas/codes.ts';
import type { CaseStatus, Transition } from '../../../schemas/procedures.ts';

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
    { side, command: 'correct', from: answer, to: [], roles: OFFICE },
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
