import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { entitlementBetween } from '../../functions/cases/entitlement/index.ts';
import { hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import { EntitlementFacts, RegionalRules, SchemeClass } from '../../schemas/entitlement.ts';

const EVALUATIONS = 200_000;

const BASE = {
  suspendedOn: '2025-10-31',
  insuredUntil: '2025-10',
  consecutiveMonths: 60,
  registeredOn: '2025-12-15',
  hasEmployer: false,
  statusChanged: true,
  formerEmployeeMonths: 60,
  localEmployeeMonths: 12,
  regional: {
    localHukou: false,
    sex: 'female',
    birthDate: '1985-12-16',
    approvedMove: false,
    relationTransferred: true,
    employeeMonthsInYearBefore: 10,
  },
};
/** No gap; a gap made up, not made up, too long; too few months; before the measures of 2021 and before those of 2016. */
const VARIANTS = [
  { paidFrom: '2025-11' },
  { paidFrom: '2026-01', madeUpIn: '2026-01' },
  { paidFrom: '2026-02' },
  { paidFrom: '2026-03' },
  { paidFrom: '2026-01', madeUpIn: '2026-01', consecutiveMonths: 23 },
  { suspendedOn: '2020-10-31', insuredUntil: '2020-10', registeredOn: '2020-12-15', paidFrom: '2021-01', madeUpIn: '2021-01' },
  { suspendedOn: '2014-10-31', insuredUntil: '2014-10', registeredOn: '2014-12-15', paidFrom: '2015-01' },
];

/** Every pair of classes in every variant, with Hangzhou's rules and without any, by the real calendar. */
function situations() {
  const calendar = calendarOf(seedYears());
  const stamp = { region: '330100', version: 1, changedAt: '2026-01-05T01:00:00.000Z', changedBy: 'bench' };
  const rules = [undefined, RegionalRules.parse({ ...hangzhouRules, ...stamp })];
  return SchemeClass.options.flatMap((from) =>
    SchemeClass.options.flatMap((to) =>
      VARIANTS.flatMap((variant) => {
        const facts = EntitlementFacts.parse({ ...BASE, ...variant });
        return rules.map((regionalRules) => ({ from, to, facts, regionalRules, calendar }));
      }),
    ),
  );
}

/** Microseconds that one assessment of benefits takes, warm, explanation included. The goal is at most 50. */
export function benchEntitlement(): { microseconds: number; evaluations: number } {
  const mixed = situations();
  const rounds = Math.ceil(EVALUATIONS / mixed.length);
  const run = (times: number): number => {
    let explained = 0;
    for (let round = 0; round < times; round += 1) {
      for (const situation of mixed) explained += entitlementBetween(situation).explanation.length;
    }
    return explained;
  };
  run(Math.ceil(rounds / 10));
  const start = performance.now();
  // What comes out is looked at, or the engine might leave the work out.
  if (run(rounds) === 0) throw new Error('nothing was explained');
  const evaluations = rounds * mixed.length;
  return { microseconds: ((performance.now() - start) * 1_000) / evaluations, evaluations };
}
