import { httpHandler } from '../platform/http.ts';
import { exchangeRoutes } from './api.ts';
import { handleDepsFromEnvironment } from './entry-deps.ts';

const deps = handleDepsFromEnvironment();

export const handler = httpHandler(exchangeRoutes(deps), deps.log, deps.metrics);
