import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createDirectoryApi } from '../../functions/directory/api.ts';
import { rulesOn } from '../../functions/directory/rules.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import { HANGZHOU, hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import { Role } from '../../schemas/codes.ts';
import type { Region } from '../../schemas/directory.ts';
import { type RegionalRules, RegionalRulesStatement } from '../../schemas/entitlement.ts';
import { CalendarDate, Instant } from '../../schemas/primitives.ts';
import { aRegion, storeWith } from '../support/directory.ts';
import { ALWAYS, rulesOf, waitingRule } from '../support/entitlement.ts';
import { call, type HttpCall } from '../support/http.ts';
import { unitWitness } from '../support/witness.ts';

const NOW = Instant.parse('2026-03-03T02:00:00.000Z');
const GET = 'GET /v1/directory/regions/{region}/rules';
const PUT = 'PUT /v1/directory/regions/{region}/rules';

let region: Region | undefined;
let versions: RegionalRules[];
const putRules = vi.fn(async (_rules: RegionalRules) => {});

beforeEach(() => {
  region = aRegion();
  versions = [];
  putRules.mockReset();
});

function ask(route: string, { role = 'ministry', ...said }: Omit<HttpCall, 'claims'> & { role?: Role } = {}) {
  const store = storeWith({ getRegion: async () => region, getRules: async () => versions, putRules });
  const { log, metrics } = unitWitness();
  const handler = httpHandler(createDirectoryApi({ store, clock: { now: () => NOW }, log }), log, metrics);
  return call(handler, route, { claims: { sub: 'ministry-2', office: '11000001', role }, params: { region: HANGZHOU }, ...said });
}

const statement = (said: Record<string, unknown> = {}) => ({
  title: '某市规定',
  validFrom: '2021-01-01',
  acceptance: [],
  waiting: [waitingRule(3, [ALWAYS])],
  reason: '首次登记',
  ...said,
});

describe('a region’s rules are stated in versions (A14)', () => {
  test('the first answers 201, stamped, and is written', async () => {
    const { status, body } = await ask(PUT, { body: statement() });
    expect([status, body]).toEqual([201, { ...statement(), region: HANGZHOU, version: 1, changedAt: NOW, changedBy: 'ministry-2' }]);
    expect(putRules.mock.calls).toEqual([[body]]);
  });

  test('Hangzhou’s rules are taken as the local start states them', async () => {
    expect(await ask(PUT, { body: hangzhouRules })).toMatchObject({ status: 201, body: { validFrom: '2021-01-01', version: 1 } });
  });

  test('a change answers 200 with the next version', async () => {
    versions = [rulesOf({}), rulesOf({ waiting: [] }, HANGZHOU, 2)];
    const { status, body } = await ask(PUT, { body: statement({ reason: '修订' }), headers: { 'if-match': '"2"' } });
    expect([status, body.version, body.reason]).toEqual([200, 3, '修订']);
  });

  test.each([undefined, '"1"', '"2"'])('what is there already makes no version (If-Match %s)', async (ifMatch) => {
    const { reason: _, ...entry } = statement();
    versions = [rulesOf({ waiting: [] }), rulesOf(entry, HANGZHOU, 2)];
    const answer = await ask(PUT, { body: statement({ reason: '再次提交' }), ...(ifMatch && { headers: { 'if-match': ifMatch } }) });
    expect([answer.status, answer.body]).toEqual([200, versions[1]]);
    expect(putRules).not.toHaveBeenCalled();
  });

  test('a change of a version that is no longer the last is refused', async () => {
    versions = [rulesOf({ waiting: [] }), rulesOf({ waiting: [] }, HANGZHOU, 2)];
    expect(await ask(PUT, { body: statement(), headers: { 'if-match': '"1"' } })).toMatchObject({
      status: 412,
      body: { code: 'directory.stale-version' },
    });
    expect(putRules).not.toHaveBeenCalled();
  });

  test('a change that somebody else overtook is refused', async () => {
    putRules.mockRejectedValueOnce(new Refusal('directory.changed', []));
    expect(await ask(PUT, { body: statement() })).toMatchObject({ status: 409, body: { code: 'directory.changed' } });
  });

  test('a region that the directory lacks has none', async () => {
    region = undefined;
    expect(await ask(PUT, { body: statement() })).toMatchObject({ status: 404, body: { code: 'directory.region-not-found' } });
    expect(putRules).not.toHaveBeenCalled();
  });

  test.each(Role.options.filter((role) => role !== 'ministry'))('a %s states none', async (role) => {
    expect((await ask(PUT, { role, body: statement() })).status).toBe(403);
  });
});

