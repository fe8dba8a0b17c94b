import type { Entitlement, EntitlementExplanation, EntitlementFacts } from '../../../schemas/entitlement.ts';
import type { NationalVerdict } from './national.ts';
import type { RegionalVerdict } from './regional.ts';

type Figures = Omit<Entitlement, 'explanation'>;
type Reasons = { facts: EntitlementFacts; national: NationalVerdict; regional: RegionalVerdict | undefined };
type Item = EntitlementExplanation['item'];

const said = (item: Item, chinese: string, english: string, article: string): EntitlementExplanation => ({
  item,
  text: `${chinese} (${english})`,
  article,
});

const REGISTRATION = '人社部发〔2009〕191号第六条；参保（合）凭证注意事项4；民法典第二百零一至二百零三条';

/** Every figure with the article it comes from, in the order in which a clerk would reckon it. */
export function explain(figures: Figures, reasons: Reasons): EntitlementExplanation[] {
  return [
    gap(figures, reasons),
    makeUp(figures, reasons),
    waiting(figures, reasons),
    ...overridden(reasons),
    benefits(figures, reasons),
    ...retroactive(figures, reasons),
    registration(figures, reasons),
    ...acceptance(figures, reasons),
    counted(figures, reasons),
  ];
}

/** The national text that speaks of such a move, else the one that leaves it to the regions. */
const nationalArticle = ({ right, rules }: NationalVerdict): string => right?.article ?? rules.local;

const gap = ({ gapMonths }: Figures, { facts: { insuredUntil, paidFrom }, national }: Reasons) =>
  said(
    'gap',
    `转出地缴至${insuredUntil}，转入地自${paidFrom}起缴费，中断${gapMonths}个月`,
    `paid there until ${insuredUntil} and here from ${paidFrom}: a gap of ${gapMonths} months`,
    nationalArticle(national),
  );

function makeUp({ gapMonths, makeUp: { months } }: Figures, { facts, national }: Reasons) {
  const [chinese, english] = makeUpReason(gapMonths, facts, national);
  if (facts.madeUpIn !== undefined && months === 0) {
    const { madeUpIn } = facts;
    return said(
      'make-up',
      `可补缴0个月：${chinese}；已于${madeUpIn}补缴，但国家规定不就此给予待遇`,
      `0 months may be made up: ${english}; the national rules give nothing for what was paid in ${madeUpIn}`,
      nationalArticle(national),
    );
  }
  return said('make-up', `可补缴${months}个月：${chinese}`, `${months} months may be made up: ${english}`, nationalArticle(national));
}

function makeUpReason(gapMonths: number, facts: EntitlementFacts, { right, missing }: NationalVerdict): [string, string] {
  const { consecutiveMonths, madeUpIn } = facts;
  if (gapMonths === 0) return ['没有中断，无须补缴', 'there is no gap'];
  switch (missing) {
    case undefined:
      return [`已于${madeUpIn}补缴`, `made up in ${madeUpIn}`];
    case 'not-made-up':
      return ['尚未补缴', 'not made up yet'];
    case 'no-right':
      return ['国家规定未作规定，按统筹地区规定', 'the national rules give no such right, the region decides'];
    case 'gap-too-long':
      return [`中断超过${right?.longestGap}个月`, `the gap is longer than ${right?.longestGap} months`];
    case 'too-few-months':
      return [
        `切换险种须连续参保${right?.onChange?.consecutiveMonths}个月，实为${consecutiveMonths}个月`,
        `a change of scheme needs ${right?.onChange?.consecutiveMonths} months without a break, there are ${consecutiveMonths}`,
      ];
    case 'status-unchanged':
      return ['切换险种并非因就业等个人状态变化', 'the change of scheme has no reason in work or life'];
    default:
      return missing satisfies never;
  }
}

