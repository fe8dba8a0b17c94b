import { documentClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { httpHandler } from '../platform/http.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { createDirectoryApi } from './api.ts';
import { createDirectoryStore } from './store.ts';

const config = readConfig({ DIRECTORY_TABLE: setting.DIRECTORY_TABLE });
const log = lambdaLog();
const store = createDirectoryStore(documentClient(), config.DIRECTORY_TABLE);

export const handler = httpHandler(createDirectoryApi({ store, clock: systemClock, log }), log, lambdaMetrics());
