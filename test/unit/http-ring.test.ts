import { beforeEach, describe, expect, test, vi } from 'vitest';
import { finding, Refusal } from '../../functions/platform/errors.ts';
import {
  expectedVersionIn,
  type HttpRequest,
  httpHandler,
  type PublicRequest,
  type PublicRouteHandler,
  type RouteHandler,
} from '../../functions/platform/http.ts';
import { PROBLEMS, ProblemDetail } from '../../schemas/problems.ts';
import { aCaseNumber } from '../support/changes.ts';
import { call, type HttpCall } from '../support/http.ts';

const GET = 'GET /v1/work-list';
const POST = 'POST /v1/cases';
const CLAIMS = { sub: 'clerk-1', office: '33010001', role: 'clerk' };
const SECRET = '11010519491231002X';

const handle = vi.fn<RouteHandler>();
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const metrics = { count: vi.fn() };
const handler = httpHandler(
  new Map([
    [GET, handle],
    [POST, handle],
    ['GET /v1/elsewhere', handle],
  ]),
  log,
  metrics,
);
const send = (route: string, said: HttpCall = {}) => call(handler, route, { claims: CLAIMS, ...said });

beforeEach(() => {
  vi.resetAllMocks();
  handle.mockResolvedValue({ status: 200, body: { ok: true } });
});

const logged = () => JSON.stringify([log.info, log.warn, log.error].map(({ mock }) => mock.calls));

describe('the ring around every route', () => {
  test('hands on caller, parameters, query, headers and parsed body', async () => {
    await send(POST, { params: { a: '1' }, query: { b: '2' }, headers: { 'if-match': '"3"' }, body: { c: 4 } });
    expect(handle).toHaveBeenCalledExactlyOnceWith({
      route: expect.objectContaining({ method: 'POST', path: '/v1/cases' }),
      caller: CLAIMS,
      params: { a: '1' },
      query: { b: '2' },
      headers: { 'if-match': '"3"' },
      body: { c: 4 },
    } satisfies Record<keyof HttpRequest, unknown>);
  });

  test('answers in JSON that nobody may store, and logs one line', async () => {
    const { status, headers, body } = await send(GET);
    expect([status, body]).toEqual([200, { ok: true }]);
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': 'request-1',
    });
    expect(log.info).toHaveBeenCalledExactlyOnceWith('http.answered', {
      route: GET,
      status: 200,
      requestId: 'request-1',
      office: '33010001',
      role: 'clerk',
    });
  });

  test.each([
    ['none', undefined, {}],
    ['an empty one', '', {}],
    ['null', 'null', null],
    ['text', '"x"', 'x'],
  ])('hands on %s for a body as it is', async (_case, raw, body) => {
    await send(POST, raw === undefined ? {} : { raw });
    expect(handle.mock.calls[0]?.[0].body).toEqual(body);
  });

  test('reads a body in base64', async () => {
    await send(POST, { raw: Buffer.from('{"名":"值"}').toString('base64'), base64: true });
    expect(handle.mock.calls[0]?.[0].body).toEqual({ 名: '值' });
  });
});

