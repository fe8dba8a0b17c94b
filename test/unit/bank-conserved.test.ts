import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bankDeps } from '../support/bank.ts';
import { bankInMemory } from '../support/bank-memory.ts';
import { type Act, anAct, expectConserved, KINDS, play, playCases } from '../support/bank-play.ts';

it('money is conserved to the fen over any sequence of imports, matches, corrections, credits and returns (B12, B13, F2)', async () => {
  const done = new Map<Act['kind'], number>();
  await fc.assert(
    fc.asyncProperty(fc.array(anAct, { minLength: 15, maxLength: 30 }), async (acts) => {
      const { deps } = bankDeps(bankInMemory(playCases()));
      const played = await play(deps, acts);
      for (const kind of played.done) done.set(kind, (done.get(kind) ?? 0) + 1);
      await expectConserved(deps, played.ledger);
    }),
    { numRuns: 120 },
  );
  // All runs together have done everything, or the property would say little.
  expect([...done.keys()].sort()).toEqual([...KINDS].sort());
});
