import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { apiClient, localApiUrl } from '../../infra/local/api-client.ts';
import { type LocalAws, ownAws } from '../../infra/local/aws.ts';
import { deploy } from '../../infra/local/deploy.ts';
import { startIssuer } from '../../infra/local/issuer.ts';
import { loadDirectory } from '../../infra/local/load-directory.ts';
import { startMinistack } from '../../infra/local/ministack.ts';
import { type DemoPerson, demoPeople, ministryPerson } from '../../infra/local/people.ts';
import { isAlive } from '../../infra/local/python.ts';
import { projectRoot } from '../../infra/local/settings.ts';

/** Where the deployed system stands; plain data, because it passes from the global setup to the test processes. */
export type Standing = {
  aws: LocalAws;
  apiUrl: string;
  issuer: string;
  systemSecret: string;
  /** Keeps the issuer's keys and the logs. */
  directory: string;
  exchangeTable: string;
  directoryTable: string;
};

/** An office beside Hangzhou's main office, which the tests state; and one that the directory never hears of. */
export const SECOND_OFFICE = '33010002';
export const UNKNOWN_OFFICE = '33010099';
const strangers: readonly DemoPerson[] = [SECOND_OFFICE, UNKNOWN_OFFICE].map((office) => ({
  id: `clerk-${office}`,
  name: `杭州 经办人 ${office}`,
  office,
  role: 'clerk',
}));

/** The whole system as `npm start` brings it up, but on free ports, without saved state, and with two more clerks. */
export async function startScenario(): Promise<{ standing: Standing; stop: () => Promise<void> }> {
  const directory = await freshDirectory();
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.toReversed()) await end();
    await Promise.all(['cdk.out', 'state'].map((part) => rm(path.join(directory, part), { recursive: true, force: true })));
  };
  try {
    const [ministack, issuer] = await Promise.all([
      startMinistack({ port: 0, persist: false, stateDir: path.join(directory, 'state'), logFile: path.join(directory, 'ministack.log') }),
      startIssuer({ port: 0, people: [...demoPeople, ...strangers], directory }),
    ]);
    stops.push(issuer.stop, ministack.stop);
    const aws = ownAws(ministack.endpoint);
    const outputs = await deploy({ aws, issuer: issuer.issuer, directory });
    const output = (name: string): string => outputs.get(name) ?? missing(name);
    const apiUrl = localApiUrl(aws.endpoint, output('ApiUrl'));
    await loadDirectory(apiClient(apiUrl, () => issuer.tokenFor(ministryPerson)));
    const standing: Standing = {
      aws,
      apiUrl,
      issuer: issuer.issuer,
      systemSecret: issuer.systemSecret,
      directory,
      exchangeTable: output('ExchangeTableName'),
      directoryTable: output('DirectoryTableName'),
    };
    return { standing, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const missing = (name: string): never => {
  throw new Error(`the deployed app has no output ${name}`);
};

/** One directory per run, so that two runs in one tree do not take each other's synthesised app; those of ended runs are removed. */
async function freshDirectory(): Promise<string> {
  const parent = path.join(projectRoot, '.local', 'test-scenario');
  const runs = await readdir(parent).catch(() => []);
  await Promise.all(runs.filter((run) => !isAlive(Number(run))).map((run) => rm(path.join(parent, run), { recursive: true })));
  const directory = path.join(parent, String(process.pid));
  await mkdir(directory, { recursive: true });
  return directory;
}
