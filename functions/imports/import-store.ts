import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { ImportHashRow, ImportRow } from '../../schemas/imports.ts';
import type { ImportNumber, RegionCode, Sha256 } from '../../schemas/primitives.ts';
import { importHashKey, importKey, type Key } from '../cases/keys.ts';

export type ImportStore = {
  read(region: RegionCode, importNumber: ImportNumber): Promise<ImportRow | undefined>;
  /** Number under which these bytes were announced in the region before. */
  numberOf(region: RegionCode, sha256: Sha256): Promise<ImportNumber | undefined>;
  /** @returns false when the same bytes were announced before, undefined when somebody announces them right now */
  create(row: ImportRow): Promise<boolean | undefined>;
  /** Writes the next version of a row. @returns it, or undefined when somebody else wrote one first: two workers can never both go on */
  replace(before: ImportRow, after: ImportRow): Promise<ImportRow | undefined>;
};

const NEW = 'attribute_not_exists(PK)';

/** Imports of files, and the pointers by which the same file is known again. */
export function createImportStore(client: DynamoDBDocumentClient, table: string): ImportStore {
  const get = async (Key: Key) => (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
  return {
    read: async (region, importNumber) => ImportRow.optional().parse(await get(importKey(region, importNumber))),

    numberOf: async (region, sha256) => ImportHashRow.optional().parse(await get(importHashKey(region, sha256)))?.importNumber,

    async create(row) {
      const pointer = { ...importHashKey(row.region, row.sha256), importNumber: row.importNumber };
      try {
        await client.send(
          new TransactWriteCommand({
            TransactItems: [
              { Put: { TableName: table, Item: pointer, ConditionExpression: NEW } },
              { Put: { TableName: table, Item: row, ConditionExpression: NEW } },
            ],
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const reasons = error.CancellationReasons ?? [];
        if (reasons[0]?.Code === 'ConditionalCheckFailed') return false;
        if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return undefined;
        throw error;
      }
    },

    async replace(before, after) {
      const Item = { ...after, version: before.version + 1 };
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item,
            ConditionExpression: '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':version': before.version },
          }),
        );
        return Item;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
