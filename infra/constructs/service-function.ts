import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type Code, Function as LambdaFunction, RecursiveLoop, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { FunctionName } from '../entries.ts';
import { ALARM_PERIOD, HouseAlarm, type Hurt } from './alarm.ts';

/** What every function needs of the house. */
export interface House {
  readonly logKey: IKey;
  readonly messageKey: IKey;
  readonly alarmTopic: ITopic;
  readonly codeOf: (name: FunctionName) => Code;
}

export interface ServiceFunctionProps extends Hurt {
  readonly house: House;
  readonly name: FunctionName;
  /** Seconds after which AWS stops one invocation. */
  readonly timeout: number;
  readonly environment: Record<string, string>;
  /** Megabytes; processor time grows with them. */
  readonly memory?: number;
  /** Wakes itself on purpose. Lambda would take that for a loop and stop it after some sixteen rounds. */
  readonly wakesItself?: boolean;
}

/** Lambda function with its own role, its own encrypted log and an alarm on errors. */
export class ServiceFunction extends LambdaFunction {
  constructor(
    scope: Construct,
    id: string,
    { house, name, timeout, environment, memory = 512, wakesItself, impact, remedy }: ServiceFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.ONE_YEAR,
      encryptionKey: house.logKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // A role of our own, because the AWS-managed logging policy covers every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }));
    super(scope, id, {
      functionName: `jiexu-${name}`,
      role,
      logGroup,
      code: house.codeOf(name),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      // A fifth cheaper per second than x86; the bundles hold no native code.
      architecture: Architecture.ARM_64,
      memorySize: memory,
      ...(wakesItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      timeout: Duration.seconds(timeout),
      environment: { POWERTOOLS_SERVICE_NAME: 'jiexu', POWERTOOLS_METRICS_NAMESPACE: 'Jiexu', ...environment },
    });
    new HouseAlarm(this, 'Failed', { metric: this.metricErrors({ period: ALARM_PERIOD }), topic: house.alarmTopic, impact, remedy });
  }

  /** Leave to do just these things to just these resources. */
  allow(actions: string[], ...resources: string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions, resources }));
  }
}
