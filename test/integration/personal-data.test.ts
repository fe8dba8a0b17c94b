import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PublishCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { application, applicationBody, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { importFile, statementText } from '../support/network-imports.ts';
import { people, playStories } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';
import { recordBody } from '../support/vouchers.ts';
import { LOG_DIRECTORY, personalDataIn, scanSavedLogs, witness } from '../support/witness.ts';

let network: TestNetwork;
let directory: string;
beforeAll(async () => {
  network = await startNetwork();
  directory = await mkdtemp(path.join(tmpdir(), 'jiexu-logs-'));
});
afterAll(async () => {
  network.close();
  await rm(directory, { recursive: true });
});

describe('F4: logs, metrics, attributes of queues and topics and keys in streams hold no ID number and no name', () => {
  test('of whole cases, refusals, quarantine and a fault with a person in its message', async () => {
    await playStories(network, people(1, 3));
    await network.open(4, { body: { application: applicationBody(4, { appliedOn: '2027-01-01' }) } });
    await network.open(5, { body: { application: { person: person(5) } } });
    await network.command(HANGZHOU_OFFICE, '330100-20260302-000001-1', 'accept', { body: { person: person(6) } });
    await network.post([...network.resources.inboxes.keys()][0]!, JSON.stringify({ id: person(7).idNumber, data: person(7) }));
    const trouble = () => {
      throw Object.assign(new Error(`cannot store ${person(8).idNumber}`), { item: application(8) });
    };
    network.troubles.add(trouble);
    expect((await network.open(8)).status).toBe(500);
    network.troubles.delete(trouble);
    await network.settle();
    network.seen.save();
    const { lines, findings } = scanSavedLogs();
    expect(findings).toEqual([]);
    expect(lines).toBeGreaterThan(200);
  });

  test('of vouchers, statements, identities and notices, asked for as they should be and as they should not', async () => {
    const { name, idNumber } = person(21);
    const post = (path: string, body: object) => network.submit<{ voucherId: string }>(HANGZHOU_OFFICE, path, { body });
    const issued = await post('/v1/issued-vouchers', recordBody(21));
    expect(issued.status).toBe(201);
    await post('/v1/issued-vouchers', { ...recordBody(21), [idNumber]: name });
    await post(`/v1/issued-vouchers/${issued.body.voucherId}/reissue`, { reason: `${name} ${idNumber}` });
    const check = { voucherId: issued.body.voucherId, serial: 0, code: name, document: { person: person(21) } };
    await network.request({ method: 'POST', path: '/v1/voucher-check', body: check });
    const card = { number: 'medical:330100:00123456', name, phone: '13800000000' };
    expect((await post('/v1/identities', { card, person: { idNumber, name, phone: card.phone } })).status).toBe(200);
    await post('/v1/identities', { card: { ...card, number: idNumber }, person: { idNumber: name } });
    const line = { account: '0000330100000000001', valueDate: '2026-03-02', amountFen: 5, bankReference: 'CD20260302000077' };
    const statement = statementText([{ ...line, remark: `${name}${idNumber}` }]);
    const handing = { office: HANGZHOU_OFFICE, kind: 'bank-statement' } as const;
    expect((await importFile(network, { ...handing, text: statement })).view.status).toBe('done');
    expect((await importFile(network, { ...handing, text: `${statement}${idNumber},${name}\r\n` })).view.status).toBe('refused');
    const commands = { command: 'open', body: { application: { person: person(22), [idNumber]: name } } };
    const file = { office: HANGZHOU_OFFICE, kind: 'commands', text: `${JSON.stringify(commands)}\n${name}\n` } as const;
    expect((await importFile(network, file)).view.counts).toEqual({ refused: 2 });
    await network.get(HANGZHOU_OFFICE, '/v1/bank-lines');
    await post('/v1/bank-lines/CD20260302000077~2026-03-02~5/propose-return', { reason: `${name} ${idNumber}` });
    await network.sweepDeadlines();
    network.seen.save();
    const { lines, findings } = scanSavedLogs();
    expect(findings).toEqual([]);
    expect(lines).toBeGreaterThan(20);
  });

  test.each([
    ['an ID number in a log line', `{"level":"info","path":"${person(11).idNumber}"}`, 'ID number'],
    ['an ID number with a small x', `{"MessageGroupId":"${'11010519491231002x'}"}`, 'ID number'],
    ['a name in the attribute of a topic', `{"Subject":"${person(12).name}"}`, 'name'],
  ])('the scan finds %s', async (_, line, kind) => {
    expect(personalDataIn(line)).toEqual([kind]);
    await writeFile(path.join(directory, 'planted.jsonl'), `{"level":"info"}\n${line}\n`);
    expect(scanSavedLogs(directory)).toEqual({ lines: 2, findings: [`planted.jsonl:2: ${kind}`] });
  });

  test('the scan would find what the network itself witnesses: a planted log field, a thrown error, an attribute', () => {
    const seen = witness(`planted-${process.pid}`);
    seen.log.info('case.changed', { path: person(13).idNumber });
    seen.thrown(Object.assign(new Error('no'), { item: { person: person(14) } }));
    seen.attributes('Publish', new PublishCommand({ Message: person(15).name }).input);
    seen.save(directory);
    expect(scanSavedLogs(directory).findings.filter((finding) => finding.startsWith(`planted-${process.pid}`))).toHaveLength(4);
    expect(LOG_DIRECTORY).not.toBe(directory);
  });
});
