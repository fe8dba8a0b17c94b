import type { Scheme } from '../../../schemas/codes.ts';
import type { Entitlement, EntitlementFacts, RegionalRules } from '../../../schemas/entitlement.ts';
import type { Month } from '../../../schemas/primitives.ts';
import type { Calendar } from '../../calendar/working-days.ts';
import { assertConsistent } from '../decisions.ts';
import { SCHEME_CLASSES } from '../eligibility.ts';
import { factFindings } from './consistency.ts';
import { explain } from './explain.ts';
import { earlier, gapBetween, monthAfter } from './months.ts';
import { type Move, type NationalRuleSet, type NationalVerdict, nationalRulesOn, nationalVerdict } from './national.ts';
import { type RegionalVerdict, regionalVerdict } from './regional.ts';
import { windowEnd } from './window.ts';

type Rules = {
  facts: EntitlementFacts;
  /** The region's rules in force on the day of registration; undefined where it has none. */
  regionalRules: RegionalRules | undefined;
  /** Working days of the region, for the end of the registration window. */
  calendar: Calendar | undefined;
};
export type EntitlementInput = Rules & { formerScheme: Scheme; newScheme: Scheme };

/**
 * 待遇核定 (S80 三; S21; A12): from when a person has benefits, what counts, and why. Pure: the day of registration chooses the national rules, so
 * the same input gives the same answer at any time (A14). Throws a Refusal `case.inconsistent` that names every fact that contradicts another.
 */
export const entitlementOf = ({ formerScheme, newScheme, ...rules }: EntitlementInput): Entitlement =>
  entitlementBetween({ from: SCHEME_CLASSES[formerScheme], to: SCHEME_CLASSES[newScheme], ...rules });

/** The same for classes of schemes, as they are asked for without a case. */
export function entitlementBetween({ from, to, facts, regionalRules, calendar }: Rules & Move): Entitlement {
  const move = { from, to };
  assertConsistent(factFindings(facts, move));
  const gapMonths = gapBetween(facts.insuredUntil, facts.paidFrom);
  const national = nationalVerdict(rulesOf(facts), move, gapMonths, facts);
  const regional = regionalRules && regionalVerdict(regionalRules, { move, gapMonths, facts });
  const { calendarVersions, deadline } = windowEnd(facts.suspendedOn, calendar);
  const applies = !facts.hasEmployer;
  const figures = {
    rules: {
      national: national.rules.id,
      ...(regionalRules && { regional: { region: regionalRules.region, version: regionalRules.version } }),
      ...(Object.keys(calendarVersions).length > 0 && { calendar: calendarVersions }),
    },
    gapMonths,
    makeUp: { allowed: national.mayMakeUp, months: national.mayMakeUp ? gapMonths : 0, paid: facts.madeUpIn !== undefined },
    ...benefits(facts, national, regional),
    registration: { applies, deadline, late: applies && facts.registeredOn > deadline },
    ...(regional?.accepted && { acceptance: { accepted: regional.accepted.length > 0, met: regional.accepted.map(({ id }) => id) } }),
    countedMonths: facts.formerEmployeeMonths + facts.localEmployeeMonths,
  };
  return { ...figures, explanation: explain(figures, { facts, national, regional }) };
}

/** The national rules in force on the day of registration; the facts were checked, so there are some. */
function rulesOf({ registeredOn }: EntitlementFacts): NationalRuleSet {
  const rules = nationalRulesOn(registeredOn);
  if (!rules) throw new TypeError('facts that were not checked');
  return rules;
}

/**
 * Where the nation spares nobody the longest of the region's periods stands, after which benefits begin. A right that works backwards grants the gap
 * as well; whoever makes it up after contributions began has had benefits since then, for after so short a gap nobody waits.
 */
function benefits(facts: EntitlementFacts, { right, missing, sparedBy }: NationalVerdict, regional?: RegionalVerdict) {
  const { paidFrom, madeUpIn, insuredUntil } = facts;
  const waitingMonths = sparedBy === undefined ? (regional?.waiting[0]?.months ?? 0) : 0;
  if (missing !== undefined || right?.gives !== 'retroactive' || madeUpIn === undefined) {
    return { waitingMonths, benefitsFrom: monthAfter(paidFrom, waitingMonths) };
  }
  const benefitsFrom = earlier(madeUpIn, paidFrom);
  return { waitingMonths, benefitsFrom, ...between(monthAfter(insuredUntil, 1), monthAfter(benefitsFrom, -1)) };
}

/** The time from the beginning of the gap until benefits begin; none where the gap is made up in its first month. */
const between = (from: Month, to: Month) => (from <= to ? { retroactive: { from, to } } : {});
