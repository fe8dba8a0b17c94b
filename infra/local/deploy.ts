import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import { awsEnvironment, type LocalAws } from './aws.ts';
import { endWithUs } from './children.ts';
import { LocalFailure } from './failure.ts';
import { apiAudience } from './issuer-config.ts';
import type { Progress } from './progress.ts';
import { binDirectory, projectRoot } from './settings.ts';

export interface DeployOptions {
  readonly aws: LocalAws;
  readonly issuer: string;
  /** Keeps the synthesised app, the outputs and the log of the CDK CLI. */
  readonly directory: string;
  readonly progress?: Progress;
  /** Ends the CDK CLI, and with it the deployment, early. */
  readonly signal?: AbortSignal;
}

/** Outputs of all stacks by their name. */
export type Outputs = ReadonlyMap<string, string>;

const OutputsFile = z.record(z.string(), z.record(z.string(), z.string()));
/** Longer than any stack of this app takes on a local endpoint. */
const settlePatience = 20_000;
const quiet: Progress = { now: () => {}, done: () => {} };

/**
 * Synthesises the CDK app once, bootstraps the endpoint if that was not done yet, and deploys every stack with the CDK CLI.
 * Throws `LocalFailure` with the CLI's own words when it fails.
 * @returns the stacks' outputs
 */
export async function deploy({ aws, issuer, directory, progress = quiet, signal }: DeployOptions): Promise<Outputs> {
  await mkdir(directory, { recursive: true });
  const assembly = path.join(directory, 'cdk.out');
  const outputs = path.join(directory, 'outputs.json');
  const cdk = (args: readonly string[], onLine?: (line: string) => void) => runCdk({ args, aws, directory, onLine, signal });

  progress.now('synth');
  await cdk(['synth', '--quiet', '--output', assembly, '--context', `issuer=${issuer}`, '--context', `audience=${apiAudience}`]);
  if (!(await isBootstrapped(aws))) {
    progress.now('bootstrap');
    await cdk(['bootstrap', '--app', assembly]);
  }
  progress.now('deploy');
  await cdk(
    [
      'deploy',
      '--all',
      '--app',
      assembly,
      '--outputs-file',
      outputs,
      '--require-approval',
      'never',
      '--progress',
      'events',
      '--concurrency',
      '4',
    ],
    (line) => report(line, progress),
  );
  const parsed = OutputsFile.parse(JSON.parse(await readFile(outputs, 'utf8')));
  return new Map(Object.values(parsed).flatMap((stack) => Object.entries(stack)));
}

/**
 * Waits until no stack is being changed any more. A state saved in the middle of a change would make the next deployment wait for ever for
 * its end.
 */
export async function settled(aws: LocalAws): Promise<void> {
  const client = cloudFormation(aws);
  const patience = Date.now() + settlePatience;
  try {
    while (Date.now() < patience) {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
      // A stack under review has a change set and nothing else; the next deployment removes it.
      if (!Stacks.some(({ StackStatus = '' }) => StackStatus.endsWith('_IN_PROGRESS') && !StackStatus.startsWith('REVIEW'))) {
        return;
      }
      await sleep(200);
    }
  } finally {
    client.destroy();
  }
}

const cloudFormation = ({ endpoint, region, credentials }: LocalAws): CloudFormationClient =>
  new CloudFormationClient({ endpoint, region, credentials });

/** The bootstrap stack is looked for, not its effects: it is what the CLI itself would update. */
async function isBootstrapped(aws: LocalAws): Promise<boolean> {
  const client = cloudFormation(aws);
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return Stacks.some(({ StackStatus }) => StackStatus?.endsWith('_COMPLETE') ?? false);
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not exist')) {
      return false;
    }
    throw error;
  } finally {
    client.destroy();
  }
}

interface CdkCall {
  readonly args: readonly string[];
  readonly aws: LocalAws;
  readonly directory: string;
  readonly onLine: ((line: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

async function runCdk({ args, aws, directory, onLine, signal }: CdkCall): Promise<void> {
  const logFile = path.join(directory, 'cdk.log');
  const log = createWriteStream(logFile, { flags: 'a' });
  log.write(`\n$ cdk ${args.join(' ')}\n`);
  const child = endWithUs(
    spawn(path.join(binDirectory, 'cdk'), [...args, '--ci', '--no-color'], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      env: {
        ...awsEnvironment(aws, process.env),
        // The app is run with whatever `node` is first on the PATH.
        PATH: `${binDirectory}${path.delimiter}${process.env.PATH ?? ''}`,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: '1',
      },
    }),
  );
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (line.trim() !== '') {
        lastLines.push(line.trim());
        lastLines.splice(0, lastLines.length - 5);
      }
      onLine?.(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  log.end();
  if (code !== 0) {
    throw new LocalFailure(`cdk ${args[0] ?? ''} failed (${lastLines.join(' ')}); see ${logFile}; deleting ${directory} begins afresh.`);
  }
}

/** Of the CLI's output only two kinds of lines are shown: a resource's progress, and a stack that is done. */
function report(line: string, progress: Progress): void {
  const resource = /\| *(\d+(?:\/\d+)?) *\|.*\| *((?:CREATE|UPDATE|DELETE)_\w+) *\| *(AWS::\S+|Custom::\S+)/.exec(line);
  if (resource !== null) {
    progress.now(`${resource[1]} ${resource[2]} ${resource[3]}`);
  }
  const stack = /^ ?✅ +(\S+)( \(no changes\))?/.exec(line);
  if (stack !== null) {
    progress.done(`${stack[1]}${stack[2] ?? ''}`);
  }
}