describe('a public route (B19)', () => {
  const PUBLIC = 'POST /v1/progress';
  const open = vi.fn<PublicRouteHandler>();
  const ring = httpHandler(new Map(), log, metrics, new Map([[PUBLIC, open]]));
  const claimed = [undefined, CLAIMS, { ...CLAIMS, role: 'ministry' }, { ...CLAIMS, office: 'x' }];

  test.each(claimed)('answers whoever asks, and its handler learns no caller: %o', async (claims) => {
    open.mockResolvedValue({ status: 200, body: { ok: true } });
    expect(await call(ring, PUBLIC, { claims, params: { a: '1' }, query: { b: '2' }, headers: { c: '3' }, body: { d: 4 } })).toMatchObject({
      status: 200,
      body: { ok: true },
    });
    expect(open).toHaveBeenCalledExactlyOnceWith({
      route: expect.objectContaining({ path: '/v1/progress' }),
      params: { a: '1' },
      query: { b: '2' },
      headers: { c: '3' },
      body: { d: 4 },
    } satisfies Record<keyof PublicRequest, unknown>);
  });

  test('is never answered by a handler that trusts in a caller, nor another route by one that does not', async () => {
    const swapped = httpHandler(new Map([[PUBLIC, handle]]), log, metrics, new Map([[GET, open]]));
    expect((await call(swapped, PUBLIC, { claims: CLAIMS })).body.code).toBe('route.not-found');
    expect((await call(swapped, GET, { claims: CLAIMS })).body.code).toBe('route.not-found');
    expect([handle.mock.calls, open.mock.calls]).toEqual([[], []]);
  });

  test('refuses a body that is no JSON without a word of it', async () => {
    const { status, body } = await call(ring, PUBLIC, { raw: `{"idNumber":"${SECRET}` });
    expect([status, body.code]).toEqual([400, 'request.invalid']);
    expect(JSON.stringify(body) + logged()).not.toContain(SECRET);
  });
});

describe('a refusal', () => {
  const refused = async (reply: ReturnType<typeof send>) => {
    const { status, headers, body } = await reply;
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(ProblemDetail.parse(body)).toEqual(body);
    expect(body.type).toBe(`urn:jiexu:problem:${body.code}`);
    expect(body.requestId).toBe('request-1');
    return [status, body.code];
  };

  test('of an unknown route', async () => {
    expect(await refused(send('$default'))).toEqual([404, 'route.not-found']);
    expect(await refused(send('GET /v1/elsewhere'))).toEqual([404, 'route.not-found']);
    expect(await refused(call(httpHandler(new Map(), log, metrics), GET, { claims: CLAIMS }))).toEqual([404, 'route.not-found']);
  });

  test.each([
    ['no token', undefined],
    ['no office', { sub: 'x', role: 'clerk' }],
    ['an office that is none', { ...CLAIMS, office: '3301' }],
    ['a role that is none', { ...CLAIMS, role: 'admin' }],
    ['no subject', { ...CLAIMS, sub: '' }],
  ])('of a caller with %s (F1)', async (_case, claims) => {
    expect(await refused(send(GET, { claims }))).toEqual([401, 'caller.unknown']);
    expect(handle).not.toHaveBeenCalled();
  });

  test('of a role that may not call the route, before the body is looked at (F1)', async () => {
    expect(await refused(send(POST, { claims: { ...CLAIMS, role: 'ministry' }, raw: '{' }))).toEqual([403, 'caller.role-not-allowed']);
    expect(handle).not.toHaveBeenCalled();
  });

  test.each(['{', '{"a":1,}', 'a=1'])('of a body that is no JSON: %s', async (raw) => {
    expect(await refused(send(POST, { raw }))).toEqual([400, 'request.invalid']);
  });

  test.each(Object.entries(PROBLEMS))('%s has status, titles and findings of the catalogue', async (code, [status, title, titleEn]) => {
    const errors = [finding('a.b', 'c', '原因 (reason)')];
    handle.mockRejectedValue(new Refusal(code as keyof typeof PROBLEMS, errors));
    const { body, headers } = await send(GET);
    expect(body).toEqual({ type: `urn:jiexu:problem:${code}`, title, titleEn, status, code, errors, requestId: 'request-1' });
    expect(log.warn.mock.calls).toEqual([['http.refused', expect.objectContaining({ status, code })]]);
    expect([log.info.mock.calls, log.error.mock.calls, metrics.count.mock.calls]).toEqual([[], [], []]);
    // What is refused for the moment says for how long, and nothing else does.
    expect(/^\d+$/.test(String(headers['retry-after']))).toBe(status === 429 || status === 503);
  });
});

