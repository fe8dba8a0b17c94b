import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chinaDate, dateOfDay, dayNumber, endOfChinaDay, isWeekend, startOfChinaDay } from '../../functions/calendar/china-time.ts';
import { CalendarDate, Instant } from '../../schemas/primitives.ts';

const day = (text: string) => CalendarDate.parse(text);
const at = (text: string) => Instant.parse(text);

describe('China time', () => {
  it.each([
    ['2026-03-12T15:59:59.999Z', '2026-03-12'],
    ['2026-03-12T16:00:00.000Z', '2026-03-13'],
    ['2025-12-31T16:00:00.000Z', '2026-01-01'],
    ['2024-02-28T16:00:00.000Z', '2024-02-29'],
    ['1969-12-31T15:59:59.999Z', '1969-12-31'],
  ])('D1 at %s the date is %s', (instant, date) => {
    expect(chinaDate(at(instant))).toBe(date);
  });

  it('D1 a day ends at 24:00, which is the first instant of the next', () => {
    expect(startOfChinaDay(day('2026-03-12'))).toBe('2026-03-11T16:00:00.000Z');
    expect(endOfChinaDay(day('2026-03-12'))).toBe('2026-03-12T16:00:00.000Z');
    expect(endOfChinaDay(day('2026-12-31'))).toBe(startOfChinaDay(day('2027-01-01')));
  });

  it('every instant lies within its China day', () => {
    const instants = fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (moment) => {
        const instant = at(moment.toISOString());
        const date = chinaDate(instant);
        expect(startOfChinaDay(date) <= instant && instant < endOfChinaDay(date)).toBe(true);
      }),
    );
  });
});

describe('day numbers', () => {
  it('go there and back, and know the weekend', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 50_000 }), (n) => {
        const date = dateOfDay(n);
        expect(dayNumber(date)).toBe(n);
        expect(isWeekend(n)).toBe([0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()));
      }),
    );
  });
});
