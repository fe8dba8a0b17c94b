import { createIdentityStore } from '../cases/identity/identity-store.ts';
import { resolvingHash } from '../cases/identity/resolving-hash.ts';
import { kmsPersonHash } from '../cases/person-hash.ts';
import { createCaseStore } from '../cases/store.ts';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, kmsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { systemIds } from '../platform/ids.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { kmsSigner } from '../platform/signature.ts';
import { handleDeps } from './wire.ts';

/** Dependencies of the two functions that take messages to cases, read from the environment at cold start. */
export function handleDepsFromEnvironment() {
  const { EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX } = readConfig({
    EXCHANGE_TABLE: setting.EXCHANGE_TABLE,
    DIRECTORY_TABLE: setting.DIRECTORY_TABLE,
    PERSON_HASH_KEY_ID: setting.PERSON_HASH_KEY_ID,
    SIGNING_KEY_ALIAS_PREFIX: setting.SIGNING_KEY_ALIAS_PREFIX,
  });
  const client = documentClient();
  const kms = kmsClient();
  const cases = {
    store: createCaseStore(client, EXCHANGE_TABLE),
    directory: createDirectory({ store: createDirectoryStore(client, DIRECTORY_TABLE), clock: systemClock }),
    signer: kmsSigner(kms, SIGNING_KEY_ALIAS_PREFIX),
    personHash: resolvingHash(kmsPersonHash(kms, PERSON_HASH_KEY_ID), createIdentityStore(client, EXCHANGE_TABLE)),
    clock: systemClock,
    ids: systemIds,
    log: lambdaLog(),
    metrics: lambdaMetrics(),
  };
  return handleDeps(cases, client, EXCHANGE_TABLE);
}
