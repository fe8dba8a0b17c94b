import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import { HouseAlarm, type Hurt } from './alarm.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

export interface ScheduledFunctionProps extends ServiceFunctionProps {
  readonly everyMinutes: number;
  /** Who is hurt when it no longer runs at all. */
  readonly silent: Hurt;
}

/** Function on a schedule. A sweep that fails is seen by its errors, one that never starts only by its silence: both raise an alarm. */
export class ScheduledFunction extends ServiceFunction {
  constructor(scope: Construct, id: string, { everyMinutes, silent, ...props }: ScheduledFunctionProps) {
    super(scope, id, props);
    new Rule(this, 'Schedule', {
      schedule: Schedule.rate(Duration.minutes(everyMinutes)),
      targets: [new LambdaTarget(this, { retryAttempts: 0 })],
    });
    // No second try, neither of the rule's delivery nor by Lambda's own default of two: the next tick sweeps the same rows.
    this.configureAsyncInvoke({ retryAttempts: 0 });
    new HouseAlarm(this, 'Silent', {
      metric: this.metricInvocations({ period: Duration.minutes(15), statistic: 'Sum' }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      topic: props.house.alarmTopic,
      ...silent,
    });
  }
}
