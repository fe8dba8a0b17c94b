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

  /** The contract of each function, as actions: a new permission is a change of this table. */
  const READ = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
  const WRITE = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
  const STREAM = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'];
  const POLL = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];
  const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  test.each([
    ['jiexu-cases-api', [...READ, ...WRITE, 'kms:GenerateMac', ...LOG]],
    ['jiexu-directory-api', [...READ, ...WRITE, ...LOG]],
    ['jiexu-directory-register', [...READ, ...WRITE, ...LOG]],
    ['jiexu-exchange-api', [...READ, ...WRITE, ...LOG]],
    ['jiexu-exchange-relay', [...STREAM, ...LOG, 'sqs:SendMessage']],
    ['jiexu-exchange-dispatch', [...READ, ...WRITE, ...LOG, ...POLL, 'sqs:SendMessage']],
    ['jiexu-exchange-receive', [...READ, ...WRITE, ...LOG, ...POLL]],
    ['jiexu-exchange-sweep', [...READ, ...WRITE, ...LOG, 'sqs:SendMessage']],
    ['jiexu-deadlines-sweep', [...READ, ...WRITE, ...LOG, 'sns:Publish']],
  ])('%s may do just this', (name, expected) => {
    const [found] = ofType('AWS::Lambda::Function').filter(({ properties }) => properties.FunctionName === name);
    const role = target(found!, found!.properties.Role);
    const actions = ofType('AWS::IAM::Policy')
      .filter((policy) => policy.properties.Roles.some((each: unknown) => target(policy, each) === role))
      .flatMap(({ properties }) => properties.PolicyDocument.Statement.flatMap((statement: Loose) => list(statement.Action)))
      // Use of the encryption keys follows from what they encrypt.
      .filter((action) => !/^kms:(Decrypt|DescribeKey|Encrypt|GenerateDataKey.*|ReEncrypt(From|To))$/.test(action));
    expect([...new Set(actions)].toSorted()).toEqual(expected.toSorted());
  });
});
