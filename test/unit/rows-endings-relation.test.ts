import { describe, expect, test } from 'vitest';
import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { RelationState } from '../../schemas/codes.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import type { CaseStatus } from '../../schemas/procedures.ts';
import { contextOf, messageFrom, move, opening, refusalOf, uuid } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { applyBody, eventsOf, lettered, openBody, Road, refusedWith, roadTo, SUSPENDED, voucherBody, WAYS } from '../support/roads.ts';

const vouchered = () => roadTo('2016.2', 'transferIn', 'voucher-received');
const remind = (road: Road, side: 'transferIn' | 'transferOut' = 'transferIn') => road.by(side, { name: 'remind', entry: {} });

describe('relation at transferOut (B7)', () => {
  // S94 4: suspended with the voucher; S94 6.1: terminated when transferOut finishes it; S21: suspended until the completion, then terminated.
  const STATES: Record<'2016.2' | '2021.1', Partial<Record<CaseStatus, RelationState>>> = {
    '2016.2': {
      'voucher-sent': 'suspended',
      'letter-received': 'transferring',
      'relation-terminated': 'terminated',
      'account-settled': 'terminated',
      'transferred-out': 'terminated',
      closed: 'terminated',
      refused: 'suspended',
      withdrawn: 'suspended',
      forwarded: 'suspended',
      'closed-by-agreement': 'suspended',
    },
    '2021.1': {
      requested: 'suspended',
      'request-received': 'suspended',
      accepted: 'suspended',
      'account-settled': 'suspended',
      'transferred-out': 'suspended',
      closed: 'terminated',
      ineligible: 'suspended',
      refused: 'suspended',
      withdrawn: 'suspended',
      'closed-by-agreement': 'suspended',
    },
  };
  const ROWS = (['2016.2', '2021.1'] as const).flatMap((procedure) =>
    Object.keys(WAYS[procedure].transferOut).map((status) => ({ procedure, status: status as CaseStatus })),
  );
  test.each(ROWS)('$procedure $status', ({ procedure, status }) => {
    expect(roadTo(procedure, 'transferOut', status).here.relation).toBe(STATES[procedure][status]);
  });

  test('2016: terminated exactly once, and never again (B7)', () => {
    const road = lettered().terminate();
    const again = () => road.out({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts: SUSPENDED });
    expect(refusedWith(again)?.[0]).toBe('case.wrong-state');
    road.remit().table().settle().money().credit().complete().settle();
    expect(refusedWith(again)?.[0]).toBe('case.wrong-state');
    expect(eventsOf(road, 'transferOut', 'relation-terminated')).toHaveLength(1);
  });

  test('2021: the completion alone terminates it, no clerk does (B7)', () => {
    const road = roadTo('2021.1', 'transferOut', 'transferred-out');
    expect(refusedWith(() => road.out({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts: SUSPENDED }))?.[0]).toBe(
      'case.wrong-state',
    );
    road.complete();
    expect(road.here.relation).toBe('suspended');
    road.settle();
    expect([road.here.relation, road.here.status]).toEqual(['terminated', 'closed']);
  });
});

describe.each(['2016.2', '2021.1'] as const)('%s: the completion notice closes the other side (B16)', (procedure) => {
  const completed = () => {
    const road = roadTo(procedure, 'transferIn', 'ready-to-complete');
    return (procedure === '2016.2' ? road.credit() : road).complete();
  };

  test('by itself (B16)', () => {
    const road = completed().settle();
    expect([road.there.status, road.here.status, road.here.completion]).toEqual(['completed', 'closed', road.there.completion]);
    expect(road.exchange.entries(CHENGDU, road.caseNumber).at(-1)?.command).toBe('receive-completion');
  });

  test('not known to be closed after five working days, an alert is due on the sixth (B16)', () => {
    const road = completed();
    expect(road.there.clocks['counterpart-closure']).toEqual({ owner: CHENGDU, startedOn: '2026-03-02', dueOn: '2026-03-09' });
    const clocks = eventsOf(road, 'transferIn', 'clock-started').map(({ clock }) => clock);
    const clock = clocks.find(({ name }) => name === 'counterpart-closure');
    expect(clock).toMatchObject({ days: 5, alerts: [{ level: 'overdue-1', at: '2026-03-09T16:00:00.000Z' }] });
  });

  test('the receipt of the notice ends that watch (B16)', () => {
    const road = completed();
    road.exchange.deliver(0);
    const arrivedAt = road.exchange.now;
    road.settle();
    expect(road.there.clocks['counterpart-closure']?.stoppedAt).toBe(arrivedAt);
  });
});

