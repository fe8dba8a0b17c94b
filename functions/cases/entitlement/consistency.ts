import type { EntitlementFacts } from '../../../schemas/entitlement.ts';
import { CalendarDate, Month } from '../../../schemas/primitives.ts';
import type { FieldError } from '../../../schemas/problems.ts';
import { contradiction } from '../decisions.ts';
import { gapBetween, monthOf } from './months.ts';
import { type Move, nationalRulesOn } from './national.ts';

/** Months are written until 2099-12, and benefits may begin half a year later. */
const LAST_MONTH = Month.parse('2099-06');
const LAST_DAY = CalendarDate.parse('2099-12-31');

/** What contradicts itself in the facts; false where all is well. Whether something lies in the future needs a clock. */
export const factFindings = (facts: EntitlementFacts, move: Move): (FieldError | false)[] => [...dates(facts), ...amounts(facts, move)];

/** What an office cannot have seen yet; who only asks what would hold may ask for any day. */
export const futureFindings = ({ registeredOn, madeUpIn }: EntitlementFacts, today: CalendarDate): (FieldError | false)[] => [
  registeredOn > today && contradiction('facts.registeredOn', '登记日期在将来 (the registration lies in the future)'),
  madeUpIn !== undefined &&
    madeUpIn > monthOf(today) &&
    contradiction('facts.madeUpIn', '补缴月份在将来 (the make-up payment lies in the future)'),
];

function dates({ suspendedOn, insuredUntil, registeredOn, paidFrom, madeUpIn, regional }: EntitlementFacts): (FieldError | false)[] {
  return [
    monthOf(suspendedOn) < insuredUntil &&
      contradiction('facts.suspendedOn', '中止日期早于最后缴费月份 (suspended before the last month paid for)'),
    registeredOn < suspendedOn && contradiction('facts.registeredOn', '登记日期早于中止日期 (registered before the suspension)'),
    nationalRulesOn(registeredOn) === undefined &&
      contradiction('facts.registeredOn', '登记日期早于2010年7月1日，尚无国家规定 (before the first national measures)'),
    registeredOn > LAST_DAY && contradiction('facts.registeredOn', '登记日期过晚 (too late a date)'),
    // A month in which the person changes may be paid for at both; more than that is double enrolment (S191 2).
    paidFrom < insuredUntil && contradiction('facts.paidFrom', '两地缴费月份重叠 (paid for in both regions at once)'),
    paidFrom > LAST_MONTH && contradiction('facts.paidFrom', '缴费月份过晚 (too late a month)'),
    madeUpIn !== undefined && madeUpFinding(madeUpIn, insuredUntil, paidFrom),
    regional !== undefined &&
      regional.birthDate > registeredOn &&
      contradiction('facts.regional.birthDate', '出生日期晚于登记日期 (born after the registration)'),
  ];
}

function madeUpFinding(madeUpIn: Month, insuredUntil: Month, paidFrom: Month): FieldError | false {
  if (gapBetween(insuredUntil, paidFrom) === 0) return contradiction('facts.madeUpIn', '没有中断，无可补缴 (no gap to make up)');
  return madeUpIn <= insuredUntil && contradiction('facts.madeUpIn', '补缴月份早于中断 (made up before there was a gap)');
}

function amounts(facts: EntitlementFacts, { from }: Move): (FieldError | false)[] {
  const { consecutiveMonths, formerEmployeeMonths, regional } = facts;
  return [
    consecutiveMonths === 0 &&
      contradiction('facts.consecutiveMonths', '最后缴费月份即为1个月 (the last month paid for is one month already)'),
    from === 'employee' &&
      formerEmployeeMonths === 0 &&
      contradiction('facts.formerEmployeeMonths', '从职工医保转出者至少有1个月 (who leaves the employee scheme has at least one month)'),
    regional !== undefined &&
      regional.employeeMonthsInYearBefore > formerEmployeeMonths &&
      contradiction(
        'facts.regional.employeeMonthsInYearBefore',
        '多于转出地职工医保缴费月数 (more than the months in the employee scheme of other regions)',
      ),
  ];
}
