import { createHash, createPublicKey, verify } from 'node:crypto';
import { type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import sigFormatter from 'ecdsa-sig-formatter';
import type { SigningKey } from '../../schemas/directory.ts';
import type { UnsignedMessage } from '../../schemas/messages.ts';
import type { Instant, RegionCode } from '../../schemas/primitives.ts';
import { canonicalJson } from './canonical.ts';

/** Signs as a hosted region. */
export type Signer = { sign(region: RegionCode, text: string): Promise<string> };

/** ES256 with the region's KMS key. KMS answers DER; JWS and our messages carry r‖s in base64url. */
export const kmsSigner = (kms: KMSClient, aliasPrefix: string): Signer => ({
  async sign(region, text) {
    const digest = createHash('sha256').update(text).digest();
    const answer = await kms.send(
      new SignCommand({ KeyId: `${aliasPrefix}${region}`, Message: digest, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' }),
    );
    if (!answer.Signature) throw new Error('KMS answered without a signature');
    return sigFormatter.derToJose(Buffer.from(answer.Signature), 'ES256');
  },
});

/** The event as it goes on the wire: signed once; these bytes are stored and sent, also when sent again. */
export async function sealMessage(signer: Signer, region: RegionCode, message: UnsignedMessage): Promise<string> {
  const signature = await signer.sign(region, canonicalJson(message));
  return JSON.stringify({ ...message, signature });
}

/** True when one of the keys valid at `at` made the signature over everything in `event` but the signature itself. */
export function signatureFits(event: Record<string, unknown>, keys: readonly SigningKey[], at: Instant): boolean {
  const { signature, ...signed } = event;
  if (typeof signature !== 'string') return false;
  const text = Buffer.from(canonicalJson(signed));
  return keys
    .filter((key) => key.validFrom <= at && (key.validUntil === undefined || at < key.validUntil))
    .some((key) =>
      verify(
        'sha256',
        text,
        { key: createPublicKey({ key: Buffer.from(key.publicKey, 'base64'), format: 'der', type: 'spki' }), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    );
}
