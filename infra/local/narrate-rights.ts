import type { Entitlement } from '../../schemas/entitlement.ts';
import type { Reconciliation } from '../../schemas/money.ts';
import type { Fen } from '../../schemas/primitives.ts';
import type { RecordSupplement } from '../../schemas/record.ts';
import { yuan } from './text.ts';

/** What the person carries over, as the story tells it: money, years and the right to benefits. */

/** Every paper and the bank beside each other; a sum that all of them state is written once. */
export function reconciliationText({ differences, ...sums }: Reconciliation): string {
  const stated: [string, Fen | undefined][] = [
    ['凭证', sums.voucherFen],
    ['信息表', sums.tableFen],
    ['信息表划转', sums.transferredFen],
    ['划转通知', sums.advisedFen],
    ['到账', sums.receivedFen],
  ];
  const known = stated.flatMap(([name, fen]) => (fen === undefined ? [] : [{ name, fen }]));
  const open = differences.filter(({ explained }) => !explained).length;
  const [first] = known;
  if (first && known.every(({ fen }) => fen === first.fen)) {
    return `${known.map(({ name }) => name).join(' = ')} = ${yuan(first.fen)}，分毫不差`;
  }
  const outcome = open === 0 ? '差异均已说明' : `${open} 处差异待更正或说明`;
  return `${known.map(({ name, fen }) => `${name} ${yuan(fen)}`).join('，')}；${outcome}`;
}

/** The result, then what it rests on, each number with its article; one that the line before named already is not written again. */
export function entitlementLines({ benefitsFrom, countedMonths, explanation }: Entitlement): string[] {
  return [
    `自 ${benefitsFrom} 起享受待遇，缴费年限累计 ${countedMonths} 个月，因为：`,
    ...explanation.map(({ text, article }, i) => `  · ${chinese(text)}〔${article === explanation[i - 1]?.article ? '同上' : article}〕`),
  ];
}

/** The English stands behind the Chinese in brackets. */
const chinese = (text: string): string => text.replace(/ \([\x20-\x7e’]*\)$/, '');

const sourceText: Record<RecordSupplement['source'], string> = {
  'own-records': '本地经办记录',
  employer: '用人单位材料',
  person: '本人材料',
};

export function supplementText({ periods, source, document }: RecordSupplement): string {
  const months = periods.reduce((sum, period) => sum + period.months, 0);
  return `补充 ${months} 个月，来源：${sourceText[source]}（${document}）`;
}
