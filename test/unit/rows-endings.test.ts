import { describe, expect, test } from 'vitest';
import { caseRow } from '../../functions/cases/rows.ts';
import { Side } from '../../schemas/codes.ts';
import { WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { accepted, applyBody, eventsOf, lettered, openBody, passDays, type Road, refusedWith, roadTo } from '../support/roads.ts';

const NO_INBOX = { inboxUrl: undefined };
const atWuhan = (road: Road): Road => Object.assign(road, { outRegion: WUHAN });
/** Wuhan has the letter that Chengdu forwarded on the second day after it came. */
const forwarded = (): Road => atWuhan(passDays(lettered(), 2).forward().settle());
const listed = (road: Road, side: Side) => caseRow(road.state(side)).workOffice;

describe('not eligible: transferIn is told (B4)', () => {
  const refused = () =>
    passDays(lettered(), 3).out({
      name: 'refuse',
      entry: { reasons: [{ code: 'no-relation', note: '查无此人' }, { code: 'data-mismatch' }] },
    });

  test('with code and citation for each reason, at both sides (B4)', () => {
    const road = refused().settle();
    const reasons = [
      { code: 'no-relation', article: '人社厅发〔2016〕94号第六条', note: '查无此人' },
      { code: 'data-mismatch', article: '人社厅发〔2016〕94号第六条' },
    ];
    expect([road.there.ineligible, road.here.ineligible]).toEqual([reasons, reasons]);
    expect(eventsOf(road, 'transferOut', 'ineligibility-sent')[0]?.notice).toMatchObject({
      letterNumber: road.there.letter?.number,
      decidedOn: '2026-03-05',
    });
  });

  test('the clock of transferOut stops at the same second on both sides (B4)', () => {
    const road = refused();
    const decidedAt = road.exchange.now;
    road.settle();
    expect([road.here.clocks['transfer-out']?.stoppedAt, road.there.clocks['transfer-out']?.stoppedAt]).toEqual([decidedAt, decidedAt]);
  });

  test('the task is transferIn’s again until the applicant was told, and transferOut has none (B4)', () => {
    const road = refused().settle();
    expect([road.there.status, listed(road, 'transferIn'), listed(road, 'transferOut')]).toEqual(['ineligible', '33010001', undefined]);
    road.notify('transferIn');
    expect([road.there.status, listed(road, 'transferIn')]).toEqual(['refused', undefined]);
  });

  test('the relation is as it was before the letter: suspended, never terminated (B4, B7)', () => {
    const road = refused();
    expect([lettered().here.relation, road.here.relation, road.here.terminatedOn]).toEqual(['transferring', 'suspended', undefined]);
    expect(refusedWith(road.terminate)?.[0]).toBe('case.wrong-state');
  });

  test('the person may apply again before he was told (A10, B4)', () => {
    const road = refused().settle();
    expect(refusedWith(() => road.exchange.begin(HANGZHOU, openBody()))).toBeUndefined();
  });

  test('once the relation was terminated it is too late to refuse (B4, B7)', () => {
    expect(refusedWith(lettered().terminate().refuse)?.[0]).toBe('case.wrong-state');
  });
});

describe('withdraw, or close by agreement (B5)', () => {
  test.each(['opened', 'accepted'] as const)('%s: transferOut knows of nothing, so it ends at once (B5)', (status) => {
    const road = roadTo('2016.2', 'transferIn', status).withdraw();
    expect([road.there.status, road.exchange.inFlight]).toEqual(['withdrawn', []]);
  });

  const IN_TIME: [string, () => Road][] = [
    ['2016.2, voucher', () => roadTo('2016.2', 'transferIn', 'voucher-received')],
    ['2016.2, application on it', () => roadTo('2016.2', 'transferIn', 'voucher-received').in(applyBody())],
    ['2016.2, letter', lettered],
    ['2021.1, request', () => roadTo('2021.1', 'transferIn', 'requested')],
    ['2021.1, accepted', accepted],
  ];
  test.each(IN_TIME)('%s: transferOut grants it, the relation stays suspended, no clock runs (B5, B7)', (_, way) => {
    const road = way().withdraw();
    expect(road.there.status).not.toBe('withdrawn');
    road.settle();
    expect([road.there.status, road.here.status, road.here.relation]).toEqual(['withdrawn', 'withdrawn', 'suspended']);
    for (const state of [road.there, road.here]) expect(Object.values(state.clocks).filter(({ stoppedAt }) => !stoppedAt)).toEqual([]);
    expect(road.exchange.refused).toEqual([]);
  });

  test('terminated before the withdrawal came: refused, and the hand-over goes on (B5)', () => {
    const road = lettered().withdraw();
    road.terminate().settle();
    expect([road.there.status, road.there.withdrawal, road.here.status]).toEqual(['letter-sent', undefined, 'relation-terminated']);
    expect(eventsOf(road, 'transferIn', 'withdrawal-answer-received')[0]?.answer.granted).toBe(false);
    road.remit().table().settle().money().credit().complete().settle();
    expect([road.there.status, road.here.status]).toEqual(['completed', 'closed']);
  });

  test('the withdrawal came before the termination was approved: it is granted, and nothing can be approved (B5, F2)', () => {
    const road = lettered().withdraw();
    road.settle();
    expect([road.here.status, road.here.termination, refusedWith(road.terminate)?.[0]]).toEqual([
      'withdrawn',
      undefined,
      'case.wrong-state',
    ]);
  });

  test('afterwards one side alone cannot (B5)', () => {
    const road = roadTo('2016.2', 'transferIn', 'ready-to-complete');
    expect(refusedWith(road.withdraw)?.[0]).toBe('case.wrong-state');
    road
      .out({ name: 'propose-closure', proposal: { reason: '双方协商', money: '原路退回' } })
      .settle()
      .answer('transferIn', false)
      .settle();
    expect([road.there.closure, road.here.closure, road.here.status]).toEqual([undefined, undefined, 'transferred-out']);
    expect(road.credit().complete().settle().here.status).toBe('closed');
  });

  const OPEN: [string, () => Road][] = [
    ['terminated', () => lettered().terminate()],
    ['transferred out', () => roadTo('2016.2', 'transferOut', 'transferred-out')],
    ['2021, money gone', () => roadTo('2021.1', 'transferOut', 'account-settled')],
  ];
  test.each(OPEN.flatMap((one) => Side.options.map((side) => [...one, side] as const)))(
    '%s: both sides agree, %s… proposed by %s (B5, B7)',
    (_, way, side) => {
      const road = way().propose(side).settle();
      road.answer(side === 'transferIn' ? 'transferOut' : 'transferIn', true).settle();
      expect([road.there.status, road.here.status]).toEqual(['closed-by-agreement', 'closed-by-agreement']);
      expect([road.here.relation, road.here.terminatedOn]).toEqual(['suspended', undefined]);
      for (const state of [road.there, road.here]) expect(Object.values(state.clocks).filter(({ stoppedAt }) => !stoppedAt)).toEqual([]);
    },
  );

  test('both propose at the same time: that is agreement (B5)', () => {
    const road = lettered().terminate().propose('transferIn').propose('transferOut').settle();
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['closed-by-agreement', 'closed-by-agreement', []]);
  });

  test('who has withdrawn waits for that answer before he answers a proposal, so that both sides end alike (B5)', () => {
    const road = lettered().withdraw().propose('transferOut');
    road.exchange.deliver(1);
    expect(refusedWith(() => road.answer('transferIn', true))).toEqual(['case.pending', 'withdrawal waiting']);
    road.settle();
    expect([road.there.status, road.here.status]).toEqual(['withdrawn', 'withdrawn']);
  });

  test('money that was remitted goes back, and the proposal says how (B5)', () => {
    const road = lettered().terminate().remit().settle();
    for (const side of Side.options) {
      const propose = () => road.by(side, { name: 'propose-closure', proposal: { reason: '双方协商' } });
      expect(refusedWith(propose)).toEqual(['case.inconsistent', 'money missing']);
    }
  });
});

