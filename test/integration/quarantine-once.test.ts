import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import { quarantinePartition } from '../../functions/cases/keys.ts';
import { createDirectoryStore, type DirectoryStore } from '../../functions/directory/store.ts';
import { QuarantineRow } from '../../schemas/rows.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import { openStories, playStage, STAGES, type Story } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

let network: TestNetwork;
let directory: DirectoryStore;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU] });
  directory = createDirectoryStore(network.clients.documents, network.resources.tables.directory);
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

/** As if the directory had not heard of Hangzhou's keys yet. @returns what makes it hear of them */
async function forgetKeys(): Promise<() => Promise<void>> {
  const { signingKeys } = (await directory.getRegion(HANGZHOU))!;
  const put = async (keys: typeof signingKeys) => {
    const current = (await directory.getRegion(HANGZHOU))!;
    await directory.putRegion({ ...current, signingKeys: keys, version: current.version + 1 });
    network.advance({ minutes: 2 });
  };
  await put([]);
  return () => put(signingKeys);
}

/** Chengdu's quarantine, whole: rows are never deleted, so the newest are this test's. */
async function quarantineRows(): Promise<QuarantineRow[]> {
  const { Items = [] } = await network.clients.documents.send(
    new QueryCommand({
      TableName: network.resources.tables.exchange,
      KeyConditionExpression: 'PK = :pk',
      ExpressionAttributeValues: { ':pk': quarantinePartition(CHENGDU) },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => QuarantineRow.parse(item));
}

const rowOf = async ({ caseNumber }: Story) => (await quarantineRows()).filter(({ body }) => JSON.parse(body).subject === caseNumber);
const linesSince = (from: number) => network.seen.lines.slice(from).map(({ code }) => code);

/** A letter that Chengdu cannot verify, and the copies that the sweep sends of it in most of a day. */
async function resentInVain(n: number) {
  const [from, counted] = [network.seen.lines.length, network.seen.counts.Quarantined ?? 0];
  const stories = await openStories(network, [{ n }]);
  const story = stories[0]!;
  await playStage(network, stories, STAGES[0]!);
  await network.settle();
  const [{ receivedAt } = { receivedAt: undefined }] = await rowOf(story);
  await network.pass({ hours: 16 }, { hours: 2 });
  const copies = linesSince(from).filter((code) => code === 'message.quarantined-before').length;
  const count = (network.seen.counts.Quarantined ?? 0) - counted;
  return { story, receivedAt: receivedAt!, copies, count };
}

/** The first receipt stands on both sides, and Chengdu's clock ran from that day. */
async function expectReceivedAt({ caseNumber }: Story, receivedAt: string): Promise<void> {
  const [there, here] = [await network.case(HANGZHOU, caseNumber), await network.case(CHENGDU, caseNumber)];
  const days = [there, here].map((state) => state?.clocks['transfer-out']?.startedOn);
  expect([there?.delivered['cn.jiexu.liaison-letter.v1'], here?.times['letter-received']]).toEqual([receivedAt, receivedAt]);
  expect(days).toEqual([chinaDate(receivedAt as never), chinaDate(receivedAt as never)]);
}

async function finish(story: Story): Promise<void> {
  for (const stage of STAGES.slice(1)) {
    await playStage(network, [story], stage);
    await network.deliverAll();
  }
  await expectHandedOver(network, story.caseNumber);
}

describe('E4, B2: a letter that its recipient cannot verify is sent again for hours, and stands in quarantine once', () => {
  test('mended, the next copy is handled as of the first one, and the row is resolved', async () => {
    const mend = await forgetKeys();
    const { story, receivedAt, copies, count } = await resentInVain(1);
    expect(copies).toBeGreaterThan(2);
    expect([await rowOf(story), count]).toMatchObject([[{ receivedAt, code: 'message.unknown-sender' }], 1]);
    await mend();
    await network.deliverAll();
    expect(await rowOf(story)).toMatchObject([{ receivedAt, resolvedAt: expect.any(String) }]);
    await expectReceivedAt(story, receivedAt);
    const [item] = await network.quarantine(CHENGDU_OFFICE);
    expect(await network.replay(CHENGDU_OFFICE, item!.id)).toMatchObject({ status: 409, body: { code: 'quarantine.already-replayed' } });
    await finish(story);
  });

  test('mended and replayed, it is handled as of the first one, and later copies change nothing', async () => {
    const mend = await forgetKeys();
    const { story, receivedAt, copies, count } = await resentInVain(2);
    expect([copies > 2, count]).toEqual([true, 1]);
    await mend();
    const [row] = await rowOf(story);
    expect(await network.replay(CHENGDU_OFFICE, row!.id)).toMatchObject({ status: 200, body: { outcome: 'handled' } });
    await network.deliverAll();
    expect(await rowOf(story)).toMatchObject([{ receivedAt, replayedBy: { office: CHENGDU_OFFICE, role: 'supervisor' } }]);
    await expectReceivedAt(story, receivedAt);
    await finish(story);
  });
});
