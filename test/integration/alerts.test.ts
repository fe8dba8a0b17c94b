import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegionCode } from '../../schemas/primitives.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { aTrail } from '../support/network-invocations.ts';
import { openStories, people, playStage, playStories, STAGES, sweepUntilDone } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(() => network.close());

const idsOf = async () => (await network.alerts()).map(({ id }) => id).sort();
const alertRows = async (region: RegionCode, caseNumber: string) =>
  (await network.rows(region, caseNumber)).filter(({ SK }) => String(SK).startsWith('A#')).map(({ alertId }) => alertId);

describe('D5: a case left alone raises one alert per clock after its due date', () => {
  let caseNumber: string;

  test('nothing before the day after', async () => {
    const [story] = await openStories(network, [{ n: 1 }]);
    caseNumber = story!.caseNumber;
    await playStage(network, [story!], STAGES[0]!.slice(0, 1));
    // Accepted on 2 March: due on 23 March at 24:00 in China, which is 16:00 UTC; 2 March 10:00 in China is where the clock began.
    network.advance({ days: 21, hours: 13 });
    expect(await network.sweepDeadlines()).toBe(0);
    expect(await idsOf()).toEqual([]);
  });

  test('one after it, however often and however many at once the sweep runs', async () => {
    network.advance({ hours: 2 });
    await Promise.all([network.sweepDeadlines(), network.sweepDeadlines(), network.sweepDeadlines()]);
    const id = `${HANGZHOU}/${caseNumber}/send-letter/overdue-1`;
    expect(new Set(await idsOf())).toEqual(new Set([id]));
    expect(await alertRows(HANGZHOU, caseNumber)).toEqual([id]);
    network.advance({ days: 10 });
    expect(await network.sweepDeadlines()).toBe(0);
    expect(await idsOf()).toEqual([]);
  });

  test('each clock has its own, and both sides are told of the same step', async () => {
    await playStage(network, [{ n: 1, caseNumber }], STAGES[0]!.slice(1));
    await network.settle();
    network.advance({ days: 30 });
    expect(await network.sweepDeadlines()).toBe(2);
    expect(await idsOf()).toEqual([HANGZHOU, CHENGDU].map((region) => `${region}/${caseNumber}/transfer-out/overdue-1`).sort());
    expect(await network.sweepDeadlines()).toBe(0);
  });
});

test('B16: a completion notice that is never delivered alerts after five working days, the counterpart named', async () => {
  const [story] = await openStories(network, [{ n: 5 }]);
  for (const stage of STAGES) {
    network.settings.hops = (hop) => (hop.type === 'cn.jiexu.completion-notice.v2' ? 'drop' : 'none');
    await playStage(network, [story!], stage);
    await network.settle();
  }
  const { caseNumber } = story!;
  const there = await network.case(HANGZHOU, caseNumber);
  expect(there).toMatchObject({ status: 'completed', clocks: { 'counterpart-closure': { owner: CHENGDU } } });
  expect(await network.case(CHENGDU, caseNumber)).toMatchObject({ status: 'transferred-out' });
  const { dueOn } = there!.clocks['counterpart-closure']!;
  // Sent again and again, and lost every time.
  await network.pass({ days: 4 }, { hours: 12 });
  network.advance({ seconds: (Date.parse(`${dueOn}T23:00:00+08:00`) - Date.parse(network.clock.now())) / 1_000 });
  expect(await network.sweepDeadlines()).toBe(0);
  network.advance({ days: 4 });
  expect(await network.sweepDeadlines()).toBe(1);
  expect(await idsOf()).toEqual([`${HANGZHOU}/${caseNumber}/counterpart-closure/overdue-1`]);
  network.settings.hops = () => 'none';
  await network.deliverAll();
  expect(await network.case(CHENGDU, caseNumber)).toMatchObject({ status: 'closed' });
  expect(await network.sweepDeadlines()).toBe(0);
});

test('a case that is over raises none', async () => {
  await playStories(network, people(10, 3));
  network.advance({ days: 60 });
  expect(await network.sweepDeadlines()).toBe(0);
  expect(await idsOf()).toEqual([]);
});

test('D5: the sweep may die at every step, between publishing and recording too: none lost, one record, one id', async () => {
  const late = async (n: number) => {
    const stories = await openStories(network, [{ n }]);
    await playStage(network, stories, STAGES[0]!.slice(0, 1));
    network.advance({ days: 30 });
    return stories[0]!.caseNumber;
  };
  await late(20);
  const calm = aTrail();
  expect(await network.sweepDeadlines(calm)).toBe(1);
  await network.alerts();
  const published = calm.requests.indexOf('SNS Publish') + 1;
  expect(published).toBeGreaterThan(0);
  for (let n = 0; n <= calm.requests.length; n += 1) {
    const caseNumber = await late(100 + n);
    const trail = aTrail(n);
    await sweepUntilDone(() => network.sweepDeadlines(trail));
    expect(trail.crashed).toBe(true);
    const id = `${HANGZHOU}/${caseNumber}/send-letter/overdue-1`;
    expect(await alertRows(HANGZHOU, caseNumber)).toEqual([id]);
    expect(await idsOf()).toEqual(Array(n === published ? 2 : 1).fill(id));
  }
});
