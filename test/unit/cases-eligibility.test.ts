import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eligibilityReasons,
  factReasons,
  ineligible,
  type MoveFacts,
  notEligible,
  schemeReasons,
} from '../../functions/cases/eligibility.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { ELIGIBILITY_REASONS, EligibilityReason, Scheme } from '../../schemas/codes.ts';
import { EligibilityFacts, Ineligible } from '../../schemas/eligibility.ts';
import { CalendarDate, Month } from '../../schemas/primitives.ts';

type Family = MoveFacts['family'];
const FAMILIES: readonly Family[] = ['2016', '2021'];
const OVERRIDE = { reason: '异地长期居住，经主管同意' };

/** A resident of 2025 who asks in March 2026; what is said changes it. */
const move = (said: Partial<Record<keyof MoveFacts, unknown>> = {}): MoveFacts =>
  ({
    family: '2021',
    formerScheme: '390',
    newScheme: '390',
    override: undefined,
    ...said,
    insuredUntil: Month.parse(said.insuredUntil ?? '2025-12'),
    today: CalendarDate.parse(said.today ?? '2026-03-02'),
  }) as MoveFacts;

const transferIn = (said: Record<string, unknown> = {}): EligibilityFacts =>
  EligibilityFacts.parse({ side: 'transferIn', enrolled: true, enrolledOn: '2026-02-01', retired: false, ...said });
const transferOut = (said: Record<string, unknown> = {}): EligibilityFacts =>
  EligibilityFacts.parse({ side: 'transferOut', participation: 'suspended', retired: false, ...said });
const codes = (reasons: readonly Ineligible[]) => reasons.map(({ code }) => code);

/**
 * Read off the regulations by hand. 2016: S94 2 (职工、城镇居民、城乡居民, 跨制度), S80 二 and S191 4 (新农合 → urban), S191 5 (urban → 新农合);
 * nothing provides for 新农合 → 新农合. 2021: 职工医保 and 居民医保 only; residents among themselves not within the year.
 */
const EXPECTED: Record<Family, Record<Scheme, Record<Scheme, 'allowed' | 'no rule' | 'next year'>>> = {
  '2016': {
    '310': { '310': 'allowed', '380': 'allowed', '390': 'allowed', '391': 'allowed' },
    '380': { '310': 'allowed', '380': 'no rule', '390': 'allowed', '391': 'allowed' },
    '390': { '310': 'allowed', '380': 'allowed', '390': 'allowed', '391': 'allowed' },
    '391': { '310': 'allowed', '380': 'allowed', '390': 'allowed', '391': 'allowed' },
  },
  '2021': {
    '310': { '310': 'allowed', '380': 'no rule', '390': 'allowed', '391': 'allowed' },
    '380': { '310': 'no rule', '380': 'no rule', '390': 'no rule', '391': 'no rule' },
    '390': { '310': 'allowed', '380': 'no rule', '390': 'next year', '391': 'next year' },
    '391': { '310': 'allowed', '380': 'no rule', '390': 'next year', '391': 'next year' },
  },
};
const PAIRS = FAMILIES.flatMap((family) =>
  Scheme.options.flatMap((formerScheme) =>
    Scheme.options.map((newScheme) => ({ family, formerScheme, newScheme, expected: EXPECTED[family][formerScheme][newScheme] })),
  ),
);

describe('scheme combinations (A13)', () => {
  test.each(PAIRS)('$family: $formerScheme → $newScheme is $expected', ({ expected, ...pair }) => {
    const pairOnly = expected === 'no rule' ? ['scheme-pair'] : [];
    const withinYear = move({ ...pair, insuredUntil: '2026-02' });
    expect(codes(schemeReasons(withinYear))).toEqual(expected === 'next year' ? ['resident-same-year'] : pairOnly);
    expect(codes(schemeReasons({ ...withinYear, override: OVERRIDE }))).toEqual(pairOnly);
    expect(codes(schemeReasons(move({ ...pair, insuredUntil: '2025-12' })))).toEqual(pairOnly);
  });

  test('a pair without a rule has no date from which it is allowed', () => {
    expect(schemeReasons(move({ formerScheme: '380' }))).toEqual([
      { code: 'scheme-pair', article: '人社厅发〔2016〕94号第二条；2021年暂行办法' },
    ]);
  });
});

