import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandKind } from '../../functions/imports/command-kind.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { caseStoreInMemory, directory } from '../support/case-api.ts';
import { NOW, uuid } from '../support/cases.ts';
import { applicationBody } from '../support/documents.ts';
import { aJob } from '../support/imports.ts';
import {
  anImportInMemory,
  aProcess,
  bytesOf,
  countingKind,
  Dead,
  type Death,
  type KindOf,
  MINUTE_MS,
  rowsOf,
} from '../support/imports-worker.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

describe('an import whose process dies (E11)', () => {
  const lines = ['columns', ...rowsOf(4), '', ...rowsOf(7).slice(4)];
  const bytes = bytesOf(...lines);
  const play = async (death?: Death) => {
    const { kindOf, effects } = countingKind(3, { hasHeader: true, broken: () => false });
    const at = anImportInMemory(bytes, kindOf, { kind: 'bank-statement' });
    const life = aProcess(death);
    if (death) {
      await expect(at.run(life)).rejects.toThrow(Dead);
      at.wait(16 * MINUTE_MS);
    } else expect(await at.run(life)).toBe('over');
    await at.untilOver();
    const { status, counts, checkpoint } = at.row();
    return { steps: life.steps(), end: { status, counts, checkpoint, results: at.results(), effects: [...effects] } };
  };

  it('at any step ends as if it had not died: each row has one result and one effect (E11)', async () => {
    const { steps, end } = await play();
    expect(end.results.map(({ line }) => line)).toEqual([2, 3, 4, 5, 7, 8, 9]);
    expect(end.effects).toEqual(rowsOf(7).map((row) => [row, 1]));
    expect(end).toMatchObject({ status: 'done', counts: { done: 7 }, checkpoint: { offset: bytes.length, parts: 3 } });
    // The last step of the run writes `done`; whoever dies after it has nothing left to do.
    for (let step = 0; step < steps; step += 1) {
      for (const after of [false, true])
        expect((await play({ step, after })).end, `${after ? 'after' : 'before'} step ${step}`).toEqual(end);
    }
  });

  it('again and again, meets faults and short time, still has one result and one effect per row (E11)', async () => {
    const event = fc.record({ step: fc.nat(25), after: fc.boolean(), looks: fc.nat(6), short: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.nat(12), fc.integer({ min: 1, max: 5 }), fc.array(event, { maxLength: 8 }), async (count, partSize, events) => {
        const { kindOf, effects } = countingKind(partSize);
        const at = anImportInMemory(bytesOf(...rowsOf(count)), kindOf);
        for (const { step, after, looks, short } of events) {
          let left = looks;
          const remaining = () => {
            left -= 1;
            return short && left < 0 ? 0 : 900_000;
          };
          await at.run(aProcess({ step, after }), remaining).catch((error) => expect(error).toBeInstanceOf(Dead));
          at.wait(after ? 16 * MINUTE_MS : 0);
        }
        at.wait(16 * MINUTE_MS);
        await at.untilOver();
        expect(at.row()).toMatchObject({ status: 'done', counts: count > 0 ? { done: count } : {} });
        expect(at.results()).toEqual(rowsOf(count).map((status, i) => ({ line: i + 1, outcome: 'done', status })));
        expect([...effects.values()].every((n) => n === 1)).toBe(true);
        expect([...effects.keys()].sort()).toEqual(rowsOf(count).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('at any step of a file of commands gives each command once, and the results of the commands as they were given (E1, E11)', async () => {
    const openings = rowsOf(2).map((_, i) => JSON.stringify({ command: 'open', body: { application: applicationBody(i + 1) } }));
    const commandsOf = (numbers: readonly string[]) =>
      numbers.flatMap((caseNumber) => [
        JSON.stringify({ command: 'accept', caseNumber, body: {} }),
        JSON.stringify({ command: 'send-letter', caseNumber, body: {} }),
      ]);
    const give = async (death?: Death) => {
      const cases = caseStoreInMemory();
      let ids = 0;
      const kindOf: KindOf = (life) =>
        commandKind(
          {
            store: life.mortal(cases.store),
            directory,
            signer: { sign: async () => 'A'.repeat(86) },
            personHash: async (id) => PersonHash.parse(sha256(id)),
            clock: { now: () => NOW },
            ids: {
              messageId: () => {
                ids += 1;
                return uuid(ids);
              },
            },
            log: unitWitness().log,
            metrics: untouched('metrics', { count: () => {} }),
          },
          async () => {},
        );
      const opened = await kindOf(aProcess()).importPart(
        aJob(2),
        openings.map((text, i) => ({ line: i + 1, text })),
      );
      const numbers = opened.map(({ caseNumber }) => caseNumber!);
      const at = anImportInMemory(bytesOf(...commandsOf(numbers), ...openings, '{', ''), kindOf);
      const life = aProcess(death);
      if (death) {
        await expect(at.run(life)).rejects.toThrow(Dead);
        at.wait(16 * MINUTE_MS);
      }
      await (death ? at.untilOver() : at.run(life));
      const told = at.results().map(({ line, outcome, status, code }) => [line, outcome, status ?? code]);
      const done = [...cases.timelines.values()].map((entries) => entries.map(({ command }) => command).join());
      return { steps: life.steps(), end: { told, done: done.sort(), counts: at.row().counts } };
    };
    const { steps, end } = await give();
    expect(end.done).toEqual([...Array(2).fill('open'), ...Array(2).fill('open,accept,send-letter')]);
    expect(end.counts).toEqual({ done: 6, refused: 1 });
    for (let step = 0; step < steps; step += 1) {
      for (const after of [false, true])
        expect((await give({ step, after })).end, `${after ? 'after' : 'before'} step ${step}`).toEqual(end);
    }
  });
});
