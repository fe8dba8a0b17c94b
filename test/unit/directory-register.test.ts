import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { KMSClient } from '@aws-sdk/client-kms';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerCloudFormation, type CloudFormationAnswer } from '../../functions/directory/cloudformation.ts';
import { kmsPublicKey } from '../../functions/directory/public-key.ts';
import { type RegisterDeps, register } from '../../functions/directory/register.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { CalendarYear, Region } from '../../schemas/directory.ts';
import { BUSINESS_MESSAGE_TYPES } from '../../schemas/messages.ts';
import { Instant } from '../../schemas/primitives.ts';
import { aRegion, aYear, storeWith } from '../support/directory.ts';

const NOW = Instant.parse('2026-03-03T02:00:00.000Z');
const URL = 'https://cloudformation.example/answer?signature=s';

const hosted = (code: string, name: string) => ({ code, name, inboxUrl: `https://sqs.example/${code}`, signingKeyId: `key-${code}` });
const event = (said: Record<string, unknown> = {}) => ({
  RequestType: 'Create',
  ResponseURL: URL,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'DirectoryEntry',
  ResourceType: 'Custom::JiexuRegions',
  ResourceProperties: {
    ServiceToken: 'arn',
    ServiceTimeout: '300',
    Regions: [hosted('330100', '杭州市'), hosted('510100', '成都市')],
  },
  ...said,
});

let regions: Map<string, Region>;
let years: Map<number, CalendarYear>;
const putRegion = vi.fn<(record: Region) => Promise<void>>();
const putCalendarYear = vi.fn<(record: CalendarYear) => Promise<void>>();
const publicKey = vi.fn<(keyId: string) => Promise<string>>();
const answer = vi.fn<(url: string, answer: CloudFormationAnswer) => Promise<void>>();
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const deps: RegisterDeps = {
  store: storeWith({
    getRegion: async (code) => regions.get(code),
    getCalendarYears: async () => [...years.values()],
    putRegion,
    putCalendarYear,
  }),
  publicKey,
  seedYears: () => [aYear(2025), aYear(2026)],
  answer,
  clock: { now: () => NOW },
  log,
};

beforeEach(() => {
  regions = new Map();
  years = new Map();
  vi.resetAllMocks();
  putRegion.mockImplementation(async (record) => void regions.set(record.code, record));
  putCalendarYear.mockImplementation(async (record) => void years.set(record.year, record));
  publicKey.mockImplementation(async (keyId) => Buffer.from(keyId).toString('base64'));
});

const answered = () => answer.mock.calls.map(([, said]) => said);

describe('creating or updating', () => {
  test.each(['Create', 'Update'])('(%s) enters inbox and key of each region and the calendar years', async (RequestType) => {
    await register(deps, event({ RequestType }));
    expect(regions.get('330100')).toEqual({
      code: '330100',
      name: '杭州市',
      inboxUrl: 'https://sqs.example/330100',
      procedures: ['2016.1', '2016.2', '2021.1'],
      messages: [...BUSINESS_MESSAGE_TYPES],
      signingKeys: [{ keyId: 'key-330100', publicKey: Buffer.from('key-330100').toString('base64'), validFrom: NOW }],
      version: 1,
      changedAt: NOW,
      changedBy: 'deployment',
      reason: '部署登记收件队列和签名密钥',
    });
    expect([...regions.keys()]).toEqual(['330100', '510100']);
    expect([...years.keys()]).toEqual([2025, 2026]);
    expect(answer.mock.calls).toEqual([
      [
        URL,
        {
          Status: 'SUCCESS',
          PhysicalResourceId: 'jiexu-directory-regions',
          StackId: 'stack',
          RequestId: 'request',
          LogicalResourceId: 'DirectoryEntry',
        },
      ],
    ]);
  });

  test('twice writes once', async () => {
    await register(deps, event());
    await register(deps, event({ RequestType: 'Update', PhysicalResourceId: 'the-old-id' }));
    expect([putRegion, putCalendarYear].map(({ mock }) => mock.calls.length)).toEqual([2, 2]);
    expect(answered().map(({ Status, PhysicalResourceId }) => [Status, PhysicalResourceId])).toEqual([
      ['SUCCESS', 'jiexu-directory-regions'],
      ['SUCCESS', 'the-old-id'],
    ]);
  });

  test('leaves calendar years alone that are there, whatever they say', async () => {
    years.set(2026, aYear(2026, { version: 3 }));
    await register(deps, event());
    expect(putCalendarYear.mock.calls.map(([{ year }]) => year)).toEqual([2025]);
  });

  test('goes on from a clerk’s change that came in between', async () => {
    putRegion.mockImplementationOnce(async ({ code }) => {
      regions.set(code, aRegion({ code, name: '杭州', provinceShortName: '浙' }));
      throw new Refusal('directory.changed', []);
    });
    await register(deps, event());
    expect(regions.get('330100')).toMatchObject({ version: 2, provinceShortName: '浙', inboxUrl: 'https://sqs.example/330100' });
    expect(answered()).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('goes on when another stack seeds the calendar at the same time', async () => {
    putCalendarYear.mockImplementation(async ({ year }) => {
      years.set(year, aYear(year));
      throw new Refusal('directory.changed', []);
    });
    await register(deps, event());
    expect(putCalendarYear).toHaveBeenCalledTimes(2);
    expect(answered()).toMatchObject([{ Status: 'SUCCESS' }]);
  });
});

describe('a failure is answered with its reason', () => {
  test.each<[string, () => void, Record<string, unknown>, string]>([
    ['a key that KMS does not give', () => publicKey.mockRejectedValue(new Error('no access')), {}, 'Error: no access'],
    ['a table that does not answer', () => putRegion.mockRejectedValue(new Error('throttled')), {}, 'Error: throttled'],
    [
      'a record that is never left in peace',
      () => putRegion.mockRejectedValue(new Refusal('directory.changed', [])),
      {},
      'directory.changed',
    ],
    ['no regions', () => {}, { ResourceProperties: {} }, 'ResourceProperties.Regions: '],
    [
      'a region that does not exist',
      () => {},
      { ResourceProperties: { Regions: [hosted('990100', '无')] } },
      'ResourceProperties.Regions.0.code: 行政区划代码的省份不存在',
    ],
  ])('%s', async (_case, arrange, said, reason) => {
    arrange();
    await register(deps, event(said));
    expect(answered()).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining(reason) }]);
    expect(log.error).toHaveBeenCalledWith('directory.register-failed', expect.anything());
  });
});

