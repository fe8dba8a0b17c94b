import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { findingsOf, parseOrRefuse, Refusal, sortFailure } from '../../functions/platform/errors.ts';
import { PROBLEMS } from '../../schemas/problems.ts';

const entries = Object.entries(PROBLEMS);

describe('the catalogue of problems', () => {
  test.each(entries)('%s has a status, a Chinese title and an English one', (code, [status, title, titleEn]) => {
    expect(code).toMatch(/^[a-z]+\.[a-z-]+$/);
    expect([400, 401, 403, 404, 409, 412, 422, 429, 500, 503]).toContain(status);
    expect(title).toMatch(/\p{Script=Han}/u);
    expect(titleEn).toMatch(/^[A-Z][\x20-\x7e]+$/);
  });

  test('no two say the same', () => {
    expect(new Set(entries.map(([, [, title]]) => title)).size).toBe(entries.length);
    expect(new Set(entries.map(([, [, , titleEn]]) => titleEn)).size).toBe(entries.length);
  });

  test.each(entries)('%s is quarantined when it is the sender’s, tried again when it is ours', (code, [status]) => {
    const refusal = new Refusal(code as keyof typeof PROBLEMS, []);
    expect(sortFailure(refusal).kind).toBe(status < 500 ? 'refuse' : 'retry');
  });

  test('anything that is no refusal is tried again', () => {
    for (const fault of [new Error('x'), new TypeError('x'), 'x', undefined]) expect(sortFailure(fault)).toEqual({ kind: 'retry' });
  });
});

/** One schema per thing that zod has to say on its own. */
const SAYINGS: [z.core.$ZodIssue['code'], z.ZodType, unknown][] = [
  ['invalid_type', z.string(), 1],
  ['too_big', z.array(z.int()).max(1), [1, 2]],
  ['too_small', z.array(z.int()).min(1), []],
  ['invalid_format', z.url(), 'x'],
  ['not_multiple_of', z.number().multipleOf(2), 3],
  ['unrecognized_keys', z.strictObject({}), { note: 1 }],
  ['invalid_union', z.discriminatedUnion('type', [z.object({ type: z.literal('a') })]), { type: 'b' }],
  ['invalid_key', z.record(z.string().regex(/^a/), z.int()), { b: 1 }],
  ['invalid_element', z.map(z.any(), z.int()), new Map([[{}, 'secret']])],
  ['invalid_value', z.enum(['a', 'b']), 'secret'],
  ['custom', z.string().refine(() => false), 'secret'],
];

describe('what zod says by itself', () => {
  test.each(SAYINGS)('%s is said in Chinese first and quotes no value', (code, schema, value) => {
    const findings = findingsOf(schema.safeParse(value).error!);
    expect(findings).toMatchObject([{ code }]);
    expect(findings[0]!.reason).toMatch(/^\p{Script=Han}[^()]* \(.+\)$/u);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  test('what a schema says in Chinese stays as it is', () => {
    const schema = z.string().min(2, { error: '太短 (too short)' });
    expect(findingsOf(schema.safeParse('x').error!)).toEqual([{ field: '', code: 'too_small', reason: '太短 (too short)' }]);
  });

  test('a refusal names each field and carries the code it was given', () => {
    const schema = z.strictObject({ a: z.strictObject({ b: z.array(z.int()) }), c: z.string() });
    const refused = () => parseOrRefuse(schema, { a: { b: [1, 'x'] } }, 'request.invalid');
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(
      expect.objectContaining({
        code: 'request.invalid',
        errors: [expect.objectContaining({ field: 'a.b.1' }), expect.objectContaining({ field: 'c' })],
      }),
    );
  });
});
