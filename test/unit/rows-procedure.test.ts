import { describe, expect, test } from 'vitest';
import { chooseProcedure } from '../../functions/cases/procedures/choose.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { Side } from '../../schemas/codes.ts';
import type { Region } from '../../schemas/directory.ts';
import type { ProcedureId, ProcedureReason } from '../../schemas/procedures.ts';
import { contextOf, messageFrom, money, move, uuid } from '../support/cases.ts';
import { aRegion } from '../support/directory.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { accepted, eventsOf, lettered, openBody, passDays, Road, refusedWith, requestBody, roadTo } from '../support/roads.ts';

const ALL: ProcedureId[] = ['2016.1', '2016.2', '2021.1'];
const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
const since = (exchange: PureExchange, onlineSince: string | undefined) => {
  for (const code of [HANGZHOU, CHENGDU]) exchange.restate(code, { onlineSince: onlineSince as never });
};

describe('which procedure a case follows (B21)', () => {
  type Said = { procedures?: ProcedureId[]; onlineSince?: string };
  const online: Said = { procedures: ALL, onlineSince: '2021-11-01' };
  const offline: Said = { procedures: ALL };
  const region = (said: Said): Region => aRegion(said);
  const TABLE: [today: string, own: Said, counterpart: Said, ProcedureId, ProcedureReason][] = [
    ['2021-11-30', online, online, '2016.2', 'before-2021-12'],
    ['2021-12-01', online, online, '2021.1', 'both-online'],
    ['2026-03-02', online, online, '2021.1', 'both-online'],
    ['2026-03-02', offline, online, '2016.2', 'own-not-online'],
    ['2026-03-02', online, offline, '2016.2', 'counterpart-not-online'],
    ['2026-03-02', offline, offline, '2016.2', 'own-not-online'],
    ['2026-03-02', { ...online, onlineSince: '2026-03-02' }, online, '2021.1', 'both-online'],
    ['2026-03-02', { ...online, onlineSince: '2026-03-03' }, online, '2016.2', 'own-not-online'],
    ['2026-03-02', online, { ...online, onlineSince: '2026-03-03' }, '2016.2', 'counterpart-not-online'],
    ['2026-03-02', online, { ...online, procedures: ['2016.1', '2016.2'] }, '2016.2', 'counterpart-version'],
    ['2026-03-02', { ...online, procedures: ['2016.1', '2016.2'] }, online, '2016.2', 'counterpart-version'],
    ['2026-03-02', online, { onlineSince: '2021-12-01' }, '2016.1', 'counterpart-version'],
    ['2026-03-02', online, {}, '2016.1', 'counterpart-not-online'],
    ['2026-03-02', {}, offline, '2016.1', 'own-not-online'],
    ['2021-11-30', {}, {}, '2016.1', 'before-2021-12'],
  ];
  test.each(TABLE)('%s: %o and %o', (today, own, counterpart, procedure, reason) => {
    expect(chooseProcedure(today as never, region(own), region(counterpart))).toEqual({ procedure, reason });
  });

  test('it is shown with its reason (B21)', () => {
    expect(roadTo('2016.2', 'transferIn', 'opened').there).toMatchObject({ procedure: '2016.2', procedureReason: 'own-not-online' });
    for (const side of Side.options) {
      expect(roadTo('2021.1', side, 'requested').state(side)).toMatchObject({ procedure: '2021.1', procedureReason: 'both-online' });
    }
  });

  test('2016: the acceptance is refused once the other procedure applies, naming it (B21)', () => {
    const road = roadTo('2016.2', 'transferIn', 'opened');
    since(road.exchange, '2026-03-02');
    expect(refusedWith(road.accept)).toEqual(['case.other-procedure', 'procedure other_procedure']);
    expect(road.accept).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ reason: expect.stringContaining('2021.1') })] }),
    );
    // Not stuck: the application ends here, and the person is entered anew.
    expect(road.withdraw().there.status).toBe('withdrawn');
    expect(refusedWith(() => road.exchange.begin(HANGZHOU, requestBody('transferIn')))).toBeUndefined();
  });

  test('after the acceptance it never changes, whatever the regions can do by then (B21)', () => {
    const old = roadTo('2016.2', 'transferIn', 'accepted');
    since(old.exchange, '2026-03-02');
    old.letter().settle().terminate().remit().table().settle().money().credit().complete().settle();
    expect([old.there.procedure, old.here.procedure, old.here.status]).toEqual(['2016.2', '2016.2', 'closed']);

    const young = accepted();
    since(young.exchange, undefined);
    young.remit().table().settle().complete().settle();
    expect([young.there.procedure, young.here.procedure, young.here.status]).toEqual(['2021.1', '2021.1', 'closed']);
  });
});

