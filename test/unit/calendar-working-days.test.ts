import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOfDay, dayNumber } from '../../functions/calendar/china-time.ts';
import { seedYears } from '../../functions/calendar/seed.ts';
import {
  addWorkingDays,
  CalendarYearMissing,
  calendarOf,
  countWorkingDays,
  explainDue,
  isWorkingDay,
  WorkingDayCountInvalid,
} from '../../functions/calendar/working-days.ts';
import { CalendarDate } from '../../schemas/primitives.ts';

const calendar = calendarOf(seedYears());
const day = (text: string) => CalendarDate.parse(text);

const VECTORS = [
  ['2026-02-13', 15, '2026-03-12'],
  ['2026-09-18', 15, '2026-10-15'],
  ['2026-09-24', 10, '2026-10-15'],
  ['2026-04-30', 5, '2026-05-11'],
  ['2025-09-26', 15, '2025-10-23'],
  ['2025-01-24', 15, '2025-02-20'],
  ['2026-02-17', 15, '2026-03-13'],
] as const;

describe('counting', () => {
  it.each(VECTORS)('D1 %s + %i working days is due on %s', (start, n, due) => {
    expect(addWorkingDays(calendar, day(start), n)).toBe(due);
    expect(countWorkingDays(calendar, day(start), day(due))).toBe(n);
    expect(explainDue(calendar, day(start), n).due).toBe(due);
  });

  it.each([2025, 2026])('%i has 248 working days', (year) => {
    expect(countWorkingDays(calendar, day(`${year - 1}-12-31`), day(`${year}-12-31`))).toBe(248);
  });

  it.each([
    ['2026-11-23', true, 'a Monday'],
    ['2026-11-22', false, 'a Sunday'],
    ['2026-02-16', false, 'a holiday on a Monday'],
    ['2026-02-14', true, 'a make-up Saturday'],
    ['2026-02-28', true, 'the make-up day at the end of February'],
    ['2024-02-29', true, 'a leap day'],
    ['2015-09-03', false, 'the day off of one year only'],
  ])('D4 knows whether %s is worked: %s, %s', (date, worked) => {
    expect(isWorkingDay(calendar, day(date))).toBe(worked);
  });

  it('gives the start itself for 0 days, whatever day it is', () => {
    expect(addWorkingDays(calendar, day('2026-02-17'), 0)).toBe('2026-02-17');
    expect(countWorkingDays(calendar, day('2026-02-17'), day('2026-02-17'))).toBe(0);
  });

  it('finds the next working day beyond a holiday and onto a make-up day', () => {
    expect(addWorkingDays(calendar, day('2026-02-14'), 1)).toBe('2026-02-24');
    expect(addWorkingDays(calendar, day('2026-02-13'), 1)).toBe('2026-02-14');
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d working days', (n) => {
    expect(() => addWorkingDays(calendar, day('2026-01-05'), n)).toThrow(WorkingDayCountInvalid);
    expect(() => explainDue(calendar, day('2026-01-05'), n)).toThrow(RangeError);
  });
});

describe('explaining', () => {
  it('D6 lists every skipped day with its reason, the make-up days that counted, and the versions', () => {
    const explained = explainDue(calendar, day('2026-02-13'), 6);
    expect(explained).toEqual({
      due: '2026-02-28',
      skipped: [...[15, 16, 17, 18, 19, 20, 21, 22, 23].map((d) => ({ date: `2026-02-${d}`, reason: '春节' }))],
      madeUp: ['2026-02-14', '2026-02-28'],
      provisional: false,
      versions: { 2026: 1 },
    });
    expect(explainDue(calendar, day('2026-03-05'), 2).skipped).toEqual([
      { date: '2026-03-07', reason: 'weekend' },
      { date: '2026-03-08', reason: 'weekend' },
    ]);
  });

  it('D4 15 working days from 2026-12-11 do not end on New Year’s Day, and say that 2027 is provisional', () => {
    const explained = explainDue(calendar, day('2026-12-11'), 15);
    expect(explained).toMatchObject({ due: '2027-01-04', provisional: true, versions: { 2026: 1, 2027: 1 } });
    expect(explained.skipped).toContainEqual({ date: '2027-01-01', reason: '元旦' });
  });

  it('marks nothing provisional as long as the count stays within published years', () => {
    expect(explainDue(calendar, day('2026-12-11'), 14)).toMatchObject({ due: '2026-12-31', provisional: false, versions: { 2026: 1 } });
    expect(explainDue(calendar, day('2026-12-31'), 1)).toMatchObject({ due: '2027-01-04', provisional: true, versions: { 2027: 1 } });
    expect(explainDue(calendar, day('2027-01-01'), 0)).toEqual({
      due: '2027-01-01',
      skipped: [],
      madeUp: [],
      provisional: false,
      versions: {},
    });
  });
});

