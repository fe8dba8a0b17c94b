import { describe, expect, it } from 'vitest';
import { type RunOutcome, runImport, type WorkerDeps } from '../../functions/imports/worker.ts';
import { unlimitedTime } from '../../functions/platform/sweep.ts';
import { NOW } from '../support/cases.ts';
import { importNumber } from '../support/imports.ts';
import { anImportInMemory, aProcess, bytesOf, countingKind, JOB, MINUTE_MS, type Process, rowsOf } from '../support/imports-worker.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

describe('an import (B12, E11)', () => {
  it('gives a result per row in the order of the file, and counts them; blank lines are none (E11)', async () => {
    const { kindOf, effects } = countingKind(2);
    const at = anImportInMemory(bytesOf('a', '', 'b', 'c', '  ', 'd', 'e', ''), kindOf);
    expect(await at.run()).toBe('over');
    expect(at.results().map(({ line, status }) => [line, status])).toEqual([
      [1, 'a'],
      [3, 'b'],
      [4, 'c'],
      [6, 'd'],
      [7, 'e'],
    ]);
    expect(at.row()).toMatchObject({ status: 'done', counts: { done: 5 }, finishedAt: NOW, checkpoint: { parts: 3, line: 7 } });
    expect(at.row().heldUntil).toBeUndefined();
    expect([...effects.keys()]).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses a row whose bytes cannot be read, and goes on with the next (E11)', async () => {
    const at = anImportInMemory(Buffer.concat([bytesOf('a'), Buffer.from([0xff, 0x0a]), bytesOf('b')]), countingKind(2).kindOf);
    await at.run();
    expect(at.results()).toMatchObject([
      { line: 1, outcome: 'done' },
      { line: 2, outcome: 'refused', code: 'request.invalid', errors: [{ field: '', code: 'encoding' }] },
      { line: 3, outcome: 'done' },
    ]);
    expect(at.row().counts).toEqual({ done: 2, refused: 1 });
  });

  it('of an empty or blank file is done and has no result line (E11)', async () => {
    const at = anImportInMemory(bytesOf('', ''), countingKind(2).kindOf);
    expect(await at.run()).toBe('over');
    expect(at.row()).toMatchObject({ status: 'done', counts: {} });
    expect(at.results()).toEqual([]);
  });

  it('tells every part of the header and takes it for no row, also after a stop (B12)', async () => {
    const { kindOf, effects, headers } = countingKind(1, { hasHeader: true });
    const at = anImportInMemory(bytesOf('columns', 'a', 'b', 'c'), kindOf);
    let steps = 0;
    // Three looks at the clock: when it takes the import, and before each of two parts.
    const short = () => {
      steps += 1;
      return steps > 2 ? 0 : 900_000;
    };
    expect(await at.run(aProcess(), short)).toBe('again');
    expect([...effects.keys()]).toEqual(['a']);
    expect(at.row()).toMatchObject({ status: 'running', checkpoint: { offset: 10, line: 2, parts: 1 } });
    expect(await at.run()).toBe('over');
    expect([...effects.keys()]).toEqual(['a', 'b', 'c']);
    expect([...headers]).toEqual(['columns']);
    expect(at.results().map(({ line }) => line)).toEqual([2, 3, 4]);
  });

  it.each<[string, Uint8Array]>([
    ['shorter', bytesOf('a')],
    ['longer', bytesOf('a', 'b', 'c')],
    ['as long, but other', bytesOf('a', 'x')],
    ['empty', Buffer.alloc(0)],
  ])('of a file that is %s than announced is refused whole, and nothing is imported (B12, E11)', async (_what, other) => {
    const { kindOf, effects } = countingKind(1);
    const at = anImportInMemory(bytesOf('a', 'b'), kindOf);
    at.upload(other);
    expect(await at.run()).toBe('over');
    expect(at.row()).toMatchObject({ status: 'refused', errors: [{ line: 1, field: 'sha256', code: 'import.file-differs' }], counts: {} });
    expect(at.row().finishedAt).toBe(NOW);
    expect(effects.size).toBe(0);
    expect(at.hasResult()).toBe(false);
    expect(await at.run()).toBe('over');
    expect(at.codes()).toEqual(['import.refused']);
  });

  it('with one broken line in a kind that is checked whole imports nothing, and names every line (B12)', async () => {
    const { kindOf, effects } = countingKind(1, { hasHeader: true, broken: (text) => text.startsWith('!') });
    const bytes = Buffer.concat([bytesOf('columns', 'a', '!b'), Buffer.from([0xff, 0x0a]), bytesOf('c', '!d')]);
    const at = anImportInMemory(bytes, kindOf, { kind: 'bank-statement' });
    expect(await at.run()).toBe('over');
    expect(at.row().status).toBe('refused');
    expect(at.row().errors.map(({ line, code }) => [line, code])).toEqual([
      [3, 'broken'],
      [4, 'encoding'],
      [6, 'broken'],
    ]);
    expect(effects.size).toBe(0);
  });

  it('is refused whole before its first row or never: what a later look would find refuses no file of which rows were imported (B12, E11)', async () => {
    let fussy = false;
    const { kindOf, effects } = countingKind(1, { broken: () => fussy });
    const at = anImportInMemory(bytesOf('a', 'b', 'c'), kindOf);
    let looks = 0;
    // As above: time for one part.
    const short = () => {
      looks += 1;
      return looks > 2 ? 0 : 900_000;
    };
    expect(await at.run(aProcess(), short)).toBe('again');
    expect(at.row()).toMatchObject({ status: 'running', checkpoint: { parts: 1 } });
    fussy = true;
    expect(await at.run()).toBe('over');
    expect(at.row()).toMatchObject({ status: 'done', counts: { done: 3 }, errors: [] });
    expect([...effects.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('names a hundred errors at most (B12)', async () => {
    const at = anImportInMemory(bytesOf(...rowsOf(300)), countingKind(1, { broken: () => true }).kindOf);
    await at.run();
    expect(at.row().errors.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    const unreadable = anImportInMemory(Buffer.alloc(600, Buffer.from([0xff, 0x0a])), countingKind(1, { broken: () => true }).kindOf);
    await unreadable.run();
    expect(unreadable.row().errors).toHaveLength(100);
  });

  it.each(['awaiting-file', 'done', 'refused'] as const)(
    'that is %s is left alone: a message delivered twice does no harm (E11)',
    async (status) => {
      const { kindOf, effects } = countingKind(1);
      const at = anImportInMemory(bytesOf('a'), kindOf, { status });
      const before = at.row();
      expect(await at.run()).toBe('over');
      expect(at.row()).toEqual(before);
      expect(effects.size).toBe(0);
    },
  );

  it('that nobody knows is over (E11)', async () => {
    const at = anImportInMemory(bytesOf('a'), countingKind(1).kindOf);
    const deps = { imports: at.store, files: untouched<WorkerDeps['files']>('files'), kinds: untouched<WorkerDeps['kinds']>('kinds') };
    const clock = { now: () => NOW };
    expect(await runImport({ ...deps, clock, log: unitWitness().log }, { ...JOB, importNumber: importNumber(2) }, unlimitedTime)).toBe(
      'over',
    );
  });

  it('is read by one at a time: the second waits until the first is over or must be dead (E11)', async () => {
    const { kindOf, effects } = countingKind(1);
    const at = anImportInMemory(bytesOf('a', 'b', 'c'), kindOf);
    const second: RunOutcome[] = [];
    const first = aProcess();
    const watching: Process = {
      ...first,
      async ask(act) {
        second.push(await at.run());
        return first.ask(act);
      },
    };
    expect(await at.run(watching)).toBe('over');
    expect(second).toEqual(['busy', 'busy', 'busy']);
    expect([...effects.values()]).toEqual([1, 1, 1]);
  });

  it('whose row another has changed meanwhile is stopped at its next step (E11)', async () => {
    const { kindOf } = countingKind(1);
    const at = anImportInMemory(bytesOf('a', 'b', 'c'), kindOf);
    const first = aProcess();
    let parts = 0;
    const slow: Process = {
      ...first,
      async ask(act) {
        parts += 1;
        // The first process is held up for longer than any may live; another has taken its place and finished.
        if (parts === 2) {
          at.wait(15 * MINUTE_MS);
          expect(await at.run()).toBe('over');
        }
        return first.ask(act);
      },
    };
    expect(await at.run(slow)).toBe('busy');
    expect(at.row()).toMatchObject({ status: 'done', counts: { done: 3 } });
    expect(at.results()).toHaveLength(3);
  });

  it('whose file has gone while it runs fails: what is missing does not count as imported (E11)', async () => {
    const at = anImportInMemory(bytesOf('a', 'b'), countingKind(1).kindOf, {
      status: 'running',
      checkpoint: { offset: 2, line: 1, parts: 1 },
    });
    at.upload(bytesOf('a'));
    await expect(at.run()).rejects.toThrow('has changed');
    expect(at.row()).toMatchObject({ status: 'running' });
    expect(at.row().heldUntil).toBeUndefined();
  });

  it('whose kind leaves out a row fails, and the checkpoint stays (E11)', async () => {
    const at = anImportInMemory(bytesOf('a', 'b'), () => ({
      partSize: 2,
      hasHeader: false,
      importPart: async (_, [first]) => [{ line: first!.line, outcome: 'done' }],
    }));
    await expect(at.run()).rejects.toThrow('no result');
    expect(at.row().checkpoint.parts).toBe(0);
  });

  it('is let go after a fault, so that the next delivery goes on at once (E11)', async () => {
    const { kindOf } = countingKind(1);
    let faults = 1;
    const at = anImportInMemory(bytesOf('a', 'b'), (life) => {
      const kind = kindOf(life);
      return {
        ...kind,
        importPart: async (job, lines) => {
          if (lines[0]?.text === 'b' && faults > 0) {
            faults -= 1;
            throw new Error('the network is down');
          }
          return kind.importPart(job, lines);
        },
      };
    });
    await expect(at.run()).rejects.toThrow('the network is down');
    expect(at.row()).toMatchObject({ status: 'running', checkpoint: { parts: 1 } });
    expect(await at.run()).toBe('over');
    expect(at.results()).toHaveLength(2);
  });
});
