import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import { RegionalRules } from '../../schemas/entitlement.ts';
import type { NoticesView } from '../../schemas/notices.ts';
import type { InsuranceRecord } from '../../schemas/record.ts';
import type { VoucherView } from '../../schemas/vouchers.ts';
import { BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, tableBody } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import type { Answer, TestNetwork } from '../support/network.ts';
import { mainOfficeOf } from '../support/network-resources.ts';
import { NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { startNetwork } from '../support/network-vitest.ts';
import { applyBody } from '../support/roads.ts';
import { recordBody } from '../support/vouchers.ts';

/** What the person carries over: proof, years, and the right to benefits. */

let network: TestNetwork;
let people = 0;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN] });
  const directory = createDirectoryStore(network.clients.documents, network.resources.tables.directory);
  const stamp = { region: HANGZHOU, version: 1, changedAt: network.clock.now(), changedBy: 'test' };
  await directory.putRules(RegionalRules.parse({ ...hangzhouRules, ...stamp }));
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

const aRoad = (said: Partial<ConstructorParameters<typeof NetworkRoad>[0]> = {}): NetworkRoad => {
  people += 1;
  return new NetworkRoad({ network, travel: sharedTravel(network), n: people, ...said });
};
const handOver = async (road: NetworkRoad, table: Record<string, unknown> = {}): Promise<void> => {
  await road.terminate();
  await road.remit();
  await road.table(table);
  await road.travel();
  await road.completed();
  await road.handedOver();
};

describe('A1, A3, A5, B24: a voucher is issued at the region left, sent as a message, and used at the region joined', () => {
  /** The 83 months of the table, and movements of the account that leave its balance. */
  const recordOf = (n: number) =>
    recordBody(n, {
      suspendedOn: '2026-02-01',
      periods: tableBody().periods,
      benefits: { from: '2019-03-01', to: '2026-01-31' },
      account: [
        { month: '2019-03', creditedFen: BALANCE_FEN + 5_000, spentFen: 0 },
        { month: '2026-01', creditedFen: 0, spentFen: 5_000 },
      ],
    });
  const check = async (said: object): Promise<unknown> => {
    const answer: Answer<{ result: string }> = await network.request({ method: 'POST', path: '/v1/voucher-check', body: said });
    return answer.body.result;
  };
  const notices = async (voucherId: string) => {
    const { body } = await network.get<NoticesView>(CHENGDU_OFFICE, '/v1/notices');
    return body.items.filter((item) => item.voucherId === voucherId).map(({ notice }) => notice);
  };
  let road: NetworkRoad;
  let issued: VoucherView;
  beforeAll(async () => {
    road = aRoad();
    const answer = await network.submit<VoucherView>(CHENGDU_OFFICE, '/v1/issued-vouchers', { body: recordOf(road.n) });
    expect(answer.status).toBe(201);
    issued = answer.body;
  });

  test('months, balance and participation follow from the record, the number from region and year', () => {
    expect(issued).toMatchObject({ months: 83, registerBy: '2026-05-06', copies: [{ serial: 0, issuedOn: '2026-03-02' }] });
    expect(issued.voucher).toMatchObject({
      number: '（川）（成都市）（2026）第 000001 号',
      participation: { from: '2019-03', to: '2026-01' },
      balanceFen: BALANCE_FEN,
      issuer: { office: CHENGDU_OFFICE },
    });
  });

  test('whoever holds it can check it without a token; a lost one that was issued again is superseded, never forged', async () => {
    const { voucherId } = issued;
    const first = { voucherId, serial: 0, code: issued.copies[0]!.code };
    const altered = first.code.replace(/^./, (sign) => (sign === '7' ? '8' : '7'));
    expect([await check(first), await check({ ...first, code: altered })]).toEqual(['genuine', 'unknown']);
    expect(await check({ ...first, document: issued.voucher })).toBe('genuine');
    expect(await check({ ...first, document: { ...issued.voucher, balanceFen: BALANCE_FEN + 1 } })).toBe('unknown');
    const path = `/v1/issued-vouchers/${voucherId}/reissue`;
    const { body: again } = await network.submit<VoucherView>(CHENGDU_OFFICE, path, { body: { reason: '遗失' } });
    expect([await check(first), await check({ ...first, serial: 1, code: again.copies[1]!.code })]).toEqual(['superseded', 'genuine']);
    expect(again.voucher).toEqual(issued.voucher);
  });

  test('it begins the case by message; the letter names it, and the money agrees with it to the fen', async () => {
    await road.begin('transferOut', 'send-voucher', { voucher: issued.voucher, newRegion: HANGZHOU });
    await road.travel();
    expect((await road.there()).voucher).toEqual(issued.voucher);
    const { name: _, ...application } = applyBody(road.n);
    await road.in('apply', application);
    await road.accept();
    await road.letter();
    expect((await road.here()).letter?.voucherNumber).toBe(issued.voucher.number);
    await handOver(road);
  });

  test('A11: whoever has registered is warned of no end of the window', async () => {
    const { voucherId } = issued;
    // 30 days before 6 May.
    network.advance({ days: 40 });
    expect(await notices(voucherId)).toEqual(['registration-window-30']);
    const idle = await network.submit<VoucherView>(CHENGDU_OFFICE, '/v1/issued-vouchers', { body: recordOf(900) });
    await network.sweepDeadlines();
    const published = (await network.notices()).map(({ Message }) => JSON.parse(Message));
    expect(published.filter((notice) => notice.voucherId === voucherId)).toEqual([]);
    expect(await notices(voucherId)).toEqual([]);
    network.advance({ days: 20 });
    await network.sweepDeadlines();
    const ids = (await network.notices()).map(({ Message }) => JSON.parse(Message).id);
    expect(ids).toEqual([`${idle.body.voucherId}/notice/registration-window-7/person`]);
  });
});

