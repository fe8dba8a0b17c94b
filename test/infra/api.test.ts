import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../schemas/api.ts';
import { demoSystem } from './tools/system.ts';

const { ofType, target, templates } = demoSystem();
const routes = ofType('AWS::ApiGatewayV2::Route');

describe('F1: HTTP API', () => {
  test('has the declared routes, each leading to the function of its group', () => {
    const found = routes.map((route) => {
      const [, integrationId] = route.properties.Target['Fn::Join'][1];
      const integration = target(route, integrationId);
      return `${route.properties.RouteKey} ${target(integration!, integration?.properties.IntegrationUri)?.properties.FunctionName}`;
    });
    const declared = ROUTES.map(({ method, path, group }) => `${method} ${path} jiexu-${group}-api`);
    expect(found.toSorted()).toEqual(declared.toSorted());
  });

  const publicKeys = ROUTES.filter((route) => route.public).map(({ method, path }) => `${method} ${path}`);
  const isPublic = ({ properties }: (typeof routes)[number]) => publicKeys.includes(properties.RouteKey);

  test('asks for a token of the issuer on every route that is not declared public', () => {
    const [authorizer] = ofType('AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://issuer.example', Audience: ['jiexu'] },
    });
    for (const route of routes.filter((one) => !isPublic(one))) {
      expect(route.properties.AuthorizationType, route.properties.RouteKey).toBe('JWT');
      expect(target(route, route.properties.AuthorizerId), route.properties.RouteKey).toBe(authorizer);
    }
  });

  test('asks for none on two: the progress query of a person (B19) and the check of a voucher (A5)', () => {
    expect(publicKeys).toEqual(['POST /v1/progress', 'POST /v1/voucher-check']);
    const open = routes.filter(isPublic);
    expect(open.map(({ properties }) => [properties.RouteKey, properties.AuthorizationType, properties.AuthorizerId])).toEqual(
      publicKeys.map((key) => [key, 'NONE', undefined]),
    );
  });

  test('is throttled, and each public route for itself (A5, B19)', () => {
    const [stage] = ofType('AWS::ApiGatewayV2::Stage');
    const own = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };
    expect(stage?.properties.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1000 });
    expect(stage?.properties.RouteSettings).toEqual({ 'POST /v1/progress': own, 'POST /v1/voucher-check': own });
    // CloudFormation makes the stage only after the routes that its settings name.
    for (const route of routes.filter(isPublic)) expect(stage?.dependsOn).toContain(route.id);
  });

  test('F4: logs routes and outcomes, never what was in the path, the query or the token', () => {
    const [stage] = ofType('AWS::ApiGatewayV2::Stage');
    const format = JSON.parse(stage?.properties.AccessLogSettings.Format);
    expect(Object.values(format).toSorted()).toEqual([
      '$context.authorizer.claims.office',
      '$context.authorizer.error',
      '$context.error.responseType',
      '$context.requestId',
      '$context.requestTime',
      '$context.responseLatency',
      '$context.routeKey',
      '$context.status',
    ]);
  });

  test('may be invoked by API Gateway only', () => {
    const principals = ofType('AWS::Lambda::Permission').map(({ properties }) => properties.Principal);
    expect(new Set(principals)).toEqual(new Set(['apigateway.amazonaws.com', 'events.amazonaws.com']));
    for (const { id, properties } of ofType('AWS::Lambda::Permission')) expect(properties.SourceArn, id).toBeDefined();
  });

  test('tells its address and what an operator needs', () => {
    const outputs = [...templates.values()]
      .flatMap((template) => Object.keys(template.Outputs ?? {}))
      .filter((name) => !name.startsWith('ExportsOutput'));
    expect(outputs.toSorted()).toEqual([
      'AlarmTopicArn',
      'AlertTopicArn',
      'ApiUrl',
      'DirectoryTableName',
      'DocumentsBucketName',
      'ExchangeTableName',
      'ImportsBucketName',
      'NoticeTopicArn',
      'PersonHashKeyId',
    ]);
  });
});
