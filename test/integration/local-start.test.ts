import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../infra/local/ports.ts';
import { projectRoot } from '../../infra/local/settings.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'jiexu-start-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** Runs the start as a process of its own, with nothing of this machine's Python or AWS settings but what a test gives. */
async function start(environment: Record<string, string>, args: readonly string[] = []): Promise<{ code: number | null; stderr: string }> {
  const ports = { GATEWAY_PORT: String(await freePort()), ISSUER_PORT: String(await freePort()) };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [path.join(projectRoot, 'infra/local/start.ts'), ...args],
      { env: { PATH: process.env.PATH, JIEXU_LOCAL_DIR: path.join(directory, 'local'), ...ports, ...environment }, timeout: 20_000 },
      (_error, _stdout, stderr) => resolve({ code: child.exitCode, stderr }),
    );
  });
}

async function pathWithPython(name: string, script: string): Promise<string> {
  const bin = path.join(directory, name);
  await mkdir(bin);
  await writeFile(path.join(bin, 'python3'), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(bin, 'python3'), 0o755);
  return bin;
}

/** One sentence: one line, a full stop, no stack. */
const oneSentence = /^[^\n]+\.\n$/;

describe('what the user can put right is said in one sentence with exit code 1', () => {
  test('no Python', async () => {
    const { code, stderr } = await start({ PATH: path.join(directory, 'nothing-here') });
    expect(stderr).toMatch(oneSentence);
    expect(stderr).toContain('no python3 on the PATH');
    expect(code).toBe(1);
  });

  test('a Python that is too old', async () => {
    const { code, stderr } = await start({ PATH: await pathWithPython('old', 'echo 3.9') });
    expect(stderr).toMatch(oneSentence);
    expect(stderr).toContain('python3 is 3.9');
    expect(code).toBe(1);
  });

  test('a Python without venv', async () => {
    const bin = await pathWithPython('bare', 'case "$2" in *ensurepip*) exit 1;; *) echo 3.12;; esac');
    const { code, stderr } = await start({ PATH: bin });
    expect(stderr).toMatch(oneSentence);
    expect(stderr).toContain('lacks its venv module');
    expect(code).toBe(1);
  });

  test.each([
    ['GATEWAY_PORT', 'the local AWS'],
    ['ISSUER_PORT', 'the local OIDC issuer'],
  ])('%s in use', async (variable, purpose) => {
    const port = await freePort();
    const holder = createServer().listen(port, '127.0.0.1');
    const { code, stderr } = await start({ [variable]: String(port) });
    holder.close();
    expect(stderr).toMatch(oneSentence);
    expect(stderr).toContain(`Port ${port}, needed for ${purpose}, is in use`);
    expect(stderr).toContain(`${variable}=<port>`);
    expect(code).toBe(1);
  });

  test('a port that is none', async () => {
    const { code, stderr } = await start({ GATEWAY_PORT: 'many' });
    expect(stderr).toBe('The environment variable GATEWAY_PORT is not usable: it must be a port number, 1 to 65535.\n');
    expect(code).toBe(1);
  });

  test('an endpoint of the user that does not answer', async () => {
    const { code, stderr } = await start({ AWS_ENDPOINT_URL: `http://localhost:${await freePort()}` });
    expect(stderr).toMatch(oneSentence);
    expect(stderr).toContain('AWS_ENDPOINT_URL');
    expect(code).toBe(1);
  });

  test('an argument that does not exist', async () => {
    const { code, stderr } = await start({}, ['--dmeo']);
    expect(stderr).toMatch(oneSentence);
    expect(code).toBe(1);
  });
});
