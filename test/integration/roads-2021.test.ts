import { expect } from 'vitest';
import type { ProcedureView, WorkListView } from '../../schemas/api.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, tableBody } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import { expectRefused, NetworkRoad, type Scenario } from '../support/network-road.ts';
import { expectSound } from '../support/network-sound.ts';
import { applicationOf, requestOf } from '../support/network-story.ts';
import { testRoads } from '../support/network-vitest.ts';
import { SUSPENDED, voucherBody } from '../support/roads.ts';

const RESIDENT = { formerScheme: '390', newScheme: '390' };
const REMARKED = tableBody({ periods: tableBody().periods.map((period) => ({ ...period, remark: '已核对' })) });

const sent = async (road: NetworkRoad, region: typeof HANGZHOU) =>
  (await road.network.rows(region, road.caseNumber)).filter(({ direction }) => direction === 'sent').map(({ type }) => type);
/** What a command that begins a case is answered with. */
const beginning = ({ network }: NetworkRoad, name: 'open' | 'request' | 'send-voucher', body: unknown) =>
  network.begin(name === 'send-voucher' ? CHENGDU_OFFICE : HANGZHOU_OFFICE, name, { body });
const request = (road: NetworkRoad, said = {}, more = {}) => beginning(road, 'request', requestOf('transferIn', road.n, said, more));

