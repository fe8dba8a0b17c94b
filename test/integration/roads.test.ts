import { expect } from 'vitest';
import { CHENGDU, HANGZHOU, remittanceBody, tableBody } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import { expectRefused, NetworkRoad, type Scenario } from '../support/network-road.ts';
import { acceptBody, applicationOf, SECOND_PERSON, terminationBody } from '../support/network-story.ts';
import { testRoads } from '../support/network-vitest.ts';
import { applyBody } from '../support/roads.ts';

const WITHDRAWAL = { reason: '本人改变主意' };
const REMARKED = tableBody({ periods: tableBody().periods.map((period) => ({ ...period, remark: '已核对' })) });

/** The roads of procedure 2016.2 on which the relation is handed over, each walked by clerks of Hangzhou and Chengdu (and Wuhan). */
const ROADS: Record<string, Scenario> = {
  async 'B1, B2, B7, B8, B10, B16: the straight road'(road) {
    await road.lettered();
    expect((await road.there()).procedureReason).toBe('own-not-online');
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B11: nothing is remitted, since it was paid to the person'(road) {
    await road.lettered();
    await road.terminate();
    await road.out('not-remit', { reason: 'paid-to-person' });
    await road.table();
    await road.travel();
    await road.complete();
    await road.handedOver();
    expect((await road.there()).completion?.creditedFen).toBe(0);
  },
  async 'B11: a zero balance'(road) {
    await road.lettered();
    await road.terminate();
    await road.out('not-remit', { reason: 'zero-balance' });
    await road.table({ balanceFen: 0 });
    await road.travel();
    await road.complete();
    await road.handedOver();
  },
  async 'B24: the voucher goes by message, and the person applies on it'(road) {
    await road.voucher();
    await road.travel();
    expect([road.caseNumber.slice(0, 6), (await road.there()).status]).toEqual([CHENGDU, 'voucher-received']);
    const { name: _, ...application } = applyBody(road.n);
    await road.in('apply', application);
    await road.accept();
    await road.letter();
    expect((await road.here()).status).toBe('letter-received');
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'A8: materials are returned once with one full list, and handed in'(road) {
    await road.open({ materials: ['id-card'] });
    await road.refused('transferIn', ['accept', acceptBody], 'case.materials', 'materials', 'missing');
    await road.in('return-materials', { missing: ['application-form'] });
    expect((await road.there()).materials?.missing).toEqual(['application-form', 'coverage-voucher']);
    await road.refused('transferIn', ['return-materials', { missing: ['id-card'] }], 'case.materials', 'missing', 'asked_too_late');
    await road.in('hand-in-materials', { materials: ['application-form', 'coverage-voucher'] });
    await road.accept();
    await road.letter();
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B3: a question about the letter is answered by a correction'(road) {
    await road.lettered();
    await road.ask('transferOut', 'liaison-letter', ['hukouType']);
    const termination = terminationBody(road.today);
    await road.refused('transferOut', ['propose-termination', termination], 'case.pending', 'queries', 'waiting');
    await road.correct('transferIn', 'liaison-letter', { changes: { hukouType: '2' } });
    const { letter, queries } = await road.here();
    expect([letter?.hukouType, queries]).toMatchObject(['2', [{ answer: 'corrected', changed: ['hukouType'] }]]);
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B3: a question about the letter is answered by an explanation'(road) {
    await road.lettered();
    await road.ask('transferOut', 'liaison-letter', ['newScheme']);
    await road.explain('transferIn');
    expect((await road.here()).queries).toMatchObject([{ answer: 'explained' }]);
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B9, F2: a question about the table is answered by a correction that a second person approves'(road) {
    await road.lettered();
    await road.terminate();
    await road.transferred();
    const first = (await road.there()).table;
    await road.ask('transferIn', 'information-table', ['periods.0.remark']);
    await road.money();
    await road.refused('transferIn', ['credit', {}, { person: SECOND_PERSON }], 'case.pending', 'queries', 'waiting');
    await road.refused('transferIn', ['complete'], 'case.pending', 'queries', 'waiting');
    await road.approve('table', REMARKED);
    await road.travel();
    const { table, queries } = await road.there();
    expect(table?.number).toBe(first?.number);
    expect(queries).toMatchObject([{ answer: 'corrected', changed: ['periods.0.remark', 'periods.1.remark'] }]);
    await road.credit();
    await road.complete();
    await road.handedOver();
  },
  async 'B9, F2: a question about the advice is answered by a correction that a second person approves'(road) {
    await road.lettered();
    await road.terminate();
    await road.transferred();
    await road.ask('transferIn', 'remittance-advice', ['bankReference']);
    const remittance = { ...remittanceOf(await road.here()), bankReference: 'CD20260302000099' };
    const query = await road.question('transferOut');
    const typed = { about: 'remittance-advice', query, remittance };
    await road.refused('transferOut', ['correct', typed], 'request.invalid', 'about');
    await road.approve('remittance', remittance);
    await road.travel();
    expect((await road.there()).advice?.bankReference).toBe('CD20260302000099');
    await road.completed();
    await road.handedOver();
  },
  async 'B9: a question about the voucher is answered by a correction'(road) {
    await road.lettered();
    await road.ask('transferIn', 'coverage-voucher', ['hukou.place']);
    const { voucher } = applicationOf({ n: road.n });
    await road.correct('transferOut', 'coverage-voucher', {
      voucher: { ...(voucher as object), hukou: { place: '四川省成都市', type: '1' } },
    });
    expect((await road.there()).voucher?.hukou.place).toBe('四川省成都市');
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B9: a question about what was not remitted is answered by an explanation'(road) {
    await road.lettered();
    await road.terminate();
    await road.out('not-remit', { reason: 'paid-to-person' });
    await road.travel();
    await road.ask('transferIn', 'not-remitted', ['reason']);
    await road.explain('transferOut');
    await road.table();
    await road.travel();
    await road.complete();
    await road.handedOver();
  },
  async 'S94 6: each side reminds the other, once a day'(road) {
    await road.lettered();
    await road.in('remind', { note: '请尽快办理' });
    await road.refused('transferIn', ['remind', {}], 'case.pending', 'reminder', 'reminded_today');
    await road.terminate();
    await road.transferred();
    await road.out('remind');
    await road.travel();
    const timeline = await road.network.timeline(HANGZHOU, road.caseNumber);
    expect(timeline.map(({ command }) => command)).toContain('receive-reminder');
    await road.completed();
    await road.handedOver();
  },
  async 'A10: a second opening for one person is refused and names the first'(road) {
    await road.open();
    const again = await road.network.open(road.n);
    expectRefused(again, 'case.already-open', 'application.person', 'already_open');
    expect(again.body.errors[0]?.reason).toContain(road.caseNumber);
    await road.in('withdraw', WITHDRAWAL);
    await road.ends('withdrawn', undefined);
  },
  async 'A10: letters of two regions for one person: the second is refused at once, naming the first'(road) {
    await road.lettered();
    const second = new NetworkRoad({ ...road, joined: WUHAN });
    await second.lettered();
    const { ineligible } = await second.there();
    expect(ineligible).toMatchObject([{ code: 'already-open', note: expect.stringContaining(road.caseNumber) }]);
    await second.in('notify-applicant', { channel: 'counter' });
    await second.ends('refused', 'refused');
    await road.terminate();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'F2: one person cannot end the relation, pay, send the table or credit the money alone'(road) {
    await road.lettered();
    const termination = await road.say('transferOut', 'propose-termination', terminationBody(road.today));
    const approval = { proposal: termination.version };
    await road.refused('transferOut', ['approve-termination', approval], 'case.same-person', 'proposal');
    await road.out('approve-termination', approval, { person: SECOND_PERSON });
    const remittance = await road.say('transferOut', 'propose-remittance', remittanceBody({ remittedOn: road.today }));
    const paid = { proposal: remittance.version };
    await road.refused('transferOut', ['approve-remittance', paid], 'case.same-person', 'proposal');
    await road.out('approve-remittance', paid, { person: SECOND_PERSON });
    const table = await road.say('transferOut', 'propose-table', tableBody());
    await road.refused('transferOut', ['approve-table', { proposal: table.version }], 'case.same-person', 'proposal');
    const other: ['approve-table', object, object] = ['approve-table', { proposal: table.version - 1 }, { person: SECOND_PERSON }];
    await road.refused('transferOut', other, 'case.inconsistent', 'proposal', 'not_current');
    await road.out('approve-table', { proposal: table.version }, { person: SECOND_PERSON });
    await road.travel();
    await road.money();
    await road.refused('transferIn', ['credit'], 'case.same-person', 'money');
    await road.refused('transferIn', ['complete'], 'case.pending', 'credit');
    await road.credit();
    await road.complete();
    await road.handedOver();
  },
};

function remittanceOf({ advice }: Awaited<ReturnType<NetworkRoad['here']>>) {
  if (!advice) throw new Error('no advice');
  const { amountFen, bankReference, remittedOn } = advice;
  return { amountFen, bankReference, remittedOn };
}

testRoads(ROADS, { regions: [HANGZHOU, CHENGDU, WUHAN] });
