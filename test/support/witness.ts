import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { LOG_CODES, type Log, type LogCode, type LogFields } from '../../functions/platform/log.ts';
import type { Metrics } from '../../functions/platform/metrics.ts';
import { IdNumber } from '../../schemas/primitives.ts';

/** Everything that leaves the system beside its data: logs, metrics, attributes of queues and topics, keys in streams. */
export type Witness = {
  log: Log;
  metrics: Metrics;
  lines: { level: string; code: LogCode; fields: LogFields }[];
  counts: Partial<Record<string, number>>;
  /** Attributes of what was sent or published, never its body. */
  attributes(of: string, value: unknown): void;
  /** An error that left a handler: Lambda's runtime logs its message, its stack and every property. */
  thrown(error: unknown): void;
  /** Writes what was seen to the directory that the scan reads, or to another. */
  save(directory?: string): void;
};

export const LOG_DIRECTORY = resolve(import.meta.dirname, '../../.local/test-logs');

/** @param name of the file, one per test file and process */
export function witness(name: string): Witness {
  const lines: Witness['lines'] = [];
  const counts: Witness['counts'] = {};
  const unsaved: string[] = [];
  const keep = (value: unknown) => unsaved.push(JSON.stringify(value));
  const line =
    (level: string) =>
    (code: LogCode, fields: LogFields = {}) => {
      lines.push({ level, code, fields });
      keep({ level, message: LOG_CODES[code], code, ...fields });
    };
  return {
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    metrics: {
      count(metric, value = 1) {
        counts[metric] = (counts[metric] ?? 0) + value;
        keep({ metric, value });
      },
    },
    lines,
    counts,
    attributes: (of, value) => keep({ of, value }),
    thrown: (error) => keep({ thrown: inspect(error, { depth: 10 }) }),
    save(directory = LOG_DIRECTORY) {
      mkdirSync(directory, { recursive: true });
      if (unsaved.length > 0) appendFileSync(`${directory}/${name}.jsonl`, `${unsaved.join('\n')}\n`);
      unsaved.length = 0;
    },
  };
}

/** A witness for tests of single parts: what it sees is written at once, for the scan at the end of the whole run, and its codes can be read. */
export function unitWitness() {
  const seen = witness(`parts-${process.pid}`);
  const saved =
    <A extends unknown[]>(see: (...said: A) => void) =>
    (...said: A) => {
      see(...said);
      seen.save();
    };
  const { info, warn, error } = seen.log;
  return {
    ...seen,
    log: { info: saved(info), warn: saved(warn), error: saved(error) } satisfies Log,
    metrics: { count: saved(seen.metrics.count) } satisfies Metrics,
    codes: () => seen.lines.map(({ code }) => code),
  };
}

/** All synthetic people are called 测试 or 演示 with a stem 甲 to 丁 (`documents.ts`, the demonstration). */
const SYNTHETIC_NAME = /(测试|演示)[甲乙丙丁]/u;
const EIGHTEEN = /(?<![0-9])\d{17}[\dXx](?![0-9])/g;

/** What a text holds of people: ID numbers by their check character (GB 11643), names of the synthetic people. */
export function personalDataIn(text: string): ('ID number' | 'name')[] {
  const numbers = [...text.matchAll(EIGHTEEN)].filter(([digits]) => IdNumber.safeParse(digits.toUpperCase()).success);
  return [...numbers.map(() => 'ID number' as const), ...(SYNTHETIC_NAME.test(text) ? ['name' as const] : [])];
}

/** Scans everything that was saved (F4). @returns how many lines were read, and where personal data stands: file, line, kind; no value */
export function scanSavedLogs(directory = LOG_DIRECTORY): { lines: number; findings: string[] } {
  // Where no test kept a witness there is nothing to scan.
  const files = (existsSync(directory) ? readdirSync(directory) : []).filter((file) => file.endsWith('.jsonl'));
  const lines = files.flatMap((file) =>
    readFileSync(`${directory}/${file}`, 'utf8')
      .split('\n')
      .map((text, index) => ({ text, place: `${file}:${index + 1}` }))
      .filter(({ text }) => text !== ''),
  );
  return { lines: lines.length, findings: lines.flatMap(({ text, place }) => personalDataIn(text).map((kind) => `${place}: ${kind}`)) };
}

export const forgetSavedLogs = (): void => rmSync(LOG_DIRECTORY, { recursive: true, force: true });
