import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayNumber } from '../../functions/calendar/china-time.ts';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf, isWorkingDay } from '../../functions/calendar/working-days.ts';
import { registrationWindow } from '../../functions/cases/entitlement/window.ts';
import { CalendarDate } from '../../schemas/primitives.ts';
import { aYear } from '../support/directory.ts';
import { assess } from '../support/entitlement.ts';

const calendar = calendarOf(seedYears());
const day = (text: string) => CalendarDate.parse(text);

describe('the window ends three calendar months after the suspension (A11)', () => {
  // S191 6; Civil Code 202: the same day number, else the last day of the month.
  test.each([
    ['an ordinary day', '2025-12-05', '2026-03-05'],
    ['the 31st before a month of 30 days', '2025-01-31', '2025-04-30'],
    ['the 31st before a month of 31 days', '2025-12-31', '2026-03-31'],
    ['into a February of 28 days', '2024-11-30', '2025-02-28'],
    ['the 29th into a February of 29 days', '2023-11-29', '2024-02-29'],
    ['the 30th into a February of 29 days', '2023-11-30', '2024-02-29'],
    ['from 28 February', '2025-02-28', '2025-05-28'],
  ])('%s', (_what, suspendedOn, deadline) => {
    for (const known of [calendar, undefined]) expect(registrationWindow(day(suspendedOn), known).deadline).toBe(deadline);
  });

  // Civil Code 203: a day off hands over to the next working day; a Saturday that is worked 调休 is no day off.
  test.each([
    ['Saturday 28 February 2026, which is worked', '2025-11-30', '2026-02-28', '2026-02-28'],
    ['Saturday 14 February 2026, which is worked', '2025-11-14', '2026-02-14', '2026-02-14'],
    ['Sunday 15 February 2026, the first day of Spring Festival', '2025-11-15', '2026-02-15', '2026-02-24'],
    ['National Day 2025', '2025-07-01', '2025-10-01', '2025-10-09'],
    ['a plain Saturday', '2025-12-07', '2026-03-07', '2026-03-09'],
    ['New Year’s Day of a year that is provisional', '2026-10-01', '2027-01-01', '2027-01-04'],
    ['a Saturday of a year without a calendar', '2027-11-12', '2028-02-12', '2028-02-12'],
  ])('on %s', (_what, suspendedOn, withoutCalendar, withCalendar) => {
    expect(registrationWindow(day(suspendedOn), undefined).deadline).toBe(withoutCalendar);
    expect(registrationWindow(day(suspendedOn), calendar).deadline).toBe(withCalendar);
  });

  test('a deadline that would move into a year without a calendar stays', () => {
    const off = ['2026-12-30', '2026-12-31'].map((date) => ({ date, name: '年末' }));
    const window = registrationWindow(day('2026-09-30'), calendarOf([aYear(2026, { off })]));
    expect([window.deadline, window.calendarVersions]).toEqual(['2026-12-30', {}]);
  });

  test('the versions of the years looked at are told', () => {
    const off = ['2026-12-30', '2026-12-31'].map((date) => ({ date, name: '年末' }));
    const years = [aYear(2026, { off, version: 2 }), aYear(2027, { off: [{ date: '2027-01-01', name: '元旦' }], version: 5 })];
    const window = registrationWindow(day('2026-09-30'), calendarOf(years));
    expect([window.deadline, window.calendarVersions]).toEqual(['2027-01-04', { 2026: 2, 2027: 5 }]);
  });

  test('it is warned of 30 and 7 days before the end', () => {
    // From 28 February: 28 days back is 31 January, two more 29 January.
    expect(registrationWindow(day('2025-11-30'), calendar).warnOn).toEqual({ 30: '2026-01-29', 7: '2026-02-21' });
    // Counted from the end as it was moved, here 24 February 2026.
    expect(registrationWindow(day('2025-11-15'), calendar).warnOn).toEqual({ 30: '2026-01-25', 7: '2026-02-17' });
  });

  test('whatever the day, the end is worked, and only days off lie between it and the day that has the number', () => {
    const days = fc.date({ min: new Date('2010-01-01'), max: new Date('2026-08-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (date) => {
        const suspendedOn = day(date.toISOString().slice(0, 10));
        const plain = registrationWindow(suspendedOn, undefined).deadline;
        const { deadline } = registrationWindow(suspendedOn, calendar);
        expect(isWorkingDay(calendar, deadline)).toBe(true);
        for (let n = dayNumber(plain); n < dayNumber(deadline); n += 1) {
          expect(isWorkingDay(calendar, day(new Date(n * 86_400_000).toISOString().slice(0, 10)))).toBe(false);
        }
        // Three months have 89 to 92 days.
        expect(dayNumber(plain) - dayNumber(suspendedOn)).toBeGreaterThanOrEqual(89);
        expect(dayNumber(plain) - dayNumber(suspendedOn)).toBeLessThanOrEqual(92);
      }),
    );
  });
});

describe('late is marked and refused by nobody (A11)', () => {
  const said = { suspendedOn: '2025-11-15', insuredUntil: '2025-10', paidFrom: '2026-02', madeUpIn: '2026-02' };
  const on = (registeredOn: string, hasEmployer = false) =>
    assess('employee-employee', { ...said, registeredOn, hasEmployer }, undefined, calendar);

  test.each([
    ['on the last day', '2026-02-24', false, { applies: true, deadline: '2026-02-24', late: false }],
    ['a day later', '2026-02-25', false, { applies: true, deadline: '2026-02-24', late: true }],
    ['years later', '2030-01-01', false, { applies: true, deadline: '2026-02-24', late: true }],
    ['by an employer, for whom no window runs', '2026-02-25', true, { applies: false, deadline: '2026-02-24', late: false }],
  ])('registered %s', (_what, registeredOn, hasEmployer, registration) => {
    expect(on(registeredOn, hasEmployer).registration).toEqual(registration);
  });

  test('nothing else changes', () => {
    const { registration: _inTime, explanation: one, ...inTime } = on('2026-02-24');
    const { registration: _late, explanation: other, ...late } = on('2026-02-25');
    expect(late).toEqual(inTime);
    const others = (items: typeof one) => items.filter(({ item }) => item !== 'registration');
    expect(others(other)).toEqual(others(one));
    expect(other.find(({ item }) => item === 'registration')?.text).toMatch(/已逾期，仍予办理.*late and taken all the same/);
  });

  test('the assessment keeps the version of the calendar it looked at, and none where no calendar knows the year', () => {
    expect(on('2026-02-24').rules.calendar).toEqual({ 2026: 1 });
    expect(assess('employee-employee', said).rules).toEqual({ national: '2021-12' });
  });
});
