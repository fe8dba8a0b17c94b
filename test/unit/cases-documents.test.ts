import { describe, expect, test } from 'vitest';
import type { Command, Context } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { LiaisonLetter } from '../../schemas/documents.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/messages.ts';
import { CalendarDate } from '../../schemas/primitives.ts';
import {
  COMMANDS,
  caseIn,
  contextOf,
  LETTER,
  messageFrom,
  move,
  OFFICES,
  OUT_STEPS,
  REGIONS,
  refusalOf,
  TODAY,
  uuid,
} from '../support/cases.ts';
import { application, BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, tableEntry } from '../support/documents.ts';

const TOMORROW = CalendarDate.parse('2026-03-03');
const inHangzhou = (state: Folded, command: Command, context = contextOf(HANGZHOU)) => refusalOf(state, command, context);
const inChengdu = (state: Folded, command: Command, context = contextOf(CHENGDU)) => refusalOf(state, command, context);
const message = (state: Folded, command: Command, region = HANGZHOU) =>
  refusalOf(state, command, contextOf(region, { actor: messageFrom(region === HANGZHOU ? CHENGDU : HANGZHOU) }));

describe('the liaison letter (B1)', () => {
  const { decision } = move(caseIn('accepted'), { command: COMMANDS['send-letter'], context: contextOf(HANGZHOU) });

  test('is made from case and directory with nothing retyped: the command carries nothing', () => {
    const { person, voucher, hukouType, scheme, transferAccount } = application(1);
    const { code, region, name, address, postcode, phone, contact } = OFFICES[HANGZHOU]!;
    expect(LETTER).toStrictEqual({
      number: contextOf(HANGZHOU).documentNumber,
      date: TODAY,
      from: { code, region, name, address, postcode, phone, contact },
      to: { region: CHENGDU, office: CHENGDU_OFFICE, name: OFFICES[CHENGDU]!.name },
      person,
      hukouType,
      formerScheme: voucher.scheme,
      newScheme: scheme,
      voucherNumber: voucher.number,
      transferAccount,
      payee: { ...REGIONS[HANGZHOU]!.payee, directoryVersion: 7 },
    });
    expect(LiaisonLetter.parse(LETTER)).toEqual(LETTER);
  });

  test('has a number of office, date, six digits and check digit', () => expect(LETTER.number).toMatch(/^33010001-20260302-000001-\d$/));

  test('goes to the former region as the message that is recorded', () => {
    expect(decision.messages).toEqual([{ type: 'cn.jiexu.liaison-letter.v1', id: uuid(1), recipient: CHENGDU, data: LETTER }]);
    expect(decision.events[0]).toEqual({ type: 'letter-sent', letter: LETTER, messageId: uuid(1) });
  });

  test('carries the insurance number of the voucher where there is one', () => {
    const base = application(1);
    const opened = move(undefined, {
      command: { ...COMMANDS.open, application: { ...base, voucher: { ...base.voucher, insuranceNumber: '0123456' } } },
      context: contextOf(HANGZHOU),
    }).state;
    const accepted = move(opened, { command: COMMANDS.accept, context: contextOf(HANGZHOU) }).state;
    expect(move(accepted, { command: COMMANDS['send-letter'], context: contextOf(HANGZHOU) }).state.letter?.insuranceNumber).toBe(
      '0123456',
    );
  });

  test.each([
    [
      'the region has no payee account',
      { region: { ...REGIONS[HANGZHOU]!, payee: undefined } },
      ['directory.payee-missing', 'region.payee missing'],
    ],
    ['the directory has no office to write to', { counterpartOffice: undefined }, ['directory.office-unknown', 'formerRegion no_office']],
    ['the directory has no such region', { counterpart: undefined }, ['recipient.unknown', 'formerRegion unknown']],
    [
      'the region has no inbox',
      { counterpart: { ...REGIONS[CHENGDU]!, inboxUrl: undefined } },
      ['recipient.not-connected', 'formerRegion not_connected'],
    ],
  ])('is not written when %s', (_case, context, expected) => {
    expect(inHangzhou(caseIn('accepted'), COMMANDS['send-letter'], contextOf(HANGZHOU, context as Partial<Context>))).toEqual(expected);
  });
});

