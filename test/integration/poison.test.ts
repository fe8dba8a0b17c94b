import { randomUUID } from 'node:crypto';
import { CreateKeyCommand, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRegion } from '../../functions/directory/changes.ts';
import { kmsPublicKey } from '../../functions/directory/public-key.ts';
import { createDirectoryStore, type DirectoryStore } from '../../functions/directory/store.ts';
import { kmsSigner, sealMessage } from '../../functions/platform/signature.ts';
import type { QuarantineView } from '../../schemas/api.ts';
import { type Message, sourceOf, type UnsignedMessage } from '../../schemas/messages.ts';
import { RegionCode } from '../../schemas/primitives.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import type { TestNetwork } from '../support/network.ts';
import { expectHandedOver } from '../support/network-cases.ts';
import { SIGNING_KEY_ALIAS_PREFIX } from '../support/network-resources.ts';
import { openStories, people, playStage, playStories, STAGES, type Story } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

const WUHAN = RegionCode.parse('420100');

let network: TestNetwork;
let directory: DirectoryStore;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU, WUHAN] });
  directory = createDirectoryStore(network.clients.documents, network.resources.tables.directory);
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

/** Leaves Hangzhou's letter under way to Chengdu. */
async function withLetterSent(n: number): Promise<Story> {
  const stories = await openStories(network, [{ n }]);
  await playStage(network, stories, STAGES[0]!);
  return stories[0]!;
}

const finish = async (stories: readonly Story[]) => {
  await network.deliverAll();
  for (const stage of STAGES.slice(1)) {
    await playStage(network, stories, stage);
    await network.deliverAll();
  }
  for (const { caseNumber } of stories) await expectHandedOver(network, caseNumber);
};

const letterOf = async ({ caseNumber }: Story): Promise<Message> => {
  const row = (await network.rows(HANGZHOU, caseNumber)).find(({ direction }) => direction === 'sent');
  return JSON.parse(String(row!.body));
};

/** What Hangzhou itself would sign. */
const signed = (message: object): Promise<string> =>
  sealMessage(kmsSigner(network.clients.kms, SIGNING_KEY_ALIAS_PREFIX), HANGZHOU, message as UnsignedMessage);

type Poison = (letter: Message) => string | Promise<string>;
const without = ({ signature: _, ...letter }: Message) => letter;
const receipt = ({ procedure, subject }: Message, of: string) => ({
  ...{ specversion: '1.0', id: randomUUID(), source: sourceOf(HANGZHOU), subject, type: 'cn.jiexu.receipt.v1', recipient: CHENGDU },
  ...{ time: network.clock.now(), datacontenttype: 'application/json', causationid: of, procedure },
  data: { messageId: of, kind: 'delivered', at: network.clock.now() },
});

const POISONS: [string, string, string, Poison][] = [
  ['no JSON', 'message.not-json', '', () => '{"specversion": "1.0", '],
  ['JSON but no object', 'message.schema', '', () => '[1, 2]'],
  [
    'a field that breaks the schema',
    'message.schema',
    'data.hukouType',
    (letter) => signed({ ...without(letter), data: { ...letter.data, hukouType: '7' } }),
  ],
  ['an unknown type', 'message.schema', 'type', (letter) => signed({ ...without(letter), type: 'cn.jiexu.greeting.v1' })],
  [
    'an altered letter',
    'message.signature',
    'signature',
    (letter) => JSON.stringify({ ...letter, data: { ...letter.data, newScheme: '390' } }),
  ],
  [
    'another region’s signature',
    'message.signature',
    'signature',
    async (letter) => sealMessage(kmsSigner(network.clients.kms, SIGNING_KEY_ALIAS_PREFIX), WUHAN, without(letter) as UnsignedMessage),
  ],
  [
    'a sender without a key',
    'message.unknown-sender',
    'source',
    (letter) => JSON.stringify({ ...letter, source: 'urn:jiexu:region:650100' }),
  ],
  ['a letter for another region', 'message.not-ours', 'recipient', (letter) => signed({ ...without(letter), recipient: WUHAN })],
  ['over 200 KB', 'message.too-large', '', (letter) => JSON.stringify({ ...letter, padding: 'x'.repeat(200 * 1024) })],
  ['a receipt for what was never sent', 'message.receipt-unmatched', 'data.messageId', (letter) => signed(receipt(letter, randomUUID()))],
  [
    'a second letter under the same number',
    'message.sequence-conflict',
    'sequence',
    (letter) => signed({ ...without(letter), id: randomUUID() }),
  ],
  [
    'a message of a region that is no party to the case',
    'message.wrong-party',
    'source',
    (letter) => {
      const intruding = { ...without(letter), source: sourceOf(WUHAN), id: randomUUID(), sequence: 2 };
      return sealMessage(kmsSigner(network.clients.kms, SIGNING_KEY_ALIAS_PREFIX), WUHAN, intruding as UnsignedMessage);
    },
  ],
];

