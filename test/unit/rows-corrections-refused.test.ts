import { describe, expect, test } from 'vitest';
import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { DocumentKind, Side } from '../../schemas/codes.ts';
import { contextOf, messageFrom, money, refusalOf, remittance, uuid } from '../support/cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person, tableEntry } from '../support/documents.ts';
import { ENROLLED, lettered, passDays, type Road, refusedWith, roadTo, SECOND, SUSPENDED } from '../support/roads.ts';

/** What a query holds up, and what no correction can do (B3, B9). */

const other = (side: Side): Side => (side === 'transferIn' ? 'transferOut' : 'transferIn');
const WAITING = ['case.pending', 'queries waiting'];
const ready = () => roadTo('2016.2', 'transferIn', 'ready-to-complete');
const credited = () => ready().credit();
const advised = () => lettered().terminate().remit().settle();
const proposed = () => lettered().out({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts: SUSPENDED });
const offered = (road: Road, side: Side) => actionsFor(road.state(side), { role: 'clerk', sub: `${road.state(side).region}-two` });

describe('while a query of ours is open, the version in question is not processed (B3)', () => {
  const HELD: [asks: Side, about: DocumentKind, road: () => Road, command: (road: Road) => Command][] = [
    [
      'transferOut',
      'liaison-letter',
      lettered,
      () => ({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts: SUSPENDED }),
    ],
    ['transferOut', 'liaison-letter', proposed, (road) => ({ name: 'approve-termination', proposal: road.here.termination!.proposal })],
    ['transferOut', 'liaison-letter', lettered, () => ({ name: 'forward', entry: { region: '420100' as never, reason: '关系在该地区' } })],
    [
      'transferOut',
      'transfer-request',
      () => roadTo('2021.1', 'transferOut', 'request-received'),
      () => ({ name: 'give-verdict', facts: SUSPENDED }),
    ],
    [
      'transferIn',
      'transfer-request',
      () => roadTo('2021.1', 'transferIn', 'request-received'),
      () => ({ name: 'give-verdict', facts: ENROLLED }),
    ],
    ['transferIn', 'information-table', ready, () => ({ name: 'credit' })],
    ['transferIn', 'coverage-voucher', ready, () => ({ name: 'credit' })],
    ['transferIn', 'information-table', credited, () => ({ name: 'complete' })],
    ['transferIn', 'coverage-voucher', credited, () => ({ name: 'complete' })],
    ['transferIn', 'information-table', () => roadTo('2021.1', 'transferIn', 'ready-to-complete'), () => ({ name: 'complete' })],
    ['transferIn', 'remittance-advice', advised, () => ({ name: 'confirm-money', money: money() })],
  ];
  test.each(HELD)('%s asks about the %s (%#)', (asks, about, way, command) => {
    const road = way();
    const { name } = command(road);
    expect(offered(road, asks)).toContain(name);
    road.ask(asks, about).settle();
    expect(refusedWith(() => road.by(asks, command(road), SECOND))).toEqual(WAITING);
    expect(offered(road, asks)).not.toContain(name);
    road.by(other(asks), { name: 'explain', explanation: { query: road.query(other(asks)).id, text: '无误' } }).settle();
    expect(refusedWith(() => road.by(asks, command(road), SECOND))).toBeUndefined();
  });

  test.each<[name: string, command: (road: Road) => Command]>([
    ['propose-remittance', () => ({ name: 'propose-remittance', entry: remittance() })],
    ['approve-remittance', (road) => ({ name: 'approve-remittance', proposal: road.here.remittanceProposal!.proposal })],
    ['not-remit', () => ({ name: 'not-remit', entry: { reason: 'paid-to-person' } })],
  ])('transferOut asks about the account that the letter names, before %s (B3, B10)', (_, command) => {
    const road = lettered().terminate().proposeRemittance().settle().ask('transferOut', 'liaison-letter', ['payee.number']).settle();
    expect(refusedWith(() => road.out(command(road), SECOND))).toEqual(WAITING);
    road.in({ name: 'explain', explanation: { query: road.query('transferIn').id, text: '无误' } }).settle();
    expect(refusedWith(() => road.out(command(road), SECOND))).toBeUndefined();
  });

  test('a refusal needs no answer first (B4)', () => {
    expect(lettered().ask('transferOut', 'liaison-letter').settle().refuse().settle().there.status).toBe('ineligible');
  });
});

