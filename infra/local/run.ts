import path from 'node:path';
import { LocalFailure } from './failure.ts';
import { startIssuer } from './issuer.ts';
import { startMinistack } from './ministack.ts';
import { requireFreePort } from './ports.ts';
import { part } from './progress.ts';
import { readSettings, type Settings } from './settings.ts';

type Stop = () => Promise<void>;

/**
 * Brings the whole system up on this machine.
 * @param args `--demo` ends after the demonstration case; without it everything stays up until Ctrl-C
 * @returns the exit code
 */
export async function runLocally(args: readonly string[]): Promise<number> {
  const unknown = args.find((argument) => argument !== '--demo');
  if (unknown !== undefined) {
    throw new LocalFailure(`Unknown argument ${unknown}: the only one there is is --demo.`);
  }
  const settings = readSettings(process.env);
  const stops: Stop[] = [];
  const interrupted = new Promise<'interrupted'>((resolve) => {
    // npm passes on a signal that the terminal has already sent us, so the second one means nothing.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('interrupted'));
    }
  });
  try {
    const outcome = await Promise.race([interrupted, bringUp(settings, stops)]);
    if (outcome === 'interrupted') {
      return 130;
    }
    if (!args.includes('--demo')) {
      console.log('\nCtrl-C 结束并保存数据 (Ctrl-C ends and saves).');
      await interrupted;
    }
    return 0;
  } finally {
    await stopAll(stops);
  }
}

async function bringUp(settings: Settings, stops: Stop[]): Promise<void> {
  // Asked before anything is built, so that a busy port is said in the first second.
  await requireFreePort(settings.issuerPort, 'the local OIDC issuer', 'ISSUER_PORT');
  await startEndpoint(settings, stops);
  const issuer = await startIssuer({ port: settings.issuerPort, directory: settings.directory });
  stops.push(issuer.stop);
}

async function startEndpoint(settings: Settings, stops: Stop[]): Promise<string> {
  if (settings.givenEndpoint !== undefined) {
    await requireAnswer(settings.givenEndpoint);
    console.log(`· AWS_ENDPOINT_URL is set: using ${settings.givenEndpoint}`);
    return settings.givenEndpoint;
  }
  const ministack = await part('Local AWS (MiniStack)', () =>
    startMinistack({
      port: settings.gatewayPort,
      persist: true,
      stateDir: path.join(settings.directory, 'state'),
      logFile: path.join(settings.directory, 'ministack.log'),
      directory: settings.directory,
    }),
  );
  stops.push(ministack.stop);
  return ministack.endpoint;
}

async function requireAnswer(endpoint: string): Promise<void> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(5000) });
  } catch {
    throw new LocalFailure(`Nothing answers at AWS_ENDPOINT_URL ${endpoint}: start it, or unset the variable to have one started.`);
  }
}

async function stopAll(stops: readonly Stop[]): Promise<void> {
  for (const stop of stops.toReversed()) {
    await stop();
  }
}
