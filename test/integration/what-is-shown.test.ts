import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseRow } from '../../functions/cases/rows.ts';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { Side } from '../../schemas/codes.ts';
import type { MessagesView, MessageView } from '../../schemas/message-views.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { Progress } from '../../schemas/progress.ts';
import { CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { WUHAN } from '../support/messages.ts';
import type { Answer, TestNetwork } from '../support/network.ts';
import { NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { expectRestorable, rebuilt } from '../support/network-sound.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
let people = 0;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN], capabilities: { online: [HANGZHOU, CHENGDU] } });
});
afterAll(() => network.close());

/** Between Hangzhou and Chengdu procedure 2021 applies, between Hangzhou and Wuhan that of 2016. */
function aRoad(former: RegionCode): NetworkRoad {
  people += 1;
  return new NetworkRoad({ network, travel: sharedTravel(network), n: people, former });
}

const ask = ({ caseNumber, n }: NetworkRoad, region: RegionCode, idNumber = person(n).idNumber) =>
  network.request<Progress>({ method: 'POST', path: '/v1/progress', body: { caseNumber, idNumber, region } });

/** Once everything has arrived, either region tells the person the same. @returns the step */
async function sameProgress(road: NetworkRoad): Promise<string> {
  await road.travel();
  const [there, here] = [await ask(road, road.joined), await ask(road, road.former)];
  expect([there.status, there.body]).toEqual([200, here.body]);
  return there.body.step;
}

describe('B19: the person asks without a token, and both copies answer alike', () => {
  const STEPS: Record<string, [RegionCode, (road: NetworkRoad) => Promise<string[]>]> = {
    'under 2016': [
      WUHAN,
      async (road) => {
        await road.lettered();
        const steps = [await sameProgress(road)];
        await road.terminate();
        await road.remit();
        steps.push(await sameProgress(road));
        await road.table();
        steps.push(await sameProgress(road));
        await road.completed();
        return [...steps, await sameProgress(road)];
      },
    ],
    'under 2021': [
      CHENGDU,
      async (road) => {
        await road.request();
        const steps = [await sameProgress(road)];
        await road.verdict('transferOut');
        steps.push(await sameProgress(road));
        await road.transferred();
        steps.push(await sameProgress(road));
        await road.completed();
        return [...steps, await sameProgress(road)];
      },
    ],
  };
  test.each(Object.entries(STEPS))('%s', async (name, [former, walk]) => {
    const steps = name === 'under 2016' ? ['transferring-out', 'transferring-out'] : ['verifying', 'transferring-out'];
    expect(await walk(aRoad(former))).toEqual([...steps, 'completing', 'completed']);
  });

  test('of a refusal too, with its reason and article', async () => {
    const road = await aRoad(CHENGDU).request();
    await road.travel();
    await road.verdict('transferOut', { participation: 'none', suspendedOn: undefined, insuredUntil: undefined });
    expect(await sameProgress(road)).toBe('refused');
    expect((await ask(road, HANGZHOU)).body.reasons).toMatchObject([{ code: 'no-relation', article: expect.stringContaining('第六条') }]);
  });

  test('and learns nothing from a wrong guess: number, ID and region are refused alike', async () => {
    const [road, other] = [await aRoad(WUHAN).lettered(), await aRoad(CHENGDU).accepted()];
    const guesses = [
      await ask(road, HANGZHOU, person(other.n).idNumber),
      await ask(road, CHENGDU),
      await ask(road, '440300' as RegionCode),
    ];
    const told = guesses.map(({ status, body }: Answer<object>) => [status, { ...body, requestId: undefined }]);
    expect(told[0]).toMatchObject([404, { code: 'progress.not-found' }]);
    expect(told).toEqual([told[0], told[0], told[0]]);
  });
});

