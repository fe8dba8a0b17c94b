import { registerSchema, type SchemaObject, unregisterSchema, validate } from '@hyperjump/json-schema/openapi-3-1';
import '@hyperjump/json-schema/formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMAND_BODIES, ROUTES } from '../../schemas/api.ts';
import { PROBLEMS } from '../../schemas/problems.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { SHAPES } from '../../schemas/route-shapes.ts';
import { openApi } from '../../schemas/tools/openapi.ts';
import { applicationBody, CHENGDU, HANGZHOU, moneyBody, person, remittanceBody, tableBody } from '../support/documents.ts';
import { uuid } from '../support/messages.ts';
import { entitlementFacts, supplementBody } from '../support/suitable.ts';

type Parameter = { $ref: string };
type Operation = {
  operationId: string;
  summary: string;
  parameters?: Parameter[];
  security: Record<string, string[]>[];
  requestBody?: { required: boolean };
  responses: Record<string, unknown>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, { description: string; content: Record<string, unknown> }> };
};

const ID = 'https://jiexu.example/openapi';
/** As it is read: JSON, not what made it. */
const json: SchemaObject = JSON.parse(JSON.stringify(openApi()));
const document = json as unknown as Document;
const operationOf = (method: string, path: string): Operation => document.paths[path]![method.toLowerCase()]!;
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

/** Every path of a place in the document with the value that stands there. */
const within = (value: unknown, at = '#'): [string, unknown][] => [
  [at, value],
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => within(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`))
    : []),
];

describe('the OpenAPI document (G2)', () => {
  test('is valid OpenAPI 3.1 with JSON Schema 2020-12', async () => {
    const check = await validate('https://spec.openapis.org/oas/3.1/schema-draft-2020-12');
    expect(check(json)).toEqual({ valid: true });
    expect(check({ ...json, paths: { 'no-slash': {} } })).toEqual({ valid: false });
    expect(check({ ...json, components: { schemas: { Name: { type: 'word' } } } })).toEqual({ valid: false });
  });

  test('describes every route and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    const shaped = Object.entries(SHAPES).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(described).toEqual(expect.arrayContaining(shaped));
  });

  test('cannot be made while a route has no shape or a path an unknown parameter', () => {
    const [route] = ROUTES.filter(({ command }) => command === 'accept');
    const { command: _, ...rest } = route!;
    expect(() => openApi([{ ...rest, path: '/v1/undescribed' }])).toThrow('/v1/undescribed');
    expect(() => openApi([{ ...route!, path: '/v1/cases/{undescribed}/accept' }])).toThrow('{undescribed}');
  });

  test('names each operation once, Chinese first', () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
    for (const { summary } of operations) expect(summary).toMatch(/^[\p{Script=Han}：，]+ \([^()]+\)$/u);
  });

  test('every reference leads to something', () => {
    const places = within(json);
    const there = new Set(places.map(([at]) => at));
    const references = places.filter(([at]) => at.endsWith('/$ref')).map(([, target]) => target);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((target) => !there.has(String(target)))).toEqual([]);
  });

  test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s says who may call it and what it may answer',
    (_, route) => {
      const { security, parameters = [], responses } = operationOf(route.method, route.path);
      const asked = parameters.map(({ $ref }) => $ref.split('/').at(-1));
      const isPublic = route.public === true;
      expect(security).toEqual(isPublic ? [] : route.roles.map((role) => ({ token: [role] })));
      expect('401' in responses && '403' in responses).toBe(!isPublic);
      // What makes something: every command, the application for several former regions, and a voucher or a copy of it (A3, E1).
      const made = ['/v1/applications', '/v1/issued-vouchers', '/v1/issued-vouchers/{voucherId}/reissue'];
      const makes = route.command !== undefined || (route.method === 'POST' && made.includes(route.path));
      expect(asked.includes('Idempotency-Key')).toBe(makes);
      expect('412' in responses).toBe(asked.includes('If-Match'));
      expect(asked).toEqual(expect.arrayContaining([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));
      expect(Object.keys(responses).filter((status) => status < '300')).not.toEqual([]);
      expect(responses).toMatchObject({ 400: { $ref: expect.any(String) }, 500: { $ref: expect.any(String) } });
    },
  );

  test('every problem of the catalogue stands with its status', () => {
    for (const [code, [status, title]] of Object.entries(PROBLEMS)) {
      const answer = document.components.responses[`Problem${status}`]!;
      expect(answer.description).toContain(`\`${code}\` ${title}`);
      expect(answer.content).toHaveProperty('application/problem+json');
    }
  });
});

