import { describe, expect, test } from 'vitest';
import { sourcesOf } from '../../functions/cases/record/sources.ts';
import { supplementFindings } from '../../functions/cases/record/supplement.ts';
import { findingsOf } from '../../functions/platform/errors.ts';
import { CaseQuery, TransferInCase } from '../../schemas/cases.ts';
import { InformationTable } from '../../schemas/documents.ts';
import { Instant, PersonNumber, RegionCode } from '../../schemas/primitives.ts';
import { RecordSupplement } from '../../schemas/record.ts';
import { caseIn, NOW, TODAY, table, uuid } from '../support/cases.ts';
import { CHENGDU_OFFICE, HANGZHOU_OFFICE } from '../support/documents.ts';

const state = TransferInCase.parse(caseIn('ready-to-complete'));
const row = (from: string, to: string, months: number, said: Record<string, unknown> = {}) => ({
  ...{ from, to, months, scheme: '310', contribution: '1', officeName: '杭州市医疗保障事务中心（演示）', officeCode: HANGZHOU_OFFICE },
  ...said,
});
const body = (said: Record<string, unknown> = {}) => ({ periods: [], source: 'own-records', document: '本地参保记录', ...said });
const supplement = (said: Record<string, unknown>): RecordSupplement => RecordSupplement.parse(body(said));
const found = (said: Record<string, unknown>, of = state) =>
  supplementFindings(of, supplement(said), TODAY).map(({ field, code }) => `${field} ${code}`);

describe('what a clerk adds to the record (B14)', () => {
  test('is in order: months that add up, of an office of the region, or a field alone (B14)', () => {
    expect(found({ periods: [row('2026-02', '2026-03', 2)] })).toEqual([]);
    expect(found({ source: 'person', fields: { address: '杭州市演示路3号' } })).toEqual([]);
  });

  test.each([
    ['months that are not those from–to', [row('2025-01', '2025-12', 11)], ['periods.0.months months_mismatch']],
    ['a period backwards', [row('2025-02', '2025-01', 1)], ['periods.0.to order']],
    ['a month of the future', [row('2026-03', '2026-04', 2)], ['periods.0.to future']],
    ['a month twice', [row('2025-01', '2025-06', 6), row('2025-06', '2025-07', 2)], ['periods.1.from overlap']],
    [
      'several mistakes, all at once',
      [row('2025-01', '2025-06', 5), row('2025-06', '2027-01', 20, { officeCode: CHENGDU_OFFICE })],
      ['periods.0.months months_mismatch', 'periods.1.to future', 'periods.1.from overlap', 'periods.1.officeCode other_region'],
    ],
  ])('with %s is refused by row (B14)', (_case, periods, expected) => expect(found({ periods })).toEqual(expected));

  test.each([{}, { fields: {} }])('that says nothing, %j, is refused (B14)', (said) => {
    expect(found(said)).toEqual(['periods missing']);
  });

  test('as own records names an office of the region: its city, a district, the office of the case itself (B14)', () => {
    const own = (officeCode: string, of = state) => found({ periods: [row('2025-01', '2025-01', 1, { officeCode })] }, of);
    expect([own('33010002'), own('33010601')]).toEqual([[], []]);
    expect([own('33020001'), own(CHENGDU_OFFICE)]).toEqual([['periods.0.officeCode other_region'], ['periods.0.officeCode other_region']]);
    const ofProvince = { ...state, region: RegionCode.parse('339900') };
    expect([own('33990001', ofProvince), own(state.office, ofProvince)]).toEqual([[], []]);
    expect(own('33020001', ofProvince)).toEqual(['periods.0.officeCode other_region']);
    const ofBeijing = { ...state, region: RegionCode.parse('110000') };
    expect(own('11010501', ofBeijing)).toEqual([]);
  });

  test.each(RecordSupplement.shape.source.options)(
    'brings no month of another region, also as material of %s: its table does (B14)',
    (source) => {
      const said = RecordSupplement.parse(body({ source, periods: [row('2025-01', '2025-01', 1, { officeCode: CHENGDU_OFFICE })] }));
      const findings = supplementFindings(state, said, TODAY);
      expect(findings).toEqual([{ field: 'periods.0.officeCode', code: 'other_region', reason: expect.stringContaining('信息表') }]);
      expect(found({ source, periods: [row('2025-01', '2025-01', 1)] })).toEqual([]);
    },
  );

  describe('with what the case has already', () => {
    // 400 different months, from January 1990 to April 2023.
    const months = Array.from({ length: 400 }, (_, i) => `${1990 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`);
    const rows = (count: number, said: Record<string, unknown> = {}) => months.slice(0, count).map((month) => row(month, month, 1, said));
    const having = (...said: Record<string, unknown>[]) => ({
      ...state,
      supplements: said.map((one) => ({ ...supplement(one), at: NOW })),
    });
    const TOO_BIG = ['periods too_big'];

    test('has at most 400 rows (B14)', () => {
      const of = having({ periods: rows(199) }, { periods: rows(200) });
      expect([found({ periods: rows(1) }, of), found({ periods: rows(2) }, of)]).toEqual([[], TOO_BIG]);
      expect(found({ periods: rows(400) })).toEqual([]);
      expect(found({ periods: rows(1) }, having({ periods: rows(400) }))).toEqual(TOO_BIG);
      expect(found({ fields: { phone: '13800000001' } }, having({ periods: rows(400) }))).toEqual([]);
    });

    test('has at most 100 KB, also of fields alone (B14)', () => {
      // Three bytes a character: 600 of the remark alone, in 160 rows 96,000 beside some 150 for the rest of each.
      const long = { remark: '备'.repeat(200) };
      expect(found({ periods: rows(100, long) })).toEqual([]);
      expect(found({ periods: rows(160, long) })).toEqual(TOO_BIG);
      // 1,200 bytes each and some more.
      const fields = { fields: { address: '址'.repeat(200), employer: '位'.repeat(100), hukouPlace: '地'.repeat(100) } };
      expect(found(fields, having(...Array.from({ length: 60 }, () => fields)))).toEqual([]);
      expect(found(fields, having(...Array.from({ length: 85 }, () => fields)))).toEqual(TOO_BIG);
    });
  });

  test('dates the first employment after the birth, as far as the number tells it, and not in the future (B14, B22)', () => {
    const on = (firstEmployedOn: string, of = state) => found({ source: 'person', fields: { firstEmployedOn } }, of);
    expect(state.person.idNumber.slice(6, 14)).toBe('19600101');
    expect([on('1960-01-01'), on('2026-03-02')]).toEqual([[], []]);
    expect(on('2026-03-03')).toEqual(['fields.firstEmployedOn future']);
    expect(on('1959-12-31')).toEqual(['fields.firstEmployedOn before_birth']);
    const byCard = { ...state, person: { ...state.person, idNumber: PersonNumber.parse('rural:510100:99999999') } };
    expect(on('1959-12-31', byCard)).toEqual([]);
  });

  test.each([
    ['months below one', { periods: [row('2025-01', '2025-01', 0)] }, 'periods.0.months'],
    ['a phone that is none', { fields: { phone: '12' } }, 'fields.phone'],
    ['a field that the record does not have', { fields: { salary: '1' } }, 'fields'],
    ['no document', { document: ' ' }, 'document'],
    ['a source of its own', { source: 'hearsay' }, 'source'],
    ['more than 400 rows', { periods: Array.from({ length: 401 }, () => row('2025-01', '2025-01', 1)) }, 'periods'],
  ])('with %s is refused before any rule (B14)', (_case, said, field) => {
    const { error } = RecordSupplement.safeParse(body(said));
    expect(error && findingsOf(error).map((one) => one.field)).toEqual([field]);
  });
});

