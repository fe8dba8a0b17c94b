import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import type { Material, Side } from '../../schemas/codes.ts';
import type { EligibilityVerdict } from '../../schemas/eligibility.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { Instant } from '../../schemas/primitives.ts';
import { toldApplicant } from './applicants.ts';
import { type AfterEvent, accompanied, isAfter, noticeDelivered } from './evolve-after.ts';
import { type BeginningEvent, copyBegun, isBeginning } from './evolve-beginning.ts';
import { type ConversationEvent, conversed, isConversation } from './evolve-conversation.ts';
import { bothIn, brought, ended, handled, sent, withLetter, withoutClosure } from './evolve-parts.ts';
import { ofTransferIn, ofTransferOut, openerOf } from './facts.ts';
import { familyOf } from './procedures/choose.ts';

/** What a fold starts from: entry 0 has no state. Version and hash are set by the timeline, not by events. */
export type Folded = TransferCase | undefined;

/** The state after one event that happened at `occurredAt`. Throws a TypeError on an event that the state cannot have: a damaged timeline. */
export function evolve(state: Folded, event: CaseEvent, occurredAt: Instant): TransferCase {
  if (isBeginning(event, state)) return copyBegun(event, occurredAt);
  if (state === undefined) throw new TypeError(`${event.type} before the case began`);
  switch (event.type) {
    case 'clock-started': {
      const { name, owner, startedOn, dueOn } = event.clock;
      return { ...state, clocks: { ...state.clocks, [name]: { owner, startedOn, dueOn } } };
    }
    case 'clock-stopped': {
      const clock = state.clocks[event.clock];
      if (!clock) throw new TypeError(`${event.clock} stopped before it started`);
      return { ...state, clocks: { ...state.clocks, [event.clock]: { ...clock, stoppedAt: event.stoppedAt } } };
    }
    case 'message-delivered':
      return { ...state, delivered: { ...state.delivered, [event.messageType]: event.deliveredAt } };
    default: {
      const timed = { ...state, times: { ...state.times, [event.type]: occurredAt } };
      if (isAfter(event)) return accompanied(timed, event, occurredAt);
      return isConversation(event) ? conversed(timed, event, occurredAt) : step(timed, event, occurredAt);
    }
  }
}

type StepEvent =
  | Exclude<CaseEvent, AfterEvent | ConversationEvent | BeginningEvent | { type: 'clock-started' | 'clock-stopped' | 'message-delivered' }>
  | Extract<CaseEvent, { type: 'letter-received' }>;

/** The hand-over itself. */
function step(state: TransferCase, event: StepEvent, occurredAt: Instant): TransferCase {
  switch (event.type) {
    case 'applied':
      return { ...ofTransferIn(state), status: 'opened', application: event.application, materials: { missing: event.materials ?? [] } };
    case 'materials-returned':
      return { ...ofTransferIn(state), materials: { missing: event.missing, since: [] } };
    case 'materials-handed-in':
      return withMaterials(ofTransferIn(state), event.materials);
    case 'accepted':
      return { ...ofTransferIn(state), status: 'accepted' };
    case 'verdict-given':
      return sent(judged(state, state.side, event.verdict, occurredAt));
    case 'verdict-received':
      return handled(judged(state, state.side === 'transferIn' ? 'transferOut' : 'transferIn', event.verdict, event.sentAt), event);
    case 'letter-sent':
      return sent(withLetter({ ...ofTransferIn(state), status: 'letter-sent' }, event));
    case 'letter-received':
      return handled(
        withLetter({ ...ofTransferOut(state), status: 'letter-received', relation: 'transferring', person: event.letter.person }, event),
        event,
      );
    case 'termination-proposed': {
      const { type: _, facts: __, ...termination } = event;
      return { ...ofTransferOut(state), termination };
    }
    case 'relation-terminated': {
      const { termination: _, ...rest } = ofTransferOut(state);
      return { ...rest, status: 'relation-terminated', relation: 'terminated', terminatedOn: event.terminatedOn };
    }
    case 'remittance-proposed': {
      const { type: _, ...remittanceProposal } = event;
      return { ...ofTransferOut(state), remittanceProposal };
    }
    case 'remitted': {
      const { remittanceProposal: _, ...rest } = ofTransferOut(state);
      return sent(brought({ ...rest, status: 'account-settled', advice: event.advice }, 'remittance-advice', event));
    }
    case 'not-remitted': {
      const { remittanceProposal: _, ...rest } = ofTransferOut(state);
      return sent(brought({ ...rest, status: 'account-settled', notRemitted: event.notice }, 'not-remitted', event));
    }
    case 'table-proposed': {
      const { type: _, ...tableProposal } = event;
      return { ...ofTransferOut(state), tableProposal };
    }
    case 'table-sent': {
      const { tableProposal: _, ...rest } = ofTransferOut(state);
      return sent(brought({ ...rest, status: 'transferred-out', table: event.table }, 'information-table', event));
    }
    case 'remittance-advice-received':
      return handled(brought({ ...ofTransferIn(state), advice: event.advice }, 'remittance-advice', event), event);
    case 'not-remitted-received':
      return ready(handled(brought({ ...ofTransferIn(state), notRemitted: event.notice }, 'not-remitted', event), event));
    case 'table-received':
      return ready(handled(brought({ ...ofTransferIn(state), table: event.table }, 'information-table', event), event));
    case 'money-received': {
      const { money, by, bankLine } = event;
      const from = by === undefined && bankLine === undefined ? {} : { moneyFrom: { ...(by && { by }), ...(bankLine && { bankLine }) } };
      return ready({ ...ofTransferIn(state), money, ...from });
    }
    case 'money-rejected':
      return withoutMoney(ofTransferIn(state));
    case 'completed':
      return sent(withoutClosure({ ...ofTransferIn(state), status: 'completed', completion: event.notice }));
    case 'completion-received':
      return handled(
        withoutClosure({ ...ofTransferOut(state), status: 'closed', relation: 'terminated', completion: event.notice }),
        event,
      );
    case 'ineligibility-sent':
      return sent(
        ended({ ...ofTransferOut(state), status: 'refused', relation: 'suspended', ineligible: event.notice.reasons }, occurredAt),
      );
    case 'ineligibility-received':
      return handled(ended({ ...ofTransferIn(state), status: 'ineligible', ineligible: event.notice.reasons }, event.sentAt), event);
    case 'applicant-notified': {
      const { channel, note } = event;
      const told = { kind: 'refused', to: toldApplicant(state) } as const;
      return { ...noticeDelivered(state, told, { channel, ...(note !== undefined && { note }) }, occurredAt), status: 'refused' };
    }
    case 'forwarded':
      return sent(
        ended({ ...ofTransferOut(state), status: 'forwarded', relation: 'suspended', forwardedTo: event.notice.region }, occurredAt),
      );
    case 'forwarded-received':
      return redirected(handled(ofTransferIn(state), event), event);
    case 'forward-failed':
      return handled(ended({ ...ofTransferIn(state), status: 'ineligible', ineligible: event.reasons }, event.sentAt), event);
    case 'withdrawn':
      return ended({ ...ofTransferIn(state), status: 'withdrawn' }, occurredAt);
    default:
      return event satisfies never;
  }
}

