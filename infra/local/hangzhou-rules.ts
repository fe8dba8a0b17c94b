import { RegionalRulesStatement } from '../../schemas/entitlement.ts';

export const HANGZHOU = '330100';

const GUIDE = '杭州市西湖区《基本医疗保险关系接续服务指南》八';
const MEASURES = '《杭州市基本医疗保障办法》';
const MEANWHILE = '等待期间享受辖区内最高档其他城乡居民医保待遇';

const toEmployee = { fact: 'move', to: 'employee' } as const;
const fromElsewhere = { fact: 'localHukou', is: false } as const;

/**
 * Hangzhou's own rules as the service guide prints them: whose relation is taken over into the employee scheme (any of four), and who waits six
 * months for its benefits (articles 77 and 78, which has two limbs).
 */
export const hangzhouRules = RegionalRulesStatement.parse({
  title: MEASURES,
  validFrom: '2021-01-01',
  acceptance: [
    { id: 'hukou', article: `${GUIDE}之1`, text: '市区户籍人员', when: [toEmployee, { fact: 'localHukou', is: true }] },
    {
      id: 'age',
      article: `${GUIDE}之2`,
      text: '非市区户籍人员，男性不满50周岁，女性不满40周岁',
      when: [toEmployee, fromElsewhere, { fact: 'age', below: { male: 50, female: 40 } }],
    },
    {
      id: 'ten-years',
      article: `${GUIDE}之3`,
      text: '非市区户籍人员，在市区参加职工医保实际缴费年限累计满10年',
      when: [toEmployee, fromElsewhere, { fact: 'localEmployeeMonths', atLeast: 120 }],
    },
    {
      id: 'approved-move',
      article: `${GUIDE}之4`,
      text: '政府另有规定或经县级以上组织部门批准正常调动的人员',
      when: [toEmployee, { fact: 'approvedMove', is: true }],
    },
  ],
  waiting: [
    {
      id: 'article-77',
      article: `${MEASURES}第七十七条`,
      text: '外地城乡居民医保参保人员转至本市参加职工医保的，须连续缴费满6个月后，方可享受职工医保待遇',
      when: [{ fact: 'move', from: 'resident', to: 'employee' }],
      months: 6,
      meanwhile: MEANWHILE,
    },
    {
      id: 'article-78-not-transferred',
      article: `${MEASURES}第七十八条`,
      text: '未办理医保转移接续手续的参保人员，须在本市连续缴费满6个月后，方可享受职工医保待遇',
      when: [toEmployee, { fact: 'relationTransferred', is: false }],
      months: 6,
    },
    {
      id: 'article-78-not-continuous',
      article: `${MEASURES}第七十八条`,
      text: '在本市参保前12个月未在其他统筹地连续正常参加职工医保的参保人员，须在本市连续缴费满6个月后，方可享受职工医保待遇',
      when: [toEmployee, { fact: 'relationTransferred', is: true }, { fact: 'employeeMonthsInYearBefore', below: 12 }],
      months: 6,
    },
  ],
  reason: '按公开的服务指南登记',
});
