import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemCodes } from '../../functions/vouchers/code.ts';
import { mainOfficeOf } from '../../infra/local/demo-regions.ts';
import { demoVoucherRecord } from '../../infra/local/demo-voucher.ts';
import { demoOffice } from '../../infra/local/directory-data.ts';
import { ministryPerson } from '../../infra/local/people.ts';
import { ROUTES } from '../../schemas/api.ts';
import { documentCheck } from '../../schemas/check-digits.ts';
import { Role } from '../../schemas/codes.ts';
import type { ProblemDetail } from '../../schemas/problems.ts';
import type { VoucherView } from '../../schemas/vouchers.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { type Caller, clerkIn, clerkOfOffice, personCalled, personTokenOf, request, systemTokenOf } from '../support/scenario.ts';
import { bodiesOf } from '../support/scenario-bodies.ts';
import { Handover, newPapers } from '../support/scenario-handover.ts';
import { handInStatement, statementFor } from '../support/scenario-imports.ts';
import { SECOND_OFFICE, UNKNOWN_OFFICE } from '../support/scenario-setup.ts';
import { forgedToken, tokenSaying } from '../support/scenario-tokens.ts';

const SHANGHAI = '310000';
const office = mainOfficeOf(HANGZHOU);
const numbered = (stem: string): string => `${stem}${documentCheck(stem)}`;
const ABSENT_CASE = numbered('330100-20200101-999999-');
const ABSENT_IMPORT = numbered(`${office}-20200101-999999-`);

/** Where each parameter of a path points: nothing that a command could change. */
const targets: Readonly<Record<string, string>> = {
  caseNumber: ABSENT_CASE,
  messageId: randomUUID(),
  applicationNumber: ABSENT_CASE,
  voucherId: `${HANGZHOU}-2020-999999`,
  year: '2020',
  lineId: 'NOSUCH~2020-01-01~1',
  importNumber: ABSENT_IMPORT,
  quarantineId: `1-${randomUUID()}`,
  office,
  region: HANGZHOU,
};
const pathOf = (path: string, at = targets): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => at[name] ?? targets[name] ?? `no target for ${name}`);

/** One caller of Hangzhou (or of the ministry) per role. */
const roleTokens: Record<Role, () => Promise<string>> = {
  clerk: () => personTokenOf(`clerk-${office}`),
  supervisor: () => personTokenOf(`supervisor-${office}`),
  system: () => systemTokenOf(HANGZHOU),
  ministry: () => personTokenOf(ministryPerson),
};

const badTokens = {
  'no token': async () => undefined,
  'a token for another audience': () => tokenSaying({ audience: 'another-api' }),
  'a token of another issuer': () => tokenSaying({ issuer: 'http://localhost:1' }),
  'a token that has expired': () => tokenSaying({ expiresIn: '-1h' }),
  'a token signed by somebody else': forgedToken,
  'no token but text': async () => 'text',
};

const tokens = new Map<string, string | undefined>();
beforeAll(async () => {
  for (const [name, token] of Object.entries({ ...roleTokens, ...badTokens })) tokens.set(name, await token());
});

type Refused = Partial<ProblemDetail> | undefined;

/** What an empty request, or one for a thing that is not there, is told. */
const NOTHING_ASKED = [
  ...['request.invalid', 'case.not-found', 'application.not-found', 'quarantine.not-found'],
  ...['voucher.not-found', 'money.line-not-found', 'import.not-found'],
];

describe.each(ROUTES.filter((route) => !route.public).map((route) => ({ ...route, name: `${route.method} ${route.path}` })))(
  'F1: $name',
  ({ method, path, roles }) => {
    const call = (caller: string) => request<Refused>(tokens.get(caller), method, pathOf(path), method === 'GET' ? {} : { body: {} });

    test.each(Role.options)('%s: as ROUTES says', async (role) => {
      const { status, body } = await call(role);
      if (roles.includes(role)) {
        // Whoever may call it gets as far as the request itself, which asks for nothing that is there.
        expect([200, 400, 404]).toContain(status);
        if (status !== 200) expect(NOTHING_ASKED).toContain(body?.code);
      } else {
        expect({ status, code: body?.code }).toEqual({ status: 403, code: 'caller.role-not-allowed' });
      }
    });

    test.each(Object.keys(badTokens))('%s: 401', async (bad) => {
      expect((await call(bad)).status).toBe(401);
    });
  },
);

/** What anybody may ask without a token, and what he is told of a thing that is not there. */
const PUBLIC: Readonly<Record<string, { body: () => object; told: object }>> = {
  '/v1/progress': {
    body: () => ({ caseNumber: ABSENT_CASE, region: HANGZHOU, idNumber: newPapers(CHENGDU, HANGZHOU).open.application.person.idNumber }),
    told: { status: 404, body: { code: 'progress.not-found' } },
  },
  '/v1/voucher-check': {
    body: () => ({ voucherId: targets.voucherId, serial: 0, code: systemCodes.code() }),
    told: { status: 200, body: { result: 'unknown' } },
  },
};