const facts = { side: 'transferOut', participation: 'suspended', suspendedOn: '2026-01-31', insuredUntil: '2026-01', retired: false };
const { voucher, person: _person, formerRegion: _formerRegion, ...withoutVoucher } = applicationBody(1) as SchemaObject;

/** What Hangzhou's rules ask for beside (A14). */
const regional = {
  localHukou: true,
  sex: 'female',
  birthDate: '1980-01-01',
  approvedMove: false,
  relationTransferred: true,
  employeeMonthsInYearBefore: 12,
};

/** A good body of every command. */
const BODIES: Record<ClerkCommandName, SchemaObject> = {
  open: { application: applicationBody(1) as SchemaObject, materials: ['id-card', 'application-form', 'coverage-voucher'] },
  request: {
    request: {
      person: person(1),
      applicant: { capacity: 'person', name: person(1).name, phone: '13800000000' },
      counterpart: CHENGDU,
      formerScheme: '310',
      newScheme: '310',
      insuredUntil: '2026-01',
      transferAccount: true,
      appliedOn: '2026-02-13',
    },
    facts: { side: 'transferIn', enrolled: true, enrolledOn: '2026-02-01', retired: false },
  },
  'send-voucher': { voucher: voucher!, newRegion: HANGZHOU },
  apply: { application: withoutVoucher },
  'return-materials': { missing: ['authorization'] },
  'hand-in-materials': { materials: ['authorization'] },
  accept: {},
  'give-verdict': { facts },
  'send-letter': {},
  'confirm-termination': { terminatedOn: '2026-03-02' },
  'propose-termination': { terminatedOn: '2026-03-02', facts },
  'approve-termination': { proposal: 5 },
  remit: remittanceBody(),
  'propose-remittance': remittanceBody(),
  'approve-remittance': { proposal: 6 },
  'not-remit': { reason: 'local-rule', note: '本地规定' },
  'send-table': tableBody(),
  'propose-table': tableBody(),
  'approve-table': { proposal: 7 },
  'confirm-money': moneyBody(),
  'reject-money': { reason: '非本业务款项' },
  credit: {},
  'assess-entitlement': { facts: { ...entitlementFacts(), regional } as never },
  'supplement-record': { ...supplementBody(), fields: { phone: '13800000000', firstEmployedOn: '2019-03-01' } },
  complete: {},
  refuse: { reasons: [{ code: 'not-suspended' }] },
  'notify-applicant': { channel: 'phone' },
  'deliver-notice': { kind: 'completed', to: 'employer', channel: 'post', note: '挂号信' },
  'answer-scheme-withdrawal': { withdrawn: true, withdrawnOn: '2026-03-02' },
  forward: { region: CHENGDU, reason: '关系在成都' },
  query: { about: 'information-table', fields: ['periods.0.months'], question: '月数与起止不符' },
  correct: { about: 'liaison-letter', query: uuid(1), changes: { hukouType: '2' } },
  explain: { query: uuid(1), text: '2020年中断缴费一个月' },
  withdraw: { reason: '参保人不再转移' },
  'propose-closure': { reason: '参保人死亡', money: '退回原账户' },
  'answer-closure': { agreed: true },
  remind: { note: '请尽快办理' },
};

describe('bodies of the commands (G2)', () => {
  beforeAll(() => registerSchema(json, ID, String(json.jsonSchemaDialect)));
  afterAll(() => unregisterSchema(ID));

  test.each(ROUTES.flatMap(({ path, command }) => (command ? [[command, path] as const] : [])))(
    '%s: a good body fits, one with an unknown field does not, as in the code',
    async (name, path) => {
      const pointer = `paths/${path.replaceAll('/', '~1')}/post/requestBody/content/${'application/json'.replace('/', '~1')}/schema`;
      const check = await validate(`${ID}#/${encodeURI(pointer)}`);
      const accepts = (body: SchemaObject) => [check(body).valid, COMMAND_BODIES[name].safeParse(body).success];
      expect(accepts(BODIES[name])).toEqual([true, true]);
      expect(accepts({ ...BODIES[name], undescribed: 1 })).toEqual([false, false]);
      expect(operationOf('POST', path).requestBody?.required).toBe(!check({}).valid);
    },
  );
});
