import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, it, test } from 'vitest';
import { hashOf } from '../../functions/platform/canonical.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import { checkHandler } from '../../functions/vouchers/check-api.ts';
import { codeFrom } from '../../functions/vouchers/code.ts';
import { draftVoucher, numbered } from '../../functions/vouchers/issue.ts';
import { voucherIdOf } from '../../functions/vouchers/number.ts';
import { reissued, voucherRow } from '../../functions/vouchers/rows.ts';
import { CoverageVoucherInput } from '../../schemas/documents.ts';
import { PersonHash, RegionCode } from '../../schemas/primitives.ts';
import { VoucherCheckResult } from '../../schemas/vouchers.ts';
import { NOW, OFFICES, REGIONS, TODAY } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { eventOf } from '../support/http.ts';
import { untouched } from '../support/untouched.ts';
import { paidPeriod, record } from '../support/vouchers.ts';
import { unitWitness } from '../support/witness.ts';

const ROUTE = 'POST /v1/voucher-check';
const codeOf = (n: number) => codeFrom(Uint8Array.from({ length: 15 }, (_, i) => n * 7 + i));
const [FIRST, SECOND, OTHER] = [codeOf(1), codeOf(2), codeOf(3)];
const ID = voucherIdOf(HANGZHOU, '2026', 1);

/** A voucher with every field that one can have, first copy lost and issued again. */
const draft = draftVoucher(
  record({
    scheme: '390',
    insuranceNumber: 'HZ0001',
    householder: person(2),
    periods: [{ ...paidPeriod('2024-01', '2025-12', 24), scheme: '390' }],
  }),
  { region: REGIONS[HANGZHOU]!, office: OFFICES[HANGZHOU]!, today: TODAY },
);
const once = voucherRow(
  {
    draft,
    region: HANGZHOU,
    office: HANGZHOU_OFFICE,
    personHash: PersonHash.parse('a'.repeat(64)),
    window: undefined,
    code: FIRST,
    at: NOW,
    by: 'clerk-1',
  },
  ID,
  numbered(draft, REGIONS[HANGZHOU]!, 1),
);
const twice = reissued(once, { code: SECOND, issuedAt: NOW, office: HANGZHOU_OFFICE, by: 'clerk-2', reason: '遗失' });

/** The route with one voucher; `steps` remembers what was asked of directory, counter and table, in order. */
function checkApi({ row = twice, passes = true, fault }: { row?: typeof once; passes?: boolean; fault?: Error } = {}) {
  const seen = unitWitness();
  const steps: string[] = [];
  const handler = checkHandler({
    vouchers: {
      read: async (id) => {
        steps.push(`read ${id}`);
        if (fault) throw fault;
        return id === row.voucherId ? row : undefined;
      },
    },
    checks: {
      count: async (region, id, now) => {
        steps.push(`count ${region} ${id} ${now}`);
        return passes;
      },
    },
    directory: { region: async (code) => (code === HANGZHOU ? REGIONS[HANGZHOU] : undefined) },
    clock: { now: () => NOW },
  });
  const http = httpHandler(new Map(), seen.log, untouched('metrics', { count: () => {} }), new Map([[ROUTE, handler]]));
  const ask = async (body: unknown, claims?: Record<string, unknown>) => {
    const answer = (await http(eventOf(ROUTE, { body, claims }), {} as Context)) as APIGatewayProxyStructuredResultV2;
    return { status: answer.statusCode, headers: answer.headers, text: String(answer.body), body: JSON.parse(String(answer.body)) };
  };
  return { ask, steps, lines: seen.lines };
}
const GENUINE = { voucherId: ID, serial: 1, code: SECOND };
const resultOf = async (body: unknown, said: Parameters<typeof checkApi>[0] = {}) => (await checkApi(said).ask(body)).body.result;

