import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tableFindings } from '../../functions/cases/table.ts';
import { InformationTableEntry, type InsuredPeriod } from '../../schemas/documents.ts';
import { Month } from '../../schemas/primitives.ts';
import { TODAY } from '../support/cases.ts';
import { tableBody, tableEntry } from '../support/documents.ts';

const row = (from: string, to: string, months: number) => ({ ...tableBody().periods[0], from, to, months });
const entryOf = (periods: unknown[], totalMonths?: number): InformationTableEntry => {
  const sum = periods.reduce<number>((total, period) => total + (period as InsuredPeriod).months, 0);
  return InformationTableEntry.parse({ ...tableBody(), periods, totalMonths: totalMonths ?? sum });
};
const found = (entry: InformationTableEntry) => tableFindings(entry, TODAY).map(({ field, code }) => `${field} ${code}`);

describe('an information table (B8)', () => {
  test('that adds up has no findings', () => expect(tableFindings(tableEntry(), TODAY)).toEqual([]));

  test.each([
    ['months that are not those from–to', [row('2024-01', '2024-12', 11)], ['periods.0.months months_mismatch']],
    ['a period backwards', [row('2024-02', '2024-01', 1)], ['periods.0.to order']],
    ['a period backwards within another', [row('2024-01', '2024-12', 12), row('2024-06', '2024-05', 1)], ['periods.1.to order']],
    ['a period that ends next month', [row('2026-03', '2026-04', 2)], ['periods.0.to future']],
    ['a shared month', [row('2024-01', '2024-06', 6), row('2024-06', '2024-12', 7)], ['periods.1.from overlap']],
    ['a shared month, rows in any order', [row('2024-06', '2024-12', 7), row('2024-01', '2024-06', 6)], ['periods.0.from overlap']],
    [
      'one inside another',
      [row('2020-01', '2024-12', 60), row('2021-01', '2021-02', 2), row('2024-12', '2025-01', 2)],
      ['periods.1.from overlap', 'periods.2.from overlap'],
    ],
    ['the same row twice', [row('2024-01', '2024-01', 1), row('2024-01', '2024-01', 1)], ['periods.1.from overlap']],
  ])('with %s says which row', (_case, periods, expected) => expect(found(entryOf(periods))).toEqual(expected));

  test('with a total that is not the sum says the sum', () => {
    expect(tableFindings(tableEntry({ totalMonths: 84 }), TODAY)).toEqual([
      { field: 'totalMonths', code: 'total_mismatch', reason: '各段月数合计为83 (the rows add up to 83 months)' },
    ]);
  });

  test('with several mistakes names them all at once', () => {
    const entry = entryOf([row('2024-01', '2024-06', 5), row('2024-06', '2026-12', 31)], 1);
    expect(found(entry)).toEqual([
      'periods.0.months months_mismatch',
      'periods.1.to future',
      'periods.1.from overlap',
      'totalMonths total_mismatch',
    ]);
  });

  test('of this month is not of the future', () => expect(found(entryOf([row('2026-03', '2026-03', 1)]))).toEqual([]));
});

/** Months as a set, the slow way: nothing of the rule's arithmetic in it. */
function monthsOf(from: string, to: string): string[] {
  const months = [];
  for (let year = 1990; year < 2030; year += 1) {
    for (let month = 1; month <= 12; month += 1) {
      const text = `${year}-${String(month).padStart(2, '0')}`;
      if (from <= text && text <= to) months.push(text);
    }
  }
  return months;
}

const month = fc
  .record({ year: fc.integer({ min: 2015, max: 2027 }), month: fc.integer({ min: 1, max: 12 }) })
  .map((said) => Month.parse(`${said.year}-${String(said.month).padStart(2, '0')}`));
const anyPeriod = fc
  .record({ from: month, length: fc.integer({ min: -3, max: 15 }), off: fc.constantFrom(0, 0, 0, 1, -1) })
  .map(({ from, length, off }) => {
    const number = Number(from.slice(0, 4)) * 12 + Number(from.slice(5)) - 1 + length;
    const to = `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
    return row(from, to, Math.max(1, length + 1 + off));
  });

describe('any rows (B8): the rule says what counting months one by one says', () => {
  const anyEntry = fc
    .tuple(fc.array(anyPeriod, { minLength: 1, maxLength: 8 }), fc.constantFrom(0, 0, 1))
    .map(([periods, off]) => entryOf(periods, periods.reduce((sum, { months }) => sum + months, 0) + off));

  test('on months, order, future and total', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const expected = entry.periods.flatMap(({ from, to, months }, i) => {
          const covered = monthsOf(from, to);
          if (covered.length === 0) return [`periods.${i}.to order`];
          const future = covered.some((text) => text > TODAY.slice(0, 7)) ? [`periods.${i}.to future`] : [];
          return covered.length === months ? future : [...future, `periods.${i}.months months_mismatch`];
        });
        const sum = entry.periods.reduce((total, { months }) => total + months, 0);
        if (sum !== entry.totalMonths) expected.push('totalMonths total_mismatch');
        expect(found(entry).filter((text) => !text.endsWith('overlap'))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('on overlaps: there is one exactly when a month is counted twice, and a row without a shared month is never blamed', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const sets = entry.periods.map(({ from, to }) => monthsOf(from, to));
        const shared = sets.map((set, i) => set.some((text) => sets.some((other, j) => j !== i && other.includes(text))));
        const blamed = found(entry).filter((text) => text.endsWith('overlap'));
        expect(blamed.length > 0).toBe(shared.includes(true));
        for (const text of blamed) expect(shared[Number(text.split('.')[1])]).toBe(true);
        // Without the rows that were blamed nothing overlaps any more.
        const rest = sets.filter((_, i) => !blamed.includes(`periods.${i}.from overlap`)).flat();
        expect(new Set(rest).size).toBe(rest.length);
      }),
      { numRuns: 300 },
    );
  });

  test('in whatever order the rows come', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        const backwards = { ...entry, periods: entry.periods.toReversed() };
        expect(found(backwards).length).toBe(found(entry).length);
      }),
    );
  });
});
