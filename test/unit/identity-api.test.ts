import { describe, expect, test } from 'vitest';
import type { IdentityStore } from '../../functions/cases/identity/identity-store.ts';
import { resolvingHash } from '../../functions/cases/identity/resolving-hash.ts';
import type { RecordStore } from '../../functions/cases/record/record-store.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { ROUTES } from '../../schemas/api.ts';
import { Role } from '../../schemas/codes.ts';
import { type CaseNumber, PersonHash, PersonNumber } from '../../schemas/primitives.ts';
import type { CardRow } from '../../schemas/record.ts';
import { caseApi, caseStoreInMemory } from '../support/case-api.ts';
import { NOW } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { untouched } from '../support/untouched.ts';

const ROUTE = 'POST /v1/identities';
const CARD = 'rural:510100:00123456';
const hashOf = (number: string) => PersonHash.parse(sha256(number));
const { name, idNumber } = person(1);
const birthDate = '1960-01-01';
const body = (card: object = {}, of: object = {}) => ({
  card: { number: CARD, name, birthDate, ...card },
  person: { idNumber, name, ...of },
});

/** One region's identities in memory; `meanwhile` happens between the look at what is open and the write. */
function identityApi({ open = [] as CaseNumber[], meanwhile = () => {} } = {}) {
  const rows = new Map<string, CardRow>();
  const written: string[] = [];
  const identities: IdentityStore = {
    read: async (region, card) => rows.get(`${region} ${card}`),
    personOf: async (region, card) => rows.get(`${region} ${card}`)?.personHash,
    merge: async (region, card, merge) => {
      meanwhile();
      const there = rows.get(`${region} ${card}`);
      if (there?.personHash || there?.cases !== merge.cases) return false;
      rows.set(`${region} ${card}`, { PK: '', SK: '', ...merge });
      written.push(`${region} ${card} ${merge.personHash} ${merge.by}`);
      return true;
    },
  };
  const asked: string[] = [];
  const records = untouched<RecordStore>('records', {
    openUnder: async (region, number) => {
      asked.push(`${region} ${number}`);
      return open;
    },
  });
  const api = caseApi(caseStoreInMemory().store, { identities, records });
  return { ...api, rows, written, asked, merge: (said: object = body(), more: object = {}) => api.send(ROUTE, { body: said, ...more }) };
}

describe('POST /v1/identities (B22)', () => {
  test('merges a card number with an ID number, by hash, and says by what (B22)', async () => {
    const { merge, written, asked } = identityApi();
    const answer = await merge();
    expect(answer).toMatchObject({ status: 200, body: { matched: ['name', 'birthDate'], mergedAt: NOW } });
    expect(written).toEqual([`${HANGZHOU} ${hashOf(CARD)} ${hashOf(idNumber)} ${HANGZHOU_OFFICE}-clerk`]);
    expect(asked).toEqual([`${HANGZHOU} ${hashOf(CARD)}`]);
  });

  test('said again gives the answer of the first time and writes nothing (B22, E1)', async () => {
    const { merge, written, wait, lines } = identityApi();
    const first = await merge();
    wait(60_000);
    const again = await merge(body({ phone: '13800000000' }, { phone: '13800000000' }));
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(written).toHaveLength(1);
    expect(lines.filter(({ code }) => code === 'identity.merged')).toHaveLength(1);
  });

  test('of a number that is another person’s already is refused, by whoever (B22)', async () => {
    const { merge, written } = identityApi();
    await merge();
    const other = await merge(
      body({ birthDate: undefined, phone: '13800000000' }, { idNumber: person(5).idNumber, phone: '13800000000' }),
      {
        role: 'supervisor',
      },
    );
    expect([other.status, other.body.code, other.body.errors[0].field]).toEqual([409, 'identity.merged', 'card.number']);
    expect(written).toHaveLength(1);
  });

  test('that does not agree enough is refused before anything is looked up, and quotes nothing (B22, F4)', async () => {
    const { merge, asked, lines } = identityApi();
    const answer = await merge(body({ birthDate: '1960-01-02' }));
    expect([answer.status, answer.body.code]).toEqual([422, 'identity.not-matching']);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(['card.birthDate']);
    expect(asked).toEqual([]);
    for (const value of [CARD, '00123456', idNumber, name, '1960-01-02']) {
      expect(JSON.stringify([answer.body, lines])).not.toContain(value);
    }
  });

  test('waits until nothing of the card number is open, and names each case and application (B22, A10)', async () => {
    const { merge, written } = identityApi({ open: [aCaseNumber(1), aCaseNumber(2)] });
    const answer = await merge();
    expect([answer.status, answer.body.code]).toEqual([409, 'identity.open-case']);
    expect(answer.body.errors).toEqual(
      [1, 2].map((n) => ({ field: 'card.number', code: 'open_case', reason: expect.stringContaining(aCaseNumber(n)) })),
    );
    expect(written).toEqual([]);
  });

  test('looks again where the card number began a case at the same instant, and finds it open (B22, A10)', async () => {
    const open: CaseNumber[] = [];
    const { merge, rows, written } = identityApi({
      open,
      meanwhile: () => {
        if (open.length > 0) return;
        open.push(aCaseNumber(1));
        rows.set(`${HANGZHOU} ${hashOf(CARD)}`, { PK: '', SK: '', cases: 1 });
      },
    });
    expect((await merge()).body.code).toBe('identity.open-case');
    expect(written).toEqual([]);
  });

  test('is a person’s word: every other role is refused (B22, F1)', async () => {
    const allowed = ROUTES.find(({ path }) => path === '/v1/identities')?.roles;
    expect(allowed).toEqual(['clerk', 'supervisor']);
    for (const role of Role.options) expect((await identityApi().merge(body(), { role })).status).toBe(allowed?.includes(role) ? 200 : 403);
  });
});

describe('the hash that a person is found by (B22)', () => {
  const person = hashOf('the person');
  const merged = resolvingHash(async (number) => hashOf(number), {
    personOf: async (region, card) => (region === HANGZHOU && card === hashOf(CARD) ? person : undefined),
  });
  const number = (text: string) => PersonNumber.parse(text);

  test('of a merged card number is the person’s, in the region that merged it (B22)', async () => {
    expect(await merged(number(CARD), HANGZHOU)).toBe(person);
    expect(await merged(number(CARD), '510100' as never)).toBe(hashOf(CARD));
    expect(await merged(number('rural:510100:00999999'), HANGZHOU)).toBe(hashOf('rural:510100:00999999'));
  });

  test('of an ID number costs no read (B22)', async () => {
    const hash = resolvingHash(async (said) => hashOf(said), untouched<Pick<IdentityStore, 'personOf'>>('identities'));
    expect(await hash(number(idNumber), HANGZHOU)).toBe(hashOf(idNumber));
    await expect(hash(number(CARD), HANGZHOU)).rejects.toThrow('personOf');
  });
});
