import type { ServiceFunction } from '../constructs/service-function.ts';
import { SIGNING_KEY_ALIAS_PREFIX } from '../names.ts';
import type { StorageStack } from '../stacks/storage.ts';

/** What a function that reads or changes cases finds in its environment. */
export const caseEnvironment = ({ exchange, directory, personHashKey }: StorageStack): Record<string, string> => ({
  EXCHANGE_TABLE: exchange.table.tableName,
  DIRECTORY_TABLE: directory.table.tableName,
  PERSON_HASH_KEY_ID: personHashKey.keyId,
  SIGNING_KEY_ALIAS_PREFIX,
});

/** Reading cases and writing what a command or a message makes of them, in one transaction. */
export function allowCaseTables(grantee: ServiceFunction, { exchange, directory }: StorageStack): void {
  exchange.allowReadWrite(grantee, 'BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem');
  directory.allowRead(grantee, 'GetItem', 'Query');
}

/** The same where a copy of a case can begin: then a person is looked for, and a place taken (A10), by the keyed hash. */
export function allowCasework(grantee: ServiceFunction, storage: StorageStack): void {
  allowCaseTables(grantee, storage);
  grantee.allow(['kms:GenerateMac'], storage.personHashKey.keyArn);
}
