import { describe, expect, test } from 'vitest';
import { demoSystem, type Loose, type Resource } from './tools/system.ts';

const { resources, ofType, target } = demoSystem();

/** Every statement that allows anything, wherever it stands. */
const allowed = resources.flatMap((resource) =>
  [
    resource.properties.PolicyDocument,
    resource.properties.KeyPolicy,
    resource.properties.AssumeRolePolicyDocument,
    ...(resource.properties.Policies ?? []).map((policy: Loose) => policy.PolicyDocument),
  ]
    .filter((document) => document !== undefined)
    .flatMap((document: Loose) => document.Statement as Loose[])
    .filter(({ Effect }) => Effect === 'Allow')
    .map((statement) => ({ resource, statement, where: `${resource.stack}/${resource.id}` })),
);
const list = (value: unknown): Loose[] => (value === undefined ? [] : [value].flat());
const isKeyPolicy = ({ type }: Resource) => type === 'AWS::KMS::Key';

/** Resource patterns that stand, and why. */
const PATTERNS = [
  { pattern: /AccessLogs.*"\/\*"/, why: 'S3 itself writes access logs, each to a new object of that one bucket' },
  { pattern: /ImportsBucket.*"\/imports\/\*"/, why: 'every import has objects of its own, under this prefix' },
  { pattern: /:jiexu-inbox-\?{6}\.fifo"/, why: 'policies must not grow with the number of regions' },
];

describe('F5: least privilege', () => {
  test('no action is a wildcard', () => {
    expect(allowed.length).toBeGreaterThan(30);
    for (const { statement, where } of allowed) {
      expect(statement.NotAction, where).toBeUndefined();
      for (const action of list(statement.Action)) expect(action, where).not.toMatch(/[*?]/);
    }
  });

  test('no resource is a wildcard outside a key policy, where `*` means the key itself', () => {
    for (const { resource, statement, where } of allowed) {
      if (isKeyPolicy(resource)) continue;
      expect(statement.NotResource, where).toBeUndefined();
      for (const each of list(statement.Resource)) {
        const written = JSON.stringify(each);
        if (!/[*?]/.test(written)) continue;
        expect(
          PATTERNS.some(({ pattern }) => pattern.test(written)),
          `${where}: ${written}`,
        ).toBe(true);
      }
    }
  });

  test('the inbox pattern reaches every inbox and no dead-letter queue', () => {
    const inboxes = ofType('AWS::SQS::Queue').flatMap(({ properties }) => properties.QueueName ?? []);
    const matched = inboxes.filter((name: string) => /^jiexu-inbox-.{6}\.fifo$/.test(name));
    expect(matched).toEqual(inboxes.filter((name: string) => !name.includes('dlq')));
  });

  test('no principal is everybody, no role takes a managed policy', () => {
    for (const { statement, where } of allowed) expect(JSON.stringify(statement.Principal ?? {}), where).not.toContain('*');
    for (const { id, properties } of ofType('AWS::IAM::Role')) expect(properties.ManagedPolicyArns, id).toBeUndefined();
  });

  test('every function has a role of its own', () => {
    const roles = ofType('AWS::Lambda::Function').map((each) => target(each, each.properties.Role)?.id);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test('every function is in the contract below', () => {
    expect(CONTRACT.map(([name]) => name).toSorted()).toEqual(
      ofType('AWS::Lambda::Function')
        .map(({ properties }) => properties.FunctionName)
        .toSorted(),
    );
  });

  /** What a statement allows: on a table with the table's name, on its index with that of both, elsewhere the action alone. */
  const permissionsIn = (policy: Resource, statement: Loose): string[] =>
    list(statement.Action).flatMap((action: string) => {
      if (!action.startsWith('dynamodb:')) return [action];
      return list(statement.Resource).map((resource) => {
        const [of, index = ''] = resource['Fn::Join']?.[1] ?? [resource];
        const table = /^(Exchange|Directory)/.exec(target(policy, of)?.id ?? '')?.[0];
        return `${table}${index.replace('/index/', '.')} ${action.replace('dynamodb:', '')}`;
      });
    });

  /** The contract of each function: a new permission is a change of this table. */
  const on = (table: string, ...actions: string[]) => actions.map((action) => `${table} ${action}`);
  const EVERYTHING = on('Exchange', 'BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem');
  const LOOK_UP = on('Directory', 'GetItem', 'Query');
  const DELIVER = [...on('Exchange', 'GetItem', 'UpdateItem'), ...on('Directory', 'GetItem'), 'sqs:SendMessage'];
  const STREAM = on('Exchange', 'DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams');
  const POLL = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
  const FILES = ['s3:GetObject', 's3:PutObject'];
  const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const CONTRACT: [string, string[]][] = [
    ['jiexu-cases-api', [...EVERYTHING, 'Exchange.workList Query', ...LOOK_UP, 'kms:GenerateMac']],
    ['jiexu-vouchers-api', [...on('Exchange', 'GetItem', 'PutItem', 'Query', 'UpdateItem'), ...LOOK_UP, 'kms:GenerateMac']],
    ['jiexu-money-api', [...EVERYTHING, 'Exchange.workList Query', ...LOOK_UP]],
    [
      'jiexu-imports-api',
      [...on('Exchange', 'GetItem', 'PutItem', 'UpdateItem'), ...on('Directory', 'GetItem'), ...FILES, 'sqs:SendMessage'],
    ],
    ['jiexu-imports-run', [...EVERYTHING, ...LOOK_UP, ...FILES, ...POLL, 'sqs:SendMessage', 'kms:GenerateMac']],
    ['jiexu-directory-api', on('Directory', 'GetItem', 'PutItem', 'Query')],
    ['jiexu-directory-register', on('Directory', 'GetItem', 'PutItem', 'Query')],
    ['jiexu-exchange-api', [...EVERYTHING, ...LOOK_UP, 'kms:GenerateMac']],
    ['jiexu-exchange-relay', [...STREAM, 'sqs:SendMessage']],
    ['jiexu-exchange-dispatch', [...DELIVER, ...POLL]],
    ['jiexu-exchange-receive', [...EVERYTHING, ...LOOK_UP, ...POLL, 'kms:GenerateMac']],
    ['jiexu-exchange-sweep', [...DELIVER, 'Exchange.pending Query']],
    ['jiexu-deadlines-sweep', [...on('Exchange', 'GetItem', 'PutItem', 'Query', 'UpdateItem'), 'Exchange.nextAlert Query', 'sns:Publish']],
  ];
  test.each(CONTRACT)('%s may do just this, and write its log', (name, expected) => {
    const [found] = ofType('AWS::Lambda::Function').filter(({ properties }) => properties.FunctionName === name);
    const role = target(found!, found!.properties.Role);
    const permissions = ofType('AWS::IAM::Policy')
      .filter((policy) => policy.properties.Roles.some((each: unknown) => target(policy, each) === role))
      .flatMap((policy) => policy.properties.PolicyDocument.Statement.flatMap((statement: Loose) => permissionsIn(policy, statement)))
      // Use of the encryption keys follows from what they encrypt.
      .filter((action) => !/^kms:(Decrypt|DescribeKey|Encrypt|GenerateDataKey.*|ReEncrypt(From|To))$/.test(action));
    expect([...new Set(permissions)].toSorted()).toEqual([...expected, ...LOG].toSorted());
  });
});
