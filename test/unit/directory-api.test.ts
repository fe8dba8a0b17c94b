import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createDirectoryApi } from '../../functions/directory/api.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import { ROUTES } from '../../schemas/api.ts';
import { Role } from '../../schemas/codes.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { Instant } from '../../schemas/primitives.ts';
import { anOffice, aRegion, officeEntry, storeWith } from '../support/directory.ts';

const NOW = Instant.parse('2026-03-03T02:00:00.000Z');
const GET = 'GET /v1/directory/offices/{office}';
const PUT = 'PUT /v1/directory/offices/{office}';

let office: Office | undefined;
let region: Region | undefined;
const putOffice = vi.fn(async (_record: Office) => {});
const store = storeWith({ getOffice: async () => office, getRegion: async () => region, putOffice });
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const handlers = createDirectoryApi({ store, clock: { now: () => NOW }, log });

beforeEach(() => {
  office = undefined;
  region = aRegion();
  vi.resetAllMocks();
});

type Call = { body?: unknown; role?: string; code?: string; ifMatch?: string };

/** Calls through the ring, as API Gateway does. */
async function call(route: string, { body, role = 'ministry', code = '33010001', ifMatch }: Call = {}) {
  const event = {
    routeKey: route,
    pathParameters: { office: code },
    headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    body: body === undefined ? undefined : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { requestId: 'r-1', authorizer: { jwt: { claims: { sub: 'ministry-2', office: '11000001', role } } } },
  };
  const handler = httpHandler(handlers, log, { count: () => {} });
  const answer = await handler(event as unknown as APIGatewayProxyEventV2WithJWTAuthorizer, {} as Context);
  const { statusCode, body: text } = answer as APIGatewayProxyStructuredResultV2;
  return { status: statusCode, body: JSON.parse(text ?? '') };
}

test('every route of the group has its handler, and no other', () => {
  expect([...handlers.keys()].sort()).toEqual(
    ROUTES.filter(({ group }) => group === 'directory')
      .map(routeKey)
      .sort(),
  );
});

describe('GET', () => {
  test.each(Role.options)('answers a %s with the office', async (role) => {
    office = anOffice({ fax: '0571-12345002' });
    expect(await call(GET, { role })).toEqual({ status: 200, body: office });
  });

  test('of what the directory does not have is 404', async () => {
    expect(await call(GET)).toMatchObject({ status: 404, body: { code: 'directory.office-not-found', title: '未找到该经办机构' } });
  });

  test('of no office code names the field', async () => {
    const { status, body } = await call(GET, { code: '3301' });
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'request.invalid', 'office']);
    expect(body.errors[0].reason).toMatch(/^须为八位经办机构代码 \(/);
  });
});

describe('PUT', () => {
  test('of a new office answers 201 with version 1, stamped', async () => {
    const expected = anOffice({ changedAt: NOW, changedBy: 'ministry-2' });
    expect(await call(PUT, { body: officeEntry() })).toEqual({ status: 201, body: expected });
    expect(putOffice.mock.calls).toEqual([[expected]]);
    expect(log.info).toHaveBeenCalledWith('directory.changed', { office: '33010001', region: '330100', version: 1 });
  });

  test('of a change answers 200 with the next version', async () => {
    office = anOffice({ version: 4, fax: '0571-12345002' });
    const body = officeEntry({ address: '杭州市演示路2号', reason: '迁址' });
    const expected = { ...body, code: '33010001', version: 5, changedAt: NOW, changedBy: 'ministry-2' };
    expect(await call(PUT, { body, ifMatch: '"4"' })).toEqual({ status: 200, body: expected });
    expect(putOffice.mock.calls).toEqual([[expected]]);
  });

  test.each([undefined, '"2"', '"1"'])('of what is there already makes no version (If-Match %s)', async (ifMatch) => {
    office = anOffice({ version: 2 });
    const answer = await call(PUT, { body: officeEntry(), ...(ifMatch && { ifMatch }) });
    expect(answer).toEqual({ status: 200, body: office });
    expect(putOffice).not.toHaveBeenCalled();
  });

  test.each([
    ['an older version', '"1"', 2],
    ['a version that is not there yet', '"3"', 2],
    ['a version of what is not there', '"1"', 0],
  ])('on %s is refused', async (_case, ifMatch, version) => {
    office = version === 0 ? undefined : anOffice({ version, name: '旧名' });
    const { status, body } = await call(PUT, { body: officeEntry(), ifMatch });
    expect([status, body.code, body.errors[0].field]).toEqual([412, 'directory.stale-version', 'If-Match']);
    expect(putOffice).not.toHaveBeenCalled();
  });

  test('overtaken by another editor is refused', async () => {
    putOffice.mockRejectedValueOnce(new Refusal('directory.changed', []));
    expect(await call(PUT, { body: officeEntry() })).toMatchObject({ status: 409, body: { code: 'directory.changed' } });
  });

  test('of an office that is in another region is refused', async () => {
    office = anOffice({ region: '510100' });
    const { status, body } = await call(PUT, { body: officeEntry() });
    expect([status, body.code, body.errors[0].field]).toEqual([422, 'directory.office-region-fixed', 'region']);
    expect(putOffice).not.toHaveBeenCalled();
  });

  test('for a region that the directory does not have names the region', async () => {
    region = undefined;
    const { status, body } = await call(PUT, { body: officeEntry() });
    expect([status, body.code, body.errors]).toEqual([
      422,
      'recipient.unknown',
      [{ field: 'region', code: 'unknown', reason: '目录中没有该统筹地区 (the directory has no such region)' }],
    ]);
    expect(putOffice).not.toHaveBeenCalled();
  });

  test.each([
    ['region', { region: '990100' }],
    ['name', { name: '' }],
    ['address', { address: '一'.repeat(201) }],
    ['postcode', { postcode: '31000' }],
    ['phone', { phone: '123' }],
    ['fax', { fax: 'none' }],
    ['contact', { contact: 'a\u0007' }],
    ['reason', { reason: '' }],
    ['contact', { contact: undefined }],
    ['', { color: 'red' }],
  ])('with a bad %s names it and why, Chinese first, and never the value', async (field, said) => {
    const { status, body } = await call(PUT, { body: { ...officeEntry(), ...said } });
    expect([status, body.code, body.errors.map((error: { field: string }) => error.field)]).toEqual([400, 'request.invalid', [field]]);
    expect(body.errors[0].reason).toMatch(/^\p{Script=Han}.* \(.*\)$/u);
    expect(putOffice).not.toHaveBeenCalled();
  });

  test.each(['4', 'W/"4"', '"x"', '*'])('with If-Match %s names the header', async (ifMatch) => {
    const { status, body } = await call(PUT, { body: officeEntry(), ifMatch });
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'request.invalid', 'If-Match']);
  });

  test.each(Role.options.filter((role) => role !== 'ministry'))('by a %s is refused', async (role) => {
    expect(await call(PUT, { role, body: officeEntry() })).toMatchObject({ status: 403, body: { code: 'caller.role-not-allowed' } });
  });
});
