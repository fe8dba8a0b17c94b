import * as z from 'zod';
import { BusinessMessageType } from './messages.ts';
import { CaseNumber, Instant, MessageId, RegionCode } from './primitives.ts';

/**
 * What became of a message: four different things (E3). A moment that is missing has not come, whichever of the others has. Nothing of the
 * document, so no personal data.
 */
export const MessageView = z.strictObject({
  messageId: MessageId,
  type: BusinessMessageType,
  name: z.string(),
  direction: z.enum(['sent', 'handled']),
  counterpart: RegionCode,
  sequence: z.int(),
  /** Its sender stored it and answered its clerk; of a message of the counterpart by that side's clock and word. */
  acceptedAt: Instant,
  /** Its bytes came to the recipient's inbox, to the second. */
  deliveredAt: Instant.optional(),
  /** Somebody of the recipient's office first looked at it, to the second. */
  openedAt: Instant.optional(),
  /** The first business message that answers it: when this side received or sent that, and which it is. No receipt is one. */
  decidedAt: Instant.optional(),
  decidedBy: MessageId.optional(),
});
export type MessageView = z.infer<typeof MessageView>;

/** Messages of a case in order of time: when this side sent or received them. */
export const MessagesView = z.strictObject({ caseNumber: CaseNumber, messages: z.array(MessageView) });
export type MessagesView = z.infer<typeof MessagesView>;
