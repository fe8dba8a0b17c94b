import { readFileSync } from 'node:fs';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseRow, timelineRow } from '../../functions/cases/rows.ts';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { ProcedureView } from '../../schemas/api.ts';
import { TimelineEntry } from '../../schemas/cases.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { COMMANDS, contextOf, move } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, remittanceBody, tableBody } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import type { TestNetwork } from '../support/network.ts';
import { NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { rebuilt } from '../support/network-sound.ts';
import { acceptBody, terminationBody } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

/** Chengdu's software is of the release before: it speaks procedure 2016.1 and the first version of every message. */
const startBesideOlder = () =>
  startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN], capabilities: { online: [HANGZHOU, CHENGDU], older: [CHENGDU] } });
const roadIn = (network: TestNetwork, n: number, said: { former?: RegionCode; joined?: RegionCode } = {}) =>
  new NetworkRoad({ network, travel: sharedTravel(network), n, ...said });

/** Types that a region has sent or handled for a case. */
const types = async ({ network, caseNumber }: NetworkRoad, region: RegionCode) =>
  (await network.rows(region, caseNumber)).flatMap(({ type }) => (typeof type === 'string' ? [type] : [])).sort();

/** From the application to the closing as the first version of the procedure knows it: one person does each step. */
async function walkFirstVersion(road: NetworkRoad): Promise<void> {
  await road.open();
  await road.in('accept');
  await road.letter();
  await road.out('confirm-termination', { terminatedOn: road.today });
  await road.out('remit', remittanceBody({ remittedOn: road.today }));
  await road.out('send-table', tableBody());
  await road.travel();
  await completeFirstVersion(road);
}
/** It knows no second person for the money, and no notices. */
async function completeFirstVersion(road: NetworkRoad): Promise<void> {
  await road.money();
  await road.in('complete');
  await road.handedOver();
}
const V1 = ['completion-notice', 'information-table', 'liaison-letter', 'remittance-advice'].map((name) => `cn.jiexu.${name}.v1`);

describe('E9: beside a region whose software is of the release before', () => {
  let network: TestNetwork;
  beforeAll(async () => {
    network = await startBesideOlder();
  });
  afterAll(async () => {
    expect([await network.dead(), await network.quarantine(HANGZHOU_OFFICE)]).toEqual([0, []]);
    network.close();
  });

  test('a case follows 2016.1 and every message is of version 1, to the end', async () => {
    const road = roadIn(network, 1);
    await walkFirstVersion(road);
    const [there, here] = [await road.there(), await road.here()];
    expect([there.procedure, here.procedure, here.personHash]).toEqual(['2016.1', '2016.1', undefined]);
    expect([await types(road, HANGZHOU), await types(road, CHENGDU)]).toEqual([V1, V1]);
  });

  test('a case that it begins follows 2016.1 too, here at transferOut', async () => {
    const road = roadIn(network, 2, { joined: CHENGDU, former: HANGZHOU });
    await walkFirstVersion(road);
    expect([(await road.here()).procedure, await types(road, HANGZHOU)]).toEqual(['2016.1', V1]);
  });

  test('what 2016.2 added is refused in such a case, and what only 2016.1 has is refused in one of 2016.2', async () => {
    const [older, newer] = [roadIn(network, 3), roadIn(network, 3, { former: WUHAN })];
    await older.open();
    await older.in('accept');
    await older.letter();
    await newer.lettered();
    await older.refused('transferOut', ['propose-termination', terminationBody(older.today)], 'case.wrong-state', 'status');
    await older.refused('transferIn', ['withdraw', { reason: '本人改变主意' }], 'case.wrong-state', 'status');
    await newer.refused('transferOut', ['confirm-termination', { terminatedOn: newer.today }], 'case.wrong-state', 'status');
    await older.refused('transferIn', ['accept', acceptBody], 'case.wrong-state', 'status');
    await newer.terminate();
    const money = remittanceBody({ remittedOn: newer.today });
    await newer.refused('transferOut', ['remit', money], 'case.wrong-state', 'status');
    await older.out('confirm-termination', { terminatedOn: older.today });
    await older.refused('transferOut', ['propose-remittance', money], 'case.wrong-state', 'status');
    await newer.transferred();
    await newer.completed();
    await newer.handedOver();
    expect((await types(newer, WUHAN)).filter((type) => type.endsWith('.v2'))).toHaveLength(3);
  });

  test('B24, B21: it can take no voucher, and a clerk is told so and which procedure applies', async () => {
    const road = roadIn(network, 4);
    const { body } = await network.get<ProcedureView>(HANGZHOU_OFFICE, `/v1/procedure?counterpart=${CHENGDU}`);
    expect([body.procedure, body.reason, body.materials]).toEqual(['2016.1', 'counterpart-version', []]);
    await expect(road.voucher()).rejects.toThrow('case.other-procedure');
  });
});

/** What 2016.1 stored: the row of a case and its timeline. */
function stored(side: 'in' | 'out'): { row: Record<string, unknown>; entries: TimelineEntry[] } {
  const file = new URL(`../fixtures/stored/2016.1-transfer-${side}.json`, import.meta.url);
  const { row, entries } = JSON.parse(readFileSync(file, 'utf8'));
  return { row, entries: TimelineEntry.array().parse(entries) };
}

describe('E9: a case that 2016.1 stored goes on to its end', () => {
  const last = (entries: readonly TimelineEntry[]) => stateAt(entries, entries.at(-1)!.recordedAt)!;
  const started: TestNetwork[] = [];
  afterAll(() => {
    for (const network of started) network.close();
  });

  /** A network in whose table both copies lie as their timelines make them. */
  async function withStored(...copies: (readonly TimelineEntry[])[]): Promise<NetworkRoad> {
    const network = await startBesideOlder();
    started.push(network);
    const TableName = network.resources.tables.exchange;
    for (const entries of copies) {
      const state = last(entries);
      const rows = [...rebuilt(entries), ...entries.map((entry) => timelineRow(state, entry))];
      for (const Item of rows) await network.clients.documents.send(new PutCommand({ TableName, Item }));
    }
    const road = roadIn(network, 1);
    road.caseNumber = last(copies[0]!).caseNumber;
    return road;
  }

  test.each(['in', 'out'] as const)('E7, B17: the row of transfer-%s is what this release makes of its timeline', (side) => {
    const { row, entries } = stored(side);
    const state = last(entries);
    expect(readChain(entries, state.hash)).toEqual({ entries, brokenAt: undefined });
    expect(canonicalJson(caseRow(state))).toBe(canonicalJson(row));
  });

  test('stored before the table: Chengdu sends it, and both sides finish', async () => {
    const road = await withStored(stored('in').entries.slice(0, 4), stored('out').entries);
    await road.out('send-table', tableBody());
    await road.travel();
    await completeFirstVersion(road);
    expect((await types(road, HANGZHOU)).every((type) => type.endsWith('.v1'))).toBe(true);
  });

  test('stored before the money: Hangzhou finishes, and its notice closes the copy of Chengdu', async () => {
    const out = stored('out').entries;
    const { entry } = move(last(out), { command: COMMANDS['send-table'], context: contextOf(CHENGDU) });
    const road = await withStored(stored('in').entries, [...out, entry]);
    await completeFirstVersion(road);
  });
});
