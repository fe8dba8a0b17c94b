import type { Actor, CaseEvent, TransferCase } from '../../schemas/cases.ts';
import { MAX_MESSAGE_BYTES, type OutgoingMessage } from '../../schemas/messages.ts';
import type { Transition } from '../../schemas/procedures.ts';
import { CalendarYearMissing } from '../calendar/working-days.ts';
import { finding, refuse, roleNotAllowed } from '../platform/errors.ts';
import { clockEvents } from './clocks.ts';
import type { Command, Context, Decision } from './commands.ts';
import { decideTransferIn, openCase } from './decide-in.ts';
import { decideTransferOut, receiveLetter } from './decide-out.ts';
import { evolve, type Folded } from './evolve.ts';
import { obstacleTo } from './obstacles.ts';
import { beginningOf, CURRENT_PROCEDURE, transitionOf } from './procedures/index.ts';
import { caseNotFound, notByHand, wrongOffice, wrongState } from './refusals.ts';

/** Room for the CloudEvents attributes and the signature around a message's data. */
const ENVELOPE_BYTES = 1_500;

/**
 * What a command makes of a case: events (clocks included) and messages to send. Pure: the same arguments give the same decision.
 * Throws a Refusal that names field and reason; a case changes in no other way.
 */
export function decide(state: Folded, command: Command, context: Context): Decision {
  assertAllowed(state, command, context.actor);
  const { events, messages } = decideStep(state, command, context);
  for (const message of messages) {
    if (Buffer.byteLength(JSON.stringify(message.data)) + ENVELOPE_BYTES > MAX_MESSAGE_BYTES) {
      refuse(
        'message.too-large',
        finding(longPart(message.type), 'too_big', '文书超过200 KB，请减少备注或行数 (larger than 200 KB: shorten remarks or rows)'),
      );
    }
  }
  const after = events.reduce<Folded>((folded, event) => evolve(folded, event, context.occurredAt), state);
  return { events: after ? [...events, ...clocksOf(after, context)] : events, messages };
}

/** Part of a document that can be too long; the table alone has rows. */
const longPart = (type: OutgoingMessage['type']): string => (type === 'cn.jiexu.information-table.v1' ? 'periods' : 'data');

function decideStep(state: Folded, command: Command, context: Context): Decision {
  switch (command.name) {
    case 'open':
      return openCase(command, context);
    case 'receive-letter':
      return receiveLetter(command, context);
    default:
      if (!state) throw caseNotFound();
      return state.side === 'transferIn' ? decideTransferIn(state, command, context) : decideTransferOut(state, command, context);
  }
}

/** The transition table, the caller's office and what the state alone says, before anything else is looked at. Throws a Refusal. */
export function assertAllowed(state: Folded, command: Command, actor: Actor): void {
  if (!state) {
    const beginning = beginningOf(CURRENT_PROCEDURE, command.name);
    if (!beginning) throw caseNotFound();
    assertRole(beginning, actor);
    return;
  }
  if (actor.kind === 'caller' && actor.office !== state.office) throw wrongOffice();
  if (actor.kind === 'message' && actor.region !== state.counterpart)
    refuse('message.wrong-party', finding('source', 'wrong_party', '不是该业务的对方 (not the counterpart)'));
  const row = transitionOf(state.procedure, state.side, command.name);
  if (!row?.from.includes(state.status)) throw wrongState(state);
  assertRole(row, actor);
  const obstacle = obstacleTo(state, command.name);
  if (obstacle) throw obstacle;
}

/** People's commands need a role; what has none, only a message can do. */
function assertRole({ roles }: Transition, actor: Actor): void {
  const allowed = actor.kind === 'caller' ? roles.includes(actor.role) : roles.length === 0;
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
