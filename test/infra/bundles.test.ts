import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleEntry } from '../../infra/bundle.ts';
import { ENTRIES, type FunctionName } from '../../infra/entries.ts';
import { demoSystem, type Loose } from './tools/system.ts';

const { ofType } = demoSystem();
const functions = ofType('AWS::Lambda::Function');

/** Settings as text; what the template refers to is text in the end. */
const environmentOf = (variables: Record<string, Loose>) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, typeof value === 'string' ? value : 'https://stands.in.for.a.reference']),
  );

/** Out of reach of the project's packages, as in Lambda: what is not in the bundle is not there. */
let away = '';
beforeAll(async () => {
  away = await mkdtemp(join(tmpdir(), 'jiexu-bundles-'));
});
afterAll(() => rm(away, { recursive: true }));

describe.each(Object.entries(ENTRIES) as [FunctionName, string][])('%s', (name, entry) => {
  const bundle = bundleEntry(entry);

  test('is at most 600 KB', () => {
    expect(bundle.bytes).toBeLessThanOrEqual(600 * 1024);
  });

  test('starts with just the settings that the template gives it, and exports its handler', async () => {
    const [{ properties }] = functions.filter((each) => each.properties.FunctionName === `jiexu-${name}`) as [Loose];
    const file = join(away, `${name}.mjs`);
    await cp(bundle.file, file);
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)}); process.stdout.write(typeof handler);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { AWS_REGION: 'cn-north-1', ...environmentOf(properties.Environment.Variables) },
    });
    expect(stdout).toBe('function');
  });
});