describe('a reminder (B3, B5)', () => {
  test('names the date that the other side owes, by its own clock', () => {
    const road = remind(lettered());
    expect(eventsOf(road, 'transferIn', 'reminded')[0]?.reminder).toEqual({ dueOn: '2026-03-23' });
    const clocks = road.here.clocks;
    road.settle();
    expect(eventsOf(road, 'transferOut', 'reminder-received')[0]?.reminder).toEqual({ dueOn: '2026-03-23' });
    expect(road.here.clocks).toEqual(clocks);
  });

  test('goes out once a day, by China’s calendar', () => {
    const road = remind(lettered());
    const until = (time: string) => road.exchange.advance(Date.parse(`2026-03-02T${time}.000Z`) - Date.parse(road.exchange.now));
    until('15:59:59');
    expect(refusedWith(() => remind(road))).toEqual(['case.pending', 'reminder reminded_today']);
    until('16:00:00');
    expect(refusedWith(() => remind(road))).toBeUndefined();
  });

  const OWED: [string, 'transferIn' | 'transferOut', () => Road, boolean][] = [
    ['the table', 'transferIn', lettered, true],
    ['the verdict', 'transferIn', () => roadTo('2021.1', 'transferIn', 'requested'), true],
    ['the verdict', 'transferOut', () => roadTo('2021.1', 'transferOut', 'requested'), true],
    ['the table', 'transferIn', () => roadTo('2021.1', 'transferIn', 'accepted'), true],
    ['the completion', 'transferOut', () => roadTo('2016.2', 'transferOut', 'transferred-out'), true],
    ['the completion', 'transferOut', () => roadTo('2021.1', 'transferOut', 'transferred-out'), true],
    [
      'an answer about the table',
      'transferIn',
      () => roadTo('2016.2', 'transferIn', 'ready-to-complete').ask('transferIn', 'information-table'),
      true,
    ],
    [
      'an answer about the table',
      'transferIn',
      () => roadTo('2021.1', 'transferIn', 'ready-to-complete').ask('transferIn', 'information-table'),
      true,
    ],
    ['an answer about the letter', 'transferOut', () => lettered().ask('transferOut', 'liaison-letter'), true],
    ['an answer to a proposal', 'transferOut', () => lettered().terminate().propose('transferOut'), true],
    ['nothing: the letter waits here', 'transferOut', lettered, false],
    ['nothing: the verdict is ours', 'transferIn', () => roadTo('2021.1', 'transferIn', 'request-received'), false],
    ['nothing: all is in', 'transferIn', () => roadTo('2016.2', 'transferIn', 'ready-to-complete'), false],
    ['nothing: money and table are ours to send', 'transferOut', () => roadTo('2021.1', 'transferOut', 'accepted'), false],
    ['nothing: no letter yet', 'transferIn', () => roadTo('2016.2', 'transferIn', 'accepted'), false],
    ['nothing any more', 'transferIn', () => roadTo('2016.2', 'transferIn', 'completed'), false],
  ];
  test.each(OWED)('owed is %s, at %s (%#)', (_, side, way, owed) => {
    expect(refusedWith(() => remind(way(), side))?.[0]).toBe(owed ? undefined : 'case.wrong-state');
  });

  test('the table alone is not all: the word on the balance is owed still', () => {
    const { table } = roadTo('2016.2', 'transferIn', 'ready-to-complete').there;
    const { there } = lettered();
    const context = contextOf(HANGZHOU, { actor: messageFrom(CHENGDU), caseNumber: there.caseNumber });
    const arrives = { name: 'receive-table', table, messageId: uuid(70), sequence: 1, sentAt: context.occurredAt } as Command;
    const { state } = move(there, { command: arrives, context });
    expect(refusalOf(state, { name: 'remind', entry: {} }, contextOf(HANGZHOU, { caseNumber: there.caseNumber }))).toBeUndefined();
  });
});

