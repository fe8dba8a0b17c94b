import { beforeAll, describe, expect, test } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { casesApi } from '../../functions/cases/api.ts';
import { createApplicationStore } from '../../functions/cases/application-store.ts';
import { createMessageStore } from '../../functions/cases/message-store.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { routeKey } from '../../functions/platform/http.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import { ROUTES } from '../../schemas/api.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { type ClerkCommandName, ProcedureId } from '../../schemas/procedures.ts';
import { NOW, OFFICES, REGIONS, uuid, WUHAN } from '../support/cases.ts';
import { anOffice } from '../support/directory.ts';
import { applicationBody, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { call } from '../support/http.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const client = documentClient(dynamoDbLocalClient());
const XIAN = '610100' as RegionCode;
const calendar = calendarOf(seedYears());
const officeOf = (code: RegionCode) => OFFICES[code] ?? anOffice({ code: `${code}01`, region: code });
const offices = [HANGZHOU, CHENGDU, WUHAN, XIAN].map(officeOf);

let handler: Parameters<typeof call>[0];
beforeAll(async () => {
  const { exchange } = await createTables(dynamoDbLocalClient());
  const { log } = unitWitness();
  handler = casesApi({
    store: createCaseStore(client, exchange),
    applications: createApplicationStore(client, exchange),
    messages: createMessageStore(client, exchange),
    attempts: untouched('attempts', {}),
    records: untouched('records', {}),
    identities: untouched('identities', {}),
    notices: untouched('notices', {}),
    directory: untouched('directory', {
      region: async (code) =>
        offices.some(({ region }) => region === code)
          ? {
              ...(REGIONS[code as keyof typeof REGIONS] ?? { ...REGIONS[CHENGDU]!, code, mainOffice: officeOf(code).code }),
              procedures: [...ProcedureId.options],
            }
          : undefined,
      office: async (code) => offices.find((office) => office.code === code),
      calendar: async () => calendar,
    }),
    signer: { sign: async () => 'A'.repeat(86) },
    personHash: async (id) => PersonHash.parse(sha256(id)),
    numberHash: async (id) => PersonHash.parse(sha256(id)),
    clock: { now: () => NOW },
    ids: systemIds,
    log,
    metrics: untouched('metrics', { count: () => {} }),
  });
});

let keys = 0;
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the API said
type Reply = { status: number; body: any };
async function send(
  key: string,
  said: { body?: unknown; params?: Record<string, string>; office?: string; key?: string } = {},
): Promise<Reply> {
  keys += 1;
  const { office = HANGZHOU_OFFICE, body = {}, params } = said;
  const reply = await call(handler, key, {
    claims: { sub: 'clerk-1', office, role: 'clerk' },
    headers: { 'idempotency-key': said.key ?? uuid(60_000 + keys) },
    body,
    ...(params && { params }),
  });
  return { status: reply.status, body: reply.body };
}
const create = (n: number, formerRegions: string[], key?: string) =>
  send('POST /v1/applications', { body: { person: person(n), formerRegions }, ...(key !== undefined && { key }) });
const view = (applicationNumber: string, office?: string) =>
  send('GET /v1/applications/{applicationNumber}', { params: { applicationNumber }, ...(office && { office }) });

/** The n-th person's application for what he had in one of the former regions. */
const from = (n: number, formerRegion: string, parent?: string) => {
  const body = applicationBody(n);
  const voucher = { ...(body.voucher as object), participationRegion: formerRegion };
  return { application: { ...body, formerRegion, voucher }, ...(parent !== undefined && { parent }) };
};
const open = (n: number, formerRegion: string, parent?: string) => send('POST /v1/cases', { body: from(n, formerRegion, parent) });
const give = (name: ClerkCommandName, caseNumber: string, body: unknown = {}) =>
  send(routeKey(ROUTES.find(({ command }) => command === name)!), { params: { caseNumber }, body });

describe('one application, several former regions (B23)', () => {
  test('has a case per former region with a clock of its own, and closes when every one is decided', async () => {
    const created = await create(1, [CHENGDU, WUHAN]);
    expect(created).toMatchObject({ status: 201, body: { region: HANGZHOU, office: HANGZHOU_OFFICE } });
    const { applicationNumber } = created.body;
    const first = await open(1, CHENGDU, applicationNumber);
    const second = await open(1, WUHAN, applicationNumber);
    expect([first.status, second.status]).toEqual([201, 201]);
    const facts = { side: 'transferIn', enrolled: true, enrolledOn: '2026-02-01', retired: false };
    expect((await give('accept', first.body.caseNumber, { facts })).status).toBe(200);

    const running = (await view(applicationNumber)).body;
    expect(running.closedAt).toBeUndefined();
    expect(running.children).toEqual(
      expect.arrayContaining([
        { formerRegion: CHENGDU, caseNumber: first.body.caseNumber, status: 'accepted', dueOn: '2026-03-23' },
        { formerRegion: WUHAN, caseNumber: second.body.caseNumber, status: 'opened' },
      ]),
    );

    expect((await give('withdraw', first.body.caseNumber, { reason: '本人改变主意' })).status).toBe(200);
    expect((await view(applicationNumber)).body.closedAt).toBeUndefined();
    expect((await give('withdraw', second.body.caseNumber, { reason: '本人改变主意' })).status).toBe(200);
    const over = (await view(applicationNumber)).body;
    expect(over.closedAt).toBe(NOW);
    expect(over.children.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['withdrawn', 'withdrawn']);
  });

  test('two children that end in the same instant are both counted (B23)', async () => {
    const { applicationNumber } = (await create(2, [CHENGDU, WUHAN])).body;
    const children = [await open(2, CHENGDU, applicationNumber), await open(2, WUHAN, applicationNumber)];
    const ended = await Promise.all(children.map(({ body }) => give('withdraw', body.caseNumber, { reason: '放弃' })));
    expect(ended.map(({ status }) => status)).toEqual([200, 200]);
    expect((await view(applicationNumber)).body.closedAt).toBe(NOW);
  });

  test.each([
    ['another person', (parent: string) => open(99, CHENGDU, parent), 'application.mismatch', 'other_person'],
    ['a region that it does not name', (parent: string) => open(3, XIAN, parent), 'application.mismatch', 'region_not_named'],
  ])('takes no case of %s', async (_case, opening, code, reason) => {
    const { applicationNumber } = (await create(3, [CHENGDU, WUHAN])).body;
    expect(await opening(applicationNumber)).toMatchObject({ status: 422, body: { code, errors: [{ field: 'parent', code: reason }] } });
    expect((await view(applicationNumber)).body.children.some((child: object) => 'caseNumber' in child)).toBe(false);
  });

  test('takes one case per former region, and names it', async () => {
    const { applicationNumber } = (await create(4, [CHENGDU, WUHAN])).body;
    const { body } = await open(4, CHENGDU, applicationNumber);
    await give('withdraw', body.caseNumber, { reason: '放弃' });
    const again = await open(4, CHENGDU, applicationNumber);
    expect(again).toMatchObject({ status: 422, body: { errors: [{ field: 'parent', code: 'case_there' }] } });
    expect(again.body.errors[0].reason).toContain(body.caseNumber);
  });

  test('that nobody made is refused, and nothing of the case is stored', async () => {
    const { applicationNumber } = (await create(5, [CHENGDU, WUHAN])).body;
    const unknown = applicationNumber.replace(/\d$/, (digit: string) => String((Number(digit) + 1) % 10));
    expect((await open(5, CHENGDU, unknown)).status).toBe(400);
    const wellFormed = (await create(6, [CHENGDU, WUHAN])).body.applicationNumber;
    expect((await view(wellFormed, CHENGDU_OFFICE)).body.code).toBe('application.not-found');
    expect((await open(5, CHENGDU, applicationNumber)).status).toBe(201);
  });

  test('is made once, however often it is sent; another body under the same key is refused (E1)', async () => {
    const key = uuid(70_001);
    const made = await create(7, [CHENGDU, WUHAN], key);
    expect(await create(7, [CHENGDU, WUHAN], key)).toEqual(made);
    expect(await create(7, [CHENGDU, XIAN], key)).toMatchObject({ status: 409, body: { code: 'request.key-reused' } });
  });

  test('sent twice in the same instant is made once, and its key fits no command afterwards (E1)', async () => {
    const key = uuid(70_002);
    const [first, second] = await Promise.all([create(9, [CHENGDU, WUHAN], key), create(9, [CHENGDU, WUHAN], key)]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    const reused = await send('POST /v1/cases', { body: from(9, CHENGDU), key });
    expect(reused).toMatchObject({ status: 409, body: { code: 'request.key-reused' } });
  });

  test.each([
    ['a region that nobody knows', [CHENGDU, '650100'], 'formerRegions.1'],
    ['one region', [CHENGDU], 'formerRegions'],
    ['a region twice', [CHENGDU, CHENGDU], 'formerRegions'],
    ['its own region', [CHENGDU, HANGZHOU], 'formerRegions'],
    ['no region at all', ['999999', CHENGDU], 'formerRegions.0'],
  ])('with %s is refused by field', async (_case, regions, field) => {
    const reply = await create(8, regions);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.body.errors[0].field).toBe(field);
  });
});
