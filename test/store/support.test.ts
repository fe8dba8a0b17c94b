import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

const KEY = [
  { AttributeName: 'PK', KeyType: 'HASH' },
  { AttributeName: 'SK', KeyType: 'RANGE' },
];

test('the tables are those of the CDK app: keys, indexes and stream', async () => {
  const client = dynamoDbLocalClient();
  const names = await createTables(client);
  const describe = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table;
  const exchange = await describe(names.exchange);
  expect(exchange?.KeySchema).toEqual(KEY);
  expect(exchange?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual(['nextAlert', 'pending', 'workList']);
  expect(exchange?.StreamSpecification).toEqual({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' });
  expect((await describe(names.directory))?.KeySchema).toEqual(KEY);
});
