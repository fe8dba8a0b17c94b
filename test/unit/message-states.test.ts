import { describe, expect, test } from 'vitest';
import { messageViews } from '../../functions/cases/message-states.ts';
import { MessageView } from '../../schemas/message-views.ts';
import type { MessageRow } from '../../schemas/rows.ts';
import { at } from '../support/exchange.ts';
import { aHandledAnswer, aHandledLetter, aSentAnswer, aSentLetter } from '../support/message-store.ts';
import { CHENGDU, HANGZHOU, PERSON, uuid } from '../support/messages.ts';

const viewOf = (n: number, ...rows: MessageRow[]) => messageViews(rows).find(({ messageId }) => messageId === uuid(n));
const DELIVERED = at('2026-11-20T01:00:05Z');
const OPENED = at('2026-11-20T02:30:00Z');

describe('E3 accepted, delivered, opened and decided are four things', () => {
  test('each with its own moment, at the sender', () => {
    const letter = aSentLetter(1, { deliveredAt: DELIVERED, openedAt: OPENED });
    expect(viewOf(1, letter, aHandledAnswer(9, 1, '2026-11-23T03:00:00Z'))).toEqual({
      messageId: uuid(1),
      type: 'cn.jiexu.liaison-letter.v1',
      name: '联系函',
      direction: 'sent',
      counterpart: CHENGDU,
      sequence: 1,
      acceptedAt: '2026-11-20T01:00:00.000Z',
      deliveredAt: '2026-11-20T01:00:05.000Z',
      openedAt: '2026-11-20T02:30:00.000Z',
      decidedAt: '2026-11-23T03:00:00.000Z',
      decidedBy: uuid(9),
    });
  });

  test('and at the recipient, who decides when its answer is sent', () => {
    const letter = aHandledLetter(1, { openedAt: OPENED });
    expect(viewOf(1, letter, aSentAnswer(9, 1, '2026-11-23T02:59:58.000Z'))).toMatchObject({
      direction: 'handled',
      counterpart: HANGZHOU,
      acceptedAt: '2026-11-20T01:00:00.000Z',
      deliveredAt: '2026-11-20T01:00:05.000Z',
      openedAt: '2026-11-20T02:30:00.000Z',
      decidedAt: '2026-11-23T02:59:58.000Z',
      decidedBy: uuid(9),
    });
  });

  const both = [false, true];
  const COMBINATIONS = both.flatMap((delivered) => both.flatMap((opened) => both.map((decided) => ({ delivered, opened, decided }))));
  test.each(COMBINATIONS)('none of which implies another: %o', ({ delivered, opened, decided }) => {
    const letter = aSentLetter(1, { ...(delivered && { deliveredAt: DELIVERED }), ...(opened && { openedAt: OPENED }) });
    const view = viewOf(1, letter, ...(decided ? [aHandledAnswer(9, 1, '2026-11-23T03:00:00Z')] : []));
    expect([view?.deliveredAt, view?.openedAt, view?.decidedAt].map((moment) => moment !== undefined)).toEqual([
      delivered,
      opened,
      decided,
    ]);
  });

  test('delivered does not imply decided, whatever else the counterpart sends meanwhile', () => {
    const view = viewOf(1, aSentLetter(1, { deliveredAt: DELIVERED }), aHandledAnswer(9, 999, '2026-11-23T03:00:00Z'));
    expect(view).toMatchObject({ deliveredAt: DELIVERED });
    for (const absent of ['openedAt', 'decidedAt', 'decidedBy']) expect(view).not.toHaveProperty(absent);
  });

  test('no region decides its own message', () => {
    expect(viewOf(1, aSentLetter(1), aSentLetter(2, {}, { causationid: uuid(1) }))).not.toHaveProperty('decidedAt');
  });

  test('the first of two answers decides', () => {
    const answers = [aHandledAnswer(8, 1, '2026-11-24T03:00:00Z'), aHandledAnswer(9, 1, '2026-11-23T03:00:00Z')];
    expect(viewOf(1, ...answers, aSentLetter(1))).toMatchObject({ decidedBy: uuid(9), decidedAt: '2026-11-23T03:00:00.000Z' });
  });
});

describe('the messages of a case', () => {
  const ids = (...rows: MessageRow[]) => messageViews(rows).map(({ messageId }) => messageId);

  test('come in order of time, by this side’s own clock, and of one moment in order of sequence', () => {
    const early = aSentLetter(5, {}, { sequence: 1, time: '2026-11-20T00:00:00.000Z' });
    // Its sender’s clock goes two hours fast.
    const between = aHandledAnswer(6, 5, '2026-11-20T00:30:00Z', { time: '2026-11-20T02:30:00.000Z' });
    const [second, third] = [aSentLetter(3, {}, { sequence: 2 }), aSentLetter(2, {}, { sequence: 3 })];
    expect(ids(third, between, second, early)).toEqual([uuid(5), uuid(6), uuid(3), uuid(2)]);
  });

  test('show a moment that was signed with an offset in UTC', () => {
    expect(viewOf(1, aHandledLetter(1, {}, { time: '2026-11-20T08:59:59+08:00' }))?.acceptedAt).toBe('2026-11-20T00:59:59.000Z');
  });

  test('F4 show nothing of the document', () => {
    const letter = aHandledLetter(1, { openedAt: OPENED });
    expect(letter.body).toContain(PERSON.idNumber);
    const [view] = messageViews([letter]);
    expect(MessageView.parse(view)).toEqual(view);
    for (const value of Object.values(PERSON)) expect(JSON.stringify(view)).not.toContain(value);
  });
});
