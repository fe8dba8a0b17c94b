import { describe, expect, test } from 'vitest';
import { hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import type { Entitlement } from '../../schemas/entitlement.ts';
import { assess, type FactsSaid, type Pair, refused, regionalFacts, rulesOf, waitingRule } from '../support/entitlement.ts';

const { reason: _, ...entry } = hangzhouRules;
const HANGZHOU_RULES = rulesOf(entry, '330100', 3);

type Said = FactsSaid & { regional?: Record<string, unknown> };
/** By Hangzhou's rules, registered on 15 December 2025: a person from elsewhere, 55 years old. */
const inHangzhou = (pair: Pair, { regional, ...said }: Said = {}): Entitlement =>
  assess(
    pair,
    { ...said, regional: regionalFacts(pair.startsWith('employee') ? regional : { employeeMonthsInYearBefore: 0, ...regional }) },
    HANGZHOU_RULES,
  );
const overridden = ({ explanation }: Entitlement) => explanation.filter(({ item }) => item === 'overridden');

describe('Hangzhou takes over whoever fulfils one of four alternatives (A14)', () => {
  // SHZ 八: 1 市区户籍; 2 非市区户籍，男不满50、女不满40周岁; 3 非市区户籍，本地实际缴费累计满10年; 4 政府另有规定或组织部门批准调动.
  test.each<[string, Said, string[]]>([
    ['nothing speaks for the person', {}, []],
    ['local hukou', { regional: { localHukou: true } }, ['hukou']],
    ['a man on the day before his 50th birthday', { regional: { birthDate: '1975-12-16' } }, ['age']],
    ['a man on his 50th birthday', { regional: { birthDate: '1975-12-15' } }, []],
    ['a woman on the day before her 40th birthday', { regional: { sex: 'female', birthDate: '1985-12-16' } }, ['age']],
    ['a woman on her 40th birthday', { regional: { sex: 'female', birthDate: '1985-12-15' } }, []],
    ['a woman of 45, an age at which men are still taken', { regional: { sex: 'female', birthDate: '1980-12-15' } }, []],
    ['119 months paid here', { localEmployeeMonths: 119 }, []],
    ['120 months paid here', { localEmployeeMonths: 120 }, ['ten-years']],
    ['an approved move', { regional: { approvedMove: true } }, ['approved-move']],
    [
      'a young man with local hukou: alternative 2 is for people from elsewhere',
      { regional: { localHukou: true, birthDate: '1999-01-01' } },
      ['hukou'],
    ],
    ['ten years here and local hukou: so is alternative 3', { localEmployeeMonths: 240, regional: { localHukou: true } }, ['hukou']],
    [
      'three at once',
      { localEmployeeMonths: 120, regional: { birthDate: '1990-01-01', approvedMove: true } },
      ['age', 'ten-years', 'approved-move'],
    ],
  ])('%s', (_what, said, met) => {
    const assessed = inHangzhou('employee-employee', said);
    expect(assessed.acceptance).toEqual({ accepted: met.length > 0, met });
    // Shown, and nothing depends on it.
    expect(assessed).toMatchObject({ waitingMonths: 0, benefitsFrom: '2025-11' });
  });

  // Civil Code 202: a month that lacks the day ends the period on its last day.
  test.each([
    ['2026-02-27', ['age']],
    ['2026-02-28', []],
  ])('born on 29 February 1976 and registered on %s', (registeredOn, met) => {
    const said = { registeredOn, regional: { birthDate: '1976-02-29' } };
    expect(inHangzhou('employee-employee', said).acceptance?.met).toEqual(met);
  });

  test.each<Pair>(['employee-resident', 'resident-resident'])('the alternatives say nothing of %s', (pair) => {
    expect(inHangzhou(pair).acceptance).toBeUndefined();
    expect(refused(() => assess(pair, {}, HANGZHOU_RULES))).toBeUndefined();
  });

  test('of a move into the employee scheme the rules ask more than the facts say', () => {
    expect(refused(() => assess('employee-employee', {}, HANGZHOU_RULES))).toEqual(['case.inconsistent', 'facts.regional missing']);
  });
});

describe('Hangzhou’s six months stand after a gap of more than three months (A12, A14)', () => {
  const gap4 = { paidFrom: '2026-03' };
  // 办法 77: residents from elsewhere; 78: not transferred, or fewer than 12 months in the employee scheme elsewhere in the year before.
  test.each<[string, Pair, Said, number, string[]]>([
    ['an employee, transferred, 12 months', 'employee-employee', gap4, 0, []],
    ['an employee, transferred, 11 months', 'employee-employee', { ...gap4, regional: { employeeMonthsInYearBefore: 11 } }, 6, ['七十八']],
    ['an employee, not transferred', 'employee-employee', { ...gap4, regional: { relationTransferred: false } }, 6, ['七十八']],
    ['a resident of 23 months', 'resident-employee', { ...gap4, consecutiveMonths: 23 }, 6, ['七十七']],
    [
      'a resident of 24 months who pays for the gap',
      'resident-employee',
      { ...gap4, madeUpIn: '2026-03', consecutiveMonths: 24 },
      6,
      ['七十七'],
    ],
    ['a member of the rural scheme, gap 4', 'rural-employee', gap4, 6, ['七十八']],
    ['an employee who becomes a resident', 'employee-resident', gap4, 0, []],
  ])('%s', (_what, pair, said, waitingMonths, articles) => {
    const { explanation, ...assessed } = inHangzhou(pair, said);
    expect(assessed.waitingMonths).toBe(waitingMonths);
    const waiting = explanation.find(({ item }) => item === 'waiting');
    for (const article of articles) expect(waiting?.article).toBe(`《杭州市基本医疗保障办法》第${article}条`);
    expect(explanation.filter(({ item }) => item === 'overridden')).toEqual([]);
  });

  test('a waiting resident is told what there is meanwhile', () => {
    const { explanation } = inHangzhou('resident-employee', gap4);
    expect(explanation.find(({ item }) => item === 'waiting')?.text).toContain('等待期间享受辖区内最高档其他城乡居民医保待遇');
  });
});

/** S21 三, by which no region may make anybody wait after so short a gap: article 77 or 78 would have. */
const LIMIT = '2021年暂行办法：各统筹地区可对中断缴费3个月以上的，设置不超过6个月的待遇享受等待期';

describe('Hangzhou’s six months yield to the nation, which is said (A12, A14)', () => {
  const madeUp = { paidFrom: '2026-01', madeUpIn: '2026-01' };
  test.each<[string, Pair, Said, string[], string]>([
    [
      '8 months in the year before',
      'employee-employee',
      { ...madeUp, regional: { employeeMonthsInYearBefore: 8 } },
      ['article-78-not-continuous'],
      LIMIT,
    ],
    [
      '8 months in the year before, not made up',
      'employee-employee',
      { paidFrom: '2026-01', regional: { employeeMonthsInYearBefore: 8 } },
      ['article-78-not-continuous'],
      LIMIT,
    ],
    [
      'not transferred yet, no gap',
      'employee-employee',
      { regional: { relationTransferred: false } },
      ['article-78-not-transferred'],
      LIMIT,
    ],
    [
      'a resident of two years',
      'resident-employee',
      { ...madeUp, consecutiveMonths: 24 },
      ['article-77', 'article-78-not-continuous'],
      LIMIT,
    ],
    ['a resident of 23 months, no gap', 'resident-employee', { consecutiveMonths: 23 }, ['article-77', 'article-78-not-continuous'], LIMIT],
    [
      'a resident of two years, gap 3, not made up',
      'resident-employee',
      { consecutiveMonths: 24, paidFrom: '2026-02' },
      ['article-77', 'article-78-not-continuous'],
      LIMIT,
    ],
    ['out of the rural scheme', 'rural-employee', madeUp, ['article-78-not-continuous'], LIMIT],
    [
      'registered in 2021 before the measures',
      'resident-employee',
      {
        consecutiveMonths: 1,
        insuredUntil: '2021-08',
        suspendedOn: '2021-08-31',
        registeredOn: '2021-11-30',
        paidFrom: '2021-10',
        madeUpIn: '2021-10',
      },
      ['article-77', 'article-78-not-continuous'],
      '人社部发〔2015〕80号三：中断不超过3个月且补缴的，不受待遇享受等待期限制',
    ],
  ])('%s', (_what, pair, said, ids, national) => {
    const assessed = inHangzhou(pair, said);
    expect(assessed.waitingMonths).toBe(0);
    const items = overridden(assessed);
    expect(items.map(({ text }) => ids.find((id) => text.includes(`（${id}，`)))).toEqual(ids);
    for (const { text, article } of items) {
      expect(text).toMatch(/^《杭州市基本医疗保障办法》第七十[七八]条.*适用国家规定/);
      expect(article).toBe(national);
    }
  });

  test('whoever has not made the gap up is told that nobody waits after so short a one, and is given nothing afterwards', () => {
    const assessed = inHangzhou('resident-employee', { consecutiveMonths: 24, paidFrom: '2026-02' });
    expect(assessed).toMatchObject({ waitingMonths: 0, benefitsFrom: '2026-02' });
    expect(assessed.retroactive).toBeUndefined();
    const articles = assessed.explanation.flatMap(({ item, article }) => (item === 'waiting' || item === 'benefits' ? [article] : []));
    expect(articles).toEqual([LIMIT, LIMIT]);
  });

  test('in 2021 before the measures they stand also after a shorter gap that is not made up', () => {
    const before = { insuredUntil: '2021-08', suspendedOn: '2021-08-31', registeredOn: '2021-11-30', paidFrom: '2021-10' };
    const assessed = inHangzhou('resident-employee', before);
    // Six months from October 2021.
    expect(assessed).toMatchObject({ waitingMonths: 6, benefitsFrom: '2022-04' });
    expect(overridden(assessed)).toEqual([]);
  });

  test('where no rule would make the person wait, nothing is overridden', () => {
    expect(overridden(inHangzhou('employee-employee', madeUp))).toEqual([]);
  });
});

test('a rule about another move asks for nothing, wherever in it the move stands (A14)', () => {
  const when = [
    { fact: 'relationTransferred', is: false },
    { fact: 'move', from: 'resident', to: 'employee' },
  ];
  const rules = rulesOf({ waiting: [waitingRule(6, when)], acceptance: [{ id: 'a', article: '某条', text: '某项', when }] });
  expect(assess('employee-employee', {}, rules)).toMatchObject({ waitingMonths: 0 });
  expect(refused(() => assess('resident-employee', {}, rules))).toEqual(['case.inconsistent', 'facts.regional missing']);
});

test('the assessment names the region and the version of its rules (A14)', () => {
  expect(inHangzhou('employee-employee').rules).toEqual({ national: '2021-12', regional: { region: '330100', version: 3 } });
});
