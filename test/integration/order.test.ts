import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Instant } from '../../schemas/primitives.ts';
import type { TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import type { Hop, HopFault } from '../support/network-hops.ts';
import { inParallel, openStories, people, playStage, playStories, STAGES, type Story } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

/** What is under way to Hangzhou at once, and then to Chengdu. */
const TO_HANGZHOU = ['receipt of the letter', 'advice', 'table'] as const;
const TO_CHENGDU = ['receipt of the advice', 'receipt of the table', 'completion'] as const;
type Name = (typeof TO_HANGZHOU)[number] | (typeof TO_CHENGDU)[number] | 'letter';

const ORDERS = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b, 3 - a - b] as const));
const SHORT: Record<string, string> = { 'liaison-letter': 'letter', 'remittance-advice': 'advice', 'information-table': 'table' };

/** Names the message of a hop: a receipt by what it receipts. */
function nameOf({ type = '', body }: Hop, names: Map<string, string>): Name {
  const { id, data } = JSON.parse(body);
  const said = type.replace(/^cn\.jiexu\.(.+)\.v\d$/, '$1');
  const name = said === 'receipt' ? `receipt of the ${names.get(data.messageId)}` : (SHORT[said] ?? 'completion');
  names.set(id, name);
  return name as Name;
}

/** The state without what names this one case or a message of it, and with days in place of moments. */
function essence(state: TransferCase): unknown {
  const { caseNumber: _, hash: __, person: ___, ...rest } = JSON.parse(JSON.stringify(state));
  return JSON.parse(
    JSON.stringify(rest)
      .replaceAll(/"\d{4}-\d\d-\d\dT[^"]+Z"/g, (instant) => JSON.stringify(chinaDate(JSON.parse(instant) as Instant)))
      .replaceAll(/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '""')
      .replaceAll(/"(personHash|number|letterNumber|bankReference|name|idNumber)":"[^"]*"/g, '"$1":""'),
  );
}

test('E2: all 36 orders in which six messages of a case can arrive end in the same state', async () => {
  const plans = ORDERS.flatMap((into) => ORDERS.map((out) => ({ into, out })));
  const names = new Map<string, string>();
  const holding = new Set<Name>([...TO_HANGZHOU, ...TO_CHENGDU]);
  network.settings.hops = (hop) => (hop.queue === 'inbox' && holding.has(nameOf(hop, names)) ? 'hold' : 'none');
  const stories = await openStories(network, people(1, plans.length));
  const planOf = new Map(stories.map(({ caseNumber }, i) => [caseNumber, plans[i]!]));
  const letLoose = async (messages: readonly Name[], way: 'into' | 'out') => {
    for (const position of [0, 1, 2]) {
      const released = await network.pump.release((hop) => nameOf(hop, names) === messages[planOf.get(hop.caseNumber!)![way][position]!]);
      expect(released).toBe(stories.length);
      await network.settle();
    }
  };
  await playStage(network, stories, STAGES[0]!);
  await network.settle();
  await playStage(network, stories, STAGES[1]!);
  await network.settle();
  await letLoose(TO_HANGZHOU, 'into');
  await playStage(network, stories, STAGES[2]!);
  await network.settle();
  await letLoose(TO_CHENGDU, 'out');
  network.settings.hops = () => 'none';
  const ends = await inParallel(stories, async ({ caseNumber }: Story) => {
    const { there, here } = await expectHandedOver(network, caseNumber);
    return [essence(there), essence(here)];
  });
  for (const end of ends) expect(end).toEqual(ends[0]);
  expect(new Set(network.seen.lines.map(({ code }) => code))).toContain('message.parked');
});

test('E2, E4: random faults on every hop end as no fault does', async () => {
  const fault: fc.Arbitrary<HopFault> = fc.oneof(
    { weight: 4, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constantFrom('drop' as const, 'duplicate' as const) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }).map((delay) => ({ delay })) },
  );
  let first = 1_000;
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { minLength: 64, maxLength: 64 }), async (faults) => {
      let hop = 0;
      first += 10;
      network.settings.hops = () => faults[hop++] ?? 'none';
      const stories = await playStories(network, people(first, 5));
      network.settings.hops = () => 'none';
      await inParallel(stories, ({ caseNumber }) => expectHandedOver(network, caseNumber));
    }),
    { numRuns: 3, endOnFailure: true },
  );
});
