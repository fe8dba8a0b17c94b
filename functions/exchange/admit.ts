import * as z from 'zod';
import type { Region } from '../../schemas/directory.ts';
import { MAX_MESSAGE_BYTES, Message, regionOf } from '../../schemas/messages.ts';
import { type Instant, MessageId, type RegionCode } from '../../schemas/primitives.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import { signatureFits } from '../platform/signature.ts';

/** A message of the right form for the right region, which anybody may have written. `event` is what was signed: unread attributes included. */
export type UnverifiedMessage = { message: Message; sender: RegionCode; event: Record<string, unknown> };

/** Reads the bytes of a message. Refuses what is too large, no JSON, against the schema, or for another region than `recipient`. */
export function readMessage(body: string, recipient: RegionCode): UnverifiedMessage {
  if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES)
    throw new Refusal('message.too-large', [finding('', 'too_big', '报文超过200 KB (larger than 200 KB)')]);
  const event = parseObject(body);
  const message = parseOrRefuse(Message, event, 'message.schema');
  if (message.recipient !== recipient) {
    throw new Refusal('message.not-ours', [finding('recipient', 'not-ours', '收件地区不是本地区 (recipient is another region)')]);
  }
  return { message, sender: regionOf(message.source), event };
}

/**
 * Refuses a message that its sender did not sign (E6). A key counts that was valid when the message came or is valid now: a message that waited
 * through a rotation, or was replayed after its sender's key was registered, is as genuine as any.
 */
export function verifySender({ event }: UnverifiedMessage, sender: Region | undefined, moments: readonly Instant[]): void {
  if (!sender || sender.signingKeys.length === 0) {
    throw new Refusal('message.unknown-sender', [finding('source', 'unknown', '目录中没有发送地区的签名密钥 (no key of the sender)')]);
  }
  if (!moments.some((moment) => fits(event, sender, moment))) {
    throw new Refusal('message.signature', [finding('signature', 'mismatch', '签名与内容不符 (signature does not fit)')]);
  }
}

/** Id of a message that may be broken in any other way, for the log. */
export function messageIdOf(body: string): { messageId?: MessageId } {
  try {
    return { messageId: z.object({ id: MessageId }).parse(JSON.parse(body)).id };
  } catch {
    return {};
  }
}

/** Nothing is dropped, as a schema would drop what it does not know: all of it was signed. */
function parseObject(body: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Refusal('message.not-json', [finding('', 'invalid', '报文不是有效的 JSON (not JSON)')]);
  }
  if (!isObject(json)) throw new Refusal('message.schema', [finding('', 'invalid_type', '报文须为 JSON 对象 (must be a JSON object)')]);
  return json;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What has no canonical form (a lone surrogate, endless nesting) or a key that is no key is refused too: it would fail at every retry. */
function fits(event: Record<string, unknown>, sender: Region, moment: Instant): boolean {
  try {
    return signatureFits(event, sender.signingKeys, moment);
  } catch {
    return false;
  }
}
