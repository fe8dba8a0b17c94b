import { describe, expect, test } from 'vitest';
import { demoSystem, type Loose } from './tools/system.ts';

const { ofType } = demoSystem();

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

  test('the documents are versioned, lockable and logged', () => {
    const logged = buckets.filter(({ properties }) => properties.LoggingConfiguration);
    expect(logged).toHaveLength(1);
    expect(logged[0]?.properties).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' }, ObjectLockEnabled: true });
  });

  test('the documents stay: nothing expires them', () => {
    const [documents] = buckets.filter(({ properties }) => properties.LoggingConfiguration);
    const rules = documents?.properties.LifecycleConfiguration.Rules as Record<string, unknown>[];
    for (const rule of rules) expect(Object.keys(rule).filter((key) => key.includes('xpiration'))).toEqual([]);
  });
});

test('the stack that keeps the data is protected from deletion', () => {
  const { app } = demoSystem();
  expect(app.node.findChild('JiexuStorage')).toMatchObject({ terminationProtection: true });
});
