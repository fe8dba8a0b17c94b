import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createCaseStore } from '../../functions/cases/store.ts';
import { commandKind } from '../../functions/imports/command-kind.ts';
import { createImportStore, type ImportStore } from '../../functions/imports/import-store.ts';
import { runImport, type WorkerDeps } from '../../functions/imports/worker.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import type { ImportKindRunner } from '../../functions/platform/import-kind.ts';
import { unlimitedTime } from '../../functions/platform/sweep.ts';
import type { ImportRow } from '../../schemas/imports.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { directory } from '../support/case-api.ts';
import { NOW } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { anImport, filesInMemory, importNumber } from '../support/imports.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const client = documentClient(dynamoDbLocalClient());
let table: string;
let store: ImportStore;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  store = createImportStore(client, table);
});

const bytesOf = (n: number): Uint8Array => Buffer.from(`file ${n}\n`);
const rowOf = (n: number, said: Partial<ImportRow> = {}) => anImport(n, bytesOf(n), said);
const read = (n: number) => store.read(HANGZHOU, importNumber(n));

describe('rows of imports', () => {
  test('are read back as they were written, and found by the hash of the file in its region (E11)', async () => {
    const row = rowOf(1, {
      errors: [{ line: 2, field: 'amountFen', code: 'in_yuan', reason: '金额' }],
      counts: { done: 3 },
      heldUntil: NOW,
    });
    expect(await store.create(row)).toBe(true);
    expect(await read(1)).toEqual(row);
    expect(await store.numberOf(HANGZHOU, row.sha256)).toBe(row.importNumber);
    expect(await store.numberOf(CHENGDU, row.sha256)).toBeUndefined();
    expect(await store.read(CHENGDU, row.importNumber)).toBeUndefined();
  });

  test('the same file announced by many at once is one import (B12, E11)', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ ...rowOf(20 + i), sha256: rowOf(2).sha256 }));
    const created = await Promise.all(rows.map((row) => store.create(row)));
    expect(created.filter((isNew) => isNew === true)).toHaveLength(1);
    const number = await store.numberOf(HANGZHOU, rowOf(2).sha256);
    const there = await Promise.all(rows.map((row) => store.read(HANGZHOU, row.importNumber)));
    expect(there.filter((row) => row !== undefined)).toEqual([rows.find((row) => row.importNumber === number)]);
  });

  test('a number that is taken is a fault, and nothing is written (E11)', async () => {
    await store.create(rowOf(3));
    const other = { ...rowOf(3), sha256: rowOf(4).sha256 };
    await expect(store.create(other)).rejects.toThrow(TransactionCanceledException);
    expect(await store.numberOf(HANGZHOU, other.sha256)).toBeUndefined();
    expect(await read(3)).toEqual(rowOf(3));
  });

  test('a transaction that met another is tried again, which DynamoDB Local never reports (E11)', async () => {
    const conflict = new TransactionCanceledException({
      message: '',
      $metadata: {},
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }],
    });
    const conflicting = untouched<typeof client>('client', { send: () => Promise.reject(conflict) });
    expect(await createImportStore(conflicting, table).create(rowOf(5))).toBeUndefined();
  });

  test('move on one step at a time: of many at once one does, and the rest are told (E11)', async () => {
    const row = rowOf(6);
    await store.create(row);
    const moves = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.replace(row, { ...row, checkpoint: { offset: 100 + i, line: i, parts: 1 } })),
    );
    const moved = moves.filter((after) => after !== undefined);
    expect(moved).toHaveLength(1);
    expect(await read(6)).toEqual(moved[0]);
    expect(moved[0]).toMatchObject({ version: 2 });
    expect(await store.replace(row, row)).toBeUndefined();
    expect(await read(6)).toEqual(moved[0]);
  });

  test('lose what they no longer hold, and a row that is not there cannot be replaced (E11)', async () => {
    const held = rowOf(7, { heldUntil: NOW });
    await store.create(held);
    await store.replace(held, rowOf(7));
    expect(await read(7)).toEqual({ ...rowOf(7), version: 2 });
    expect(await store.replace(rowOf(8), rowOf(8))).toBeUndefined();
    expect(await read(8)).toBeUndefined();
  });
});

