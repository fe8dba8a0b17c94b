import type { MessageView } from '../../schemas/message-views.ts';
import { LiaisonLetterMessage, MESSAGE_NAMES } from '../../schemas/messages.ts';
import type { Instant } from '../../schemas/primitives.ts';
import type { MessageRow } from '../../schemas/rows.ts';
import { toInstant } from '../platform/clock.ts';

/** What all business messages have in common, whatever their document and its version: kept rows outlive both. */
const Envelope = LiaisonLetterMessage.omit({ type: true, data: true });

/** The envelope of a message as it was signed. */
export const envelopeOf = ({ body }: MessageRow) => Envelope.parse(JSON.parse(body));

type Known = ReturnType<typeof known>;

/** What became of each message of a case, in order of time: accepted, delivered, opened and decided are told apart, none implies another (E3). */
export function messageViews(rows: readonly MessageRow[]): MessageView[] {
  const messages = rows.map(known).sort(inOrder);
  return messages.map((message) =>
    viewOf(
      message,
      messages.find((other) => answers(other, message)),
    ),
  );
}

function known(row: MessageRow) {
  const { sequence, causationid, time } = envelopeOf(row);
  const acceptedAt = toInstant(Date.parse(time));
  /** By this side's own clock, so that both directions can be put in one order. */
  const at: Instant = row.direction === 'sent' ? acceptedAt : row.receivedAt;
  return { row, sequence, causationid, acceptedAt, at };
}

const inOrder = (a: Known, b: Known): number => a.at.localeCompare(b.at) || a.sequence - b.sequence;

/** Only the other side's message decides one. */
const answers = (answer: Known, { row }: Known): boolean => answer.row.direction !== row.direction && answer.causationid === row.messageId;

function viewOf({ row, sequence, acceptedAt }: Known, decision: Known | undefined): MessageView {
  const { messageId, type, direction, counterpart, openedAt } = row;
  const deliveredAt = row.direction === 'sent' ? row.deliveredAt : row.receivedAt;
  return {
    messageId,
    type,
    name: MESSAGE_NAMES[type],
    direction,
    counterpart,
    sequence,
    acceptedAt,
    ...(deliveredAt !== undefined && { deliveredAt }),
    ...(openedAt !== undefined && { openedAt }),
    ...(decision && { decidedAt: decision.at, decidedBy: decision.row.messageId }),
  };
}
