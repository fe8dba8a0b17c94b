import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { House } from '../../../infra/constructs/service-function.ts';
import { ApiStack } from '../../../infra/stacks/api.ts';
import { ExchangeStack } from '../../../infra/stacks/exchange.ts';
import { InboxStack } from '../../../infra/stacks/inboxes.ts';
import { StorageStack } from '../../../infra/stacks/storage.ts';
import { RegionCode } from '../../../schemas/primitives.ts';

// A program of its own: loading the CDK takes seconds, and the test network wants only what it says of tables, queues and mappings.
// The stacks without the rules that `composeJiexu` checks them by: test/infra runs those.
const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));
const app = new App({ context });
const storage = new StorageStack(app, 'Storage');
const { logKey, messageKey, alarmTopic } = storage;
const house: House = { logKey, messageKey, alarmTopic, codeOf: () => Code.fromInline('export {};') };
const exchange = new ExchangeStack(app, 'Exchange', storage, house);
const api = new ApiStack(app, 'Api', { storage, exchange, house, issuer: 'https://issuer.example', audience: 'jiexu' });
const regions = [{ code: RegionCode.parse('330100'), name: '杭州市' }];
const inboxes = new InboxStack(app, 'Inboxes', { index: '000', regions, house, api, exchange });

const assembly = app.synth();
const templateOf = ({ stackName }: { stackName: string }) => assembly.getStackByName(stackName).template;
process.stdout.write(JSON.stringify({ storage: templateOf(storage), exchange: templateOf(exchange), inboxes: templateOf(inboxes) }));
