import { describe, expect, test } from 'vitest';
import { progressHandler } from '../../functions/cases/progress-api.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { Metrics } from '../../functions/platform/metrics.ts';
import { Person } from '../../schemas/person.ts';
import { directory } from '../support/case-api.ts';
import { CASE_NUMBER, caseIn, NOW } from '../support/cases.ts';
import { HANGZHOU, person } from '../support/documents.ts';
import { call } from '../support/http.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const CARD = 'rural:510100:0012A456';
const byCard = { ...caseIn('accepted'), person: Person.parse({ name: person(1).name, idNumber: CARD }) };

/** The person's query about a case that a card number began. */
async function ask(idNumber: string) {
  const { log, lines } = unitWitness();
  const handler = progressHandler({
    store: { readCase: async () => byCard },
    ...{ directory, log, attempts: { count: async () => true }, clock: { now: () => NOW } },
  });
  const metrics = untouched<Metrics>('metrics', { count: () => {} });
  const ring = httpHandler(new Map(), log, metrics, new Map([['POST /v1/progress', handler]]));
  const answer = await call(ring, 'POST /v1/progress', { body: { caseNumber: CASE_NUMBER, idNumber, region: HANGZHOU } });
  return { ...answer, said: JSON.stringify([answer.body, lines]) };
}

describe('the progress of a case by card number (B22, B19)', () => {
  test.each([CARD, ' RURAL:510100:0012a456 ', 'ｒｕｒａｌ：５１０１００：００１２Ａ４５６'])(
    'is told to who asks with that number, typed as %s, and the number is in no answer and no log (B22, B19, F4)',
    async (idNumber) => {
      const { status, body, said } = await ask(idNumber);
      expect([status, body.step]).toEqual([200, 'accepted']);
      expect(said).not.toContain('0012A456');
    },
  );

  test.each([
    ['an ID number', person(1).idNumber],
    ['another card number', 'rural:510100:0012A457'],
    ['the same number of another kind', 'medical:510100:0012A456'],
    ['the same number of another region', 'rural:330100:0012A456'],
  ])('is not told to who asks with %s (B22, B19)', async (_case, idNumber) => {
    const { status, body } = await ask(idNumber);
    expect([status, body.code]).toEqual([404, 'progress.not-found']);
  });

  test('is refused by field for a number without kind and region (B22, B19)', async () => {
    const { status, body } = await ask('0012A456');
    expect([status, body.code, body.errors[0].field]).toEqual([400, 'request.invalid', 'idNumber']);
  });
});
