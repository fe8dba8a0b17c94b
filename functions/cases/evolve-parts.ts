import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import type { DocumentKind } from '../../schemas/codes.ts';
import type { LiaisonLetter } from '../../schemas/documents.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { Instant, MessageId } from '../../schemas/primitives.ts';

/** Pieces that the folding of every event is made of. */

export type ReceivedEvent = Extract<CaseEvent, { sentAt: Instant }>;

export const sent = <S extends TransferCase>(state: S): S => ({
  ...state,
  sequences: { ...state.sequences, sent: state.sequences.sent + 1 },
});

export const handled = <S extends TransferCase>(state: S, { type, sequence, sentAt }: ReceivedEvent): S => ({
  ...state,
  sentAt: { ...state.sentAt, [type]: sentAt },
  sequences: { ...state.sequences, handled: sequence },
});

/** The message holds the current version of the document. The first version of the procedure knows one version of everything and keeps none. */
export const brought = <S extends TransferCase>(state: S, kind: DocumentKind, { messageId }: { messageId: MessageId }): S =>
  state.procedure === '2016.1' ? state : { ...state, versions: { ...state.versions, [kind]: messageId } };

/** A voucher that the person carried came to transferOut's knowledge with the letter that names it: that message stands for it in queries. */
export function withLetter<S extends TransferCase>(state: S, event: { letter: LiaisonLetter; messageId: MessageId }): S {
  const named = state.versions?.['coverage-voucher'] === undefined ? brought(state, 'coverage-voucher', event) : state;
  return brought({ ...named, letter: event.letter }, 'liaison-letter', event);
}

export const withoutClosure = <S extends TransferCase>(state: S): S => ({ ...state, closure: undefined });

/** Ended before the hand-over was complete: its clocks stop, and nothing waits any more. */
export function ended<S extends TransferCase>(state: S, at: Instant): S {
  const waiting =
    state.side === 'transferIn'
      ? { withdrawal: undefined }
      : { termination: undefined, remittanceProposal: undefined, tableProposal: undefined };
  return { ...withoutClosure(state), ...waiting, ended: at };
}

/** Table and balance (or the word that none comes) are both in: the third clock runs (S94 7; D1). */
export const bothIn = (state: TransferInCase): boolean =>
  state.table !== undefined && (state.money !== undefined || state.notRemitted !== undefined);
