import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinRecord, type RecordSource } from '../../functions/cases/record/join.ts';
import { ContributionKind, Scheme } from '../../schemas/codes.ts';
import { InsuredPeriod } from '../../schemas/documents.ts';
import { InsuranceRecord, type Provenance } from '../../schemas/record.ts';
import { CASE_NUMBER } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { CHENGDU_OFFICE } from '../support/documents.ts';
import { permutations } from '../support/permutations.ts';

type Row = Partial<InsuredPeriod> | Record<string, unknown>;

/** Months as text, in order: nothing of the rule's arithmetic in it. */
const CALENDAR = Array.from({ length: 37 * 12 }, (_, i) => `${1995 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`);
const monthsOf = ({ from, to }: { from: string; to: string }): string[] => CALENDAR.filter((text) => from <= text && text <= to);

const row = (from: string, to: string, said: Row = {}): InsuredPeriod =>
  InsuredPeriod.parse({
    ...{ from, to, scheme: '310', contribution: '1', months: Math.max(1, monthsOf({ from, to }).length) },
    ...{ officeName: '成都市医疗保障事务中心（演示）', officeCode: CHENGDU_OFFICE },
    ...said,
  });

/** The n-th document; later ones were recorded later. */
const aSource = (n: number, source: Provenance['source'], periods: InsuredPeriod[], fields?: RecordSource['fields']): RecordSource => ({
  provenance: {
    ...{ source, caseNumber: aCaseNumber(n), document: `文件 ${n}` },
    recordedAt: `2026-03-${String(n).padStart(2, '0')}T02:00:00.000Z` as Provenance['recordedAt'],
  },
  periods,
  ...(fields && { fields }),
});
const table = (n: number, ...periods: InsuredPeriod[]) => aSource(n, 'information-table', periods);

const join = (...sources: RecordSource[]): InsuranceRecord => InsuranceRecord.parse(joinRecord(CASE_NUMBER, sources));
/** `2019-03–2019-12 文件 1 imported`: months, document and where they count. */
const told = ({ periods }: InsuranceRecord) =>
  periods.map(({ from, to, provenance, imported }) => `${from}–${to} ${provenance.document} ${imported ? 'imported' : 'local'}`);
const overlapsTold = ({ overlaps }: InsuranceRecord) =>
  overlaps.map(({ from, to, counted, left }) => `${from}–${to} ${counted.document} not ${left.document}`);

