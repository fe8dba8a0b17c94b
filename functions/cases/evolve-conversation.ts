import type { CaseQuery, TransferCase } from '../../schemas/cases.ts';
import type { Correction, Query } from '../../schemas/conversation.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { Instant, MessageId } from '../../schemas/primitives.ts';
import { brought, ended, handled, sent, withoutClosure } from './evolve-parts.ts';
import { ofTransferIn, ofTransferOut } from './facts.ts';

const CONVERSATION = [
  'query-sent',
  'query-received',
  'correction-sent',
  'correction-received',
  'explanation-sent',
  'explanation-received',
  'withdrawal-sent',
  'withdrawal-received',
  'withdrawal-answered',
  'withdrawal-answer-received',
  'closure-proposed',
  'closure-proposal-received',
  'closure-answered',
  'closure-answer-received',
  'reminded',
  'reminder-received',
  'noted',
] as const;
export type ConversationEvent = Extract<CaseEvent, { type: (typeof CONVERSATION)[number] }>;

export const isConversation = (event: CaseEvent): event is ConversationEvent => CONVERSATION.some((type) => type === event.type);

/** The state after something that the two offices said to each other. */
export function conversed(state: TransferCase, event: ConversationEvent, occurredAt: Instant): TransferCase {
  switch (event.type) {
    case 'query-sent':
      return sent(asked(state, 'own', event.messageId, event.query, occurredAt));
    case 'query-received':
      return handled(asked(state, 'counterpart', event.messageId, event.query, occurredAt), event);
    case 'correction-sent':
      return sent(corrected(state, event, occurredAt));
    case 'correction-received':
      return handled(corrected(state, event, occurredAt), event);
    case 'explanation-sent':
    case 'explanation-received': {
      const { query, text } = event.explanation;
      const after = withoutProposal(answered(state, query, { answer: 'explained', answeredAt: occurredAt, explanation: text }), query);
      return event.type === 'explanation-sent' ? sent(after) : handled(after, event);
    }
    case 'withdrawal-sent':
      return sent({ ...ofTransferIn(state), withdrawal: event.messageId });
    case 'withdrawal-received':
      return handled(
        event.granted ? ended({ ...ofTransferOut(state), status: 'withdrawn', relation: 'suspended' }, occurredAt) : state,
        event,
      );
    case 'withdrawal-answered':
    case 'closure-answered':
      return sent(event.type === 'closure-answered' ? agreed(state, event.answer.agreed, occurredAt) : state);
    case 'withdrawal-answer-received': {
      const waiting = ofTransferIn(state);
      return handled(
        event.answer.granted ? ended({ ...waiting, status: 'withdrawn' }, event.sentAt) : { ...waiting, withdrawal: undefined },
        event,
      );
    }
    case 'closure-proposed':
      return sent({ ...state, closure: { by: 'own', messageId: event.messageId, ...event.proposal } });
    case 'closure-proposal-received':
      // Both sides proposed at the same time: that is agreement, and each learns it from the other's proposal (B5).
      return handled(
        state.closure?.by === 'own'
          ? agreed(state, true, event.sentAt)
          : { ...state, closure: { by: 'counterpart', messageId: event.messageId, ...event.proposal } },
        event,
      );
    case 'closure-answer-received':
      return handled(agreed(state, event.answer.agreed, event.sentAt), event);
    case 'reminded':
      return sent({ ...state, lastReminderOn: event.on });
    case 'reminder-received':
    case 'noted':
      return handled(state, event);
    default:
      return event satisfies never;
  }
}

function asked<S extends TransferCase>(state: S, by: CaseQuery['by'], id: MessageId, query: Query, askedAt: Instant): S {
  return { ...state, queries: [...(state.queries ?? []), { id, by, ...query, askedAt }] };
}

function answered<S extends TransferCase>(state: S, id: MessageId, answer: Partial<CaseQuery>): S {
  return { ...state, queries: (state.queries ?? []).map((query) => (query.id === id ? { ...query, ...answer } : query)) };
}

/** A query is answered once: the corrected table or advice that was proposed to answer it cannot go out any more. */
function withoutProposal(state: TransferCase, query: MessageId): TransferCase {
  if (state.side !== 'transferOut') return state;
  if (state.remittanceProposal?.query === query) return { ...state, remittanceProposal: undefined };
  return state.tableProposal?.query === query ? { ...state, tableProposal: undefined } : state;
}

/** Ended by agreement: the relation, terminated or not, is left suspended where it was; no hand-over took place. */
function agreed(state: TransferCase, yes: boolean, at: Instant): TransferCase {
  if (!yes) return withoutClosure(state);
  const over = ended({ ...state, status: 'closed-by-agreement' }, at);
  return over.side === 'transferOut' ? { ...over, relation: 'suspended', terminatedOn: undefined } : over;
}

type CorrectionEvent = Extract<CaseEvent, { type: 'correction-sent' | 'correction-received' }>;

function corrected(state: TransferCase, { correction, changes, messageId }: CorrectionEvent, at: Instant): TransferCase {
  const changed = changes.map(({ field }) => field);
  const after = answered(withDocument(state, correction), correction.query, { answer: 'corrected', answeredAt: at, changed });
  const current = brought(after, correction.about, { messageId });
  if (current.side === 'transferIn') return current;
  // What rests on the old version is proposed anew: the second person would approve what the first has not seen (B3, F2).
  if (correction.about === 'liaison-letter' || correction.about === 'transfer-request') {
    return { ...current, termination: undefined, remittanceProposal: undefined };
  }
  if (correction.about === 'remittance-advice') return { ...current, remittanceProposal: undefined };
  return correction.about === 'information-table' ? { ...current, tableProposal: undefined } : current;
}

/** The new version takes the place of the old one, which is never processed again (B3); it stays in the timeline (B9). */
function withDocument(state: TransferCase, correction: Correction): TransferCase {
  switch (correction.about) {
    case 'liaison-letter':
      return { ...state, letter: correction.document, person: correction.document.person };
    case 'coverage-voucher':
      return { ...state, voucher: correction.document };
    case 'information-table':
      return { ...state, table: correction.document };
    case 'remittance-advice':
      return { ...state, advice: correction.document };
    case 'not-remitted':
      return { ...state, notRemitted: correction.document };
    case 'transfer-request':
      return { ...state, request: correction.document, person: correction.document.person };
    default:
      return correction satisfies never;
  }
}