describe('2021: accepted when both sides have checked (D2)', () => {
  const requested = (start: string, opener: Side = 'transferIn') =>
    Road.begin('2021', opener, requestBody(opener), new PureExchange({ family: '2021', start })).settle();
  /** Accepted on the day of `at`; asked for on the day before. */
  const acceptedOn = (date: string, opener: Side = 'transferIn') =>
    passDays(requested(`${new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10)}T02:00:00.000Z`, opener), 1).verdict(
      other(opener),
    );

  test.each(Side.options)('opened at %s: at the time of the later verdict, the same second on both sides (D2)', (opener) => {
    const road = acceptedOn('2026-09-24', opener);
    const at = road.exchange.now;
    road.settle();
    expect([road.there.acceptedAt, road.here.acceptedAt, road.there.status, road.here.status]).toEqual([at, at, 'accepted', 'accepted']);
    expect(at.slice(0, 10)).toBe('2026-09-24');
  });

  test('the later verdict is the later one, whichever came last (D2)', () => {
    const { there } = requested('2026-03-02T02:00:00.000Z');
    const context = contextOf(HANGZHOU, { actor: messageFrom(CHENGDU), caseNumber: there.caseNumber });
    const verdict = { eligible: true, decidedAt: '2026-03-02T01:59:30.000Z' } as never;
    const command = { name: 'receive-verdict', verdict, messageId: uuid(70), sequence: 1, sentAt: context.occurredAt } as const;
    expect(move(there, { command, context }).state.acceptedAt).toBe('2026-03-02T02:00:00.000Z');
  });

  test('10 working days to transfer out and 15 in all, on both sides (D2)', () => {
    const road = acceptedOn('2026-09-24').settle();
    for (const { clocks } of [road.there, road.here]) {
      expect(clocks['transfer-out']).toEqual({ owner: CHENGDU, startedOn: '2026-09-24', dueOn: '2026-10-15' });
      expect(clocks.overall).toEqual({ owner: HANGZHOU, startedOn: '2026-09-24', dueOn: '2026-10-22' });
    }
    const earlier = acceptedOn('2026-09-18').settle();
    expect([earlier.there.clocks.overall?.dueOn, earlier.here.clocks.overall?.dueOn]).toEqual(['2026-10-15', '2026-10-15']);
  });

  test('5 working days to transfer in, from the table (D2)', () => {
    const road = passDays(acceptedOn('2026-04-29').settle(), 1).remit();
    expect(road.settle().there.clocks['transfer-in']).toBeUndefined();
    road.table().settle();
    const clock = { owner: HANGZHOU, startedOn: '2026-04-30', dueOn: '2026-05-11' };
    expect([road.there.clocks['transfer-in'], road.here.clocks['transfer-in']]).toEqual([clock, clock]);
  });

  test('2 working days for the verdict, on both sides from the same receipt, until it was given (D2)', () => {
    const road = requested('2026-04-30T02:00:00.000Z');
    const clock = { owner: CHENGDU, startedOn: '2026-04-30', dueOn: '2026-05-07' };
    expect([road.there.clocks.verdict, road.here.clocks.verdict]).toEqual([clock, clock]);
    road.verdict('transferOut');
    const at = road.exchange.now;
    road.settle();
    expect([road.there.clocks.verdict?.stoppedAt, road.here.clocks.verdict?.stoppedAt]).toEqual([at, at]);
  });

  test('the table ends the one, the completion the others, at the same second on both sides (D2)', () => {
    const road = passDays(acceptedOn('2026-09-24').settle(), 4).remit().table();
    const tableAt = road.exchange.now;
    passDays(road.settle(), 1).complete();
    const completedAt = road.exchange.now;
    road.settle();
    for (const { clocks } of [road.there, road.here]) {
      expect([clocks['transfer-out']?.stoppedAt, clocks['transfer-in']?.stoppedAt, clocks.overall?.stoppedAt]).toEqual([
        tableAt,
        completedAt,
        completedAt,
      ]);
    }
  });

  test('a refusal starts none of them (A9, D2)', () => {
    const road = requested('2026-03-02T02:00:00.000Z').verdict('transferOut', { participation: 'active' }).settle();
    expect([Object.keys(road.there.clocks).sort(), Object.keys(road.here.clocks)]).toEqual([['tell-applicant', 'verdict'], ['verdict']]);
  });

  test('money that has not come when the case is complete stays an open item of the work list (D2)', () => {
    const road = accepted().remit().table().settle().complete().settle();
    expect([road.there.status, caseRow(road.there).workOffice, caseRow(road.here).workOffice]).toEqual([
      'completed',
      '33010001',
      undefined,
    ]);
    road.money();
    expect([road.there.status, road.there.money?.amountFen, caseRow(road.there).workOffice]).toEqual(['completed', 1_234_567, '33010001']);
    // Money that is here and not on the account is one too.
    expect(caseRow(road.credit().there).workOffice).toBeUndefined();
  });

  test('money that is not as advised can be asked about after the completion, and comes in by the corrected advice (B9, D2)', () => {
    const road = accepted().remit().table().settle().complete().settle();
    const came = money({ amountFen: 1_234_500 }) as never;
    const confirm = () => road.in({ name: 'confirm-money', money: came });
    expect(refusedWith(confirm)).toEqual(['case.inconsistent', 'amountFen amount_mismatch']);
    road.ask('transferIn', 'remittance-advice', ['amountFen']).settle();
    expect([road.here.status, caseRow(road.here).workOffice]).toEqual(['closed', '51010001']);
    road.proposeRemittance({ amountFen: 1_234_500 }).approveRemittance().settle();
    expect(refusedWith(confirm)).toBeUndefined();
    expect([caseRow(road.there).workOffice, caseRow(road.here).workOffice, road.exchange.refused]).toEqual(['33010001', undefined, []]);
    expect(refusedWith(() => road.ask('transferIn', 'remittance-advice'))).toEqual(['case.inconsistent', 'about no_such_document']);
  });

  test('the table that announced another sum is corrected after the completion, and then the money is credited (B9, B13, D2)', () => {
    const road = accepted().remit().table().settle().complete().settle().ask('transferIn', 'remittance-advice', ['amountFen']).settle();
    road.proposeRemittance({ amountFen: 1_234_500 }).approveRemittance().settle();
    road.in({ name: 'confirm-money', money: money({ amountFen: 1_234_500 }) as never });
    expect(refusedWith(road.credit)).toEqual(['case.not-reconciled', 'reconciliation.transferred.advice amount_mismatch']);
    road.ask('transferIn', 'information-table', ['transferredFen']).settle();
    expect([road.here.status, caseRow(road.here).workOffice]).toEqual(['closed', '51010001']);
    road.table({ balanceFen: 1_234_500 }).settle();
    expect([road.there.table?.transferredFen, road.there.status, road.here.status]).toEqual([1_234_500, 'completed', 'closed']);
    expect(road.credit().there.credit?.amountFen).toBe(1_234_500);
    expect([caseRow(road.there).workOffice, caseRow(road.here).workOffice, road.exchange.refused]).toEqual([undefined, undefined, []]);
    expect(refusedWith(() => road.ask('transferIn', 'information-table'))).toEqual(['case.wrong-state', 'versions nothing']);
  });

  test('also where the table alone tells of it; not where nothing is to come (D2)', () => {
    const { advice: _, ...unadvised } = roadTo('2021.1', 'transferIn', 'completed').there;
    expect(caseRow(unadvised).workOffice).toBe('33010001');
    const none = accepted().notRemit().table().settle().complete().settle().there;
    expect([none.status, caseRow(none).workOffice]).toEqual(['completed', undefined]);
  });
});

