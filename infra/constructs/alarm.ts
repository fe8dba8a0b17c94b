import { Duration } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { MetricName } from '../../functions/platform/metrics.ts';

/** An alarm that cannot say who is hurt and what to do is noise; both sentences are printed in its description. */
export interface Hurt {
  readonly impact: string;
  readonly remedy: string;
}

export interface HouseAlarmProps extends Hurt, Partial<Pick<AlarmProps, 'threshold' | 'comparisonOperator' | 'treatMissingData'>> {
  readonly metric: IMetric;
  readonly topic: ITopic;
  /** Periods of the metric that must all be over the threshold. */
  readonly periods?: number;
}

/** Period of the alarms' metrics. */
export const ALARM_PERIOD = Duration.minutes(5);

/** What the functions count themselves, all of them together. */
export const counted = (metricName: MetricName): IMetric =>
  new Metric({ namespace: 'Jiexu', metricName, dimensionsMap: { service: 'jiexu' }, statistic: 'Sum', period: ALARM_PERIOD });

/** Alarm at or above the threshold (1 unless given) that tells the operators' topic; silence is no alarm unless asked for. */
export class HouseAlarm extends Alarm {
  constructor(scope: Construct, id: string, { impact, remedy, topic, periods = 1, ...props }: HouseAlarmProps) {
    super(scope, id, {
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
      evaluationPeriods: periods,
      alarmDescription: `Hurt: ${impact} Do: ${remedy}`,
    });
    this.addAlarmAction(new SnsAction(topic));
  }
}