describe('the record joins months of several sources (B14)', () => {
  test('of two former regions and this one: imported and local months are the total, gaps are named (B14)', () => {
    const record = join(
      table(1, row('2015-01', '2016-06'), row('2016-07', '2017-12')),
      table(2, row('2018-04', '2019-03')),
      aSource(3, 'own-records', [row('2019-05', '2019-06')]),
    );
    expect(told(record)).toEqual([
      '2015-01–2016-06 文件 1 imported',
      '2016-07–2017-12 文件 1 imported',
      '2018-04–2019-03 文件 2 imported',
      '2019-05–2019-06 文件 3 local',
    ]);
    expect(record.gaps).toEqual([
      { from: '2018-01', to: '2018-03', months: 3 },
      { from: '2019-04', to: '2019-04', months: 1 },
    ]);
    // 18 + 18 and 12 months were imported, 2 are local.
    expect(record.totals).toEqual({ imported: 48, local: 2, months: 50, employee: 50 });
    expect(record.overlaps).toEqual([]);
  });

  test('counts a month that two tables claim once, for the table that came first, and names both documents (B14)', () => {
    const record = join(table(2, row('2019-01', '2019-12')), table(1, row('2018-07', '2019-03')));
    expect(told(record)).toEqual(['2018-07–2019-03 文件 1 imported', '2019-04–2019-12 文件 2 imported']);
    expect(overlapsTold(record)).toEqual(['2019-01–2019-03 文件 1 not 文件 2']);
    expect(record.totals).toEqual({ imported: 18, local: 0, months: 18, employee: 18 });
  });

  test('cuts a period in two where another covers its middle (B14)', () => {
    const record = join(table(2, row('2019-01', '2019-12')), table(1, row('2019-05', '2019-06')));
    expect(told(record)).toEqual(['2019-01–2019-04 文件 2 imported', '2019-05–2019-06 文件 1 imported', '2019-07–2019-12 文件 2 imported']);
    expect(record.periods.map(({ months }) => months)).toEqual([4, 2, 6]);
  });

  test('leaves out a period that is covered whole, and says for whom it was counted (B14)', () => {
    const record = join(table(1, row('2019-01', '2019-12')), aSource(2, 'person', [row('2019-02', '2019-03')]));
    expect(told(record)).toEqual(['2019-01–2019-12 文件 1 imported']);
    expect(overlapsTold(record)).toEqual(['2019-02–2019-03 文件 1 not 文件 2']);
    expect(record.overlaps[0]).toMatchObject({ counted: { source: 'information-table' }, left: { source: 'person' } });
  });

  test('names every source that claims a month beside the one it counts for, also two at once (B14)', () => {
    const record = join(
      aSource(3, 'person', [row('2019-01', '2019-04')]),
      table(1, row('2019-01', '2019-02')),
      aSource(2, 'employer', [row('2019-02', '2019-03')]),
    );
    expect(told(record)).toEqual(['2019-01–2019-02 文件 1 imported', '2019-03–2019-03 文件 2 local', '2019-04–2019-04 文件 3 local']);
    expect(overlapsTold(record).sort()).toEqual([
      '2019-01–2019-02 文件 1 not 文件 3',
      '2019-02–2019-02 文件 1 not 文件 2',
      '2019-03–2019-03 文件 2 not 文件 3',
    ]);
  });

  test('prefers the employee scheme, whose years count for retirement, to any other source of the month (B14; S80 三)', () => {
    const residents = table(1, row('2019-01', '2019-12', { scheme: '390' }));
    const record = join(residents, aSource(2, 'person', [row('2019-11', '2020-01')]));
    expect(told(record)).toEqual(['2019-01–2019-10 文件 1 imported', '2019-11–2020-01 文件 2 local']);
    expect(record.totals).toEqual({ imported: 10, local: 3, months: 13, employee: 3 });
  });

  test('then a table, own records, the employer and the person, in this order, whenever they were recorded (B14)', () => {
    const kinds = ['information-table', 'own-records', 'employer', 'person'] as const;
    for (const [i, first] of kinds.entries()) {
      for (const second of kinds.slice(i + 1)) {
        const record = join(aSource(1, second, [row('2019-01', '2019-01')]), aSource(2, first, [row('2019-01', '2019-01')]));
        expect(record.periods.map(({ provenance }) => provenance.source)).toEqual([first]);
      }
    }
  });

  test('keeps scheme and kind of contribution of each row, and rural months are part of it (B14; S94 11)', () => {
    const record = join(
      table(1, row('2010-01', '2012-12', { scheme: '380' }), row('2013-01', '2013-12', { scheme: '390', contribution: '2' })),
      aSource(2, 'own-records', [row('2014-01', '2014-06', { contribution: '3', officeName: '本地机构' })]),
    );
    expect(record.periods.map(({ scheme, contribution, officeName }) => [scheme, contribution, officeName])).toEqual([
      ['380', '1', '成都市医疗保障事务中心（演示）'],
      ['390', '2', '成都市医疗保障事务中心（演示）'],
      ['310', '3', '本地机构'],
    ]);
    // 36 rural and 12 residents' months were imported, 6 are local and of the employee scheme.
    expect(record.totals).toEqual({ imported: 48, local: 6, months: 54, employee: 6 });
  });

  test('keeps where every field comes from, and the latest statement holds (B14)', () => {
    const record = join(
      aSource(2, 'employer', [], { employer: '甲公司', phone: '13800000002' }),
      aSource(3, 'person', [], { phone: '13800000003' }),
      aSource(1, 'person', [], { phone: '13800000001', address: '杭州市演示路2号' }),
    );
    expect(record.fields.map(({ field, value, provenance }) => [field, value, provenance.document, provenance.source])).toEqual([
      ['address', '杭州市演示路2号', '文件 1', 'person'],
      ['employer', '甲公司', '文件 2', 'employer'],
      ['phone', '13800000003', '文件 3', 'person'],
    ]);
  });

  test('of nothing is empty (B14)', () => {
    expect(join()).toEqual({
      ...{ caseNumber: CASE_NUMBER, periods: [], gaps: [], overlaps: [], fields: [] },
      totals: { imported: 0, local: 0, months: 0, employee: 0 },
    });
  });

  test('says the same in whatever order the sources are found (B14)', () => {
    const sources = [
      table(1, row('2019-01', '2019-12', { scheme: '390' })),
      table(2, row('2019-06', '2020-03', { scheme: '391' })),
      aSource(3, 'own-records', [row('2019-10', '2020-05')], { phone: '13800000003' }),
      aSource(4, 'person', [row('2018-11', '2020-06', { scheme: '380' })], { phone: '13800000004' }),
    ];
    const records = permutations(sources).map((some) => join(...some));
    expect(records).toHaveLength(24);
    for (const record of records) expect(record).toEqual(records[0]);
  });
});

