import type { SQSEvent } from 'aws-lambda';
import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, sqsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { dispatch } from './dispatch.ts';
import { createPendingStore } from './pending-store.ts';
import { sqsInboxes } from './queues.ts';

const config = readConfig({ EXCHANGE_TABLE: setting.EXCHANGE_TABLE, DIRECTORY_TABLE: setting.DIRECTORY_TABLE });
const client = documentClient();
const deps = {
  directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
  inboxes: sqsInboxes(sqsClient()),
  pending: createPendingStore(client, config.EXCHANGE_TABLE),
  log: lambdaLog(),
};

export const handler = (event: SQSEvent) => dispatch(deps, event);
