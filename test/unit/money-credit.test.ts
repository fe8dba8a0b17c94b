import { describe, expect, test } from 'vitest';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import type { TransferInCase } from '../../schemas/cases.ts';
import { caseApi, caseStoreInMemory } from '../support/case-api.ts';
import { contextOf, refusalOf, uuid } from '../support/cases.ts';
import { HANGZHOU } from '../support/documents.ts';
import { accepted, eventsOf, lettered, refusedWith, roadTo } from '../support/roads.ts';

/** 将转移的个人账户金额计入参保人员的个人账户 (S94 7.2). */

const BALANCE = 1_234_567;
const ready = () => roadTo('2016.2', 'transferIn', 'ready-to-complete');
const offers = (state: TransferInCase, person: string) => actionsFor(state, { role: 'clerk', sub: `${HANGZHOU}-${person}` });
const CREDITOR = contextOf(HANGZHOU, { actor: { kind: 'caller', subject: 'another', office: '33010001' as never, role: 'clerk' } });

describe('the credit (B13)', () => {
  test('enters what was confirmed, once', () => {
    const road = ready();
    const { state } = road.exchange.attempt(HANGZHOU, road.caseNumber, { name: 'credit' }, CREDITOR.actor);
    expect(state).toMatchObject({ credit: { amountFen: BALANCE, by: 'another', at: road.exchange.now }, status: 'ready-to-complete' });
    road.credit();
    for (const person of ['one', 'two', 'three']) {
      expect(refusedWith(() => road.in({ name: 'credit' }, { person }))).toEqual(['case.wrong-state', 'credit credited']);
      expect(offers(road.there, person)).not.toContain('credit');
    }
    expect(eventsOf(road, 'transferIn', 'credited').map(({ amountFen }) => amountFen)).toEqual([BALANCE]);
  });

  test('the same request again is the same credit; another one is refused (E1)', async () => {
    const memory = caseStoreInMemory();
    const { there } = ready();
    memory.put(there);
    const api = caseApi(memory.store);
    const credit = (key: string) => api.command('credit', { caseNumber: there.caseNumber, key });
    const first = await credit(uuid(1));
    expect(first).toMatchObject({ status: 200, body: { status: 'ready-to-complete' } });
    expect(await credit(uuid(1))).toEqual(first);
    expect(await credit(uuid(2))).toMatchObject({ status: 409, body: { code: 'case.wrong-state' } });
    const events = [...memory.timelines.values()].flat().flatMap((entry) => entry.events);
    expect(events.filter(({ type }) => type === 'credited')).toHaveLength(1);
  });

  test('waits for table and money', () => {
    expect(refusedWith(roadTo('2021.1', 'transferIn', 'ready-to-complete').credit)).toEqual(['case.wrong-state', 'money nothing']);
    const early = lettered().terminate().remit().settle().money();
    expect(refusedWith(early.credit)).toEqual(['case.wrong-state', 'status letter-sent']);
  });

  test.each(['2016.2', '2021.1'] as const)('%s: nothing is completed while money is in and not on the account (B16)', (procedure) => {
    const road = roadTo(procedure, 'transferIn', 'ready-to-complete');
    if (procedure === '2021.1') road.money();
    expect(refusedWith(road.complete)).toEqual(['case.pending', 'credit missing']);
    expect(offers(road.there, 'one')).not.toContain('complete');
    expect(road.credit().complete().settle().there.completion?.creditedFen).toBe(BALANCE);
    expect(road.here.completion?.creditedFen).toBe(BALANCE);
  });

  test('2021: money that came after the completion is credited later, by itself', () => {
    const road = roadTo('2021.1', 'transferIn', 'completed').money();
    expect(road.there).toMatchObject({ status: 'completed', completion: { creditedFen: 0 } });
    expect([offers(road.there, 'one').includes('credit'), offers(road.there, 'two').includes('credit')]).toEqual([false, true]);
    expect(road.credit().there).toMatchObject({ status: 'completed', credit: { amountFen: BALANCE } });
    expect(refusedWith(road.credit)).toEqual(['case.wrong-state', 'credit credited']);
  });

  test.each([
    ['2016.2', () => lettered().terminate()],
    ['2021.1', accepted],
  ] as const)('%s: where nothing is remitted there is nothing to credit (B11)', (_, begin) => {
    const road = begin()
      .out({ name: 'not-remit', entry: { reason: 'zero-balance' } })
      .table({ balanceFen: 0 })
      .settle();
    expect(refusedWith(road.credit)).toEqual(['case.wrong-state', 'money nothing']);
    expect(road.complete().settle().there.completion?.creditedFen).toBe(0);
    expect([road.here.status, road.exchange.refused]).toEqual(['closed', []]);
  });

  test('a case that was completed before there was a credit has its money on the account, and is not credited again (E9)', () => {
    const { credit: _, ...stored } = roadTo('2021.1', 'transferIn', 'ready-to-complete').money().credit().complete().settle().there;
    expect(stored.completion?.creditedFen).toBe(BALANCE);
    expect(refusalOf(stored, { name: 'credit' }, CREDITOR)).toEqual(['case.wrong-state', 'credit credited']);
    expect(offers(stored, 'two')).toEqual(['assess-entitlement', 'supplement-record', 'deliver-notice']);
  });
});
