import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';
import { localClient, startDynamoDbLocal } from './dynamodb-local.ts';
import { createTablesFrom, readTableDefinitions, type TableDefinitions, type TableName } from './tables.ts';

declare module 'vitest' {
  interface ProvidedContext {
    dynamoDbEndpoint: string;
    tableDefinitions: TableDefinitions;
  }
}

/** For a project's `global-setup.ts`: one DynamoDB Local for all its files, and the tables as the CDK app declares them. */
export async function provideDynamoDbLocal(project: TestProject): Promise<() => Promise<void>> {
  // First what may fail: an engine that is up already would be left behind.
  const tableDefinitions = await readTableDefinitions();
  const engine = await startDynamoDbLocal();
  project.provide('dynamoDbEndpoint', engine.endpoint);
  project.provide('tableDefinitions', tableDefinitions);
  return () => engine.stop();
}

/** Client of the project's engine. */
export const dynamoDbLocalClient = (): DynamoDBClient => localClient(inject('dynamoDbEndpoint'));

/** Empty tables for one test file, under names of their own. @returns their names */
export const createTables = (client: DynamoDBClient): Promise<Record<TableName, string>> =>
  createTablesFrom(inject('tableDefinitions'), client);
