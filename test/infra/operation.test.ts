import { afterEach, describe, expect, test, vi } from 'vitest';
import { lambdaMetrics } from '../../functions/platform/metrics.ts';
import { ENTRIES } from '../../infra/entries.ts';
import { ROUTES } from '../../schemas/api.ts';
import { demoSystem, type Loose, type Resource } from './tools/system.ts';

const { ofType, target } = demoSystem();
const functions = ofType('AWS::Lambda::Function');
const alarms = ofType('AWS::CloudWatch::Alarm');
const queues = ofType('AWS::SQS::Queue');
const mappings = ofType('AWS::Lambda::EventSourceMapping');

const alarmsOn = (resource: Resource, metric: string) =>
  alarms.filter(
    (alarm) =>
      alarm.properties.MetricName === metric &&
      (alarm.properties.Dimensions ?? []).some((dimension: Loose) => target(alarm, dimension.Value) === resource),
  );
const deadLetterTargets = new Set([
  ...queues.map((queue) => target(queue, queue.properties.RedrivePolicy?.deadLetterTargetArn)),
  ...mappings.map((mapping) => target(mapping, mapping.properties.DestinationConfig?.OnFailure?.Destination)),
]);

/** Functions behind routes, by the groups of the routes. */
const APIS = [...new Set(ROUTES.map(({ group }) => `jiexu-${group}-api`))];

