import type { Context, SQSEvent } from 'aws-lambda';
import { createIdentityStore } from '../cases/identity/identity-store.ts';
import { resolvingHash } from '../cases/identity/resolving-hash.ts';
import { createBankLineStore } from '../cases/money/bank-line-store.ts';
import { kmsPersonHash } from '../cases/person-hash.ts';
import { createCaseStore } from '../cases/store.ts';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { statementKind } from '../money/statement-kind.ts';
import { documentClient, kmsClient, s3Client, sqsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { systemIds } from '../platform/ids.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { kmsSigner } from '../platform/signature.ts';
import { commandKind } from './command-kind.ts';
import { s3Files } from './files.ts';
import { sqsImportQueue } from './import-queue.ts';
import { createImportStore } from './import-store.ts';
import { runImports } from './run.ts';

const { EXCHANGE_TABLE, DIRECTORY_TABLE, PERSON_HASH_KEY_ID, SIGNING_KEY_ALIAS_PREFIX, IMPORTS_BUCKET, IMPORT_QUEUE_URL } = setting;
const config = readConfig({
  EXCHANGE_TABLE,
  DIRECTORY_TABLE,
  PERSON_HASH_KEY_ID,
  SIGNING_KEY_ALIAS_PREFIX,
  IMPORTS_BUCKET,
  IMPORT_QUEUE_URL,
});
const client = documentClient();
const kms = kmsClient();
const log = lambdaLog();

const cases = {
  store: createCaseStore(client, config.EXCHANGE_TABLE),
  directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
  signer: kmsSigner(kms, config.SIGNING_KEY_ALIAS_PREFIX),
  personHash: resolvingHash(kmsPersonHash(kms, config.PERSON_HASH_KEY_ID), createIdentityStore(client, config.EXCHANGE_TABLE)),
  clock: systemClock,
  ids: systemIds,
  log,
  metrics: lambdaMetrics(),
};
const deps = {
  imports: createImportStore(client, config.EXCHANGE_TABLE),
  files: s3Files(s3Client(), config.IMPORTS_BUCKET),
  queue: sqsImportQueue(sqsClient(), config.IMPORT_QUEUE_URL),
  kinds: {
    'bank-statement': statementKind({ ...cases, bankLines: createBankLineStore(client, config.EXCHANGE_TABLE) }),
    commands: commandKind(cases),
  },
  clock: systemClock,
  log,
};

export const handler = (event: SQSEvent, context: Context) => runImports(deps, event, () => context.getRemainingTimeInMillis());
