import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../functions/platform/errors.ts';
import { Message } from '../../schemas/messages.ts';

const folder = resolve(import.meta.dirname, '../fixtures/messages');
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8'));

const GOOD = [
  'liaison-letter',
  'liaison-letter.with-insurance-number',
  'liaison-letter.with-further-attributes',
  'remittance-advice',
  'not-remitted',
  'not-remitted.local-rule',
  'information-table',
  'completion-notice',
  'receipt-delivered',
  'receipt-opened',
];

/** Bad message → the path that quarantine names. */
const BAD: Record<string, string> = {
  'liaison-letter.missing-payee': 'data.payee',
  'liaison-letter.payee-without-version': 'data.payee.directoryVersion',
  'liaison-letter.wrong-check-digit': 'data.number',
  'liaison-letter.bad-id-checksum': 'data.person.idNumber',
  'liaison-letter.unknown-field': 'data',
  'liaison-letter.other-version': 'type',
  'liaison-letter.source-is-no-region': 'source',
  'liaison-letter.case-number-wrong-check-digit': 'subject',
  'liaison-letter.without-sequence': 'sequence',
  'liaison-letter.without-signature': 'signature',
  'remittance-advice.of-nothing': 'data.amountFen',
  'remittance-advice.in-yuan': 'data.amountFen',
  'remittance-advice.missing-person': 'data.person',
  'remittance-advice.date-does-not-exist': 'data.remittedOn',
  'not-remitted.unknown-reason': 'data.reason',
  'not-remitted.local-rule-not-quoted': 'data.note',
  'information-table.without-periods': 'data.periods',
  'information-table.unknown-scheme': 'data.periods.1.scheme',
  'information-table.month-13': 'data.periods.0.to',
  'completion-notice.negative-credit': 'data.creditedFen',
  'receipt.of-a-decision': 'data.kind',
  'receipt.without-milliseconds': 'data.at',
};

describe('contract fixtures (E9)', () => {
  test('every file is expected, and every expected file is there', () => {
    expect(names.sort()).toEqual([...GOOD, ...Object.keys(BAD)].sort());
  });

  test('every message type has a good and a bad one', () => {
    for (const { shape } of Message.options) {
      const type = shape.type.value.split('.')[2]!;
      expect(
        GOOD.some((name) => name.startsWith(type)),
        type,
      ).toBe(true);
      expect(
        Object.keys(BAD).some((name) => name.startsWith(type)),
        type,
      ).toBe(true);
    }
  });

  test.each(GOOD)('%s is accepted as it is', (name) => {
    const { traceparent: _, ...event } = read(name);
    expect(Message.parse(read(name))).toEqual(event);
  });

  test.each(Object.entries(BAD))('%s is refused at %s, Chinese first', (name, path) => {
    const findings = findingsOf(Message.safeParse(read(name)).error!);
    expect(findings.map(({ field }) => field)).toEqual([path]);
    expect(findings[0]!.reason).toMatch(/^\p{Script=Han}/u);
  });
});

type Path = (string | number)[];
const pathsIn = (value: unknown, at: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...pathsIn(inner, [...at, key])])
    : [];

function without(event: Record<string, unknown>, path: Path): unknown {
  const copy = structuredClone(event);
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((value, key) => value[key] as Record<string, unknown>, copy);
  delete holder[path.at(-1)!];
  return copy;
}

/** The tables of the contract have gaps nowhere: what is not named here must be there. */
const OPTIONAL = ['data.insuranceNumber', 'data.note', 'traceparent'];

describe.each(GOOD)('%s', (name) => {
  const event = read(name);
  const inObjects = pathsIn(event).filter((path) => !/^\d+$/.test(String(path.at(-1))));

  test('without any one of its fields is refused at that field, unless the field is optional', () => {
    for (const path of inObjects) {
      const findings = findingsOf(Message.safeParse(without(event, path)).error ?? ({ issues: [] } as never));
      const field = path.join('.');
      const optional = OPTIONAL.includes(field) && name !== 'not-remitted.local-rule';
      const expected = optional || (OPTIONAL.includes(field) && field !== 'data.note') ? [] : [field];
      expect(
        findings.map((found) => found.field),
        field,
      ).toEqual(expected);
    }
  });

  test('with null in any one of its fields is refused', () => {
    for (const path of inObjects.filter((one) => one.join('.') !== 'traceparent')) {
      const copy = structuredClone(event);
      const holder = path.slice(0, -1).reduce<Record<string, unknown>>((value, key) => value[key] as Record<string, unknown>, copy);
      holder[path.at(-1)!] = null;
      expect(Message.safeParse(copy).success, path.join('.')).toBe(false);
    }
  });
});

test('the JSON Schemas are those of the code (E9)', async () => {
  const generator = resolve(import.meta.dirname, '../../schemas/tools/generate.ts');
  await expect(promisify(execFile)(process.execPath, [generator, '--check'])).resolves.toMatchObject({ stderr: '' });
});
