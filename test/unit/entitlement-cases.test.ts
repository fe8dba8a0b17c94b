import { expect, test } from 'vitest';
import { assess, type FactsSaid, figures, PAIRS, type Pair, rulesOf, SIX_FOR_ALL, waitingRule } from '../support/entitlement.ts';

/**
 * Every row is worked out by hand from the article above it. The region lets everybody wait six months, so that a row shows whether the national
 * text spares the person: from December 2021 on everybody whose gap is not over three months (S21 三), whatever else holds. Insured until October
 * 2025 and registered in December unless a row says otherwise.
 */
type Row = [what: string, pair: Pair, facts: FactsSaid, expected: string];

const SHORT = { consecutiveMonths: 23 };
const TWO_YEARS = { consecutiveMonths: 24 };
const UNCHANGED = { consecutiveMonths: 24, statusChanged: false };
const paid = (paidFrom: string, madeUpIn?: string): FactsSaid => ({ paidFrom, ...(madeUpIn && { madeUpIn }) });

const MEASURES_OF_2021: Row[] = [
  // S21 一: 职工医保参保人中断缴费3个月（含）以内，补缴，缴费当月享受，中断期间可追溯.
  ['employees, no gap', 'employee-employee', paid('2025-11'), 'gap 0; make-up no; waits 0; from 2025-11'],
  ['employees, the month of the move at both', 'employee-employee', paid('2025-10'), 'gap 0; make-up no; waits 0; from 2025-10'],
  ['employees, gap 1, not made up', 'employee-employee', paid('2025-12'), 'gap 1; make-up 1; waits 0; from 2025-12'],
  [
    'employees, gap 1, made up',
    'employee-employee',
    paid('2025-12', '2025-12'),
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'employees, gap 2, made up in the new year',
    'employee-employee',
    paid('2026-01', '2026-01'),
    'gap 2; make-up 2 paid; waits 0; from 2026-01; back 2025-11..2025-12',
  ],
  [
    'employees, gap 3, made up',
    'employee-employee',
    paid('2026-02', '2026-02'),
    'gap 3; make-up 3 paid; waits 0; from 2026-02; back 2025-11..2026-01',
  ],
  ['employees, gap 3, not made up', 'employee-employee', paid('2026-02'), 'gap 3; make-up 3; waits 0; from 2026-02'],
  // S21 三: 中断缴费3个月以上的，可设置不超过6个月的等待期.
  ['employees, gap 4', 'employee-employee', paid('2026-03'), 'gap 4; make-up no; waits 6; from 2026-09'],
  [
    'employees, gap 4, paid for all the same',
    'employee-employee',
    paid('2026-03', '2026-03'),
    'gap 4; make-up no paid; waits 6; from 2026-09',
  ],
  [
    'employees, a gap of ten years',
    'employee-employee',
    { insuredUntil: '2015-10', suspendedOn: '2015-10-31' },
    'gap 120; make-up no; waits 6; from 2026-05',
  ],
  // 缴费当月: the month of the payment, if it comes before the first month paid for anyway; what lies between the beginning of the gap and it is
  // granted afterwards.
  [
    'employees, made up during the gap',
    'employee-employee',
    paid('2026-02', '2025-12'),
    'gap 3; make-up 3 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'employees, made up in the first month of the gap',
    'employee-employee',
    { registeredOn: '2025-11-03', ...paid('2025-12', '2025-11') },
    'gap 1; make-up 1 paid; waits 0; from 2025-11',
  ],
  [
    'employees, made up two months later',
    'employee-employee',
    paid('2025-12', '2026-02'),
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'employees, gap 3, made up half a year later',
    'employee-employee',
    paid('2026-02', '2026-08'),
    'gap 3; make-up 3 paid; waits 0; from 2026-02; back 2025-11..2026-01',
  ],
  // The two years and the change of status are asked of those who change the scheme only.
  [
    'employees insured for a month',
    'employee-employee',
    { ...paid('2025-12', '2025-12'), consecutiveMonths: 1, formerEmployeeMonths: 1 },
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'employees whose life has not changed',
    'employee-employee',
    { ...paid('2025-12', '2025-12'), statusChanged: false },
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'employees, a gap that is the February of a leap year',
    'employee-employee',
    { insuredUntil: '2024-01', suspendedOn: '2024-01-31', registeredOn: '2024-03-01', ...paid('2024-03', '2024-03') },
    'gap 1; make-up 1 paid; waits 0; from 2024-03; back 2024-02..2024-02',
  ],
  // S21 二: 已连续2年（含）以上参保，因就业等个人状态变化切换参保关系.
  ['to resident, 24 months, no gap', 'employee-resident', TWO_YEARS, 'gap 0; make-up no; waits 0; from 2025-11'],
  ['to resident, 23 months, no gap', 'employee-resident', SHORT, 'gap 0; make-up no; waits 0; from 2025-11'],
  ['to resident, status unchanged, no gap', 'employee-resident', UNCHANGED, 'gap 0; make-up no; waits 0; from 2025-11'],
  [
    'to resident, 24 months, gap 3, made up',
    'employee-resident',
    { ...TWO_YEARS, ...paid('2026-02', '2026-02') },
    'gap 3; make-up 3 paid; waits 0; from 2026-02; back 2025-11..2026-01',
  ],
  [
    'to resident, 24 months, gap 3, not made up',
    'employee-resident',
    { ...TWO_YEARS, ...paid('2026-02') },
    'gap 3; make-up 3; waits 0; from 2026-02',
  ],
  ['to resident, 24 months, gap 4', 'employee-resident', { ...TWO_YEARS, ...paid('2026-03') }, 'gap 4; make-up no; waits 6; from 2026-09'],
  [
    'to resident, 23 months, gap 3, paid for',
    'employee-resident',
    { ...SHORT, ...paid('2026-02', '2026-02') },
    'gap 3; make-up no paid; waits 0; from 2026-02',
  ],
  ['to resident, 23 months, gap 4', 'employee-resident', { ...SHORT, ...paid('2026-03') }, 'gap 4; make-up no; waits 6; from 2026-09'],
  [
    'to resident, status unchanged, gap 1, paid for',
    'employee-resident',
    { ...UNCHANGED, ...paid('2025-12', '2025-12') },
    'gap 1; make-up no paid; waits 0; from 2025-12',
  ],
  ['to employee, 24 months, no gap', 'resident-employee', TWO_YEARS, 'gap 0; make-up no; waits 0; from 2025-11'],
  ['to employee, 23 months, no gap', 'resident-employee', SHORT, 'gap 0; make-up no; waits 0; from 2025-11'],
  ['to employee, 23 months, gap 1', 'resident-employee', { ...SHORT, ...paid('2025-12') }, 'gap 1; make-up no; waits 0; from 2025-12'],
  ['to employee, 23 months, gap 4', 'resident-employee', { ...SHORT, ...paid('2026-03') }, 'gap 4; make-up no; waits 6; from 2026-09'],
  [
    'to employee, 24 months, gap 1, made up',
    'resident-employee',
    { ...TWO_YEARS, ...paid('2025-12', '2025-12') },
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
  [
    'to employee, 25 months, gap 3, not made up',
    'resident-employee',
    { consecutiveMonths: 25, ...paid('2026-02') },
    'gap 3; make-up 3; waits 0; from 2026-02',
  ],
  [
    'to employee, 24 months, gap 4, paid for',
    'resident-employee',
    { ...TWO_YEARS, ...paid('2026-03', '2026-03') },
    'gap 4; make-up no paid; waits 6; from 2026-09',
  ],
  [
    'to employee, status unchanged, gap 2, paid for',
    'resident-employee',
    { ...UNCHANGED, ...paid('2026-01', '2026-01') },
    'gap 2; make-up no paid; waits 0; from 2026-01',
  ],
  // S80 三 still speaks of those the measures do not name: no waiting, nothing afterwards, no two years.
  ['residents, no gap', 'resident-resident', {}, 'gap 0; make-up no; waits 0; from 2025-11'],
  ['residents, gap 1, made up', 'resident-resident', paid('2025-12', '2025-12'), 'gap 1; make-up 1 paid; waits 0; from 2025-12'],
  ['residents, gap 3, made up', 'resident-resident', paid('2026-02', '2026-02'), 'gap 3; make-up 3 paid; waits 0; from 2026-02'],
  ['residents, gap 3, not made up', 'resident-resident', paid('2026-02'), 'gap 3; make-up 3; waits 0; from 2026-02'],
  ['residents, gap 4', 'resident-resident', paid('2026-03', '2026-03'), 'gap 4; make-up no paid; waits 6; from 2026-09'],
  [
    'residents, 23 months, status unchanged',
    'resident-resident',
    { ...SHORT, statusChanged: false, ...paid('2026-02', '2026-02') },
    'gap 3; make-up 3 paid; waits 0; from 2026-02',
  ],
  ['residents, made up two months later', 'resident-resident', paid('2025-12', '2026-02'), 'gap 1; make-up 1 paid; waits 0; from 2025-12'],
  [
    'rural to employee, 23 months',
    'rural-employee',
    { ...SHORT, ...paid('2026-01', '2026-01') },
    'gap 2; make-up 2 paid; waits 0; from 2026-01',
  ],
  ['rural to employee, not made up', 'rural-employee', paid('2026-01'), 'gap 2; make-up 2; waits 0; from 2026-01'],
  ['rural to employee, gap 4', 'rural-employee', paid('2026-03'), 'gap 4; make-up no; waits 6; from 2026-09'],
  ['rural to resident', 'rural-resident', paid('2026-02', '2026-02'), 'gap 3; make-up 3 paid; waits 0; from 2026-02'],
  ['employee to rural', 'employee-rural', paid('2026-02', '2026-02'), 'gap 3; make-up 3 paid; waits 0; from 2026-02'],
  ['resident to rural', 'resident-rural', paid('2026-02', '2026-02'), 'gap 3; make-up 3 paid; waits 0; from 2026-02'],
  ['rural to rural', 'rural-rural', paid('2026-02'), 'gap 3; make-up 3; waits 0; from 2026-02'],
  ['rural to rural, gap 4', 'rural-rural', paid('2026-03'), 'gap 4; make-up no; waits 6; from 2026-09'],
];

/** Two months, November and December 2015, and registered around New Year 2016. */
const around2016 = (registeredOn: string, ...months: [string, string?]): FactsSaid => ({
  insuredUntil: '2015-10',
  suspendedOn: '2015-10-31',
  registeredOn,
  ...paid(...months),
});
const LAST_DAY_OF_2015 = '2015-12-31';
const S80_BEGINS = '2016-01-01';

const BEFORE_2021: Row[] = [
  // S191 speaks of no right; article 12 leaves it to the regions.
  ['2015-12-31, no gap', 'employee-employee', around2016(LAST_DAY_OF_2015, '2015-11'), 'gap 0; make-up no; waits 6; from 2016-05'],
  [
    '2015-12-31, gap 1, paid for',
    'employee-employee',
    around2016(LAST_DAY_OF_2015, '2015-12', '2015-12'),
    'gap 1; make-up no paid; waits 6; from 2016-06',
  ],
  // S80 三, in force from 2016-01-01.
  ['2016-01-01, no gap', 'employee-employee', around2016(S80_BEGINS, '2015-11'), 'gap 0; make-up no; waits 0; from 2015-11'],
  [
    '2016-01-01, gap 1, made up',
    'employee-employee',
    around2016(S80_BEGINS, '2015-12', '2016-01'),
    'gap 1; make-up 1 paid; waits 0; from 2015-12',
  ],
  [
    '2016-01-01, gap 3, made up',
    'employee-employee',
    around2016(S80_BEGINS, '2016-02', '2016-02'),
    'gap 3; make-up 3 paid; waits 0; from 2016-02',
  ],
  ['2016-01-01, gap 3, not made up', 'employee-employee', around2016(S80_BEGINS, '2016-02'), 'gap 3; make-up 3; waits 6; from 2016-08'],
  [
    '2016-01-01, gap 4, paid for',
    'employee-employee',
    around2016(S80_BEGINS, '2016-03', '2016-03'),
    'gap 4; make-up no paid; waits 6; from 2016-09',
  ],
  [
    '2016, a change of scheme after 23 months, status unchanged',
    'resident-employee',
    { ...around2016(S80_BEGINS, '2016-01', '2016-01'), ...SHORT, statusChanged: false },
    'gap 2; make-up 2 paid; waits 0; from 2016-01',
  ],
  // Every pair on the last day of S191 alone and on the first of S80.
  ...PAIRS.flatMap((pair): Row[] => [
    [`2015-12-31, ${pair}`, pair, around2016(LAST_DAY_OF_2015, '2016-01', '2016-01'), 'gap 2; make-up no paid; waits 6; from 2016-07'],
    [`2016-01-01, ${pair}`, pair, around2016(S80_BEGINS, '2016-01', '2016-01'), 'gap 2; make-up 2 paid; waits 0; from 2016-01'],
  ]),
];

/** October and November 2021, and registered on the last day of S80 alone or the first of the measures. */
const around2021 = (registeredOn: string): FactsSaid => ({
  insuredUntil: '2021-09',
  suspendedOn: '2021-09-30',
  registeredOn,
  ...paid('2021-12', '2021-12'),
});
const BACK = 'gap 2; make-up 2 paid; waits 0; from 2021-12; back 2021-10..2021-11';
const ONWARD = 'gap 2; make-up 2 paid; waits 0; from 2021-12';
const NO_RIGHT = 'gap 2; make-up no paid; waits 0; from 2021-12';
const FROM_DECEMBER_2021: Record<Pair, string> = {
  'employee-employee': BACK,
  'employee-resident': NO_RIGHT,
  'employee-rural': ONWARD,
  'resident-employee': NO_RIGHT,
  'resident-resident': ONWARD,
  'resident-rural': ONWARD,
  'rural-employee': ONWARD,
  'rural-resident': ONWARD,
  'rural-rural': ONWARD,
};
// 23 months: the gap, which S80 let everybody make up, the measures let those who change the scheme make up only after two years. Nobody waits.
const AROUND_2021: Row[] = PAIRS.flatMap((pair): Row[] => [
  [
    `2021-11-30, ${pair}, not made up`,
    pair,
    { ...around2021('2021-11-30'), madeUpIn: undefined },
    'gap 2; make-up 2; waits 6; from 2022-06',
  ],
  [`2021-11-30, ${pair}, 23 months`, pair, { ...around2021('2021-11-30'), ...SHORT }, ONWARD],
  [`2021-12-01, ${pair}, 23 months`, pair, { ...around2021('2021-12-01'), ...SHORT }, FROM_DECEMBER_2021[pair]],
]);

test.each([...MEASURES_OF_2021, ...BEFORE_2021, ...AROUND_2021])('%s (A12)', (_what, pair, facts, expected) => {
  expect(figures(assess(pair, facts, SIX_FOR_ALL))).toBe(expected);
});

test.each<Row>([
  ['no right and no rule of the region: nobody waits', 'employee-employee', paid('2026-03'), 'gap 4; make-up no; waits 0; from 2026-03'],
  ['in 2015 too', 'employee-employee', around2016(LAST_DAY_OF_2015, '2016-03'), 'gap 4; make-up no; waits 0; from 2016-03'],
  [
    'whoever makes up late has had benefits meanwhile',
    'employee-employee',
    paid('2025-12', '2026-02'),
    'gap 1; make-up 1 paid; waits 0; from 2025-12; back 2025-11..2025-11',
  ],
])('%s (A12)', (_what, pair, facts, expected) => {
  expect(figures(assess(pair, facts))).toBe(expected);
});

// S21 三 as a region would write it, and a longer and a shorter rule that both apply.
const AFTER_A_GAP = rulesOf({
  waiting: [waitingRule(2, [{ fact: 'gapMonths', above: 3 }]), waitingRule(5, [{ fact: 'gapMonths', above: 11 }])],
});
test.each([
  [3, '2026-02', 0, '2026-02'],
  [4, '2026-03', 2, '2026-05'],
  [11, '2026-10', 2, '2026-12'],
  [12, '2026-11', 5, '2027-04'],
])('of a region’s rules that apply the longest counts: a gap of %i months (A12)', (gapMonths, paidFrom, waitingMonths, benefitsFrom) => {
  expect(assess('employee-employee', { paidFrom }, AFTER_A_GAP)).toMatchObject({ gapMonths, waitingMonths, benefitsFrom });
});