describe('the voucher’s data pass between the offices (B24)', () => {
  test('both sides have the same voucher, and the person applies without one (B24)', () => {
    const road = vouchered();
    expect(road.there.voucher).toEqual(road.here.voucher);
    expect([road.there.status, road.here.status, road.caseNumber.slice(0, 6)]).toEqual(['voucher-received', 'voucher-sent', CHENGDU]);
    const { name: _, ...body } = applyBody();
    road
      .in({ ...applyBody(), materials: ['id-card', 'application-form'] })
      .accept()
      .letter()
      .settle();
    expect(road.there.letter).toMatchObject({
      voucherNumber: '（川）（成都市）（2026）第 000123 号',
      formerScheme: '310',
      person: road.here.person,
    });
    expect([road.here.status, road.here.relation]).toEqual(['letter-received', 'transferring']);
    const withVoucher = { application: { ...body.application, voucher: applicationBody(1).voucher } };
    expect(COMMAND_BODIES.apply.safeParse(withVoucher).error?.issues.map(({ path }) => path)).toEqual([['application']]);
  });

  test('the hand-over on it goes to its end (B24)', () => {
    const road = vouchered()
      .in(applyBody())
      .accept()
      .letter()
      .settle()
      .terminate()
      .remit()
      .table()
      .settle()
      .money()
      .credit()
      .complete()
      .settle();
    expect([road.there.status, road.here.status, road.exchange.refused]).toEqual(['completed', 'closed', []]);
  });

  test('a region that speaks the first version alone cannot take it: the person carries it (B24, E9)', () => {
    const exchange = new PureExchange({ family: '2016' });
    exchange.restate(HANGZHOU, { procedures: ['2016.1'] });
    expect(refusedWith(() => exchange.begin(CHENGDU, voucherBody()))).toEqual(['case.other-procedure', 'newRegion version']);
    expect(Road.begin('2016', 'transferIn', openBody(), exchange).there.procedure).toBe('2016.1');
  });

  test.each([
    [{ newRegion: CHENGDU }, 'newRegion contradiction'],
    [{ voucher: { ...voucherBody().voucher, participationRegion: HANGZHOU } }, 'voucher.participationRegion contradiction'],
    [{ voucher: { ...voucherBody().voucher, issuedOn: '2026-03-03' } }, 'voucher.issuedOn contradiction'],
  ])('a voucher that cannot be this office’s own for another region is refused by field (%#) (B24)', (said, field) => {
    const command = { ...voucherBody(), ...said } as CommandOf<'send-voucher'>;
    expect(refusedWith(() => new PureExchange({ family: '2016' }).begin(CHENGDU, command))).toEqual(['case.inconsistent', field]);
  });

  test('nobody sends another region’s voucher (B24)', () => {
    const { caseNumber, voucher } = vouchered().here;
    const context = contextOf(HANGZHOU, { caseNumber, actor: messageFrom('420100' as never) });
    const arrives = {
      name: 'receive-voucher',
      voucher,
      ...opening('2016.2'),
      messageId: uuid(70),
      sequence: 1,
      sentAt: context.occurredAt,
    } as Command;
    expect(refusalOf(undefined, arrives, context)).toEqual(['message.wrong-party', 'data.participationRegion wrong_party']);
  });

  test('the letter on a voucher is about the voucher’s person (B24)', () => {
    const road = vouchered();
    const { letter } = lettered().here;
    const context = contextOf(CHENGDU, { caseNumber: road.caseNumber, actor: messageFrom(HANGZHOU) });
    const arrives = (said: object) =>
      ({
        name: 'receive-letter',
        letter: { ...letter, ...said },
        ...opening('2016.2'),
        messageId: uuid(70),
        sequence: 1,
        sentAt: context.occurredAt,
      }) as Command;
    expect(refusalOf(road.here, arrives({ person: openBody(2).application.person }), context)).toEqual([
      'message.wrong-party',
      'data.from.region wrong_party',
    ]);
    expect(refusalOf(road.here, arrives({}), context)).toBeUndefined();
  });

  test('an application that was open first stays, and the voucher’s case ends at both sides, naming it (A10, B24)', () => {
    const exchange = new PureExchange({ family: '2016' });
    const personHash = PersonHash.parse(sha256(person(1).idNumber));
    const first = Road.begin('2016', 'transferIn', { ...openBody(), personHash }, exchange);
    const road = Road.begin('2016', 'transferOut', voucherBody(), exchange).settle();
    expect([road.there.status, road.here.status, first.there.status]).toEqual(['withdrawn', 'withdrawn', 'opened']);
    expect(eventsOf(road, 'transferOut', 'withdrawal-received')[0]?.withdrawal.reason).toContain(first.caseNumber);
    expect(exchange.refused).toEqual([]);
  });
});
