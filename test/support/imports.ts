import { createHash } from 'node:crypto';
import { importKey } from '../../functions/cases/keys.ts';
import { importNumberOf } from '../../functions/cases/numbers.ts';
import type { FileAt, ImportFiles } from '../../functions/imports/files.ts';
import type { ImportStore } from '../../functions/imports/import-store.ts';
import type { ImportJobContext } from '../../functions/platform/import-kind.ts';
import { ImportRow, ResultLine } from '../../schemas/imports.ts';
import { type ImportNumber, Sha256 } from '../../schemas/primitives.ts';
import { NOW, TODAY } from './cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from './documents.ts';

export const importNumber = (n: number): ImportNumber => importNumberOf(HANGZHOU_OFFICE, TODAY, n);

export const digest = (bytes: Uint8Array): Sha256 => Sha256.parse(createHash('sha256').update(bytes).digest('hex'));

/** The n-th import of Hangzhou's office, for these bytes; queued unless said otherwise. */
export const anImport = (n: number, bytes: Uint8Array, said: Partial<ImportRow> = {}): ImportRow => ({
  ...importKey(HANGZHOU, importNumber(n)),
  importNumber: importNumber(n),
  kind: 'commands',
  region: HANGZHOU,
  office: HANGZHOU_OFFICE,
  by: { subject: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' },
  createdAt: NOW,
  sha256: digest(bytes),
  bytes: bytes.length,
  encoding: 'utf-8',
  status: 'queued',
  checkpoint: { offset: 0, line: 0, parts: 0 },
  counts: {},
  errors: [],
  version: 1,
  ...said,
});

/** What a kind is told of the n-th import. */
export const aJob = (n: number, said: Partial<ImportJobContext> = {}): ImportJobContext => {
  const { region, office, by } = anImport(n, new Uint8Array());
  return { region, office, by, importNumber: importNumber(n), header: '', today: TODAY, ...said };
};

/** Rows in memory that obey the conditions of the table. */
export function importStoreInMemory() {
  const rows = new Map<string, ImportRow>();
  const numbers = new Map<string, ImportNumber>();
  const store: ImportStore = {
    read: async (region, number) => rows.get(`${region} ${number}`),
    numberOf: async (region, sha256) => numbers.get(`${region} ${sha256}`),
    async create(row) {
      if (numbers.has(`${row.region} ${row.sha256}`)) return false;
      put(row);
      return true;
    },
    async replace(before, after) {
      const name = `${before.region} ${before.importNumber}`;
      if (rows.get(name)?.version !== before.version) return undefined;
      // As DynamoDB gives it back: without what was undefined, and no object of ours.
      rows.set(name, ImportRow.parse(JSON.parse(JSON.stringify({ ...after, version: before.version + 1 }))));
      return rows.get(name);
    },
  };
  function put(row: ImportRow): void {
    numbers.set(`${row.region} ${row.sha256}`, row.importNumber);
    rows.set(`${row.region} ${row.importNumber}`, row);
  }
  return { store, put, row: (n: number) => rows.get(`${HANGZHOU} ${importNumber(n)}`)! };
}

const nameOf = ({ region, importNumber: number }: FileAt, name: string) => `${region}/${number}/${name}`;

/** Objects in memory. */
export function filesInMemory() {
  const objects = new Map<string, Uint8Array>();
  const objectOf = (at: FileAt, name: string) => {
    const object = objects.get(nameOf(at, name));
    if (!object) throw new Error(`no object ${name}`);
    return object;
  };
  const files: ImportFiles = {
    uploadLink: async (at) => ({ url: `https://files.test/${nameOf(at, 'file')}`, headers: {} }),
    resultLink: async (at) => `https://files.test/${nameOf(at, 'result')}`,
    size: async (at) => objects.get(nameOf(at, 'file'))?.length,
    async read(at, from, to) {
      const file = objectOf(at, 'file');
      if (from >= to || to > file.length) throw new Error(`no bytes ${from} to ${to} in ${file.length}`);
      return file.subarray(from, to);
    },
    putPart: async (at, n, text) => void objects.set(nameOf(at, `part ${n}`), Buffer.from(text)),
    async joinParts(at, parts) {
      const all = Array.from({ length: parts }, (_, n) => objectOf(at, `part ${n}`));
      objects.set(nameOf(at, 'result'), Buffer.concat(all));
    },
  };
  return {
    files,
    upload: (at: FileAt, bytes: Uint8Array) => void objects.set(nameOf(at, 'file'), bytes),
    hasResult: (at: FileAt) => objects.has(nameOf(at, 'result')),
    results: (at: FileAt): ResultLine[] => resultsIn(Buffer.from(objectOf(at, 'result')).toString('utf8')),
  };
}

export const resultsIn = (text: string): ResultLine[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ResultLine.parse(JSON.parse(line)));
