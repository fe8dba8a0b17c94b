import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMinistack } from '../../infra/local/ministack.ts';
import { freePort, isListening } from '../../infra/local/ports.ts';
import { projectRoot } from '../../infra/local/settings.ts';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'jiexu-ministack-'));
});

afterAll(() => rm(directory, { recursive: true }));

const start = (name: string, port = 0) =>
  startMinistack({ port, persist: true, stateDir: path.join(directory, name), logFile: path.join(directory, `${name}.log`) });

const clientFor = (endpoint: string) =>
  new SQSClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });

test('what was written is there again after an orderly restart', async () => {
  const first = await start('restart');
  await clientFor(first.endpoint).send(new CreateQueueCommand({ QueueName: 'kept' }));
  await first.stop();
  await first.stop();
  const second = await start('restart');
  const { QueueUrls } = await clientFor(second.endpoint).send(new ListQueuesCommand({}));
  await second.stop();
  expect(QueueUrls).toEqual([expect.stringContaining('/kept')]);
}, 60_000);

test('it listens on loopback only', async () => {
  const ministack = await start('loopback');
  const port = Number(new URL(ministack.endpoint).port);
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal);
  const reachable = await Promise.all(outside.map(({ address }) => isListening(port, address)));
  await ministack.stop();
  expect(reachable).not.toContain(true);
}, 60_000);

test('it does not outlive a parent that is killed', async () => {
  const port = await freePort();
  const script = `
    import { startMinistack } from '${projectRoot}/infra/local/ministack.ts';
    await startMinistack(${JSON.stringify({ port, persist: false, stateDir: path.join(directory, 'o'), logFile: path.join(directory, 'o.log') })});
    process.kill(process.pid, 'SIGKILL');`;
  await new Promise((resolve) =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }).once('exit', resolve),
  );
  await vi.waitFor(async () => expect(await isListening(port)).toBe(false), { timeout: 15_000, interval: 200 });
}, 60_000);