describe('workers on one table', () => {
  function workers(n: number, lines: readonly string[], kind: ImportKindRunner) {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const row = anImport(n, bytes);
    const objects = filesInMemory();
    objects.upload(row, bytes);
    let now = Date.parse(NOW);
    const deps: WorkerDeps = {
      imports: store,
      files: objects.files,
      kinds: { commands: kind, 'bank-statement': kind },
      clock: { now: () => toInstant(now) },
      log: unitWitness().log,
    };
    return {
      row,
      run: () => runImport(deps, { region: HANGZHOU, importNumber: importNumber(n) }, unlimitedTime),
      results: () => objects.results(row),
      wait: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  }

  test('many at once: one reads the file, and each row has one effect (E11)', async () => {
    const effects: number[] = [];
    const kind: ImportKindRunner = {
      partSize: 2,
      hasHeader: false,
      importPart: async (_, lines) => {
        effects.push(...lines.map(({ line }) => line));
        return lines.map(({ line }) => ({ line, outcome: 'done' }));
      },
    };
    const at = workers(50, ['a', 'b', 'c', 'd', 'e'], kind);
    await store.create(at.row);
    const outcomes = await Promise.all(Array.from({ length: 5 }, at.run));
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(4);
    expect(effects).toEqual([1, 2, 3, 4, 5]);
    expect(await read(50)).toMatchObject({ status: 'done', counts: { done: 5 }, version: 7 });
  });

  test('of two that both believe the import theirs, only one moves the checkpoint (E11)', async () => {
    let parts = 0;
    const kind: ImportKindRunner = {
      partSize: 1,
      hasHeader: false,
      async importPart(_, lines) {
        parts += 1;
        // The first is held up in its second part for as long as an invocation may last, and another goes on.
        if (parts === 2) {
          at.wait(15 * 60_000);
          expect(await at.run()).toBe('over');
        }
        return lines.map(({ line }) => ({ line, outcome: 'done' }));
      },
    };
    const at = workers(51, ['a', 'b', 'c'], kind);
    await store.create(at.row);
    expect(await at.run()).toBe('busy');
    expect(await read(51)).toMatchObject({ status: 'done', counts: { done: 3 }, checkpoint: { parts: 3 } });
    expect(at.results().map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  test('a file of commands: the first of two openings for one person is accepted, and a file read again opens nothing (A10, E1, E11)', async () => {
    const cases = createCaseStore(client, table);
    const kind = commandKind({
      store: cases,
      directory,
      signer: { sign: async () => 'A'.repeat(86) },
      personHash: async (id) => PersonHash.parse(sha256(id)),
      clock: { now: () => NOW },
      ids: systemIds,
      log: unitWitness().log,
      metrics: untouched('metrics', { count: () => {} }),
    });
    const opening = (n: number) => JSON.stringify({ command: 'open', body: { application: applicationBody(n) } });
    const lines = [1, 2, 1, 3, 2, 1].map(opening);
    const at = workers(52, lines, kind);
    await store.create(at.row);
    expect(await at.run()).toBe('over');
    const first = at.results();
    expect(first.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'done',
      'done',
      'case.already-open',
      'done',
      'case.already-open',
      'case.already-open',
    ]);
    const opened = await cases.workList(at.row.office, 25, undefined);
    expect(opened.cases).toHaveLength(3);
    // As after a crash: the whole part once more.
    const row = (await read(52))!;
    const { finishedAt: _, ...again } = row;
    await store.replace(row, { ...again, status: 'running', checkpoint: { offset: 0, line: 0, parts: 0 }, counts: {} });
    expect(await at.run()).toBe('over');
    expect(at.results()).toEqual(first);
    expect((await cases.workList(at.row.office, 25, undefined)).cases).toEqual(opened.cases);
  });
});
