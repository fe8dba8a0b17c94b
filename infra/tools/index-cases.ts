import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { documentClient } from '../../functions/platform/clients.ts';
import { readConfig, setting } from '../../functions/platform/config.ts';
import { describeError } from '../../functions/platform/log.ts';
import { indexCases } from './case-index.ts';

/**
 * Run once after this release was deployed over an older one (README, "Upgrade"): `EXCHANGE_TABLE=… npm run index-cases`, with credentials that
 * may read and write that table. Prints counts and, of a case that failed, its key and the kind of fault; then it exits with 1: run it again.
 */
const { EXCHANGE_TABLE } = readConfig({ EXCHANGE_TABLE: setting.EXCHANGE_TABLE });
// There is time to wait for a throttled table, and no caller who waits.
const client = documentClient(new DynamoDBClient({ maxAttempts: 10 }));

const counts = await indexCases(client, EXCHANGE_TABLE, {
  onFailure: (partition, error) => console.error(`${partition}: ${describeError(error).errorName}`),
});
console.log(
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(', '),
);
if (counts.failed > 0) process.exitCode = 1;
