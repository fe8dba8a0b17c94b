import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithUs } from './children.ts';
import { LocalFailure } from './failure.ts';
import { forgetStreamPositions } from './ministack-state.ts';
import { freePort, requireFreePort } from './ports.ts';
import { ensurePythonEnvironment } from './python.ts';
import { binDirectory, readSettings } from './settings.ts';

export interface MinistackOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Save the state in `stateDir` at an orderly stop and load it at the next start. */
  readonly persist: boolean;
  readonly stateDir: string;
  readonly logFile: string;
  /** Holds the Python environment; `.local` of the project when absent. */
  readonly directory?: string;
}

export interface Ministack {
  readonly endpoint: string;
  /** Ends MiniStack and waits until it has saved its state. May be called twice. */
  stop(): Promise<void>;
}

/**
 * MiniStack as its own `main` runs it, with two differences: it ends when our end of its standard input closes, so that it never
 * outlives a killed parent; and it leaves port 443 alone, which it would also take where it may.
 * `os.read`, because a thread blocked in `sys.stdin` makes the interpreter abort at exit.
 */
const program = `
import os, signal, threading
threading.Thread(target=lambda: (os.read(0, 1), os.kill(os.getpid(), signal.SIGTERM)), daemon=True).start()
import ministack.app as ministack
ministack._port_is_bindable = lambda *_: False
ministack.main()
`;

const startPatience = 60_000;
const stopPatience = 30_000;

/** Starts the pinned MiniStack on loopback and waits until it answers. Throws `LocalFailure` when that cannot be done. */
export async function startMinistack(options: MinistackOptions): Promise<Ministack> {
  const directory = options.directory ?? readSettings(process.env).directory;
  if (options.port !== 0) {
    await requireFreePort(options.port, 'the local AWS', 'GATEWAY_PORT');
  }
  const python = await ensurePythonEnvironment(directory);
  const port = options.port === 0 ? await freePort() : options.port;
  const scratch = path.join(directory, 'tmp', String(port));
  await mkdir(scratch, { recursive: true });
  // MiniStack runs functions by a CommonJS script it puts here; without this the project's "type": "module" would apply to it.
  await writeFile(path.join(scratch, 'package.json'), '{"type":"commonjs"}');
  await mkdir(options.stateDir, { recursive: true });
  await forgetStreamPositions(options.stateDir);
  mkdirSync(path.dirname(options.logFile), { recursive: true });

  const log = openSync(options.logFile, 'a');
  const child = endWithUs(
    spawn(python, ['-c', program], {
      stdio: ['pipe', log, log],
      env: childEnvironment(options, port, scratch),
      // Its own process group: a Ctrl-C at the terminal reaches only us, and we stop it when our own work is over.
      detached: true,
    }),
  );
  const endpoint = `http://localhost:${port}`;
  const stop = () => end(child);
  try {
    await waitUntilHealthy(child, endpoint, options.logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
}

function childEnvironment(options: MinistackOptions, port: number, scratch: string): NodeJS.ProcessEnv {
  const { AWS_ENDPOINT_URL: _, AWS_PROFILE: __, ...inherited } = process.env;
  return {
    ...inherited,
    // First on the PATH is the pinned Node: MiniStack runs Lambda functions with whatever `node` it finds.
    PATH: `${binDirectory}${path.delimiter}${process.env.PATH ?? ''}`,
    TMPDIR: scratch,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    PERSIST_STATE: options.persist ? '1' : '0',
    STATE_DIR: options.stateDir,
    S3_PERSIST: options.persist ? '1' : '0',
    S3_DATA_DIR: path.join(options.stateDir, 's3'),
    // Services that would open ports of their own.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    PYTHONUNBUFFERED: '1',
  };
}

async function waitUntilHealthy(child: ChildProcess, endpoint: string, logFile: string): Promise<void> {
  const patience = Date.now() + startPatience;
  while (Date.now() < patience) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const lastLine = (await readFile(logFile, 'utf8')).trim().split('\n').at(-1) ?? '';
      throw new LocalFailure(`The local AWS ended at once (${lastLine.trim()}); see ${logFile}.`);
    }
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    await sleep(100);
  }
  throw new LocalFailure(`The local AWS did not answer within ${startPatience / 1000} seconds; see ${logFile}.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopPatience);
  await ended;
  clearTimeout(timer);
}
