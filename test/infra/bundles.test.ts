import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
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

describe.each(Object.entries(ENTRIES) as [FunctionName, string][])('%s', (name, entry) => {
  const bundle = bundleEntry(entry);

  test('is at most 600 KB', () => {
    expect(bundle.bytes).toBeLessThanOrEqual(600 * 1024);
  });

  test('starts with just the settings that the template gives it, and exports its handler', async () => {
    const [{ properties }] = functions.filter((each) => each.properties.FunctionName === `jiexu-${name}`) as [Loose];
    const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle.file).href)}); process.stdout.write(typeof handler);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      env: { AWS_REGION: 'cn-north-1', ...environmentOf(properties.Environment.Variables) },
    });
    expect(stdout).toBe('function');
  });
});