test('deleting succeeds and touches nothing, even with properties that nobody could read', async () => {
  const nothing = { ...deps, store: storeWith({}) };
  await register(nothing, event({ RequestType: 'Delete', PhysicalResourceId: 'id', ResourceProperties: { Regions: 'none' } }));
  expect(answered()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'id' }]);
});

test('an event without an address to answer to is an error', async () => {
  await expect(register(deps, event({ ResponseURL: undefined }))).rejects.toThrow('ResponseURL');
  expect(answer).not.toHaveBeenCalled();
});

describe('the answer to CloudFormation', () => {
  const said = { Status: 'FAILED', PhysicalResourceId: 'p', StackId: 's', RequestId: 'r', LogicalResourceId: 'l' } as const;
  const received: { method: string | undefined; type: string | undefined; body: string }[] = [];
  let statuses: number[];
  const server = createServer(async (request, response) => {
    received.push({ method: request.method, type: request.headers['content-type'], body: await text(request) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  let url: string;

  beforeEach(async () => {
    received.length = 0;
    statuses = [];
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is a PUT with an empty content type, the one its address is signed for', async () => {
    await answerCloudFormation(url, { ...said, Reason: '原因' });
    expect(received).toEqual([{ method: 'PUT', type: '', body: JSON.stringify({ ...said, Reason: '原因' }) }]);
  });

  test('stays below 4,096 bytes', async () => {
    await answerCloudFormation(url, { ...said, Reason: '因'.repeat(5_000) });
    expect(Buffer.byteLength(received[0]?.body ?? '')).toBeLessThan(4_096);
  });

  test('is tried three times', async () => {
    statuses = [503, 503];
    await answerCloudFormation(url, said);
    expect(received).toHaveLength(3);
    statuses = [403, 403, 403];
    await expect(answerCloudFormation(url, said)).rejects.toThrow('status 403');
  });
});

describe('the public key', () => {
  const kmsWith = (namedCurve: string) => {
    const { publicKey: spki } = generateKeyPairSync('ec', { namedCurve, publicKeyEncoding: { type: 'spki', format: 'der' } } as never);
    const PublicKey = new Uint8Array(spki as unknown as Buffer);
    return { kms: { send: async () => ({ PublicKey }) } as unknown as KMSClient, PublicKey };
  };

  test('is SPKI in base64', async () => {
    const { kms, PublicKey } = kmsWith('prime256v1');
    expect(await kmsPublicKey(kms)('key-1')).toBe(Buffer.from(PublicKey).toString('base64'));
  });

  test('of another curve is refused', async () => {
    await expect(kmsPublicKey(kmsWith('secp384r1').kms)('key-1')).rejects.toThrow('key-1 is not of type ECC_NIST_P256');
  });
});
