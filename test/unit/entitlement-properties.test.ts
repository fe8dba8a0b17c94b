import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { entitlementBetween } from '../../functions/cases/entitlement/index.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import { Entitlement, EntitlementFacts, type RegionalRules, SchemeClass } from '../../schemas/entitlement.ts';
import { ALWAYS, assess, type FactsSaid, PAIRS, type Pair, regionalFacts, rulesOf, waitingRule } from '../support/entitlement.ts';

const calendar = calendarOf(seedYears());
const { reason: _, ...hangzhou } = hangzhouRules;

/** Written anew, so that the product's own reckoning is not taken for granted: `2025-10` and 3 make `2026-01`. */
const plus = (month: string, count: number): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + count, 1)).toISOString().slice(0, 7);

const CONDITIONS = [
  ALWAYS,
  { fact: 'gapMonths', above: 0 },
  { fact: 'gapMonths', above: 3 },
  { fact: 'relationTransferred', is: false },
  { fact: 'employeeMonthsInYearBefore', below: 12 },
  { fact: 'move', to: 'employee' },
  { fact: 'move', from: 'resident', to: 'employee' },
];
const waitingRules = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.subarray(CONDITIONS, { minLength: 1 })), { maxLength: 4 })
  .map((rules) => rulesOf({ waiting: rules.map(([months, when], n) => waitingRule(months, when, `rule-${n}`)) }));
const regions: fc.Arbitrary<RegionalRules | undefined> = fc.oneof(fc.constant(undefined), fc.constant(rulesOf(hangzhou)), waitingRules);

type Situation = {
  pair: Pair;
  said: FactsSaid & { insuredUntil: string; paidFrom: string };
  gap: number;
  rules: RegionalRules | undefined;
};
/** Facts without a contradiction, around every date on which national rules begin. */
const situations: fc.Arbitrary<Situation> = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    insuredUntil: fc.constantFrom('2010-07', '2015-06', '2015-10', '2016-02', '2021-07', '2021-10', '2025-10', '2026-01'),
    gap: fc.integer({ min: 0, max: 6 }),
    sinceSuspended: fc.integer({ min: 0, max: 300 }),
    madeUpAfter: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
    consecutiveMonths: fc.integer({ min: 1, max: 40 }),
    hasEmployer: fc.boolean(),
    statusChanged: fc.boolean(),
    formerEmployeeMonths: fc.integer({ min: 12, max: 400 }),
    localEmployeeMonths: fc.integer({ min: 0, max: 200 }),
    regional: fc.record({
      localHukou: fc.boolean(),
      relationTransferred: fc.boolean(),
      employeeMonthsInYearBefore: fc.integer({ min: 0, max: 12 }),
    }),
    rules: regions,
  })
  .map(({ pair, rules, gap, sinceSuspended, madeUpAfter, regional, insuredUntil, ...said }) => ({
    pair,
    rules,
    gap,
    said: {
      ...said,
      insuredUntil,
      suspendedOn: `${insuredUntil}-28`,
      registeredOn: new Date(Date.parse(`${insuredUntil}-28`) + sinceSuspended * 86_400_000).toISOString().slice(0, 10),
      paidFrom: plus(insuredUntil, gap + 1),
      ...(gap > 0 && madeUpAfter !== undefined && { madeUpIn: plus(insuredUntil, madeUpAfter) }),
      regional: regionalFacts(regional),
    },
  }));

const of = ({ pair, said, rules }: Situation, changed: FactsSaid = {}): Entitlement =>
  assess(pair, { ...said, ...changed }, rules, calendar);
const always = (check: (situation: Situation) => void) => fc.assert(fc.property(situations, check), { numRuns: 400 });

