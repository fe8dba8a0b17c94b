import { describe, expect, test } from 'vitest';
import type { CommandOf } from '../../functions/cases/commands.ts';
import { bornInFuture } from '../../functions/cases/decide-application.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import { Side } from '../../schemas/codes.ts';
import { PersonNumber } from '../../schemas/primitives.ts';
import { WUHAN } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { lettered, openBody, Road, refusedWith, requestBody, voucherBody } from '../support/roads.ts';

const CARD = { name: person(1).name, idNumber: 'rural:510100:00123456' };
const voucherOf = (said: object) => ({ ...Object(applicationBody(1).voucher), ...said });
const cardApplication = () => applicationBody(1, { person: CARD, voucher: voucherOf({ person: CARD }) });
const cardBody = (): CommandOf<'open'> => openBody(1, { application: cardApplication() });
const cardVoucher = (said: object): CommandOf<'send-voucher'> => ({
  ...voucherBody(),
  ...COMMAND_BODIES['send-voucher'].parse({ voucher: voucherOf(said), newRegion: HANGZHOU }),
});

/** `older` runs a release that cannot say which messages it takes. */
function exchangeWith(family: '2016' | '2021', older?: typeof HANGZHOU): PureExchange {
  const exchange = new PureExchange({ family });
  if (older) exchange.restate(older, { messages: undefined });
  return exchange;
}

describe('a person known by a card number goes only to software that knows such numbers (B22)', () => {
  test('an application is refused by field, and taken in where the other region says what it takes (B22)', () => {
    const refused = refusedWith(() => exchangeWith('2016', CHENGDU).begin(HANGZHOU, cardBody()));
    expect(refused).toEqual(['recipient.version', 'application.person.idNumber version']);
    expect(refusedWith(() => exchangeWith('2016').begin(HANGZHOU, cardBody()))).toBeUndefined();
    const tellsNothing = exchangeWith('2016');
    tellsNothing.restate(CHENGDU, { messages: [] });
    expect(refusedWith(() => tellsNothing.begin(HANGZHOU, cardBody()))).toBeUndefined();
  });

  test.each(Side.options)('so is a request at %s (B22)', (side) => {
    const [own, other] = side === 'transferIn' ? [HANGZHOU, CHENGDU] : [CHENGDU, HANGZHOU];
    const body = requestBody(side, 1, { person: CARD });
    expect(refusedWith(() => exchangeWith('2021', other).begin(own, body))).toEqual([
      'recipient.version',
      'request.person.idNumber version',
    ]);
    expect(refusedWith(() => exchangeWith('2021').begin(own, body))).toBeUndefined();
  });

  test('so is a voucher, for its person and for its householder (B22)', () => {
    const send = (said: object, older?: typeof HANGZHOU) =>
      refusedWith(() => exchangeWith('2016', older).begin(CHENGDU, cardVoucher(said)));
    expect(send({ person: CARD }, HANGZHOU)).toEqual(['recipient.version', 'voucher.person.idNumber version']);
    expect(send({ householder: CARD }, HANGZHOU)).toEqual(['recipient.version', 'voucher.householder.idNumber version']);
    expect(send({ person: CARD, householder: CARD }, HANGZHOU)).toEqual([
      'recipient.version',
      'voucher.person.idNumber version',
      'voucher.householder.idNumber version',
    ]);
    expect(send({ person: CARD, householder: CARD })).toBeUndefined();
  });

  test('and a corrected voucher, for its householder (B22, B3)', () => {
    const correct = (older?: typeof HANGZHOU) => {
      const road = lettered().ask('transferIn', 'coverage-voucher').settle();
      if (older) road.exchange.restate(older, { messages: undefined });
      const query = road.query('transferOut').id;
      const entry = { about: 'coverage-voucher', query, voucher: voucherOf({ householder: CARD }) };
      return refusedWith(() => road.out({ name: 'correct', entry: COMMAND_BODIES.correct.parse(entry) }));
    };
    expect(correct(HANGZHOU)).toEqual(['recipient.version', 'voucher.householder.idNumber version']);
    expect(correct()).toBeUndefined();
  });

  test('a letter about him is not forwarded to such a region, nor sent on to it (B22, B6)', () => {
    const forwarding = (older: boolean, body = cardBody()) => {
      const road = lettered(body);
      if (older) road.exchange.restate(WUHAN, { messages: undefined });
      return refusedWith(() => road.forward());
    };
    expect(forwarding(true)).toEqual(['recipient.version', 'region version']);
    expect([forwarding(false), forwarding(true, openBody())]).toEqual([undefined, undefined]);
    const road = lettered(cardBody()).forward();
    road.exchange.restate(WUHAN, { messages: undefined });
    road.settle();
    expect([road.there.status, road.there.ineligible?.map(({ code }) => code)]).toEqual(['ineligible', ['forward-failed']]);
  });

  test.each([HANGZHOU, CHENGDU])('an ID number goes to any release: %s is an older one (B22, E9)', (older) => {
    expect(refusedWith(() => exchangeWith('2016', older).begin(HANGZHOU, openBody()))).toBeUndefined();
    expect(refusedWith(() => exchangeWith('2021', older).begin(HANGZHOU, requestBody('transferIn')))).toBeUndefined();
  });
});

describe('a hand-over by card number (B22)', () => {
  test('goes its whole way under procedure 2016, and every document names the card (B22)', () => {
    const road = lettered(cardBody()).terminate().remit().table().settle().money().credit().complete().settle();
    expect(road.exchange.refused).toEqual([]);
    expect([road.there.status, road.here.status]).toEqual(['completed', 'closed']);
    const { person: own, letter, table, advice } = road.there;
    for (const named of [own, letter?.person, table?.person, advice?.person]) expect(named).toEqual(CARD);
  });

  test('and under procedure 2021, opened at either window (B22)', () => {
    for (const side of Side.options) {
      const road = Road.begin('2021', side, requestBody(side, 1, { person: CARD })).settle();
      road.verdict(side === 'transferIn' ? 'transferOut' : 'transferIn').settle();
      road.remit().table().settle().money().credit().complete().settle();
      expect(road.exchange.refused).toEqual([]);
      expect([road.there.status, road.here.status]).toEqual(['completed', 'closed']);
    }
  });

  test('on voucher and application is the same number, or both are refused (B22)', () => {
    const other = applicationBody(1, { person: CARD });
    expect(refusedWith(() => exchangeWith('2016').begin(HANGZHOU, openBody(1, { application: other })))).toEqual([
      'case.inconsistent',
      'application.voucher.person.idNumber contradiction',
    ]);
  });
});

test('no birth date is read out of a card number (B22)', () => {
  // Characters 7 to 14, where an ID number has the birth date, are `650000:9` here, which is after every date.
  expect(bornInFuture(PersonNumber.parse('rural:650000:99999999'), '2026-03-02')).toBe(false);
  expect(bornInFuture(PersonNumber.parse(person(1).idNumber), '1959-12-31')).toBe(true);
});
