import type { TransferCase } from '../../schemas/cases.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { NoticeDelivery, NoticeKind, NoticeRecipient } from '../../schemas/notices.ts';
import type { Instant } from '../../schemas/primitives.ts';
import { handled, sent } from './evolve-parts.ts';
import { ofTransferIn } from './facts.ts';

const AFTER = [
  'credited',
  'entitlement-assessed',
  'record-supplemented',
  'notice-created',
  'notice-delivered',
  'scheme-withdrawal-sent',
  'scheme-withdrawal-by-hand',
  'scheme-withdrawal-received',
  'scheme-withdrawal-answered',
  'scheme-withdrawal-answer-received',
] as const;
export type AfterEvent = Extract<CaseEvent, { type: (typeof AFTER)[number] }>;

/** Events of what goes with the hand-over; none of them changes the status. */
export const isAfter = (event: CaseEvent): event is AfterEvent => AFTER.some((type) => type === event.type);

export function accompanied(state: TransferCase, event: AfterEvent, at: Instant): TransferCase {
  switch (event.type) {
    case 'credited':
      return { ...ofTransferIn(state), credit: { amountFen: event.amountFen, by: event.by, at } };
    case 'entitlement-assessed':
      return { ...ofTransferIn(state), entitlement: event.entitlement };
    case 'record-supplemented': {
      const transferIn = ofTransferIn(state);
      return { ...transferIn, supplements: [...(transferIn.supplements ?? []), { ...event.supplement, at }] };
    }
    case 'notice-created':
      return { ...state, notices: [...(state.notices ?? []), { kind: event.kind, to: event.to, createdAt: at }] };
    case 'notice-delivered':
      return noticeDelivered(state, event, event.delivery, at);
    case 'scheme-withdrawal-sent':
      return sent({ ...state, schemeWithdrawal: { notice: event.notice, messageId: event.messageId } });
    case 'scheme-withdrawal-by-hand':
      return { ...state, schemeWithdrawal: { notice: event.notice } };
    case 'scheme-withdrawal-received':
      return handled({ ...state, schemeWithdrawal: { notice: event.notice, messageId: event.messageId } }, event);
    case 'scheme-withdrawal-answered':
      return sent(answered(state, event.answer.answer));
    case 'scheme-withdrawal-answer-received':
      return handled(answered(state, event.answer.answer), event);
    default:
      return event satisfies never;
  }
}

type Answer = NonNullable<NonNullable<TransferCase['schemeWithdrawal']>['answer']>;

function answered(state: TransferCase, answer: Answer): TransferCase {
  if (!state.schemeWithdrawal) throw new TypeError('an answer to a notice that was never given');
  return { ...state, schemeWithdrawal: { ...state.schemeWithdrawal, answer } };
}

export function noticeDelivered<S extends TransferCase>(
  state: S,
  { kind, to }: { kind: NoticeKind; to: NoticeRecipient },
  delivery: NoticeDelivery,
  at: Instant,
): S {
  const notices = state.notices?.map((notice) =>
    notice.kind === kind && notice.to === to ? { ...notice, delivered: { ...delivery, at } } : notice,
  );
  return { ...state, ...(notices && { notices }) };
}
