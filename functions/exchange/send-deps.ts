import { createDirectory } from '../directory/reader.ts';
import { createDirectoryStore } from '../directory/store.ts';
import { documentClient, sqsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { createPendingStore } from './pending-store.ts';
import { sqsInboxes } from './queues.ts';

/** Dependencies of the two functions that send, read from the environment at cold start. They sign nothing, so no KMS client is bundled. */
export function sendDepsFromEnvironment() {
  const config = readConfig({ EXCHANGE_TABLE: setting.EXCHANGE_TABLE, DIRECTORY_TABLE: setting.DIRECTORY_TABLE });
  const client = documentClient();
  return {
    directory: createDirectory({ store: createDirectoryStore(client, config.DIRECTORY_TABLE), clock: systemClock }),
    inboxes: sqsInboxes(sqsClient()),
    pending: createPendingStore(client, config.EXCHANGE_TABLE),
    log: lambdaLog(),
  };
}
