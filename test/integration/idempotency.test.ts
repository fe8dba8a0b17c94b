import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applicationBody, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, remittanceBody } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { aTrail, Crash } from '../support/network-invocations.ts';
import { acceptBody } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(() => network.close());

const opened = async (n: number) => (await network.open(n)).body.caseNumber;

describe('E1: one key, one command', () => {
  test('the same key and body give the same answer, also when the case has long moved on', async () => {
    const key = randomUUID();
    const first = await network.open(1, { key });
    const { caseNumber } = first.body;
    const acceptKey = randomUUID();
    const accepted = await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key: acceptKey });
    expect(await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key: acceptKey })).toEqual(accepted);
    await network.command(HANGZHOU_OFFICE, caseNumber, 'send-letter');
    network.advance({ days: 30 });
    expect(await network.open(1, { key })).toEqual(first);
    expect(await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key: acceptKey })).toEqual(accepted);
    expect((await network.timeline(HANGZHOU, caseNumber)).map(({ command }) => command)).toEqual(['open', 'accept', 'send-letter']);
  });

  test('the same key with another body is refused with 409', async () => {
    const key = randomUUID();
    await network.open(2, { key });
    const other = await network.open(2, { key, body: { application: applicationBody(2, { address: '杭州市演示路3号' }) } });
    expect(other).toMatchObject({ status: 409, body: { code: 'request.key-reused', errors: [{ field: 'Idempotency-Key' }] } });
  });

  test('the same key for another case is refused', async () => {
    const [one, two] = [await opened(3), await opened(4)];
    const key = randomUUID();
    await network.command(HANGZHOU_OFFICE, one, 'accept', { body: acceptBody, key });
    expect(await network.command(HANGZHOU_OFFICE, two, 'accept', { body: acceptBody, key })).toMatchObject({
      status: 409,
      body: { code: 'request.key-reused' },
    });
  });

  test('a refused first try does not use up the key', async () => {
    const caseNumber = await opened(5);
    const key = randomUUID();
    expect((await network.command(HANGZHOU_OFFICE, caseNumber, 'send-letter', { key })).status).toBe(409);
    await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody });
    expect((await network.command(HANGZHOU_OFFICE, caseNumber, 'send-letter', { key })).status).toBe(200);
  });

  test('the answer that a crash swallowed is given on the second try', async () => {
    const caseNumber = await opened(6);
    const key = randomUUID();
    const trail = aTrail(2);
    await expect(network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key }, trail)).rejects.toThrow(Crash);
    expect(trail.requests).toEqual(['DynamoDB GetItem', 'DynamoDB TransactWriteItems']);
    const [, entry] = await network.timeline(HANGZHOU, caseNumber);
    expect(entry).toMatchObject({ n: 2, command: 'accept' });
    network.advance({ hours: 1 });
    const answer = await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key });
    expect(answer).toMatchObject({ status: 200, body: { version: 2, status: 'accepted', recordedAt: entry!.recordedAt } });
  });

  test('ten at the same instant are one command with one answer', async () => {
    const key = randomUUID();
    const openings = await Promise.all(Array.from({ length: 10 }, () => network.open(7, { key })));
    expect(new Set(openings.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const { caseNumber } = openings[0]!.body;
    const acceptKey = randomUUID();
    const accepts = await Promise.all(
      Array.from({ length: 10 }, () => network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody, key: acceptKey })),
    );
    expect(new Set(accepts.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await network.timeline(HANGZHOU, caseNumber)).map(({ command }) => command)).toEqual(['open', 'accept']);
  });

  test('ten keys at the same instant: one command is done, the others are told', async () => {
    const caseNumber = await opened(8);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array(9).fill(409)]);
  });

  test('two cases of one person opened at the same instant: one is opened, the other is told its number', async () => {
    const answers = await Promise.all([network.open(9), network.open(9)]);
    const [first] = answers.filter(({ status }) => status === 201);
    const [second] = answers.filter(({ status }) => status === 409);
    expect(second?.body).toMatchObject({ code: 'case.already-open' });
    expect(second?.body.errors[0]?.reason).toContain(first?.body.caseNumber);
  });

  test('a message is handled once, whoever sends it how often: the clerk of Chengdu sees one letter', async () => {
    network.settings.hops = () => 'duplicate';
    const caseNumber = await opened(10);
    await network.command(HANGZHOU_OFFICE, caseNumber, 'accept', { body: acceptBody });
    await network.command(HANGZHOU_OFFICE, caseNumber, 'send-letter');
    await network.deliverAll();
    network.settings.hops = () => 'none';
    const early = await network.command(CHENGDU_OFFICE, caseNumber, 'propose-remittance', { body: remittanceBody() });
    expect(early).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
  });
});
