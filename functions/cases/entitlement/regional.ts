import type { EntitlementFacts, RegionalRules, RuleCondition } from '../../../schemas/entitlement.ts';
import { finding, refuse } from '../../platform/errors.ts';
import { dateMonthsAfter } from './months.ts';
import type { Move } from './national.ts';

export type AcceptanceRule = RegionalRules['acceptance'][number];
export type WaitingRule = RegionalRules['waiting'][number];

/** What a region's rules look at. */
export type Situation = { move: Move; gapMonths: number; facts: EntitlementFacts };

export type RegionalVerdict = {
  rules: RegionalRules;
  /** The alternatives that hold; undefined where the region states none for such a move. */
  accepted: readonly AcceptanceRule[] | undefined;
  /** Waiting rules that apply, the longest first. */
  waiting: readonly WaitingRule[];
};

/**
 * Evaluates a region's own rules, which are data (A14). Throws a Refusal `case.inconsistent` where a rule needs `facts.regional` and it was not
 * stated; rules about other moves ask for nothing.
 */
export function regionalVerdict(rules: RegionalRules, situation: Situation): RegionalVerdict {
  const applies = ({ when }: AcceptanceRule) => isAbout(when, situation.move) && when.every((condition) => holds(condition, situation));
  const alternatives = rules.acceptance.filter(({ when }) => isAbout(when, situation.move));
  return {
    rules,
    accepted: alternatives.length === 0 ? undefined : alternatives.filter(applies),
    waiting: rules.waiting.filter(applies).toSorted((one, other) => other.months - one.months),
  };
}

const isAbout = (when: readonly RuleCondition[], move: Move): boolean =>
  when.every((condition) => condition.fact !== 'move' || isMove(condition, move));

const isMove = (condition: Extract<RuleCondition, { fact: 'move' }>, { from, to }: Move): boolean =>
  (condition.from === undefined || condition.from === from) && condition.to === to;

function holds(condition: RuleCondition, { move, gapMonths, facts }: Situation): boolean {
  switch (condition.fact) {
    case 'move':
      return isMove(condition, move);
    case 'gapMonths':
      return gapMonths > condition.above;
    case 'localEmployeeMonths':
      return facts.localEmployeeMonths >= condition.atLeast;
    case 'localHukou':
      return regionalFacts(facts).localHukou === condition.is;
    case 'age': {
      const { birthDate, sex } = regionalFacts(facts);
      return facts.registeredOn < dateMonthsAfter(birthDate, condition.below[sex] * 12);
    }
    case 'approvedMove':
      return regionalFacts(facts).approvedMove === condition.is;
    case 'relationTransferred':
      return regionalFacts(facts).relationTransferred === condition.is;
    case 'employeeMonthsInYearBefore':
      return regionalFacts(facts).employeeMonthsInYearBefore < condition.below;
    default:
      return condition satisfies never;
  }
}

const regionalFacts = ({ regional }: EntitlementFacts): NonNullable<EntitlementFacts['regional']> =>
  regional ??
  refuse(
    'case.inconsistent',
    finding('facts.regional', 'missing', '本统筹地区的规定需要这些情况 (the rules of this region look at these)'),
  );
