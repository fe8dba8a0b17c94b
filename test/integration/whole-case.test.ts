import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import { timelineKey } from '../../functions/cases/keys.ts';
import type { CaseView, TimelineView, WorkListView } from '../../schemas/api.ts';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import { CaseNumber, LetterNumber, type OfficeCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import {
  BALANCE_FEN,
  CHENGDU,
  CHENGDU_OFFICE,
  HANGZHOU,
  HANGZHOU_OFFICE,
  moneyBody,
  person,
  referenceOf,
  remittanceBody,
  tableBody,
} from '../support/documents.ts';
import type { Said, TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import { acceptBody, noticeBody, SECOND_PERSON, terminationBody } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(() => network.close());

const say = async (office: OfficeCode, caseNumber: string, name: ClerkCommandName, body: unknown = {}, said: Said = {}) => {
  const answer = await network.command(office, caseNumber, name, { body, ...said });
  expect(answer).toMatchObject({ status: 200, body: { caseNumber } });
  network.advance({ minutes: 7 });
  await network.settle();
  return answer.body;
};
/** One person proposes, another approves (F2). */
async function approve(caseNumber: string, name: 'termination' | 'remittance' | 'table', body: unknown) {
  const { version: proposal } = await say(CHENGDU_OFFICE, caseNumber, `propose-${name}`, body);
  return say(CHENGDU_OFFICE, caseNumber, `approve-${name}`, { proposal }, { person: SECOND_PERSON });
}
const today = () => chinaDate(network.clock.now());
const paidToday = () => remittanceBody({ remittedOn: today() });
const hereOf = async (caseNumber: string) => (await network.case(CHENGDU, caseNumber)) as TransferOutCase;
const thereOf = async (caseNumber: string) => (await network.case(HANGZHOU, caseNumber)) as TransferInCase;

/** From the application to the relation's end; Chengdu's clerk is next. */
async function upToTermination(n: number): Promise<string> {
  const { caseNumber } = (await network.open(n)).body;
  await say(HANGZHOU_OFFICE, caseNumber, 'accept', acceptBody);
  await say(HANGZHOU_OFFICE, caseNumber, 'send-letter');
  await approve(caseNumber, 'termination', terminationBody(today()));
  return caseNumber;
}

describe('a person moves from Chengdu to Hangzhou', () => {
  let caseNumber: string;

  test('B1: the letter is made from the case, numbered by office, date, sequence and check digit, within 15 wd of acceptance', async () => {
    const opened = await network.open(1);
    expect(opened).toMatchObject({ status: 201, body: { status: 'opened', region: HANGZHOU, version: 1 } });
    ({ caseNumber } = opened.body);
    await say(HANGZHOU_OFFICE, caseNumber, 'accept', acceptBody);
    const accepted = await thereOf(caseNumber);
    expect(accepted.clocks['send-letter']).toEqual({ owner: HANGZHOU, startedOn: '2026-03-02', dueOn: '2026-03-23' });
    await say(HANGZHOU_OFFICE, caseNumber, 'send-letter');
    const { letter, clocks, application } = await thereOf(caseNumber);
    expect(letter?.number).toMatch(/^33010001-20260302-000001-\d$/);
    expect(LetterNumber.parse(letter?.number)).toBe(letter?.number);
    expect(letter).toMatchObject({
      person: person(1),
      voucherNumber: application!.voucher.number,
      formerScheme: '310',
      newScheme: '310',
      from: { code: HANGZHOU_OFFICE },
      to: { region: CHENGDU, office: CHENGDU_OFFICE },
      payee: { number: '0000330100000000001' },
    });
    expect(clocks['send-letter']?.stoppedAt).toBeDefined();
  });

  test('B2: both sides show the same second of receipt, and the clock runs although no clerk has opened the letter', async () => {
    const here = await hereOf(caseNumber);
    const there = await thereOf(caseNumber);
    const receivedAt = here.times['letter-received']!;
    expect(receivedAt).toMatch(/\.000Z$/);
    expect(there.delivered['cn.jiexu.liaison-letter.v1']).toBe(receivedAt);
    const started = { owner: CHENGDU, startedOn: chinaDate(receivedAt), dueOn: '2026-03-23' };
    expect(here.clocks['transfer-out']).toEqual(started);
    expect(there.clocks['transfer-out']).toEqual(started);
    const entries = await network.timeline(CHENGDU, caseNumber);
    expect(entries.map(({ actor }) => actor.kind)).toEqual(['message']);
    expect(entries[0]!.occurredAt).toBe(receivedAt);
  });

  test('B7: the relation is 转移中 from the letter on and ends exactly once', async () => {
    expect((await hereOf(caseNumber)).relation).toBe('transferring');
    const early = await network.command(CHENGDU_OFFICE, caseNumber, 'propose-termination', { body: terminationBody('2026-03-01') });
    expect(early.body).toMatchObject({ code: 'case.inconsistent', errors: [{ field: 'terminatedOn', code: 'before_letter' }] });
    await approve(caseNumber, 'termination', terminationBody('2026-03-02'));
    expect(await hereOf(caseNumber)).toMatchObject({ relation: 'terminated', terminatedOn: '2026-03-02' });
    for (const [name, body] of [
      ['propose-termination', terminationBody('2026-03-03')],
      ['approve-termination', { proposal: 2 }],
    ] as const) {
      const again = await network.command(CHENGDU_OFFICE, caseNumber, name, { body, person: SECOND_PERSON });
      expect(again).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
    }
    expect(await hereOf(caseNumber)).toMatchObject({ terminatedOn: '2026-03-02' });
  });

  test('B10: the remittance is labelled with name, ID number and letter, and pays the account of the letter', async () => {
    await approve(caseNumber, 'remittance', remittanceBody());
    const { advice, letter } = await thereOf(caseNumber);
    expect(advice).toMatchObject({
      person: person(1),
      letterNumber: letter?.number,
      amountFen: BALANCE_FEN,
      payer: { office: CHENGDU_OFFICE },
      payee: { ...letter?.payee },
      bankReference: referenceOf(caseNumber),
    });
  });

  test('B8: a table whose months do not add up is refused by name of the row; a right one arrives', async () => {
    const wrong = tableBody({ totalMonths: 84 });
    const refused = await network.command(CHENGDU_OFFICE, caseNumber, 'propose-table', { body: wrong });
    expect(refused).toMatchObject({ status: 422, body: { code: 'case.inconsistent', errors: [{ field: 'totalMonths' }] } });
    await approve(caseNumber, 'table', tableBody());
    const { table } = await thereOf(caseNumber);
    expect(table).toMatchObject({ totalMonths: 83, transferredFen: BALANCE_FEN, person: person(1) });
    expect((await hereOf(caseNumber)).clocks['transfer-out']?.stoppedAt).toBeDefined();
  });

  test('D1: the third clock starts when table and balance are both in', async () => {
    expect((await thereOf(caseNumber)).clocks.complete).toBeUndefined();
    await say(HANGZHOU_OFFICE, caseNumber, 'confirm-money', moneyBody());
    const { clocks, status } = await thereOf(caseNumber);
    expect(status).toBe('ready-to-complete');
    expect(clocks.complete).toEqual({ owner: HANGZHOU, startedOn: '2026-03-02', dueOn: '2026-03-23' });
  });

  test('B13, F2: the money is credited once, by another person than the one who confirmed it, and stands in the case to the fen', async () => {
    const credit = (person: string) => network.command(HANGZHOU_OFFICE, caseNumber, 'credit', { person });
    const alone = await network.command(HANGZHOU_OFFICE, caseNumber, 'credit');
    expect(alone).toMatchObject({ status: 403, body: { code: 'case.same-person' } });
    const [first, second] = await Promise.all([credit(SECOND_PERSON), credit('third')]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    expect((await thereOf(caseNumber)).credit).toMatchObject({ amountFen: BALANCE_FEN });
  });

  test('B16, B15: completing closes the other copy by itself, and the person is told', async () => {
    await say(HANGZHOU_OFFICE, caseNumber, 'complete');
    await say(HANGZHOU_OFFICE, caseNumber, 'deliver-notice', noticeBody('completed'));
    const { there, here } = await expectHandedOver(network, caseNumber);
    expect(there.completion?.creditedFen).toBe(BALANCE_FEN);
    expect(here.completion).toEqual(there.completion);
    expect(there.clocks['counterpart-closure']?.stoppedAt).toBe(here.times['completion-received']);
    const list = await network.get<WorkListView>(HANGZHOU_OFFICE, '/v1/work-list');
    expect(list.body.items.map((item) => item.caseNumber)).not.toContain(caseNumber);
  });

  test('E7: the chain of the timeline is whole, and the state of any past second can be rebuilt', async () => {
    const { body } = await network.get<TimelineView>(CHENGDU_OFFICE, `/v1/cases/${caseNumber}/timeline`);
    expect(body).toMatchObject({ intact: true, actions: [] });
    const statuses = [];
    for (const { recordedAt } of body.entries) {
      const past = await network.get<CaseView>(CHENGDU_OFFICE, `/v1/cases/${caseNumber}?at=${recordedAt}`);
      statuses.push(past.body.case.status);
    }
    expect([...new Set(statuses)]).toEqual(['letter-received', 'relation-terminated', 'account-settled', 'transferred-out', 'closed']);
    const before = new Date(Date.parse(body.entries[0]!.recordedAt) - 1_000).toISOString();
    expect((await network.get(CHENGDU_OFFICE, `/v1/cases/${caseNumber}?at=${before}`)).status).toBe(404);
  });

  test('E7: a changed entry is detected', async () => {
    await network.clients.documents.send(
      new UpdateCommand({
        TableName: network.resources.tables.exchange,
        Key: timelineKey(CHENGDU, CaseNumber.parse(caseNumber), 2),
        UpdateExpression: 'SET entry.events[0].terminatedOn = :other',
        ExpressionAttributeValues: { ':other': '2026-03-03' },
      }),
    );
    const { body } = await network.get<TimelineView>(CHENGDU_OFFICE, `/v1/cases/${caseNumber}/timeline`);
    expect(body).toMatchObject({ intact: false, brokenAt: 2 });
  });
});

test('B11: a zero balance closes the case without money, and no clock is left running', async () => {
  const caseNumber = await upToTermination(2);
  await say(CHENGDU_OFFICE, caseNumber, 'not-remit', { reason: 'zero-balance' });
  expect((await thereOf(caseNumber)).notRemitted).toMatchObject({ reason: 'zero-balance' });
  const wrong = await network.command(CHENGDU_OFFICE, caseNumber, 'propose-table', { body: tableBody() });
  expect(wrong.body).toMatchObject({ code: 'case.inconsistent', errors: [{ field: 'balanceFen', code: 'amount_mismatch' }] });
  await approve(caseNumber, 'table', tableBody({ balanceFen: 0 }));
  const money = await network.command(HANGZHOU_OFFICE, caseNumber, 'confirm-money', { body: moneyBody() });
  expect(money).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
  await say(HANGZHOU_OFFICE, caseNumber, 'complete');
  await say(HANGZHOU_OFFICE, caseNumber, 'deliver-notice', noticeBody('completed'));
  const there = await thereOf(caseNumber);
  const here = await hereOf(caseNumber);
  expect([there.status, here.status]).toEqual(['completed', 'closed']);
  expect(there.completion?.creditedFen).toBe(0);
  expect([...Object.values(there.clocks), ...Object.values(here.clocks)].filter(({ stoppedAt }) => stoppedAt === undefined)).toEqual([]);
});

test('E4: Hangzhou’s inbox lost what Chengdu answered in time; when it comes a month later, Chengdu is not late', async () => {
  const caseNumber = await upToTermination(6);
  network.settings.hops = ({ queue, region }) => (queue === 'inbox' && region === HANGZHOU ? 'drop' : 'none');
  await approve(caseNumber, 'remittance', paidToday());
  await approve(caseNumber, 'table', tableBody());
  network.advance({ days: 30 });
  network.settings.hops = () => 'none';
  await network.deliverAll();
  const [there, here] = [await thereOf(caseNumber), await hereOf(caseNumber)];
  const dueOn = here.clocks['transfer-out']!.dueOn;
  expect(chinaDate(there.times['table-received']!) > dueOn).toBe(true);
  expect(chinaDate(there.clocks['transfer-out']!.stoppedAt!)).toBe(chinaDate(here.times['table-sent']!));
  const events = (await network.timeline(HANGZHOU, caseNumber)).flatMap((entry) => entry.events);
  expect(events.filter(({ type }) => type === 'clock-stopped')).toContainEqual(
    expect.objectContaining({ clock: 'transfer-out', late: false }),
  );
});

describe('D1: the later of table and balance starts the third clock', () => {
  test('the table comes last', async () => {
    const caseNumber = await upToTermination(3);
    await approve(caseNumber, 'remittance', paidToday());
    await say(HANGZHOU_OFFICE, caseNumber, 'confirm-money', moneyBody({ valueDate: today() }));
    network.advance({ days: 2 });
    await approve(caseNumber, 'table', tableBody());
    const { clocks, times } = await thereOf(caseNumber);
    expect(clocks.complete?.startedOn).toBe(chinaDate(times['table-received']!));
  });

  test('the balance comes last, and counts by the value date of the bank', async () => {
    const caseNumber = await upToTermination(4);
    await approve(caseNumber, 'remittance', paidToday());
    await approve(caseNumber, 'table', tableBody());
    network.advance({ days: 3 });
    const valueDate = chinaDate(network.clock.now());
    network.advance({ days: 2 });
    await say(HANGZHOU_OFFICE, caseNumber, 'confirm-money', moneyBody({ valueDate }));
    expect((await thereOf(caseNumber)).clocks.complete?.startedOn).toBe(valueDate);
  });

  test('B10: the balance comes before its advice, is confirmed when that is in, and still counts by its value date', async () => {
    const caseNumber = await upToTermination(5);
    const valueDate = today();
    const money = () => network.command(HANGZHOU_OFFICE, caseNumber, 'confirm-money', { body: moneyBody({ valueDate }) });
    expect((await money()).body).toMatchObject({ code: 'case.wrong-state', errors: [{ field: 'advice', code: 'missing' }] });
    await approve(caseNumber, 'remittance', paidToday());
    await approve(caseNumber, 'table', tableBody());
    network.advance({ days: 2 });
    expect(await money()).toMatchObject({ status: 200, body: { status: 'ready-to-complete' } });
    const { clocks, times } = await thereOf(caseNumber);
    expect(clocks.complete?.startedOn).toBe(valueDate);
    expect(chinaDate(times['money-received']!)).toBe(valueDate);
  });
});
