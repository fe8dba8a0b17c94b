import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NoticesView } from '../../schemas/notices.ts';
import { OfficeCode } from '../../schemas/primitives.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import type { Published, TestNetwork } from '../support/network.ts';
import { aTrail } from '../support/network-invocations.ts';
import { NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { expectRestorable } from '../support/network-sound.ts';
import { inParallel, sweepUntilDone } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';
import { personalDataIn } from '../support/witness.ts';

const SECOND_OFFICE = OfficeCode.parse('33010002');
const EMPLOYER = { capacity: 'employer', name: '演示单位', phone: '13800000000', authority: '单位证明' };

let network: TestNetwork;
let travel: () => Promise<void>;
let people = 0;
beforeAll(async () => {
  network = await startNetwork({ capabilities: { online: [HANGZHOU, CHENGDU] } });
  travel = sharedTravel(network);
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

const aRoad = (): NetworkRoad => {
  people += 1;
  return new NetworkRoad({ network, travel, n: people });
};

/** Complete, and nobody told yet. */
async function completed(said: Record<string, unknown> = {}): Promise<NetworkRoad> {
  const road = await credited(said);
  await road.in('complete');
  await road.travel();
  return road;
}

async function credited(said: Record<string, unknown> = {}): Promise<NetworkRoad> {
  const road = await aRoad().request('transferIn', said);
  await road.travel();
  await road.verdict('transferOut');
  await road.travel();
  await road.transferred();
  await road.money();
  await road.credit();
  return road;
}

const queue = async ({ caseNumber }: NetworkRoad, office = HANGZHOU_OFFICE) =>
  (await network.get<NoticesView>(office, '/v1/notices')).body.items.filter((item) => item.caseNumber === caseNumber);
const idsOf = (published: readonly Published[]): string[] => published.map(({ Message }) => JSON.parse(Message).id).sort();
const tellEmployer = { kind: 'completed', to: 'employer', channel: 'post', note: '挂号信' };

describe('B15: after the completion the person is told, and the employer that applied', () => {
  let road: NetworkRoad;
  beforeAll(async () => {
    road = await completed({ applicant: EMPLOYER });
  });

  test('both are in the queue of the office that completed, and in no other', async () => {
    const due = { notice: 'completed', name: '转移接续已办结', caseNumber: road.caseNumber, dueOn: road.today };
    expect(await queue(road)).toEqual([
      { ...due, to: 'employer' },
      { ...due, to: 'person' },
    ]);
    expect([await queue(road, SECOND_OFFICE), await queue(road, CHENGDU_OFFICE)]).toEqual([[], []]);
    expect((await road.there()).clocks['tell-result']).toMatchObject({ owner: HANGZHOU, startedOn: road.today, dueOn: road.today });
  });

  test('each is published once, however often and however many at once the sweep runs, by region and office and without a name', async () => {
    await Promise.all([network.sweepDeadlines(), network.sweepDeadlines()]);
    const published = await network.notices();
    const ids = ['employer', 'person'].map((to) => `${HANGZHOU}/${road.caseNumber}/notice/completed/${to}`);
    // What two runs publish at once has one id.
    expect([...new Set(idsOf(published))]).toEqual(ids);
    for (const { Message, MessageAttributes } of published) {
      expect(personalDataIn(Message)).toEqual([]);
      expect(Object.entries(MessageAttributes ?? {}).map(([name, { Value }]) => [name, Value])).toEqual(
        expect.arrayContaining([
          ['region', HANGZHOU],
          ['office', HANGZHOU_OFFICE],
          ['notice', 'completed'],
        ]),
      );
    }
    expect(await network.sweepDeadlines()).toBe(0);
    expect(await network.notices()).toEqual([]);
    expect((await queue(road)).map(({ publishedAt }) => publishedAt !== undefined)).toEqual([true, true]);
  });

  test('proof of delivery takes each out of the queue, once; the clock stops with the last', async () => {
    await road.tell('transferIn', 'completed');
    expect((await queue(road)).map(({ to }) => to)).toEqual(['employer']);
    await road.refused('transferIn', ['deliver-notice', { ...tellEmployer, to: 'person' }], 'case.inconsistent', 'kind', 'delivered');
    await road.refused('transferIn', ['deliver-notice', { ...tellEmployer, kind: 'refused' }], 'case.inconsistent', 'kind', 'unknown');
    expect((await road.there()).clocks['tell-result']?.stoppedAt).toBeUndefined();
    await road.in('deliver-notice', tellEmployer);
    const { notices, clocks } = await road.there();
    expect(notices).toMatchObject([
      { to: 'person', delivered: { channel: 'sms' } },
      { to: 'employer', delivered: { note: '挂号信' } },
    ]);
    expect([await queue(road), clocks['tell-result']?.stoppedAt]).toEqual([[], notices?.[1]?.delivered?.at]);
    await road.refused('transferIn', ['deliver-notice', tellEmployer], 'case.wrong-state', 'notices', 'nothing');
  });
});

test('B15: told before the sweep has run, nothing is published, and the rows follow from the timeline', async () => {
  const road = await completed();
  await road.tell('transferIn', 'completed');
  expect(await network.sweepDeadlines()).toBe(0);
  expect(await network.notices()).toEqual([]);
  await expectRestorable(network, HANGZHOU, road.caseNumber);
});

test('B15, D5: whoever is not told on the day of the completion has an alert on the next working day', async () => {
  const road = await completed();
  await network.sweepDeadlines();
  await network.notices();
  network.advance({ days: 4 });
  await network.sweepDeadlines();
  expect((await network.alerts()).map(({ id }) => id)).toEqual([`${HANGZHOU}/${road.caseNumber}/tell-result/overdue-1`]);
  await road.tell('transferIn', 'completed');
});

test('B15, A9: a refusal is in the queue of the side that the applicant asked, until he is told', async () => {
  const road = await aRoad().request('transferOut');
  await road.travel();
  await road.verdict('transferIn', { enrolled: false, enrolledOn: undefined });
  await road.travel();
  expect([await queue(road), await queue(road, CHENGDU_OFFICE)]).toMatchObject([[], [{ notice: 'refused', to: 'person' }]]);
  await road.out('notify-applicant', { channel: 'phone' });
  expect(await queue(road, CHENGDU_OFFICE)).toEqual([]);
  expect((await road.here()).notices).toMatchObject([{ kind: 'refused', delivered: { channel: 'phone' } }]);
  await expectRestorable(network, CHENGDU, road.caseNumber);
});

test('B15, B5: a hand-over that both sides closed is told by the side that opened it', async () => {
  const road = await aRoad().accepted();
  await road.out('propose-closure', { reason: '双方协商' });
  await road.travel();
  await road.in('answer-closure', { agreed: true });
  await road.travel();
  expect([await queue(road), await queue(road, CHENGDU_OFFICE)]).toMatchObject([[{ notice: 'closed-by-agreement', to: 'person' }], []]);
  await road.tell('transferIn', 'closed-by-agreement');
  expect(await queue(road)).toEqual([]);
});

test('B15: the sweep may die at every step, between publishing and recording too: none is lost, one record, one id', async () => {
  await network.sweepDeadlines();
  await network.notices();
  await completed();
  const calm = aTrail();
  expect(await network.sweepDeadlines(calm)).toBe(1);
  await network.notices();
  const publishing = calm.requests.indexOf('SNS Publish') + 1;
  expect(publishing).toBeGreaterThan(0);
  const roads = await inParallel(calm.requests.concat(''), () => credited());
  for (const [n, road] of roads.entries()) {
    await road.in('complete');
    const trail = aTrail(n);
    await sweepUntilDone(() => network.sweepDeadlines(trail));
    expect(trail.crashed).toBe(true);
    const id = `${HANGZHOU}/${road.caseNumber}/notice/completed/person`;
    expect(idsOf(await network.notices())).toEqual(Array(n === publishing ? 2 : 1).fill(id));
    expect(await queue(road)).toMatchObject([{ publishedAt: expect.any(String) }]);
  }
});
