import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { IdNumber } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';

/** Keyed hash of an ID number, 64 hex digits. The key never leaves KMS: ID numbers are few enough to try them all against a plain hash. */
export type HashPerson = (id: IdNumber) => Promise<PersonHash>;

export const kmsPersonHash =
  (kms: KMSClient, keyId: string): HashPerson =>
  async (id) => {
    const { Mac } = await kms.send(new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(id) }));
    return PersonHash.parse(Buffer.from(Mac ?? []).toString('hex'));
  };
