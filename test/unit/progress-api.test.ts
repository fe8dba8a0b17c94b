import type { APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { caseNumberOf } from '../../functions/cases/numbers.ts';
import { type ProgressDeps, progressHandler } from '../../functions/cases/progress-api.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import { CalendarDate, RegionCode } from '../../schemas/primitives.ts';
import { Progress } from '../../schemas/progress.ts';
import { directory } from '../support/case-api.ts';
import { CASE_NUMBER, caseIn, NOW, TODAY, WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { eventOf, type HttpCall } from '../support/http.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const ROUTE = 'POST /v1/progress';
const OWN = person(1).idNumber;
const OTHER = person(2).idNumber;
const UNKNOWN = caseNumberOf(HANGZHOU, TODAY, 999);
const RIGHT = { caseNumber: CASE_NUMBER, idNumber: OWN, region: HANGZHOU };

const inHangzhou = caseIn('accepted');
const inChengdu = caseIn('letter-received');

/** The route with one case of the first person at both regions; `reads` and `counts` remember what was asked of the table. */
function progressApi({ passes = true, fault }: { passes?: boolean; fault?: Error } = {}) {
  const seen = unitWitness();
  const reads: string[] = [];
  const counts: string[] = [];
  const deps: ProgressDeps = {
    store: {
      readCase: async (region, caseNumber) => {
        reads.push(`${region} ${caseNumber}`);
        if (fault) throw fault;
        return [inHangzhou, inChengdu].find((state) => state.region === region && state.caseNumber === caseNumber);
      },
    },
    directory: { region: async (code) => (code === WUHAN ? directory.region(HANGZHOU) : directory.region(code)) },
    attempts: {
      count: async (region, caseNumber, now) => {
        expect(reads).toEqual([]);
        counts.push(`${region} ${caseNumber} ${now}`);
        return passes;
      },
    },
    clock: { now: () => NOW },
    log: seen.log,
  };
  const handler = httpHandler(new Map(), seen.log, untouched('metrics', { count: () => {} }), new Map([[ROUTE, progressHandler(deps)]]));
  const ask = async (body: unknown, said: HttpCall = {}) => {
    const answer = (await handler(eventOf(ROUTE, { body, ...said }), {} as Context)) as APIGatewayProxyStructuredResultV2;
    return { status: answer.statusCode, headers: answer.headers, text: String(answer.body), body: JSON.parse(String(answer.body)) };
  };
  return { ask, reads, counts, lines: seen.lines };
}

describe('B19: number and ID', () => {
  test('tell step, holder and due date, at either region, and nothing of the person', async () => {
    const { ask } = progressApi();
    const there = await ask(RIGHT);
    expect([there.status, there.body]).toEqual([
      200,
      {
        caseNumber: CASE_NUMBER,
        procedure: '2016.1',
        step: 'accepted',
        stepName: '转入地已受理，待发出联系函',
        holder: HANGZHOU,
        dueOn: '2026-03-23',
      },
    ]);
    const here = await progressApi().ask({ ...RIGHT, region: CHENGDU });
    expect([here.status, here.body.step, here.body.holder]).toEqual([200, 'transferring-out', CHENGDU]);
    for (const { body, text } of [there, here]) {
      expect(Progress.parse(body)).toEqual(body);
      expect(text).not.toContain(OWN);
      expect(text).not.toContain(person(1).name);
    }
  });

  test.each([
    ['spaces and full-width digits', ` ${OWN.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))} `],
    ['a small x', OWN.toLowerCase()],
  ])('are taken as people type them: %s', async (_case, idNumber) => {
    expect((await progressApi().ask({ ...RIGHT, idNumber })).status).toBe(200);
  });

  test('need no token, and a token changes nothing', async () => {
    const without = await progressApi().ask(RIGHT);
    for (const claims of [
      { sub: 'x', office: '33010001', role: 'clerk' },
      { sub: 'x', office: '65010001', role: 'ministry' },
      { role: 7 },
    ]) {
      expect(await progressApi().ask(RIGHT, { claims })).toEqual(without);
    }
  });
});

describe('B19: a wrong guess learns nothing', () => {
  const guesses: [string, Record<string, unknown>][] = [
    ['another ID', { ...RIGHT, idNumber: OTHER }],
    ['a number that nobody has', { ...RIGHT, caseNumber: UNKNOWN }],
    ['a region that has no copy', { ...RIGHT, region: WUHAN }],
    ['a region that the directory does not know', { ...RIGHT, region: RegionCode.parse('650100') }],
    ['nothing right at all', { caseNumber: caseNumberOf(CHENGDU, CalendarDate.parse('2020-01-02'), 7), idNumber: OTHER, region: CHENGDU }],
  ];

  test('whatever is wrong, the answer is the same to the byte', async () => {
    const answers = [];
    for (const [, body] of guesses) answers.push(await progressApi().ask(body));
    expect(answers[0]).toMatchObject({
      status: 404,
      body: { code: 'progress.not-found', title: '未查到办理进度，请核对业务编号和证件号码', errors: [{ field: '', code: 'unknown' }] },
    });
    for (const { status, text, headers } of answers) {
      expect([status, text, headers]).toEqual([answers[0]?.status, answers[0]?.text, answers[0]?.headers]);
    }
  });

  test.each(guesses)('%s is no view of a record, and no line holds what was said', async (_case, body) => {
    const { ask, lines } = progressApi();
    await ask(body);
    expect(lines).toEqual([
      { level: 'warn', code: 'http.refused', fields: { route: ROUTE, requestId: 'request-1', status: 404, code: 'progress.not-found' } },
    ]);
  });
});

describe('B19: the query is limited', () => {
  test('every question is counted once, good or bad, before anything is looked up', async () => {
    for (const body of [RIGHT, { ...RIGHT, idNumber: OTHER }]) {
      const { ask, counts, reads } = progressApi();
      await ask(body);
      expect([counts, reads]).toEqual([[`${HANGZHOU} ${CASE_NUMBER} ${NOW}`], [`${HANGZHOU} ${CASE_NUMBER}`]]);
    }
  });

  test('beyond the limit right and wrong are answered alike: 429, when to come back, nothing read', async () => {
    const answers = [];
    for (const body of [RIGHT, { ...RIGHT, idNumber: OTHER }, { ...RIGHT, caseNumber: UNKNOWN }]) {
      const { ask, reads, lines } = progressApi({ passes: false });
      answers.push(await ask(body));
      expect(reads).toEqual([]);
      expect(lines.map(({ code }) => code)).toEqual(['http.refused']);
    }
    expect(answers[0]).toMatchObject({ status: 429, headers: { 'retry-after': '3600' }, body: { code: 'progress.too-many' } });
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
  });

  test('regions that somebody invents make no counters', async () => {
    const { ask, counts, reads } = progressApi();
    await ask({ ...RIGHT, region: '650100' });
    expect([counts, reads]).toEqual([[], []]);
  });
});

describe('B19: what is malformed', () => {
  const BROKEN = `${OWN.slice(0, 17)}${OWN.endsWith('0') ? '1' : '0'}`;
  test.each<[string, unknown, string]>([
    ['no body', undefined, 'caseNumber'],
    ['no ID', { caseNumber: CASE_NUMBER, region: HANGZHOU }, 'idNumber'],
    ['an ID whose check character is wrong', { ...RIGHT, idNumber: BROKEN }, 'idNumber'],
    ['an ID that is no text', { ...RIGHT, idNumber: 7 }, 'idNumber'],
    ['a case number whose check digit is wrong', { ...RIGHT, caseNumber: `${CASE_NUMBER.slice(0, -1)}x` }, 'caseNumber'],
    ['no region', { ...RIGHT, region: undefined }, 'region'],
    ['more than is asked for', { ...RIGHT, name: person(1).name }, ''],
  ])('%s is refused by field without the value, neither counted nor looked up', async (_case, body, field) => {
    const { ask, counts, reads, lines } = progressApi();
    const answer = await ask(body);
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
    for (const value of [OWN, BROKEN, person(1).name]) expect(answer.text).not.toContain(value);
    expect([counts, reads, lines.map(({ code }) => code)]).toEqual([[], [], ['http.refused']]);
  });
});

describe('F3, F4: the log', () => {
  test('says that the person saw the record of which case where, and never with what ID', async () => {
    const { ask, lines } = progressApi();
    await ask(RIGHT);
    expect(lines).toEqual([
      {
        level: 'info',
        code: 'record.viewed',
        fields: { caseNumber: CASE_NUMBER, region: HANGZHOU, office: inHangzhou.office, role: 'person' },
      },
      { level: 'info', code: 'http.answered', fields: { route: ROUTE, requestId: 'request-1', status: 200 } },
    ]);
  });

  test('says nothing of it when we fail, and neither does the answer', async () => {
    const { ask, lines } = progressApi({ fault: new Error(`no row for ${OWN}`) });
    const answer = await ask(RIGHT);
    expect([answer.status, answer.body.code]).toEqual([500, 'server.fault']);
    expect(lines.map(({ code }) => code)).toEqual(['http.fault']);
    expect(answer.text + JSON.stringify(lines)).not.toContain(OWN);
  });
});