describe('a check of what somebody holds (A5, A3)', () => {
  test.each<[string, unknown, string]>([
    ['the last copy', GENUINE, 'genuine'],
    ['the last copy with its printed fields', { ...GENUINE, document: once.voucher }, 'genuine'],
    ['an earlier copy: superseded and never forged', { ...GENUINE, serial: 0, code: FIRST }, 'superseded'],
    ['an earlier copy with its printed fields', { ...GENUINE, serial: 0, code: FIRST, document: once.voucher }, 'superseded'],
    ['the code of the last copy under the serial of an earlier one', { ...GENUINE, serial: 0 }, 'unknown'],
    ['the code of an earlier copy under the serial of the last', { ...GENUINE, code: FIRST }, 'unknown'],
    ['a serial that was never issued', { ...GENUINE, serial: 2 }, 'unknown'],
    ['a code that nobody gave out', { ...GENUINE, code: OTHER }, 'unknown'],
    ['another number', { ...GENUINE, voucherId: voucherIdOf(HANGZHOU, '2026', 2) }, 'unknown'],
    ['another year', { ...GENUINE, voucherId: voucherIdOf(HANGZHOU, '2025', 1) }, 'unknown'],
    ['a region that the directory does not know', { ...GENUINE, voucherId: voucherIdOf(CHENGDU, '2026', 1) }, 'unknown'],
    ['a code that cannot be one', { ...GENUINE, code: 'not a code' }, 'unknown'],
    ['no code', { ...GENUINE, code: '' }, 'unknown'],
  ])('%s', async (_case, body, expected) => {
    const { status, body: answer } = await checkApi().ask(body);
    expect([status, answer]).toEqual([200, { result: expected }]);
    expect(VoucherCheckResult.parse(answer)).toEqual(answer);
  });

  it('is genuine before the re-issue and superseded after it (A3)', async () => {
    const held = { voucherId: ID, serial: 0, code: FIRST };
    expect([await resultOf(held, { row: once }), await resultOf(held, { row: twice })]).toEqual(['genuine', 'superseded']);
  });

  it('takes the code as people type it (A5)', async () => {
    expect(await resultOf({ ...GENUINE, code: SECOND.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o') })).toBe('genuine');
  });

  it('needs no token, and a token changes nothing', async () => {
    for (const claims of [undefined, { sub: 'x', office: HANGZHOU_OFFICE, role: 'clerk' }, { role: 7 }]) {
      expect((await checkApi().ask(GENUINE, claims)).body).toEqual({ result: 'genuine' });
    }
  });
});

/** Every field that is printed, each with another value that is as well-formed as its own. */
const OTHERWISE: Record<string, unknown> = {
  number: '（浙）（杭州市）（2026）第 000002 号',
  'person.name': person(2).name,
  'person.idNumber': person(2).idNumber,
  insuranceNumber: 'HZ0002',
  'hukou.place': '四川省成都市锦江县',
  'hukou.type': '2',
  'householder.name': person(3).name,
  'householder.idNumber': person(3).idNumber,
  scheme: '391',
  participationRegion: RegionCode.parse('330200'),
  'participation.from': '2024-02',
  'participation.to': '2025-11',
  'benefits.from': '2022-08-02',
  'benefits.to': '2026-01-30',
  balanceFen: once.voucher.balanceFen + 1,
  'issuer.office': '33010002',
  'issuer.name': '杭州市医疗保障事务中心（演不）',
  'issuer.contact': '杭州 经办人 二',
  'issuer.phone': '0571-12345002',
  issuedOn: '2026-03-01',
};
const leavesOf = (value: object, path = ''): string[] =>
  Object.entries(value).flatMap(([name, field]) => (typeof field === 'object' ? leavesOf(field, `${path}${name}.`) : [`${path}${name}`]));
function withField(path: string, value: unknown) {
  const [name = '', inner] = path.split('.');
  const document: Record<string, unknown> = structuredClone(once.voucher);
  if (inner === undefined) return { ...document, [name]: value };
  return { ...document, [name]: { ...(document[name] as object), [inner]: value } };
}

describe('a check of the printed fields (A5)', () => {
  test('knows every field that a voucher has', () => {
    expect(Object.keys(OTHERWISE).sort()).toEqual(leavesOf(once.voucher).sort());
    expect(Object.keys(once.voucher).sort()).toEqual(Object.keys(CoverageVoucherInput.shape).sort());
  });

  test.each(Object.entries(OTHERWISE))('with another %s is unknown, at the last copy and at an earlier one', async (path, value) => {
    const document = withField(path, value);
    expect(CoverageVoucherInput.safeParse(document).success).toBe(true);
    expect(await resultOf({ ...GENUINE, document })).toBe('unknown');
    expect(await resultOf({ ...GENUINE, serial: 0, code: FIRST, document })).toBe('unknown');
  });

  test.each(['insuranceNumber', 'householder'] as const)('without its %s is unknown', async (name) => {
    const { [name]: _, ...document } = once.voucher;
    expect(await resultOf({ ...GENUINE, document })).toBe('unknown');
  });

  test('whose number is malformed by one character is refused by field without the value', async () => {
    const idNumber = `${person(1).idNumber.slice(0, 17)}${person(1).idNumber.endsWith('0') ? '1' : '0'}`;
    const { status, text, body } = await checkApi().ask({ ...GENUINE, document: withField('person.idNumber', idNumber) });
    expect([status, body.errors[0].field]).toEqual([400, 'document.person.idNumber']);
    expect(text).not.toContain(idNumber);
  });

  test('is over the same canonical text whatever the order of the fields', async () => {
    const document = Object.fromEntries(Object.entries(once.voucher).toReversed());
    expect(await resultOf({ ...GENUINE, document })).toBe('genuine');
    expect(hashOf(document)).toBe(once.contentHash);
  });
});

describe('checks are limited (A5)', () => {
  it('each is counted once before anything is looked up, right or wrong', async () => {
    for (const body of [GENUINE, { ...GENUINE, code: OTHER }]) {
      const { ask, steps } = checkApi();
      await ask(body);
      expect(steps).toEqual([`count ${HANGZHOU} ${ID} ${NOW}`, `read ${ID}`]);
    }
  });

  it('beyond the limit right and wrong are answered alike, with when to come back, and nothing is read', async () => {
    const answers = [];
    for (const body of [GENUINE, { ...GENUINE, code: OTHER }, { ...GENUINE, serial: 7 }]) {
      const { ask, steps } = checkApi({ passes: false });
      answers.push(await ask(body));
      expect(steps).toEqual([`count ${HANGZHOU} ${ID} ${NOW}`]);
    }
    expect(answers[0]).toMatchObject({ status: 429, headers: { 'retry-after': '3600' }, body: { code: 'voucher.too-many-checks' } });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  });

  it.each([
    ['what cannot be a code', { ...GENUINE, code: `${SECOND.slice(0, -1)}${SECOND.endsWith('0') ? '1' : '0'}` }],
    ['regions that somebody invents', { ...GENUINE, voucherId: voucherIdOf(CHENGDU, '2026', 1) }],
  ])('%s makes no counter and reads nothing', async (_case, body) => {
    const { ask, steps } = checkApi();
    expect([(await ask(body)).body, steps]).toEqual([{ result: 'unknown' }, []]);
  });

  it.each<[string, unknown, string]>([
    ['no body', undefined, 'voucherId'],
    ['no serial', { voucherId: ID, code: SECOND }, 'serial'],
    ['a serial beyond the last', { ...GENUINE, serial: 100 }, 'serial'],
    ['a code as long as a letter', { ...GENUINE, code: '0'.repeat(41) }, 'code'],
    ['the number as printed for its id', { ...GENUINE, voucherId: once.voucher.number }, 'voucherId'],
    ['more than is asked for', { ...GENUINE, name: person(1).name }, ''],
  ])('%s is refused by field, neither counted nor looked up', async (_case, body, field) => {
    const { ask, steps } = checkApi();
    const { status, body: answer } = await ask(body);
    expect([status, answer.code]).toEqual([400, 'request.invalid']);
    expect(answer.errors.map((error: { field: string }) => error.field)).toContain(field);
    expect(steps).toEqual([]);
  });
});

describe('what a check leaves in the log (F4)', () => {
  it('is its route and status, and nothing of the voucher', async () => {
    const { ask, lines } = checkApi();
    await ask({ ...GENUINE, document: once.voucher });
    expect(lines).toEqual([{ level: 'info', code: 'http.answered', fields: { route: ROUTE, requestId: 'request-1', status: 200 } }]);
  });

  it('says nothing of it when we fail, and neither does the answer', async () => {
    const { ask, lines } = checkApi({ fault: new Error(`no row for ${person(1).name}`) });
    const { status, text } = await ask({ ...GENUINE, document: once.voucher });
    expect(status).toBe(500);
    expect(text + JSON.stringify(lines)).not.toContain(person(1).name);
    expect(text + JSON.stringify(lines)).not.toContain(SECOND);
  });
});