describe('residents within the year (A13)', () => {
  test.each([
    ['insured until January, on New Year’s Day', '2026-01', '2026-01-01', '2027-01-01'],
    ['insured until January, on the last day of the year', '2026-01', '2026-12-31', '2027-01-01'],
    ['insured until December, on the last day of the year', '2026-12', '2026-12-31', '2027-01-01'],
    ['paid ahead into the next year', '2027-06', '2026-12-31', '2028-01-01'],
  ])('%s: refused with the first allowed date', (_case, insuredUntil, today, firstAllowedOn) => {
    expect(schemeReasons(move({ insuredUntil, today }))).toEqual([
      { code: 'resident-same-year', article: '2021年暂行办法：原则上当年度在转入地不再办理转移接续手续', firstAllowedOn },
    ]);
  });

  test.each([
    ['insured until December, on New Year’s Day', '2025-12', '2026-01-01'],
    ['insured until last January', '2025-01', '2026-01-01'],
    ['insured until years ago', '2019-06', '2026-03-02'],
  ])('%s: allowed', (_case, insuredUntil, today) => expect(schemeReasons(move({ insuredUntil, today }))).toEqual([]));

  const residents = fc.record({
    formerScheme: fc.constantFrom('390', '391'),
    newScheme: fc.constantFrom('390', '391'),
    until: fc.record({ year: fc.integer({ min: 2000, max: 2060 }), month: fc.integer({ min: 1, max: 12 }) }),
    daysLater: fc.integer({ min: -800, max: 800 }),
  });
  const dateAfter = (start: string, days: number) => new Date(Date.parse(start) + days * 86_400_000).toISOString().slice(0, 10);

  test('whenever the move is refused, it is allowed on the named day and not on the day before; whenever it is not, the year is over', () => {
    const seen = { refused: 0, allowed: 0 };
    fc.assert(
      fc.property(residents, ({ until, daysLater, ...schemes }) => {
        const insuredUntil = `${until.year}-${String(until.month).padStart(2, '0')}`;
        const today = dateAfter(`${insuredUntil}-15`, daysLater);
        const asked = (day: string) => schemeReasons(move({ ...schemes, insuredUntil, today: day }));
        const [reason] = asked(today);
        seen[reason ? 'refused' : 'allowed'] += 1;
        if (!reason) {
          expect(Number(today.slice(0, 4))).toBeGreaterThan(until.year);
          return;
        }
        const first = CalendarDate.parse(reason.firstAllowedOn);
        expect(first > today).toBe(true);
        expect(asked(first)).toEqual([]);
        expect(codes(asked(dateAfter(first, -1)))).toEqual(['resident-same-year']);
      }),
    );
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.allowed).toBeGreaterThan(0);
  });
});

describe('what a side’s own records say (A9, A16)', () => {
  test.each<[string, EligibilityFacts, EligibilityReason[]]>([
    ['enrolled (A9)', transferIn(), []],
    ['enrolled on a day not stated (A9)', transferIn({ enrolledOn: undefined }), []],
    ['not enrolled (A9)', transferIn({ enrolled: false, enrolledOn: undefined }), ['not-enrolled']],
    ['enrolled and retired (A16)', transferIn({ retired: true }), ['retired']],
    ['not enrolled and retired (A9, A16)', transferIn({ enrolled: false, retired: true }), ['not-enrolled', 'retired']],
  ])('transferIn: %s', (_case, facts, expected) => expect(codes(factReasons(facts))).toEqual(expected));

  const RELATION: Record<Extract<EligibilityFacts, { side: 'transferOut' }>['participation'], EligibilityReason[]> = {
    none: ['no-relation'],
    active: ['not-suspended'],
    suspended: [],
    terminated: ['already-terminated'],
  };
  const participations = EligibilityFacts.options[1].shape.participation.options;

  test.each(participations)('transferOut: participation %s, in work or retired (A9, A16)', (participation) => {
    const relation = RELATION[participation];
    expect(codes(factReasons(transferOut({ participation })))).toEqual(relation);
    expect(codes(factReasons(transferOut({ participation, retired: true })))).toEqual([...relation, 'retired']);
  });

  test('nothing against records and schemes: eligible (A9)', () => {
    expect(eligibilityReasons(transferIn(), move())).toEqual([]);
    expect(eligibilityReasons(transferOut(), move())).toEqual([]);
  });

  test('all reasons are given at once, those of the records first (A9, A13, A16)', () => {
    const withinYear = move({ insuredUntil: '2026-02' });
    expect(codes(eligibilityReasons(transferOut({ participation: 'active', retired: true }), withinYear))).toEqual([
      'not-suspended',
      'retired',
      'resident-same-year',
    ]);
    expect(codes(eligibilityReasons(transferIn({ enrolled: false, retired: true }), move({ newScheme: '380' })))).toEqual([
      'not-enrolled',
      'retired',
      'scheme-pair',
    ]);
  });

  test('a supervisor goes beyond the same-year rule, never beyond the records (A13, A16)', () => {
    const overridden = move({ insuredUntil: '2026-02', override: OVERRIDE });
    expect(codes(eligibilityReasons(transferOut({ participation: 'active', retired: true }), overridden))).toEqual([
      'not-suspended',
      'retired',
    ]);
  });
});

