import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Fetches the public half of a KMS key, SPKI in base64. Throws an Error for anything but a P-256 key, with which nobody could verify ES256. */
export const kmsPublicKey =
  (kms: KMSClient) =>
  async (keyId: string): Promise<string> => {
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: keyId }));
    if (PublicKey === undefined) throw new Error('KMS answered without a public key');
    const spki = Buffer.from(PublicKey);
    const curve = createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyDetails?.namedCurve;
    if (curve !== 'prime256v1') throw new Error(`the signing key ${keyId} is not of type ECC_NIST_P256`);
    return spki.toString('base64');
  };
