import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { CodeOf } from './bundle.ts';
import type { House } from './constructs/service-function.ts';
import { spreadOverStacks } from './names.ts';
import type { Settings } from './settings.ts';
import { ApiStack } from './stacks/api.ts';
import { ExchangeStack } from './stacks/exchange.ts';
import { InboxStack } from './stacks/inboxes.ts';
import { StorageStack } from './stacks/storage.ts';

/**
 * The whole system, once. The stacks name no account, region or partition: the same templates go to AWS, to AWS in China and to a local AWS.
 * @param codeOf where a function's code comes from
 */
export function composeJiexu(app: App, settings: Settings, codeOf: CodeOf): void {
  const storage = new StorageStack(app, 'JiexuStorage');
  const { logKey, messageKey, alarmTopic } = storage;
  const house: House = { logKey, messageKey, alarmTopic, codeOf };
  const exchange = new ExchangeStack(app, 'JiexuExchange', storage, house);
  const { issuer, audience } = settings;
  const api = new ApiStack(app, 'JiexuApi', { storage, exchange, house, issuer, audience });
  for (const [index, regions] of spreadOverStacks(settings.hostedRegions)) {
    new InboxStack(app, `JiexuInboxes${index}`, { index, regions, house, api, exchange });
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
