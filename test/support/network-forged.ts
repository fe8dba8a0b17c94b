import { kmsSigner, sealMessage } from '../../functions/platform/signature.ts';
import { type Message, regionOf, type UnsignedMessage } from '../../schemas/messages.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { TestNetwork } from './network.ts';
import { SIGNING_KEY_ALIAS_PREFIX } from './network-resources.ts';

/** The newest message of a type that a region sent for a case, without its signature. */
export async function sentMessage(network: TestNetwork, region: RegionCode, caseNumber: string, type: string): Promise<UnsignedMessage> {
  const rows = (await network.rows(region, caseNumber)).filter((row) => row.direction === 'sent' && row.type === `cn.jiexu.${type}`);
  const messages = rows.map(({ body }): Message => JSON.parse(String(body)));
  const newest = messages.toSorted((a, b) => a.time.localeCompare(b.time)).at(-1);
  if (!newest) throw new Error(`${region} sent no ${type} for ${caseNumber}`);
  const { signature: _, ...message } = newest;
  return message;
}

/** Puts into the recipient's inbox what the sender's software might sign, whatever it says. @returns the id that the queue gave it */
export async function postSigned(network: TestNetwork, message: object): Promise<string> {
  const { source, recipient, subject } = message as UnsignedMessage;
  const bytes = await sealMessage(kmsSigner(network.clients.kms, SIGNING_KEY_ALIAS_PREFIX), regionOf(source), message as UnsignedMessage);
  return network.post(recipient, bytes, `${recipient}-${subject}`);
}
