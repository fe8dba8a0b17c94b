import type { Context } from 'aws-lambda';
import { createPersonIndex } from '../cases/person-index-store.ts';
import { documentClient, snsClient } from '../platform/clients.ts';
import { systemClock } from '../platform/clock.ts';
import { readConfig, setting } from '../platform/config.ts';
import { lambdaLog } from '../platform/log.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { snsNotices, snsPublisher } from './publisher.ts';
import { createDeadlineStore } from './store.ts';
import { sweepDeadlines } from './sweep.ts';

const { EXCHANGE_TABLE, ALERT_TOPIC_ARN, NOTICE_TOPIC_ARN } = setting;
const config = readConfig({ EXCHANGE_TABLE, ALERT_TOPIC_ARN, NOTICE_TOPIC_ARN });
const client = documentClient();
const sns = snsClient();
const deps = {
  store: createDeadlineStore(client, config.EXCHANGE_TABLE),
  publisher: snsPublisher(sns, config.ALERT_TOPIC_ARN),
  notices: snsNotices(sns, config.NOTICE_TOPIC_ARN),
  persons: createPersonIndex(client, config.EXCHANGE_TABLE),
  clock: systemClock,
  log: lambdaLog(),
  metrics: lambdaMetrics(),
};

export const handler = (_event: unknown, context: Context) => sweepDeadlines(deps, () => context.getRemainingTimeInMillis());
