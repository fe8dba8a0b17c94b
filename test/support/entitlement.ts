import type { Calendar } from '../../functions/calendar/working-days.ts';
import { entitlementBetween } from '../../functions/cases/entitlement/index.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { type Entitlement, EntitlementFacts, RegionalRules, RegionalRulesEntry, SchemeClass } from '../../schemas/entitlement.ts';

export type FactsSaid = Partial<Record<keyof EntitlementFacts, unknown>>;

/** Insured in the employee scheme until October 2025, suspended on its last day, registered in December. */
export const factsOf = (said: FactsSaid = {}): EntitlementFacts =>
  EntitlementFacts.parse({
    suspendedOn: '2025-10-31',
    insuredUntil: '2025-10',
    consecutiveMonths: 60,
    registeredOn: '2025-12-15',
    paidFrom: '2025-11',
    hasEmployer: true,
    statusChanged: true,
    formerEmployeeMonths: 60,
    localEmployeeMonths: 0,
    ...said,
  });

/** A person whom none of Hangzhou's alternatives takes over and none of its waiting rules lets wait. */
export const regionalFacts = (said: Record<string, unknown> = {}) => ({
  localHukou: false,
  sex: 'male',
  birthDate: '1970-05-01',
  approvedMove: false,
  relationTransferred: true,
  employeeMonthsInYearBefore: 12,
  ...said,
});

export const rulesOf = (said: Record<string, unknown>, region = '330100', version = 1): RegionalRules =>
  RegionalRules.parse({
    ...RegionalRulesEntry.parse({ title: '某市规定', validFrom: '2010-07-01', acceptance: [], waiting: [], ...said }),
    region,
    version,
    changedAt: '2026-01-05T01:00:00.000Z',
    changedBy: 'ministry-1',
    reason: '登记',
  });

export const waitingRule = (months: number, when: readonly unknown[], id = `wait-${months}`) => ({
  id,
  article: `某市规定第${months}条`,
  text: `等待${months}个月`,
  when,
  months,
});

/** Holds for everybody. */
export const ALWAYS = { fact: 'localEmployeeMonths', atLeast: 0 };
/** A region that lets everybody wait six months: only a right of the nation spares it. */
export const SIX_FOR_ALL = rulesOf({ waiting: [waitingRule(6, [ALWAYS])] });

export type Pair = `${SchemeClass}-${SchemeClass}`;
export const PAIRS = SchemeClass.options.flatMap((from) => SchemeClass.options.map((to): Pair => `${from}-${to}`));

export function assess(pair: Pair, said: FactsSaid = {}, regionalRules?: RegionalRules, calendar?: Calendar): Entitlement {
  const [from, to] = pair.split('-').map((name) => SchemeClass.parse(name)) as [SchemeClass, SchemeClass];
  // Somebody who leaves another scheme need not have been in the employee scheme.
  const facts = factsOf({ ...(from !== 'employee' && { formerEmployeeMonths: 0 }), ...said });
  return entitlementBetween({ from, to, facts, regionalRules, calendar });
}

/** The figures in one line; `back` is what is granted afterwards. */
export function figures({ gapMonths, makeUp, waitingMonths, benefitsFrom, retroactive }: Entitlement): string {
  const madeUp = `make-up ${makeUp.allowed ? makeUp.months : 'no'}${makeUp.paid ? ' paid' : ''}`;
  const back = retroactive ? `; back ${retroactive.from}..${retroactive.to}` : '';
  return `gap ${gapMonths}; ${madeUp}; waits ${waitingMonths}; from ${benefitsFrom}${back}`;
}

/** Code of a refusal and the fields with their codes. */
export function refused(attempt: () => unknown): string[] | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)];
  }
}