describe('one reason (A9)', () => {
  test.each(EligibilityReason.options)('%s has its text, its article and a form that can be sent', (code) => {
    expect(ELIGIBILITY_REASONS[code].text).toMatch(/^\p{Script=Han}/u);
    expect(ELIGIBILITY_REASONS[code].article).toMatch(/〔20\d\d〕\d+号|2021年暂行办法/);
    expect(Ineligible.parse(ineligible(code))).toEqual({ code, article: ELIGIBILITY_REASONS[code].article });
  });

  test('carries the note and the date that are given', () => {
    const firstAllowedOn = CalendarDate.parse('2027-01-01');
    expect(ineligible('data-mismatch', { note: '姓名不符' })).toMatchObject({ code: 'data-mismatch', note: '姓名不符' });
    expect(ineligible('resident-same-year', { firstAllowedOn })).toMatchObject({ firstAllowedOn: '2027-01-01' });
  });

  test('without a note has no such key, so that it is signed the same after every store', () => {
    expect(Object.keys(ineligible('retired', { note: undefined, firstAllowedOn: undefined })).sort()).toEqual(['article', 'code']);
  });
});

describe('the refusal a clerk sees (A9)', () => {
  test('names the fact, the code, the reason with its article, and the date (A13, A16)', () => {
    const refusal = notEligible([
      ...factReasons(transferOut({ participation: 'active', retired: true })),
      ...schemeReasons(move({ insuredUntil: '2026-02' })),
    ]);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal.code).toBe('case.not-eligible');
    expect(refusal.errors).toEqual([
      {
        field: 'facts.participation',
        code: 'not-suspended',
        reason:
          '转出地参保关系尚未中止，依据人社厅发〔2016〕94号第四条；2021年暂行办法：转出地已中止参保 (the relation at transferOut is not suspended)',
      },
      {
        field: 'facts.retired',
        code: 'retired',
        reason: '参保人已退休，不属于转移接续对象，依据服务指南常见问题2：在职参保人员；2021年暂行办法第二条 (the person is retired)',
      },
      {
        field: 'newScheme',
        code: 'resident-same-year',
        reason:
          '居民医保参保人员当年度原则上不办理转移，可在参加下一年度居民医保后申请，依据2021年暂行办法：原则上当年度在转入地不再办理转移接续手续' +
          '，最早可申请日期2027-01-01 (residents are not handed over within the year; apply from 2027-01-01)',
      },
    ]);
  });

  const FIELDS: Record<EligibilityReason, string> = {
    'not-enrolled': 'verdict.facts.enrolled',
    'no-relation': 'verdict.facts.participation',
    'not-suspended': 'verdict.facts.participation',
    'already-terminated': 'verdict.facts.participation',
    'already-open': 'person',
    retired: 'verdict.facts.retired',
    'scheme-pair': 'newScheme',
    'resident-same-year': 'newScheme',
    'data-mismatch': 'person',
    'forward-failed': 'formerRegion',
  };

  test.each(EligibilityReason.options)('%s points at its field below the given prefix, Chinese first', (code) => {
    const [error, ...others] = notEligible([ineligible(code)], 'verdict.facts').errors;
    expect(others).toEqual([]);
    expect(error).toMatchObject({ field: FIELDS[code], code });
    expect(error?.reason).toMatch(/^\p{Script=Han}.*，依据.+ \([a-z][^()]+\)$/u);
    expect(error?.reason).not.toContain('最早可申请日期');
  });

  test('never repeats a note, which may name the person', () => {
    const { errors } = notEligible([ineligible('data-mismatch', { note: '登记姓名为测试乙' })]);
    expect(JSON.stringify(errors)).not.toContain('测试乙');
  });
});
