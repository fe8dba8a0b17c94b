import type { Context } from 'aws-lambda';
import { documentClient, snsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { snsPublisher } from './publisher.ts';
import { createDeadlineStore } from './store.ts';
import { sweepDeadlines } from './sweep.ts';

const config = readConfig({ EXCHANGE_TABLE: setting.EXCHANGE_TABLE, ALERT_TOPIC_ARN: setting.ALERT_TOPIC_ARN });
const deps = {
  store: createDeadlineStore(documentClient(), config.EXCHANGE_TABLE),
  publisher: snsPublisher(snsClient(), config.ALERT_TOPIC_ARN),
  clock: systemClock,
  log: lambdaLog(),
  metrics: lambdaMetrics(),
};

export const handler = (_event: unknown, context: Context) => sweepDeadlines(deps, () => context.getRemainingTimeInMillis());
