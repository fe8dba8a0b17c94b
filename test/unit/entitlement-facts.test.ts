import { describe, expect, test } from 'vitest';
import { found } from '../../functions/cases/decisions.ts';
import { futureFindings } from '../../functions/cases/entitlement/consistency.ts';
import { CalendarDate } from '../../schemas/primitives.ts';
import { assess, type FactsSaid, factsOf, type Pair, refused, regionalFacts } from '../support/entitlement.ts';

const FIRST_DAY = { insuredUntil: '2010-06', suspendedOn: '2010-06-30', paidFrom: '2010-07' };

describe('facts that contradict each other are refused by field (A11, A12)', () => {
  test.each<[string, FactsSaid, string[], Pair?]>([
    ['paid for in both regions for two months', { paidFrom: '2025-09' }, ['facts.paidFrom']],
    ['suspended before the last month paid for', { suspendedOn: '2025-09-30' }, ['facts.suspendedOn']],
    ['registered on the day before the suspension', { registeredOn: '2025-10-30' }, ['facts.registeredOn']],
    ['registered before any national measures', { ...FIRST_DAY, registeredOn: '2010-06-30' }, ['facts.registeredOn']],
    ['registered in the next century', { registeredOn: '2100-01-01' }, ['facts.registeredOn']],
    ['paid for from the end of the century', { paidFrom: '2099-07' }, ['facts.paidFrom']],
    ['made up without a gap', { madeUpIn: '2025-11' }, ['facts.madeUpIn']],
    ['made up before there was a gap', { paidFrom: '2025-12', madeUpIn: '2025-10' }, ['facts.madeUpIn']],
    ['no month without a break although one was paid for', { consecutiveMonths: 0 }, ['facts.consecutiveMonths']],
    ['out of the employee scheme without a month in it', { formerEmployeeMonths: 0 }, ['facts.formerEmployeeMonths']],
    ['born after the registration', { regional: regionalFacts({ birthDate: '2025-12-16' }) }, ['facts.regional.birthDate']],
    [
      'more months in the year before than ever',
      { formerEmployeeMonths: 5, regional: regionalFacts({ employeeMonthsInYearBefore: 6 }) },
      ['facts.regional.employeeMonthsInYearBefore'],
    ],
    [
      'all at once',
      { paidFrom: '2025-09', suspendedOn: '2025-09-30', registeredOn: '2025-09-01', madeUpIn: '2025-12', consecutiveMonths: 0 },
      ['facts.suspendedOn', 'facts.registeredOn', 'facts.paidFrom', 'facts.madeUpIn', 'facts.consecutiveMonths'],
    ],
  ])('%s', (_what, said, fields) => {
    expect(refused(() => assess('employee-employee', said))).toEqual([
      'case.inconsistent',
      ...fields.map((field) => `${field} contradiction`),
    ]);
  });

  test.each<[string, FactsSaid, Pair?]>([
    ['the month of the move paid for in both', { paidFrom: '2025-10' }],
    ['suspended on the first day of the last month paid for', { suspendedOn: '2025-10-01' }],
    ['suspended after contributions here began', { suspendedOn: '2025-11-20', paidFrom: '2025-11' }],
    ['registered on the day of the suspension', { registeredOn: '2025-10-31' }],
    ['registered on the first day of the measures of 2009', { ...FIRST_DAY, registeredOn: '2010-07-01' }],
    ['the last dates that can be told', { paidFrom: '2099-06', registeredOn: '2099-12-31' }],
    ['made up in the first month of the gap', { paidFrom: '2025-12', madeUpIn: '2025-11' }],
    ['a resident without a month in the employee scheme', { formerEmployeeMonths: 0 }, 'resident-employee'],
    [
      'born on the day of the registration',
      { formerEmployeeMonths: 0, regional: regionalFacts({ birthDate: '2025-12-15', employeeMonthsInYearBefore: 0 }) },
      'resident-resident',
    ],
  ])('these do not: %s', (_what, said, pair = 'employee-employee') => {
    expect(refused(() => assess(pair, said))).toBeUndefined();
  });

  test('no reason quotes what was typed', () => {
    const reasons = found(futureFindings(factsOf({ registeredOn: '2031-07-09' }), CalendarDate.parse('2026-03-02'))).map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual([expect.stringMatching(/^\p{Script=Han}.* \(.*\)$/u)]);
    expect(reasons.join()).not.toContain('2031');
  });
});

// A case states what was done; a question at the counter may look ahead.
test.each([
  ['today', { registeredOn: '2026-03-02', paidFrom: '2026-01', madeUpIn: '2026-03' }, []],
  ['tomorrow', { registeredOn: '2026-03-03' }, ['facts.registeredOn']],
  ['made up next month', { registeredOn: '2026-03-02', paidFrom: '2026-01', madeUpIn: '2026-04' }, ['facts.madeUpIn']],
])('what lies in the future cannot be assessed in a case: %s (A12)', (_what, said, fields) => {
  expect(found(futureFindings(factsOf(said), CalendarDate.parse('2026-03-02'))).map(({ field }) => field)).toEqual(fields);
});