describe('E4, E6: poison is quarantined with its reason and stops nobody', () => {
  const posted = new Map<string, string>();
  let items: QuarantineView['items'];

  // Each in the group of a case of its own, between the letter and all that follows; every case must come to its end.
  beforeAll(async () => {
    const stories = await openStories(network, people(10, POISONS.length));
    await playStage(network, stories, STAGES[0]!);
    await network.settle();
    for (const [i, [name, , , poison]] of POISONS.entries()) {
      const bytes = await poison(await letterOf(stories[i]!));
      posted.set(name, await network.post(CHENGDU, bytes, `${CHENGDU}-${stories[i]!.caseNumber}`));
    }
    await finish(stories);
    items = await network.quarantine(CHENGDU_OFFICE);
  });

  test('each once, with an alarm each', () => {
    expect(items).toHaveLength(POISONS.length);
    expect(network.seen.counts.Quarantined).toBe(POISONS.length);
  });

  test.each(POISONS)('%s', async (name, code, path) => {
    const found = items.find(({ id }) => id.endsWith(posted.get(name)!));
    expect(found).toMatchObject({ code, path });
    expect(found?.title).toMatch(/\p{Script=Han}/u);
    expect(await network.replay(CHENGDU_OFFICE, found!.id)).toMatchObject({ status: 200, body: { outcome: 'quarantined', code } });
  });

  test('an altered letter in the place of the true one: the true one is handled when it is sent again', async () => {
    network.settings.hops = ({ queue }) => (queue === 'wake-ups' ? 'drop' : 'none');
    const story = await withLetterSent(40);
    await network.settle();
    network.settings.hops = () => 'none';
    const letter = await letterOf(story);
    await network.post(CHENGDU, JSON.stringify({ ...letter, data: { ...letter.data, voucherNumber: 'x' } }));
    await network.settle();
    expect(await network.case(CHENGDU, story.caseNumber)).toBeUndefined();
    await finish([story]);
  });
});

test('E4, B2: a quarantined letter can be replayed, keeps its moment of receipt, and only once', async () => {
  const hangzhou = (await directory.getRegion(HANGZHOU))!;
  await directory.putRegion({ ...hangzhou, signingKeys: [], version: hangzhou.version + 1 });
  network.advance({ minutes: 2 });
  const story = await withLetterSent(50);
  await network.settle();
  const arrived = network.clock.now();
  const [item] = await network.quarantine(CHENGDU_OFFICE);
  expect(item).toMatchObject({ code: 'message.unknown-sender' });
  await directory.putRegion({ ...hangzhou, version: hangzhou.version + 2 });
  network.advance({ days: 1 });
  expect(await network.replay(CHENGDU_OFFICE, item!.id)).toMatchObject({ status: 200, body: { outcome: 'handled' } });
  expect(await network.replay(CHENGDU_OFFICE, item!.id)).toMatchObject({ status: 409, body: { code: 'quarantine.already-replayed' } });
  expect(await network.replay(CHENGDU_OFFICE, '1-unknown')).toMatchObject({ status: 404, body: { code: 'quarantine.not-found' } });
  const here = await network.case(CHENGDU, story.caseNumber);
  expect(Date.parse(arrived) - Date.parse(here!.times['letter-received']!)).toBeLessThan(10_000);
  await finish([story]);
  expect(await network.quarantine(HANGZHOU_OFFICE)).toEqual([]);
});

test('E6: a region changes its key in the middle of a case and no message fails', async () => {
  const before = await network.quarantine(CHENGDU_OFFICE);
  const story = await withLetterSent(60);
  await network.settle();
  const { KeyMetadata } = await network.clients.kms.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
  const keyId = KeyMetadata!.KeyId!;
  const current = (await directory.getRegion(HANGZHOU))!;
  const connection = { code: HANGZHOU, name: current.name, inboxUrl: current.inboxUrl!, keyId };
  const publicKey = await kmsPublicKey(network.clients.kms)(keyId);
  const stamp = { at: network.clock.now(), by: 'test', reason: '更换签名密钥' };
  await directory.putRegion(connectRegion(current, { ...connection, publicKey }, stamp)!);
  await network.clients.kms.send(new UpdateAliasCommand({ AliasName: `${SIGNING_KEY_ALIAS_PREFIX}${HANGZHOU}`, TargetKeyId: keyId }));
  await finish([story]);
  expect(await network.quarantine(CHENGDU_OFFICE)).toEqual(before);
  await playStories(network, [{ n: 61 }]);
});
