import type { Actor, TransferCase } from '../../schemas/cases.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import { MAX_MESSAGE_BYTES, type OutgoingMessage } from '../../schemas/messages.ts';
import type { CommandName, Transition } from '../../schemas/procedures.ts';
import { CalendarYearMissing } from '../calendar/working-days.ts';
import { finding, refuse, roleNotAllowed } from '../platform/errors.ts';
import { clockEvents } from './clocks.ts';
import type { Command, CommandOf, Context, Decision } from './commands.ts';
import { noticeEvents } from './decide-after.ts';
import { inVersionOf } from './decisions.ts';
import { evolve, type Folded } from './evolve.ts';
import { obstacleTo } from './obstacles.ts';
import { beginningOf, transitionOf } from './procedures/index.ts';
import { caseNotFound, notByHand, wrongOffice, wrongState } from './refusals.ts';
import { STEPS } from './steps.ts';

/** Room for the CloudEvents attributes and the signature around a message's data. */
const ENVELOPE_BYTES = 1_500;
/** Room for the head that case and directory put over the rows of a table, and for the correction that may carry it. */
const HEAD_BYTES = 2_500;

/**
 * What a command makes of a case: events (clocks included) and messages to send. Pure: the same arguments give the same decision.
 * Throws a Refusal that names field and reason; a case changes in no other way.
 */
export function decide(state: Folded, command: Command, context: Context): Decision {
  assertAllowed(state, command, context.actor);
  const { events: decided, messages } = decideStep(state, command, context);
  for (const { type, data } of messages) assertFits(longPart(type), data, ENVELOPE_BYTES);
  // Said to the one who typed it, not to the second person, who can change nothing (F2).
  for (const event of decided) if (event.type === 'table-proposed') assertFits('periods', event.entry, ENVELOPE_BYTES + HEAD_BYTES);
  const fold = (from: Folded, next: readonly CaseEvent[]) =>
    next.reduce<Folded>((folded, event) => evolve(folded, event, context.occurredAt), from);
  const decidedOn = fold(state, decided);
  if (!decidedOn) return { events: decided, messages };
  const notices = noticeEvents(state, decidedOn);
  const events = [...decided, ...notices];
  const after = fold(decidedOn, notices) ?? decidedOn;
  for (const item of [after, events]) assertStorable(item);
  return {
    events: [...events, ...clocksOf(after, context)],
    messages: messages.map((message) => inVersionOf(after.procedure, message)),
  };
}

function assertFits(field: string, document: unknown, around: number): void {
  if (Buffer.byteLength(JSON.stringify(document)) + around <= MAX_MESSAGE_BYTES) return;
  refuse('message.too-large', finding(field, 'too_big', '文书超过200 KB，请减少备注或行数 (larger than 200 KB: shorten remarks or rows)'));
}

/** A row holds 400 KB; a case with a long table, its correction and what changed can pass that where no document does by itself. */
const MAX_ROW_BYTES = 380 * 1024;

function assertStorable(item: TransferCase | CaseEvent[]): void {
  if (Buffer.byteLength(JSON.stringify(item)) <= MAX_ROW_BYTES) return;
  refuse(
    'message.too-large',
    finding('periods', 'too_big', '业务记录超过380 KB，请减少备注或行数 (the case is larger than 380 KB: shorten remarks or rows)'),
  );
}

/** Part of a document that can be too long; the table alone has rows. */
const longPart = (type: OutgoingMessage['type']): string => (type.startsWith('cn.jiexu.information-table.') ? 'periods' : 'data');

function decideStep<N extends CommandName>(state: Folded, command: CommandOf<N>, context: Context): Decision {
  return STEPS[command.name](state, command, context);
}

/** The transition table, the caller's office and what the state alone says, before anything else is looked at. Throws a Refusal. */
export function assertAllowed(state: Folded, command: Command, actor: Actor): void {
  if (!state) {
    assertRole(beginningRow(command), actor);
    return;
  }
  if (actor.kind === 'caller' && actor.office !== state.office) throw wrongOffice();
  if (actor.kind === 'bank-statement' && command.name !== 'confirm-money') throw notByHand();
  if (actor.kind === 'message' && actor.region !== state.counterpart)
    refuse('message.wrong-party', finding('source', 'wrong_party', '不是该业务的对方 (not the counterpart)'));
  const row = transitionOf(state.procedure, state.side, command.name, state.status);
  if (!row) throw wrongState(state);
  assertRole(row, actor);
  const obstacle = obstacleTo(state, command.name, actor.kind === 'caller' ? actor.subject : undefined);
  if (obstacle) throw obstacle;
}

/** A message names the procedure that its sender chose; a clerk's command finds out which one applies. */
function beginningRow(command: Command): Transition {
  if (!('procedure' in command)) return beginningOf(command.name) ?? notThere();
  const row = beginningOf(command.name, command.procedure);
  return (
    row ?? refuse('message.procedure', finding('procedure', 'not_of_procedure', '该规程没有这种文书 (the procedure has no such message)'))
  );
}

function notThere(): never {
  throw caseNotFound();
}

/** People's commands need a role; what has none, only a message can do. */
function assertRole({ roles }: Transition, actor: Actor): void {
  const allowed = actor.kind === 'caller' ? roles.includes(actor.role) : actor.kind === 'bank-statement' || roles.length === 0;
  if (allowed) return;
  if (roles.length === 0) throw notByHand();
  throw roleNotAllowed(roles);
}

function clocksOf(state: TransferCase, context: Context): CaseEvent[] {
  try {
    return clockEvents(state, context.calendars);
  } catch (error) {
    if (!(error instanceof CalendarYearMissing)) throw error;
    return refuse(
      'calendar.year-missing',
      finding('year', String(error.year), `工作日历缺少${error.year}年 (no calendar for ${error.year})`),
    );
  }
}
