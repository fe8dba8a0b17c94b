import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImportView, ResultLine } from '../../schemas/imports.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { applicationBody, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { announce, importFile, statementText } from '../support/network-imports.ts';
import { aTrail, Crash, crashPoints, invoke, type Trail } from '../support/network-invocations.ts';
import { acceptBody, requestOf } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';
import { SUSPENDED } from '../support/roads.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

type Line = { command: ClerkCommandName; caseNumber?: string | undefined; body?: unknown };
const textOf = (lines: readonly Line[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const opening = (n: number): Line => ({ command: 'open', body: { application: applicationBody(n) } });
const openings = (first: number, count: number) => Array.from({ length: count }, (_, i) => opening(first + i));
const commands = (text: string) => ({ office: HANGZHOU_OFFICE, kind: 'commands' as const, text });
const told = ({ outcome, status, code }: ResultLine) => [outcome, status ?? code];
const numbersIn = (results: readonly ResultLine[]) => results.map(({ caseNumber }) => caseNumber!);
const commandsOf = async (caseNumber: string) => (await network.timeline(HANGZHOU, caseNumber)).map(({ command }) => command);

/** Announced and uploaded, to be started by the test. */
async function uploaded(text: string): Promise<ImportView> {
  const { body } = await announce(network, commands(text));
  expect((await put(body, text)).ok).toBe(true);
  return body;
}
function put({ upload }: ImportView, body: string): Promise<Response> {
  const { 'content-length': _, ...headers } = upload!.headers;
  return fetch(upload!.url, { method: 'PUT', headers, body });
}
const start = ({ importNumber }: Pick<ImportView, 'importNumber'>) =>
  network.submit<ImportView & { code: string }>(HANGZHOU_OFFICE, `/v1/imports/${importNumber}/start`);
const view = async ({ importNumber }: Pick<ImportView, 'importNumber'>) =>
  (await network.get<ImportView>(HANGZHOU_OFFICE, `/v1/imports/${importNumber}`)).body;
async function resultsOf(said: ImportView): Promise<ResultLine[]> {
  const text = await (await fetch((await view(said)).resultUrl!)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
/** The worker as the queue calls it, the test deciding when and how far. */
const deliver = ({ importNumber }: ImportView, trail?: Trail) => {
  const Records = [{ messageId: 'm', receiptHandle: 'r', body: JSON.stringify({ region: HANGZHOU, importNumber }), attributes: {} }];
  return invoke(trail, () => network.handlers.imports({ Records } as unknown as SQSEvent));
};

describe('E11: a file of commands', () => {
  let numbers: string[];

  test('opens 200 cases, each with its number in the result; a person who is there already is refused on his line', async () => {
    const { view: imported, results } = await importFile(network, commands(textOf([...openings(1, 200), opening(7)])));
    expect(imported).toMatchObject({ status: 'done', counts: { done: 200, refused: 1 }, errors: [] });
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 201 }, (_, i) => i + 1));
    expect(results.slice(0, 200).map(told)).toEqual(Array(200).fill(['done', 'opened']));
    expect(results[200]).toMatchObject({ line: 201, outcome: 'refused', code: 'case.already-open' });
    expect(results[200]?.errors?.[0]?.reason).toContain(results[6]?.caseNumber);
    numbers = numbersIn(results.slice(0, 200));
    expect(new Set(numbers).size).toBe(200);
    const there = await network.case(HANGZHOU, numbers[41]!);
    expect(there).toMatchObject({
      status: 'opened',
      office: HANGZHOU_OFFICE,
      person: { idNumber: JSON.parse(JSON.stringify(applicationBody(42))).person.idNumber },
    });
  });

  test('answers them: the lines of a case in their order, by the rules of single entry', async () => {
    const lines = numbers.slice(0, 20).flatMap((caseNumber): Line[] => [
      { command: 'send-letter', caseNumber },
      { command: 'accept', caseNumber, body: acceptBody },
      { command: 'send-letter', caseNumber },
      { command: 'complete', caseNumber },
    ]);
    const { results } = await importFile(network, commands(textOf(lines)));
    for (const [i, result] of results.entries()) {
      const expected = [
        ['refused', 'case.wrong-state'],
        ['done', 'accepted'],
        ['done', 'letter-sent'],
        ['refused', 'case.wrong-state'],
      ][i % 4];
      expect(told(result)).toEqual(expected);
    }
    await network.deliverAll();
    expect((await network.case(CHENGDU, numbers[19]!))?.status).toBe('letter-received');
    const single = await network.command(HANGZHOU_OFFICE, numbers[0]!, 'complete');
    expect([single.status, single.body.code, single.body.errors]).toEqual([409, results[3]?.code, results[3]?.errors]);
  });

  test('gives a verdict under the procedure of 2021 at the other side', async () => {
    const online = await startNetwork({ capabilities: { online: [HANGZHOU, CHENGDU] } });
    try {
      const requests = [1, 2, 3].map((n): Line => ({ command: 'request', body: requestOf('transferIn', n) }));
      const { results } = await importFile(online, commands(textOf(requests)));
      expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
      await online.deliverAll();
      const verdicts = numbersIn(results).map((caseNumber): Line => ({ command: 'give-verdict', caseNumber, body: { facts: SUSPENDED } }));
      const given = await importFile(online, { office: CHENGDU_OFFICE, kind: 'commands', text: textOf(verdicts) });
      expect(given.view.counts).toEqual({ done: 3 });
      await online.deliverAll();
      for (const caseNumber of numbersIn(results)) {
        const [there, here] = [await online.case(HANGZHOU, caseNumber), await online.case(CHENGDU, caseNumber)];
        expect([there?.status, here?.status]).toEqual(['accepted', 'accepted']);
      }
    } finally {
      online.close();
    }
  });

  test('handed in again is the same import; started again it gives no command twice', async () => {
    const text = textOf(openings(300, 3));
    const file = await uploaded(text);
    const link = await announce(network, commands(text));
    expect([link.status, link.body.importNumber]).toEqual([200, file.importNumber]);
    const starts = await Promise.all([start(file), start(file), start(file)]);
    expect(starts.map(({ status, body }) => [status, body.status])).toEqual(Array(3).fill([200, 'queued']));
    await network.settle();
    expect(await view(file)).toMatchObject({ status: 'done', counts: { done: 3 } });
    expect((await start(file)).body.status).toBe('done');
    await network.settle();
    for (const caseNumber of numbersIn(await resultsOf(file))) expect(await commandsOf(caseNumber)).toEqual(['open']);
    expect(await announce(network, commands(text))).toMatchObject({ status: 409, body: { code: 'import.repeated' } });
  });

  test('that was not uploaded cannot be started; other bytes are refused whole and can be put right', async () => {
    const text = textOf(openings(310, 2));
    const { body } = await announce(network, commands(text));
    expect((await start(body)).body).toMatchObject({ code: 'import.file-missing' });
    const others = [`${text} `, text.replace('310000', '310001')] as const;
    // The link takes no other length, and no other bytes of this length.
    for (const other of others) expect((await put(body, other)).ok).toBe(false);
    // Somebody with a key of ours could still put them there.
    const Bucket = network.resources.importsBucket;
    const Key = new URL(body.upload!.url).pathname.replace(`/${Bucket}/`, '');
    const force = (Body: string) => network.clients.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    await force(others[0]);
    expect((await start(body)).body).toMatchObject({ code: 'import.file-differs' });
    await force(others[1]);
    await start(body);
    await network.settle();
    expect(await view(body)).toMatchObject({ status: 'refused', errors: [{ code: 'import.file-differs' }], counts: {} });
    await uploaded(text);
    await start(body);
    await network.settle();
    expect(await view(body)).toMatchObject({ status: 'done', counts: { done: 2 } });
  });
});

describe('E1, E11: a worker that dies', () => {
  /** Two parts: cases to open, and lines that nobody understands, which cost nothing. */
  const textFrom = (first: number) => `${textOf(openings(first, 3))}${'{}\n'.repeat(199)}${textOf(openings(first + 3, 2))}`;

  test('at any request goes on at its checkpoint: each row has one result and one case', async () => {
    const calm = await uploaded(textFrom(400));
    await start(calm);
    const trail = aTrail();
    await deliver(calm, trail);
    const expected = (await resultsOf(calm)).map(told);
    expect(expected.filter(([outcome]) => outcome === 'done')).toHaveLength(5);
    // Held, checked, five openings of two writes each, two parts each with its checkpoint, joined, done.
    const points = [...crashPoints(trail), ...trail.requests.flatMap((request, i) => (request === 'S3 PutObject' ? [i + 1] : []))];
    expect(points).toHaveLength(18);
    for (const [i, point] of points.entries()) {
      const file = await uploaded(textFrom(500 + 10 * i));
      await start(file);
      await expect(deliver(file, aTrail(point))).rejects.toThrow(Crash);
      network.advance({ minutes: 16 });
      expect(await deliver(file)).toEqual({ batchItemFailures: [] });
      expect((await view(file)).counts).toEqual({ done: 5, refused: 199 });
      const results = await resultsOf(file);
      expect(results.map(told)).toEqual(expected);
      for (const caseNumber of numbersIn(results.filter(({ outcome }) => outcome === 'done')))
        expect(await commandsOf(caseNumber)).toEqual(['open']);
    }
    // The queue still has its messages: what is done is done.
    await network.settle();
  }, 120_000);
});

describe('B12: a bank statement', () => {
  const line = { account: '330001234567890', valueDate: '2026-03-02', amountFen: 100, bankReference: 'CD20260302000099', remark: '' };

  test('with a broken line in its second half imports nothing of the first', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => ({ ...line, bankReference: `CD2026030200${1_000 + i}` }));
    const broken = lines.map((one, i) => (i === 550 ? { ...one, amountFen: 1.5 } : one));
    const { view: imported, results } = await importFile(network, {
      office: HANGZHOU_OFFICE,
      kind: 'bank-statement',
      text: statementText(broken),
    });
    expect(imported).toMatchObject({ status: 'refused', counts: {}, errors: [{ line: 552, field: 'amountFen' }] });
    expect(results).toEqual([]);
    const { body } = await network.get<{ items: unknown[] }>(HANGZHOU_OFFICE, '/v1/bank-lines');
    expect(body.items).toEqual([]);
  });

  test('that was put right is imported, a result for each line', async () => {
    const { view: imported, results } = await importFile(network, {
      office: HANGZHOU_OFFICE,
      kind: 'bank-statement',
      text: statementText([line]),
    });
    expect(imported).toMatchObject({ status: 'done', counts: { unmatched: 1 } });
    expect(results).toMatchObject([{ line: 2, outcome: 'unmatched', code: 'unknown-reference' }]);
  });
});
