import { type CaseEvent, GENESIS_HASH, type TransferCase, type TransferInCase, type TransferOutCase } from '../../schemas/cases.ts';
import type { Instant } from '../../schemas/primitives.ts';

/** What a fold starts from: entry 0 has no state. Version and hash are set by the timeline, not by events. */
export type Folded = TransferCase | undefined;

/** The state after one event that happened at `occurredAt`. Throws a TypeError on an event that the state cannot have: a damaged timeline. */
export function evolve(state: Folded, event: CaseEvent, occurredAt: Instant): TransferCase {
  if (event.type === 'opened') return opened(event, occurredAt);
  if (event.type === 'letter-received') return letterReceived(event, occurredAt);
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
    default:
      return step({ ...state, times: { ...state.times, [event.type]: occurredAt } }, event);
  }
}

type StepEvent = Exclude<CaseEvent, { type: 'opened' | 'letter-received' | 'clock-started' | 'clock-stopped' | 'message-delivered' }>;

function step(state: TransferCase, event: StepEvent): TransferCase {
  switch (event.type) {
    case 'accepted':
      return { ...ofTransferIn(state), status: 'accepted' };
    case 'letter-sent':
      return sent({ ...ofTransferIn(state), status: 'letter-sent', letter: event.letter });
    case 'remittance-advice-received':
      return handled({ ...ofTransferIn(state), advice: event.advice }, event);
    case 'not-remitted-received':
      return ready(handled({ ...ofTransferIn(state), notRemitted: event.notice }, event));
    case 'table-received':
      return ready(handled({ ...ofTransferIn(state), table: event.table }, event));
    case 'money-received':
      return ready({ ...ofTransferIn(state), money: event.money });
    case 'completed':
      return sent({ ...ofTransferIn(state), status: 'completed', completion: event.notice });
    case 'relation-terminated':
      return { ...ofTransferOut(state), status: 'relation-terminated', relation: 'terminated', terminatedOn: event.terminatedOn };
    case 'remitted':
      return sent({ ...ofTransferOut(state), status: 'account-settled', advice: event.advice });
    case 'not-remitted':
      return sent({ ...ofTransferOut(state), status: 'account-settled', notRemitted: event.notice });
    case 'table-sent':
      return sent({ ...ofTransferOut(state), status: 'transferred-out', table: event.table });
    case 'completion-received':
      return handled({ ...ofTransferOut(state), status: 'closed', completion: event.notice }, event);
    default:
      return event satisfies never;
  }
}

/** Table and balance (or the word that none comes) are both in: the third clock runs (S94 7; D1). */
export const bothIn = (state: TransferInCase): boolean =>
  state.table !== undefined && (state.money !== undefined || state.notRemitted !== undefined);

const ready = (state: TransferInCase): TransferInCase => (bothIn(state) ? { ...state, status: 'ready-to-complete' } : state);

const sent = <S extends TransferCase>(state: S): S => ({ ...state, sequences: { ...state.sequences, sent: state.sequences.sent + 1 } });

type ReceivedEvent = Extract<CaseEvent, { sentAt: Instant }>;

const handled = <S extends TransferCase>(state: S, { type, sequence, sentAt }: ReceivedEvent): S => ({
  ...state,
  sentAt: { ...state.sentAt, [type]: sentAt },
  sequences: { ...state.sequences, handled: sequence },
});

/** Fields every copy begins with; the timeline sets version and hash. */
const BEGINNING = {
  version: 1,
  hash: GENESIS_HASH,
  clocks: {},
  delivered: {},
  sentAt: {},
  sequences: { sent: 0, handled: 0 },
};

function opened(event: Extract<CaseEvent, { type: 'opened' }>, occurredAt: Instant): TransferInCase {
  const { caseNumber, region, office, procedure, application, personHash } = event;
  return {
    ...BEGINNING,
    side: 'transferIn',
    status: 'opened',
    caseNumber,
    region,
    office,
    procedure,
    application,
    personHash,
    counterpart: application.formerRegion,
    person: application.person,
    times: { opened: occurredAt },
  };
}

function letterReceived(event: Extract<CaseEvent, { type: 'letter-received' }>, occurredAt: Instant): TransferOutCase {
  const { caseNumber, region, office, procedure, letter, sequence, sentAt } = event;
  return {
    ...BEGINNING,
    side: 'transferOut',
    status: 'letter-received',
    caseNumber,
    region,
    office,
    procedure,
    letter,
    counterpart: letter.from.region,
    person: letter.person,
    // 转移中: the voucher suspended the relation (S94 4), the letter sets it in transfer.
    relation: 'transferring',
    sequences: { sent: 0, handled: sequence },
    sentAt: { 'letter-received': sentAt },
    times: { 'letter-received': occurredAt },
  };
}

function ofTransferIn(state: TransferCase): TransferInCase {
  if (state.side !== 'transferIn') throw new TypeError('event belongs to the other side');
  return state;
}

function ofTransferOut(state: TransferCase): TransferOutCase {
  if (state.side !== 'transferOut') throw new TypeError('event belongs to the other side');
  return state;
}
