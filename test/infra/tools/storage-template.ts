import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { StorageStack } from '../../../infra/stacks/storage.ts';

// A program of its own: loading the CDK takes seconds, and store tests want only what it says of the tables.
// The feature flags of cdk.json shape the template too.
const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));
const app = new App({ context });
const { stackName } = new StorageStack(app, 'Storage');
process.stdout.write(JSON.stringify(app.synth().getStackByName(stackName).template));