describe('every version can be read (A14)', () => {
  beforeEach(() => {
    versions = [1, 2, 3].map((version) => rulesOf({ title: `第${version}版` }, HANGZHOU, version));
  });

  test.each(Role.options)('a %s sees the last one', async (role) => {
    expect(await ask(GET, { role })).toMatchObject({ status: 200, body: { version: 3, title: '第3版' } });
  });

  test.each(['1', '2', '3'])('version %s is as it was', async (version) => {
    expect(await ask(GET, { query: { version } })).toMatchObject({ status: 200, body: { title: `第${version}版` } });
  });

  test.each([
    ['a version that was never stated', { query: { version: '4' } }, 404, 'directory.rules-not-found', 'version'],
    ['no number', { query: { version: '0' } }, 400, 'request.invalid', 'version'],
    ['no region', { params: { region: '33' } }, 400, 'request.invalid', 'region'],
  ])('%s is refused by field', async (_what, said, status, code, field) => {
    const answer = await ask(GET, said);
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([status, code, field]);
  });

  test('a region that stated none is 404', async () => {
    versions = [];
    expect(await ask(GET)).toMatchObject({ status: 404, body: { code: 'directory.rules-not-found' } });
  });
});

describe('rules that cannot be are refused when they are loaded, by field (A12, A14)', () => {
  const rule = waitingRule(3, [ALWAYS]);
  const alternative = { id: 'hukou', article: '某条', text: '户籍', when: [{ fact: 'localHukou', is: true }] };
  test.each<[string, Record<string, unknown>, string]>([
    ['a waiting period of seven months', { waiting: [{ ...rule, months: 7 }] }, 'waiting.0.months'],
    ['the second of two with twelve', { waiting: [rule, { ...rule, id: 'b', months: 12 }] }, 'waiting.1.months'],
    ['a waiting period of no month', { waiting: [{ ...rule, months: 0 }] }, 'waiting.0.months'],
    ['half a month', { waiting: [{ ...rule, months: 5.5 }] }, 'waiting.0.months'],
    ['a rule without a condition', { waiting: [{ ...rule, when: [] }] }, 'waiting.0.when'],
    [
      'a condition on something unknown',
      { acceptance: [{ ...alternative, when: [{ fact: 'income', above: 1 }] }] },
      'acceptance.0.when.0.fact',
    ],
    [
      'an age for one sex only',
      { acceptance: [{ ...alternative, when: [{ fact: 'age', below: { male: 50 } }] }] },
      'acceptance.0.when.0.below.female',
    ],
    ['an id twice', { waiting: [rule, rule] }, 'waiting'],
    ['an id in capitals', { acceptance: [{ ...alternative, id: 'A' }] }, 'acceptance.0.id'],
    ['an end before the beginning', { validUntil: '2020-12-31' }, 'validUntil'],
    ['no reason', { reason: '' }, 'reason'],
    ['something more', { penalty: 1 }, ''],
  ])('%s', async (_what, said, field) => {
    const answer = await ask(PUT, { body: statement(said) });
    expect([answer.status, answer.body.code, answer.body.errors.map((error: { field: string }) => error.field)]).toEqual([
      400,
      'request.invalid',
      [field],
    ]);
    expect(answer.body.errors[0].reason).toMatch(/^\p{Script=Han}.* \(.*\)$/su);
    expect(putRules).not.toHaveBeenCalled();
  });

  test('six months are allowed', () => {
    expect(RegionalRulesStatement.safeParse(statement({ waiting: [{ ...rule, months: 6 }] })).success).toBe(true);
  });
});

describe('in force on a day is the newest version that covers it (A14)', () => {
  const stated = [
    rulesOf({ validFrom: '2021-01-01', validUntil: '2025-12-31' }, HANGZHOU, 1),
    rulesOf({ validFrom: '2026-01-01' }, HANGZHOU, 2),
    // A correction of what held in 2024 alone.
    rulesOf({ validFrom: '2024-01-01', validUntil: '2024-12-31' }, HANGZHOU, 3),
  ];
  test.each([
    ['2020-12-31', undefined],
    ['2021-01-01', 1],
    ['2023-12-31', 1],
    ['2024-01-01', 3],
    ['2024-12-31', 3],
    ['2025-01-01', 1],
    ['2025-12-31', 1],
    ['2026-01-01', 2],
  ])('%s: version %s', (day, version) => {
    expect(rulesOn(stated, CalendarDate.parse(day))?.version).toBe(version);
  });
});
