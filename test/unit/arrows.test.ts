import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findViolations, readSources } from '../tools/arrows.ts';

const check = (files: Record<string, string>): string[] => findViolations(new Map(Object.entries(files)));
const importing = (specifier: string): string => `import { x } from '${specifier}';\n`;

test('the source tree keeps the arrows, the layers and has no import cycle', () => {
  const sources = readSources(resolve(import.meta.dirname, '../..'));
  expect([...sources.keys()]).toContain('schemas/primitives.ts');
  expect(findViolations(sources)).toEqual([]);
});

describe('the checker allows', () => {
  test.each([
    ['functions/exchange/relay.ts', 'functions/cases/store.ts'],
    ['functions/deadlines/sweep.ts', 'functions/platform/clock.ts'],
    ['functions/cases/decide.ts', 'functions/calendar/working-days.ts'],
    ['functions/directory/register.entry.ts', 'functions/calendar/seed.ts'],
    ['infra/app.ts', 'functions/platform/config.ts'],
    ['test/unit/a.test.ts', 'infra/app.ts'],
    ['schemas/messages.ts', 'schemas/codes.ts'],
  ])('%s → %s', (from, to) => {
    expect(check({ [from]: importing(`${'../'.repeat(from.split('/').length - 1)}${to}`), [to]: '' })).toEqual([]);
  });
});

describe('the checker refuses', () => {
  test.each([
    ['schemas/messages.ts', 'functions/platform/ids.ts'],
    ['functions/platform/ids.ts', 'functions/calendar/seed.ts'],
    ['functions/calendar/seed.ts', 'functions/directory/reader.ts'],
    ['functions/cases/execute.ts', 'functions/exchange/relay.ts'],
    ['functions/deadlines/sweep.ts', 'functions/exchange/sweep.ts'],
    ['functions/cases/api.entry.ts', 'infra/app.ts'],
    ['functions/cases/api.entry.ts', 'test/support/clock.ts'],
    ['infra/app.ts', 'test/support/clock.ts'],
    ['functions/unheard-of/a.ts', 'schemas/codes.ts'],
  ])('%s → %s', (from, to) => {
    const specifier = `${'../'.repeat(from.split('/').length - 1)}${to}`;
    expect(check({ [from]: importing(specifier), [to]: '' })).toHaveLength(1);
    expect(check({ [from]: `import type {\n  X,\n  Y,\n} from '${specifier}';\n`, [to]: '' })).toHaveLength(1);
    expect(check({ [from]: `export * as z from '${specifier}';\n`, [to]: '' })).toHaveLength(1);
    expect(check({ [from]: `const late = await import('${specifier}');\n`, [to]: '' })).toHaveLength(1);
  });

  test.each([
    'schemas/rows.ts',
    'functions/calendar/working-days.ts',
    'functions/cases/decide-transfer-in.ts',
    'functions/cases/evolve.ts',
    'functions/cases/clocks.ts',
    'functions/cases/timeline.ts',
    'functions/cases/procedures/2016.ts',
  ])('AWS and middy in the pure file %s', (path) => {
    expect(check({ [path]: importing('@aws-sdk/client-kms') })).toContain(`${path}: pure file reaches AWS (${path} → @aws-sdk/client-kms)`);
    expect(check({ [path]: "import type { SQSEvent } from 'aws-lambda';\n" })).not.toEqual([]);
    expect(check({ [path]: importing('@middy/core') })).not.toEqual([]);
  });

  test('AWS behind another file, unless only its types are used', () => {
    const clients = { 'functions/platform/clients.ts': importing('@aws-sdk/client-kms') };
    const path = 'functions/cases/evolve.ts';
    expect(check({ ...clients, [path]: importing('../platform/clients.ts') })).toHaveLength(1);
    expect(check({ ...clients, [path]: "import type { x } from '../platform/clients.ts';\n" })).toEqual([]);
  });

  test('packages other than zod in a schema', () => {
    expect(check({ 'schemas/codes.ts': importing('chinese-days') })).toEqual(['schemas/codes.ts: schemas import zod only (chinese-days)']);
    expect(check({ 'schemas/tools/generate.ts': importing('node:fs') })).toEqual([]);
  });

  test('middy in a store', () => {
    expect(check({ 'functions/cases/store.ts': importing('@middy/core') })).toHaveLength(1);
    expect(check({ 'functions/exchange/quarantine-store.ts': importing('@middy/core') })).toHaveLength(1);
    expect(check({ 'functions/cases/api.entry.ts': importing('@middy/core') })).toEqual([]);
  });

  test('a cycle, named once', () => {
    const files = {
      'schemas/a.ts': importing('./b.ts'),
      'schemas/b.ts': importing('./c.ts'),
      'schemas/c.ts': "import type { X } from './a.ts';\n",
    };
    expect(check(files)).toEqual(['import cycle: schemas/a.ts → schemas/b.ts → schemas/c.ts → schemas/a.ts']);
  });
});
