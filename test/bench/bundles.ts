import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleEntry } from '../../infra/bundle.ts';
import { ENTRIES, type FunctionName } from '../../infra/entries.ts';

export type BundleFigures = { name: string; kilobytes: number; importMs: number; ratio: number };

/** On the way of every case; the rest run now and then. */
export const HOT: readonly FunctionName[] = ['cases-api', 'exchange-relay', 'exchange-dispatch', 'exchange-receive'];
export const HOT_LIMIT_KB = 600;

const TRIES = 7;

/** What the entries read at a cold start; no call is made. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_SERVICE_NAME: 'jiexu',
  POWERTOOLS_METRICS_NAMESPACE: 'Jiexu',
  EXCHANGE_TABLE: 'exchange',
  DIRECTORY_TABLE: 'directory',
  SEND_QUEUE_URL: 'https://sqs.example/send',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:alerts',
  NOTICE_TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:notices',
  IMPORTS_BUCKET: 'imports',
  IMPORT_QUEUE_URL: 'https://sqs.example/imports',
  PERSON_HASH_KEY_ID: 'key',
  SIGNING_KEY_ALIAS_PREFIX: 'alias/jiexu-region-',
};

/** Size of each function's bundle, and the time that importing it takes in a fresh process, beside a bare DynamoDB client bundled the same way. */
export async function measureBundles(): Promise<BundleFigures[]> {
  const root = resolve(import.meta.dirname, '../..');
  mkdirSync(resolve(root, '.local/bench'), { recursive: true });
  writeFileSync(
    resolve(root, '.local/bench/bare.entry.ts'),
    "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';\nexport const client = new DynamoDBClient({});\n",
  );
  const bare = await measure('bare DynamoDB client', '.local/bench/bare.entry.ts');
  const figures = [{ ...bare, ratio: 1 }];
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const measured = await measure(name, entry);
    figures.push({ ...measured, ratio: measured.importMs / bare.importMs });
  }
  return figures;
}

/** The best of several: what else the machine does only adds. */
async function measure(name: string, entry: string): Promise<Omit<BundleFigures, 'ratio'>> {
  const { file, bytes } = bundleEntry(entry);
  const program = `const t = performance.now(); await import(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - t)); process.exit()`;
  const times: number[] = [];
  for (let n = 0; n < TRIES; n += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env: ENVIRONMENT });
    times.push(Number(stdout));
  }
  return { name, kilobytes: bytes / 1024, importMs: Math.min(...times) };
}
