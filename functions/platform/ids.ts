import { randomUUID } from 'node:crypto';
import { MessageId } from '../../schemas/primitives.ts';

/** Where identifiers come from; injected, so that a test can repeat a run. */
export type Ids = { messageId(): MessageId };

export const systemIds: Ids = { messageId: () => MessageId.parse(randomUUID()) };
