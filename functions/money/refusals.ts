import type { BankLineRow, BankLineStatus } from '../../schemas/money.ts';
import { finding, Refusal } from '../platform/errors.ts';

const STATUS_NAMES: Record<BankLineStatus, string> = {
  open: '待处理',
  matched: '已匹配',
  'return-proposed': '退回待复核',
  returned: '已退回',
};

export const wrongLineState = ({ status }: Pick<BankLineRow, 'status'>): Refusal =>
  new Refusal('money.wrong-state', [finding('status', status, `该笔到账为“${STATUS_NAMES[status]}” (the line is ${status})`)]);

export const changedByOther = (): Refusal =>
  new Refusal('money.wrong-state', [
    finding('lineId', 'taken', '该笔到账已由他人处理，请刷新 (somebody else dealt with this line: look again)'),
  ]);
