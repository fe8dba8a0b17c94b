import { createIdentityStore } from '../cases/identity/identity-store.ts';
import { resolvingHash } from '../cases/identity/resolving-hash.ts';
import { createBankLineStore } from '../cases/money/bank-line-store.ts';
import { kmsPersonHash } from '../cases/person-hash.ts';
import { createCaseStore } from '../cases/store.ts';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, kmsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { httpHandler } from '../platform/http.ts';
import { systemIds } from '../platform/ids.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { kmsSigner } from '../platform/signature.ts';
import { moneyRoutes } from './api.ts';

const { EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX } = setting;
const config = readConfig({ EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX });
const client = documentClient();
const kms = kmsClient();
const log = lambdaLog();
const metrics = lambdaMetrics();

export const handler = httpHandler(
  moneyRoutes({
    store: createCaseStore(client, config.EXCHANGE_TABLE),
    bankLines: createBankLineStore(client, config.EXCHANGE_TABLE),
    directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
    signer: kmsSigner(kms, config.SIGNING_KEY_ALIAS_PREFIX),
    personHash: resolvingHash(kmsPersonHash(kms, config.PERSON_HASH_KEY_ID), createIdentityStore(client, config.EXCHANGE_TABLE)),
    clock: systemClock,
    ids: systemIds,
    log,
    metrics,
  }),
  log,
  metrics,
);
