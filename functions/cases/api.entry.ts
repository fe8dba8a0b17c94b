import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, kmsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { systemIds } from '../platform/ids.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { kmsSigner } from '../platform/signature.ts';
import { casesApi } from './api.ts';
import { createApplicationStore } from './application-store.ts';
import { createIdentityStore } from './identity/identity-store.ts';
import { resolvingHash } from './identity/resolving-hash.ts';
import { createMessageStore } from './message-store.ts';
import { createNoticeStore } from './notice-store.ts';
import { kmsPersonHash } from './person-hash.ts';
import { createProgressStore } from './progress-store.ts';
import { createRecordStore } from './record/record-store.ts';
import { createCaseStore } from './store.ts';

const { EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX } = setting;
const config = readConfig({ EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX });
const client = documentClient();
const kms = kmsClient();
const numberHash = kmsPersonHash(kms, config.PERSON_HASH_KEY_ID);
const identities = createIdentityStore(client, config.EXCHANGE_TABLE);

export const handler = casesApi({
  store: createCaseStore(client, config.EXCHANGE_TABLE),
  applications: createApplicationStore(client, config.EXCHANGE_TABLE),
  messages: createMessageStore(client, config.EXCHANGE_TABLE),
  attempts: createProgressStore(client, config.EXCHANGE_TABLE),
  records: createRecordStore(client, config.EXCHANGE_TABLE, identities),
  identities,
  notices: createNoticeStore(client, config.EXCHANGE_TABLE),
  directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
  signer: kmsSigner(kms, config.SIGNING_KEY_ALIAS_PREFIX),
  numberHash,
  personHash: resolvingHash(numberHash, identities),
  clock: systemClock,
  ids: systemIds,
  log: lambdaLog(),
  metrics: lambdaMetrics(),
});
