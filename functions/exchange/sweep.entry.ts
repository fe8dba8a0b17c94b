import type { Context } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { lambdaMetrics } from '../platform/metrics.ts';
import { sendDepsFromEnvironment } from './send-deps.ts';
import { sweepPending } from './sweep.ts';

const deps = { ...sendDepsFromEnvironment(), clock: systemClock, metrics: lambdaMetrics() };

export const handler = (_event: unknown, context: Context) => sweepPending(deps, () => context.getRemainingTimeInMillis());
