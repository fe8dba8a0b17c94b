import type { InformationTableEntry, InsuredPeriod } from '../../schemas/documents.ts';
import type { CalendarDate } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';
import { found } from './decisions.ts';
import { monthNumber } from './months.ts';

/** Calendar months from `from` to `to`, both counted. */
const monthsIn = ({ from, to }: InsuredPeriod): number => monthNumber(to) - monthNumber(from) + 1;

/** What is wrong with an information table (B8): its rows, and their total. */
export function tableFindings({ periods, totalMonths }: InformationTableEntry, today: CalendarDate): FieldError[] {
  const sum = periods.reduce((total, { months }) => total + months, 0);
  const total =
    sum === totalMonths ? [] : [finding('totalMonths', 'total_mismatch', `各段月数合计为${sum} (the rows add up to ${sum} months)`)];
  return [...periodsFindings(periods, today), ...total];
}

/** What is wrong with rows of insured months: each finding names its row. Rows may come in any order. */
export const periodsFindings = (periods: readonly InsuredPeriod[], today: CalendarDate): FieldError[] => [
  ...periods.flatMap((period, i) => periodFindings(period, `periods.${i}`, today)),
  ...overlapFindings(periods),
];

function periodFindings(period: InsuredPeriod, field: string, today: CalendarDate): FieldError[] {
  if (period.from > period.to) return [finding(`${field}.to`, 'order', '起不得晚于止 (from must not be after to)')];
  const findings: (FieldError | false)[] = [
    String(period.to) > today.slice(0, 7) && finding(`${field}.to`, 'future', '止月在将来 (the period ends in the future)'),
    period.months !== monthsIn(period) &&
      finding(`${field}.months`, 'months_mismatch', `起止之间为${monthsIn(period)}个月 (from–to is ${monthsIn(period)} months)`),
  ];
  return found(findings);
}

/** Sorted by start, a period overlaps exactly when it starts before the latest end so far. One that ends before it starts covers no month. */
function overlapFindings(periods: readonly InsuredPeriod[]): FieldError[] {
  const covering = periods.map((period, i) => ({ period, i })).filter(({ period }) => period.from <= period.to);
  const sorted = covering.sort((a, b) => monthNumber(a.period.from) - monthNumber(b.period.from));
  let latest = Number.NEGATIVE_INFINITY;
  return sorted.flatMap(({ period, i }) => {
    const overlaps = monthNumber(period.from) <= latest;
    latest = Math.max(latest, monthNumber(period.to));
    return overlaps ? [finding(`periods.${i}.from`, 'overlap', '参保时段重叠 (the periods overlap)')] : [];
  });
}