describe('whatever the facts and the rules of the region (A12)', () => {
  test('nobody waits for more than six months, and benefits begin within six months of the first contribution', () => {
    always((situation) => {
      const { waitingMonths, benefitsFrom } = of(situation);
      const { insuredUntil, paidFrom, madeUpIn } = situation.said;
      expect(waitingMonths).toBeLessThanOrEqual(6);
      expect(benefitsFrom <= plus(paidFrom, 6)).toBe(true);
      expect(benefitsFrom > insuredUntil).toBe(true);
      // Only a payment made before can put benefits before the first month paid for.
      if (benefitsFrom < paidFrom) expect(benefitsFrom).toBe(madeUpIn);
    });
  });

  test('whoever waits has benefits after exactly these months, and is given nothing afterwards', () => {
    always((situation) => {
      const { waitingMonths, benefitsFrom, retroactive } = of(situation);
      if (waitingMonths === 0) return;
      expect(benefitsFrom).toBe(plus(situation.said.paidFrom, waitingMonths));
      expect(retroactive).toBeUndefined();
    });
  });

  test('from the measures of 2021 on nobody waits after a gap of three months or less, and every rule of the region that would have it is named', () => {
    always((situation) => {
      const { waitingMonths, rules, explanation } = of(situation);
      if (rules.national !== '2021-12' || situation.gap > 3) return;
      expect(waitingMonths).toBe(0);
      const yielding = explanation.filter(({ item }) => item === 'overridden');
      expect(yielding.every(({ article }) => article.includes('对中断缴费3个月以上的'))).toBe(true);
      // After a gap of a month more each of them stands, but for a right; so does any that asks for a longer gap.
      const { madeUpIn: __, ...unpaid } = situation.said;
      const longer = of({ ...situation, said: { ...unpaid, paidFrom: plus(unpaid.insuredUntil, 5) } });
      if (yielding.length > 0) expect(longer.waitingMonths).toBeGreaterThan(0);
    });
  });

  test('what is granted afterwards begins with the gap and leaves no month before benefits', () => {
    always((situation) => {
      const { retroactive, benefitsFrom } = of(situation);
      if (!retroactive) return;
      expect(retroactive).toEqual({ from: plus(situation.said.insuredUntil, 1), to: plus(benefitsFrom, -1) });
      expect(retroactive.to < situation.said.paidFrom).toBe(true);
    });
  });

  test('the gap is what lies between, and no more can be made up', () => {
    always((situation) => {
      const { gapMonths, makeUp } = of(situation);
      expect(gapMonths).toBe(situation.gap);
      expect(makeUp.months).toBe(makeUp.allowed ? situation.gap : 0);
      if (makeUp.allowed) expect(situation.gap >= 1 && situation.gap <= 3).toBe(true);
    });
  });

  test('the answer keeps its schema, is the same again, and leaves what it was given as it was', () => {
    always((situation) => {
      const before = structuredClone(situation);
      const answer = of(situation);
      expect(Entitlement.parse(answer)).toEqual(answer);
      expect(of(situation)).toEqual(answer);
      expect(situation).toEqual(before);
    });
  });

  test('facts of any kind get an answer or a refusal', () => {
    const days = fc
      .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const anyMonth = fc
      .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 7));
    const anything = fc.record({
      suspendedOn: days,
      insuredUntil: anyMonth,
      consecutiveMonths: fc.nat(1200),
      registeredOn: days,
      paidFrom: anyMonth,
      hasEmployer: fc.boolean(),
      statusChanged: fc.boolean(),
      formerEmployeeMonths: fc.nat(1200),
      localEmployeeMonths: fc.nat(1200),
      regional: days.map((birthDate) => regionalFacts({ birthDate })),
    });
    const scheme = fc.constantFrom(...SchemeClass.options);
    fc.assert(
      fc.property(scheme, scheme, anything, fc.option(anyMonth, { nil: undefined }), (from, to, said, madeUpIn) => {
        const facts = EntitlementFacts.parse({ ...said, ...(madeUpIn && { madeUpIn }) });
        try {
          entitlementBetween({ from, to, facts, regionalRules: rulesOf(hangzhou), calendar });
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('nobody is worse off (A12)', () => {
  const notLater = (one: Entitlement, other: Entitlement): void => {
    expect(one.benefitsFrom <= other.benefitsFrom).toBe(true);
  };

  test('for making the gap up when contributions begin', () => {
    always((situation) => {
      if (situation.gap === 0) return;
      const { madeUpIn: __, ...unpaid } = situation.said;
      notLater(of({ ...situation, said: { ...unpaid, madeUpIn: situation.said.paidFrom } }), of({ ...situation, said: unpaid }));
    });
  });

  test('for having been insured for longer, or for a change in life', () => {
    always((situation) => {
      notLater(of(situation, { consecutiveMonths: Number(situation.said.consecutiveMonths) + 30 }), of(situation));
      notLater(of(situation, { statusChanged: true }), of(situation, { statusChanged: false }));
    });
  });

  test('for joining a month earlier', () => {
    always((situation) => {
      if (situation.gap === 0) return;
      const { madeUpIn: __, ...unpaid } = situation.said;
      notLater(of({ ...situation, said: { ...unpaid, paidFrom: plus(unpaid.paidFrom, -1) } }), of({ ...situation, said: unpaid }));
    });
  });

  test('in a region without rules of its own', () => {
    always((situation) => notLater(of({ ...situation, rules: undefined }), of(situation)));
  });
});

describe('every figure is explained (A12, A14)', () => {
  const textOf = ({ explanation }: Entitlement, item: string) =>
    explanation
      .filter((entry) => entry.item === item)
      .map(({ text }) => text)
      .join();

  test('in the item that is about it, Chinese first, with an article', () => {
    always((situation) => {
      const answer = of(situation);
      const { gapMonths, makeUp, waitingMonths, benefitsFrom, retroactive, registration, countedMonths } = answer;
      expect(textOf(answer, 'gap')).toContain(`中断${gapMonths}个月`);
      expect(textOf(answer, 'make-up')).toContain(`可补缴${makeUp.months}个月`);
      expect(textOf(answer, 'waiting')).toContain(`等待期${waitingMonths}个月`);
      expect(textOf(answer, 'benefits')).toContain(`自${benefitsFrom}起享受待遇`);
      expect(textOf(answer, 'registration')).toContain(registration.deadline);
      expect(textOf(answer, 'counted')).toContain(`合计${countedMonths}个月`);
      expect(textOf(answer, 'retroactive')).toBe(
        retroactive
          ? `${retroactive.from}至${retroactive.to}的待遇可追溯享受 (benefits from ${retroactive.from} to ${retroactive.to} are granted afterwards)`
          : '',
      );
      for (const { text, article } of answer.explanation) {
        expect(text).toMatch(/^[\p{Script=Han}\d《].* \(.*\)$/u);
        expect(article).toMatch(/\p{Script=Han}/u);
      }
    });
  });

  test('acceptance names every alternative that holds, or says that none does', () => {
    always((situation) => {
      const answer = of({ ...situation, rules: rulesOf(hangzhou) });
      const text = textOf(answer, 'acceptance');
      if (!answer.acceptance) expect(text).toBe('');
      else if (answer.acceptance.accepted) for (const id of answer.acceptance.met) expect(text).toContain(`alternative ${id} holds`);
      else expect(text).toContain('不符合所列任何一项转入条件，不影响待遇');
    });
  });
});
