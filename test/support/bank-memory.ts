import { adviceUpdates } from '../../functions/cases/awaited-money.ts';
import { bankLineItems } from '../../functions/cases/bank-line-items.ts';
import type { Change, CommitResult } from '../../functions/cases/change.ts';
import { freedItems, handMoneyItems } from '../../functions/cases/hand-money-items.ts';
import { adviceKey, handMoneyKey } from '../../functions/cases/keys.ts';
import type { BankLineStore } from '../../functions/cases/money/bank-line-store.ts';
import type { CaseStore } from '../../functions/cases/store.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { BankLineRow, HandMoneyRow } from '../../schemas/money.ts';
import type { CaseNumber } from '../../schemas/primitives.ts';
import { HANGZHOU } from './documents.ts';
import { untouched } from './untouched.ts';

/**
 * Cases and bank lines of Hangzhou in memory: a commit is written whole or not at all, under the conditions of the items that the product makes.
 * Whatever else is asked of it fails the test.
 */
export function bankInMemory(states: readonly TransferCase[]) {
  const cases = new Map(states.map((state) => [state.caseNumber, state]));
  const lines = new Map<string, BankLineRow>();
  const hands = new Map<string, HandMoneyRow>();
  const named = new Map<string, Set<CaseNumber>>();
  const index = (before: TransferCase | undefined, after: TransferCase): void => {
    for (const { Key, UpdateExpression } of adviceUpdates('', before, after)) {
      const set = named.get(Key.PK) ?? new Set();
      if (UpdateExpression.startsWith('DELETE')) set.delete(after.caseNumber);
      else set.add(after.caseNumber);
      named.set(Key.PK, set);
    }
  };
  for (const state of states) index(undefined, state);
  const idOf = (sortKey: string, partition: string) => `${partition.split('#').at(-1)}~${sortKey.split('#').slice(1).join('~')}`;
  const mayWrite = (row: BankLineRow): boolean => {
    const now = lines.get(row.lineId);
    return row.version === 1
      ? now === undefined
      : now?.version === row.version - 1 && (now.status === 'open' || now.status === 'return-proposed');
  };

  async function commit(change: Change): Promise<CommitResult> {
    const { before, after, allowedFrom } = change;
    const items = bankLineItems('', change);
    for (const item of items) {
      const isFree = 'Put' in item ? mayWrite(item.Put.Item) : !lines.has(idOf(item.ConditionCheck.Key.SK, item.ConditionCheck.Key.PK));
      if (!isFree) return { kind: 'line-taken' };
    }
    const taken = handMoneyItems('', change);
    for (const { Put } of taken) {
      const hand = hands.get(Put.Item.PK);
      if (hand) return { kind: 'hand-taken', caseNumber: hand.caseNumber };
    }
    const freed = freedItems('', change);
    for (const item of freed) {
      const isAsRead =
        'Put' in item
          ? lines.get(item.Put.Item.lineId)?.version === item.Put.Item.version - 1
          : 'Delete' in item
            ? hands.get(item.Delete.Key.PK)?.lineId === change.freed?.hand?.lineId
            : !hands.has(item.ConditionCheck.Key.PK);
      if (!isAsRead) return { kind: 'conflict' };
    }
    const now = cases.get(after.caseNumber);
    if (now?.version !== before?.version || (now && !allowedFrom.includes(now.status))) return { kind: 'conflict' };
    for (const item of items) if ('Put' in item) lines.set(item.Put.Item.lineId, item.Put.Item);
    for (const { Put } of taken) hands.set(Put.Item.PK, Put.Item);
    for (const item of freed) {
      if ('Put' in item) lines.set(item.Put.Item.lineId, item.Put.Item);
      else if ('Delete' in item) hands.delete(item.Delete.Key.PK);
    }
    index(before, after);
    cases.set(after.caseNumber, after);
    return { kind: 'written' };
  }

  const store = untouched<CaseStore>('store', {
    commit,
    readCase: async (_, number) => cases.get(number),
    readForMessage: async (_, number) => ({ state: cases.get(number), own: undefined, next: undefined, quarantined: undefined }),
    readMessage: async () => undefined,
    moneyRows: async (state) => {
      if (state.side !== 'transferIn' || !state.money) return {};
      if (state.moneyFrom?.bankLine) return { line: lines.get(state.moneyFrom.bankLine) };
      const hand = hands.get(handMoneyKey(state.region, state.money.bankReference).PK);
      return hand?.caseNumber === state.caseNumber ? { hand, line: hand.lineId && lines.get(hand.lineId) } : {};
    },
  });
  const bankLines: BankLineStore = {
    lines: async (_, ids) => new Map(ids.flatMap((id) => (lines.has(id) ? [[id, lines.get(id)!] as const] : []))),
    casesNaming: async (region, references) =>
      new Map(references.map((reference) => [reference, [...(named.get(adviceKey(region, reference).PK) ?? [])]])),
    cases: async (_, numbers) => new Map(numbers.flatMap((number) => (cases.has(number) ? [[number, cases.get(number)!] as const] : []))),
    underReference: async (region, reference) => ({
      cases: [...(named.get(adviceKey(region, reference).PK) ?? [])],
      lines: [...lines.values()].filter(({ line }) => line.bankReference === reference),
    }),
    add: async (rows) => {
      const there = new Map(rows.flatMap(({ lineId }) => (lines.has(lineId) ? [[lineId, lines.get(lineId)!] as const] : [])));
      for (const row of rows) if (!there.has(row.lineId)) lines.set(row.lineId, row);
      return there;
    },
    replace: async (row) => {
      if (lines.get(row.lineId)?.version !== row.version - 1) return false;
      lines.set(row.lineId, row);
      return true;
    },
    settle: async (row, isLegacy) => {
      const key = handMoneyKey(row.region, row.line.bankReference);
      const hand = hands.get(key.PK);
      if (!mayWrite(row)) return 'line-taken';
      if (hand ? hand.caseNumber !== row.caseNumber : !isLegacy) return 'gone';
      if (hand?.lineId) return 'other-line';
      hands.set(key.PK, { ...key, caseNumber: row.caseNumber, lineId: row.lineId });
      lines.set(row.lineId, row);
      return 'settled';
    },
    queue: async () => ({ rows: [...lines.values()].filter(({ workOffice }) => workOffice !== undefined), next: undefined }),
    casesAwaiting: async (_, amounts) =>
      [...cases.values()]
        .filter(({ region, advice }) => region === HANGZHOU && advice && amounts.includes(advice.amountFen))
        .map(({ caseNumber }) => caseNumber),
  };
  return { store, bankLines };
}
