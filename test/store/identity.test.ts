import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApplicationStore } from '../../functions/cases/application-store.ts';
import { applicationKey, identityKey, personCardKey, personCaseKey } from '../../functions/cases/keys.ts';
import { applicationNumberOf } from '../../functions/cases/numbers.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { Person } from '../../schemas/person.ts';
import { ApplicationNumber, IdempotencyKey, PersonNumber } from '../../schemas/primitives.ts';
import { isFinal, ProcedureId } from '../../schemas/procedures.ts';
import { CardRow, InsuranceRecord } from '../../schemas/record.ts';
import { contextOf, IN_STEPS, NOW, OUT_STEPS, REGIONS, stateAfter, TODAY, uuid, WUHAN } from '../support/cases.ts';
import { aCaseNumber, changeOf, personHash } from '../support/changes.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { numberHash, personWorld } from '../support/person-world.ts';
import { openBody } from '../support/roads.ts';

const client = documentClient(dynamoDbLocalClient());
let table: string;
let world: ReturnType<typeof personWorld>;
let applications: ReturnType<typeof createApplicationStore>;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  world = personWorld(client, table);
  applications = createApplicationStore(client, table);
});

/** The n-th person by ID number and by card number, and what a clerk says to have the two merged. */
function someone(n: number) {
  const byId = person(n);
  const byCard = { name: byId.name, idNumber: `rural:510100:9${String(n).padStart(7, '0')}` };
  const birthDate = byId.idNumber.replace(/^.{6}(....)(..)(..).*$/, '$1-$2-$3');
  const merge = { card: { number: byCard.idNumber, name: byId.name, birthDate }, person: { idNumber: byId.idNumber, name: byId.name } };
  return { byId, byCard, merge };
}
const hashOf = (number: string) => numberHash(PersonNumber.parse(number), HANGZHOU);
const read = async (Key: { PK: string; SK: string }) =>
  (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
const cardRow = async (number: string) => CardRow.optional().parse(await read(identityKey(HANGZHOU, await hashOf(number))));
const openUnder = async (...numbers: string[]) =>
  (await Promise.all(numbers.map(async (number) => world.records.openUnder(HANGZHOU, await hashOf(number))))).flat();
/** An application for what the person had in Chengdu and in Wuhan. */
async function applied(byCard: ReturnType<typeof someone>['byCard']): Promise<ApplicationNumber> {
  const { status, body } = await world.api.send('POST /v1/applications', { body: { person: byCard, formerRegions: [CHENGDU, WUHAN] } });
  expect(status, JSON.stringify(body)).toBe(201);
  return ApplicationNumber.parse(body.applicationNumber);
}
const withdraw = (caseNumber: Parameters<typeof world.give>[1]) => world.give(HANGZHOU, caseNumber, 'withdraw', { reason: '本人改变主意' });

describe('a merge (B22)', () => {
  test('keeps hashes alone, with the way there and back (B22, F4)', async () => {
    const { byId, byCard, merge } = someone(1);
    expect(await world.merge(merge)).toMatchObject({ status: 200, body: { matched: ['name', 'birthDate'], mergedAt: NOW } });
    const [card, of] = await Promise.all([hashOf(byCard.idNumber), hashOf(byId.idNumber)]);
    const rows = await Promise.all([read(identityKey(HANGZHOU, card)), read(personCardKey(HANGZHOU, of, card))]);
    expect(rows[0]).toMatchObject({ personHash: of, matched: ['name', 'birthDate'], mergedAt: NOW, by: expect.any(String) });
    expect(rows[1]).toMatchObject({ cardHash: card });
    for (const secret of [byId.idNumber, byCard.idNumber, byId.name]) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test('said twice has one answer; with another ID number it is refused and changes nothing (B22, E1)', async () => {
    const { byCard, merge } = someone(2);
    const first = await world.merge(merge);
    const before = await cardRow(byCard.idNumber);
    expect((await world.merge(merge)).body).toEqual(first.body);
    const other = { ...merge, card: { ...merge.card, birthDate: undefined, phone: '13800000000' } };
    const claimed = await world.merge({ ...other, person: { ...person(6), phone: '13800000000', name: merge.card.name } });
    expect([claimed.status, claimed.body.code]).toEqual([409, 'identity.merged']);
    expect(await cardRow(byCard.idNumber)).toEqual(before);
  });

  test('holds in the region that said it, and in no other (B22)', async () => {
    const { byCard, merge } = someone(3);
    await world.merge(merge, WUHAN);
    expect(await cardRow(byCard.idNumber)).toBeUndefined();
  });

  test('of two clerks at the same instant is one: the same person for both, else the second is told (B22)', async () => {
    for (let n = 10; n < 14; n += 1) {
      const { byCard, merge } = someone(n);
      const phone = '13800000000';
      const card = { ...merge.card, birthDate: undefined, phone };
      const claims = [person(n), person(n + 400)].map(({ idNumber }) => ({ card, person: { idNumber, name: card.name, phone } }));
      const answers = await Promise.all([...claims, ...claims].map((claim) => world.merge(claim)));
      const codes = answers.map(({ status, body }) => (status === 200 ? 'merged' : body.code));
      // Both say what was said first.
      expect(codes[0]).toBe(codes[2]);
      expect(codes[1]).toBe(codes[3]);
      expect(codes.filter((code) => code === 'merged')).toHaveLength(2);
      expect(codes.filter((code) => code === 'identity.merged')).toHaveLength(2);
      const winner = claims[codes.indexOf('merged')]!;
      expect((await cardRow(byCard.idNumber))?.personHash).toBe(await hashOf(winner.person.idNumber));
    }
  });
});

describe('one person has one place, under whichever number (B22, A10)', () => {
  test('a card number with an open case is not merged; once that has ended it is (B22, A10)', async () => {
    const { byCard, merge } = someone(20);
    const caseNumber = await world.opened(HANGZHOU, CHENGDU, { person: byCard });
    const refused = await world.merge(merge);
    expect([refused.status, refused.body.code]).toEqual([409, 'identity.open-case']);
    expect(refused.body.errors[0].reason).toContain(caseNumber);
    await withdraw(caseNumber);
    expect((await world.merge(merge)).status).toBe(200);
  });

  test('is open in every state but a final one, at either side (B22, A10)', async () => {
    for (const [i, steps] of [IN_STEPS, OUT_STEPS].entries()) {
      for (let n = 1; n <= steps.length; n += 1) {
        const number = personHash(100 * i + n);
        const state = { ...stateAfter(steps.slice(0, n)), region: HANGZHOU, caseNumber: aCaseNumber(600_000 + 100 * i + n) };
        const { caseNumber, side, status } = state;
        const pointer = { ...personCaseKey(HANGZHOU, number, caseNumber), caseNumber, region: HANGZHOU, side };
        for (const Item of [caseRow(state), pointer]) await client.send(new PutCommand({ TableName: table, Item }));
        expect(await world.records.openUnder(HANGZHOU, number), status).toEqual(isFinal(status) ? [] : [caseNumber]);
      }
    }
  });

  test('an application for several former regions that is not decided keeps the number from being merged (B22, B23)', async () => {
    const { byCard, merge } = someone(26);
    const parent = await applied(byCard);
    const refused = await world.merge(merge);
    expect([refused.status, refused.body.code]).toEqual([409, 'identity.open-case']);
    expect(refused.body.errors.map(({ reason }: { reason: string }) => reason.includes(parent))).toEqual([true]);
    for (const from of [CHENGDU, WUHAN]) await withdraw(await world.opened(HANGZHOU, from, { person: byCard }, parent));
    expect((await world.merge(merge)).status).toBe(200);
  });

  test.each([
    ['card', 21, true],
    ['ID number', 22, false],
  ])('after the merge a case opened by %s stands in the way of one by the other (B22, A10)', async (_number, n, cardFirst) => {
    const { byId, byCard, merge } = someone(n);
    await world.merge(merge);
    const [first, second] = cardFirst ? [byCard, byId] : [byId, byCard];
    const caseNumber = await world.opened(HANGZHOU, CHENGDU, { person: first });
    const refused = await world.open(HANGZHOU, CHENGDU, { person: second });
    expect([refused.status, refused.body.code]).toEqual([409, 'case.already-open']);
    expect(refused.body.errors[0].reason).toContain(caseNumber);
    await withdraw(caseNumber);
    expect((await world.open(HANGZHOU, CHENGDU, { person: second })).status).toBe(201);
  });

  test('at transferOut a letter about the card number is refused while one about the ID number is open (B22, A10)', async () => {
    const { byId, byCard, merge } = someone(23);
    expect((await world.merge(merge, CHENGDU)).status).toBe(200);
    const first = await world.lettered(HANGZHOU, CHENGDU, { person: byId });
    await world.deliver(HANGZHOU, first);
    const second = await world.lettered(WUHAN, CHENGDU, { person: byCard });
    await world.deliver(WUHAN, second);
    const [held, refused] = await Promise.all([first, second].map((caseNumber) => world.store.readCase(CHENGDU, caseNumber)));
    expect([held?.status, refused?.status]).toEqual(['letter-received', 'refused']);
    expect(refused?.ineligible).toEqual([expect.objectContaining({ code: 'already-open', note: expect.stringContaining(first) })]);
  });

  test('an opening that looked the number up before the merge is not written after it (B22, A10)', async () => {
    const { byCard, merge } = someone(24);
    const application = {
      ...openBody(24).application,
      person: Person.parse(byCard),
      voucher: { ...openBody(24).application.voucher, person: Person.parse(byCard) },
    };
    const opening = (n: number) => {
      const speaks = { procedures: [...ProcedureId.options], messages: [] };
      const regions = { region: { ...REGIONS[HANGZHOU]!, ...speaks }, counterpart: { ...REGIONS[CHENGDU]!, ...speaks } };
      const context = contextOf(HANGZHOU, { caseNumber: aCaseNumber(700_000 + n), ...regions });
      return changeOf(undefined, { command: { name: 'open', application, personHash: card }, context });
    };
    const card = await hashOf(byCard.idNumber);
    const before = opening(1);
    expect(await world.store.commit(before)).toEqual({ kind: 'written' });
    await world.give(HANGZHOU, before.after.caseNumber, 'withdraw', { reason: '本人改变主意' });
    await world.merge(merge);
    // As a slower clerk's would come: under the hash of the card number.
    const after = opening(2);
    expect(await world.store.commit(after)).toEqual({ kind: 'conflict' });
    expect(await world.store.readCase(HANGZHOU, after.after.caseNumber)).toBeUndefined();
  });

  test('a merge that looked for open cases before one was opened is not written (B22, A10)', async () => {
    const { byId, byCard } = someone(25);
    const [card, of] = await Promise.all([hashOf(byCard.idNumber), hashOf(byId.idNumber)]);
    const merged = { personHash: of, matched: ['name', 'birthDate'] as ('name' | 'birthDate')[], mergedAt: NOW, by: 'clerk' };
    const seen = await world.identities.read(HANGZHOU, card);
    const caseNumber = await world.opened(HANGZHOU, CHENGDU, { person: byCard });
    expect(await world.identities.merge(HANGZHOU, card, { ...merged, cases: seen?.cases })).toBe(false);
    await withdraw(caseNumber);
    const again = await world.identities.read(HANGZHOU, card);
    expect(again?.cases).toBe(1);
    await world.opened(HANGZHOU, CHENGDU, { person: byCard });
    expect(await world.identities.merge(HANGZHOU, card, { ...merged, cases: again?.cases })).toBe(false);
    expect((await cardRow(byCard.idNumber))?.personHash).toBeUndefined();
  });

  test('an application whose number was merged since it was looked up is not written under the card number (B22, B23)', async () => {
    const { byCard, merge } = someone(27);
    const card = await hashOf(byCard.idNumber);
    await world.merge(merge);
    const applicationNumber = applicationNumberOf(HANGZHOU, TODAY, 900_027);
    const row = {
      ...applicationKey(HANGZHOU, applicationNumber),
      ...{ applicationNumber, region: HANGZHOU, office: HANGZHOU_OFFICE, personHash: card, createdAt: NOW },
      ...{ children: { [CHENGDU]: {}, [WUHAN]: {} }, undecided: 2 },
    };
    const key = { office: HANGZHOU_OFFICE, key: IdempotencyKey.parse(uuid(27)), bodyHash: sha256('27') };
    // As a slower clerk's would come: what it would have to do is look the number up again.
    expect(await applications.create(row, PersonNumber.parse(byCard.idNumber), key)).toBeUndefined();
    expect(await applications.read(HANGZHOU, row.applicationNumber)).toBeUndefined();
    expect(await applications.readKey(HANGZHOU, HANGZHOU_OFFICE, key.key)).toBeUndefined();
  });

  test('a merge that looked for open applications before one was made is not written (B22, B23)', async () => {
    const { byId, byCard } = someone(28);
    const [card, of] = await Promise.all([hashOf(byCard.idNumber), hashOf(byId.idNumber)]);
    const seen = await world.identities.read(HANGZHOU, card);
    await applied(byCard);
    const merged = { personHash: of, matched: ['name', 'birthDate'] as ('name' | 'birthDate')[], mergedAt: NOW, by: 'clerk' };
    expect(await world.identities.merge(HANGZHOU, card, { ...merged, cases: seen?.cases })).toBe(false);
    expect(await cardRow(byCard.idNumber)).toEqual({ ...identityKey(HANGZHOU, card), cases: 1 });
  });

  test('an application by card number and the merge at the same instant: every child of it can be begun and decided (B22, B23)', async () => {
    for (let n = 30; n < 36; n += 1) {
      const { byId, byCard, merge } = someone(n);
      const [parent, merged] = await Promise.all([applied(byCard), world.merge(merge)]);
      expect(merged.status === 200 || merged.body.code === 'identity.open-case').toBe(true);
      const row = await applications.read(HANGZHOU, parent);
      expect(row?.personHash).toBe(await hashOf(merged.status === 200 ? byId.idNumber : byCard.idNumber));
      for (const from of [CHENGDU, WUHAN]) await withdraw(await world.opened(HANGZHOU, from, { person: byCard }, parent));
      expect((await applications.read(HANGZHOU, parent))?.undecided).toBe(0);
    }
  });

  test('openings by both numbers and the merge, all at the same instant, leave one open case or no merge (B22, A10)', async () => {
    for (let n = 40; n < 46; n += 1) {
      const { byId, byCard, merge } = someone(n);
      await Promise.all([
        world.merge(merge),
        world.open(HANGZHOU, CHENGDU, { person: byCard }),
        world.open(HANGZHOU, CHENGDU, { person: byId }),
      ]);
      const open = await openUnder(byId.idNumber, byCard.idNumber);
      const merged = (await cardRow(byCard.idNumber))?.personHash !== undefined;
      expect(open.length).toBe(merged ? 1 : 2);
    }
  });
});

describe('the record of a person with two numbers (B22, B14)', () => {
  test('has the cases of both, asked for from either (B22, B14)', async () => {
    const { byId, byCard, merge } = someone(60);
    const rural = [{ from: '2010-01', to: '2012-12', months: 36, scheme: '310' }];
    const early = await world.tabled(HANGZHOU, CHENGDU, { person: byCard, periods: rural });
    await world.give(HANGZHOU, early, 'complete', {});
    await world.deliver(HANGZHOU, early);
    const later = await world.tabled(HANGZHOU, WUHAN, { person: byId, periods: [{ from: '2013-01', to: '2013-06', months: 6 }] });
    const months = async (caseNumber: typeof early) => InsuranceRecord.parse((await world.record(caseNumber)).body).totals.months;
    expect([await months(early), await months(later)]).toEqual([36, 6]);
    expect((await world.merge(merge)).status).toBe(200);
    expect([await months(early), await months(later)]).toEqual([42, 42]);
    // A case that the card number begins from now on is kept under the ID number.
    const third = await world.tabled(HANGZHOU, CHENGDU, { person: byCard, periods: [{ from: '2014-01', to: '2014-12', months: 12 }] });
    expect((await world.store.readCase(HANGZHOU, third))?.personHash).toBe(await hashOf(byId.idNumber));
    expect([await months(early), await months(later), await months(third)]).toEqual([54, 54, 54]);
  });
});
