import { Fen } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';

type Wrong = { pattern: RegExp; code: string; reason: string };

/** What people and banks write instead of whole fen, each with its own reason; the first that fits is told. Read as fen, yuan would be a hundredth. */
const WRONG: readonly Wrong[] = [
  { pattern: /^$/, code: 'missing', reason: '缺少金额 (the amount is missing)' },
  { pattern: /[¥￥$]|元|RMB|CNY/i, code: 'in_yuan', reason: '金额不得带货币符号或单位，须为整数分 (no currency or unit: whole fen)' },
  { pattern: /^[-−－(（]/, code: 'negative', reason: '入账金额不得为负 (an amount received is not negative)' },
  { pattern: /^\d+\.\d{1,2}$/, code: 'in_yuan', reason: '金额似以元填写，须为整数分 (looks like yuan: whole fen are due)' },
  { pattern: /^\d+\.\d*$/, code: 'decimals', reason: '金额不得有小数，须为整数分 (no decimals: whole fen are due)' },
  { pattern: /^[\d.]+(,[\d.]+)+$/, code: 'separator', reason: '金额不得有千位分隔符 (no thousands separators)' },
  { pattern: /\D/, code: 'not_a_number', reason: '金额须为数字，以整数分填写 (must be digits: whole fen)' },
  { pattern: /^0+$/, code: 'zero', reason: '入账金额须大于零 (an amount received is more than zero)' },
];

/** Amount of a statement in fen, or what is wrong with it. */
export function readAmount(text: string): { fen: Fen; error?: undefined } | { fen?: undefined; error: FieldError } {
  const wrong = WRONG.find(({ pattern }) => pattern.test(text));
  if (wrong) return { error: finding('amountFen', wrong.code, wrong.reason) };
  const fen = Fen.safeParse(Number(text));
  return fen.success
    ? { fen: fen.data }
    : { error: finding('amountFen', 'too_big', '金额超出上限，请核对 (the amount is beyond the limit)') };
}