describe('a letter that reached the wrong office is forwarded (B6)', () => {
  test('it keeps its number, its history and the first receipt (B6)', () => {
    const first = lettered();
    const { letter: sent, versions } = first.there;
    const receivedAt = first.here.times['letter-received'];
    const road = atWuhan(first.forward().settle());
    const hops = [{ region: CHENGDU, messageId: versions?.['liaison-letter'], receivedAt }];
    for (const state of [road.there, road.here]) {
      expect(state.letter).toEqual({ ...sent, to: { region: WUHAN, office: '42010001', name: expect.any(String) }, forwardedFrom: hops });
    }
    expect(road.exchange.state(CHENGDU, road.caseNumber)).toMatchObject({ status: 'forwarded', forwardedTo: WUHAN });
    expect([road.there.counterpart, road.there.formerCounterparts]).toEqual([WUHAN, [CHENGDU]]);
    expect(eventsOf(road, 'transferIn', 'letter-sent')).toHaveLength(2);
  });

  test('the old clock stops, and that of the region that holds the relation starts with its receipt, as a second run (B6)', () => {
    const road = passDays(lettered(), 2).forward();
    const stoppedAt = road.exchange.now;
    atWuhan(road.settle());
    expect(eventsOf(road, 'transferIn', 'clock-stopped').at(-1)).toMatchObject({ clock: 'transfer-out', stoppedAt });
    const clock = { owner: WUHAN, startedOn: '2026-03-04', dueOn: '2026-03-25' };
    expect([road.there.clocks['transfer-out'], road.here.clocks['transfer-out']]).toEqual([clock, clock]);
    expect(eventsOf(road, 'transferIn', 'clock-started').at(-1)?.clock).toMatchObject({ name: 'transfer-out', run: 2 });
    expect(road.exchange.state(CHENGDU, road.caseNumber)?.clocks['transfer-out']?.stoppedAt).toBe(stoppedAt);
  });

  test('the hand-over goes on from there to its end (B6)', () => {
    const road = forwarded().terminate().remit().table().settle().money().credit().complete().settle();
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['completed', 'closed', []]);
  });

  test('what the wrong office was asked and did not answer holds nothing up (B6, B9)', () => {
    const road = lettered().ask('transferIn', 'coverage-voucher');
    atWuhan(road.propose('transferIn').forward().settle());
    expect([road.there.closure, road.there.queries]).toEqual([undefined, []]);
    road.terminate().remit().table().settle().money().credit().complete().settle();
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['completed', 'closed', []]);
  });

  test('the new office can be asked about everything (B6, B9)', () => {
    const road = forwarded().ask('transferIn', 'coverage-voucher').settle();
    expect([road.query('transferOut').about, road.exchange.refused]).toEqual(['coverage-voucher', []]);
  });

  test.each([
    ['the region that holds it', CHENGDU, {}, ['case.inconsistent', 'region had_before']],
    ['transferIn', HANGZHOU, {}, ['case.inconsistent', 'region had_before']],
    ['a region nobody knows', '999999', {}, ['recipient.unknown', 'region unknown']],
    ['one without an inbox', WUHAN, NO_INBOX, ['recipient.not-connected', 'region not_connected']],
    ['one that does not speak the procedure', WUHAN, { procedures: ['2016.1'] as never }, ['recipient.not-connected', 'region version']],
  ])('not to %s (B6)', (_, region, said, expected) => {
    const road = lettered();
    road.exchange.restate(WUHAN, said);
    expect(refusedWith(() => road.forward(region as never))).toEqual(expected);
    expect(refusedWith(() => forwarded().forward(CHENGDU))).toEqual(['case.inconsistent', 'region had_before']);
  });

  test.each([NO_INBOX, { procedures: ['2016.1'] as never }])(
    'the region cannot take it by then: the applicant is told (%#) (B6, A9)',
    (said) => {
      const road = lettered().forward();
      road.exchange.restate(WUHAN, said);
      road.settle();
      expect([road.there.status, road.there.ineligible?.map(({ code }) => code)]).toEqual(['ineligible', ['forward-failed']]);
      expect(road.there.clocks['tell-applicant']?.dueOn).toBe('2026-03-02');
      expect(road.notify('transferIn').there.status).toBe('refused');
    },
  );

  test('a withdrawal that was under way follows the letter (B5, B6)', () => {
    const road = atWuhan(lettered().withdraw().forward().settle());
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['withdrawn', 'withdrawn', []]);
  });
});
