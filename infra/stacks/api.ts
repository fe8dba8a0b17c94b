import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import type { IPrincipal } from 'aws-cdk-lib/aws-iam';
import { ROUTES } from '../../schemas/api.ts';
import { CasesApi, DirectoryApi, ExchangeApi, ImportsApi, MoneyApi, VouchersApi } from '../capabilities/desks.ts';
import { ProtectedHttpApi } from '../constructs/protected-http-api.ts';
import type { House } from '../constructs/service-function.ts';
import type { Settings } from '../settings.ts';
import type { ExchangeStack } from './exchange.ts';
import type { StorageStack } from './storage.ts';

export interface ApiStackProps extends Pick<Settings, 'issuer' | 'audience'> {
  readonly storage: StorageStack;
  readonly exchange: ExchangeStack;
  readonly house: House;
}

/** What callers reach: the HTTP API and the functions behind its routes. */
export class ApiStack extends Stack {
  /** Those that send messages or receipts in a region's name. */
  readonly signers: readonly IPrincipal[];

  constructor(app: App, id: string, { storage, exchange, house, issuer, audience }: ApiStackProps) {
    super(app, id, { description: 'Jiexu: HTTP API' });
    const functions = {
      cases: new CasesApi(this, 'Cases', storage, house),
      vouchers: new VouchersApi(this, 'Vouchers', storage, house),
      money: new MoneyApi(this, 'Money', storage, house),
      imports: new ImportsApi(this, 'Imports', storage, exchange.imports.queue, house),
      directory: new DirectoryApi(this, 'Directory', storage, house),
      exchange: new ExchangeApi(this, 'Exchange', storage, house),
    };
    this.signers = [functions.cases.grantPrincipal, functions.exchange.grantPrincipal];
    const api = new ProtectedHttpApi(this, 'Http', { house, issuer, audience, routes: ROUTES, functions });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