describe('a query is about the current version of a document of the other side (B3, B9)', () => {
  const ask = (road: Road, side: Side, about: DocumentKind) => refusedWith(() => road.ask(side, about));
  test('a document that has not come, or that is one’s own, cannot be asked about', () => {
    expect(ask(lettered(), 'transferIn', 'information-table')).toEqual(['case.inconsistent', 'about no_such_document']);
    expect(ask(lettered(), 'transferOut', 'coverage-voucher')).toEqual(['case.inconsistent', 'about no_such_document']);
    expect(ask(roadTo('2021.1', 'transferIn', 'accepted'), 'transferIn', 'transfer-request')).toEqual([
      'case.wrong-state',
      'versions nothing',
    ]);
  });

  test('one query at a time about each, others meanwhile', () => {
    const road = ready().ask('transferIn', 'information-table').settle();
    expect(ask(road, 'transferIn', 'information-table')).toEqual(['case.pending', 'about query_open']);
    expect(ask(road, 'transferIn', 'coverage-voucher')).toBeUndefined();
  });

  test('money that was confirmed against its advice is settled', () => {
    expect(ask(ready(), 'transferIn', 'remittance-advice')).toEqual(['case.inconsistent', 'about money_confirmed']);
  });

  test('one about another version, or about what was never sent, goes to quarantine', () => {
    const { here } = lettered();
    const query = { about: 'liaison-letter' as const, version: uuid(77), fields: ['date'], question: '请核对' };
    const context = contextOf(HANGZHOU, { actor: messageFrom(CHENGDU), caseNumber: here.caseNumber });
    const arrives = (said: object): Command => ({
      name: 'receive-query',
      query: { ...query, ...said },
      messageId: uuid(70),
      sequence: 1,
      sentAt: context.occurredAt,
    });
    const { there } = lettered();
    expect(refusalOf(there, arrives({}), context)).toEqual(['case.inconsistent', 'data.version not_current']);
    expect(refusalOf(there, arrives({ about: 'information-table' }), context)).toEqual(['case.inconsistent', 'data.version not_current']);
    expect(refusalOf(there, arrives({ version: there.versions?.['liaison-letter'] }), context)).toBeUndefined();
  });
});

describe('a clerk’s correction', () => {
  const correct = (road: Road, side: Side, entry: object) =>
    refusedWith(() => road.by(side, { name: 'correct', entry } as CommandOf<'correct'>));
  const letterAsked = () => lettered().ask('transferOut', 'liaison-letter').settle();

  test('answers an open query about that very document (B3)', () => {
    const road = lettered()
      .terminate()
      .notRemit()
      .settle()
      .ask('transferIn', 'not-remitted')
      .ask('transferIn', 'coverage-voucher')
      .settle();
    const [notice, voucher] = road.here.queries!.map(({ id }) => id);
    const entry = { about: 'not-remitted', notRemitted: { reason: 'paid-to-person', note: '更正' } };
    for (const query of [uuid(77), voucher]) {
      expect(correct(road, 'transferOut', { ...entry, query })).toEqual(['case.inconsistent', 'query contradiction']);
    }
    expect(correct(road, 'transferOut', { ...entry, query: notice })).toBeUndefined();
    expect(correct(road, 'transferOut', { ...entry, query: notice })).toEqual(['case.inconsistent', 'query contradiction']);
  });

  test('of table or advice is none: one person alone changes neither (B9, F2)', () => {
    for (const road of [ready().ask('transferIn', 'information-table'), advised().ask('transferIn', 'remittance-advice')]) {
      road.settle();
      const { id: query, about } = road.query('transferOut');
      expect(offered(road, 'transferOut')).not.toContain('correct');
      expect(COMMAND_BODIES.correct.safeParse({ about, query, remittance: remittance(), table: tableEntry() }).success).toBe(false);
      const entry = { about: 'not-remitted', query, notRemitted: { reason: 'paid-to-person' } };
      expect(correct(road, 'transferOut', entry)).toEqual(['case.wrong-state', 'queries nothing']);
    }
  });

  test('that changes nothing is none, on a later day either (B3)', () => {
    const road = letterAsked();
    const entry = { about: 'liaison-letter', query: road.query('transferIn').id };
    const unchanged = ['case.inconsistent', 'changes unchanged'];
    for (const changes of [{}, { hukouType: '1', transferAccount: true }]) {
      expect(correct(road, 'transferIn', { ...entry, changes })).toEqual(unchanged);
      expect(correct(passDays(road, 1), 'transferIn', { ...entry, changes })).toEqual(unchanged);
    }
    const table = passDays(ready().ask('transferIn', 'information-table').settle(), 1);
    expect(refusedWith(() => table.proposeTable())).toEqual(unchanged);
  });

  test('of a voucher stays with the person, the scheme and the region (B3)', () => {
    const road = lettered().ask('transferIn', 'coverage-voucher').settle();
    const query = road.query('transferOut').id;
    const voucher = (said: object) => ({
      about: 'coverage-voucher',
      query,
      voucher: { ...(applicationBody(1).voucher as object), ...said },
    });
    const fields: [object, string][] = [
      [{ person: person(2) }, 'voucher.person.idNumber contradiction'],
      [{ scheme: '390' }, 'voucher.scheme contradiction'],
      [{ participationRegion: '420100' }, 'voucher.participationRegion contradiction'],
    ];
    for (const [said, field] of fields) expect(correct(road, 'transferOut', voucher(said))).toEqual(['case.inconsistent', field]);
  });

  test('does not follow an explanation: a query has one answer (B9)', () => {
    const road = ready()
      .ask('transferIn', 'information-table')
      .settle()
      .proposeTable({ periods: tableEntry().periods.map((row) => ({ ...row, remark: '核对' })) });
    const { proposal } = road.here.tableProposal!;
    road.out({ name: 'explain', explanation: { query: road.query('transferOut').id, text: '无误' } });
    expect(refusedWith(() => road.out({ name: 'approve-table', proposal }, SECOND))).toEqual(['case.wrong-state', 'proposal nothing']);
    road.settle().credit().complete().settle();
    expect([road.there.table, road.exchange.refused]).toEqual([road.here.table, []]);
  });
});

