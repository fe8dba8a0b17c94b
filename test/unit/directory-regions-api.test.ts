import { beforeEach, expect, test, vi } from 'vitest';
import { createDirectoryApi } from '../../functions/directory/api.ts';
import type { Refusal } from '../../functions/platform/errors.ts';
import type { HttpRequest } from '../../functions/platform/http.ts';
import { ROUTES } from '../../schemas/api.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { Instant, OfficeCode } from '../../schemas/primitives.ts';
import { anOffice, aRegion, storeWith } from '../support/directory.ts';

const NOW = Instant.parse('2026-03-03T02:00:00.000Z');
const payee = { bank: '演示银行', holder: '演示专户', number: '000012345678' };
const statement = { name: '杭州市', provinceShortName: '浙', mainOffice: '33010001', payee, reason: '登记收款账户' };

let office: Office | undefined;
let region: Region | undefined;
const putRegion = vi.fn(async (_record: Region) => {});
const store = storeWith({ getOffice: async () => office, getRegion: async () => region, putRegion });
const handlers = createDirectoryApi({ store, clock: { now: () => NOW }, log: { info: vi.fn(), warn: vi.fn(), error: vi.fn() } });

beforeEach(() => {
  office = anOffice();
  region = aRegion({ inboxUrl: 'https://queue.example/jiexu-inbox-330100.fifo' });
  putRegion.mockClear();
});

function call(method: 'GET' | 'PUT', body: unknown = {}, headers: HttpRequest['headers'] = {}) {
  const path = '/v1/directory/regions/{region}';
  const route = ROUTES.find((candidate) => candidate.path === path && candidate.method === method)!;
  const caller = { sub: 'ministry-2', office: OfficeCode.parse('11000001'), role: 'ministry' as const };
  return handlers.get(`${method} ${path}`)!({ route, caller, params: { region: '330100' }, query: {}, headers, body });
}

const refusalOf = (call: Promise<unknown>): Promise<Refusal> =>
  call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: Refusal) => error,
  );

test('the ministry states a region; inbox and keys stay as the deployment registered them', async () => {
  const { status, body } = await call('PUT', statement);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    code: '330100',
    payee,
    mainOffice: '33010001',
    version: 2,
    inboxUrl: region?.inboxUrl,
    changedBy: 'ministry-2',
  });
  expect(putRegion.mock.calls).toEqual([[body]]);
});

test('the same statement again makes no version', async () => {
  region = (await call('PUT', statement)).body as Region;
  putRegion.mockClear();
  expect(await call('PUT', { ...statement, reason: '重复提交' })).toEqual({ status: 200, body: region });
  expect(putRegion).not.toHaveBeenCalled();
});

test.each([
  ['of another region', () => anOffice({ code: '51010001', region: '510100' })],
  ['that the directory lacks', () => undefined],
])('a main office %s is refused by field', async (_, other) => {
  office = other();
  const refusal = await refusalOf(call('PUT', statement));
  expect([refusal.code, refusal.errors[0]?.field]).toEqual(['directory.office-unknown', 'mainOffice']);
});

test('a region that is new names a main office that is entered later, but none of another region', async () => {
  region = undefined;
  office = undefined;
  expect(await call('PUT', statement)).toMatchObject({ status: 201, body: { mainOffice: '33010001', version: 1 } });
  office = anOffice({ region: '510100' });
  expect((await refusalOf(call('PUT', statement))).code).toBe('directory.office-unknown');
});

test('a version that was overtaken is refused and nothing is written', async () => {
  expect((await refusalOf(call('PUT', statement, { 'if-match': '"7"' }))).code).toBe('directory.stale-version');
  expect(putRegion).not.toHaveBeenCalled();
});

test('a region that is not there is 404', async () => {
  region = undefined;
  expect((await refusalOf(call('GET'))).code).toBe('directory.region-not-found');
});
