import { expect, test } from 'vitest';
import { NATIONAL_RULES, nationalRulesOn } from '../../functions/cases/entitlement/national.ts';
import { CalendarDate } from '../../schemas/primitives.ts';
import { assess, PAIRS } from '../support/entitlement.ts';

// S80 三: 职工医保缴费年限累计计入; 社会保险法 32. Months as a resident are none of these.
test.each([
  ['employee-employee', 60, 0, 60],
  ['employee-employee', 60, 121, 181],
  ['resident-employee', 0, 0, 0],
  ['resident-employee', 7, 5, 12],
] as const)('%s: %i months elsewhere and %i here count %i (A12)', (pair, formerEmployeeMonths, localEmployeeMonths, countedMonths) => {
  expect(assess(pair, { formerEmployeeMonths, localEmployeeMonths, consecutiveMonths: 100 }).countedMonths).toBe(countedMonths);
});

test.each([
  ['2010-06-30', undefined],
  ['2010-07-01', '2010-07'],
  ['2015-12-31', '2010-07'],
  ['2016-01-01', '2016-01'],
  ['2021-11-30', '2016-01'],
  ['2021-12-01', '2021-12'],
  ['2026-03-02', '2021-12'],
])('on %s the national rules are those of %s (A12, A14)', (day, id) => {
  expect(nationalRulesOn(CalendarDate.parse(day))?.id).toBe(id);
});

test('a set that grants a gap afterwards lets no region make anybody wait after it, so that making it up late costs nothing (A12)', () => {
  for (const { rights, localWaiting } of NATIONAL_RULES) {
    const backwards = rights.filter(({ gives }) => gives === 'retroactive');
    for (const { longestGap } of backwards) expect(localWaiting?.gapAbove).toBeGreaterThanOrEqual(longestGap);
  }
});

test('no national set gives one move two rights, and each knows all moves or none (A12)', () => {
  for (const { rights } of NATIONAL_RULES) {
    const moves = rights.flatMap((right) => right.moves);
    expect(moves.toSorted()).toEqual(rights.length === 0 ? [] : PAIRS.toSorted());
  }
});
