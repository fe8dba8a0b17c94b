import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RegionCode } from '../../schemas/primitives.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import type { Hop, HopFault } from '../support/network-hops.ts';
import { inParallel, openStories, people, playStage, playStories, STAGES, type Story } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

const WUHAN = RegionCode.parse('420100');

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN] });
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

const allHandedOver = (stories: readonly Story[]) =>
  inParallel(stories, ({ caseNumber, former }) => expectHandedOver(network, caseNumber, former));

/** A whole case makes four messages and four receipts, and each has a wake-up: eight hops through either queue. */
const HOPS = 8;
const QUEUES = ['wake-ups', 'inbox'] as const;
const FAULTS: Record<string, HopFault> = { dropped: 'drop', doubled: 'duplicate', 'delayed and overtaken': { delay: 4 } };

describe('E4: a case survives one fault on any hop', () => {
  test.each(Object.entries(FAULTS))('%s, on each of its sixteen hops in turn', async (name, fault) => {
    const plans = QUEUES.flatMap((queue) => Array.from({ length: HOPS }, (_, i) => ({ queue, nth: i + 1 })));
    const struck = new Set<string>();
    const first = 100 * (1 + Object.keys(FAULTS).indexOf(name));
    const stories = await playStories(network, people(first, plans.length), {
      opened(opened) {
        const planOf = new Map(opened.map(({ caseNumber }, i) => [caseNumber, { ...plans[i]!, met: 0 }]));
        network.settings.hops = ({ queue, caseNumber = '' }: Hop) => {
          const plan = planOf.get(caseNumber);
          if (plan?.queue !== queue) return 'none';
          plan.met += 1;
          if (plan.met !== plan.nth) return 'none';
          struck.add(caseNumber);
          return fault;
        };
      },
    });
    network.settings.hops = () => 'none';
    expect(struck.size).toBe(plans.length);
    await allHandedOver(stories);
  });

  test('every message and every wake-up doubled', async () => {
    network.settings.hops = () => 'duplicate';
    const stories = await playStories(network, people(500, 4));
    network.settings.hops = () => 'none';
    await allHandedOver(stories);
  });

  test('the table overtakes the advice and waits for it', async () => {
    network.settings.hops = ({ type }) => (type === 'cn.jiexu.remittance-advice.v2' ? { delay: 6 } : 'none');
    const from = network.seen.lines.length;
    const stories = await playStories(network, people(510, 3));
    network.settings.hops = () => 'none';
    await allHandedOver(stories);
    const parked = network.seen.lines.slice(from).filter(({ code }) => code === 'message.parked');
    expect(parked.map(({ fields }) => fields.messageType)).toEqual(Array(3).fill('cn.jiexu.information-table.v2'));
  });
});

test('E4: a passing fault of one case is tried again and holds up no other', async () => {
  const [sick, ...well] = await openStories(network, people(530, 6));
  await playStage(network, [sick!, ...well], STAGES[0]!);
  let faults = 0;
  const trouble = ({ operation, input }: { operation: string; input: Record<string, unknown> }) => {
    if (operation !== 'TransactWriteItems' || !JSON.stringify(input).includes(sick!.caseNumber)) return;
    faults += 1;
    if (faults === 8) network.troubles.delete(trouble);
    throw new Error('throttled');
  };
  network.troubles.add(trouble);
  await network.settle();
  expect(faults).toBe(8);
  const retries = network.seen.lines.filter(({ code, fields }) => code === 'message.retry' && fields.attempts !== undefined);
  expect(Math.max(...retries.map(({ fields }) => fields.attempts ?? 0))).toBe(8);
  for (const stage of STAGES.slice(1)) {
    await playStage(network, [sick!, ...well], stage);
    await network.deliverAll();
  }
  await allHandedOver([sick!, ...well]);
});

test('E4: the stream is lost for a day, and the sweep sends what it never announced', async () => {
  network.settings.stream = 'lost';
  const before = { ...network.pump.counts.invocations };
  const stories = await playStories(network, people(520, 6), {
    travel: () => network.pass({ hours: 8 }, { hours: 1 }),
  });
  network.settings.stream = 'working';
  expect(network.pump.counts.invocations).toMatchObject({ relay: before.relay, dispatch: before.dispatch });
  await network.deliverAll();
  await allHandedOver(stories);
});

describe('E4: one region is down for five days: 0 lost, 0 doubled, other cases unaffected', () => {
  /** Letters are under way to both regions when Chengdu goes down; Wuhan's cases are over before it is up again. */
  async function fiveDays(first: number, down: () => void, up: () => void) {
    const chengdu = await openStories(network, people(first, 4));
    const wuhan = await openStories(network, people(first + 10, 4, WUHAN));
    down();
    await playStage(network, [...chengdu, ...wuhan], STAGES[0]!);
    await network.pass({ hours: 1 }, { minutes: 20 });
    for (const stage of STAGES.slice(1)) {
      await playStage(network, wuhan, stage);
      await network.settle();
    }
    await network.pass({ days: 5 }, { hours: 6 });
    await allHandedOver(wuhan);
    for (const { caseNumber } of chengdu) expect(await network.case(CHENGDU, caseNumber)).toBeUndefined();
    up();
    await network.deliverAll();
    for (const stage of STAGES.slice(1)) {
      await playStage(network, chengdu, stage);
      await network.deliverAll();
    }
    await allHandedOver(chengdu);
    return Promise.all(chengdu.map(async ({ caseNumber }) => (await network.case(CHENGDU, caseNumber))!.times['letter-received']!));
  }

  test('its receive does not run: letters wait in its inbox, and an outage of ours moves no clock', async () => {
    const sent = network.clock.now();
    const received = await fiveDays(
      600,
      () => network.settings.down.add(CHENGDU),
      () => network.settings.down.delete(CHENGDU),
    );
    for (const at of received) expect(Date.parse(at) - Date.parse(sent)).toBeLessThan(3_600_000);
  });

  test('its inbox cannot be reached: sending backs off and goes on', async () => {
    const inbox = network.resources.inboxes.get(CHENGDU)!.url;
    let refused = 0;
    const trouble = ({ input }: { input: Record<string, unknown> }) => {
      if (input.QueueUrl !== inbox) return;
      refused += 1;
      throw new Error('connect ECONNREFUSED');
    };
    await fiveDays(
      640,
      () => network.troubles.add(trouble),
      () => network.troubles.delete(trouble),
    );
    // First try, then 4, 8, 16 … minutes, at most 6 hours apart: some thirty tries for each of four letters in five days.
    expect(refused / 4).toBeGreaterThan(15);
    expect(refused / 4).toBeLessThan(45);
  });
});
