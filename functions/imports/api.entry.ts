import { createCaseStore } from '../cases/store.ts';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, s3Client, sqsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { importsApi } from './api.ts';
import { s3Files } from './files.ts';
import { sqsImportQueue } from './import-queue.ts';
import { createImportStore } from './import-store.ts';

const { EXCHANGE_TABLE, DIRECTORY_TABLE, IMPORTS_BUCKET, IMPORT_QUEUE_URL } = setting;
const config = readConfig({ EXCHANGE_TABLE, DIRECTORY_TABLE, IMPORTS_BUCKET, IMPORT_QUEUE_URL });
const client = documentClient();

export const handler = importsApi({
  imports: createImportStore(client, config.EXCHANGE_TABLE),
  files: s3Files(s3Client(), config.IMPORTS_BUCKET),
  queue: sqsImportQueue(sqsClient(), config.IMPORT_QUEUE_URL),
  store: createCaseStore(client, config.EXCHANGE_TABLE),
  directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
  clock: systemClock,
  log: lambdaLog(),
  metrics: lambdaMetrics(),
});
