import { createIdentityStore } from '../cases/identity/identity-store.ts';
import { resolvingHash } from '../cases/identity/resolving-hash.ts';
import { voucherChecksKey } from '../cases/keys.ts';
import { kmsPersonHash } from '../cases/person-hash.ts';
import { createAttemptStore } from '../cases/progress-store.ts';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, kmsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { vouchersApi } from './api.ts';
import { systemCodes } from './code.ts';
import { createNumberStore } from './number-store.ts';
import { createVoucherStore } from './voucher-store.ts';

const { EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID } = setting;
const config = readConfig({ EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID });
const client = documentClient();

export const handler = vouchersApi({
  numbers: createNumberStore(client, config.EXCHANGE_TABLE),
  vouchers: createVoucherStore(client, config.EXCHANGE_TABLE),
  checks: createAttemptStore(client, config.EXCHANGE_TABLE, voucherChecksKey),
  directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
  personHash: resolvingHash(kmsPersonHash(kmsClient(), config.PERSON_HASH_KEY_ID), createIdentityStore(client, config.EXCHANGE_TABLE)),
  codes: systemCodes,
  clock: systemClock,
  log: lambdaLog(),
  metrics: lambdaMetrics(),
});
