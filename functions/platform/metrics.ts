import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';

/** Business metrics. Their one dimension is Powertools' `service`, so that none can carry personal data; infra/ says which ring an alarm. */
export type MetricName =
  | 'Quarantined'
  | 'StillFailing'
  | 'HttpFault'
  | 'Parked'
  | 'CaseCompleted'
  | 'AlertPublished'
  | 'NoticePublished'
  | 'PendingResent';
export type Metrics = { count(name: MetricName, value?: number): void };

/** Embedded metric format on standard output: no call, no cost in time. */
export function lambdaMetrics(): Metrics {
  const metrics = new PowertoolsMetrics();
  return {
    count(name, value = 1) {
      metrics.addMetric(name, MetricUnit.Count, value);
      metrics.publishStoredMetrics();
    },
  };
}
