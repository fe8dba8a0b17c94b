import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/** A cold start reads all of it. Those that speak to S3 carry its client and its signer, and no clerk waits for them. */
const LIMIT_KB = 600;
const WITH_S3_KB = 900;
const WITH_S3: readonly FunctionName[] = ['imports-api', 'imports-run'];
/** Files of which something is left in a bundle. */
const sourcesOf = (metafile: string): string[] => {
  const { outputs }: { outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }> } = JSON.parse(
    readFileSync(metafile, 'utf8'),
  );
  const parts = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([source]) => source);
};

describe.each(Object.entries(ENTRIES) as [FunctionName, string][])('%s', (name, entry) => {
  const bundle = bundleEntry(entry);

  const withS3 = WITH_S3.includes(name);
  const limit = withS3 ? WITH_S3_KB : LIMIT_KB;

  test(`is at most ${limit} KB`, () => {
    expect(bundle.bytes).toBeLessThanOrEqual(limit * 1024);
  });

  test(`${withS3 ? 'carries' : 'does not carry'} the S3 client and its signer`, () => {
    const carried = ['client-s3', 's3-request-presigner'].filter((part) =>
      sourcesOf(bundle.metafile).some((source) => source.includes(`/@aws-sdk/${part}/`)),
    );
    expect(carried).toEqual(withS3 ? ['client-s3', 's3-request-presigner'] : []);
  });

  test('carries the parser of CSV files only where files are read (B12)', () => {
    expect(sourcesOf(bundle.metafile).some((source) => source.includes('/csv-parse/'))).toBe(name === 'imports-run');
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
