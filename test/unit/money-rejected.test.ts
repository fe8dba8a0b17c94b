import { describe, expect, test } from 'vitest';
import { clockChanges } from '../../functions/cases/rows.ts';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import type { Actor, TransferInCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import { caseApi, caseStoreInMemory } from '../support/case-api.ts';
import { contextOf, money, refusalOf } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { accepted, eventsOf, lettered, passDays, type Road, refusedWith, roadTo } from '../support/roads.ts';

/** Four eyes that see an error can undo it before the credit (B12, B13, F2). */

const REASON = '附言为另一参保人';
const reject = (road: Road, person = 'two', role: Role = 'clerk') => road.in({ name: 'reject-money', reason: REASON }, { person, role });
const NOTHING = ['case.wrong-state', 'money nothing'];
const complete = (road: Road) =>
  road.exchange
    .entries(HANGZHOU, road.caseNumber)
    .flatMap(({ events }) => events)
    .flatMap((event) => {
      if (event.type === 'clock-started' && event.clock.name === 'complete')
        return [['started', event.clock.startedOn, event.clock.startEvent, event.clock.run]];
      return event.type === 'clock-stopped' && event.clock === 'complete' ? [['stopped', event.run, event.late]] : [];
    });

describe('2016.2: money that is rejected', () => {
  test('leaves the case as before it came: it awaits money, and says who rejected it and why (B12)', () => {
    const { money: _, moneyFrom: __, ...before } = roadTo('2016.2', 'transferIn', 'ready-to-complete').there;
    const road = reject(roadTo('2016.2', 'transferIn', 'ready-to-complete'));
    expect([road.there.status, road.there.money, road.there.moneyFrom]).toEqual(['letter-sent', undefined, undefined]);
    expect(road.there.times['money-received']).toBeUndefined();
    expect(road.there.advice).toEqual(before.advice);
    expect(eventsOf(road, 'transferIn', 'money-rejected')).toEqual([{ type: 'money-rejected', reason: REASON, by: `${HANGZHOU}-two` }]);
    const entries = road.exchange.entries(HANGZHOU, road.caseNumber);
    expect(readChain(entries, road.there.hash).brokenAt).toBeUndefined();
    expect(stateAt(entries, road.exchange.now)).toEqual(road.there);
  });

  test('stops the clock that it started, late for nobody; the next money starts another run of it (D1)', () => {
    // Confirmed on Monday 2 March; the 15 working days are long over when the error is seen.
    const road = reject(passDays(roadTo('2016.2', 'transferIn', 'ready-to-complete'), 60));
    expect(complete(road)).toEqual([
      ['started', '2026-03-02', 'table-received', undefined],
      ['stopped', undefined, false],
    ]);
    expect([road.there.clocks.complete, road.there.runs]).toEqual([undefined, { complete: 2 }]);
    road.in({ name: 'confirm-money', money: money({ valueDate: '2026-05-01' }) as never });
    expect(complete(road).slice(2)).toEqual([['started', '2026-05-01', 'money-received', 2]]);
    const { events } = road.exchange.entries(HANGZHOU, road.caseNumber).at(-1)!;
    expect(clockChanges(road.there, events).started.map(({ SK }) => SK)).toEqual(['K#complete#2']);
    road.in({ name: 'credit' }, { person: 'three' }).complete().settle();
    expect([road.here.status, road.there.credit?.by]).toEqual(['closed', `${HANGZHOU}-three`]);
    expect(complete(road).slice(3)).toEqual([['stopped', 2, false]]);
  });

  test('starts the clock on the same day again where the table came last', () => {
    const road = lettered().terminate().remit().settle().money();
    passDays(road, 3).table().settle();
    reject(road).in({ name: 'confirm-money', money: money() });
    expect(complete(road).filter(([what]) => what === 'started')).toEqual([
      ['started', '2026-03-05', 'table-received', undefined],
      ['started', '2026-03-05', 'table-received', 2],
    ]);
  });

  test('before the table came no clock ran, and the status stays', () => {
    const road = reject(lettered().terminate().remit().settle().money());
    expect([road.there.status, road.there.runs, complete(road)]).toEqual(['letter-sent', undefined, []]);
    expect(road.table().settle().there.status).toBe('letter-sent');
    expect(road.money().there.status).toBe('ready-to-complete');
  });
});

describe('2021.1: money that is rejected', () => {
  test.each([
    ['accepted', () => accepted().remit().settle()],
    ['ready-to-complete', () => roadTo('2021.1', 'transferIn', 'ready-to-complete')],
    ['completed', () => roadTo('2021.1', 'transferIn', 'completed')],
  ] as const)('leaves %s as it is, and can be confirmed and credited anew', (status, way) => {
    const road = reject(way().money());
    expect([road.there.status, road.there.money]).toEqual([status, undefined]);
    road.in({ name: 'confirm-money', money: money({ bankReference: 'BANKSOWN0001' }) }, { person: 'two' });
    expect(road.there.moneyFrom).toEqual({ by: `${HANGZHOU}-two` });
    if (status === 'accepted') road.table().settle();
    // Who confirmed what was rejected is a stranger to this money.
    expect(refusedWith(() => road.in({ name: 'credit' }, { person: 'two' }))).toEqual(['case.same-person', 'money same_person']);
    expect(road.in({ name: 'credit' }, { person: 'one' }).there.credit?.by).toBe(`${HANGZHOU}-one`);
  });
});

describe.each(['2016.2', '2021.1'] as const)('%s: money is rejected', (procedure) => {
  const paid = () => roadTo(procedure, 'transferOut', 'transferred-out').money();

  test('by people, also by the one who confirmed it, and by no machine (F2)', () => {
    expect(refusedWith(() => reject(paid(), 'machine', 'system'))).toEqual(['caller.role-not-allowed', 'role not_allowed']);
    expect(refusedWith(() => reject(paid(), 'one'))).toBeUndefined();
  });

  test('only while it is in and not on the account (B13)', () => {
    expect(refusedWith(() => reject(roadTo(procedure, 'transferOut', 'transferred-out')))).toEqual(NOTHING);
    expect(refusedWith(() => reject(paid().credit()))).toEqual(NOTHING);
    expect(refusedWith(() => reject(reject(paid())))).toEqual(NOTHING);
  });
});

describe('cases that an earlier release stored', () => {
  const legacy = ({ moneyFrom: _, ...stored }: TransferInCase): TransferInCase => stored;

  test('who confirmed the money is found in the timeline, and does not credit it; anybody else does (F2)', async () => {
    const { exchange, caseNumber } = roadTo('2016.2', 'transferOut', 'transferred-out');
    const actor: Actor = { kind: 'caller', subject: `${HANGZHOU_OFFICE}-clerk`, office: HANGZHOU_OFFICE, role: 'clerk' };
    const { state, entry } = exchange.attempt(HANGZHOU, caseNumber, { name: 'confirm-money', money: money() }, actor);
    if (state.side !== 'transferIn') throw new Error('no copy at transferIn');
    const memory = caseStoreInMemory();
    memory.put(legacy(state));
    memory.timelines.set(`${HANGZHOU}#${caseNumber}`, [...exchange.entries(HANGZHOU, caseNumber), entry]);
    const api = caseApi(memory.store);
    const credit = (role: Role) => api.command('credit', { caseNumber, role });
    expect(await credit('clerk')).toMatchObject({ status: 403, body: { code: 'case.same-person', errors: [{ field: 'money' }] } });
    expect(await credit('supervisor')).toMatchObject({ status: 200 });
  });

  test('money that came after a completion was on the account once it was confirmed, and is not credited again (B13, E9)', () => {
    const stored = legacy(roadTo('2021.1', 'transferIn', 'completed').money().there);
    expect(stored.completion?.creditedFen).toBe(0);
    const context = contextOf(HANGZHOU, { actor: { kind: 'caller', subject: 'two', office: stored.office, role: 'clerk' } });
    expect(refusalOf(stored, { name: 'credit' }, context)).toEqual(['case.wrong-state', 'credit credited']);
    expect(refusalOf(stored, { name: 'reject-money', reason: REASON }, context)).toEqual(NOTHING);
    // Before the completion nothing says that it is there.
    const ready = legacy(roadTo('2021.1', 'transferIn', 'ready-to-complete').money().there);
    expect(refusalOf(ready, { name: 'credit' }, context)).toBeUndefined();
    expect(refusalOf(ready, { name: 'reject-money', reason: REASON }, context)).toBeUndefined();
  });
});