function waiting({ waitingMonths }: Figures, { national, regional }: Reasons) {
  const months = `等待期${waitingMonths}个月`;
  const rule = regional?.waiting[0];
  if (national.missing === undefined) {
    return said(
      'waiting',
      `${months}：按国家规定不受等待期限制`,
      `${waitingMonths} months: no waiting by the national rules`,
      nationalArticle(national),
    );
  }
  if (national.sparedBy !== undefined) {
    const limit = national.rules.localWaiting?.gapAbove;
    const english = `${waitingMonths} months: after a gap of ${limit} months or less no region may set a period`;
    return said('waiting', `${months}：中断不超过${limit}个月，统筹地区不得设置等待期`, english, national.sparedBy);
  }
  if (!regional || !rule) {
    const none = `${waitingMonths} months: the region has no rule that applies`;
    return said('waiting', `${months}：统筹地区没有适用的等待期规定`, none, national.rules.local);
  }
  const meanwhile = rule.meanwhile === undefined ? '' : `；等待期间：${rule.meanwhile}`;
  return said('waiting', `${months}：${rule.text}${meanwhile}`, `${waitingMonths} months by rule ${rule.id} of the region`, rule.article);
}

/** Rules of the region that would make the person wait, and yield to the nation's (A14). */
function overridden({ national: { sparedBy }, regional }: Reasons) {
  if (sparedBy === undefined) return [];
  return (regional?.waiting ?? []).map(({ id, article, months }) =>
    said(
      'overridden',
      `${article}（${id}，等待期${months}个月）与国家规定不一致，适用国家规定`,
      `rule ${id} of the region, ${months} months, yields to the national rules`,
      sparedBy,
    ),
  );
}

function benefits({ benefitsFrom, retroactive: granted, waitingMonths }: Figures, { facts, national, regional }: Reasons) {
  const from = `自${benefitsFrom}起享受待遇`;
  if (waitingMonths > 0) {
    const article = regional?.waiting[0]?.article ?? national.rules.local;
    return said(
      'benefits',
      `${from}：自${facts.paidFrom}起连续缴费满${waitingMonths}个月后`,
      `from ${benefitsFrom}, after ${waitingMonths} months paid for from ${facts.paidFrom}`,
      article,
    );
  }
  if (granted && benefitsFrom === facts.madeUpIn) {
    return said('benefits', `${from}：补缴当月`, `from ${benefitsFrom}, the month in which the gap is made up`, nationalArticle(national));
  }
  const barred = national.missing === undefined ? undefined : national.sparedBy;
  return said('benefits', from, `from ${benefitsFrom}`, barred ?? nationalArticle(national));
}

function retroactive({ retroactive: granted }: Figures, { national }: Reasons) {
  if (!granted) return [];
  const { from, to } = granted;
  const english = `benefits from ${from} to ${to} are granted afterwards`;
  return [said('retroactive', `${from}至${to}的待遇可追溯享受`, english, nationalArticle(national))];
}

function registration({ registration: { applies, deadline, late } }: Figures, { facts: { registeredOn, suspendedOn } }: Reasons) {
  if (!applies) {
    const english = `the employer registers; the window until ${deadline} does not run`;
    return said('registration', `有接收单位，由单位登记，不适用个人3个月期限（至${deadline}）`, english, REGISTRATION);
  }
  const chinese = `无接收单位，${suspendedOn}中止后3个月内登记，期限至${deadline}，${registeredOn}登记`;
  const english = `no receiving employer: three months from ${suspendedOn} end on ${deadline}, registered on ${registeredOn}`;
  return late
    ? said('registration', `${chinese}，已逾期，仍予办理`, `${english}, late and taken all the same`, REGISTRATION)
    : said('registration', `${chinese}，未逾期`, `${english}, in time`, REGISTRATION);
}

function acceptance(_: Figures, { regional }: Reasons) {
  const accepted = regional?.accepted;
  if (!accepted) return [];
  if (accepted.length === 0) {
    const { title } = regional.rules;
    return [
      said('acceptance', '不符合所列任何一项转入条件，不影响待遇', 'none of the alternatives holds; benefits are not stopped', title),
    ];
  }
  return accepted.map(({ id, text, article }) => said('acceptance', `符合转入条件：${text}`, `alternative ${id} holds`, article));
}

const counted = ({ countedMonths }: Figures, { facts: { formerEmployeeMonths, localEmployeeMonths }, national }: Reasons) =>
  said(
    'counted',
    `职工医保缴费年限合计${countedMonths}个月：转出地${formerEmployeeMonths}个月，转入地${localEmployeeMonths}个月`,
    `${countedMonths} months in the employee scheme: ${formerEmployeeMonths} elsewhere, ${localEmployeeMonths} here`,
    national.rules.counted,
  );
