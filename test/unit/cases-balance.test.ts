import { describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import { NotRemittedReason } from '../../schemas/codes.ts';
import { InformationTable, RemittanceAdvice } from '../../schemas/documents.ts';
import { CalendarDate, Fen } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import {
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
  stateAfter,
  TODAY,
  table,
  uuid,
} from '../support/cases.ts';
import { application, BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, tableEntry } from '../support/documents.ts';

const YESTERDAY = CalendarDate.parse('2026-03-01');
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
      remittedOn: TODAY,
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
    ['it is dated before the letter', caseIn('relation-terminated'), remittance({ remittedOn: YESTERDAY }), 'remittedOn before_letter'],
  ])('is refused when %s', (_case, state, entry, expected) => {
    expect(inChengdu(state as Folded, { name: 'remit', entry })).toEqual(['case.inconsistent', expected]);
  });

  test.each([
    ['in the future', TOMORROW, 'terminatedOn future'],
    ['before the letter', YESTERDAY, 'terminatedOn before_letter'],
  ])('a termination %s is refused (B7)', (_case, terminatedOn, expected) => {
    expect(inChengdu(caseIn('letter-received'), { name: 'confirm-termination', terminatedOn })).toEqual(['case.inconsistent', expected]);
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
      () => inHangzhou(stateAfter(IN_STEPS.slice(0, 4)), { name: 'confirm-money', money: money({ amountFen: wrong }) }),
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

  test.each([
    ['of the future', TOMORROW],
    ['of a day before it was remitted', YESTERDAY],
  ])('money %s is refused', (_case, valueDate) => {
    const command: Command = { name: 'confirm-money', money: money({ valueDate }) };
    expect(inHangzhou(stateAfter(IN_STEPS.slice(0, 4)), command)).toEqual(['case.inconsistent', 'valueDate contradiction']);
  });
});

