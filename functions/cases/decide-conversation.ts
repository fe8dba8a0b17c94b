import type { TransferCase } from '../../schemas/cases.ts';
import { isFinal } from '../../schemas/procedures.ts';
import { finding, refuse } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { correctionFrom, correctionSent } from './corrections.ts';
import { noticeOf } from './decide-out.ts';
import { contradiction, noted, only, telling } from './decisions.ts';
import { openQueries, openQueryAbout, ownDocuments, queryable } from './facts.ts';
import { transitionOf } from './procedures/index.ts';

/** Questions and answers about documents, and reminders (S94 6, 7; B3, B9). */

/** 联系核实: a question about the current version of a document of the other side; one at a time per document. */
export function query(state: TransferCase, { entry }: CommandOf<'query'>, { messageId }: Context): Decision {
  const version = queryable(state).get(entry.about);
  if (version === undefined) {
    return refuse(
      'case.inconsistent',
      finding('about', 'no_such_document', '尚未收到对方的该文书 (the other side has sent no such document)'),
    );
  }
  if (openQueryAbout(state, 'own', entry.about)) {
    refuse('case.pending', finding('about', 'query_open', '就该文书的询问尚未得到答复 (a query about it waits for its answer)'));
  }
  if (entry.about === 'remittance-advice' && state.side === 'transferIn' && state.money) {
    refuse('case.inconsistent', finding('about', 'money_confirmed', '到账已按该通知确认 (the money was confirmed against it)'));
  }
  const asked = { ...entry, version };
  return telling(
    { type: 'query-sent', query: asked, messageId },
    { type: 'cn.jiexu.query.v1', id: messageId, recipient: state.counterpart, data: asked },
  );
}

export function receiveQuery(state: TransferCase, { name: _, ...received }: CommandOf<'receive-query'>): Decision {
  const { about, version } = received.query;
  if (isOver(state)) return noted('cn.jiexu.query.v1', received);
  if (ownDocuments(state).get(about) !== version) {
    refuse('case.inconsistent', finding('data.version', 'not_current', '所询问的不是现行版本 (it is not about the current version)'));
  }
  return only({ type: 'query-received', ...received });
}

/** Nobody could answer any more; under procedure 2021 money may be asked about even after the completion. */
const isOver = ({ ended, procedure, side, status }: TransferCase): boolean =>
  ended !== undefined || (isFinal(status) && transitionOf(procedure, side, 'explain', status) === undefined);

/** 更正: the clerk states what changes, and the whole new version goes out. Table and advice are corrected through a proposal (F2). */
export function correct(state: TransferCase, { entry }: CommandOf<'correct'>, context: Context): Decision {
  const correction = correctionFrom(state, entry, context, (notRemitted) => noticeOf(state, notRemitted));
  return correctionSent(state, correction, context);
}

/** 说明情况: the document stands. */
export function explain(state: TransferCase, { explanation }: CommandOf<'explain'>, { messageId }: Context): Decision {
  if (!openQueries(state, 'counterpart').some(({ id }) => id === explanation.query)) {
    refuse('case.inconsistent', contradiction('query', '没有待答复的该询问 (no such open query of the other side)'));
  }
  return telling(
    { type: 'explanation-sent', explanation, messageId },
    { type: 'cn.jiexu.explanation.v1', id: messageId, recipient: state.counterpart, data: explanation, answers: explanation.query },
  );
}

export function receiveExplanation(state: TransferCase, { name: _, ...received }: CommandOf<'receive-explanation'>): Decision {
  const asked = state.queries?.find(({ id, by }) => id === received.explanation.query && by === 'own');
  if (!asked) refuse('case.inconsistent', contradiction('data.query', '本地区没有提出此询问 (no such query of ours)'));
  if (asked?.answer !== undefined) {
    refuse('case.inconsistent', finding('data.query', 'answered_already', '该询问已有答复 (the query was answered already)'));
  }
  return state.ended === undefined ? only({ type: 'explanation-received', ...received }) : noted('cn.jiexu.explanation.v1', received);
}

/** 催办: at most once a day, so that it stays worth reading. */
export function remind(state: TransferCase, { entry }: CommandOf<'remind'>, { messageId, today }: Context): Decision {
  if (state.lastReminderOn === today) {
    refuse('case.pending', finding('reminder', 'reminded_today', '今日已催办 (reminded today already)'));
  }
  const dueOn = Object.values(state.clocks)
    .filter(({ owner, stoppedAt }) => owner === state.counterpart && stoppedAt === undefined)
    .map((clock) => clock.dueOn)
    .sort()[0];
  const reminder = { ...entry, ...(dueOn && { dueOn }) };
  return telling(
    { type: 'reminded', reminder, on: today, messageId },
    { type: 'cn.jiexu.reminder.v1', id: messageId, recipient: state.counterpart, data: reminder },
  );
}

export const receiveReminder = (_: TransferCase, { name: __, ...received }: CommandOf<'receive-reminder'>): Decision =>
  only({ type: 'reminder-received', ...received });