const month = fc
  .record({ year: fc.integer({ min: 2016, max: 2020 }), month: fc.integer({ min: 1, max: 12 }) })
  .map((said) => `${said.year}-${String(said.month).padStart(2, '0')}`);
const anyRow = fc
  .record({
    ...{ from: month, length: fc.integer({ min: 1, max: 20 }) },
    ...{ scheme: fc.constantFrom(...Scheme.options), contribution: fc.constantFrom(...ContributionKind.options) },
  })
  .map(({ from, length, ...said }) => row(from, monthsOf({ from, to: '2031-12' })[length - 1] ?? from, said));
const anySource = fc.record({
  source: fc.constantFrom('information-table', 'own-records', 'employer', 'person' as const),
  n: fc.integer({ min: 1, max: 5 }),
  rows: fc.array(anyRow, { maxLength: 4 }),
});
const anySources = fc.array(
  anySource.map(({ source, n, rows }) => aSource(n, source as Provenance['source'], rows)),
  { maxLength: 6 },
);
/** Every month that some row of these claims. */
const claimed = (sources: readonly RecordSource[], of: (period: InsuredPeriod) => boolean = () => true) =>
  new Set(sources.flatMap(({ periods }) => periods.filter(of).flatMap(monthsOf)));

describe('any sources (B14): the record says what counting months one by one says', () => {
  test('no month counts twice, none is lost, and the totals are the union of the months (B14)', () => {
    fc.assert(
      fc.property(anySources, (sources) => {
        const { periods, totals } = join(...sources);
        const counted = periods.flatMap(monthsOf);
        expect(new Set(counted).size).toBe(counted.length);
        expect(new Set(counted)).toEqual(claimed(sources));
        expect(totals.months).toBe(claimed(sources).size);
        expect(totals.imported + totals.local).toBe(totals.months);
        expect(totals.employee).toBe(claimed(sources, ({ scheme }) => scheme === '310').size);
        expect(periods.map(({ months }) => months)).toEqual(periods.map((period) => monthsOf(period).length));
      }),
      { numRuns: 200 },
    );
  });

  test('gaps and months fill the span from the first month to the last (B14)', () => {
    fc.assert(
      fc.property(anySources, (sources) => {
        const { periods, gaps, totals } = join(...sources);
        const all = [...claimed(sources)].sort();
        const span = monthsOf({ from: all[0] ?? '9999-99', to: all.at(-1) ?? '' });
        expect([...periods, ...gaps].flatMap(monthsOf).sort()).toEqual(span);
        expect(gaps.reduce((sum, { months }) => sum + months, totals.months)).toBe(span.length);
      }),
      { numRuns: 200 },
    );
  });

  test('what a row claims and does not get stands among the overlaps, once per document that has it (B14)', () => {
    fc.assert(
      fc.property(anySources, (sources) => {
        const { periods, overlaps } = join(...sources);
        const asked = sources.flatMap(({ periods: rows }) => rows.flatMap(monthsOf)).length;
        expect([...periods, ...overlaps].flatMap(monthsOf)).toHaveLength(asked);
        for (const { from, to, counted } of overlaps) {
          const owner = periods.filter(({ provenance }) => provenance === counted || provenance.document === counted.document);
          expect(monthsOf({ from, to }).every((text) => owner.flatMap(monthsOf).includes(text))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the order in which sources are found changes no total (B14)', () => {
    fc.assert(
      fc.property(
        anySources.chain((sources) => fc.tuple(fc.constant(sources), fc.shuffledSubarray(sources, { minLength: sources.length }))),
        ([sources, shuffled]) => {
          const [one, other] = [join(...sources), join(...shuffled)];
          expect(other.totals).toEqual(one.totals);
          expect(other.gaps).toEqual(one.gaps);
        },
      ),
      { numRuns: 200 },
    );
  });
});