describe('every line says whose request it was (F1)', () => {
  const CASE = 'GET /v1/cases/{caseNumber}';
  const ring = httpHandler(new Map([[CASE, handle]]), log, metrics);
  const ask = (caseNumber: string, claims: Record<string, unknown> = CLAIMS) => call(ring, CASE, { claims, params: { caseNumber } });
  const number = aCaseNumber(1);

  test('office, role and case, whether it was answered, refused or failed', async () => {
    await ask(number);
    handle.mockRejectedValueOnce(new Refusal('case.not-found', []));
    await ask(number);
    handle.mockRejectedValueOnce(new Error('throttled'));
    await ask(number);
    for (const line of [log.info, log.warn, log.error]) {
      expect(line).toHaveBeenCalledExactlyOnceWith(
        expect.any(String),
        expect.objectContaining({ office: '33010001', role: 'clerk', caseNumber: number }),
      );
    }
  });

  test('but nothing of a case number, an office or a role that is none', async () => {
    await ask(SECRET);
    await ask(number, { ...CLAIMS, role: SECRET });
    await ask(number, { ...CLAIMS, office: SECRET });
    expect([log.info.mock.calls.length, log.warn.mock.calls.length]).toEqual([1, 2]);
    expect(logged()).not.toContain(SECRET);
  });
});

describe('If-Match', () => {
  test.each([
    [undefined, undefined],
    ['"7"', 7],
    ['"0"', 0],
    ['"999999"', 999_999],
  ])('%s is version %s', (header, version) => {
    expect(expectedVersionIn({ headers: { 'if-match': header } })).toBe(version);
  });

  test.each(['', '7', 'x', '"x"', 'W/"7"', '*', '-1', '"-1"', '"1234567"', '"7", "8"'])('%j is refused by name', (header) => {
    expect(() => expectedVersionIn({ headers: { 'if-match': header } })).toThrow(
      expect.objectContaining({ code: 'request.invalid', errors: [expect.objectContaining({ field: 'If-Match' })] }),
    );
  });
});

describe('a fault of ours', () => {
  test.each([
    new TypeError(`cannot read ${SECRET}`),
    Object.assign(new Error(SECRET), { name: 'ThrottlingException', Item: SECRET }),
    SECRET,
    undefined,
  ])('answers 500 without detail: %s', async (fault) => {
    handle.mockRejectedValue(fault);
    const { status, body } = await send(POST, { body: { idNumber: SECRET } });
    expect([status, body.code, body.errors]).toEqual([500, 'server.fault', []]);
    expect(JSON.stringify(body)).not.toContain(SECRET);
    expect(log.error).toHaveBeenCalledExactlyOnceWith(
      'http.fault',
      expect.objectContaining({ route: POST, status: 500, requestId: 'request-1' }),
    );
    expect(metrics.count.mock.calls).toEqual([['HttpFault']]);
    expect(logged()).not.toContain(SECRET);
  });

  test('an answer that breaks its schema is one', async () => {
    handle.mockImplementation(async () => ({ status: 200, body: ProblemDetail.parse({ surplus: SECRET }) }));
    const { status, body } = await send(GET);
    expect([status, body.code]).toEqual([500, 'server.fault']);
    expect(logged()).not.toContain(SECRET);
  });
});

test('no line of a refused or faulted request holds anything of its body, query or headers (F4)', async () => {
  const said: HttpCall = { body: { name: SECRET }, query: { q: SECRET }, headers: { 'x-note': SECRET }, params: { caseNumber: SECRET } };
  for (const error of [new Refusal('request.invalid', [finding('name', 'x', '原因 (reason)')]), new Error(SECRET)]) {
    handle.mockRejectedValueOnce(error);
    await send(POST, said);
  }
  await send(POST, { ...said, claims: { ...CLAIMS, role: 'ministry' } });
  await send(POST, { ...said, raw: `{"name":"${SECRET}` });
  expect([log.warn.mock.calls.length, log.error.mock.calls.length]).toEqual([3, 1]);
  expect(logged()).not.toContain(SECRET);
});
