import { seedYears } from '../calendar/seed.ts';
import { documentClient, kmsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { answerCloudFormation } from './cloudformation.ts';
import { kmsPublicKey } from './public-key.ts';
import { type RegisterDeps, register } from './register.ts';
import { createDirectoryStore } from './store.ts';

const config = readConfig({ DIRECTORY_TABLE: setting.DIRECTORY_TABLE });
const deps: RegisterDeps = {
  store: createDirectoryStore(documentClient(), config.DIRECTORY_TABLE),
  publicKey: kmsPublicKey(kmsClient()),
  seedYears,
  answer: answerCloudFormation,
  clock: systemClock,
  log: lambdaLog(),
};

export const handler = (event: unknown): Promise<void> => register(deps, event);
