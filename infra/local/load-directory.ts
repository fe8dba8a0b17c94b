import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stateRegion } from '../../functions/directory/changes.ts';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { systemClock } from '../../functions/platform/clock.ts';
import { Office } from '../../schemas/directory.ts';
import type { Api } from './api-client.ts';
import type { LocalAws } from './aws.ts';
import { demoOffice, demoRegionEntries } from './directory-data.ts';

/**
 * States the demonstration regions and their main offices. Content that is there already makes no new version, so every start may do it.
 * No route states regions yet, so they go through the directory's own store; offices go the ministry's way, over HTTP.
 */
export async function loadDirectory(aws: LocalAws, directoryTable: string, ministry: Api): Promise<void> {
  const { endpoint, region, credentials } = aws;
  const dynamo = new DynamoDBClient({ endpoint, region, credentials });
  const store = createDirectoryStore(documentClient(dynamo), directoryTable);
  try {
    for (const entry of demoRegionEntries) {
      const stamp = { at: systemClock.now(), by: 'demonstration', reason: '演示数据' };
      const next = stateRegion(await store.getRegion(entry.code), entry, stamp);
      if (next !== undefined) {
        await store.putRegion(next);
      }
    }
  } finally {
    dynamo.destroy();
  }
  for (const { code, mainOffice } of demoRegionEntries) {
    await ministry.put(`/v1/directory/offices/${mainOffice}`, demoOffice(code), Office);
  }
}
