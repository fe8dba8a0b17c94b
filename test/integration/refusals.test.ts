import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { ProblemDetail } from '../../schemas/problems.ts';
import { aRegion } from '../support/directory.ts';
import {
  applicationBody,
  CHENGDU,
  CHENGDU_OFFICE,
  HANGZHOU,
  HANGZHOU_OFFICE,
  moneyBody,
  person,
  remittanceBody,
  tableBody,
} from '../support/documents.ts';
import type { Answer, Said, TestNetwork } from '../support/network.ts';
import { openStories, playStage, STAGES } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

const SECOND_OFFICE = OfficeCode.parse('33010002');
/** A real region that this directory knows, without an inbox. */
const URUMQI = RegionCode.parse('650100');

let network: TestNetwork;
/** Advised and waiting for the table and the money at Hangzhou; Chengdu sends the table next. */
let underWay: string;
let justOpened: string;
beforeAll(async () => {
  network = await startNetwork();
  const directory = createDirectoryStore(network.clients.documents, network.resources.tables.directory);
  await directory.putRegion(aRegion({ code: URUMQI, name: '乌鲁木齐市' }));
  const [story, second] = await openStories(network, [{ n: 1 }, { n: 2 }]);
  underWay = story!.caseNumber;
  justOpened = second!.caseNumber;
  await playStage(network, [story!], STAGES[0]!);
  await network.settle();
  await playStage(network, [story!], STAGES[1]!.slice(0, 4));
  await network.settle();
});
afterAll(() => network.close());

/** Every refusal is a problem detail: Chinese first, each finding with field and reason, and never the value that was sent. */
function expectProblem({ status, body }: Answer, expected: { status: number; code: string; field?: string }) {
  const problem = ProblemDetail.parse(body);
  expect({ status, code: problem.code }).toEqual({ status: expected.status, code: expected.code });
  expect(problem).toMatchObject({ status, type: `urn:jiexu:problem:${problem.code}` });
  expect(problem.title).toMatch(/\p{Script=Han}/u);
  expect(problem.titleEn).toMatch(/^[\x20-\x7e]+$/);
  for (const { reason } of problem.errors) expect(reason).toMatch(/\p{Script=Han}/u);
  if (expected.field !== undefined) expect(problem.errors.map(({ field }) => field)).toContain(expected.field);
  expect(JSON.stringify(body)).not.toContain(person(1).idNumber);
}

const voucher = (said: Record<string, unknown>) => ({ voucher: { ...(applicationBody(90).voucher as object), ...said } });
const from = (region: RegionCode) => ({ formerRegion: region, ...voucher({ participationRegion: region }) });
const badChecksum = { name: person(90).name, idNumber: person(90).idNumber.replace(/.$/, (last) => (last === '1' ? '2' : '1')) };

describe('an application is refused by field', () => {
  const applications: [string, Record<string, unknown>, { status: number; code: string; field: string }][] = [
    ['for a region that nobody knows', from(RegionCode.parse('659001')), refusal(422, 'recipient.unknown', 'application.formerRegion')],
    ['for a region without an inbox', from(URUMQI), refusal(422, 'recipient.not-connected', 'application.formerRegion')],
    ['with a wrong check digit', { person: badChecksum }, refusal(400, 'request.invalid', 'application.person.idNumber')],
    [
      'with another person on the voucher',
      voucher({ person: person(91) }),
      refusal(422, 'case.inconsistent', 'application.voucher.person.idNumber'),
    ],
    ['from the region itself', from(HANGZHOU), refusal(422, 'case.inconsistent', 'application.formerRegion')],
    ['with money that is no whole fen', voucher({ balanceFen: 1.5 }), refusal(400, 'request.invalid', 'application.voucher.balanceFen')],
    ['with a date that does not exist', { appliedOn: '2026-02-30' }, refusal(400, 'request.invalid', 'application.appliedOn')],
  ];
  test.each(applications)('%s', async (_, said, expected) => {
    expectProblem(await network.open(90, { body: { application: applicationBody(90, said) } }), expected);
  });

  test('without anything in it', async () => {
    expectProblem(await network.open(90, { body: {} }), refusal(400, 'request.invalid', 'application'));
  });

  test('that is no JSON', async () => {
    expectProblem(await network.open(90, { body: '{"application": ' }), refusal(400, 'request.invalid', ''));
  });
});

function refusal(status: number, code: string, field: string) {
  return { status, code, field };
}

