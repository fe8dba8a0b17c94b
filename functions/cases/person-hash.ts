import { GenerateMacCommand, type KMSClient } from '@aws-sdk/client-kms';
import { PersonHash, type PersonNumber, type RegionCode } from '../../schemas/primitives.ts';

/** Keyed hash of a person's number as a region knows them, 64 hex digits. The key never leaves KMS: ID numbers are few enough to try them all against a plain hash. */
export type HashPerson = (id: PersonNumber, region: RegionCode) => Promise<PersonHash>;

export const kmsPersonHash =
  (kms: KMSClient, keyId: string): HashPerson =>
  async (id) => {
    const { Mac } = await kms.send(new GenerateMacCommand({ KeyId: keyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from(id) }));
    return PersonHash.parse(Buffer.from(Mac ?? []).toString('hex'));
  };