/** Every road of procedure 2021.1. */
const ROADS: Record<string, Scenario> = {
  async 'B21, D2: opened at the window of transferIn, no form, voucher or letter'(road) {
    await road.accepted();
    const { acceptedAt, clocks, procedureReason } = await road.there();
    expect([(await road.here()).acceptedAt, procedureReason]).toEqual([acceptedAt, 'both-online']);
    const due = Object.fromEntries(Object.entries(clocks).map(([name, { dueOn }]) => [name, dueOn]));
    expect(due).toMatchObject({ overall: '2026-03-23', 'transfer-out': '2026-03-16' });
    await road.transferred();
    expect((await road.here()).relation).toBe('suspended');
    await road.completed();
    await road.handedOver();
    const messages = [await sent(road, HANGZHOU), await sent(road, CHENGDU)].map((types) => types.sort());
    expect(messages).toEqual([
      ['cn.jiexu.completion-notice.v2', 'cn.jiexu.transfer-request.v1'],
      ['cn.jiexu.eligibility-verdict.v1', 'cn.jiexu.information-table.v2', 'cn.jiexu.remittance-advice.v2'],
    ]);
  },
  async 'B21: opened at the window of transferOut'(road) {
    await road.accepted('transferOut');
    expect([road.caseNumber.slice(0, 6), (await road.there()).opener]).toEqual([CHENGDU, 'transferOut']);
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'A10: opened at both windows at once, the one of transferIn survives'(road) {
    const other = new NetworkRoad(road);
    await Promise.all([road.request('transferIn'), other.request('transferOut')]);
    await road.travel();
    expect([(await other.here()).status, (await other.there()).status]).toEqual(['ineligible', 'refused']);
    expect((await other.here()).ineligible).toMatchObject([{ code: 'already-open', note: expect.stringContaining(road.caseNumber) }]);
    await other.out('notify-applicant', { channel: 'counter' });
    await other.ends('refused', 'refused');
    await road.verdict('transferOut');
    await road.travel();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'A9: refused by transferOut, and the applicant is told where he applied'(road) {
    await road.request();
    await road.travel();
    await road.verdict('transferOut', { participation: 'active' });
    await road.travel();
    expect([(await road.there()).status, (await road.here()).status]).toEqual(['ineligible', 'refused']);
    expect((await road.there()).ineligible).toMatchObject([{ code: 'not-suspended', article: expect.stringContaining('2021年暂行办法') }]);
    await road.in('notify-applicant', { channel: 'sms' });
    await road.ends('refused', 'refused');
    await new NetworkRoad(road).request();
  },
  async 'A9: refused by transferIn, opened at transferOut'(road) {
    await road.request('transferOut');
    await road.travel();
    await road.verdict('transferIn', { enrolled: false, enrolledOn: undefined });
    await road.travel();
    await road.out('notify-applicant', { channel: 'phone' });
    const { here } = await road.ends('refused', 'refused');
    expect([here?.relation, here?.ineligible?.map(({ code }) => code)]).toEqual(['suspended', ['not-enrolled']]);
  },
  async 'A7: an employer applies for its employee with its authority, never for residents'(road) {
    const applicant = { capacity: 'employer', name: '演示单位', phone: '13800000000', authority: '单位证明' };
    expectRefused(await request(road, { applicant, ...RESIDENT }), 'case.inconsistent', 'request.applicant.capacity', 'employees_only');
    const { authority: _, ...bare } = applicant;
    expectRefused(await request(road, { applicant: bare }), 'case.inconsistent', 'request.applicant.authority', 'missing');
    await road.request('transferIn', { applicant });
    await road.travel();
    expect((await road.here()).request?.applicant).toEqual(applicant);
    await road.verdict('transferOut');
    await road.travel();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'A13: a resident within the year is refused, and a supervisor goes beyond it'(road) {
    const refused = await request(road, RESIDENT);
    expectRefused(refused, 'case.not-eligible', 'newScheme', 'resident-same-year');
    expect(refused.body.errors[0]?.reason).toContain('2027-01-01');
    const override = { override: { reason: '子女随迁' } };
    expect((await request(road, RESIDENT, override)).status).toBe(403);
    await road.request('transferIn', RESIDENT, override, { role: 'supervisor' });
    await road.travel();
    await road.verdict('transferOut');
    await road.travel();
    await road.out('not-remit', { reason: 'no-personal-account' });
    await road.table({ balanceFen: 0, periods: tableBody().periods.map((period) => ({ ...period, scheme: '390' })) });
    await road.travel();
    await road.complete();
    await road.handedOver();
  },
  async 'D2, B13: completed before the money, which stays an open item until it is on the account'(road) {
    await road.accepted();
    await road.transferred();
    await road.complete();
    await road.handedOver();
    const listed = async () =>
      (await road.network.get<WorkListView>(HANGZHOU_OFFICE, '/v1/work-list')).body.items.map((item) => item.caseNumber);
    expect(await listed()).toContain(road.caseNumber);
    await road.money();
    expect(await listed()).toContain(road.caseNumber);
    await road.credit();
    await road.handedOver();
    expect((await road.there()).credit?.amountFen).toBe((await road.there()).advice?.amountFen);
    expect(await listed()).not.toContain(road.caseNumber);
  },
  async 'B11: nothing is remitted'(road) {
    await road.accepted();
    await road.out('not-remit', { reason: 'paid-to-person' });
    await road.table();
    await road.travel();
    await road.complete();
    await road.handedOver();
  },
  async 'B9, F2: a question about the table is answered by a correction that a second person approves'(road) {
    await road.accepted();
    await road.transferred();
    await road.ask('transferIn', 'information-table', ['periods.0.remark']);
    await road.refused('transferIn', ['complete'], 'case.pending', 'queries', 'waiting');
    await road.approve('table', REMARKED);
    await road.travel();
    expect((await road.there()).table?.periods.map(({ remark }) => remark)).toEqual(['已核对', '已核对']);
    await road.completed();
    await road.handedOver();
  },
  async 'B3: a question about the request is answered by an explanation, and the verdict waits for it'(road) {
    await road.request();
    await road.travel();
    await road.ask('transferOut', 'transfer-request', ['person.name']);
    await road.refused('transferOut', ['give-verdict', { facts: SUSPENDED }], 'case.pending', 'queries', 'waiting');
    await road.explain('transferIn');
    await road.verdict('transferOut');
    await road.travel();
    await road.transferred();
    await road.completed();
    await road.handedOver();
  },
  async 'B3: a question about the request is answered by a correction'(road) {
    await road.request();
    await road.travel();
    await road.ask('transferOut', 'transfer-request', ['transferAccount']);
    await road.correct('transferIn', 'transfer-request', { changes: { transferAccount: false } });
    await road.verdict('transferOut');
    await road.travel();
    await road.refused(
      'transferOut',
      ['propose-remittance', { amountFen: 1, bankReference: 'CD2026', remittedOn: road.today }],
      'case.inconsistent',
      'amountFen',
    );
    await road.out('not-remit', { reason: 'not-requested' });
    await road.table();
    await road.travel();
    await road.complete();
    await road.handedOver();
  },
  async 'B5: withdrawn in time'(road) {
    await road.accepted();
    await road.in('withdraw', { reason: '本人改变主意' });
    const { here } = await road.ends('withdrawn', 'withdrawn');
    expect(here?.relation).toBe('suspended');
    await new NetworkRoad(road).request();
  },
  async 'B5: withdrawn too late, and completed'(road) {
    await road.accepted();
    await road.remit();
    await road.in('withdraw', { reason: '本人改变主意' });
    await road.travel();
    expect([(await road.there()).status, (await road.there()).withdrawal]).toEqual(['accepted', undefined]);
    await road.table();
    await road.travel();
    await road.completed();
    await road.handedOver();
  },
  async 'B5: closed by agreement'(road) {
    await road.accepted();
    await road.transferred();
    await road.out('propose-closure', { reason: '双方协商', money: '原路退回' });
    await road.travel();
    await road.in('answer-closure', { agreed: true });
    const { here } = await road.ends('closed-by-agreement', 'closed-by-agreement');
    expect(here?.relation).toBe('suspended');
  },
  async 'A16: a retired person is refused at the window, and by the other side'(road) {
    const facts = { ...SUSPENDED, side: 'transferOut', retired: true };
    const at = (body: unknown) => road.network.begin(CHENGDU_OFFICE, 'request', { body });
    expectRefused(await at({ ...requestOf('transferOut', road.n), facts }), 'case.not-eligible', 'facts.retired', 'retired');
    await road.request();
    await road.travel();
    await road.verdict('transferOut', { retired: true });
    await road.travel();
    await road.in('notify-applicant', { channel: 'phone' });
    const { there } = await road.ends('refused', 'refused');
    expect(there.ineligible?.map(({ code }) => code)).toEqual(['retired']);
  },
  async 'A6: no form and no voucher is taken under 2021, no request under 2016, and each refusal says why'(road) {
    const form = await beginning(road, 'open', { application: applicationOf(road) });
    expectRefused(form, 'case.other-procedure', 'application', 'other_procedure');
    expect(form.body.errors[0]?.reason).toContain('both-online');
    const { name: _, personHash: __, ...voucher } = voucherBody(road.n);
    expectRefused(await beginning(road, 'send-voucher', voucher), 'case.other-procedure', 'voucher', 'other_procedure');
    const toWuhan = await request(road, { counterpart: WUHAN });
    expectRefused(toWuhan, 'case.other-procedure', 'request', 'other_procedure');
    expect(toWuhan.body.errors[0]?.reason).toContain('counterpart-not-online');
  },
  async 'B21, A6: which procedure applies is told with its reason and its materials before anything is typed'({ network }) {
    const told = async (office: typeof HANGZHOU_OFFICE, counterpart: string) => {
      const { body } = await network.get<ProcedureView>(office, `/v1/procedure?counterpart=${counterpart}`);
      return [body.procedure, body.reason, body.materials];
    };
    const papers = ['id-card', 'application-form', 'coverage-voucher'];
    expect(await told(HANGZHOU_OFFICE, CHENGDU)).toEqual(['2021.1', 'both-online', ['id-card']]);
    expect(await told(CHENGDU_OFFICE, HANGZHOU)).toEqual(['2021.1', 'both-online', ['id-card']]);
    expect(await told(HANGZHOU_OFFICE, WUHAN)).toEqual(['2016.2', 'counterpart-not-online', papers]);
    expect((await network.get(HANGZHOU_OFFICE, '/v1/procedure?counterpart=659001')).status).toBe(422);
  },
  async 'S21: each side reminds the other'(road) {
    await road.request();
    await road.travel();
    await road.in('remind', { note: '请尽快校验' });
    await road.travel();
    await road.verdict('transferOut');
    await road.travel();
    await road.transferred();
    await road.out('remind');
    await road.travel();
    await expectSound(road.network, HANGZHOU, road.caseNumber);
    await road.completed();
    await road.handedOver();
  },
};

testRoads(ROADS, { regions: [HANGZHOU, CHENGDU, WUHAN], capabilities: { online: [HANGZHOU, CHENGDU] } });
