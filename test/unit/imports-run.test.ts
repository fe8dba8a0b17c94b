import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { ImportJob } from '../../functions/imports/import-queue.ts';
import { runImports } from '../../functions/imports/run.ts';
import type { ImportKindRunner } from '../../functions/platform/import-kind.ts';
import { NOW } from '../support/cases.ts';
import { HANGZHOU } from '../support/documents.ts';
import { anImport, filesInMemory, importNumber, importStoreInMemory } from '../support/imports.ts';
import { unitWitness } from '../support/witness.ts';

const jobOf = (n: number): ImportJob => ({ region: HANGZHOU, importNumber: importNumber(n) });
const record = (n: number, attempts = 1, body = JSON.stringify(jobOf(n))) =>
  ({ messageId: `m${n}`, receiptHandle: `r${n}`, body, attributes: { ApproximateReceiveCount: String(attempts) } }) as SQSRecord;

type Said = { fail?: (row: string) => boolean; queueDown?: boolean };

/** Imports 1 to 3, of two rows each, and a queue that remembers what it was told. */
function setUp({ fail = () => false, queueDown = false }: Said = {}) {
  const rows = importStoreInMemory();
  const objects = filesInMemory();
  const seen = unitWitness();
  const sent: [ImportJob, number][] = [];
  const postponed: [string, number][] = [];
  for (const n of [1, 2, 3]) {
    const bytes = Buffer.from(`a${n}\nb${n}\n`);
    rows.put(anImport(n, bytes));
    objects.upload(anImport(n, bytes), bytes);
  }
  const kind: ImportKindRunner = {
    partSize: 1,
    hasHeader: false,
    async importPart(_, lines) {
      if (lines.some(({ text }) => fail(text))) throw new Error('演示甲 510104196001019970');
      return lines.map(({ line }) => ({ line, outcome: 'done' as const }));
    },
  };
  const down = () => Promise.reject(new Error('the queue is down'));
  const deps = {
    imports: rows.store,
    files: objects.files,
    kinds: { commands: kind, 'bank-statement': kind },
    clock: { now: () => NOW },
    log: seen.log,
    queue: {
      send: async (job: ImportJob, delay = 0) => (queueDown ? down() : void sent.push([job, delay])),
      postpone: async (receipt: string, seconds: number) => (queueDown ? down() : void postponed.push([receipt, seconds])),
    },
  };
  return { ...rows, deps, sent, postponed, lines: seen.lines, codes: seen.codes };
}

describe('the queue of imports (E11)', () => {
  it('is told of each import that ended, and of nothing else (E11)', async () => {
    const at = setUp();
    expect(await runImports(at.deps, { Records: [record(1), record(2)] })).toEqual({ batchItemFailures: [] });
    expect([1, 2, 3].map((n) => at.row(n).status)).toEqual(['done', 'done', 'queued']);
    expect([at.sent, at.postponed]).toEqual([[], []]);
  });

  it('gets a message of its own for the rest, and none back, when the time runs out (E11)', async () => {
    const at = setUp();
    const times = [900_000, 900_000, 100_000];
    expect(await runImports(at.deps, { Records: [record(1)] }, () => times.shift()!)).toEqual({ batchItemFailures: [] });
    expect(at.row(1)).toMatchObject({ status: 'running', checkpoint: { line: 1, parts: 1 } });
    expect(at.row(1).heldUntil).toBeUndefined();
    expect(at.sent).toEqual([[jobOf(1), 0]]);
    expect(at.codes()).toEqual(['import.continued']);
  });

  it('brings an import that another run reads once more, when that one is over or dead (E11)', async () => {
    const at = setUp();
    const held = (await at.deps.imports.replace(at.row(1), { ...at.row(1), heldUntil: NOW.replace('02:', '03:') as never }))!;
    expect(await runImports(at.deps, { Records: [record(1)] })).toEqual({ batchItemFailures: [] });
    expect(at.sent).toEqual([[jobOf(1), 900]]);
    expect(at.row(1)).toEqual(held);
  });

  it('brings back what met a fault, later each time, and no other; nothing of the fault is told but its kind (F4, E11)', async () => {
    const at = setUp({ fail: (row) => row === 'b2' });
    const Records = [record(1), record(2, 3), record(3)];
    expect(await runImports(at.deps, { Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
    expect([1, 2, 3].map((n) => at.row(n).status)).toEqual(['done', 'running', 'done']);
    expect(at.postponed).toEqual([['r2', 480]]);
    const failure = at.lines.find(({ code }) => code === 'import.retry');
    expect(failure).toMatchObject({ level: 'error', fields: { ...jobOf(2), attempts: 3, errorName: 'Error' } });
    expect(JSON.stringify(at.lines)).not.toContain('演示甲');
    await runImports(at.deps, { Records: [record(2, 30)] });
    expect(at.postponed.at(-1)).toEqual(['r2', 3_600]);
  });

  it('brings back what it cannot be told about, and what nobody understands (E11)', async () => {
    const at = setUp({ queueDown: true });
    const times = [900_000, 0];
    const answer = await runImports(at.deps, { Records: [record(1)] }, () => times.shift()!);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    const odd = setUp();
    expect(await runImports(odd.deps, { Records: [record(1, 1, '{"region":"330100"}'), record(2, 1, 'x')] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
  });
});
