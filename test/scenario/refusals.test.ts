import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { ProblemDetail } from '../../schemas/problems.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { type Answer, clerkIn } from '../support/scenario.ts';
import { Handover, newPapers } from '../support/scenario-handover.ts';

const clerk = clerkIn(HANGZHOU);
const OPEN = '/v1/cases';

/** What is refused, as the problem detail says it; every refusal must be one, in Chinese first, and name what it concerns. */
function problemOf({ status, body }: Answer): { status: number; code: string; fields: string[] } {
  const problem = ProblemDetail.parse(body);
  expect(problem.status).toBe(status);
  expect(problem.type).toBe(`urn:jiexu:problem:${problem.code}`);
  expect(problem.title).toMatch(/^\p{Script=Han}/u);
  for (const { reason } of problem.errors) expect(reason).toMatch(/^[^(]*\p{Script=Han}[^(]* \(.+\)$/u);
  return { status, code: problem.code, fields: problem.errors.map(({ field }) => field) };
}

/** An application of a new person, changed at one place. */
function applicationWith(change: (application: ReturnType<typeof newPapers>['open']['application']) => void) {
  const { open } = newPapers(CHENGDU, HANGZHOU);
  change(open.application);
  return open;
}

const wrongCheck = (idNumber: string): string => idNumber.slice(0, 17) + (idNumber.endsWith('0') ? '1' : '0');

describe('an application is refused with field and reason', () => {
  test('a wrong check character of the ID number, without the number in the answer', async () => {
    const body = applicationWith(({ person, voucher }) => {
      person.idNumber = wrongCheck(person.idNumber);
      voucher.person.idNumber = person.idNumber;
    });
    const answer = await clerk.post(OPEN, { body });
    const fields = ['application.person.idNumber', 'application.voucher.person.idNumber'];
    expect(problemOf(answer)).toEqual({ status: 400, code: 'request.invalid', fields });
    expect(JSON.stringify(answer.body)).not.toContain(body.application.person.idNumber);
    expect(JSON.stringify(answer.body)).toContain('校验位不符');
  });

  test('a former region that the directory does not know', async () => {
    const body = applicationWith((application) => {
      application.formerRegion = '659900';
      application.voucher.participationRegion = '659900';
    });
    expect(problemOf(await clerk.post(OPEN, { body }))).toMatchObject({
      status: 422,
      code: 'recipient.unknown',
      fields: [expect.any(String)],
    });
  });

  test('a field too many, a field too few and an amount that is none, all at once', async () => {
    const { voucher, ...rest } = newPapers(CHENGDU, HANGZHOU).open.application;
    const body = { application: { ...rest, voucher: { ...voucher, balanceFen: 0.5 }, scheme: undefined, extra: 1 } };
    const { fields, ...problem } = problemOf(await clerk.post(OPEN, { body }));
    expect(problem).toEqual({ status: 400, code: 'request.invalid' });
    expect(fields.toSorted()).toEqual(['application', 'application.scheme', 'application.voucher.balanceFen']);
  });

  test('A10: a second case of one person, named by its number', async () => {
    const handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    const answer = await clerk.post(OPEN, { body: handover.papers.open });
    expect(problemOf(answer)).toEqual({ status: 409, code: 'case.already-open', fields: ['application.person'] });
    expect(JSON.stringify(answer.body)).toContain(handover.caseNumber);
  });
});

describe('B21: the papers of the other procedure are refused, naming what applies', () => {
  const SHANGHAI = '310000';

  test('an application where both regions are online', async () => {
    const answer = await clerk.post(OPEN, { body: newPapers(SHANGHAI, HANGZHOU).open });
    expect(problemOf(answer)).toEqual({ status: 409, code: 'case.other-procedure', fields: ['application'] });
    expect(JSON.stringify(answer.body)).toContain('procedure 2021.1 applies: both-online');
  });

  test('a request where one of them is not', async () => {
    const { request: stated, accept } = newPapers(CHENGDU, HANGZHOU);
    const body = { request: { ...stated.request, counterpart: CHENGDU }, facts: accept.facts };
    const answer = await clerk.post('/v1/transfer-requests', { body });
    expect(problemOf(answer)).toEqual({ status: 409, code: 'case.other-procedure', fields: ['request'] });
    expect(JSON.stringify(answer.body)).toContain('procedure 2016.2 applies: counterpart-not-online');
  });

  test.each([
    [SHANGHAI, '2021.1', ['id-card']],
    [CHENGDU, '2016.2', ['id-card', 'application-form', 'coverage-voucher']],
  ])('A6: who asks first for %s learns it, with what is to be handed in', async (counterpart, procedure, materials) => {
    const { status, body } = await clerk.get(`/v1/procedure?counterpart=${counterpart}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { counterpart, procedure, materials } });
  });
});

describe('a command is refused with field and reason', () => {
  let handover: Handover;
  let path: string;
  beforeAll(async () => {
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    path = `/v1/cases/${handover.caseNumber}/accept`;
  });

  test('in the wrong state', async () => {
    const answer = await handover.command('in', 'complete');
    expect(problemOf(answer)).toMatchObject({ status: 409, code: 'case.wrong-state' });
    expect(JSON.stringify(answer.body)).toContain('opened');
  });

  test('on a version that is not the case’s', async () => {
    expect(problemOf(await clerk.post(path, { ifMatch: '"7"', body: handover.papers.accept }))).toEqual({
      status: 412,
      code: 'case.stale-version',
      fields: ['If-Match'],
    });
    expect(problemOf(await clerk.post(path, { ifMatch: 'W/"1"' }))).toEqual({ status: 400, code: 'request.invalid', fields: ['If-Match'] });
  });

  test('without an idempotency key, and with one that is none', async () => {
    const fields = ['Idempotency-Key'];
    expect(problemOf(await clerk.post(path, { key: null }))).toEqual({ status: 400, code: 'request.no-idempotency-key', fields });
    expect(problemOf(await clerk.post(path, { key: 'once' }))).toEqual({ status: 400, code: 'request.invalid', fields });
  });

  test('A9: for a person who is not enrolled yet, and without saying whether he is', async () => {
    const facts = { side: 'transferIn', enrolled: false, retired: false };
    const notEnrolled = await handover.command('in', 'accept', { facts });
    expect(problemOf(notEnrolled)).toEqual({ status: 422, code: 'case.not-eligible', fields: ['facts.enrolled'] });
    expect(problemOf(await handover.command('in', 'accept', {}))).toEqual({ status: 400, code: 'request.invalid', fields: ['facts'] });
  });

  test('none of it changed the case', async () => {
    expect((await handover.view('in')).body).toMatchObject({ case: { version: 1, status: 'opened' } });
  });

  test('E1: the same key and body give the same answer, another body is refused, and the case moved once', async () => {
    const key = randomUUID();
    const body = newPapers(CHENGDU, HANGZHOU).open;
    const [first, twin] = await Promise.all([clerk.post<{ caseNumber: string }>(OPEN, { key, body }), clerk.post(OPEN, { key, body })]);
    expect([first.status, twin]).toEqual([201, first]);
    const accept = `/v1/cases/${first.body.caseNumber}/accept`;
    const acceptance = { key: randomUUID(), ifMatch: '"1"', body: handover.papers.accept };
    const accepted = await clerk.post(accept, acceptance);
    expect(accepted).toMatchObject({ status: 200, body: { version: 2, status: 'accepted' } });
    expect(await clerk.post(accept, acceptance)).toEqual(accepted);
    expect(await clerk.post(OPEN, { key, body })).toEqual(first);
    const other = await clerk.post(OPEN, { key, body: newPapers(CHENGDU, HANGZHOU).open });
    expect(problemOf(other)).toEqual({ status: 409, code: 'request.key-reused', fields: ['Idempotency-Key'] });
    const { body: seen } = await clerk.get(`/v1/cases/${first.body.caseNumber}`);
    expect(seen).toMatchObject({ case: { version: 2 } });
  });

  test('a body that is no object', async () => {
    const answer = await handover.command('in', 'accept', []);
    expect(problemOf(answer)).toMatchObject({ status: 400, code: 'request.invalid' });
  });
});

test('a question about nothing: a case number that is none, a moment that is none, a cursor that is none', async () => {
  expect(problemOf(await clerk.get('/v1/cases/330100-20261122-000001-0'))).toMatchObject({ status: 404, code: 'case.not-found' });
  const { caseNumber } = await Handover.open({ from: CHENGDU, to: HANGZHOU });
  const at = await clerk.get(`/v1/cases/${caseNumber}?at=yesterday`);
  expect(problemOf(at)).toEqual({ status: 400, code: 'request.invalid', fields: ['at'] });
  expect(problemOf(await clerk.get('/v1/work-list?cursor=x'))).toEqual({ status: 400, code: 'request.invalid', fields: ['cursor'] });
});

describe('the former region’s clerk is refused with field and reason', () => {
  let handover: Handover;
  beforeAll(async () => {
    handover = await Handover.open({ from: CHENGDU, to: HANGZHOU });
    await handover.give('in', 'accept');
    await handover.give('in', 'send-letter');
    await handover.until('out', 'the letter', ({ case: { status } }) => status === 'letter-received');
  });

  test('before the relation has ended: the balance; with a day to come: the end', async () => {
    const { papers } = handover;
    expect(problemOf(await handover.command('out', 'propose-remittance'))).toMatchObject({ status: 409, code: 'case.wrong-state' });
    const tomorrow = await handover.command('out', 'propose-termination', { ...papers['propose-termination'], terminatedOn: '2099-01-01' });
    expect(problemOf(tomorrow)).toEqual({ status: 422, code: 'case.inconsistent', fields: ['terminatedOn'] });
    await handover.terminate();
  });

  test('an amount that is none', async () => {
    const nothing = await handover.command('out', 'propose-remittance', { ...handover.papers['propose-remittance'], amountFen: 0 });
    expect(problemOf(nothing)).toEqual({ status: 400, code: 'request.invalid', fields: ['amountFen'] });
    await handover.remit();
  });

  test('B8: a balance that is not what was remitted, months that do not add up', async () => {
    const table = handover.papers['propose-table'];
    const balance = await handover.command('out', 'propose-table', { ...table, balanceFen: table.balanceFen + 1 });
    expect(problemOf(balance)).toEqual({ status: 422, code: 'case.inconsistent', fields: ['balanceFen'] });
    const months = await handover.command('out', 'propose-table', { ...table, totalMonths: table.totalMonths + 1 });
    expect(problemOf(months)).toMatchObject({ status: 422, code: 'case.inconsistent', fields: ['totalMonths'] });
  });

  test('F2: a table of more than 200 KB, before a second person sees it', async () => {
    const table = handover.papers['propose-table'];
    const month = (n: number) => `${1985 + Math.floor(n / 12)}-${String(1 + (n % 12)).padStart(2, '0')}`;
    const row = (n: number) => ({ ...table.periods[0], from: month(n), to: month(n), months: 1, remark: '备'.repeat(200) });
    const periods = Array.from({ length: 400 }, (_, n) => row(n));
    const answer = await handover.command('out', 'propose-table', { ...table, periods, totalMonths: 400 });
    expect(problemOf(answer)).toEqual({ status: 422, code: 'message.too-large', fields: ['periods'] });
    await handover.sendTable();
  });

  test('the joined region’s clerk: money of another amount than was remitted', async () => {
    await handover.until('in', 'advice and table', ({ case: { advice, table } }) => advice !== undefined && table !== undefined);
    const money = handover.papers['confirm-money'];
    const answer = await handover.command('in', 'confirm-money', { ...money, amountFen: money.amountFen - 1 });
    expect(problemOf(answer)).toMatchObject({ status: 422, code: 'case.inconsistent', fields: [expect.any(String)] });
  });
});