describe('an arriving letter (B2)', () => {
  test('begins the copy in transfer at the office it names, and its clock at once', () => {
    expect(caseIn('letter-received')).toMatchObject({
      side: 'transferOut',
      relation: 'transferring',
      office: CHENGDU_OFFICE,
      counterpart: HANGZHOU,
      person: application(1).person,
      clocks: { 'transfer-out': { owner: CHENGDU, startedOn: TODAY } },
    });
  });

  test.each([
    ['written in another region’s name', { letter: { ...LETTER, from: { ...LETTER.from, region: CHENGDU } } }],
    ['for another region', { letter: { ...LETTER, to: { ...LETTER.to, region: HANGZHOU } } }],
  ])('%s is refused', (_case, letter) => {
    expect(message(undefined, { ...COMMANDS['receive-letter'], ...letter }, CHENGDU)).toEqual([
      'message.wrong-party',
      'data.from.region wrong_party',
    ]);
  });
});

describe('an application', () => {
  test('that contradicts itself is told all of it at once', () => {
    const base = application(1);
    const wrong = {
      ...base,
      formerRegion: HANGZHOU,
      appliedOn: TOMORROW,
      voucher: { ...base.voucher, person: application(2).person, issuedOn: TOMORROW },
    };
    expect(inHangzhou(undefined, { ...COMMANDS.open, application: wrong })).toEqual([
      'case.inconsistent',
      'application.formerRegion contradiction',
      'application.appliedOn contradiction',
      'application.voucher.person.idNumber contradiction',
      'application.voucher.person.name contradiction',
      'application.voucher.participationRegion contradiction',
      'application.voucher.issuedOn contradiction',
    ]);
  });

  test('of somebody who is not born yet is refused', () => {
    const today = CalendarDate.parse('1950-01-01');
    expect(inHangzhou(undefined, COMMANDS.open, contextOf(HANGZHOU, { today }))).toContain('application.person.idNumber future_birth');
  });

  test.each([
    ['recipient.unknown', { counterpart: undefined }, 'application.formerRegion unknown'],
    ['recipient.not-connected', { counterpart: { ...REGIONS[CHENGDU]!, inboxUrl: undefined } }, 'application.formerRegion not_connected'],
    ['directory.office-unknown', { counterpartOffice: undefined }, 'application.formerRegion no_office'],
    ['directory.payee-missing', { region: { ...REGIONS[HANGZHOU]!, payee: undefined } }, 'region.payee missing'],
  ])('that could not lead to a letter is refused before any clock runs: %s (C5)', (code, said, found) => {
    expect(inHangzhou(undefined, COMMANDS.open, contextOf(HANGZHOU, said as Partial<Context>))).toEqual([code, found]);
  });
});

describe('size', () => {
  const entryWith = (rows: number, remark: string) => {
    const [period] = tableEntry().periods;
    const periods = Array.from({ length: rows }, (_, i) => {
      const month = `${1990 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}`;
      return { ...period, from: month, to: month, months: 1, remark };
    });
    return tableEntry({ periods, totalMonths: rows });
  };

  test('a table over 200 KB is refused before it is sent, with what to shorten', () => {
    expect(inChengdu(caseIn('account-settled'), { name: 'send-table', entry: entryWith(400, '备'.repeat(200)) })).toEqual([
      'message.too-large',
      'periods too_big',
    ]);
  });

  test('400 rows without remarks fit', () => {
    const { decision } = move(caseIn('account-settled'), {
      command: { name: 'send-table', entry: entryWith(400, '无') },
      context: contextOf(CHENGDU),
    });
    expect(Buffer.byteLength(JSON.stringify(decision.messages[0]))).toBeLessThan(MAX_MESSAGE_BYTES);
  });
});

test('the completion notice closes the other side by itself (B16)', () => {
  expect(caseIn('closed')).toMatchObject({ status: 'closed', completion: { letterNumber: LETTER.number, creditedFen: BALANCE_FEN } });
  expect(OUT_STEPS.at(-1)?.context.actor.kind).toBe('message');
  expect(HANGZHOU_OFFICE).toBe(caseIn('completed').office);
});
