import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createBankLineStore } from '../cases/money/bank-line-store.ts';
import type { CaseDeps } from '../cases/request.ts';
import { casePort, type HandleDeps } from './handle.ts';
import { createParkingStore } from './parking-store.ts';
import { createPendingStore } from './pending-store.ts';
import { createQuarantineStore } from './quarantine-store.ts';

/** What `receive` and the API need to take a message to its case: the cases' own dependencies and this folder's rows in the same table. */
export function handleDeps(cases: CaseDeps, client: DynamoDBDocumentClient, table: string) {
  const { directory, signer, ids, clock, log, metrics } = cases;
  return {
    directory,
    signer,
    ids,
    clock,
    log,
    metrics,
    cases: casePort({ ...cases, bankLines: createBankLineStore(client, table) }),
    parking: createParkingStore(client, table),
    quarantine: createQuarantineStore(client, table),
    pending: createPendingStore(client, table),
  } satisfies HandleDeps;
}
