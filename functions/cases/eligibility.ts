import { ELIGIBILITY_REASONS, type EligibilityReason, type Material, type Scheme } from '../../schemas/codes.ts';
import type { Applicant } from '../../schemas/documents.ts';
import type { EligibilityFacts, Ineligible, Override } from '../../schemas/eligibility.ts';
import type { SchemeClass } from '../../schemas/entitlement.ts';
import { CalendarDate, type Month } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding, Refusal } from '../platform/errors.ts';

/** From which scheme to which, when, and under which family of procedures: all that the rules on schemes look at. */
export type MoveFacts = {
  family: '2016' | '2021';
  formerScheme: Scheme;
  newScheme: Scheme;
  /** Last month insured at the former region. */
  insuredUntil: Month;
  today: CalendarDate;
  /** A supervisor's reason to go beyond the same-year rule. */
  override: Override | undefined;
};

type TransferInFacts = Extract<EligibilityFacts, { side: 'transferIn' }>;
type TransferOutFacts = Extract<EligibilityFacts, { side: 'transferOut' }>;

export const SCHEME_CLASSES: Record<Scheme, SchemeClass> = {
  '310': 'employee',
  '380': 'rural',
  '390': 'resident',
  '391': 'resident',
};

const PARTICIPATION_REASONS: Record<TransferOutFacts['participation'], EligibilityReason | undefined> = {
  none: 'no-relation',
  active: 'not-suspended',
  suspended: undefined,
  terminated: 'already-terminated',
};

/** Where a refusal points, at a fact or at another field of the body, and the English half of what it says. */
const FINDINGS: Record<
  EligibilityReason,
  ({ fact: keyof TransferInFacts | keyof TransferOutFacts } | { field: string }) & { english: string }
> = {
  'not-enrolled': { fact: 'enrolled', english: 'not yet enrolled at transferIn' },
  'no-relation': { fact: 'participation', english: 'transferOut has no relation of this person' },
  'not-suspended': { fact: 'participation', english: 'the relation at transferOut is not suspended' },
  'already-terminated': { fact: 'participation', english: 'the relation at transferOut was terminated already' },
  'already-open': { field: 'person', english: 'a case of this person is open already' },
  retired: { fact: 'retired', english: 'the person is retired' },
  'scheme-pair': { field: 'newScheme', english: 'no rule hands over between these two schemes' },
  'resident-same-year': { field: 'newScheme', english: 'residents are not handed over within the year' },
  'data-mismatch': { field: 'person', english: 'the person’s data differ from the records of transferOut' },
  'forward-failed': { field: 'formerRegion', english: 'the region it was forwarded to cannot take it' },
};

/** One reason of a refusal, with the article behind its code. */
export function ineligible(code: EligibilityReason, { note, firstAllowedOn }: Omit<Ineligible, 'code' | 'article'> = {}): Ineligible {
  return { code, article: ELIGIBILITY_REASONS[code].article, ...(note && { note }), ...(firstAllowedOn && { firstAllowedOn }) };
}

/** Reasons against the scheme pair alone (A13), none when the move is allowed. */
export function schemeReasons({ family, formerScheme, newScheme, insuredUntil, today, override }: MoveFacts): Ineligible[] {
  const classes = [SCHEME_CLASSES[formerScheme], SCHEME_CLASSES[newScheme]];
  const isRural = (scheme: string) => scheme === 'rural';
  // 新农合 hands over to and from the urban schemes (S191 4–5; S80 二); the measures of 2021 no longer know it.
  if (family === '2016') return classes.every(isRural) ? [ineligible('scheme-pair')] : [];
  if (classes.some(isRural)) return [ineligible('scheme-pair')];
  if (override || classes.includes('employee')) return [];
  const yearAfter = CalendarDate.parse(`${Number(insuredUntil.slice(0, 4)) + 1}-01-01`);
  return today < yearAfter ? [ineligible('resident-same-year', { firstAllowedOn: yearAfter })] : [];
}

/** Reasons from one side's own records (A9, A16): is the person enrolled at transferIn, suspended at transferOut, not retired? */
export function factReasons(facts: EligibilityFacts): Ineligible[] {
  const relation = facts.side === 'transferIn' ? enrolmentReason(facts) : PARTICIPATION_REASONS[facts.participation];
  return [...(relation ? [ineligible(relation)] : []), ...(facts.retired ? [ineligible('retired')] : [])];
}

const enrolmentReason = ({ enrolled }: TransferInFacts): EligibilityReason | undefined => (enrolled ? undefined : 'not-enrolled');

/** All reasons at once: those of the records first, then those of the schemes. */
export const eligibilityReasons = (facts: EligibilityFacts, move: MoveFacts): Ineligible[] => [
  ...factReasons(facts),
  ...schemeReasons(move),
];

/** The refusal a clerk sees, one finding per reason. Notes stay out of it: they are typed freely and may name the person. */
export function notEligible(reasons: readonly Ineligible[], prefix = 'facts'): Refusal {
  const findings = reasons.map(({ code, article, firstAllowedOn }) => {
    const place = FINDINGS[code];
    const field = 'fact' in place ? `${prefix}.${place.fact}` : place.field;
    const chinese = `${ELIGIBILITY_REASONS[code].text}，依据${article}`;
    if (!firstAllowedOn) return finding(field, code, `${chinese} (${place.english})`);
    return finding(field, code, `${chinese}，最早可申请日期${firstAllowedOn} (${place.english}; apply from ${firstAllowedOn})`);
  });
  return new Refusal('case.not-eligible', findings);
}

/** What is wrong with who applies (A7): somebody else needs an authority; under 2021 an employer acts for members of the employee scheme only. */
export function applicantFindings(
  { capacity, authority }: Applicant,
  family: MoveFacts['family'],
  newScheme: Scheme,
  field: string,
): (FieldError | false)[] {
  return [
    capacity !== 'person' &&
      authority === undefined &&
      finding(`${field}.authority`, 'missing', '单位或代办人申请须写明授权依据 (an employer or agent must state the authority)'),
    family === '2021' &&
      capacity === 'employer' &&
      SCHEME_CLASSES[newScheme] !== 'employee' &&
      finding(
        `${field}.capacity`,
        'employees_only',
        '单位只能为职工医保参保人员申请，居民等由个人申请 (an employer may act only for members of the employee scheme)',
      ),
  ];
}

/** All that this applicant has to hand in (A6, A8): what the procedure asks for, and the authority of somebody who acts for the person. */
export const requiredMaterials = (required: readonly Material[], { capacity }: Applicant): Material[] => [
  ...new Set<Material>(capacity === 'person' ? required : [...required, 'authorization']),
];

/** What is still to be handed in; where nothing is said of what was handed in, all of it is there. */
export function missingMaterials(
  required: readonly Material[],
  applicant: Applicant,
  handedIn: readonly Material[] | undefined,
): Material[] {
  return handedIn ? requiredMaterials(required, applicant).filter((material) => !handedIn.includes(material)) : [];
}
