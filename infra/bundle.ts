import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { ENTRIES, type FunctionName } from './entries.ts';

const root = resolve(import.meta.dirname, '..');

export interface Bundle {
  /** What is uploaded: `index.mjs` and nothing else, so that the asset's hash is the code's hash. */
  readonly directory: string;
  readonly file: string;
  readonly bytes: number;
  /** esbuild's account of what went in, kept beside the directory. */
  readonly metafile: string;
}

/**
 * Places to look for credentials that a Lambda function never gets to: its own are in the environment, where the SDK looks first. The SDK loads
 * each of these only when it comes to it; left out, a bundle is a fifth smaller.
 */
const OTHER_CREDENTIALS = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/**
 * Bundles one Lambda entry into `.local/bundles/<entry>/index.mjs`, minified, for Node 24.
 * @param entry path from the project root
 */
export function bundleEntry(entry: string): Bundle {
  const directory = resolve(root, '.local/bundles', entry.replace(/\.entry\.ts$/, '').replaceAll('/', '-'));
  const file = resolve(directory, 'index.mjs');
  const metafile = `${directory}.meta.json`;
  const { metafile: meta } = buildSync({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    external: OTHER_CREDENTIALS,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    // The SDK's ESM builds are half the size of its CommonJS builds; its CommonJS leftovers still call `require`.
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as jiexuRequire}from'node:module';const require=jiexuRequire(import.meta.url);" },
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  mkdirSync(resolve(root, '.local/bundles'), { recursive: true });
  writeFileSync(metafile, JSON.stringify(meta));
  const bytes = Object.values(meta.outputs).reduce((sum, output) => sum + output.bytes, 0);
  return { directory, file, bytes, metafile };
}

/** Where the stacks take a function's code from; tests pass their own, because rules about resources need no bundles. */
export type CodeOf = (name: FunctionName) => Code;

export const bundledCode: CodeOf = (name) => Code.fromAsset(bundleEntry(ENTRIES[name]).directory);