const unsaid = (path: string): never => {
  throw new Error(`say above what ${path} tells anybody`);
};

describe.each(ROUTES.filter((route) => route.public).map((route) => ({ ...route, name: `${route.method} ${route.path}` })))(
  'B19, A5: $name, public',
  ({ method, path }) => {
    test.each([...Role.options, ...Object.keys(badTokens)])('%s: asks nothing of a token and tells nothing', async (caller) => {
      const { body, told } = PUBLIC[path] ?? unsaid(path);
      expect(await request(tokens.get(caller), method, path, { body: body() })).toMatchObject(told);
    });
  },
);

test('F1: a role that does not exist is nobody', async () => {
  const token = await tokenSaying({ role: 'minister' });
  expect(await request(token, 'GET', '/v1/work-list')).toMatchObject({ status: 401, body: { code: 'caller.unknown' } });
});

describe('F1: own and foreign', () => {
  const caseRoutes = ROUTES.filter(({ path }) => path.includes('{caseNumber}'));
  let handover: Handover;
  let bodies: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    const ministry = personCalled(ministryPerson);
    const put = await ministry.put(`/v1/directory/offices/${SECOND_OFFICE}`, { body: demoOffice(HANGZHOU) });
    expect(put.status).toBe(201);
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    bodies = bodiesOf(handover.papers);
  });

  const call = (caller: Caller, { method, path, command }: (typeof ROUTES)[number], caseNumber: string) => {
    const at = pathOf(path, { caseNumber });
    return method === 'GET' ? caller.get<Refused>(at) : caller.post<Refused>(at, { body: bodies[command ?? ''] ?? {} });
  };
  const refusalOf = ({ status, body }: { status: number; body: Refused }) => ({ status, ...body, requestId: undefined });

  test('the case’s own office reads it', async () => {
    for (const route of caseRoutes.filter(({ method }) => method === 'GET')) {
      const { status, body } = await call(clerkIn(HANGZHOU), route, handover.caseNumber);
      // Nobody has assessed benefits in this case.
      expect(body?.code ?? status).toBe(route.path.endsWith('/entitlement') ? 'entitlement.not-found' : 200);
    }
  });

  test.each(caseRoutes)('$method $path: for another region, the case’s counterpart too, it does not exist', async (route) => {
    for (const stranger of [clerkIn(SHANGHAI), clerkIn(CHENGDU)]) {
      const refused = refusalOf(await call(stranger, route, handover.caseNumber));
      expect(refused).toMatchObject({ status: 404, code: 'case.not-found', errors: [{ field: 'caseNumber' }] });
      expect(refused).toEqual(refusalOf(await call(stranger, route, ABSENT_CASE)));
    }
  });

  test.each(caseRoutes)('$method $path: another office of the region is refused and told nothing of the case', async (route) => {
    const refused = refusalOf(await call(clerkOfOffice(SECOND_OFFICE), route, handover.caseNumber));
    expect(refused).toMatchObject({ status: 403, code: 'caller.wrong-office', errors: [{ field: 'office', code: 'wrong_office' }] });
  });

  test('B23: an application for several former regions is its own office’s alone', async () => {
    const { person } = newPapers(CHENGDU, HANGZHOU).open.application;
    const body = { person, formerRegions: [CHENGDU, SHANGHAI] };
    const made = await clerkIn(HANGZHOU).post<{ applicationNumber: string }>('/v1/applications', { body });
    expect(made.status).toBe(201);
    const path = (number: string) => `/v1/applications/${number}`;
    const own = path(made.body.applicationNumber);
    expect(await clerkIn(HANGZHOU).get(own)).toEqual({ status: 200, body: made.body });
    expect(refusalOf(await clerkOfOffice(SECOND_OFFICE).get<Refused>(own))).toMatchObject({ status: 403, code: 'caller.wrong-office' });
    for (const stranger of [clerkIn(SHANGHAI), clerkIn(CHENGDU)]) {
      const refused = refusalOf(await stranger.get<Refused>(own));
      expect(refused).toMatchObject({ status: 404, code: 'application.not-found' });
      expect(refused).toEqual(refusalOf(await stranger.get<Refused>(path(ABSENT_CASE))));
    }
  });

  test('A1, A3: a voucher is its region’s; for another region it does not exist', async () => {
    const body = demoVoucherRecord(newPapers(CHENGDU, HANGZHOU));
    const issued = await clerkIn(CHENGDU).post<VoucherView>('/v1/issued-vouchers', { body });
    expect(issued.status).toBe(201);
    const { voucherId } = issued.body;
    expect((await clerkIn(CHENGDU).get<VoucherView>(`/v1/issued-vouchers/${voucherId}`)).body).toEqual(issued.body);
    for (const [action, said] of Object.entries({ reissue: { reason: '遗失' }, 'deliver-notice': { kind: 'arrears', channel: 'sms' } })) {
      const at = (id: string) => `/v1/issued-vouchers/${id}/${action}`;
      const refused = refusalOf(await clerkIn(HANGZHOU).post<Refused>(at(voucherId), { body: said }));
      expect(refused).toMatchObject({ status: 404, code: 'voucher.not-found' });
      expect(refused).toEqual(refusalOf(await clerkIn(HANGZHOU).post<Refused>(at(`${CHENGDU}-2020-999999`), { body: said })));
    }
    expect((await clerkIn(HANGZHOU).get(`/v1/issued-vouchers/${voucherId}`)).status).toBe(404);
    expect((await clerkIn(CHENGDU).get<VoucherView>(`/v1/issued-vouchers/${voucherId}`)).body.copies).toHaveLength(1);
  });

  test('B12: a file is its office’s alone, the money in it its region’s', async () => {
    const stray = newPapers(CHENGDU, HANGZHOU);
    const { importNumber } = await handInStatement(clerkIn(HANGZHOU), statementFor(stray, HANGZHOU));
    const { amountFen, bankReference, valueDate } = stray['confirm-money'];
    const line = `/v1/bank-lines/${bankReference}~${valueDate}~${amountFen}`;
    const file = `/v1/imports/${importNumber}`;
    expect([(await clerkIn(HANGZHOU).get(line)).status, (await clerkOfOffice(SECOND_OFFICE).get(line)).status]).toEqual([200, 200]);
    expect(refusalOf(await clerkOfOffice(SECOND_OFFICE).get<Refused>(file))).toMatchObject({ status: 403, code: 'caller.wrong-office' });
    expect(refusalOf(await clerkOfOffice(SECOND_OFFICE).post<Refused>(`${file}/start`))).toMatchObject({ status: 403 });
    for (const stranger of [clerkIn(SHANGHAI), clerkIn(CHENGDU)]) {
      const told = [
        await stranger.get<Refused>(line),
        await stranger.post<Refused>(`${line}/match`, { body: { caseNumber: handover.caseNumber } }),
        await stranger.post<Refused>(`${line}/propose-return`, { body: { reason: '演示原因' } }),
        await stranger.get<Refused>(file),
        await stranger.post<Refused>(`${file}/start`),
      ].map(refusalOf);
      const absent = [...Array(3).fill('money.line-not-found'), ...Array(2).fill('import.not-found')];
      expect(told.map(({ status, code }) => [status, code])).toEqual(absent.map((code) => [404, code]));
    }
  });

  test('B19: the person alone asks for the progress; a wrong guess is answered as an absent case is', async () => {
    const { idNumber } = handover.papers.open.application.person;
    const ask = (said: object) =>
      request<Refused>(undefined, 'POST', '/v1/progress', {
        body: { caseNumber: handover.caseNumber, region: HANGZHOU, idNumber, ...said },
      });
    expect(await ask({})).toMatchObject({ status: 200, body: { caseNumber: handover.caseNumber, step: 'applied', holder: HANGZHOU } });
    const absent = refusalOf(await ask({ caseNumber: ABSENT_CASE }));
    expect(absent).toMatchObject({ status: 404, code: 'progress.not-found' });
    const another = newPapers(CHENGDU, HANGZHOU).open.application.person.idNumber;
    for (const said of [{ idNumber: another }, { region: SHANGHAI }, { region: CHENGDU }]) {
      expect(refusalOf(await ask(said))).toEqual(absent);
    }
  });

  test.each([SHANGHAI, CHENGDU])('the work list of %s does not hold it', async (region) => {
    const { body } = await clerkIn(region).get<{ items: { caseNumber: string }[] }>('/v1/work-list');
    expect(body.items.map(({ caseNumber }) => caseNumber)).not.toContain(handover.caseNumber);
  });

  test('nor does that of another office of the region, while its own office’s does', async () => {
    const listed = async (caller: Caller) => {
      const { body } = await caller.get<{ items: { caseNumber: string }[] }>('/v1/work-list');
      return body.items.some(({ caseNumber }) => caseNumber === handover.caseNumber);
    };
    expect([await listed(clerkOfOffice(SECOND_OFFICE)), await listed(clerkIn(HANGZHOU))]).toEqual([false, true]);
  });

  test('an office that the directory does not know is nobody', async () => {
    const nobody = clerkOfOffice(UNKNOWN_OFFICE);
    const answers = [
      await nobody.get(`/v1/cases/${handover.caseNumber}`),
      await nobody.post('/v1/cases', { body: handover.papers.open }),
      await nobody.get('/v1/quarantine'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers[0]?.body).toMatchObject({ code: 'caller.unknown', errors: [{ field: 'office' }] });
  });

  test('none of this changed the case', async () => {
    const { body } = await handover.view('in');
    expect(body).toMatchObject({ case: { version: 1, status: 'opened' }, actions: ['return-materials', 'accept', 'withdraw'] });
  });
});