/** Under procedure 2021 money may still be an open item at the completion; under that of 2016 both must be in. */
function ready(state: TransferInCase): TransferInCase {
  if (familyOf(state.procedure) === '2016') return bothIn(state) ? { ...state, status: 'ready-to-complete' } : state;
  return state.status === 'accepted' && state.table ? { ...state, status: 'ready-to-complete' } : state;
}

function withMaterials(state: TransferInCase, materials: readonly Material[]): TransferInCase {
  const { missing = [], since } = state.materials ?? {};
  const left = missing.filter((material) => !materials.includes(material));
  return { ...state, materials: { missing: left, ...(since && { since: [...new Set([...since, ...materials])] }) } };
}

/** Both verdicts positive: accepted at the later one's time. One negative: refused there, to be told to the applicant where he applied. */
function judged<S extends TransferCase>(state: S, by: Side, verdict: EligibilityVerdict, occurredAt: Instant): S {
  const verdicts = { ...state.verdicts, [by]: verdict };
  if (!verdict.eligible) {
    const status = openerOf(state) === state.side ? 'ineligible' : 'refused';
    return ended({ ...state, verdicts, status, ineligible: verdict.reasons }, occurredAt);
  }
  const { transferIn, transferOut } = verdicts;
  const payee = verdict.payee && { payee: verdict.payee };
  if (!transferIn || !transferOut) return { ...state, verdicts, ...payee };
  const acceptedAt = transferIn.decidedAt > transferOut.decidedAt ? transferIn.decidedAt : transferOut.decidedAt;
  return { ...state, verdicts, ...payee, acceptedAt, status: 'accepted' };
}

/** As before it was confirmed. The clock that it started, where the procedure has one, is not the one that the next money starts. */
function withoutMoney(state: TransferInCase): TransferInCase {
  const { money: _, moneyFrom: __, ...rest } = state;
  const { 'money-received': ___, ...times } = state.times;
  const { complete: run, ...clocks } = state.clocks;
  return {
    ...rest,
    times,
    clocks,
    ...(familyOf(state.procedure) === '2016' && state.status === 'ready-to-complete' && { status: 'letter-sent' }),
    ...(run && { runs: { ...state.runs, complete: (state.runs?.complete ?? 1) + 1 } }),
  };
}

/**
 * The letter goes to another region: a new counterpart, new sequences, and the clock of the one that will have it. What the first one was sent
 * stays in the rows of its messages and in the timeline; what it was asked and did not answer, nobody will.
 */
function redirected(state: TransferInCase, { notice }: Extract<CaseEvent, { type: 'forwarded-received' }>): TransferInCase {
  const { 'transfer-out': run, ...clocks } = state.clocks;
  const { 'cn.jiexu.liaison-letter.v1': _, ...delivered } = state.delivered;
  const { versions: __, lastReminderOn: ___, queries, ...rest } = state;
  const settled = queries?.filter(({ answer }) => answer !== undefined);
  return {
    ...withoutClosure(rest),
    ...(settled && { queries: settled }),
    counterpart: notice.region,
    formerCounterparts: [...(state.formerCounterparts ?? []), state.counterpart],
    sequences: { sent: 0, handled: 0 },
    delivered,
    clocks,
    ...(run && { runs: { ...state.runs, 'transfer-out': (state.runs?.['transfer-out'] ?? 1) + 1 } }),
  };
}
