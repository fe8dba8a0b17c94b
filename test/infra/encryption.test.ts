import { describe, expect, test } from 'vitest';
import { demoSystem, type Loose, type Resource } from './tools/system.ts';

const system = demoSystem();
const { ofType, target } = system;

/** Where each kind of resource that keeps data names its key. */
const KEY_OF: Record<string, (resource: Resource) => unknown> = {
  'AWS::DynamoDB::Table': ({ properties }) => properties.SSESpecification?.KMSMasterKeyId,
  'AWS::SQS::Queue': ({ properties }) => properties.KmsMasterKeyId,
  'AWS::SNS::Topic': ({ properties }) => properties.KmsMasterKeyId,
  'AWS::Logs::LogGroup': ({ properties }) => properties.KmsKeyId,
  'AWS::S3::Bucket': ({ properties }) =>
    properties.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]?.ServerSideEncryptionByDefault?.KMSMasterKeyID,
};

/** What may be without a key of ours, and why. */
const OF_S3_ITSELF = 'S3 delivers access logs only to a bucket under keys of its own';
const EXCUSED = new Map([
  ['DocumentsAccessLogs', OF_S3_ITSELF],
  ['ImportsAccessLogs', OF_S3_ITSELF],
]);
const isExcused = ({ id }: Resource) => [...EXCUSED.keys()].some((prefix) => id.startsWith(prefix));

describe('F5: everything that keeps data is under a customer-managed key', () => {
  test.each(Object.keys(KEY_OF))('every %s', (type) => {
    const kept = ofType(type).filter((resource) => !isExcused(resource));
    expect(kept).not.toHaveLength(0);
    for (const resource of kept) {
      const key = target(resource, KEY_OF[type]!(resource));
      expect(key?.type, `${resource.stack}/${resource.id}`).toBe('AWS::KMS::Key');
      expect(key?.properties.EnableKeyRotation, key?.id).toBe(true);
    }
  });

  test('every excuse is still needed', () => {
    const excused = Object.keys(KEY_OF).flatMap(ofType).filter(isExcused);
    expect(excused.map(({ id }) => id)).toHaveLength(EXCUSED.size);
  });

  test('no resource kind that keeps data has slipped past the list', () => {
    const stateful =
      /::(Table|GlobalTable|Queue|Topic|Bucket|LogGroup|Stream|DeliveryStream|DBInstance|Domain|FileSystem|Secret|Parameter)$/;
    const kinds = new Set(system.resources.map(({ type }) => type).filter((type) => stateful.test(type)));
    expect([...kinds].toSorted()).toEqual(Object.keys(KEY_OF).toSorted());
  });

  test('bucket keys are on, so that a document costs no KMS request of its own', () => {
    for (const { id, properties } of ofType('AWS::S3::Bucket').filter((bucket) => !isExcused(bucket)))
      expect(properties.BucketEncryption.ServerSideEncryptionConfiguration[0].BucketKeyEnabled, id).toBe(true);
  });

  test.each(['AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::S3::Bucket'])('every %s refuses plain HTTP', (type) => {
    const policyType = `${type.replace('::Queue', '::QueuePolicy').replace('::Topic', '::TopicPolicy').replace('::Bucket', '::BucketPolicy')}`;
    const refusing = ofType(policyType)
      .filter(({ properties }) =>
        properties.PolicyDocument.Statement.some(
          (statement: Loose) => statement.Effect === 'Deny' && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false',
        ),
      )
      .flatMap((policy) =>
        [policy.properties.Queues ?? policy.properties.Topics ?? policy.properties.Bucket].flat().map((to) => target(policy, to)),
      );
    expect(refusing.map((resource) => resource?.id).toSorted()).toEqual(
      ofType(type)
        .map(({ id }) => id)
        .toSorted(),
    );
  });
});

describe('F5, E6: keys', () => {
  const statements = (key: Resource) => key.properties.KeyPolicy.Statement as Loose[];
  const isRoot = (statement: Loose) => JSON.stringify(statement.Principal?.AWS ?? '').includes(':root');
  const signing = ofType('AWS::KMS::Key').filter(({ properties }) => properties.KeyUsage === 'SIGN_VERIFY');

  test('no key policy delegates more than it lists', () => {
    for (const key of ofType('AWS::KMS::Key')) {
      for (const statement of statements(key)) {
        expect(
          [statement.Action].flat().filter((action: string) => action.includes('*')),
          key.id,
        ).toEqual([]);
      }
    }
  });

  test('only the functions that sign can use a region key; no IAM policy of the account can', () => {
    expect(signing).not.toHaveLength(0);
    for (const key of signing) {
      const uses = statements(key).filter((statement) => !isRoot(statement));
      const named = uses.map((statement) => ({
        actions: [statement.Action].flat(),
        roles: [statement.Principal.AWS]
          .flat()
          .map((arn: unknown) => target(key, arn)?.id.replace(/Role[0-9A-F]{8}$/, ''))
          .toSorted(),
      }));
      expect(named).toEqual([
        { actions: ['kms:Sign'], roles: ['Cases', 'Exchange', 'ImportsRunFunction', 'ReceivingReceive'] },
        { actions: ['kms:GetPublicKey'], roles: ['Register'] },
      ]);
      const delegated = statements(key)
        .filter(isRoot)
        .flatMap((statement) => [statement.Action].flat());
      expect(delegated).not.toContain('kms:Sign');
      expect(key.properties.KeySpec).toBe('ECC_NIST_P256');
    }
  });

  test('services use a key for this account only', () => {
    for (const key of ofType('AWS::KMS::Key')) {
      for (const statement of statements(key).filter(({ Principal }) => Principal.Service))
        expect(statement.Condition, key.id).toBeDefined();
    }
  });

  test('no key is lost with its stack', () => {
    for (const key of ofType('AWS::KMS::Key')) expect(key.deletionPolicy, key.id).toBe('Retain');
  });
});
