import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { ROUTES } from '../../schemas/api.ts';
import { HANDLE_MESSAGES } from '../capabilities/receiving.ts';
import { ProtectedHttpApi } from '../constructs/protected-http-api.ts';
import { type House, ServiceFunction } from '../constructs/service-function.ts';
import { SIGNING_KEY_ALIAS_PREFIX } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { StorageStack } from './storage.ts';

/** API Gateway gives up after 29 seconds; a clerk does sooner. */
const TIMEOUT = 15;

/** What callers reach: the HTTP API and the functions behind its routes. */
export class ApiStack extends Stack {
  readonly cases: ServiceFunction;
  readonly exchange: ServiceFunction;

  constructor(app: App, id: string, storage: StorageStack, house: House, { issuer, audience }: Settings) {
    super(app, id, { description: 'Jiexu: HTTP API' });
    const { exchange, directory, personHashKey } = storage;
    const DIRECTORY_TABLE = directory.table.tableName;
    const tables = { EXCHANGE_TABLE: exchange.table.tableName, DIRECTORY_TABLE };

    this.cases = new ServiceFunction(this, 'Cases', {
      house,
      name: 'cases-api',
      timeout: TIMEOUT,
      environment: { ...tables, PERSON_HASH_KEY_ID: personHashKey.keyId, SIGNING_KEY_ALIAS_PREFIX },
      impact: 'clerks of every hosted region: they cannot work on cases.',
      remedy: 'read the log of jiexu-cases-api; a command sent again with the same key is answered once.',
    });
    exchange.allowQuery(this.cases, 'workList');
    exchange.allowReadWrite(this.cases, 'BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem');
    directory.allowRead(this.cases, 'GetItem', 'Query');
    this.cases.allow(['kms:GenerateMac'], personHashKey.keyArn);

    const offices = new ServiceFunction(this, 'Directory', {
      house,
      name: 'directory-api',
      timeout: TIMEOUT,
      environment: { DIRECTORY_TABLE },
      impact: 'clerks who look up an office and the ministry that corrects one.',
      remedy: 'read the log of jiexu-directory-api; cases go on with the directory as it stands.',
    });
    directory.allowReadWrite(offices, 'GetItem', 'PutItem');

    this.exchange = new ServiceFunction(this, 'Exchange', {
      house,
      name: 'exchange-api',
      timeout: TIMEOUT,
      environment: { ...tables, PERSON_HASH_KEY_ID: personHashKey.keyId, SIGNING_KEY_ALIAS_PREFIX },
      impact: 'supervisors who read or replay quarantined messages; the persons named in them wait.',
      remedy: 'read the log of jiexu-exchange-api; quarantined messages are kept.',
    });
    exchange.allowReadWrite(this.exchange, ...HANDLE_MESSAGES);
    directory.allowRead(this.exchange, 'GetItem', 'Query');
    this.exchange.allow(['kms:GenerateMac'], personHashKey.keyArn);

    const functions = { cases: this.cases, directory: offices, exchange: this.exchange };
    const api = new ProtectedHttpApi(this, 'Http', { house, issuer, audience, routes: ROUTES, functions });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
