import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { checkCalendarYear } from '../../functions/calendar/check-year.ts';
import { dateOfDay, firstDayOf, isWeekend } from '../../functions/calendar/china-time.ts';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf, isWorkingDay } from '../../functions/calendar/working-days.ts';
import { CalendarYear } from '../../schemas/directory.ts';
import { CalendarDate } from '../../schemas/primitives.ts';

const seed = seedYears();
const calendar = calendarOf(seed);
const official = seed.filter(({ status }) => status === 'official');
const yearOf = (year: number) => structuredClone(seed.find((record) => record.year === year)!);
const day = (text: string) => CalendarDate.parse(text);

/** An independent source. Only its data is read: its functions parse dates in local time and are a day off elsewhere. */
function independentYear(year: number): { holidays: Record<string, string>; workdays: Record<string, string> } {
  return JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`chinese-days/dist/years/${year}.json`), 'utf8'));
}

describe('seeded years', () => {
  it('are 2010 to 2026 as published and 2027 as provisional', () => {
    expect(official.map(({ year }) => year)).toEqual(Array.from({ length: 17 }, (_, i) => 2010 + i));
    expect(seed.filter(({ status }) => status === 'provisional').map(({ year }) => year)).toEqual([2027]);
  });

  it.each(official.map(({ year }) => year))('D4 %i agrees with an independent source on every day', (year) => {
    const { holidays, workdays } = independentYear(year);
    const different: string[] = [];
    for (let n = firstDayOf(year); n < firstDayOf(year + 1); n += 1) {
      const date = dateOfDay(n);
      const worked = date in workdays || (!isWeekend(n) && !(date in holidays));
      if (isWorkingDay(calendar, date) !== worked) different.push(date);
    }
    expect(different).toEqual([]);
  });

  it.each(official.map(({ year }) => year))('%i names its holidays as the independent source does', (year) => {
    const { holidays } = independentYear(year);
    const plain = (name: string) => name.replace('中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日', '抗战胜利纪念日').replace(/节$/, '');
    for (const { date, name } of yearOf(year).off) {
      const theirs = holidays[date]?.split(',')[1];
      // It leaves some weekend days inside a holiday out; 2020-10-01 was two holidays at once.
      if (theirs !== undefined) expect(name.split('、').map(plain), date).toContain(plain(theirs));
    }
  });

  it('name only the seven holidays and the one of 2015', () => {
    const names = new Set(seed.flatMap(({ off }) => off.flatMap(({ name }) => name.split('、'))));
    expect([...names].sort()).toEqual(['元旦', '春节', '清明节', '劳动节', '端午节', '中秋节', '国庆节', '抗战胜利纪念日'].sort());
  });

  it.each(seed.map((record) => [record.year, record] as const))('D4 %i passes the check', (_year, record) => {
    expect(checkCalendarYear(record)).toEqual([]);
  });

  it('give 2027 its statutory 13 days, which make no balanced year yet', () => {
    const record = yearOf(2027);
    expect(record.off).toHaveLength(13);
    expect(checkCalendarYear({ ...record, status: 'official' })).toMatchObject([{ code: 'calendar.sum', path: 'off' }]);
  });
});

describe('checking a record', () => {
  const codes = (record: CalendarYear) => checkCalendarYear(record).map(({ code, path }) => [code, path]);

  it('finds a forgotten day off and a forgotten make-up day', () => {
    const [off, work] = [yearOf(2026), yearOf(2026)];
    expect(codes({ ...off, off: off.off.filter(({ date }) => date !== '2026-10-07') })).toEqual([['calendar.sum', 'off']]);
    expect(codes({ ...work, work: work.work.slice(1) })).toEqual([['calendar.sum', 'off']]);
  });

  it.each([
    [2010, 11],
    [2011, 10],
    [2012, 12],
    [2015, 12],
    [2020, 13],
    [2024, 11],
    [2025, 13],
  ])('holds %i to its own sum of %i', (year, sum) => {
    const record = yearOf(year);
    const [problem] = checkCalendarYear({ ...record, off: record.off.filter(({ date }) => date !== `${year}-10-07`), work: [] });
    expect(problem).toMatchObject({ code: 'calendar.sum', detail: expect.stringContaining(`应为${sum}，`) });
  });

  it('refuses a make-up day that is no weekend day', () => {
    const record = yearOf(2026);
    expect(codes({ ...record, work: [...record.work, day('2026-03-04')] })).toEqual([['calendar.work-on-weekday', 'work.6']]);
  });

  it('refuses a day both off and worked', () => {
    const record = yearOf(2026);
    const both: CalendarYear = { ...record, work: [...record.work, day('2026-10-03')], status: 'provisional' };
    expect(codes(both)).toEqual([['calendar.off-and-work', 'work.6']]);
  });

  it('refuses days of another year, also in a provisional one', () => {
    const record = yearOf(2027);
    const other = { ...record, off: [...record.off, { date: day('2026-12-31'), name: '元旦' }], work: [day('2028-01-01')] };
    expect(codes(other)).toEqual([
      ['calendar.other-year', 'off.13'],
      ['calendar.other-year', 'work.0'],
    ]);
  });

  it('refuses a day listed twice, and does not count it twice', () => {
    const record = yearOf(2026);
    const twice = { ...record, off: [...record.off, record.off[0]!], work: [...record.work, record.work[0]!] };
    expect(codes(twice)).toEqual([
      ['calendar.duplicate', `off.${record.off.length}`],
      ['calendar.duplicate', 'work.6'],
    ]);
  });

  it('gives its reasons in Chinese first, with the day and the sum', () => {
    const record = yearOf(2026);
    const [problem] = checkCalendarYear({ ...record, work: [] });
    expect(problem?.detail).toBe('工作日放假天数减调休上班天数应为13，实为19 (weekdays off minus weekend days worked must be 13, is 19)');
  });

  it('does not judge the sum of years before the rules of 2008', () => {
    expect(checkCalendarYear({ ...yearOf(2027), year: 2007, status: 'official', off: [] })).toEqual([]);
  });

  it('leaves impossible dates to the schema', () => {
    const record = yearOf(2026);
    expect(CalendarYear.safeParse({ ...record, work: ['2026-02-30'] }).success).toBe(false);
  });
});