describe('a correction that arrives is refused by field when it would make the document another one (B3, B9)', () => {
  const FOREIGN = { bank: '他行', holder: '他人', number: '111111111111', directoryVersion: 7 };
  const LETTER = '33010001-20260302-000099-9';
  const sameId = { ...person(1), name: '另一人' };
  type Wrong = [about: DocumentKind, asks: Side, road: () => Road, said: object, field: string];
  const letter = ['liaison-letter', 'transferOut', lettered] as const;
  const table = ['information-table', 'transferIn', ready] as const;
  const advice = ['remittance-advice', 'transferIn', advised] as const;
  const voucher = ['coverage-voucher', 'transferIn', lettered] as const;
  const request = ['transfer-request', 'transferOut', () => roadTo('2021.1', 'transferOut', 'request-received')] as const;
  const WRONG: Wrong[] = [
    [...letter, { person: person(2) }, 'person.idNumber'],
    [...letter, { number: LETTER }, 'number'],
    [...letter, { formerScheme: '390' }, 'formerScheme'],
    [...voucher, { person: person(2) }, 'person.idNumber'],
    [...voucher, { scheme: '390' }, 'scheme'],
    [...voucher, { participationRegion: '420100' }, 'participationRegion'],
    [...table, { person: { ...person(1), idNumber: person(2).idNumber } }, 'person.idNumber'],
    [...table, { person: sameId }, 'person.name'],
    [...table, { letterNumber: LETTER }, 'letterNumber'],
    [...table, { toRegion: '420100' }, 'toRegion'],
    [...table, { formerScheme: '390' }, 'formerScheme'],
    [...advice, { person: { ...person(1), idNumber: person(2).idNumber } }, 'person.idNumber'],
    [...advice, { person: sameId }, 'person.name'],
    [...advice, { letterNumber: LETTER }, 'letterNumber'],
    [...advice, { payee: FOREIGN }, 'payee'],
    ['not-remitted', 'transferIn', () => lettered().terminate().notRemit().settle(), { letterNumber: LETTER }, 'letterNumber'],
    [...request, { person: person(2) }, 'person.idNumber'],
    [...request, { formerScheme: '390' }, 'formerScheme'],
    [...request, { newScheme: '390' }, 'newScheme'],
    [...request, { formerRegion: '420100' }, 'formerRegion'],
  ];
  const documentIn = (road: Road, about: DocumentKind): object => {
    const { letter: l, table: t, advice: a, notRemitted, request: r } = road.here;
    const documents = {
      'liaison-letter': l,
      'information-table': t,
      'remittance-advice': a,
      'not-remitted': notRemitted,
      'transfer-request': r,
    };
    return about === 'coverage-voucher' ? road.there.application!.voucher : documents[about]!;
  };
  const arrives = (road: Road, asks: Side, correction: object) => {
    const state = road.state(asks);
    const context = contextOf(state.region, { actor: messageFrom(state.counterpart), caseNumber: state.caseNumber });
    return refusalOf(
      state,
      { name: 'receive-correction', correction, messageId: uuid(70), sequence: 9, sentAt: context.occurredAt } as Command,
      context,
    );
  };

  test.each(WRONG)('%s to %s (%#)', (about, asks, way, said, field) => {
    const road = way().ask(asks, about).settle();
    const link = { about, query: road.query(asks, 'own').id, replaces: road.state(asks).versions?.[about] };
    const document = documentIn(road, about);
    expect(arrives(road, asks, { ...link, document: { ...document, ...said } })).toEqual([
      'case.inconsistent',
      `data.document.${field} contradiction`,
    ]);
    expect(arrives(road, asks, { ...link, document })).toBeUndefined();
  });

  test('or when it replaces a version that is not current, or answers what was not asked or was answered', () => {
    const road = ready().ask('transferIn', 'information-table').ask('transferIn', 'coverage-voucher').settle();
    const [table, voucher] = road.there.queries!.map(({ id }) => id);
    const replaces = road.there.versions?.['information-table'];
    const correction = { about: 'information-table', query: table, replaces, document: road.there.table };
    expect(arrives(road, 'transferIn', { ...correction, replaces: uuid(77) })).toEqual(['case.inconsistent', 'data.replaces not_current']);
    for (const query of [voucher, uuid(77)]) {
      expect(arrives(road, 'transferIn', { ...correction, query })).toEqual(['case.inconsistent', 'data.query contradiction']);
    }
    road.out({ name: 'explain', explanation: { query: table!, text: '无误' } }).settle();
    expect(arrives(road, 'transferIn', correction)).toEqual(['case.inconsistent', 'data.query answered_already']);
  });
});