describe('a command that only the state stands against is not offered, and its refusal says why (G1)', () => {
  const advised = stateAfter(IN_STEPS.slice(0, 4));
  const ready = caseIn('ready-to-complete') as TransferInCase;
  const from = (state: Folded, name: keyof typeof COMMANDS) => move(state, { command: COMMANDS[name], context: byMessage }).state;
  const byMessage = contextOf(HANGZHOU, { actor: messageFrom(CHENGDU) });
  const wrongTable = table({ totalMonths: 84, periods: tableEntry().periods.map((row) => ({ ...row, months: row.months + 1 })) });

  test.each<[string, TransferCase, Extract<ClerkCommandName, keyof typeof COMMANDS>, string, string[]]>([
    ['money before its advice (B10)', caseIn('letter-sent'), 'confirm-money', 'case.wrong-state', ['advice missing']],
    [
      'money twice',
      move(advised, { command: COMMANDS['confirm-money'], context: contextOf(HANGZHOU) }).state,
      'confirm-money',
      'case.wrong-state',
      ['money confirmed'],
    ],
    [
      'money where none comes (B11)',
      from(caseIn('letter-sent'), 'receive-not-remitted'),
      'confirm-money',
      'case.wrong-state',
      ['notRemitted not_remitted'],
    ],
    [
      'completion on a table of another amount',
      { ...ready, table: table({ transferredFen: Fen.parse(1) }) } as TransferCase,
      'complete',
      'case.inconsistent',
      ['table.transferredFen amount_mismatch'],
    ],
    [
      'completion on a table with money where none was remitted (B11)',
      { ...ready, money: undefined, advice: undefined, notRemitted: COMMANDS['receive-not-remitted'].notice },
      'complete',
      'case.inconsistent',
      ['table.transferredFen amount_mismatch'],
    ],
    [
      'completion on a table that does not add up (B8)',
      { ...ready, table: wrongTable } as TransferCase,
      'complete',
      'case.inconsistent',
      ['table.periods.0.months months_mismatch', 'table.periods.1.months months_mismatch', 'table.totalMonths total_mismatch'],
    ],
    [
      'a remittance that the letter does not ask for',
      { ...caseIn('relation-terminated'), letter: { ...LETTER, transferAccount: false } } as TransferCase,
      'remit',
      'case.inconsistent',
      ['amountFen not_requested'],
    ],
  ])('%s', (_case, state, name, code, findings) => {
    expect(refusalOf(state, COMMANDS[name], contextOf(state.region))).toEqual([code, ...findings]);
    expect(actionsFor(state, { role: 'clerk', sub: 'somebody' })).not.toContain(name);
  });

  test('the received table is read as of the day it came: months of that day are not of the future', () => {
    const later = contextOf(HANGZHOU, { today: CalendarDate.parse('2027-01-04') });
    const future = table({
      periods: tableEntry().periods.map((row, i) => (i === 0 ? row : { ...row, to: '2026-04', months: 40 })),
      totalMonths: 86,
    });
    expect(refusalOf({ ...ready, table: future } as TransferCase, COMMANDS.complete, later)).toEqual([
      'case.inconsistent',
      'table.periods.1.to future',
    ]);
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

  const advice = COMMANDS['receive-remittance-advice'];
  const received = COMMANDS['receive-table'];
  const stranger = application(2).person;
  const anotherPerson = ['data.person.idNumber contradiction', 'data.person.name contradiction'];
  test.each<[string, Command, string[]]>([
    ['an advice of another person (B10)', { ...advice, advice: { ...advice.advice, person: stranger } }, anotherPerson],
    [
      'an advice under another name',
      { ...advice, advice: { ...advice.advice, person: { ...LETTER.person, name: stranger.name } } },
      ['data.person.name contradiction'],
    ],
    [
      'an advice of a payment to another account (B10)',
      { ...advice, advice: { ...advice.advice, payee: { ...LETTER.payee, number: '999999999999' } } },
      ['data.payee contradiction'],
    ],
    ['a table of another person (B8)', { ...received, table: table({ person: stranger }) }, anotherPerson],
    ['a table for another region (B8)', { ...received, table: table({ toRegion: CHENGDU }) }, ['data.toRegion contradiction']],
  ])('%s', (_case, command, findings) => expect(message(state, command)).toEqual(['case.inconsistent', ...findings]));

  test.each<[string, keyof typeof COMMANDS, keyof typeof COMMANDS]>([
    ['advice', 'receive-remittance-advice', 'receive-remittance-advice'],
    ['word that nothing is remitted', 'receive-not-remitted', 'receive-not-remitted'],
    ['table', 'receive-table', 'receive-table'],
  ])('a second %s, though it be the same but for its number: it replaces nothing', (_case, first, second) => {
    const context = contextOf(HANGZHOU, { actor: messageFrom(CHENGDU) });
    const once = move(state, { command: COMMANDS[first], context }).state;
    expect(message(once, { ...COMMANDS[second], messageId: uuid(99), sequence: 2 } as Command)).toEqual([
      'case.inconsistent',
      'data received_already',
    ]);
  });

  test('a completion of another letter', () => {
    const notice = { ...COMMANDS['receive-completion'].notice, letterNumber };
    expect(message(caseIn('transferred-out'), { ...COMMANDS['receive-completion'], notice }, CHENGDU)?.[1]).toBe(
      'data.letterNumber contradiction',
    );
  });

  test('word that nothing is remitted after the advice, and the other way round', () => {
    expect(message(stateAfter(IN_STEPS.slice(0, 4)), COMMANDS['receive-not-remitted'])).toEqual([
      'case.inconsistent',
      'data contradiction',
    ]);
    const told = move(state, {
      command: COMMANDS['receive-not-remitted'],
      context: contextOf(HANGZHOU, { actor: { kind: 'message', messageId: uuid(9), region: CHENGDU } }),
    });
    expect(message(told.state, COMMANDS['receive-remittance-advice'])).toEqual(['case.inconsistent', 'data contradiction']);
  });
});
