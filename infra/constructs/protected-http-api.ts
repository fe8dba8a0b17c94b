import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Route } from '../../schemas/api.ts';
import { ALARM_PERIOD, counted, HouseAlarm } from './alarm.ts';
import type { House, ServiceFunction } from './service-function.ts';

/** The route, not the path: a path holds case numbers, a query string whatever the caller put there. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  office: '$context.authorizer.claims.office',
  error: '$context.error.responseType',
  authorizerError: '$context.authorizer.error',
};

export interface ProtectedHttpApiProps {
  readonly house: House;
  readonly issuer: string;
  readonly audience: string;
  readonly routes: readonly Route[];
  readonly functions: Record<Route['group'], ServiceFunction>;
}

/** Anybody may call a public route, so a script must not be able to try numbers faster than this. */
const PUBLIC_THROTTLE = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };

/**
 * HTTP API whose every route asks for a token of the issuer, those that are declared public excepted; what the caller may do is decided behind
 * it, on the record.
 */
export class ProtectedHttpApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { house, issuer, audience, routes, functions }: ProtectedHttpApiProps) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', {
      apiName: 'jiexu',
      createDefaultStage: false,
      defaultAuthorizer: new HttpJwtAuthorizer('Token', issuer, { jwtAudience: [audience] }),
    });
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.ONE_YEAR,
      encryptionKey: house.logKey,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 500, burstLimit: 1000 },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)) },
    });

    // One permission per function: one per route would outgrow the function's policy.
    const integrate = (group: Route['group']) => new HttpLambdaIntegration(group, functions[group], { scopePermissionToRoute: false });
    const integrations: Record<Route['group'], HttpLambdaIntegration> = {
      cases: integrate('cases'),
      vouchers: integrate('vouchers'),
      money: integrate('money'),
      imports: integrate('imports'),
      directory: integrate('directory'),
      exchange: integrate('exchange'),
    };
    const options = ({ group, method, path }: Route) => ({ path, methods: [HttpMethod[method]], integration: integrations[group] });
    for (const route of routes.filter((declared) => !declared.public)) api.addRoutes(options(route));
    const open = routes.filter((declared) => declared.public);
    const openRoutes = open.flatMap((route) => api.addRoutes({ ...options(route), authorizer: new HttpNoneAuthorizer() }));
    throttlePublic(stage, open, openRoutes);

    new HouseAlarm(this, 'Faults', {
      metric: counted('HttpFault'),
      topic: house.alarmTopic,
      impact: 'clerks at their desks: what they send is answered with a server error.',
      remedy: 'search the logs of the API functions (jiexu-…-api) for http.fault; commands can be sent again with the same key.',
    });
    new HouseAlarm(this, 'ServerErrors', {
      metric: api.metricServerError({ period: ALARM_PERIOD, statistic: 'Sum' }),
      // These hold the refusals for the moment (503) as well: a few are nobody's fault, many say that trying again does not help.
      threshold: 10,
      topic: house.alarmTopic,
      impact: 'clerks at their desks: the API turns them away again and again, or does not reach its functions.',
      remedy: 'find route and status in the access log; for 503 search the log of its function for http.refused, else for how it ended.',
    });
    this.url = api.apiEndpoint;
  }
}

/** The stage names the routes that it throttles for themselves, and is refused while one of them is not there. */
function throttlePublic(stage: HttpStage, open: readonly Route[], routes: readonly HttpRoute[]): void {
  const template = stage.node.defaultChild;
  if (!(template instanceof CfnStage)) throw new TypeError('a stage without a template');
  template.routeSettings = Object.fromEntries(open.map(({ method, path }) => [`${method} ${path}`, PUBLIC_THROTTLE]));
  for (const route of routes) {
    stage.node.addDependency(route);
    Validations.of(route).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'Whoever has no account asks here: a person with the number of a case and the ID, a holder of a voucher with its number and code. Throttled, and silent on a wrong guess.',
    });
  }
}
