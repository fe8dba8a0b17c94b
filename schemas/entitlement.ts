import * as z from 'zod';
import { CalendarDate, Instant, line, Month, RegionCode } from './primitives.ts';

/** What schemes are to the rules on benefits: employee 职工医保 (310), resident 居民医保 (390, 391), rural 新农合 (380). */
export const SchemeClass = z.enum(['employee', 'resident', 'rural']);
export type SchemeClass = z.infer<typeof SchemeClass>;

const months = (max: number) => z.int().min(0).max(max);

/**
 * What transferIn knows of the person when it says from when benefits run and what counts (待遇核定). Months are calendar months in China time.
 */
export const EntitlementFacts = z.strictObject({
  /** Day on which the former relation was suspended 中止; the registration window counts from it (S191 6). */
  suspendedOn: CalendarDate,
  /** Last month that contributions were paid for at the former region. */
  insuredUntil: Month,
  /** Months insured without a break up to `insuredUntil`, whatever the scheme (S21: 已连续2年（含）以上参保). */
  consecutiveMonths: months(1200),
  registeredOn: CalendarDate,
  /** First month that contributions are paid for at transferIn. */
  paidFrom: Month,
  /** Month in which the contributions of the gap were made up 补缴; absent where they were not. */
  madeUpIn: Month.optional(),
  /** 有接收单位: then the employer registers, and no window runs (S191 6). */
  hasEmployer: z.boolean(),
  /** 因就业等个人状态变化: why a person changes between the employee and the resident scheme (S21). */
  statusChanged: z.boolean(),
  /** Months paid in the employee scheme that count for retirement 职工医保缴费年限: at former regions, and at transferIn itself. */
  formerEmployeeMonths: months(1200),
  localEmployeeMonths: months(1200),
  /** What rules of a region may look at beside these; asked for only where its rules do. */
  regional: z
    .strictObject({
      localHukou: z.boolean(),
      sex: z.enum(['male', 'female']),
      birthDate: CalendarDate,
      /** 经县级以上组织部门批准正常调动, or another provision of the government. */
      approvedMove: z.boolean(),
      /** 已办理医保转移接续手续. */
      relationTransferred: z.boolean(),
      /** Months in the employee scheme of other regions within the 12 months before joining. */
      employeeMonthsInYearBefore: months(12),
    })
    .optional(),
});
export type EntitlementFacts = z.infer<typeof EntitlementFacts>;

/** One condition of a region's rule; a rule applies where all of its conditions hold. */
export const RuleCondition = z.discriminatedUnion('fact', [
  z.strictObject({ fact: z.literal('localHukou'), is: z.boolean() }),
  /** Full years of age on the day of registration below this, by sex. */
  z.strictObject({ fact: z.literal('age'), below: z.strictObject({ male: z.int().min(1).max(150), female: z.int().min(1).max(150) }) }),
  z.strictObject({ fact: z.literal('localEmployeeMonths'), atLeast: months(1200) }),
  z.strictObject({ fact: z.literal('approvedMove'), is: z.boolean() }),
  z.strictObject({ fact: z.literal('relationTransferred'), is: z.boolean() }),
  z.strictObject({ fact: z.literal('employeeMonthsInYearBefore'), below: z.int().min(1).max(12) }),
  z.strictObject({ fact: z.literal('gapMonths'), above: months(1200) }),
  /** Which moves the rule is about at all; from any scheme where `from` is absent. */
  z.strictObject({ fact: z.literal('move'), from: SchemeClass.optional(), to: SchemeClass }),
]);
export type RuleCondition = z.infer<typeof RuleCondition>;

const ruleBase = {
  /** Stable name of the rule within its act. */
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, { error: '规则编号须为小写字母、数字和连字符 (rule id: lower-case letters, digits, hyphens)' }),
  article: line(100),
  text: line(300),
  when: z.array(RuleCondition).min(1).max(10),
};

/** 待遇享受等待期 of a region; the national measures allow at most six months (S21), so a longer one is refused when it is loaded (A12). */
const WaitingRule = z.strictObject({
  ...ruleBase,
  months: z.int().min(1).max(6, { error: '待遇享受等待期不得超过6个月（2021年暂行办法） (a waiting period has at most six months)' }),
  /** What the person gets meanwhile, as the act says it. */
  meanwhile: line(200).optional(),
});

