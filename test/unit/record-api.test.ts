import { describe, expect, test } from 'vitest';
import type { RecordStore } from '../../functions/cases/record/record-store.ts';
import { TransferInCase } from '../../schemas/cases.ts';
import { CaseNumber } from '../../schemas/primitives.ts';
import { InsuranceRecord } from '../../schemas/record.ts';
import { caseApi, caseStoreInMemory, OTHER_OFFICE } from '../support/case-api.ts';
import { caseIn } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { untouched } from '../support/untouched.ts';

const ROUTE = 'GET /v1/cases/{caseNumber}/record';
const own = TransferInCase.parse(caseIn('ready-to-complete'));
const out = caseIn('transferred-out');

/** The case asked about, and what the index of persons finds. */
function recordApi(found: readonly object[] = [own], asked: ReturnType<typeof caseIn> = own) {
  const { store, put } = caseStoreInMemory();
  put(asked);
  const looked: string[] = [];
  const records = untouched<RecordStore>('records', {
    ofPerson: async (region, number) => {
      looked.push(`${region} ${number}`);
      return found as TransferInCase[];
    },
  });
  const api = caseApi(store, { records });
  return { ...api, looked, read: (said: object = {}) => api.send(ROUTE, { caseNumber: asked.caseNumber, ...said }) };
}

const another = (n: number, from: string, to: string, months: number, office = own.office) => ({
  ...own,
  ...{ caseNumber: aCaseNumber(n), office },
  table: { ...own.table!, periods: [{ ...own.table!.periods[0]!, from, to, months }] },
});

describe('GET /v1/cases/{caseNumber}/record (B14)', () => {
  test('joins what the person’s cases in the region bring, another office’s too (B14)', async () => {
    const { read, looked } = recordApi([own, another(77, '2018-01', '2018-12', 12, OTHER_OFFICE)]);
    const { status, body } = await read();
    expect(status).toBe(200);
    const record = InsuranceRecord.parse(body);
    expect(record.caseNumber).toBe(own.caseNumber);
    // The table of this case has 83 months from March 2019 on; the other case 12, and two months lie between.
    expect(record.totals).toEqual({ imported: 95, local: 0, months: 95, employee: 95 });
    expect(record.gaps).toEqual([{ from: '2019-01', to: '2019-02', months: 2 }]);
    expect(looked).toEqual([`${HANGZHOU} ${own.personHash}`]);
  });

  test('shows the case itself where the index of persons does not have it (B14)', async () => {
    const { body } = await recordApi([]).read();
    expect(body.totals.months).toBe(83);
  });

  test('counts a case once that the index has as well (B14)', async () => {
    const { body } = await recordApi([own]).read();
    expect([body.totals.months, body.overlaps]).toEqual([83, []]);
  });

  test('leaves out cases in which the person left the region: their months are the former region’s to tell (B14)', async () => {
    const { body, status } = await recordApi([own, { ...out, region: HANGZHOU, caseNumber: aCaseNumber(78) }]).read();
    expect([status, body.totals.months]).toEqual([200, 83]);
  });

  test('logs who saw what of whom, case by case, before it is shown (B14, F3)', async () => {
    const other = another(77, '2018-01', '2018-12', 12);
    const { read, lines } = recordApi([own, other]);
    await read({ role: 'supervisor' });
    const viewer = { region: HANGZHOU, office: HANGZHOU_OFFICE, role: 'supervisor', subject: `${HANGZHOU_OFFICE}-supervisor` };
    expect(lines.map(({ code, fields }) => [code, fields])).toEqual([
      ['record.viewed', { caseNumber: own.caseNumber, ...viewer }],
      ['record.viewed', { caseNumber: other.caseNumber, ...viewer }],
      ['http.answered', expect.anything()],
    ]);
  });

  test('is refused at the side that the person left, where no record is joined (B14)', async () => {
    const { read, looked, lines } = recordApi([], out);
    const answer = await read({ office: CHENGDU_OFFICE });
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([409, 'case.wrong-state', 'side']);
    expect([looked, lines.map(({ code }) => code)]).toEqual([[], ['http.refused']]);
  });

  test.each([
    ['another office of the region', { office: OTHER_OFFICE }, 403, 'caller.wrong-office'],
    ['another region', { office: CHENGDU_OFFICE }, 404, 'case.not-found'],
    ['the ministry', { role: 'ministry' }, 403, 'caller.role-not-allowed'],
    ['a number that is no case’s', { caseNumber: CaseNumber.parse(aCaseNumber(99)) }, 404, 'case.not-found'],
  ])('is not for %s (B14, F1)', async (_case, said, status, code) => {
    const { read, looked, lines } = recordApi();
    const answer = await read(said);
    expect([answer.status, answer.body.code, looked]).toEqual([status, code, []]);
    expect(lines.some((line) => line.code === 'record.viewed')).toBe(false);
  });
});