describe('years without a record', () => {
  it.each([
    ['after the last', () => addWorkingDays(calendar, day('2027-12-20'), 15), 2028],
    ['before the first', () => isWorkingDay(calendar, day('2009-12-31')), 2009],
    ['far from any', () => countWorkingDays(calendar, day('1999-05-01'), day('1999-05-03')), 1999],
    ['in a gap', () => addWorkingDays(calendarOf(seedYears().filter(({ year }) => year !== 2020)), day('2019-12-30'), 5), 2020],
    ['in an empty calendar', () => explainDue(calendarOf([]), day('2026-01-05'), 1), 2026],
  ])('D4 are refused, never guessed: %s', (_where, ask, year) => {
    expect(ask).toThrow(CalendarYearMissing);
    expect(ask).toThrow(expect.objectContaining({ code: 'calendar.year-missing', year }));
  });

  it('are not needed for the start day alone', () => {
    expect(addWorkingDays(calendar, day('2009-12-31'), 1)).toBe('2010-01-04');
  });
});

describe('building', () => {
  it('lets a region’s own days win over the national ones', () => {
    const guangxi = calendarOf(seedYears(), {
      off: [{ date: day('2026-04-20'), name: '三月三' }],
      work: [day('2026-04-25'), day('2026-04-06')],
    });
    expect(isWorkingDay(guangxi, day('2026-04-20'))).toBe(false);
    expect(isWorkingDay(guangxi, day('2026-04-25'))).toBe(true);
    expect(isWorkingDay(guangxi, day('2026-04-06'))).toBe(true);
    expect(explainDue(guangxi, day('2026-04-17'), 1).skipped.at(-1)).toEqual({ date: '2026-04-20', reason: '三月三' });
    expect(isWorkingDay(calendar, day('2026-04-20'))).toBe(true);
  });

  it('does not make a year known by an overlay alone', () => {
    const overlaid = calendarOf(seedYears(), { off: [{ date: day('2028-03-27'), name: '三月三' }], work: [day('2028-03-25')] });
    expect(() => isWorkingDay(overlaid, day('2028-03-27'))).toThrow(CalendarYearMissing);
    expect(() => isWorkingDay(overlaid, day('2028-03-25'))).toThrow(CalendarYearMissing);
  });

  it('refuses two records of one year', () => {
    const [first] = seedYears();
    expect(() => calendarOf([first!, { ...first!, version: 2 }])).toThrow(RangeError);
  });
});

describe('properties', () => {
  const [first, last] = [dayNumber(day('2010-01-01')), dayNumber(day('2027-06-30'))];
  const anyDate = fc.integer({ min: first, max: last }).map(dateOfDay);
  const anyCount = fc.integer({ min: 1, max: 100 });

  it('adding n and counting gives n, and the due day is worked', () => {
    fc.assert(
      fc.property(anyDate, anyCount, (start, n) => {
        const due = addWorkingDays(calendar, start, n);
        expect(countWorkingDays(calendar, start, due)).toBe(n);
        expect(isWorkingDay(calendar, due)).toBe(true);
        expect(due > start).toBe(true);
      }),
    );
  });

  it('is strictly monotone in n, monotone in the start, and adds up', () => {
    fc.assert(
      fc.property(anyDate, anyDate, anyCount, fc.integer({ min: 0, max: 20 }), (a, b, n, m) => {
        expect(addWorkingDays(calendar, a, n) < addWorkingDays(calendar, a, n + 1)).toBe(true);
        const [earlier, later] = a < b ? [a, b] : [b, a];
        expect(addWorkingDays(calendar, earlier, n) <= addWorkingDays(calendar, later, n)).toBe(true);
        expect(addWorkingDays(calendar, addWorkingDays(calendar, a, n), m)).toBe(addWorkingDays(calendar, a, n + m));
      }),
    );
  });

  it('counts the same backwards, negated', () => {
    fc.assert(
      fc.property(anyDate, anyDate, (a, b) => {
        expect(countWorkingDays(calendar, a, b) + countWorkingDays(calendar, b, a)).toBe(0);
      }),
    );
  });

  it('D6 skips and counts every day exactly once', () => {
    fc.assert(
      fc.property(anyDate, anyCount, (start, n) => {
        const { due, skipped, madeUp } = explainDue(calendar, start, n);
        expect(skipped.length + n).toBe(dayNumber(due) - dayNumber(start));
        for (const { date } of skipped) expect(isWorkingDay(calendar, date)).toBe(false);
        for (const date of madeUp) expect(isWorkingDay(calendar, date)).toBe(true);
      }),
    );
  });
});

describe('the time zone of the host', () => {
  const script = `
    import { chinaDate, endOfChinaDay } from './functions/calendar/china-time.ts';
    import { seedYears } from './functions/calendar/seed.ts';
    import { calendarOf, explainDue } from './functions/calendar/working-days.ts';
    const calendar = calendarOf(seedYears());
    const vectors = ${JSON.stringify(VECTORS)};
    const out = vectors.map(([start, n]) => explainDue(calendar, start, n));
    console.log(JSON.stringify([new Date(2026, 0, 1).toISOString(), out, chinaDate('2026-03-08T15:59:59.999Z'), endOfChinaDay('2026-03-08')]));`;

  it('D1 changes no result', () => {
    const [utc, ...others] = ['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'].map((TZ) => {
      const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
      const [localMidnight, ...results] = JSON.parse(printed);
      return { localMidnight, results };
    });
    for (const other of others) {
      expect(other.localMidnight).not.toBe(utc!.localMidnight);
      expect(other.results).toEqual(utc!.results);
    }
    expect(utc!.results[0].map(({ due }: { due: string }) => due)).toEqual(VECTORS.map(([, , due]) => due));
  });
});
