import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
// Inside the project, where `vitest` can be found from.
mkdirSync(join(root, '.local'), { recursive: true });
const scratch = mkdtempSync(join(root, '.local/tally-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const PASSES = "test('passes', () => {});";
const FAILS = "test('fails', () => { throw new Error('no'); });";

/** Runs a project of one file. @returns the exit code and the line */
function run(name: string, tests: string, globalSetup = ''): Promise<[number | null, string]> {
  const folder = join(scratch, name);
  const tally = join(folder, 'tally');
  mkdirSync(folder);
  writeFileSync(join(folder, 'one.test.mjs'), `import { test } from 'vitest';\n${tests}`);
  writeFileSync(join(folder, 'setup.mjs'), `export const setup = () => {};\n${globalSetup}`);
  const config = { test: { include: ['*.test.mjs'], globalSetup: ['setup.mjs'], reporters: [join(root, 'test/tools/tally-reporter.ts')] } };
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};`);
  return new Promise((done) => {
    const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder];
    const child = execFile(process.execPath, vitest, { env: { ...process.env, TALLY_FILE: tally } }, () => {
      done([child.exitCode, readFileSync(tally, 'utf8')]);
    });
  });
}

test('the tally never looks better than the exit code', { timeout: 60_000 }, async () => {
  const runs = [
    ['passes', PASSES, ''],
    ['fails', PASSES + FAILS, ''],
    ['setup', PASSES, "throw new Error('setup');"],
    ['teardown', PASSES, "export const teardown = () => { throw new Error('teardown'); };"],
    ['both', FAILS, "export const teardown = () => { throw new Error('teardown'); };"],
    ['load', "throw new Error('load');", ''],
    ['stray', `${PASSES}\nPromise.reject(new Error('stray'));`, ''],
  ] as const;
  const results: unknown[] = [];
  for (const [name, tests, globalSetup] of runs) results.push([name, ...(await run(name, tests, globalSetup))]);
  expect(results).toEqual([
    ['passes', 0, '1 passed, 0 failed\n'],
    ['fails', 1, '1 passed, 1 failed\n'],
    ['setup', 1, '0 passed, 1 failed\n'],
    ['teardown', 1, '1 passed, 1 failed\n'],
    ['both', 1, '0 passed, 1 failed\n'],
    ['load', 1, '0 passed, 1 failed\n'],
    ['stray', 1, '1 passed, 1 failed\n'],
  ]);
});
