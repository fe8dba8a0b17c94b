import type { EntitlementFacts, NationalRules, SchemeClass } from '../../../schemas/entitlement.ts';
import { CalendarDate } from '../../../schemas/primitives.ts';

/** From which class of schemes to which. */
export type Move = { from: SchemeClass; to: SchemeClass };

/** A right to benefits without a waiting period, as a national text gives it. */
type Right = {
  moves: readonly `${SchemeClass}-${SchemeClass}`[];
  /** Longest gap in months; a gap there is must have been made up 补缴. */
  longestGap: number;
  /** A change of scheme must have its reason in the person's life, and this many months insured without a break before it. */
  onChange?: { consecutiveMonths: number };
  /**
   * What it gives: benefits from the first month paid for, or from the month in which the gap is made up 缴费当月 with the time before granted
   * afterwards 追溯享受.
   */
  gives: 'onward' | 'retroactive';
  article: string;
};

/** What the nation rules in force from a day on. */
export type NationalRuleSet = {
  id: NationalRules;
  from: CalendarDate;
  /** At most one for each move. */
  rights: readonly Right[];
  /** Where it leaves it to the regions whether a person waits. */
  local: string;
  /** After which gaps in months a region may make a person wait; after any where the text sets no limit. */
  localWaiting?: { gapAbove: number };
  /** Where it says that months in the employee scheme add up. */
  counted: string;
};

const ACCUMULATED = '社会保险法第三十二条：缴费年限累计计算';

/** S80 三: “中断不超过3个月且补缴中断期间医疗保险费的，不受待遇享受等待期限制”, whatever the scheme; of time gone by it says nothing. */
const S80 = { longestGap: 3, gives: 'onward', article: '人社部发〔2015〕80号三：中断不超过3个月且补缴的，不受待遇享受等待期限制' } as const;

/** Kept as data and in order of time; the day of registration chooses among them. */
export const NATIONAL_RULES: readonly NationalRuleSet[] = [
  {
    id: '2010-07',
    from: CalendarDate.parse('2010-07-01'),
    rights: [],
    local: '人社部发〔2009〕191号第十二条：各地制定具体实施办法',
    counted: `${ACCUMULATED}（2011年7月1日起施行）；人社部发〔2009〕191号第十条`,
  },
  {
    id: '2016-01',
    from: CalendarDate.parse('2016-01-01'),
    rights: [
      {
        moves: [
          'employee-employee',
          'employee-resident',
          'employee-rural',
          'resident-employee',
          'resident-resident',
          'resident-rural',
          'rural-employee',
          'rural-resident',
          'rural-rural',
        ],
        ...S80,
      },
    ],
    local: '人社部发〔2015〕80号三：按参保地规定享受待遇',
    counted: `人社部发〔2015〕80号三：职工医保缴费年限各地互认；${ACCUMULATED}`,
  },
  {
    id: '2021-12',
    from: CalendarDate.parse('2021-12-01'),
    rights: [
      {
        moves: ['employee-employee'],
        longestGap: 3,
        gives: 'retroactive',
        article: '2021年暂行办法：职工医保参保人中断缴费3个月（含）以内的，可补缴，缴费当月享受待遇，中断期间可追溯',
      },
      {
        moves: ['employee-resident', 'resident-employee'],
        longestGap: 3,
        onChange: { consecutiveMonths: 24 },
        gives: 'retroactive',
        article:
          '2021年暂行办法：连续2年（含）以上参保，因就业等个人状态变化切换参保关系，中断缴费3个月（含）以内的，可补缴，缴费当月享受待遇，中断期间可追溯',
      },
      // The measures say nothing of these, so what S80 gave stays.
      { moves: ['resident-resident', 'employee-rural', 'resident-rural', 'rural-employee', 'rural-resident', 'rural-rural'], ...S80 },
    ],
    local: '2021年暂行办法：各统筹地区可对中断缴费3个月以上的，设置不超过6个月的待遇享受等待期',
    localWaiting: { gapAbove: 3 },
    counted: `2021年暂行办法：职工医保缴费年限累计计算；${ACCUMULATED}`,
  },
];

/** The set in force on a day; undefined before the first. */
export const nationalRulesOn = (day: CalendarDate): NationalRuleSet | undefined => NATIONAL_RULES.findLast(({ from }) => from <= day);

/** What stands between a person and the right. */
type Missing = 'no-right' | 'gap-too-long' | 'too-few-months' | 'status-unchanged' | 'not-made-up';

export type NationalVerdict = {
  rules: NationalRuleSet;
  right: Right | undefined;
  /** The first thing missing; undefined where the person has the right. */
  missing: Missing | undefined;
  /** The gap may be made up; false also where there is none. */
  mayMakeUp: boolean;
  /** Article by which nobody waits, whatever the region says; undefined where its rules on waiting stand. */
  sparedBy: string | undefined;
};

/** Whether the national rules let the person have benefits without waiting: by a right of his, or since no region may make him wait. */
export function nationalVerdict(rules: NationalRuleSet, move: Move, gapMonths: number, facts: EntitlementFacts): NationalVerdict {
  const right = rules.rights.find(({ moves }) => moves.includes(`${move.from}-${move.to}`));
  const missing = missingFor(right, gapMonths, facts);
  const mayMakeUp = gapMonths > 0 && (missing === undefined || missing === 'not-made-up');
  return {
    rules,
    right,
    missing,
    mayMakeUp,
    sparedBy: tooShortToWait(rules, gapMonths) ?? (missing === undefined ? right?.article : undefined),
  };
}

const tooShortToWait = ({ local, localWaiting }: NationalRuleSet, gapMonths: number): string | undefined =>
  localWaiting && gapMonths <= localWaiting.gapAbove ? local : undefined;

function missingFor(right: Right | undefined, gapMonths: number, facts: EntitlementFacts): Missing | undefined {
  if (!right) return 'no-right';
  if (gapMonths > right.longestGap) return 'gap-too-long';
  if (right.onChange && facts.consecutiveMonths < right.onChange.consecutiveMonths) return 'too-few-months';
  if (right.onChange && !facts.statusChanged) return 'status-unchanged';
  return gapMonths > 0 && facts.madeUpIn === undefined ? 'not-made-up' : undefined;
}
