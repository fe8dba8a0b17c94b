import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endWithUs } from './children.ts';
import { LocalFailure } from './failure.ts';

const run = promisify(execFile);

/**
 * The only place that pins the local AWS. `cryptography` is optional for MiniStack, but without it neither KMS keys nor the
 * token checks of the HTTP API work; a hypercorn before 0.18 answers 44 ms late for lack of TCP_NODELAY.
 */
const pins = ['ministack==1.5.33', 'hypercorn==0.18.0', 'cryptography==50.0.2'];

const oldestPython = [3, 10] as const;
const lockPatience = 180_000;

/**
 * Makes sure that the Python environment with the pinned MiniStack stands under `directory`, building it when it is absent,
 * half built or built from other pins. Two processes may call this at once: one builds, the other waits.
 * @returns the path of the environment's python
 */
export async function ensurePythonEnvironment(directory: string): Promise<string> {
  const home = path.join(directory, 'ministack');
  const python = path.join(home, 'bin', 'python');
  const stamp = path.join(home, 'pins.txt');
  const wanted = pins.join('\n');
  const isReady = async () => existsSync(python) && (await readFile(stamp, 'utf8').catch(() => '')) === wanted;

  if (await isReady()) {
    return python;
  }
  await mkdir(directory, { recursive: true });
  await withLock(path.join(directory, 'ministack.lock'), async () => {
    if (await isReady()) {
      return;
    }
    const systemPython = await findPython();
    await rm(home, { recursive: true, force: true });
    const log = path.join(directory, 'pip.log');
    await runLogged(systemPython, ['-m', 'venv', home], log);
    await runLogged(python, ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...pins], log);
    // Written last, so that an interrupted build is never taken for a finished one.
    await writeFile(stamp, wanted);
  });
  return python;
}

async function findPython(): Promise<string> {
  const needed = `Python ${oldestPython.join('.')} or newer is needed for the local AWS`;
  const remedy = 'install it, or set AWS_ENDPOINT_URL to an AWS-compatible endpoint that is already running';
  let version: string;
  try {
    version = (await run('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])).stdout.trim();
  } catch {
    throw new LocalFailure(`${needed}, but there is no python3 on the PATH: ${remedy}.`);
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < oldestPython[0] || (major === oldestPython[0] && minor < oldestPython[1])) {
    throw new LocalFailure(`${needed}, but python3 is ${version}: ${remedy}.`);
  }
  try {
    // Debian ships venv without ensurepip, in a package of its own; `python3 -m venv` then fails half way.
    await run('python3', ['-c', 'import venv, ensurepip']);
  } catch {
    throw new LocalFailure(`python3 ${version} lacks its venv module: install it (Debian, Ubuntu: apt-get install python3-venv).`);
  }
  return 'python3';
}

async function runLogged(command: string, args: readonly string[], log: string): Promise<void> {
  try {
    const running = run(command, [...args], { maxBuffer: 64 * 1024 * 1024 });
    endWithUs(running.child);
    const { stdout, stderr } = await running;
    await appendFile(log, stdout + stderr);
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    await appendFile(log, output);
    const lastLine = output.trim().split('\n').at(-1) ?? '';
    throw new LocalFailure(`The Python environment of the local AWS could not be built (${lastLine.trim()}); see ${log}.`);
  }
}

/** A file that only one process can create; it holds the owner's process id so that a lock left by a crash is recognised. */
async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  const patience = Date.now() + lockPatience;
  while (!(await tryLock(file))) {
    if (Date.now() > patience) {
      throw new LocalFailure(`Another process has been building the Python environment for too long; delete ${file} if there is none.`);
    }
    await sleep(200 + Math.random() * 200);
  }
  try {
    await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function tryLock(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch {
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 && !isAlive(owner)) {
      await rm(file, { force: true });
    }
    return false;
  }
}

/** Whether a process of this machine runs, seen by its number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
