import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateRegion } from '../../functions/directory/changes.ts';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { RegionEntry } from '../../schemas/directory.ts';
import { sourceOf } from '../../schemas/messages.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { aCaseNumber } from '../support/changes.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import type { TestNetwork } from '../support/network.ts';
import { postSigned, sentMessage } from '../support/network-forged.ts';
import { mainOfficeOf } from '../support/network-resources.ts';
import { expectRefused, NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { acceptBody } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
let travel: () => Promise<void>;
let people = 0;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN], capabilities: { online: [HANGZHOU] } });
  travel = sharedTravel(network);
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

const aRoad = (former?: RegionCode) => {
  people += 1;
  return new NetworkRoad({ network, travel, n: people, ...(former !== undefined && { former }) });
};

/** What became of a message in a region's quarantine. */
async function fate(region: RegionCode, id: string): Promise<[string, string] | undefined> {
  await network.settle();
  const item = (await network.quarantine(mainOfficeOf(region))).find((quarantined) => quarantined.id.endsWith(id));
  return item && [item.code, item.path];
}

/** After what was put in its way, the case goes on as if nothing had been. */
async function finishes(road: NetworkRoad): Promise<void> {
  await road.terminate();
  await road.transferred();
  await road.completed();
  await road.handedOver();
}

test('E9: a message of a procedure that nobody knows, of another than its case’s, or that its procedure does not have', async () => {
  const road = await aRoad().lettered();
  const letter = await sentMessage(network, HANGZHOU, road.caseNumber, 'liaison-letter.v1');
  const posted = (said: object) => postSigned(network, { ...letter, id: randomUUID(), ...said });
  expect(await fate(CHENGDU, await posted({ sequence: 2, procedure: '2031.1' }))).toEqual(['message.schema', 'procedure']);
  expect(await fate(CHENGDU, await posted({ sequence: 2, procedure: '2021.1' }))).toEqual(['message.procedure', 'procedure']);
  const unheard = { subject: aCaseNumber(999_001), procedure: '2021.1' };
  expect(await fate(CHENGDU, await posted(unheard))).toEqual(['message.procedure', 'procedure']);
  await finishes(road);
});

const aVerdict = (sequence: number, subject: string) => ({
  ...{
    specversion: '1.0',
    id: randomUUID(),
    source: sourceOf(HANGZHOU),
    subject,
    type: 'cn.jiexu.eligibility-verdict.v1',
    recipient: CHENGDU,
  },
  ...{ time: network.clock.now(), datacontenttype: 'application/json', causationid: randomUUID(), procedure: '2021.1', sequence },
  data: { eligible: true, decidedAt: network.clock.now() },
});

test('E2: a verdict for a case that does not exist is quarantined when it comes first', async () => {
  const id = await postSigned(network, aVerdict(1, aCaseNumber(999_002)));
  expect(await fate(CHENGDU, id)).toEqual(['case.not-found', 'subject']);
});

test('B3, B9: a correction of a version that is not current, of another question or of another person is quarantined; the true answer is taken', async () => {
  const road = await aRoad().lettered();
  const letter = await sentMessage(network, HANGZHOU, road.caseNumber, 'liaison-letter.v1');
  await road.ask('transferOut', 'liaison-letter', ['hukouType']);
  const query = await road.question('transferIn');
  const document = { ...letter.data, hukouType: '3' };
  const correction = async (said: object) => {
    const data = { about: 'liaison-letter', query, replaces: letter.id, document, ...said };
    const id = await postSigned(network, { ...letter, id: randomUUID(), type: 'cn.jiexu.correction.v1', sequence: 2, data });
    return fate(CHENGDU, id);
  };
  expect(await correction({ replaces: randomUUID() })).toEqual(['case.inconsistent', 'data.replaces']);
  expect(await correction({ query: randomUUID() })).toEqual(['case.inconsistent', 'data.query']);
  expect(await correction({ document: { ...document, person: person(91) } })).toEqual([
    'case.inconsistent',
    'data.document.person.idNumber',
  ]);
  expect((await road.here()).letter?.hukouType).toBe('1');
  await road.correct('transferIn', 'liaison-letter', { changes: { hukouType: '2' } });
  expect((await road.here()).letter?.hukouType).toBe('2');
  await finishes(road);
});