describe('2016: three clocks of 15 working days (D1)', () => {
  const begun = (start: string) => Road.begin('2016', 'transferIn', openBody(), new PureExchange({ family: '2016', start }));

  test('send-letter from the acceptance, transfer-out from the receipt, on both sides (D1, B2)', () => {
    const road = begun('2026-02-13T02:00:00.000Z').accept();
    expect(road.there.clocks['send-letter']).toEqual({ owner: HANGZHOU, startedOn: '2026-02-13', dueOn: '2026-03-12' });
    passDays(road, 4).letter();
    const sentAt = road.exchange.now;
    road.settle();
    expect(road.there.clocks['send-letter']?.stoppedAt).toBe(sentAt);
    const clock = { owner: CHENGDU, startedOn: '2026-02-17', dueOn: '2026-03-13' };
    expect([road.there.clocks['transfer-out'], road.here.clocks['transfer-out']]).toEqual([clock, clock]);
  });

  const letterOn = (date: string) => begun(`${date}T02:00:00.000Z`).accept().letter().settle();
  test('complete from the later of table and money: the money, by the bank’s value date (D1)', () => {
    const road = letterOn('2026-09-15').terminate().remit().table().settle();
    expect(road.there.clocks.complete).toBeUndefined();
    passDays(road, 5).in({ name: 'confirm-money', money: money({ valueDate: '2026-09-18' }) as never });
    expect(road.there.clocks.complete).toEqual({ owner: HANGZHOU, startedOn: '2026-09-18', dueOn: '2026-10-15' });
  });

  test('or the table, where the money was there before (D1)', () => {
    const road = letterOn('2026-09-15')
      .terminate()
      .remit()
      .settle()
      .in({ name: 'confirm-money', money: money({ valueDate: '2026-09-15' }) as never });
    passDays(road, 3).table().settle();
    expect(road.there.clocks.complete).toEqual({ owner: HANGZHOU, startedOn: '2026-09-18', dueOn: '2026-10-15' });
  });

  test('or the table, where no money comes; then both sides count the same (D1, B11)', () => {
    const road = passDays(
      letterOn('2026-09-15')
        .terminate()
        .out({ name: 'not-remit', entry: { reason: 'zero-balance' } })
        .settle(),
      3,
    );
    road.table({ balanceFen: 0 }).settle();
    const clock = { owner: HANGZHOU, startedOn: '2026-09-18', dueOn: '2026-10-15' };
    expect([road.there.clocks.complete, road.here.clocks.complete]).toEqual([clock, clock]);
  });

  test('every clock is stopped at the end, and its owner named (D1)', () => {
    const road = lettered().terminate().remit().table().settle().money().credit().complete().settle().tell('transferIn', 'completed');
    for (const { clocks } of [road.there, road.here])
      expect(Object.values(clocks).filter(({ stoppedAt }) => stoppedAt === undefined)).toEqual([]);
    const names = [...eventsOf(road, 'transferIn', 'clock-started'), ...eventsOf(road, 'transferOut', 'clock-started')].map(
      ({ clock }) => `${clock.name} ${clock.owner} ${clock.days}`,
    );
    expect([...new Set(names)].sort()).toEqual([
      'complete 330100 15',
      'counterpart-closure 510100 5',
      'send-letter 330100 15',
      'tell-result 330100 0',
      'transfer-out 510100 15',
    ]);
  });
});