describe('functions', () => {
  test('are those of the catalogue', () => {
    expect(functions.map(({ properties }) => properties.FunctionName).toSorted()).toEqual(
      Object.keys(ENTRIES)
        .map((name) => `jiexu-${name}`)
        .toSorted(),
    );
  });

  test.each(functions.map((each) => [each.properties.FunctionName, each] as const))(
    '%s: log with retention, alarm on errors, runtime',
    (_, each) => {
      const log = target(each, each.properties.LoggingConfig?.LogGroup);
      expect(log?.type).toBe('AWS::Logs::LogGroup');
      expect(alarmsOn(each, 'Errors')).toHaveLength(1);
      expect(each.properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
      expect(each.properties.Environment.Variables).toMatchObject({
        POWERTOOLS_SERVICE_NAME: 'jiexu',
        POWERTOOLS_METRICS_NAMESPACE: 'Jiexu',
      });
    },
  );

  test('the one that reads files has the longest run there is, may wake itself, and takes one file at a time (E11)', () => {
    const [run] = functions.filter((each) => each.properties.FunctionName === 'jiexu-imports-run') as [Resource];
    expect(run.properties).toMatchObject({ Timeout: 900, MemorySize: 1024, RecursiveLoop: 'Allow' });
    const [mapping] = mappings.filter((each) => target(each, each.properties.FunctionName) === run);
    expect(mapping?.properties).toMatchObject({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 10 } });
    expect(target(run, run.properties.Environment.Variables.IMPORT_QUEUE_URL)).toBe(target(mapping!, mapping!.properties.EventSourceArn));
  });

  test('no other may wake itself: there a loop is a defect that Lambda must stop', () => {
    const looping = functions.filter(({ properties }) => properties.RecursiveLoop !== undefined);
    expect(looping.map(({ properties }) => properties.FunctionName)).toEqual(['jiexu-imports-run']);
  });

  test('every log group is kept for a year', () => {
    for (const { id, properties } of ofType('AWS::Logs::LogGroup')) expect(properties.RetentionInDays, id).toBe(365);
  });

  test('a sweep that fails is not tried again: its next tick comes', () => {
    const rules = ofType('AWS::Events::Rule');
    const configs = ofType('AWS::Lambda::EventInvokeConfig');
    const named = configs.map((each) => [target(each, each.properties.FunctionName), each.properties.MaximumRetryAttempts]);
    expect(named).toEqual(rules.map((rule) => [target(rule, rule.properties.Targets[0].Arn), 0]));
    for (const { id, properties } of rules) expect(properties.Targets[0].RetryPolicy, id).toEqual({ MaximumRetryAttempts: 0 });
  });

  test('every schedule has an alarm on silence that also sounds without data', () => {
    const rules = ofType('AWS::Events::Rule');
    expect(rules.map(({ properties }) => properties.ScheduleExpression).toSorted()).toEqual(['rate(1 minute)', 'rate(5 minutes)']);
    for (const rule of rules) {
      const swept = target(rule, rule.properties.Targets[0].Arn);
      const [silence] = alarmsOn(swept!, 'Invocations');
      expect(silence?.properties).toMatchObject({ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
    }
  });
});

describe('queues and streams', () => {
  test('every queue is a dead-letter queue or has one', () => {
    for (const queue of queues) {
      if (!deadLetterTargets.has(queue)) expect(queue.properties.RedrivePolicy, queue.id).toBeDefined();
    }
  });

  test('every dead-letter queue keeps 14 days and has an alarm on its first message', () => {
    const dead = queues.filter((queue) => deadLetterTargets.has(queue));
    expect(dead).not.toHaveLength(0);
    for (const queue of dead) {
      const [alarm] = alarmsOn(queue, 'ApproximateNumberOfMessagesVisible');
      expect(alarm?.properties, queue.id).toMatchObject({ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
      expect(queue.properties.MessageRetentionPeriod, queue.id).toBe(14 * 24 * 3600);
    }
  });

  test('a queue hides a message for six times the function that reads it; that of files, which a run holds, for a minute more', () => {
    for (const mapping of mappings) {
      const queue = target(mapping, mapping.properties.EventSourceArn);
      if (queue?.type !== 'AWS::SQS::Queue') continue;
      const reader = target(mapping, mapping.properties.FunctionName);
      const { Timeout, FunctionName } = reader?.properties ?? {};
      const least = FunctionName === 'jiexu-imports-run' ? Timeout + 60 : 6 * Timeout;
      expect(queue.properties.VisibilityTimeout, queue.id).toBeGreaterThanOrEqual(least);
    }
  });

  test('every mapping reports single failures', () => {
    for (const { id, properties } of mappings) expect(properties.FunctionResponseTypes, id).toEqual(['ReportBatchItemFailures']);
  });

  test('the stream has one reader, bounded, that wakes for new messages only', () => {
    const readers = mappings.filter((mapping) => target(mapping, mapping.properties.EventSourceArn)?.type === 'AWS::DynamoDB::Table');
    expect(readers).toHaveLength(1);
    const [{ properties }] = readers as [Resource];
    expect(properties).toMatchObject({ BisectBatchOnFunctionError: true, MaximumRetryAttempts: 5, MaximumRecordAgeInSeconds: 3600 });
    expect(properties.FilterCriteria.Filters.map(({ Pattern }: Loose) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT'], dynamodb: { Keys: { SK: { S: [{ prefix: 'M#' }] } } } },
    ]);
    expect(target(readers[0]!, properties.DestinationConfig.OnFailure.Destination)?.type).toBe('AWS::SQS::Queue');
  });
});

describe('alarms', () => {
  const [alarmTopic] = ofType('AWS::SNS::Topic').filter(({ stack }) => stack === 'JiexuStorage');

  test('every one tells the operators, and says who is hurt and what to do', () => {
    for (const alarm of alarms) {
      expect(alarm.properties.AlarmDescription, alarm.id).toMatch(/^Hurt: .{20,}\. Do: .{20,}\.$/);
      expect(alarm.properties.AlarmDescription.length, alarm.id).toBeLessThanOrEqual(1024);
      expect(
        alarm.properties.AlarmActions.map((to: unknown) => target(alarm, to)),
        alarm.id,
      ).toEqual([alarmTopic]);
    }
  });

  test('CloudWatch may publish to their topic and use its key', () => {
    const [policy] = ofType('AWS::SNS::TopicPolicy').filter((each) =>
      each.properties.Topics.some((to: unknown) => target(each, to) === alarmTopic),
    );
    const key = target(alarmTopic!, alarmTopic!.properties.KmsMasterKeyId);
    for (const statements of [policy!.properties.PolicyDocument.Statement, key!.properties.KeyPolicy.Statement]) {
      expect(statements).toContainEqual(expect.objectContaining({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }));
    }
  });

  test('a gateway that turns many away rings; a few refusals for the moment do not', () => {
    const [alarm, ...more] = alarms.filter(({ properties }) => properties.Namespace === 'AWS/ApiGateway');
    expect(more).toEqual([]);
    expect(alarm?.properties).toMatchObject({ MetricName: '5xx', Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 10 });
  });

  test('every inbox has one on its age, for a mapping that has stopped', () => {
    const inboxes = queues.filter(({ properties }) => /^jiexu-inbox-\d{6}\.fifo$/.test(properties.QueueName));
    expect(inboxes).not.toHaveLength(0);
    for (const inbox of inboxes) {
      const [stale] = alarmsOn(inbox, 'ApproximateAgeOfOldestMessage');
      expect(stale?.properties, inbox.id).toMatchObject({ Threshold: 1800, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    }
  });

  describe('on what the functions count', () => {
    afterEach(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });

    test.each([
      ['Quarantined', 'jiexu-exchange-receive'],
      ['StillFailing', 'jiexu-exchange-receive'],
      ...APIS.map((name) => ['HttpFault', name] as const),
    ] as const)('%s of %s: the very metric that is written, at the first', (name, writer) => {
      const [{ properties }] = functions.filter((each) => each.properties.FunctionName === writer) as [Resource];
      for (const [name, value] of Object.entries<string>(properties.Environment.Variables))
        if (name.startsWith('POWERTOOLS')) vi.stubEnv(name, value);
      const written: string[] = [];
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
      vi.spyOn(console, 'log').mockImplementation((text) => void written.push(String(text)));
      lambdaMetrics().count(name);
      const emf = JSON.parse(written.find((line) => line.includes(name)) ?? '{}');
      const { Namespace, Dimensions } = emf._aws.CloudWatchMetrics[0];

      const [alarm] = alarms.filter((each) => each.properties.MetricName === name);
      expect(alarm?.properties).toMatchObject({
        Namespace,
        Dimensions: Dimensions[0].map((name: string) => ({ Name: name, Value: emf[name] })),
        Statistic: 'Sum',
        Threshold: 1,
      });
    });
  });
});
