import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { CreateTableCommand, type CreateTableCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Projection = z.object({ ProjectionType: z.enum(['ALL', 'KEYS_ONLY']) });

/** What makes a table behave as it does, as CloudFormation says it; keys, backup and protection are left out. */
const TableProperties = z.object({
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  KeySchema,
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema, Projection })).optional(),
  StreamSpecification: z.object({ StreamViewType: z.enum(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES']) }).optional(),
});

const Template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })) });

const TABLE_TYPES = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];

export const TABLE_NAMES = ['exchange', 'directory'] as const;
export type TableName = (typeof TABLE_NAMES)[number];
export type TableDefinitions = Record<TableName, Omit<CreateTableCommandInput, 'TableName'>>;

/**
 * The tables of a synthesised template as input of CreateTable: a table is declared in `infra/` and nowhere else. Found by logical id, which
 * begins with the name of the table.
 */
export function tableDefinitionsOf(template: unknown): TableDefinitions {
  const resources = Object.entries(Template.parse(template).Resources).filter(([, { Type }]) => TABLE_TYPES.includes(Type));
  const definitionOf = (name: TableName) => {
    const found = resources.filter(([id]) => id.toLowerCase().startsWith(name));
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`the template has ${found.length} tables called ${name}`);
    const { StreamSpecification, ...properties } = TableProperties.parse(only[1].Properties);
    return {
      ...properties,
      BillingMode: 'PAY_PER_REQUEST' as const,
      ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
    };
  };
  return { exchange: definitionOf('exchange'), directory: definitionOf('directory') };
}

/** Creates both tables, empty and under names of their own, so that test files do not meet. @returns their names */
export async function createTablesFrom(definitions: TableDefinitions, client: DynamoDBClient): Promise<Record<TableName, string>> {
  const run = randomUUID();
  const names = { exchange: `exchange-${run}`, directory: `directory-${run}` };
  for (const name of TABLE_NAMES) await client.send(new CreateTableCommand({ ...definitions[name], TableName: names[name] }));
  return names;
}

/** Synthesises the storage stack in a process of its own, which takes about two seconds; once per run of a test project. */
export async function readTableDefinitions(): Promise<TableDefinitions> {
  const program = resolve(import.meta.dirname, '../infra/tools/storage-template.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { maxBuffer: 16 * 1024 * 1024 });
  return tableDefinitionsOf(JSON.parse(stdout));
}
