import { GENESIS_HASH, type TransferCase } from '../../schemas/cases.ts';
import type { RelationState, Side } from '../../schemas/codes.ts';
import type { TransferRequest } from '../../schemas/conversation.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { Instant } from '../../schemas/primitives.ts';
import { brought, handled, sent, withLetter } from './evolve-parts.ts';

const BEGINNINGS = ['opened', 'voucher-sent', 'voucher-received', 'requested', 'request-received', 'letter-received'] as const;
export type BeginningEvent = Extract<CaseEvent, { type: (typeof BEGINNINGS)[number] }>;

/** A letter may also come to a copy that a voucher began; every other beginning has no state before it. */
export function isBeginning(event: CaseEvent, state: TransferCase | undefined): event is BeginningEvent {
  if (!BEGINNINGS.some((type) => type === event.type)) return false;
  if (state === undefined) return true;
  if (event.type === 'letter-received') return false;
  throw new TypeError(`${event.type} of a case that has begun`);
}

/** Fields every copy begins with; the timeline sets version and hash. */
const BEGINNING = { version: 1, hash: GENESIS_HASH, clocks: {}, delivered: {}, sentAt: {}, sequences: { sent: 0, handled: 0 } };

/** The state that a beginning makes. */
export function copyBegun(event: BeginningEvent, occurredAt: Instant): TransferCase {
  const { caseNumber, region, office, procedure } = event;
  const base = { ...BEGINNING, caseNumber, region, office, procedure, times: { [event.type]: occurredAt } };
  switch (event.type) {
    case 'opened': {
      const { application, personHash, materials, parent, procedureReason } = event;
      return {
        ...base,
        ...(procedureReason && { procedureReason }),
        ...(materials && { materials: { missing: materials } }),
        ...(parent && { parent }),
        side: 'transferIn',
        status: 'opened',
        application,
        personHash,
        counterpart: application.formerRegion,
        person: application.person,
      };
    }
    case 'voucher-received': {
      const { voucher, personHash } = event;
      const { participationRegion: counterpart, person } = voucher;
      const state = { ...base, side: 'transferIn', status: 'voucher-received', voucher, personHash, counterpart, person } as const;
      return handled(brought(state, 'coverage-voucher', event), event);
    }
    case 'voucher-sent': {
      const { voucher, personHash, newRegion: counterpart, procedureReason } = event;
      const { person } = voucher;
      const state = {
        ...base,
        ...RELATION_SUSPENDED,
        side: 'transferOut',
        status: 'voucher-sent',
        voucher,
        personHash,
        counterpart,
        person,
      } as const;
      return sent(brought({ ...state, ...(procedureReason && { procedureReason }) }, 'coverage-voucher', event));
    }
    case 'letter-received': {
      const { letter, personHash } = event;
      const state = {
        ...base,
        ...(personHash && { personHash }),
        side: 'transferOut',
        status: 'letter-received',
        counterpart: letter.from.region,
        person: letter.person,
        // 转移中: the voucher suspended the relation (S94 4), the letter sets it in transfer.
        relation: 'transferring',
        letter,
      } as const;
      return handled(withLetter(state, event), event);
    }
    case 'requested': {
      const { procedureReason, parent } = event;
      const state = sent(brought(requested(base, event.side, 'requested', event), 'transfer-request', event));
      return { ...state, ...(procedureReason && { procedureReason }), ...(parent && { parent }) };
    }
    case 'request-received':
      return handled(brought(requested(base, event.side, 'request-received', event), 'transfer-request', event), event);
    default:
      return event satisfies never;
  }
}

/** Under procedure 2021 the relation stays suspended until the hand-over is complete. */
const RELATION_SUSPENDED: { relation: RelationState } = { relation: 'suspended' };

type Base = Pick<TransferCase, 'caseNumber' | 'region' | 'office' | 'procedure' | 'times'> & typeof BEGINNING;

function requested(
  base: Base,
  side: Side,
  status: 'requested' | 'request-received',
  { request, personHash }: { request: TransferRequest; personHash: Extract<BeginningEvent, { type: 'requested' }>['personHash'] },
): TransferCase {
  const { person, openedAt, verdict } = request;
  const counterpart = side === 'transferIn' ? request.formerRegion : request.newRegion;
  const payee = verdict.eligible && verdict.payee ? { payee: verdict.payee } : {};
  const common = {
    ...base,
    ...payee,
    status,
    request,
    personHash,
    person,
    counterpart,
    opener: openedAt,
    verdicts: { [openedAt]: verdict },
  };
  return side === 'transferIn' ? { ...common, side } : { ...common, ...RELATION_SUSPENDED, side };
}
