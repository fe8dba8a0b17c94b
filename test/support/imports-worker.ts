import { type RunOutcome, runImport, type WorkerDeps } from '../../functions/imports/worker.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import type { ImportKindRunner } from '../../functions/platform/import-kind.ts';
import { unlimitedTime } from '../../functions/platform/sweep.ts';
import type { ImportRow, LineError, ResultLine } from '../../schemas/imports.ts';
import { NOW } from './cases.ts';
import { HANGZHOU } from './documents.ts';
import { anImport, filesInMemory, importNumber, importStoreInMemory } from './imports.ts';
import { unitWitness } from './witness.ts';

export const MINUTE_MS = 60_000;
export const JOB = { region: HANGZHOU, importNumber: importNumber(1) };

/** When a process dies, counted in what it asks of others: before it is done, or once it is done and before the answer is there. */
export type Death = { step: number; after: boolean };

export class Dead extends Error {}

/** A process: it counts what it asks, and once it is dead asks nothing. */
export function aProcess(death?: Death) {
  let steps = 0;
  let dead = false;
  async function ask<T>(act: () => Promise<T>): Promise<T> {
    const dies = steps === death?.step;
    steps += 1;
    if (dead || (dies && !death?.after)) {
      dead = true;
      throw new Dead();
    }
    const answer = await act();
    if (dies) {
      dead = true;
      throw new Dead();
    }
    return answer;
  }
  /** The same functions, each a step. */
  const mortal = <T extends object>(functions: T): T =>
    new Proxy(functions, {
      get: (target, name) => {
        const act: unknown = Reflect.get(target, name);
        return typeof act === 'function' ? (...said: unknown[]) => ask(() => act.apply(target, said)) : act;
      },
    });
  return { ask, mortal, steps: () => steps };
}
export type Process = ReturnType<typeof aProcess>;

/** A kind whose rows have one effect each, however often they are read; `broken` rows refuse the file. */
export function countingKind(partSize: number, said: { hasHeader?: boolean; broken?: (text: string) => boolean } = {}) {
  const effects = new Map<string, number>();
  const { hasHeader = false, broken } = said;
  const headers = new Set<string>();
  const kindOf = ({ ask }: Process): ImportKindRunner => ({
    partSize,
    hasHeader,
    ...(broken && {
      async check(_, lines) {
        const errors: LineError[] = [];
        for await (const { line, text } of lines) if (broken(text)) errors.push({ line, field: '', code: 'broken', reason: '' });
        return errors;
      },
    }),
    async importPart(job, lines) {
      headers.add(job.header);
      const results: ResultLine[] = [];
      for (const { line, text } of lines) {
        await ask(async () => void (effects.has(text) || effects.set(text, (effects.get(text) ?? 0) + 1)));
        results.push({ line, outcome: 'done', status: text });
      }
      return results;
    },
  });
  return { kindOf, effects, headers };
}

export type KindOf = (process: Process) => ImportKindRunner;

/** One import in memory, and processes that come and go. */
export function anImportInMemory(bytes: Uint8Array, kindOf: KindOf, said: Partial<ImportRow> = {}) {
  const rows = importStoreInMemory();
  const objects = filesInMemory();
  const seen = unitWitness();
  let now = Date.parse(NOW);
  const row = anImport(1, bytes, said);
  rows.put(row);
  objects.upload(row, bytes);

  function run(life: Process = aProcess(), remaining = unlimitedTime): Promise<RunOutcome> {
    const kind = kindOf(life);
    const deps: WorkerDeps = {
      imports: life.mortal(rows.store),
      files: life.mortal(objects.files),
      kinds: { commands: kind, 'bank-statement': kind },
      clock: { now: () => toInstant(now) },
      log: seen.log,
    };
    return runImport(deps, JOB, remaining);
  }
  /** Deliveries until nothing is left to do; whoever died or was too early is followed when the queue gives the message again. */
  async function untilOver(): Promise<void> {
    for (let n = 0; n < 100; n += 1) {
      if ((await run()) === 'over') return;
      now += 16 * MINUTE_MS;
    }
    throw new Error('the import does not end');
  }
  return {
    run,
    untilOver,
    row: () => rows.row(1),
    results: () => objects.results(row),
    hasResult: () => objects.hasResult(row),
    upload: (other: Uint8Array) => objects.upload(row, other),
    wait(milliseconds: number) {
      now += milliseconds;
    },
    codes: seen.codes,
    store: rows.store,
  };
}

export const bytesOf = (...lines: string[]): Uint8Array => Buffer.from(lines.map((line) => `${line}\n`).join(''));
export const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => `row ${i + 1}`);