test('B5: of two withdrawals at once one is taken and the other told that it waits; a second message of one is noted and changes nothing', async () => {
  const road = await aRoad().lettered();
  const withdraw = () => network.command(road.office('transferIn'), road.caseNumber, 'withdraw', { body: { reason: '本人改变主意' } });
  const answers = await Promise.all([withdraw(), withdraw()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expectRefused(answers.find(({ status }) => status === 409)!, 'case.pending', 'withdrawal', 'waiting');
  await road.ends('withdrawn', 'withdrawn');
  const again = await sentMessage(network, HANGZHOU, road.caseNumber, 'withdrawal.v1');
  const id = await postSigned(network, { ...again, id: randomUUID(), sequence: 3 });
  expect(await fate(CHENGDU, id)).toBeUndefined();
  expect(await road.here()).toMatchObject({ status: 'withdrawn', sequences: { handled: 3, sent: 1 } });
});

test('A13: a scheme that nobody knows and a pair without a rule are refused by field', async () => {
  const open = (scheme: string) => {
    const { voucher } = applicationBody(90);
    return network.open(90, { body: { application: applicationBody(90, { scheme, voucher: { ...(voucher as object), scheme } }) } });
  };
  expectRefused(await open('999'), 'request.invalid', 'application.scheme');
  expectRefused(await open('380'), 'case.not-eligible', 'newScheme', 'scheme-pair');
});

test('B21: capability that changes between opening and acceptance refuses the acceptance with its reason; the case never changes silently', async () => {
  const road = await aRoad(WUHAN).open();
  expect((await road.there()).procedureReason).toBe('counterpart-not-online');
  const directory = createDirectoryStore(network.clients.documents, network.resources.tables.directory);
  const current = (await directory.getRegion(WUHAN))!;
  const entry = RegionEntry.parse({ ...entryOf(current), onlineSince: '2026-03-01' });
  await directory.putRegion(stateRegion(current, entry, { at: network.clock.now(), by: 'test', reason: '上线' })!);
  network.advance({ minutes: 2 });
  const answer = await network.command(road.office('transferIn'), road.caseNumber, 'accept', { body: acceptBody });
  expectRefused(answer, 'case.other-procedure', 'procedure', 'other_procedure');
  expect(answer.body.errors[0]?.reason).toContain('both-online');
  expect(await road.there()).toMatchObject({ status: 'opened', procedure: '2016.2', version: 1 });
  await road.in('withdraw', { reason: '改按2021年暂行办法申请' });
  const anew = await new NetworkRoad(road).request();
  await travel();
  expect((await anew.there()).procedure).toBe('2021.1');
});

/** What people say of a region, without what a deployment adds. */
const entryOf = ({
  inboxUrl: _,
  procedures: __,
  messages: ___,
  signingKeys: ____,
  version: _____,
  changedAt: ______,
  changedBy: _______,
  reason: ________,
  ...entry
}: object & Record<string, unknown>) => entry;

test('E2: a later verdict for a case that does not exist waits, and alerts when its second working day is over', async () => {
  const subject = aCaseNumber(999_003);
  const message = aVerdict(2, subject);
  expect(await fate(CHENGDU, await postSigned(network, message))).toBeUndefined();
  expect((await network.rows(CHENGDU, subject)).map(({ messageId }) => messageId)).toEqual([message.id]);
  network.advance({ days: 3 });
  await network.sweepDeadlines();
  const alerts = (await network.alerts()).filter(({ caseNumber }) => caseNumber === subject);
  expect(alerts.map(({ id }) => id)).toEqual([`${CHENGDU}/${subject}/gap/${message.id}`]);
});
