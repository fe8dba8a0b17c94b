import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkListView } from '../../schemas/api.ts';
import type { Side } from '../../schemas/codes.ts';
import { CHENGDU, HANGZHOU, person, tableBody } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import type { TestNetwork } from '../support/network.ts';
import { NetworkRoad, type Scenario, walkAll } from '../support/network-road.ts';
import { applicationOf } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

/** Left the rural scheme of Chengdu, or of Wuhan, for the employee scheme of Hangzhou; a rural scheme has no personal account. */
async function lettered(road: NetworkRoad): Promise<NetworkRoad> {
  const application = applicationOf(road);
  const voucher = { ...Object(application.voucher), scheme: '380', balanceFen: 0 };
  await road.open({ application: { ...application, transferAccount: false, voucher } });
  await road.accept();
  return road.letter();
}

async function handedOver(road: NetworkRoad): Promise<void> {
  await road.terminate();
  await road.out('not-remit', { reason: 'no-personal-account' });
  await road.table({ balanceFen: 0, periods: tableBody().periods.map((period) => ({ ...period, scheme: '380' })) });
  await road.travel();
  await road.complete();
  await road.handedOver();
}

const listed = async (road: NetworkRoad, side: Side): Promise<boolean> => {
  const { body } = await road.network.get<WorkListView>(road.office(side), '/v1/work-list');
  return body.items.some(({ caseNumber }) => caseNumber === road.caseNumber);
};

const OUT_ON = { withdrawn: true, withdrawnOn: '2026-03-02' };

const ROADS: Record<string, Scenario> = {
  async 'A15: the notice goes with the letter, the rural office answers, and both sides know from when the person is out'(road) {
    await lettered(road);
    const notice = { person: person(road.n), scheme: '380', joinedScheme: '310', joinedRegion: HANGZHOU, noticeOn: '2026-03-02' };
    const sent = (await road.there()).schemeWithdrawal;
    expect(sent).toEqual({ notice, messageId: expect.any(String) });
    expect((await road.here()).schemeWithdrawal).toEqual(sent);
    const tomorrow = { withdrawn: true, withdrawnOn: '2026-03-03' };
    await road.refused('transferOut', ['answer-scheme-withdrawal', tomorrow], 'case.inconsistent', 'withdrawnOn', 'future');
    await road.out('answer-scheme-withdrawal', OUT_ON);
    await road.travel();
    expect((await road.there()).schemeWithdrawal?.answer).toEqual(OUT_ON);
    await road.refused('transferOut', ['answer-scheme-withdrawal', OUT_ON], 'case.wrong-state', 'schemeWithdrawal', 'nothing');
    await handedOver(road);
    expect([await listed(road, 'transferIn'), await listed(road, 'transferOut')]).toEqual([false, false]);
  },
  async 'A15: unanswered, it keeps a finished case on both work lists'(road) {
    await lettered(road);
    await handedOver(road);
    expect([await listed(road, 'transferIn'), await listed(road, 'transferOut')]).toEqual([true, true]);
    await road.out('answer-scheme-withdrawal', { withdrawn: false, reason: '本年度已缴费，年底办理退出' });
    expect([await listed(road, 'transferIn'), await listed(road, 'transferOut')]).toEqual([true, false]);
    await road.travel();
    expect([await listed(road, 'transferIn'), (await road.there()).schemeWithdrawal?.answer?.withdrawn]).toEqual([false, false]);
    await road.ends('completed', 'closed');
  },
  async 'A15, C5: a region whose software says not which messages it takes gets none, and the case says that the notice goes by hand'(
    road,
  ) {
    const toWuhan = await lettered(new NetworkRoad({ ...road, former: WUHAN }));
    expect((await toWuhan.there()).schemeWithdrawal).not.toHaveProperty('messageId');
    const events = (await road.network.timeline(HANGZHOU, toWuhan.caseNumber)).flatMap((entry) => entry.events);
    expect(events.map(({ type }) => type)).toContain('scheme-withdrawal-by-hand');
    expect((await toWuhan.here()).schemeWithdrawal).toBeUndefined();
    await handedOver(toWuhan);
    expect(await listed(toWuhan, 'transferIn')).toBe(false);
  },
  async 'A15, B6: a forwarded letter takes the notice along, and the region that got it answers'(road) {
    const forwarded = await lettered(new NetworkRoad({ ...road, former: WUHAN }));
    await forwarded.out('forward', { region: CHENGDU, reason: '关系在成都' });
    await forwarded.travel();
    forwarded.former = CHENGDU;
    expect((await forwarded.here()).schemeWithdrawal?.notice.joinedRegion).toBe(HANGZHOU);
    await forwarded.out('answer-scheme-withdrawal', OUT_ON);
    await forwarded.travel();
    expect((await forwarded.there()).schemeWithdrawal?.answer).toEqual(OUT_ON);
    await handedOver(forwarded);
  },
  async 'S191 4: who stays in the urban schemes is taken out of nothing'(road) {
    await road.lettered();
    expect([(await road.there()).schemeWithdrawal, (await road.here()).schemeWithdrawal]).toEqual([undefined, undefined]);
  },
};

let network: TestNetwork;
let ends: Map<string, Promise<void>>;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN], capabilities: { taciturn: [WUHAN] } });
  ends = walkAll(network, ROADS, 1);
  await Promise.allSettled(ends.values());
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  expect(await network.quarantine(new NetworkRoad({ network, travel: async () => {}, n: 1 }).office('transferOut'))).toEqual([]);
  network.close();
});

test.each(Object.keys(ROADS))('%s', (name) => ends.get(name));