describe('E3: accepted, delivered, opened and decided are four things', () => {
  let road: NetworkRoad;
  const messages = async (side: Side) => {
    const answer = await network.get<MessagesView>(road.office(side), `/v1/cases/${road.caseNumber}/messages`);
    return answer.body.messages;
  };
  /** Which of the four have come, for the request as a side sees it. */
  const states = async (side: Side) => {
    const [message] = (await messages(side)).filter(({ type }) => type === 'cn.jiexu.transfer-request.v1');
    return Object.keys(message!).filter((name) => name.endsWith('At'));
  };

  test('accepted when it is stored, while nothing has travelled', async () => {
    road = await aRoad(CHENGDU).request();
    expect(await states('transferIn')).toEqual(['acceptedAt']);
  });

  test('delivered when its bytes have come, to the same second on both sides', async () => {
    await road.travel();
    const [sent, received] = [(await messages('transferIn'))[0]!, (await messages('transferOut'))[0]!];
    expect(sent.deliveredAt).toBe(received.deliveredAt);
    expect([await states('transferIn'), await states('transferOut')]).toEqual([
      ['acceptedAt', 'deliveredAt'],
      ['acceptedAt', 'deliveredAt'],
    ]);
  });

  test('opened when somebody first looks at it, which the sender is told and which decides nothing', async () => {
    const [{ messageId }] = (await messages('transferOut')) as [MessageView];
    const open = () =>
      network.request<MessageView>({
        caller: { office: road.office('transferOut'), role: 'clerk' },
        method: 'POST',
        path: `/v1/cases/${road.caseNumber}/messages/${messageId}/open`,
      });
    const { status, body } = await open();
    network.advance({ minutes: 5 });
    expect([status, (await open()).body.openedAt]).toEqual([200, body.openedAt]);
    // The sweep sends what was armed; no new row announces it.
    await network.deliverAll();
    const [sent] = await messages('transferIn');
    expect([sent?.openedAt, sent?.decidedAt, (await road.here()).status]).toEqual([body.openedAt, undefined, 'request-received']);
  });

  test('decided by the message that answers it', async () => {
    await road.verdict('transferOut');
    await road.travel();
    const [asked, verdict] = await messages('transferIn');
    expect(asked?.decidedBy).toBe(verdict?.messageId);
    expect(await states('transferOut')).toEqual(['acceptedAt', 'deliveredAt', 'openedAt', 'decidedAt']);
  });
});

describe('B17: the copy of transferOut stays complete, and is restored from its timeline byte for byte', () => {
  test.each([
    ['2016.2', WUHAN, ['transfer-out']],
    ['2021.1', CHENGDU, ['verdict', 'overall', 'transfer-out', 'transfer-in']],
  ] as const)('%s', async (procedure, former, clocks) => {
    const road = aRoad(former);
    await (procedure === '2016.2' ? road.lettered().then(() => road.terminate()) : road.accepted());
    await road.transferred();
    await road.completed();
    await road.handedOver();
    const [there, here] = [await road.there(), await road.here()];
    expect([here.procedure, here.table, here.advice, here.completion]).toEqual([procedure, there.table, there.advice, there.completion]);
    expect(procedure === '2016.2' ? here.letter : here.request).toEqual(procedure === '2016.2' ? there.letter : there.request);
    // Whatever it sent or received, it can show the signed bytes of.
    const rows = await network.rows(former, road.caseNumber);
    const bodies = rows.flatMap(({ body }) => (typeof body === 'string' ? [body] : [])).sort();
    const sentThere = (await network.rows(HANGZHOU, road.caseNumber)).flatMap(({ body }) => (typeof body === 'string' ? [body] : []));
    expect(bodies).toEqual(sentThere.sort());
    // The row is lost, and made again from the entries that are kept.
    const stored = rows.find(({ SK }) => SK === 'CASE')!;
    const entries = await network.timeline(former, road.caseNumber);
    const TableName = network.resources.tables.exchange;
    await network.clients.documents.send(new DeleteCommand({ TableName, Key: { PK: stored.PK, SK: stored.SK } }));
    expect(await network.case(former, road.caseNumber)).toBeUndefined();
    expect(readChain(entries, here.hash)).toEqual({ entries, brokenAt: undefined });
    expect(canonicalJson(caseRow(stateAt(entries, network.clock.now())!))).toBe(canonicalJson(stored));
    expect(rebuilt(entries).map(({ SK }) => SK)).toEqual(['CASE', ...clocks.map((name) => `K#${name}`)]);
    await expectRestorable(network, HANGZHOU, road.caseNumber);
  });
});
