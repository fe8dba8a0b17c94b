import { randomUUID } from 'node:crypto';
import { CreateLogGroupCommand, CreateLogStreamCommand, DeleteLogGroupCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ENTRIES } from '../../infra/entries.ts';
import { mainOfficeOf } from '../../infra/local/demo-regions.ts';
import { demoVoucherRecord } from '../../infra/local/demo-voucher.ts';
import type { VoucherView } from '../../schemas/vouchers.ts';
import { HANGZHOU } from '../support/documents.ts';
import { clerkIn, request, supervisorIn, until } from '../support/scenario.ts';
import { awsClients, deployedFunctions, holding, peek, queueAttributes, queueUrl, queueUrls, runNow } from '../support/scenario-aws.ts';
import { Handover, requestedAtTransferIn } from '../support/scenario-handover.ts';
import { handInStatement, statementFor } from '../support/scenario-imports.ts';
import { type Logs, logsClient, personalDataInLogs, readLogs } from '../support/scenario-logs.ts';
import { personalDataIn } from '../support/witness.ts';

const aws = awsClients();
afterAll(() => aws.close());

/** A region that no other file moves anybody from, so that its inbox and its quarantine hold what this file put there. */
const SHANGHAI = '310000';
const INBOX = `jiexu-inbox-${SHANGHAI}`;
const DEAD = /dead|dlq/i;
const SEND_QUEUE = 'SendingDispatchQueue';

/** Everything about a message that is not its body. */
const besidesBody = ({ Body: _, ...rest }: Message): string => JSON.stringify(rest);

describe('F4: no personal data beside the data', () => {
  let handover: Handover;
  let wakeUps: Message[];
  let requests: Message[];
  let logs: Logs;

  beforeAll(async () => {
    const move = { from: SHANGHAI, to: HANGZHOU };
    const [sendUrl, inboxUrl] = [await queueUrl(aws.sqs, SEND_QUEUE), await queueUrl(aws.sqs, INBOX)];
    await holding(INBOX, async () => {
      await holding(SEND_QUEUE, async () => {
        handover = await Handover.open(move, requestedAtTransferIn(move));
        wakeUps = await until(
          'a wake-up in the send queue',
          () => peek(aws.sqs, sendUrl),
          (seen) => seen.length > 0,
        );
      });
      requests = await until(
        'the request in the inbox',
        () => peek(aws.sqs, inboxUrl),
        (seen) => seen.length > 0,
      );
    });
    await handover.until('out', 'the request', ({ case: { status } }) => status === 'request-received');
    await misplacePersonalData(handover);
    for (const { name } of await deployedFunctions()) if (name.endsWith('-sweep')) await runNow(name);
    logs = await readLogs(inject('standing').aws);
  });

  test('the attributes of every message in a queue hold none, though the request itself does', () => {
    expect(personalDataIn(requests[0]?.Body ?? '')).toEqual(expect.arrayContaining(['ID number', 'name']));
    expect(requests.concat(wakeUps).flatMap((message) => personalDataIn(besidesBody(message)))).toEqual([]);
    expect(requests[0]?.Attributes).toMatchObject({ MessageGroupId: `${SHANGHAI}-${handover.caseNumber}` });
  });

  test('a wake-up holds a key and nothing else', () => {
    for (const { Body = '' } of wakeUps) {
      expect(Object.keys(JSON.parse(Body))).toEqual(['PK', 'SK']);
      expect(personalDataIn(Body)).toEqual([]);
    }
  });

  test('queues say nothing of anybody, and no message was given up', async () => {
    const urls = await queueUrls(aws.sqs);
    expect(urls.filter((url) => DEAD.test(url)).length).toBeGreaterThan(2);
    for (const url of urls) {
      const attributes = await queueAttributes(aws.sqs, url);
      expect(personalDataIn(`${url} ${JSON.stringify(attributes)}`)).toEqual([]);
      if (DEAD.test(url)) expect([url, attributes.ApproximateNumberOfMessages]).toEqual([url, '0']);
    }
  });

  test('every deployed function has logged, into the group it is configured for', async () => {
    const functions = await deployedFunctions();
    expect(functions.map(({ name }) => name).sort()).toEqual(
      Object.keys(ENTRIES)
        .map((name) => `jiexu-${name}`)
        .sort(),
    );
    expect(functions.filter(({ logGroup }) => (logs.get(logGroup) ?? []).length === 0)).toEqual([]);
  });

  test('the logs tell of the case by its number and count what was quarantined', async () => {
    const functions = await deployedFunctions();
    const logOf = (name: string) => logs.get(functions.find((deployed) => deployed.name === name)!.logGroup)!;
    for (const name of ['jiexu-cases-api', 'jiexu-exchange-dispatch', 'jiexu-exchange-receive']) {
      expect(logOf(name).filter((line) => line.includes(handover.caseNumber))).not.toEqual([]);
    }
    const metrics = logOf('jiexu-exchange-receive').filter((line) => line.includes('CloudWatchMetrics'));
    expect(metrics.filter((line) => line.includes('"Quarantined":1'))).not.toEqual([]);
  });

  test('no log event of any function holds an ID number or the name of a person', () => {
    expect(personalDataInLogs(logs)).toEqual([]);
  });

  test('the same scan finds a number and a name that were planted', async () => {
    const client = logsClient(inject('standing').aws);
    const logGroupName = `/planted/${randomUUID()}`;
    const { name, idNumber } = handover.papers.open.application.person;
    await client.send(new CreateLogGroupCommand({ logGroupName }));
    await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'planted' }));
    const message = JSON.stringify({ level: 'INFO', message: `opened for ${name}`, path: `/${idNumber.toLowerCase()}` });
    await client.send(new PutLogEventsCommand({ logGroupName, logStreamName: 'planted', logEvents: [{ timestamp: Date.now(), message }] }));
    const findings = personalDataInLogs(await readLogs(inject('standing').aws));
    await client.send(new DeleteLogGroupCommand({ logGroupName }));
    client.destroy();
    expect(findings.sort()).toEqual([`${logGroupName}: ID number`, `${logGroupName}: name`]);
  });
});