/** 400 rows, each with the longest remark: some 320 KB. */
const hugeTable = () => {
  const [row] = tableBody().periods;
  const month = (n: number) => `${1990 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
  const periods = Array.from({ length: 400 }, (_, n) => ({
    ...{ ...row, from: month(n), to: month(n), months: 1, remark: '备'.repeat(200), officeName: '成'.repeat(60) },
  }));
  return tableBody({ periods, totalMonths: 400 });
};

describe('a command is refused with its reason and changes nothing', () => {
  const ask = (office: OfficeCode, caseNumber: () => string, name: Parameters<TestNetwork['command']>[2], said: () => Said = () => ({})) =>
    [office, caseNumber, name, said] as const;
  const running = () => underWay;
  const fresh = () => justOpened;
  const unknown = () => '330100-20260302-999999-5';
  const table: [string, ReturnType<typeof ask>, { status: number; code: string; field?: string }][] = [
    ['in the wrong state', ask(HANGZHOU_OFFICE, fresh, 'complete'), refusal(409, 'case.wrong-state', 'status')],
    [
      'for the other side',
      ask(HANGZHOU_OFFICE, running, 'propose-table', () => ({ body: tableBody() })),
      refusal(409, 'case.wrong-state', 'status'),
    ],
    ['by another office of the region', ask(SECOND_OFFICE, fresh, 'accept'), { status: 403, code: 'caller.wrong-office' }],
    ['by another region, before the letter has come', ask(CHENGDU_OFFICE, fresh, 'accept'), { status: 404, code: 'case.not-found' }],
    ['on a number that was never given', ask(HANGZHOU_OFFICE, unknown, 'accept'), { status: 404, code: 'case.not-found' }],
    [
      'on a version that is past',
      ask(HANGZHOU_OFFICE, running, 'confirm-money', () => ({ body: moneyBody(), ifMatch: 2 })),
      refusal(412, 'case.stale-version', 'If-Match'),
    ],
    [
      'with another amount than was advised',
      ask(HANGZHOU_OFFICE, running, 'confirm-money', () => ({ body: moneyBody({ amountFen: 1 }) })),
      refusal(422, 'case.inconsistent', 'amountFen'),
    ],
    [
      'with a balance that is not the remittance',
      ask(CHENGDU_OFFICE, running, 'propose-table', () => ({ body: tableBody({ balanceFen: 5 }) })),
      refusal(422, 'case.inconsistent', 'balanceFen'),
    ],
    [
      'with a message over 200 KB',
      ask(CHENGDU_OFFICE, running, 'propose-table', () => ({ body: hugeTable() })),
      refusal(422, 'message.too-large', 'periods'),
    ],
    [
      'with an amount of nothing',
      ask(CHENGDU_OFFICE, running, 'propose-remittance', () => ({ body: remittanceBody({ amountFen: 0 }) })),
      refusal(400, 'request.invalid', 'amountFen'),
    ],
    [
      'with a field that it does not have',
      ask(HANGZHOU_OFFICE, fresh, 'accept', () => ({ body: { version: 7 } })),
      refusal(400, 'request.invalid', ''),
    ],
    [
      'by the ministry',
      ask(HANGZHOU_OFFICE, fresh, 'accept', () => ({ role: 'ministry' })),
      { status: 403, code: 'caller.role-not-allowed' },
    ],
    [
      'under a key that is no UUID',
      ask(HANGZHOU_OFFICE, fresh, 'accept', () => ({ key: 'abc' })),
      refusal(400, 'request.invalid', 'Idempotency-Key'),
    ],
    [
      'without a key',
      ask(HANGZHOU_OFFICE, fresh, 'accept', () => ({ key: '' })),
      refusal(400, 'request.no-idempotency-key', 'Idempotency-Key'),
    ],
  ];
  test.each(table)('%s', async (_, [office, caseNumber, name, said], expected) => {
    const versions = async () =>
      Promise.all(
        [HANGZHOU, CHENGDU].flatMap((region) => [underWay, justOpened].map(async (n) => (await network.case(region, n))?.version)),
      );
    const before = await versions();
    expectProblem(await network.command(office, caseNumber(), name, said()), expected);
    expect(await versions()).toEqual(before);
  });

  test('by an office that the directory does not have', async () => {
    const answer = await network.command(OfficeCode.parse('11010001'), justOpened, 'accept', { key: randomUUID() });
    expectProblem(answer, { status: 401, code: 'caller.unknown' });
  });
});
