import { describe, expect, it } from 'vitest';
import { keyOfLine, lineIdOf, matchedLine, newLine, waitingLine } from '../../functions/cases/money/bank-line.ts';
import { judge } from '../../functions/cases/money/matching.ts';
import { importNumberOf } from '../../functions/cases/numbers.ts';
import { candidatesAmong } from '../../functions/money/candidates.ts';
import type { CaseQuery, TransferCase, TransferInCase } from '../../schemas/cases.ts';
import {
  BankLineRow,
  type StatementLine,
  StatementLine as StatementLines,
  UNMATCHED_REASONS,
  UnmatchedReason,
} from '../../schemas/money.ts';
import { Fen } from '../../schemas/primitives.ts';
import { CASE_NUMBER, caseIn, IN_STEPS, NOW, stateAfter, TODAY, uuid } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { BALANCE_FEN, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';

/** Hangzhou's copy once the advice is in: 12,345.67 yuan remitted on 2 March to account 123456789012 under CD20260302000001. */
const awaiting = ((): TransferInCase => {
  const state = stateAfter(IN_STEPS.slice(0, 4));
  if (state.side !== 'transferIn' || !state.advice || state.money) throw new Error('not a case that awaits money');
  return state;
})();

const aLine = (said: Record<string, unknown> = {}): StatementLine =>
  StatementLines.parse({
    account: '123456789012',
    valueDate: '2026-03-02',
    amountFen: BALANCE_FEN,
    bankReference: 'CD20260302000001',
    payer: '成都市医保基金专户（演示）',
    ...said,
  });
const money = (said: Record<string, unknown> = {}) => {
  const { amountFen, bankReference, valueDate } = aLine(said);
  return { amountFen, bankReference, valueDate };
};
const asked: CaseQuery = { id: uuid(1), by: 'own', about: 'remittance-advice', version: uuid(2), fields: [], question: '?', askedAt: NOW };
const other = { ...awaiting, caseNumber: aCaseNumber(2) };

/** `rejected` is said by a person, never judged. */
const JUDGED = UnmatchedReason.exclude(['rejected']);
type Judged = (typeof JUDGED.options)[number];
/** What makes each reason hold, of the line or of the case. */
const MAKES: Record<
  Judged,
  { line?: Record<string, unknown>; state?: Partial<TransferInCase>; cases?: (state: TransferInCase) => TransferCase[] }
> = {
  'unknown-reference': { cases: () => [] },
  'several-cases': { cases: (state) => [state, other] },
  'amount-differs': { line: { amountFen: BALANCE_FEN + 1 } },
  'account-differs': { line: { account: '123456789013' } },
  'date-before-remittance': { line: { valueDate: '2026-03-01' } },
  'confirmed-already': { state: { money: money({ valueDate: '2026-03-04' }) } },
  'case-ended': { state: { ended: NOW } },
  'in-question': { state: { queries: [asked] } },
  'not-confirmable': { state: { notRemitted: { reason: 'paid-to-person' } } },
};
const judged = (reasons: readonly Judged[]) => {
  const line = aLine(Object.assign({}, ...reasons.map((reason) => MAKES[reason].line)));
  const state: TransferInCase = Object.assign({}, awaiting, ...reasons.map((reason) => MAKES[reason].state));
  const cases = reasons.map((reason) => MAKES[reason].cases).find((make) => make !== undefined);
  return judge(line, cases ? cases(state) : [state]);
};

describe('what a line is matched with (B12)', () => {
  it('is the one case whose advice names its reference, with the same account and amount, from the day of the remittance on (B12)', () => {
    for (const valueDate of ['2026-03-02', '2026-03-20']) {
      expect(judge(aLine({ valueDate }), [awaiting])).toEqual({ kind: 'match', state: awaiting });
    }
  });

  it.each(JUDGED.options)('is nothing for the reason %s alone (B12)', (reason) => {
    expect(judged([reason])).toEqual({ kind: 'unmatched', reason });
  });

  it.each(JUDGED.options)('tells %s before every reason after it in the list, whichever hold as well (B12)', (reason) => {
    const later = JUDGED.options.slice(JUDGED.options.indexOf(reason));
    expect(judged(later)).toEqual({ kind: 'unmatched', reason });
    for (const also of later) expect(judged([reason, also])).toEqual({ kind: 'unmatched', reason });
  });

  it('has a Chinese text for each reason (B12)', () => {
    for (const reason of UnmatchedReason.options) expect(UNMATCHED_REASONS[reason]).toMatch(/^\p{Script=Han}/u);
  });

  it('is never found by payer, remark or person (B12)', () => {
    const named = aLine({ bankReference: 'CD20260302000002', payer: person(1).name, remark: `${person(1).name} ${person(1).idNumber}` });
    expect(judge(named, [awaiting])).toEqual({ kind: 'unmatched', reason: 'unknown-reference' });
  });

  it.each([BALANCE_FEN - 1, BALANCE_FEN + 1, 1])('is nothing for %d fen where 1234567 were advised (B12)', (amountFen) => {
    expect(judge(aLine({ amountFen }), [awaiting])).toEqual({ kind: 'unmatched', reason: 'amount-differs' });
  });

  it('leaves out a case whose advice was corrected to another reference meanwhile, and copies of the other side (B12)', () => {
    const moved = { ...awaiting, advice: { ...awaiting.advice!, bankReference: 'CD20260302000009' } };
    expect(judge(aLine(), [moved])).toEqual({ kind: 'unmatched', reason: 'unknown-reference' });
    expect(judge(aLine(), [moved, other])).toEqual({ kind: 'match', state: other });
    expect(judge(aLine(), [caseIn('account-settled'), awaiting])).toEqual({ kind: 'match', state: awaiting });
  });

  it.each(['refused', 'withdrawn', 'closed-by-agreement'] as const)('is nothing once the case is %s (B12)', (status) => {
    expect(judge(aLine(), [{ ...awaiting, status }])).toEqual({ kind: 'unmatched', reason: 'case-ended' });
  });

  it('is nothing where the procedure has no such step in the state (B12)', () => {
    expect(judge(aLine(), [{ ...awaiting, status: 'accepted' }])).toEqual({ kind: 'unmatched', reason: 'not-confirmable' });
  });
});

describe('money that was confirmed by hand before its statement came (B12)', () => {
  const confirmed = { ...awaiting, money: money() };

  it('is the line of the same reference, day and amount, whatever became of the case since (B12)', () => {
    expect(judge(aLine(), [confirmed])).toEqual({ kind: 'confirmed-by-hand', state: confirmed });
    const completed = { ...confirmed, status: 'completed' as const };
    expect(judge(aLine({ account: '999999999' }), [completed])).toEqual({ kind: 'confirmed-by-hand', state: completed });
  });

  it('is found under the reference that the clerk typed, where the advice named another (B12)', () => {
    const state = { ...awaiting, money: money({ bankReference: 'BANK0001' }) };
    expect(judge(aLine({ bankReference: 'BANK0001' }), [state])).toEqual({ kind: 'confirmed-by-hand', state });
    expect(judge(aLine(), [state])).toEqual({ kind: 'unmatched', reason: 'confirmed-already' });
  });

  it.each([{ valueDate: '2026-03-03' }, { amountFen: BALANCE_FEN + 1 }])('is no line that differs in %o (B12)', (said) => {
    expect(judge(aLine(said), [confirmed]).kind).toBe('unmatched');
  });

  it('is no second line where the case has one already (B12)', () => {
    const state = { ...confirmed, moneyFrom: { bankLine: lineIdOf(aLine({ valueDate: '2026-03-03' })) } };
    expect(judge(aLine(), [state])).toEqual({ kind: 'unmatched', reason: 'confirmed-already' });
  });

  it('is for a person to tell where another case names the reference as well (B12)', () => {
    expect(judge(aLine(), [confirmed, other])).toEqual({ kind: 'unmatched', reason: 'several-cases' });
  });
});

describe('the row of a line (B12)', () => {
  const origin = {
    region: HANGZHOU,
    importNumber: importNumberOf(HANGZHOU_OFFICE, TODAY, 1),
    importedAt: NOW,
    importedBy: 'clerk-1',
    importedOffice: HANGZHOU_OFFICE,
  };
  const base = newLine(aLine(), origin);

  it('is named and found by reference, day and amount, and by nothing of a person (B12, F4)', () => {
    expect(base.lineId).toBe('CD20260302000001~2026-03-02~1234567');
    expect(keyOfLine(HANGZHOU, base.lineId)).toEqual({ PK: base.PK, SK: base.SK });
    expect([base.PK, base.SK]).toEqual(['R#330100#B#CD20260302000001', 'LINE#2026-03-02#1234567']);
    expect(keyOfLine(HANGZHOU, 'CD20260302000001~2026-02-30~1' as never)).toBeUndefined();
  });

  it('waits in the queue of its region by the day of the money, and leaves it with the case (B12)', () => {
    const waiting = BankLineRow.parse(waitingLine(base, 'unknown-reference'));
    expect(waiting).toMatchObject({ version: 1, status: 'open', reason: 'unknown-reference', workOffice: 'M#330100' });
    expect(waiting.workDue).toBe('2026-03-02#CD20260302000001~2026-03-02~1234567');
    const matched = BankLineRow.parse(matchedLine(waiting, CASE_NUMBER, NOW, 'clerk-2'));
    expect(matched).toMatchObject({ version: 2, status: 'matched', caseNumber: CASE_NUMBER, matchedBy: 'clerk-2', importedBy: 'clerk-1' });
    for (const field of ['workOffice', 'workDue', 'reason']) expect(matched).not.toHaveProperty(field);
  });
});

describe('candidates that are shown for a line that waits (B12)', () => {
  const nth = (n: number, said: Partial<TransferInCase> = {}): TransferInCase => ({ ...awaiting, caseNumber: aCaseNumber(n), ...said });
  const advised = (bankReference: string, amountFen: number = BALANCE_FEN) => ({
    advice: { ...awaiting.advice!, bankReference, amountFen: Fen.parse(amountFen) },
  });
  const shown = (states: readonly TransferCase[], said = {}) => candidatesAmong(states, { line: aLine(said) });

  it('stand in the order of what speaks for them: reference, then the number in the remark, then the amount (B12)', () => {
    const states = [
      nth(1, { ...advised('XX0000001'), person: person(1) as never }),
      nth(2, { ...advised('XX0000002'), person: person(2) as never }),
      nth(3, { ...advised('CD20260302000001', 5), person: person(3) as never }),
    ];
    const remark = `转移 ${person(2).idNumber.toLowerCase()}`;
    expect(
      shown(states, { remark }).map(({ caseNumber, sameReference, labelled, sameAmount }) => [
        caseNumber,
        sameReference,
        labelled,
        sameAmount,
      ]),
    ).toEqual([
      [aCaseNumber(3), true, false, false],
      [aCaseNumber(2), false, true, true],
      [aCaseNumber(1), false, false, true],
    ]);
  });

  it('know a card number in the remark without its kind and region (B12, B22)', () => {
    const state = nth(1, { ...advised('XX0000001'), person: { ...person(1), idNumber: 'rural:510100:00123456' } as never });
    expect(shown([state], { remark: '转移 00123456' })[0]?.labelled).toBe(true);
    expect(shown([state], { remark: '转移' })[0]?.labelled).toBe(false);
  });

  it('are no case that awaits another amount under another reference, has its money, or has ended (B12)', () => {
    const states = [
      nth(1, advised('XX0000001', BALANCE_FEN + 1)),
      nth(2, { ...advised('XX0000002'), money: money({ bankReference: 'XX0000002' }) }),
      nth(3, { ...advised('XX0000003'), ended: NOW }),
      caseIn('account-settled'),
    ];
    expect(shown(states)).toEqual([]);
  });

  it('show the case of the reference even where it cannot take the money, and ten at most (B12)', () => {
    const states = [
      ...Array.from({ length: 20 }, (_, n) => nth(n + 2, advised(`XX00000${10 + n}`))),
      nth(1, { money: money(), ended: NOW }),
    ];
    const candidates = shown(states);
    expect(candidates).toHaveLength(10);
    expect(candidates[0]).toMatchObject({ caseNumber: aCaseNumber(1), sameReference: true });
  });
});
