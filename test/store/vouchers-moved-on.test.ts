import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdentityStore } from '../../functions/cases/identity/identity-store.ts';
import { caseKey, personCaseKey } from '../../functions/cases/keys.ts';
import { caseNumberOf } from '../../functions/cases/numbers.ts';
import { createPersonIndex, type PersonIndex } from '../../functions/cases/person-index-store.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { Side } from '../../schemas/codes.ts';
import { CalendarDate, PersonHash, type RegionCode } from '../../schemas/primitives.ts';
import { CaseStatus } from '../../schemas/procedures.ts';
import { NOW } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

const client = documentClient(dynamoDbLocalClient());
const SUSPENDED = CalendarDate.parse('2026-01-31');
let table: string;
let persons: PersonIndex;
let people = 0;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  persons = createPersonIndex(client, table);
});

type Copy = { begunBy: RegionCode; on: string; side: Side; status?: CaseStatus };
/** Whether a person with these copies at Hangzhou has moved on since he was suspended there. */
async function movedOn(...copies: Copy[]): Promise<boolean> {
  const person = await aPerson(...copies);
  return persons.hasMovedOn(HANGZHOU, person, SUSPENDED);
}

async function aPerson(...copies: Copy[]): Promise<PersonHash> {
  people += 1;
  const person = PersonHash.parse(sha256(`person ${people}`));
  for (const [i, { begunBy, on, side, status = 'letter-received' }] of copies.entries()) {
    const caseNumber = caseNumberOf(begunBy, CalendarDate.parse(on), people * 10 + i);
    const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName: table, Item }));
    await put({ ...personCaseKey(HANGZHOU, person, caseNumber), caseNumber, region: HANGZHOU, side });
    await put({ ...caseKey(HANGZHOU, caseNumber), status });
  }
  return person;
}

/** Merges a card number, under which a voucher was issued, with the person's ID number. */
async function cardOf(personHash: PersonHash, ...copies: Copy[]): Promise<PersonHash> {
  const card = await aPerson(...copies);
  const merge = { personHash, matched: ['name' as const, 'phone' as const], mergedAt: NOW, by: 'clerk-1', cases: undefined };
  expect(await createIdentityStore(client, table).merge(HANGZHOU, card, merge)).toBe(true);
  return card;
}

describe('a person needs no warning who has registered elsewhere (A11)', () => {
  it('nobody has who has no case at all', async () => expect(await movedOn()).toBe(false));

  it.each<[string, Copy, boolean]>([
    ['another region has asked for the relation', { begunBy: CHENGDU, on: '2026-02-20', side: 'transferOut' }, true],
    ['it asked on the day of the suspension', { begunBy: CHENGDU, on: '2026-01-31', side: 'transferOut' }, true],
    ['it asked for an earlier relation', { begunBy: CHENGDU, on: '2026-01-30', side: 'transferOut' }, false],
    ['he moves to this region', { begunBy: HANGZHOU, on: '2026-02-20', side: 'transferIn' }, false],
  ])('%s', async (_case, copy, expected) => expect(await movedOn(copy)).toBe(expected));

  it.each(CaseStatus.options)('of a case that this region began itself, status %s', async (status) => {
    const silent: CaseStatus[] = ['voucher-sent', 'requested', 'ineligible', 'withdrawn', 'closed-by-agreement'];
    expect(await movedOn({ begunBy: HANGZHOU, on: '2026-02-20', side: 'transferOut', status })).toBe(!silent.includes(status));
  });

  it('his card number, on which the voucher was issued, was merged later: the case under the ID number is seen (A11, B22)', async () => {
    const asked: Copy = { begunBy: CHENGDU, on: '2026-02-20', side: 'transferOut' };
    const here: Copy = { begunBy: HANGZHOU, on: '2026-02-20', side: 'transferIn' };
    for (const [copies, expected] of [
      [[asked], true],
      [[here, asked], true],
      [[here], false],
      [[], false],
    ] as const) {
      const card = await cardOf(await aPerson(...copies), here);
      expect(await persons.hasMovedOn(HANGZHOU, card, SUSPENDED)).toBe(expected);
    }
    const card = await cardOf(await aPerson(), asked);
    expect(await persons.hasMovedOn(HANGZHOU, card, SUSPENDED)).toBe(true);
  });

  it('one of several cases is enough', async () => {
    const old: Copy = { begunBy: CHENGDU, on: '2020-05-06', side: 'transferOut' };
    const sent: Copy = { begunBy: HANGZHOU, on: '2026-02-01', side: 'transferOut', status: 'voucher-sent' };
    expect(await movedOn(old, sent)).toBe(false);
    expect(await movedOn(old, sent, { begunBy: CHENGDU, on: '2026-02-20', side: 'transferOut' })).toBe(true);
  });
});