const uniqueIds = (rules: readonly { id: string }[]) => new Set(rules.map(({ id }) => id)).size === rules.length;
const twice = { error: '规则编号重复 (a rule id is used twice)' };

/**
 * A region's own rules 统筹地区规定 as data (A14): whom it takes over (one of the alternatives must hold; none stated: everybody), and who waits
 * for benefits. In force by date; nothing in it is code.
 */
export const RegionalRulesEntry = z
  .strictObject({
    title: line(100),
    validFrom: CalendarDate,
    /** Last day in force. */
    validUntil: CalendarDate.optional(),
    acceptance: z.array(z.strictObject(ruleBase)).max(20).refine(uniqueIds, twice),
    waiting: z.array(WaitingRule).max(20).refine(uniqueIds, twice),
  })
  .refine(({ validFrom, validUntil }) => validUntil === undefined || validFrom <= validUntil, {
    error: '起不得晚于止 (from must not be after to)',
    path: ['validUntil'],
  });
export type RegionalRulesEntry = z.infer<typeof RegionalRulesEntry>;
/** With the reason for stating them, as every record of the directory; the region stands in the path. */
export const RegionalRulesStatement = RegionalRulesEntry.safeExtend({ reason: line(200) });

/** A version of a region's rules; every version is kept, so that an assessment can be made again as it was. */
export const RegionalRules = RegionalRulesEntry.safeExtend({
  region: RegionCode,
  version: z.int().min(1),
  changedAt: Instant,
  changedBy: line(128),
  reason: line(200),
});
export type RegionalRules = z.infer<typeof RegionalRules>;

/** National rules in force from a month on: S191, then S80, then the measures of 2021. */
export const NationalRules = z.enum(['2010-07', '2016-01', '2021-12']);
export type NationalRules = z.infer<typeof NationalRules>;

/** Every number says where it comes from. `overridden`: a rule of the region that yields to a later national one. */
export const EntitlementExplanation = z.strictObject({
  item: z.enum(['gap', 'make-up', 'waiting', 'benefits', 'retroactive', 'registration', 'acceptance', 'counted', 'overridden']),
  text: z.string(),
  article: z.string(),
});
export type EntitlementExplanation = z.infer<typeof EntitlementExplanation>;

/** 待遇核定: from when benefits run and what counts, with the rules used. */
export const Entitlement = z.strictObject({
  rules: z.strictObject({
    national: NationalRules,
    regional: z.strictObject({ region: RegionCode, version: z.int().min(1) }).optional(),
    /** Version of each calendar year that the end of the registration window depends on. */
    calendar: z.record(z.string(), z.int().min(1)).optional(),
  }),
  /** Whole months without contributions between the former region and transferIn. */
  gapMonths: z.int().min(0),
  makeUp: z.strictObject({ allowed: z.boolean(), months: z.int().min(0), paid: z.boolean() }),
  waitingMonths: z.int().min(0).max(6),
  /** First month with benefits at transferIn. */
  benefitsFrom: Month,
  /** Months of the gap that benefits are granted for afterwards 追溯享受. */
  retroactive: z.strictObject({ from: Month, to: Month }).optional(),
  /** Three-month window of S191 6 for people without a receiving employer; late is marked and refused by nobody (A11). */
  registration: z.strictObject({ applies: z.boolean(), deadline: CalendarDate, late: z.boolean() }),
  /** Which of the region's alternatives hold; absent where its rules state none for such a move. */
  acceptance: z.strictObject({ accepted: z.boolean(), met: z.array(z.string()) }).optional(),
  countedMonths: z.int().min(0),
  explanation: z.array(EntitlementExplanation).min(1),
});
export type Entitlement = z.infer<typeof Entitlement>;

/** Asked at the counter without a case: what would hold for this person here (A12). */
export const EntitlementQuery = z.strictObject({ from: SchemeClass, to: SchemeClass, facts: EntitlementFacts });
/** What a case stored, and the same computed again from the facts and the versions of the rules that it used (A14). */
export const EntitlementView = z.strictObject({ assessed: Entitlement, assessedAgain: Entitlement, identical: z.boolean() });
