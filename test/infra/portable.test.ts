import { App, Stack, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../../infra/settings.ts';
import { demoSystem, type Loose, nationalCodes } from './tools/system.ts';

const system = demoSystem();

/** A template as one partition sees it: pseudo parameters filled in, joins joined. */
function inRegion(value: Loose, pseudo: Record<string, string>): Loose {
  if (Array.isArray(value)) return value.map((item) => inRegion(item, pseudo));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof value.Ref === 'string') return pseudo[value.Ref] ?? value;
  const filled = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inRegion(item, pseudo)]));
  const [separator, parts] = filled['Fn::Join'] ?? [];
  if (parts) return parts.map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part))).join(separator);
  if (typeof filled['Fn::Sub'] === 'string')
    return filled['Fn::Sub'].replaceAll(/\$\{(AWS::\w+)\}/g, (whole: string, name: string) => pseudo[name] ?? whole);
  return filled;
}

describe('G3: the same templates everywhere', () => {
  const text = JSON.stringify([...system.templates.values()]);

  test('no partition, region, account or endpoint is written down', () => {
    expect(text).not.toMatch(/arn:aws/);
    expect(text).not.toMatch(/\b(us|eu|ap|cn|sa|ca|me|af|il)-[a-z]+-\d\b/);
    expect(text).not.toMatch(/\b\d{12}\b/);
    // What remains of amazonaws.com are service principals, which are the same in every partition.
    const hosts = new Set(text.match(/[\w.-]*amazonaws\.com[\w.]*/g));
    expect([...hosts].toSorted()).toEqual([
      'apigateway.amazonaws.com',
      'cloudwatch.amazonaws.com',
      'events.amazonaws.com',
      'lambda.amazonaws.com',
      'logging.s3.amazonaws.com',
    ]);
  });

  test('in Beijing every ARN is of aws-cn and every host of amazonaws.com.cn', () => {
    const beijing = {
      'AWS::Partition': 'aws-cn',
      'AWS::Region': 'cn-north-1',
      'AWS::URLSuffix': 'amazonaws.com.cn',
      'AWS::AccountId': '123456789012',
    };
    const filled = JSON.stringify(inRegion([...system.templates.values()], beijing));
    expect(filled).toContain('arn:aws-cn:sqs:cn-north-1:123456789012:jiexu-inbox-??????.fifo');
    expect(filled).toContain('logs.cn-north-1.amazonaws.com.cn');
    expect(filled).not.toContain('arn:aws:');
    expect(filled).not.toMatch(/cn-north-1\.amazonaws\.com(?!\.cn)/);
  });
});

describe('cdk-nag AwsSolutions', () => {
  test('finds nothing that is not acknowledged', () => {
    const report = new AwsSolutionsChecks().validateScope(system.app);
    expect(
      report.violations.map(({ ruleName, violatingResources }) => [
        ruleName,
        violatingResources.map(({ resourceLogicalId }) => resourceLogicalId),
      ]),
    ).toEqual([]);
  });

  test('would find something', () => {
    const app = new App();
    new Queue(new Stack(app, 'Careless'), 'Queue');
    expect(new AwsSolutionsChecks().validateScope(app).success).toBe(false);
  });

  test('every acknowledgement says why', () => {
    const acknowledged = system.app.node
      .findAll()
      .flatMap(({ node }) =>
        node.metadata
          .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
          .map(({ data }) => ({ path: node.path, ...data })),
      );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(JSON.stringify(acknowledged)).toContain('AwsSolutions-SQS3');
  });
});

describe('settings', () => {
  const context = { hostedRegions: [{ code: '330100', name: '杭州市' }], issuer: 'https://issuer.example', audience: 'jiexu' };
  const read = (more: object = {}, env: NodeJS.ProcessEnv = {}) => readSettings(new App({ context: { ...context, ...more } }), env);

  const withMail = (count: number) =>
    nationalCodes.slice(0, count).map((code) => ({ code, name: code, noticeEmail: `notices-${code}@office.example` }));

  test('200 regions may have their notices by mail (B15)', () => {
    expect(read({ hostedRegions: withMail(200) }).hostedRegions).toEqual(withMail(200));
  });

  test('come from cdk.json, -c, and the environment, the last one wins', () => {
    expect(read()).toEqual(context);
    expect(read({ hostedRegions: '[{"code":"510100","name":"成都市"}]' }).hostedRegions).toEqual([{ code: '510100', name: '成都市' }]);
    expect(read({ audience: 'a' }, { JIEXU_AUDIENCE: 'b', JIEXU_ISSUER: 'https://other.example' })).toMatchObject({
      audience: 'b',
      issuer: 'https://other.example',
    });
  });

  test.each([
    ['an unknown province', { hostedRegions: [{ code: '990100', name: '无' }] }, 'hostedRegions'],
    ['a region listed twice', { hostedRegions: [...context.hostedRegions, ...context.hostedRegions] }, 'listed twice'],
    ['no region', { hostedRegions: [] }, 'hostedRegions'],
    ['a key before the first', { hostedRegions: [{ code: '330100', name: '杭州市', keyGeneration: 0 }] }, 'keyGeneration'],
    ['a mailbox that is none', { hostedRegions: [{ code: '330100', name: '杭州市', noticeEmail: '杭州' }] }, 'noticeEmail'],
    ['more mailboxes than SNS filters for', { hostedRegions: withMail(201) }, 'more than 200 regions have a noticeEmail'],
    ['an issuer that is no address', { issuer: 'issuer' }, 'issuer'],
    ['no issuer', { issuer: undefined }, 'Set issuer and audience'],
    ['no audience', { audience: undefined }, 'Set issuer and audience'],
  ])('%s is refused', (_, more, reason) => {
    expect(() => read(more)).toThrow(reason);
  });
});
