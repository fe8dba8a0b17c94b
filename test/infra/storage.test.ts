import { describe, expect, test } from 'vitest';
import { demoSystem, type Loose } from './tools/system.ts';

const { ofType, target } = demoSystem();

describe('tables', () => {
  const tables = ofType('AWS::DynamoDB::Table');

  test.each(tables.map((table) => [table.id, table] as const))(
    '%s: on demand, restorable, protected, kept',
    (_, { properties, deletionPolicy }) => {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        KeySchema: [
          { AttributeName: 'PK', KeyType: 'HASH' },
          { AttributeName: 'SK', KeyType: 'RANGE' },
        ],
      });
      expect(deletionPolicy).toBe('Retain');
    },
  );

  test('the exchange table streams keys and nothing of the person', () => {
    const streams = tables.flatMap(({ id, properties }) =>
      properties.StreamSpecification ? [[id.slice(0, 8), properties.StreamSpecification]] : [],
    );
    expect(streams).toEqual([['Exchange', { StreamViewType: 'KEYS_ONLY' }]]);
  });

  test('indexes carry no document', () => {
    const projections = tables.flatMap(({ properties }) =>
      (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, Projection }: Loose) => [IndexName, Projection]),
    );
    expect(Object.fromEntries(projections)).toEqual({
      workList: { ProjectionType: 'KEYS_ONLY' },
      nextAlert: { ProjectionType: 'KEYS_ONLY' },
      pending: { ProjectionType: 'KEYS_ONLY' },
    });
  });
});

describe('buckets', () => {
  const buckets = ofType('AWS::S3::Bucket');

  test('are closed to the public and kept', () => {
    for (const { id, properties, deletionPolicy } of buckets) {
      expect(Object.values(properties.PublicAccessBlockConfiguration), id).toEqual([true, true, true, true]);
      expect(properties.OwnershipControls.Rules, id).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
      expect(deletionPolicy, id).toBe('Retain');
    }
  });

  const named = (prefix: string) => {
    const found = buckets.filter(({ id }) => id.startsWith(`${prefix}Bucket`));
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  const rulesOf = (prefix: string) => named(prefix).properties.LifecycleConfiguration.Rules as Record<string, unknown>[];

  test('who fetched what is recorded, for each in a bucket of its own', () => {
    const logs = ['Documents', 'Imports'].map((prefix) => {
      const bucket = named(prefix);
      return target(bucket, bucket.properties.LoggingConfiguration.DestinationBucketName)?.id;
    });
    expect(logs).toEqual([expect.stringMatching(/^DocumentsAccessLogs/), expect.stringMatching(/^ImportsAccessLogs/)]);
  });

  test('the documents are versioned and lockable', () => {
    expect(named('Documents').properties).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' }, ObjectLockEnabled: true });
  });

  test('the documents stay: nothing expires them', () => {
    for (const rule of rulesOf('Documents')) expect(Object.keys(rule).filter((key) => key.includes('xpiration'))).toEqual([]);
  });

  test('files that offices hand in are forgotten after 90 days, with every version of them (B12, E11)', () => {
    expect(rulesOf('Imports')).toEqual([
      { Status: 'Enabled', ExpirationInDays: 90, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ]);
    const { properties } = named('Imports');
    // A versioned or locked bucket would keep what it only seems to forget.
    expect([properties.VersioningConfiguration, properties.ObjectLockEnabled]).toEqual([undefined, undefined]);
    // Offices upload from their own systems, never from a page of another site.
    expect(properties.CorsConfiguration).toBeUndefined();
  });
});

test('the stack that keeps the data is protected from deletion', () => {
  const { app } = demoSystem();
  expect(app.node.findChild('JiexuStorage')).toMatchObject({ terminationProtection: true });
});
