import { Office, Region } from '../../schemas/directory.ts';
import { RegionalRules } from '../../schemas/entitlement.ts';
import type { Api } from './api-client.ts';
import { demoOffice, demoRegionEntries } from './directory-data.ts';
import { HANGZHOU, hangzhouRules } from './hangzhou-rules.ts';

/**
 * States the main offices, the demonstration regions and Hangzhou's own rules as the ministry does, over HTTP; the deployment has registered the
 * regions' inboxes and keys. Content that is there already makes no new version, so every start may do it.
 */
export async function loadDirectory(ministry: Api): Promise<void> {
  for (const { code, ...region } of demoRegionEntries) {
    const office = demoOffice(code);
    await ministry.put(`/v1/directory/offices/${region.mainOffice}`, office, Office);
    await ministry.put(`/v1/directory/regions/${code}`, { ...region, reason: office.reason }, Region);
  }
  await ministry.put(`/v1/directory/regions/${HANGZHOU}/rules`, hangzhouRules, RegionalRules);
}