const at = (text: string) => Instant.parse(text);
const tableOf = (number = state.table?.number) => InformationTable.parse({ ...table(), number });
const received = {
  ...{ ...state, table: tableOf(), versions: { 'information-table': uuid(14) } },
  times: { 'table-received': at('2026-03-02T02:00:00.000Z') },
};
const query = (n: number, said: Record<string, unknown>) =>
  CaseQuery.parse({
    ...{ id: uuid(n), by: 'own', about: 'information-table', version: uuid(14), fields: ['periods.0'], question: '请核对' },
    ...{ askedAt: NOW, ...said },
  });

describe('the sources of the record (B14)', () => {
  test('of a table are its number, the message that brought it and when (B14)', () => {
    expect(sourcesOf([received]).map(({ provenance }) => provenance)).toEqual([
      {
        ...{ source: 'information-table', caseNumber: state.caseNumber, document: received.table.number },
        ...{ messageId: uuid(14), recordedAt: '2026-03-02T02:00:00.000Z' },
      },
    ]);
  });

  test('of a corrected table are the message and the time of the last correction (B14, B9)', () => {
    const corrected = { answer: 'corrected', changed: [] } as const;
    const queries = [
      query(1, { ...corrected, answeredAt: at('2026-03-05T02:00:00.000Z') }),
      query(2, { ...corrected, answeredAt: at('2026-03-04T02:00:00.000Z') }),
      query(3, { answer: 'explained', answeredAt: at('2026-03-07T02:00:00.000Z') }),
      query(4, { ...corrected, about: 'remittance-advice', answeredAt: at('2026-03-08T02:00:00.000Z') }),
      query(5, {}),
    ];
    const state = { ...received, queries, versions: { 'information-table': uuid(15) } };
    expect(sourcesOf([state])[0]?.provenance).toMatchObject({ messageId: uuid(15), recordedAt: '2026-03-05T02:00:00.000Z' });
  });

  test('of a hand-over that ended unfinished are this side’s own words, not the table: the relation stayed where it was (B14, B5)', () => {
    const supplements = [{ ...supplement({ periods: [row('2026-02', '2026-02', 1)] }), at: NOW }];
    const both = sourcesOf([{ ...received, supplements }]);
    expect(both.map(({ provenance }) => provenance.source)).toEqual(['information-table', 'own-records']);
    const ended = sourcesOf([{ ...received, supplements, status: 'closed-by-agreement', ended: NOW }]);
    expect(ended.map(({ provenance }) => provenance)).toEqual([
      { source: 'own-records', caseNumber: state.caseNumber, document: '本地参保记录', recordedAt: NOW },
    ]);
  });

  test('are none of a case without table and supplements (B14)', () => {
    expect(sourcesOf([TransferInCase.parse(caseIn('letter-sent'))])).toEqual([]);
  });
});
