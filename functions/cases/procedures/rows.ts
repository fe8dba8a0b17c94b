import { Role, type Role as RoleName, type Side } from '../../../schemas/codes.ts';
import type { CaseStatus, Transition } from '../../../schemas/procedures.ts';

/** Whoever acts for an office. */
export const OFFICE: RoleName[] = Role.options.filter((role) => role !== 'ministry');
/** A second person (F2): a system is none. */
export const PEOPLE: RoleName[] = OFFICE.filter((role) => role !== 'system');

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
    { side, command: 'receive-closure-proposal', from: all, to: ends, stays: true, roles: [] },
    { side, command: 'receive-closure-answer', from: all, to: ends, stays: true, roles: [] },
    { side, command: 'receive-reminder', from: all, to: [], roles: [] },
  ];
}
