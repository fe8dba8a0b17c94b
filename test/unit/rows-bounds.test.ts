import { describe, expect, test } from 'vitest';
import { LetterNumber, MessageId, RegionCode } from '../../schemas/primitives.ts';
import { letterNumber, NOW, uuid, WUHAN } from '../support/cases.ts';
import { applicationBody, HANGZHOU_OFFICE, tableEntry } from '../support/documents.ts';
import { lettered, openBody, Road, refusedWith, roadTo, voucherBody } from '../support/roads.ts';

describe('what would leave a case that nobody can go on with', () => {
  test('a letter that was forwarded five times is forwarded no more (B6)', () => {
    const hop = { region: RegionCode.parse('610100'), messageId: uuid(1), receivedAt: NOW };
    const road = lettered();
    const { letter } = road.here;
    // The road itself has three regions; what five of them left is in the letter.
    Object.assign(letter!, { forwardedFrom: Array.from({ length: 5 }, () => hop) });
    expect(refusedWith(() => road.forward(WUHAN))).toEqual(['case.inconsistent', 'region too_often']);
    expect(refusedWith(() => lettered().forward(WUHAN))).toBeUndefined();
  });

  test('a letter about another scheme than the voucher that began the case is not taken (A10, B24)', () => {
    const road = Road.begin('2016', 'transferOut', voucherBody()).settle();
    const letter = { ...lettered().here.letter!, number: LetterNumber.parse(letterNumber(HANGZHOU_OFFICE)) };
    const arrives = (formerScheme: '310' | '390') =>
      refusedWith(() =>
        road.exchange.take(road.outRegion, road.caseNumber, {
          name: 'receive-letter',
          letter: { ...letter, formerScheme, person: road.here.person },
          procedure: '2016.2',
          personHash: road.here.personHash!,
          messageId: MessageId.parse(uuid(77)),
          sequence: 1,
          sentAt: NOW,
        }),
      );
    expect(arrives('390')).toEqual(['message.wrong-party', 'data.from.region wrong_party']);
    expect(arrives('310')).toBeUndefined();
  });

  test('a correction of the table that changes nothing is told to the one who types it (B9, F2)', () => {
    const road = roadTo('2016.2', 'transferOut', 'transferred-out');
    road.ask('transferIn', 'information-table', ['periods.0.months']).settle();
    expect(refusedWith(() => road.out({ name: 'propose-table', entry: tableEntry() }))).toEqual(['case.inconsistent', 'changes unchanged']);
  });

  test('a corrected request obeys the rules on applicants (A7)', () => {
    const request = roadTo('2021.1', 'transferIn', 'requested');
    request.ask('transferOut', 'transfer-request', ['applicant.capacity']).settle();
    const { applicant } = request.there.request!;
    const employer = { ...applicant, capacity: 'employer' as const };
    const correct = () =>
      request.in({
        name: 'correct',
        entry: { about: 'transfer-request', query: request.query('transferIn').id, changes: { applicant: employer } },
      });
    expect(refusedWith(correct)).toEqual(['case.inconsistent', 'changes.applicant.authority missing']);
  });

  test('a corrected letter obeys the rules on schemes: no hand-over between two rural schemes (A13)', () => {
    const rural = applicationBody(1, { voucher: { ...(applicationBody(1).voucher as object), scheme: '380' } });
    const road = Road.begin('2016', 'transferIn', openBody(1, { application: rural }))
      .accept()
      .letter()
      .settle();
    road.ask('transferOut', 'liaison-letter', ['newScheme']).settle();
    const { id: query } = road.query('transferIn');
    const correct = (newScheme: '380' | '390') =>
      refusedWith(() => road.in({ name: 'correct', entry: { about: 'liaison-letter', query, changes: { newScheme } } }));
    expect(correct('380')).toEqual(['case.not-eligible', 'newScheme scheme-pair']);
    expect(correct('390')).toBeUndefined();
  });
});