describe('A12, A14, B14: benefits and the record of a person who comes from two regions', () => {
  const LAST = { periods: [{ ...tableBody().periods[1], from: '2025-01', to: '2025-12', months: 12 }], totalMonths: 12 };
  const record = async ({ caseNumber }: NetworkRoad) =>
    (await network.get<InsuranceRecord>(HANGZHOU_OFFICE, `/v1/cases/${caseNumber}/record`)).body;
  const facts = {
    ...{ suspendedOn: '2026-02-01', insuredUntil: '2026-01', registeredOn: '2026-03-02', paidFrom: '2026-03', madeUpIn: '2026-03' },
    ...{ consecutiveMonths: 83, hasEmployer: false, statusChanged: false, formerEmployeeMonths: 83, localEmployeeMonths: 1 },
    regional: {
      ...{ localHukou: false, sex: 'male', birthDate: '1990-05-01', approvedMove: false },
      ...{ relationTransferred: true, employeeMonthsInYearBefore: 11 },
    },
  };
  let road: NetworkRoad;
  beforeAll(async () => {
    network.clock.advance({ days: -60 });
    road = aRoad();
    await road.lettered();
    await road.terminate();
    await road.transferred();
  });

  test('A12, A14: a gap of one month that is made up leaves none without benefits, and the case keeps the rules it was assessed by', async () => {
    await road.in('assess-entitlement', { facts });
    const { entitlement } = await road.there();
    expect(entitlement).toMatchObject({
      rules: { national: '2021-12', regional: { region: HANGZHOU, version: 1 } },
      gapMonths: 1,
      makeUp: { allowed: true, months: 1, paid: true },
      ...{ waitingMonths: 0, benefitsFrom: '2026-03', retroactive: { from: '2026-02', to: '2026-02' }, countedMonths: 84 },
      acceptance: { accepted: true, met: ['age'] },
    });
    // Hangzhou's article 78 would have the person wait six months; the later national measures do not.
    const explained = entitlement?.explanation ?? [];
    expect(explained.find(({ item }) => item === 'overridden')?.text).toContain('第七十八条');
    for (const { article } of explained) expect(article).toMatch(/\p{Script=Han}/u);
    const { body } = await network.get<{ identical: boolean }>(HANGZHOU_OFFICE, `/v1/cases/${road.caseNumber}/entitlement`);
    expect(body.identical).toBe(true);
  });

  test('B14: imported and local months add up to the total, each with its source, and a gap shows', async () => {
    const local = { ...tableBody().periods[0], from: '2026-03', to: '2026-03', months: 1 };
    const own = { officeName: '杭州市医疗保障事务中心（演示）', officeCode: HANGZHOU_OFFICE };
    await road.in('supplement-record', { periods: [{ ...local, ...own }], source: 'own-records', document: '本地缴费记录' });
    const { totals, periods, gaps } = await record(road);
    expect(totals).toEqual({ imported: 83, local: 1, months: 84, employee: 84 });
    const { table } = await road.there();
    expect(periods.map(({ months, provenance }) => [months, provenance.source, provenance.document])).toEqual([
      [46, 'information-table', table?.number],
      [37, 'information-table', table?.number],
      [1, 'own-records', '本地缴费记录'],
    ]);
    expect(gaps).toEqual([{ from: '2026-02', to: '2026-02', months: 1 }]);
    await road.completed();
    await road.handedOver();
  });

  test('B14: months that a second region claims too are counted once and named', async () => {
    const second = aRoad({ n: road.n, former: WUHAN });
    await second.lettered();
    await second.terminate();
    await second.remit({ bankReference: 'WH20260302000001' });
    const periods = LAST.periods.map((period) => ({ ...period, officeCode: mainOfficeOf(WUHAN) }));
    await second.table({ ...LAST, periods });
    await second.travel();
    const { totals, overlaps } = await record(second);
    expect(totals).toEqual({ imported: 83, local: 1, months: 84, employee: 84 });
    expect(overlaps).toMatchObject([{ from: '2025-01', to: '2025-12', left: { caseNumber: second.caseNumber } }]);
  });
});
