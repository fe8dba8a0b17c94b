import path from 'node:path';
import { addresses } from './addresses.ts';
import { apiClient, localApiUrl } from './api-client.ts';
import { givenAws, type LocalAws, ownAws } from './aws.ts';
import { runDemo } from './demo.ts';
import { deploy, type Outputs, settled } from './deploy.ts';
import { LocalFailure } from './failure.ts';
import { startIssuer } from './issuer.ts';
import { loadDirectory } from './load-directory.ts';
import { startMinistack } from './ministack.ts';
import { ministryPerson } from './people.ts';
import { requireFreePort } from './ports.ts';
import { part, story } from './progress.ts';
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
  const abort = new AbortController();
  const interrupted = new Promise<'interrupted'>((resolve) => {
    // npm passes on a signal that the terminal has already sent us, so the second one means nothing.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('interrupted'));
    }
  });
  try {
    const outcome = await Promise.race([interrupted, bringUp(settings, stops, abort.signal)]);
    if (outcome === 'interrupted') {
      return 130;
    }
    if (!args.includes('--demo')) {
      console.log(outcome.join('\n'));
      console.log('\nCtrl-C 结束并保存数据 (Ctrl-C ends and saves).');
      await interrupted;
    }
    return 0;
  } finally {
    abort.abort();
    await stopAll(stops);
  }
}

/** @returns where everything is and how to call it */
async function bringUp(settings: Settings, stops: Stop[], signal: AbortSignal): Promise<readonly string[]> {
  const { directory, issuerPort } = settings;
  // Asked before anything is built, so that a busy port is said in the first second.
  await requireFreePort(issuerPort, 'the local OIDC issuer', 'ISSUER_PORT');
  const aws = await startAws(settings, stops);
  const issuer = await startIssuer({ port: issuerPort, directory });
  stops.push(issuer.stop);
  const outputs = await part('CDK app', (progress) => deploy({ aws, issuer: issuer.issuer, directory, progress, signal }));
  const apiUrl = localApiUrl(aws.endpoint, outputOf(outputs, 'ApiUrl'));
  await part('Directory', () => loadDirectory(apiClient(apiUrl, () => issuer.tokenFor(ministryPerson))));
  const logFile = path.join(directory, 'ministack.log');
  console.log('');
  const caseNumber = await runDemo({ apiUrl, tokenFor: issuer.tokenFor, logFile, ...story() });
  return addresses({ aws, apiUrl, issuer: issuer.issuer, caseNumber });
}

function outputOf(outputs: Outputs, name: string): string {
  const value = outputs.get(name);
  if (value === undefined) {
    throw new LocalFailure(`The deployed app has no output ${name}: delete .local and start again.`);
  }
  return value;
}

async function startAws(settings: Settings, stops: Stop[]): Promise<LocalAws> {
  if (settings.givenEndpoint !== undefined) {
    await requireAnswer(settings.givenEndpoint);
    console.log(`· AWS_ENDPOINT_URL is set: using ${settings.givenEndpoint}`);
    return givenAws(settings.givenEndpoint, process.env);
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
  const aws = ownAws(ministack.endpoint);
  stops.push(ministack.stop, () => settled(aws));
  return aws;
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
