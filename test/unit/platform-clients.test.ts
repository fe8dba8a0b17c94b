import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { documentClient, kmsClient, snsClient, sqsClient } from '../../functions/platform/clients.ts';
import { TIME_TO_END_MS } from '../../functions/platform/sweep.ts';

let asked = 0;
/** Takes every request and never answers. */
const silent = createServer(() => {
  asked += 1;
});

beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => {
  vi.unstubAllEnvs();
  silent.closeAllConnections();
  silent.close();
});

test('a service that never answers fails each call after two tries, while there is time to put messages back (E4)', async () => {
  const begun = performance.now();
  const results = await Promise.allSettled([
    documentClient().send(new GetCommand({ TableName: 't', Key: { PK: 'p', SK: 's' } })),
    kmsClient().send(new DescribeKeyCommand({ KeyId: 'k' })),
    snsClient().send(new ListTopicsCommand({})),
    sqsClient().send(new ListQueuesCommand({})),
  ]);
  const names = results.map((result) => (result.status === 'rejected' ? result.reason.name : 'answered'));
  expect(names).toEqual(Array(4).fill('TimeoutError'));
  expect(performance.now() - begun).toBeLessThan(TIME_TO_END_MS);
  expect(asked).toBe(8);
});