/** Personal data wherever a caller can put it by mistake: in paths, questions, headers, bodies and messages that are refused. */
async function misplacePersonalData({ papers, caseNumber }: Handover): Promise<void> {
  const { name, idNumber } = papers.open.application.person;
  const clerk = clerkIn(HANGZHOU);
  for (const value of [idNumber, encodeURIComponent(name)]) {
    await clerk.get(`/v1/cases/${value}`);
    await clerk.get(`/v1/cases/${caseNumber}?at=${value}`);
    await clerk.get(`/v1/work-list?cursor=${value}`);
    await clerk.get(`/v1/procedure?counterpart=${value}`);
    await clerk.get(`/v1/cases/${value}/messages`);
    await clerk.get(`/v1/applications/${value}`);
    await clerk.post(`/v1/cases/${caseNumber}/messages/${value}/open`);
    await clerk.get(`/v1/directory/offices/${value}`);
    await clerk.get(`/v1/directory/regions/${value}`);
    await clerk.post(`/v1/quarantine/${value}/replay`);
    await clerk.get(`/v1/notices?cursor=${value}`);
    await clerk.get(`/v1/cases/${value}/record`);
    await clerk.get(`/v1/cases/${value}/reconciliation`);
    await clerk.get(`/v1/issued-vouchers/${value}`);
    await clerk.post(`/v1/issued-vouchers/${value}/reissue`, { body: { reason: value } });
    await clerk.get(`/v1/voucher-register/${value}`);
    await clerk.get(`/v1/bank-lines?cursor=${value}`);
    await clerk.post(`/v1/bank-lines/${value}/match`, { body: { caseNumber: value } });
    await clerk.post(`/v1/bank-lines/${value}/propose-return`, { body: { reason: value } });
    await clerk.post(`/v1/imports/${value}/start`);
    await clerk.get(`/v1/directory/regions/${value}/rules?version=${value}`);
  }
  await clerk.post('/v1/cases', { key: idNumber, body: papers.open });
  await clerk.post('/v1/cases', { body: { application: { ...papers.open.application, [idNumber]: name, scheme: name } } });
  await clerk.post('/v1/cases', { body: papers.open });
  await clerk.post('/v1/transfer-requests', { body: { ...papers['give-verdict'], request: papers.request.request } });
  await clerk.post('/v1/applications', { body: { person: papers.open.application.person, formerRegions: [name, idNumber] } });
  await clerk.post('/v1/vouchers', { body: { ...papers['send-voucher'], newRegion: name, [idNumber]: name } });
  await clerk.post(`/v1/cases/${caseNumber}/withdraw`, { body: { reason: `${name} ${idNumber}` }, ifMatch: idNumber });
  await clerk.post(`/v1/cases/${caseNumber}/${encodeURIComponent(name)}`, { body: { reason: idNumber } });
  const asked = { caseNumber, idNumber, region: HANGZHOU };
  for (const body of [
    asked,
    { ...asked, region: SHANGHAI, idNumber: name },
    { ...asked, caseNumber: idNumber, region: name, [idNumber]: name },
  ]) {
    await request(undefined, 'POST', '/v1/progress', { body });
  }
  // Names and numbers where they belong, and where they do not.
  const record = demoVoucherRecord(papers);
  const { body: issued } = await clerk.post<VoucherView>('/v1/issued-vouchers', { body: record });
  await clerk.post('/v1/issued-vouchers', { key: idNumber, body: record });
  await clerk.post('/v1/issued-vouchers', { body: { ...record, [idNumber]: name, participation: 'active' } });
  const printed = { voucherId: issued.voucherId, serial: 0, code: issued.copies[0]?.code, document: issued.voucher };
  for (const body of [printed, { ...printed, code: name, document: { ...issued.voucher, [idNumber]: name } }, { voucherId: idNumber }]) {
    await request(undefined, 'POST', '/v1/voucher-check', { body });
  }
  const card = { number: 'medical:330100:00123456', name, phone: '13800000000' };
  await clerk.post('/v1/identities', { body: { card, person: { idNumber, name, phone: card.phone } } });
  await clerk.post('/v1/identities', { body: { card: { ...card, number: name }, person: { idNumber: name, [idNumber]: name } } });
  const { facts } = papers['assess-entitlement'];
  await clerk.post('/v1/entitlement', { body: { from: 'employee', to: 'employee', facts: { ...facts, [idNumber]: name } } });
  await clerk.post('/v1/imports', { body: { kind: name, sha256: idNumber, [idNumber]: name } });
  const statement = statementFor(papers, HANGZHOU, `${name}${idNumber}`);
  expect((await handInStatement(clerk, statement)).status).toBe('done');
  expect((await handInStatement(clerk, `${statement}${idNumber},${name},"${name}\n`)).status).toBe('refused');
  expect((await clerk.get<object>('/v1/bank-lines')).body).toMatchObject({ region: HANGZHOU });
  await clerk.put(`/v1/directory/offices/${mainOfficeOf(HANGZHOU)}`, { body: { contact: name } });
  const QueueUrl = await queueUrl(aws.sqs, INBOX);
  const bodies = [`${name} ${idNumber}`, JSON.stringify({ id: idNumber, type: name, [idNumber]: name, subject: idNumber })];
  for (const MessageBody of bodies) {
    const group = { MessageGroupId: `${SHANGHAI}-${caseNumber}`, MessageDeduplicationId: randomUUID() };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...group }));
  }
  const seen = async () => (await supervisorIn(SHANGHAI).get<{ items: { code: string }[] }>('/v1/quarantine')).body.items;
  await until(
    'both in quarantine',
    seen,
    (items) => items.some(({ code }) => code === 'message.not-json') && items.some(({ code }) => code === 'message.schema'),
  );
}
