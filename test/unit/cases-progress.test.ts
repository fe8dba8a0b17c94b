import { describe, expect, test } from 'vitest';
import { progressOf } from '../../functions/cases/progress.ts';
import type { TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import { CalendarDate, Instant, type RegionCode } from '../../schemas/primitives.ts';
import { PROGRESS_STEP_NAMES, Progress, type ProgressStep } from '../../schemas/progress.ts';
import { caseIn, table, uuid, WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { restsOf2016 } from '../support/rests.ts';

type Said = { step: ProgressStep; holder: RegionCode } & Partial<Pick<Progress, 'dueOn' | 'dueRule' | 'ended' | 'reasons'>>;
const day = (text: string) => CalendarDate.parse(text);

/** The whole answer of a copy, its fixed parts checked and left out. */
function saidBy(state: TransferCase) {
  const answer = Progress.parse(progressOf(state));
  const { caseNumber, procedure, stepName, ...said } = answer;
  expect([caseNumber, procedure, stepName]).toEqual([state.caseNumber, state.procedure, PROGRESS_STEP_NAMES[answer.step]]);
  return said;
}

const COMPLETE_RULE = '收到信息表和个人账户余额后15个工作日内办结';
const COMPLETED: Said = { step: 'completed', holder: HANGZHOU, ended: 'completed' };
const TRANSFERRING: Said = { step: 'transferring-out', holder: CHENGDU, dueOn: day('2026-03-24') };

/** Accepted on Monday 2 March, letter on the 3rd, table and balance on the 4th; no holiday falls into the 15 working days that follow. */
const WANTED_2016 = {
  open: { step: 'applied', holder: HANGZHOU },
  accept: { step: 'accepted', holder: HANGZHOU, dueOn: day('2026-03-23') },
  'send-letter': TRANSFERRING,
  'confirm-termination': TRANSFERRING,
  remit: TRANSFERRING,
  'not-remit': TRANSFERRING,
  'send-table': { step: 'completing', holder: HANGZHOU, dueRule: COMPLETE_RULE },
  'confirm-money': { step: 'completing', holder: HANGZHOU, dueRule: COMPLETE_RULE },
  complete: COMPLETED,
} satisfies Record<string, Said>;

describe('B19: both copies of a case of 2016.1 say the same whenever nothing is on its way', () => {
  test.each(restsOf2016({ remitted: true }))('with money, after $after', ({ after, transferIn, transferOut }) => {
    expect(saidBy(transferIn)).toEqual(WANTED_2016[after]);
    if (transferOut) expect(progressOf(transferOut)).toEqual(progressOf(transferIn));
  });

  test.each(restsOf2016({ remitted: false }))('without money, after $after', ({ after, transferIn, transferOut }) => {
    // Without money both know from receipts when the third clock started (ADR 0008).
    const wanted = after === 'send-table' ? { step: 'completing', holder: HANGZHOU, dueOn: day('2026-03-25') } : WANTED_2016[after];
    expect(saidBy(transferIn)).toEqual(wanted);
    if (transferOut) expect(progressOf(transferOut)).toEqual(progressOf(transferIn));
  });

  test('the ways are whole: the counterpart answers from the letter on, and the last pair has ended', () => {
    const ways = [restsOf2016({ remitted: true }), restsOf2016({ remitted: false })];
    expect(ways.map((way) => way.filter(({ transferOut }) => transferOut).map(({ after }) => after))).toEqual([
      ['send-letter', 'confirm-termination', 'remit', 'send-table', 'confirm-money', 'complete'],
      ['send-letter', 'confirm-termination', 'not-remit', 'send-table', 'complete'],
    ]);
    for (const way of ways) expect([way.at(-1)?.transferIn.status, way.at(-1)?.transferOut?.status]).toEqual(['completed', 'closed']);
  });
});

const NOW = Instant.parse('2026-03-02T02:00:00.000Z');
const clock = (owner: RegionCode, dueOn: string) => ({ owner, startedOn: day('2026-03-02'), dueOn: day(dueOn) });

/** A copy that knows no more than what is said: every other fact that progress could come from is taken away. */
const bare = { clocks: {}, times: {}, sentAt: {}, delivered: {}, advice: undefined, notRemitted: undefined, table: undefined };
const inCopy = (said: Partial<TransferInCase>) => ({ ...caseIn('letter-sent'), ...bare, procedure: '2016.2', ...said }) as TransferCase;
const outCopy = (said: Partial<TransferOutCase>) =>
  ({ ...caseIn('letter-received'), ...bare, procedure: '2016.2', ...said }) as TransferCase;

const VOUCHER: Said = { step: 'voucher-sent', holder: HANGZHOU, dueRule: '转入地受理申请后15个工作日内发出联系函' };
const voucherTold = { times: { 'voucher-received': NOW } };
const transferOutClock = { clocks: { 'transfer-out': clock(CHENGDU, '2026-03-23') } };
const reasons = [
  { code: 'retired' as const, article: '第二条', note: '见测试甲的档案' },
  { code: 'resident-same-year' as const, article: '原则上', firstAllowedOn: day('2027-01-01') },
];
const REFUSED: Said = {
  step: 'refused',
  holder: HANGZHOU,
  ended: 'refused',
  reasons: [
    { code: 'retired', text: '参保人已退休，不属于转移接续对象', article: '第二条' },
    {
      code: 'resident-same-year',
      text: '居民医保参保人员当年度原则上不办理转移，可在参加下一年度居民医保后申请',
      article: '原则上',
      firstAllowedOn: day('2027-01-01'),
    },
  ],
};
const query = { id: uuid(1), about: 'liaison-letter' as const, version: uuid(2), fields: ['name'], question: '请核实', askedAt: NOW };
const closure = { messageId: uuid(3), reason: '协商' };

const PAIRS_2016: [string, TransferCase, TransferCase, Said][] = [
  ['voucher sent', inCopy({ status: 'voucher-received', ...voucherTold }), outCopy({ status: 'voucher-sent' }), VOUCHER],
  ['voucher sent, applied for', inCopy({ status: 'opened', ...voucherTold }), outCopy({ status: 'voucher-sent' }), VOUCHER],
  [
    'voucher sent, accepted: only transferIn knows since when',
    inCopy({ status: 'accepted', ...voucherTold, clocks: { 'send-letter': clock(HANGZHOU, '2026-03-23') } }),
    outCopy({ status: 'voucher-sent' }),
    VOUCHER,
  ],
  [
    'voucher sent, then the letter',
    inCopy({ status: 'letter-sent', ...voucherTold, ...transferOutClock }),
    outCopy({ status: 'letter-received', ...transferOutClock }),
    { step: 'transferring-out', holder: CHENGDU, dueOn: day('2026-03-23') },
  ],
  [
    'a question, a withdrawal and a proposal that wait',
    inCopy({
      status: 'letter-sent',
      ...transferOutClock,
      withdrawal: uuid(4),
      queries: [{ by: 'counterpart', ...query }],
      closure: { by: 'own', ...closure },
    }),
    outCopy({
      status: 'letter-received',
      ...transferOutClock,
      queries: [{ by: 'own', ...query }],
      closure: { by: 'counterpart', ...closure },
    }),
    { step: 'transferring-out', holder: CHENGDU, dueOn: day('2026-03-23') },
  ],
  [
    'refused, not yet told',
    inCopy({ status: 'ineligible', ineligible: reasons }),
    outCopy({ status: 'refused', ineligible: reasons }),
    REFUSED,
  ],
  ['refused, told', inCopy({ status: 'refused', ineligible: reasons }), outCopy({ status: 'refused', ineligible: reasons }), REFUSED],
  [
    'withdrawn',
    inCopy({ status: 'withdrawn', ...transferOutClock }),
    outCopy({ status: 'withdrawn', ...transferOutClock }),
    { step: 'withdrawn', holder: HANGZHOU, ended: 'withdrawn' },
  ],
  [
    'closed by agreement',
    inCopy({ status: 'closed-by-agreement' }),
    outCopy({ status: 'closed-by-agreement' }),
    { step: 'closed-by-agreement', holder: HANGZHOU, ended: 'closed-by-agreement' },
  ],
];

const OPENED_IN = { procedure: '2021.1', opener: 'transferIn' } as const;
const OPENED_OUT = { procedure: '2021.1', opener: 'transferOut' } as const;
const verdictDue = (owner: RegionCode) => ({ clocks: { verdict: clock(owner, '2026-03-04') } });
const overall = {
  clocks: {
    verdict: clock(CHENGDU, '2026-03-04'),
    overall: clock(HANGZHOU, '2026-03-23'),
    'transfer-out': clock(CHENGDU, '2026-03-16'),
  },
};
const { notRemitted } = restsOf2016({ remitted: false }).at(-1)!.transferIn;
const { advice } = caseIn('account-settled');

const PAIRS_2021: [string, TransferCase, TransferCase, Said][] = [
  [
    'applied for at transferIn',
    inCopy({ ...OPENED_IN, status: 'requested', ...verdictDue(CHENGDU) }),
    outCopy({ ...OPENED_IN, status: 'request-received', ...verdictDue(CHENGDU) }),
    { step: 'verifying', holder: CHENGDU, dueOn: day('2026-03-04') },
  ],
  [
    'applied for at transferOut',
    inCopy({ ...OPENED_OUT, status: 'request-received', ...verdictDue(HANGZHOU) }),
    outCopy({ ...OPENED_OUT, status: 'requested', ...verdictDue(HANGZHOU) }),
    { step: 'verifying', holder: HANGZHOU, dueOn: day('2026-03-04') },
  ],
  [
    'accepted: one due date for the applicant (D2)',
    inCopy({ ...OPENED_IN, status: 'accepted', ...overall }),
    outCopy({ ...OPENED_IN, status: 'accepted', ...overall }),
    { step: 'transferring-out', holder: CHENGDU, dueOn: day('2026-03-23') },
  ],
  [
    'accepted, balance remitted',
    inCopy({ ...OPENED_OUT, status: 'accepted', ...overall, advice }),
    outCopy({ ...OPENED_OUT, status: 'account-settled', ...overall, advice }),
    { step: 'transferring-out', holder: CHENGDU, dueOn: day('2026-03-23') },
  ],
  [
    'table sent, balance remitted: the day is known to both all the same',
    inCopy({ ...OPENED_IN, status: 'ready-to-complete', ...overall, advice, table: table() }),
    outCopy({ ...OPENED_IN, status: 'transferred-out', ...overall, advice, table: table() }),
    { step: 'completing', holder: HANGZHOU, dueOn: day('2026-03-23') },
  ],
  [
    'table sent, no balance',
    inCopy({ ...OPENED_IN, status: 'ready-to-complete', ...overall, notRemitted, table: table() }),
    outCopy({ ...OPENED_IN, status: 'transferred-out', ...overall, notRemitted, table: table() }),
    { step: 'completing', holder: HANGZHOU, dueOn: day('2026-03-23') },
  ],
  [
    'completed while the money is still awaited',
    inCopy({ ...OPENED_OUT, status: 'completed', ...overall, advice, table: table() }),
    outCopy({ ...OPENED_OUT, status: 'closed', ...overall, advice, table: table() }),
    COMPLETED,
  ],
  [
    'refused by transferOut where transferIn opened',
    inCopy({ ...OPENED_IN, status: 'ineligible', ineligible: reasons, ...verdictDue(CHENGDU) }),
    outCopy({ ...OPENED_IN, status: 'refused', ineligible: reasons, ...verdictDue(CHENGDU) }),
    REFUSED,
  ],
  [
    'refused by transferIn where transferOut opened, and told there',
    inCopy({ ...OPENED_OUT, status: 'refused', ineligible: reasons }),
    outCopy({ ...OPENED_OUT, status: 'refused', ineligible: reasons }),
    { ...REFUSED, holder: CHENGDU },
  ],
];

describe('B19: so do those of the later procedures', () => {
  test.each(PAIRS_2016)('2016.2, %s', (_case, transferIn, transferOut, wanted) => {
    expect(saidBy(transferIn)).toEqual(wanted);
    expect(saidBy(transferOut)).toEqual(wanted);
  });

  test.each(PAIRS_2021)('2021.1, %s', (_case, transferIn, transferOut, wanted) => {
    expect(saidBy(transferIn)).toEqual(wanted);
    expect(saidBy(transferOut)).toEqual(wanted);
  });
});

describe('B19: what only one copy can say', () => {
  test('B6: of a forwarded letter the first recipient names the region that has it now, the two at work say the same', () => {
    const clocks = { 'transfer-out': clock(WUHAN, '2026-03-25') };
    const wanted = { step: 'transferring-out', holder: WUHAN, dueOn: day('2026-03-25') };
    expect(saidBy(inCopy({ status: 'letter-sent', counterpart: WUHAN, formerCounterparts: [CHENGDU], clocks }))).toEqual(wanted);
    expect(saidBy(outCopy({ status: 'letter-received', region: WUHAN, clocks }))).toEqual(wanted);
    expect(saidBy(outCopy({ status: 'forwarded', forwardedTo: WUHAN, ...transferOutClock }))).toEqual({ step: 'forwarded', holder: WUHAN });
  });

  test('a letter on its way has a rule and no day yet', () => {
    expect(saidBy(inCopy({ status: 'letter-sent' }))).toEqual({
      step: 'transferring-out',
      holder: CHENGDU,
      dueRule: '收到联系函后15个工作日内转出',
    });
  });

  test('so has a request on its way', () => {
    expect(saidBy(inCopy({ ...OPENED_IN, status: 'requested' }))).toEqual({
      step: 'verifying',
      holder: CHENGDU,
      dueRule: '收到申请后2个工作日内校验',
    });
  });

  test.each([
    ['the table alone', { table: table() }],
    ['the word on the balance alone', { notRemitted }],
  ])('with %s transferOut still has the case in hand', (_case, said) => {
    expect(saidBy(inCopy({ status: 'letter-sent', ...transferOutClock, ...said }))).toEqual({
      step: 'transferring-out',
      holder: CHENGDU,
      dueOn: day('2026-03-23'),
    });
  });
});
