import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import { aTrail, crashPoints } from '../support/network-invocations.ts';
import {
  inParallel,
  type Mover,
  openStories,
  people,
  playStage,
  playStories,
  STAGES,
  type Story,
  sweepUntilDone,
} from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
  network.settings.oneByOne = true;
});
afterAll(() => network.close());

const seenSince = (line: number) => network.seen.lines.slice(line).map(({ code }) => code);

async function expectAllSurvived(stories: readonly Story[]) {
  expect(stories.filter(({ trail }) => !trail?.crashed).map(({ trail }) => trail?.crashAfter)).toEqual([]);
  await inParallel(stories, ({ caseNumber }) => expectHandedOver(network, caseNumber));
  expect(await network.dead()).toBe(0);
}

const dyingAt = (first: number, points: readonly number[]): Mover[] =>
  people(first, points.length).map((mover, i) => ({ ...mover, trail: aTrail(points[i]!) }));

/** The clerks' commands, relay, dispatch and receive on both sides: a case of its own for each step (`crashPoints` says which those are). */
test('E1, E4: a case survives a crash at every step', async () => {
  const calm = aTrail();
  await playStories(network, [{ n: 1, trail: calm }]);
  const points = crashPoints(calm);
  // 21 transactions, 3 numbers, 8 wake-ups, 8 sends, 4 receipts settled.
  expect(points.length).toBeGreaterThanOrEqual(44);
  const from = network.seen.lines.length;
  const stories = await playStories(network, dyingAt(1_000, points));
  await expectAllSurvived(stories);
  expect(seenSince(from)).toContain('message.duplicate');
}, 120_000);

test('E2, E4: a case whose table waits for its advice survives a crash at every step of the waiting', async () => {
  network.settings.hops = ({ type }) => (type === 'cn.jiexu.remittance-advice.v2' ? { delay: 5 } : 'none');
  const calm = aTrail();
  const marks: number[] = [];
  const travel = async () => {
    await network.deliverAll();
    marks.push(calm.requests.length);
  };
  await playStories(network, [{ n: 2, trail: calm }], { travel });
  const [begin = 0, end = 0] = marks;
  const from = network.seen.lines.length;
  const points = crashPoints(calm, begin).filter((point) => point <= end);
  const stories = await playStories(network, dyingAt(2_000, points));
  network.settings.hops = () => 'none';
  await expectAllSurvived(stories);
  expect(seenSince(from)).toContain('message.parked');
}, 120_000);

test('E4: the sweep may die at every step', async () => {
  network.settings.stream = 'lost';
  const letterWaits = async (n: number) => {
    const stories = await openStories(network, [{ n }]);
    await playStage(network, stories, STAGES[0]!);
    network.advance({ minutes: 3 });
    return stories[0]!;
  };
  await letterWaits(3);
  const calm = aTrail();
  expect(await network.sweep(calm)).toBe(1);
  const stories: Story[] = [];
  for (let n = 0; n <= calm.requests.length; n += 1) {
    const story = { ...(await letterWaits(3_000 + n)), trail: aTrail(n) };
    await sweepUntilDone(() => network.sweep(story.trail));
    stories.push(story);
  }
  network.settings.stream = 'working';
  await network.deliverAll();
  for (const stage of STAGES.slice(1)) {
    await playStage(
      network,
      stories.map(({ n, caseNumber }) => ({ n, caseNumber })),
      stage,
    );
    await network.deliverAll();
  }
  await expectAllSurvived(stories);
}, 120_000);
