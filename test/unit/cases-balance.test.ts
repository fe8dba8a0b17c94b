import { describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { NotRemittedReason } from '../../schemas/codes.ts';
import { InformationTable, RemittanceAdvice } from '../../schemas/documents.ts';
import { CalendarDate, Fen } from '../../schemas/primitives.ts';
import {
  after,
  COMMANDS,
  caseIn,
  contextOf,
  IN_STEPS,
  LETTER,
  messageFrom,
  money,
  move,
  OFFICES,
  refusalOf,
  remittance,
  TODAY,
  table,
  uuid,
} from '../support/cases.ts';
import { application, BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, tableEntry } from '../support/documents.ts';

const TOMORROW = CalendarDate.parse('2026-03-03');
const inHangzhou = (state: Folded, command: Command, context = contextOf(HANGZHOU)) => refusalOf(state, command, context);
const inChengdu = (state: Folded, command: Command, context = contextOf(CHENGDU)) => refusalOf(state, command, context);
const message = (state: Folded, command: Command, region = HANGZHOU) =>
  refusalOf(state, command, contextOf(region, { actor: messageFrom(region === HANGZHOU ? CHENGDU : HANGZHOU) }));

describe('the remittance (B10)', () => {
  test('has name, ID, letter number, amount, payer, payee of the letter’s directory version, and bank reference', () => {
    const { decision, state } = move(caseIn('relation-terminated'), { command: COMMANDS.remit, context: contextOf(CHENGDU) });
    const expected = {
      amountFen: BALANCE_FEN,
      bankReference: 'CD20260302000001',
      remittedOn: '2026-02-25',
      letterNumber: LETTER.number,
      person: LETTER.person,
      payer: { office: CHENGDU_OFFICE, name: OFFICES[CHENGDU]!.name },
      payee: { bank: '演示银行', holder: '杭州市医保基金专户', number: '123456789012', directoryVersion: 7 },
    };
    expect(RemittanceAdvice.parse(decision.messages[0]?.data)).toStrictEqual(expected);
    expect(state).toMatchObject({ advice: expected, status: 'account-settled' });
  });

  test.each([
    [
      'the letter asks for no transfer',
      { ...caseIn('relation-terminated'), letter: { ...LETTER, transferAccount: false } },
      remittance(),
      'amountFen not_requested',
    ],
    ['it is dated in the future', caseIn('relation-terminated'), remittance({ remittedOn: TOMORROW }), 'remittedOn future'],
  ])('is refused when %s', (_case, state, entry, expected) => {
    expect(inChengdu(state as Folded, { name: 'remit', entry })).toEqual(['case.inconsistent', expected]);
  });

  test('a termination in the future is refused (B7)', () => {
    expect(inChengdu(caseIn('letter-received'), { name: 'confirm-termination', terminatedOn: TOMORROW })).toEqual([
      'case.inconsistent',
      'terminatedOn future',
    ]);
  });
});

describe('a balance that is not transferred (B11)', () => {
  const letterWithout = { ...caseIn('relation-terminated'), letter: { ...LETTER, transferAccount: false } } as Folded;
  const outBefore = (reason: string) => (reason === 'not-requested' ? letterWithout : caseIn('relation-terminated'));

  test.each(NotRemittedReason.options)('for %s closes the case without money on both sides, with the same statutory clocks', (reason) => {
    const entry = { reason, ...(reason === 'local-rule' && { note: '地方规定' }) };
    const balanceFen = Fen.parse(reason === 'zero-balance' || reason === 'no-personal-account' ? 0 : BALANCE_FEN);
    const told = move(outBefore(reason), { command: { name: 'not-remit', entry }, context: contextOf(CHENGDU) });
    const sent = move(told.state, { command: { name: 'send-table', entry: { ...tableEntry(), balanceFen } }, context: contextOf(CHENGDU) });
    const out = sent.state;
    expect(out).toMatchObject({ status: 'transferred-out', table: { transferredFen: 0, balanceFen } });
    expect(out.clocks['transfer-out']?.stoppedAt).toBeDefined();

    const actor = { kind: 'message', messageId: uuid(9), region: CHENGDU } as const;
    const notice = { ...COMMANDS['receive-not-remitted'], notice: { letterNumber: LETTER.number, ...entry } };
    const heard = move(caseIn('letter-sent'), { command: notice, context: contextOf(HANGZHOU, { actor }) }).state;
    const arrived = { ...COMMANDS['receive-table'], table: InformationTable.parse(sent.decision.messages[0]?.data) };
    const ready = move(heard, { command: arrived, context: contextOf(HANGZHOU, { actor }) }).state;
    expect(ready.status).toBe('ready-to-complete');
    expect(ready.clocks.complete).toMatchObject({ startedOn: TODAY });
    expect(inHangzhou(ready, COMMANDS['confirm-money'])).toEqual(['case.wrong-state', 'status ready-to-complete']);
    const done = move(ready, { command: COMMANDS.complete, context: contextOf(HANGZHOU) }).state;
    expect(done).toMatchObject({ status: 'completed', completion: { creditedFen: 0 } });
    // Nothing is left to alert: the only clock still running waits for the notice to be collected.
    const running = Object.entries(done.clocks).filter(([, clock]) => clock.stoppedAt === undefined);
    expect(running.map(([name]) => name)).toEqual(['counterpart-closure']);
  });

  test.each(['zero-balance', 'no-personal-account'] as const)('for %s leaves no balance for the table', (reason) => {
    const state = move(caseIn('relation-terminated'), {
      command: { name: 'not-remit', entry: { reason } },
      context: contextOf(CHENGDU),
    }).state;
    expect(inChengdu(state, COMMANDS['send-table'])).toEqual(['case.inconsistent', 'balanceFen amount_mismatch']);
  });

  test('as not requested is refused when the letter asks for the transfer', () => {
    expect(inChengdu(caseIn('relation-terminated'), { name: 'not-remit', entry: { reason: 'not-requested' } })).toEqual([
      'case.inconsistent',
      'reason requested',
    ]);
  });
});

describe('amounts that differ', () => {
  const wrong = Fen.parse(BALANCE_FEN + 1);
  test.each([
    [
      'table and remittance, at the sender',
      () => inChengdu(caseIn('account-settled'), { name: 'send-table', entry: tableEntry({ balanceFen: wrong }) }),
      'balanceFen',
    ],
    [
      'advice and money, at the bank',
      () => inHangzhou(after(IN_STEPS.slice(0, 4)), { name: 'confirm-money', money: money({ amountFen: wrong }) }),
      'amountFen',
    ],
    [
      'table and money, at completion',
      () => inHangzhou({ ...caseIn('ready-to-complete'), table: table({ transferredFen: wrong }) } as Folded, COMMANDS.complete),
      'table.transferredFen',
    ],
    [
      'advice and money, at completion',
      () =>
        inHangzhou(
          { ...caseIn('ready-to-complete'), advice: { ...caseIn('ready-to-complete').advice!, amountFen: wrong } },
          COMMANDS.complete,
        ),
      'advice.amountFen',
    ],
  ])('%s, name the field', (_case, verdict, field) => expect(verdict()).toEqual(['case.inconsistent', `${field} amount_mismatch`]));

  test('money of the future is refused', () => {
    expect(inHangzhou(caseIn('letter-sent'), { name: 'confirm-money', money: money({ valueDate: TOMORROW }) })).toEqual([
      'case.inconsistent',
      'valueDate contradiction',
    ]);
  });

  test('money cannot be confirmed twice', () => {
    const once = move(caseIn('letter-sent'), { command: COMMANDS['confirm-money'], context: contextOf(HANGZHOU) }).state;
    expect(once.status).toBe('letter-sent');
    expect(inHangzhou(once, COMMANDS['confirm-money'])).toEqual(['case.wrong-state']);
  });
});

describe('documents of another case are refused', () => {
  const letterNumber = contextOf(CHENGDU).documentNumber!;
  const state = caseIn('letter-sent');
  test.each([
    [
      'receive-remittance-advice',
      { ...COMMANDS['receive-remittance-advice'], advice: { ...COMMANDS['receive-remittance-advice'].advice, letterNumber } },
    ],
    ['receive-not-remitted', { ...COMMANDS['receive-not-remitted'], notice: { letterNumber, reason: 'zero-balance' as const } }],
    ['receive-table', { ...COMMANDS['receive-table'], table: table({ letterNumber }) }],
  ])('%s', (_name, command) =>
    expect(message(state, command as Command)).toEqual(['case.inconsistent', 'data.letterNumber contradiction']),
  );

  test('a table of another person', () => {
    expect(message(state, { ...COMMANDS['receive-table'], table: table({ person: application(2).person }) })).toEqual([
      'case.inconsistent',
      'data.person.idNumber contradiction',
    ]);
  });

  test('a completion of another letter', () => {
    const notice = { ...COMMANDS['receive-completion'].notice, letterNumber };
    expect(message(caseIn('transferred-out'), { ...COMMANDS['receive-completion'], notice }, CHENGDU)?.[1]).toBe(
      'data.letterNumber contradiction',
    );
  });

  test('word that nothing is remitted after the advice, and the other way round', () => {
    expect(message(after(IN_STEPS.slice(0, 4)), COMMANDS['receive-not-remitted'])).toEqual(['case.inconsistent', 'data contradiction']);
    const told = move(state, {
      command: COMMANDS['receive-not-remitted'],
      context: contextOf(HANGZHOU, { actor: { kind: 'message', messageId: uuid(9), region: CHENGDU } }),
    });
    expect(message(told.state, COMMANDS['receive-remittance-advice'])).toEqual(['case.inconsistent', 'data contradiction']);
  });
});
