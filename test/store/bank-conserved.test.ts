import fc from 'fast-check';
import { it } from 'vitest';
import { documentClient } from '../../functions/platform/clients.ts';
import { bankDeps, rowsOf, storedIn, writeRows } from '../support/bank.ts';
import { anAct, expectConserved, play, playCases } from '../support/bank-play.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

const client = documentClient(dynamoDbLocalClient());

it('money is conserved to the fen under the conditions that DynamoDB itself keeps (B12, B13, F2)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anAct, { minLength: 15, maxLength: 20 }), async (acts) => {
      const { exchange } = await createTables(dynamoDbLocalClient());
      await writeRows(client, exchange, rowsOf(playCases()));
      const { deps } = bankDeps(storedIn(client, exchange));
      const { ledger } = await play(deps, acts);
      await expectConserved(deps, ledger);
    }),
    { numRuns: 5 },
  );
});
