import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { inVersionOf } from '../../functions/cases/decisions.ts';
import { commandOf } from '../../functions/cases/message-command.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import { ROUTES } from '../../schemas/api.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import { type Role, Side } from '../../schemas/codes.ts';
import { BusinessMessage, type OutgoingMessage } from '../../schemas/messages.ts';
import type { CaseStatus } from '../../schemas/procedures.ts';
import { CaseRow } from '../../schemas/rows.ts';
import { contextOf, messageFrom, money, move, NOW, refusalOf, remittance, TODAY, uuid } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, tableEntry } from '../support/documents.ts';
import { PureExchange } from '../support/pure-exchange.ts';
import { accepted, eventsOf, lettered, openBody, Road, refusedWith, roadTo, SECOND, SUSPENDED, WAYS } from '../support/roads.ts';

const read = (path: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, '../fixtures', path), 'utf8'));
const DOCUMENTS = ['information-table', 'remittance-advice', 'not-remitted', 'completion-notice'] as const;

describe('versions N and N−1 of messages live together (E9)', () => {
  const fixture = (name: string) => read(`messages/${name}.json`) as Record<string, unknown>;
  const asVersion = (name: string, version: 1 | 2) => BusinessMessage.parse({ ...fixture(name), type: `cn.jiexu.${name}.v${version}` });

  test.each(DOCUMENTS)('both versions of %s make the same command', (name) => {
    const [first, second] = ([1, 2] as const).map((version) => commandOf(asVersion(name, version) as never, NOW));
    expect(second).toEqual(first);
  });

  test.each(DOCUMENTS)('%s goes out in the first version under 2016.1, in the second otherwise', (name) => {
    const { data } = asVersion(name, 2);
    const message = { type: `cn.jiexu.${name}.v2`, id: uuid(1), recipient: CHENGDU, data } as OutgoingMessage;
    expect(inVersionOf('2016.1', message)).toEqual({ ...message, type: `cn.jiexu.${name}.v1` });
    expect([inVersionOf('2016.2', message), inVersionOf('2021.1', message)]).toEqual([message, message]);
  });

  test('what has one version only stays as it is', () => {
    const message = {
      type: 'cn.jiexu.liaison-letter.v1',
      id: uuid(1),
      recipient: CHENGDU,
      data: lettered().there.letter,
    } as OutgoingMessage;
    expect(inVersionOf('2016.1', message)).toEqual(message);
  });

  /** A whole case, and the types of all messages of it. */
  function whole(exchange: PureExchange): { road: Road; types: string[] } {
    const types: string[] = [];
    const road = Road.begin('2016', 'transferIn', openBody(), exchange);
    const settle = () => {
      types.push(...exchange.inFlight.flatMap((parcel) => (parcel.kind === 'message' ? [parcel.message.type] : [])));
      return road.settle();
    };
    const isFirst = road.there.procedure === '2016.1';
    if (isFirst) road.in({ name: 'accept' });
    else road.accept();
    road.letter();
    settle();
    if (isFirst) road.out({ name: 'confirm-termination', terminatedOn: TODAY });
    else road.terminate();
    road.remit();
    if (isFirst) road.out({ name: 'send-table', entry: tableEntry() });
    else road.table();
    settle().money();
    (isFirst ? road : road.credit()).complete();
    settle();
    return { road, types };
  }

  test.each([
    ['2016.1', 'v1', { procedures: undefined }],
    ['2016.1', 'v1', { procedures: ['2016.1' as const] }],
    ['2016.2', 'v2', {}],
  ])('a region that speaks %s is sent %s, and the case goes to its end', (procedure, version, said) => {
    const exchange = new PureExchange({ family: '2016' });
    exchange.restate(CHENGDU, said as never);
    const { road, types } = whole(exchange);
    const names = ['remittance-advice', 'information-table', 'completion-notice'].map((name) => `cn.jiexu.${name}.${version}`);
    expect(types).toEqual(['cn.jiexu.liaison-letter.v1', ...names]);
    expect([road.there.procedure, road.there.status, road.here.status, exchange.refused]).toEqual([procedure, 'completed', 'closed', []]);
  });
});

describe('cases that were stored under 2016.1 are finished under it (E9)', () => {
  const stored = (side: Side) =>
    read(`stored/2016.1-${side === 'transferIn' ? 'transfer-in' : 'transfer-out'}.json`) as { row: object; entries: unknown[] };
  const stateOf = (side: Side): TransferCase => CaseRow.parse(stored(side).row).state;

  test.each(Side.options)('%s: the row is read, and the timeline folds to its state byte for byte (B17, E9)', (side) => {
    const { row, entries } = stored(side);
    const state = stateOf(side);
    const chain = readChain(entries, state.hash);
    expect(chain.brokenAt).toBeUndefined();
    const folded = stateAt(chain.entries, NOW)!;
    expect(canonicalJson(folded)).toBe(canonicalJson((row as { state: unknown }).state));
    expect(canonicalJson(caseRow(folded))).toBe(canonicalJson(row));
  });

  test('both go on to their end, in the first version (E9)', () => {
    const [there, here] = [stateOf('transferIn'), stateOf('transferOut')];
    const clerk = (state: TransferCase, command: Command) =>
      move(state, { command, context: contextOf(state.region, { caseNumber: state.caseNumber }) });
    const paid = clerk(there, { name: 'confirm-money', money: money() });
    expect(paid.state.status).toBe('ready-to-complete');
    const done = clerk(paid.state, { name: 'complete' });
    expect([done.state.status, done.decision.messages.map(({ type }) => type)]).toEqual(['completed', ['cn.jiexu.completion-notice.v1']]);

    const sent = clerk(here, { name: 'send-table', entry: tableEntry() });
    expect([sent.state.status, sent.decision.messages.map(({ type }) => type)]).toEqual([
      'transferred-out',
      ['cn.jiexu.information-table.v1'],
    ]);
    const notice = done.state.completion!;
    const command = { name: 'receive-completion', notice, messageId: uuid(80), sequence: 2, sentAt: NOW } as const;
    const context = contextOf(CHENGDU, { actor: messageFrom(HANGZHOU), caseNumber: here.caseNumber });
    expect(move(sent.state, { command, context }).state).toMatchObject({ status: 'closed', procedure: '2016.1', relation: 'terminated' });
  });

  test('they know none of the newer roads (E9)', () => {
    const state = stateOf('transferOut');
    const context = contextOf(CHENGDU, { caseNumber: state.caseNumber });
    for (const command of [
      { name: 'propose-table', entry: tableEntry() },
      { name: 'propose-closure', proposal: { reason: '双方协商' } },
    ] as const) {
      expect(refusalOf(state, command, context)?.[0]).toBe('case.wrong-state');
    }
  });
});

describe('four eyes on termination, money and table (F2)', () => {
  const STEPS = [
    {
      name: 'termination',
      approve: 'approve-termination',
      road: lettered,
      propose: (road: Road, by = {}) => road.out({ name: 'propose-termination', terminatedOn: TODAY, facts: SUSPENDED }, by),
      proposal: (road: Road) => road.here.termination!.proposal,
      done: 'relation-terminated',
    },
    ...[() => lettered().terminate(), accepted].map((road) => ({
      name: 'remittance' as const,
      approve: 'approve-remittance' as const,
      road,
      propose: (on: Road, by = {}) => on.out({ name: 'propose-remittance', entry: remittance() }, by),
      proposal: (on: Road) => on.here.remittanceProposal!.proposal,
      done: 'account-settled',
    })),
    ...[() => roadTo('2016.2', 'transferOut', 'account-settled'), () => accepted().remit().settle()].map((road) => ({
      name: 'table' as const,
      approve: 'approve-table' as const,
      road,
      propose: (on: Road, by = {}) => on.out({ name: 'propose-table', entry: tableEntry() }, by),
      proposal: (on: Road) => on.here.tableProposal!.proposal,
      done: 'transferred-out',
    })),
  ] as const;
  const may = (road: Road, person: string, role: Role = 'clerk') => actionsFor(road.here, { role, sub: `${CHENGDU}-${person}` });

  describe.each(STEPS)('$name (%#)', ({ approve, road: way, propose, proposal, done }) => {
    const approved = (road: Road, n: number, by: object) => refusedWith(() => road.out({ name: approve, proposal: n } as Command, by));

    test('who proposed cannot approve, and is not offered it; another one is (F2)', () => {
      const road = propose(way());
      const status = road.here.status;
      expect([road.exchange.inFlight, may(road, 'one').includes(approve), may(road, 'two').includes(approve)]).toEqual([[], false, true]);
      expect(approved(road, proposal(road), { person: 'one' })).toEqual(['case.same-person', 'proposal same_person']);
      expect(approved(road, proposal(road), { person: 'one', role: 'supervisor' })).toEqual(['case.same-person', 'proposal same_person']);
      expect(road.here.status).toBe(status);
      expect(approved(road, proposal(road), SECOND)).toBeUndefined();
      expect(road.here.status).toBe(done);
      const [first, second] = road.exchange
        .entries(CHENGDU, road.caseNumber)
        .slice(-2)
        .map(({ actor }) => actor);
      expect([first, second]).toMatchObject([{ subject: '510100-one' }, { subject: '510100-two' }]);
    });

    test('a system is no second person (F2)', () => {
      const road = propose(way(), { person: 'machine', role: 'system' });
      expect(approved(road, proposal(road), { person: 'other', role: 'system' })).toEqual(['caller.role-not-allowed', 'role not_allowed']);
      expect(may(road, 'other', 'system')).not.toContain(approve);
    });

    test('what is approved is what stands now, not what stood before (F2)', () => {
      const road = propose(way());
      const old = proposal(road);
      propose(road, SECOND);
      expect(approved(road, old, { person: 'one' })).toEqual(['case.inconsistent', 'proposal not_current']);
      expect(approved(road, proposal(road), SECOND)).toEqual(['case.same-person', 'proposal same_person']);
      expect(approved(road, proposal(road), { person: 'one' })).toBeUndefined();
    });

    test('nothing proposed, nothing to approve (F2)', () => {
      expect(approved(way(), 1, SECOND)).toEqual(['case.wrong-state', 'proposal nothing']);
    });
  });

  test('no way of the first version leads round it (F2)', () => {
    const ALONE = {
      termination: { name: 'confirm-termination', terminatedOn: TODAY },
      remittance: { name: 'remit', entry: remittance() },
      table: { name: 'send-table', entry: tableEntry() },
    } as const;
    for (const { name, road } of STEPS) expect(refusedWith(() => road().out(ALONE[name]))?.[0]).toBe('case.wrong-state');
  });

  test('the table is checked again when it is approved (B8, F2)', () => {
    const road = roadTo('2016.2', 'transferOut', 'account-settled').ask('transferIn', 'remittance-advice').settle().proposeTable();
    road.proposeRemittance({ amountFen: 5 }).approveRemittance();
    const approve = () => road.out({ name: 'approve-table', proposal: road.here.tableProposal!.proposal }, SECOND);
    expect(refusedWith(approve)).toEqual(['case.inconsistent', 'balanceFen amount_mismatch']);
  });
});

describe('transferOut keeps its copy (B17)', () => {
  const PLACES = Object.entries(WAYS).flatMap(([procedure, sides]) =>
    Side.options.flatMap((side) =>
      Object.keys(sides[side]).map((status) => ({ procedure: procedure as keyof typeof WAYS, side, status: status as CaseStatus })),
    ),
  );
  test.each(PLACES)('$procedure $side $status: the stored timeline folds to the state, byte for byte', ({ procedure, side, status }) => {
    const road = roadTo(procedure, side, status);
    for (const state of road.exchange.cases()) {
      const entries: unknown[] = JSON.parse(JSON.stringify(road.exchange.entries(state.region, state.caseNumber)));
      const chain = readChain(entries, state.hash);
      expect([chain.brokenAt, chain.entries.length]).toEqual([undefined, state.version]);
      expect(canonicalJson(JSON.parse(JSON.stringify(stateAt(chain.entries, road.exchange.now))))).toBe(
        canonicalJson(JSON.parse(JSON.stringify(state))),
      );
    }
  });

  test.each(['2016.2', '2021.1'] as const)('%s: the closed copy has all that the hand-over was made of', (procedure) => {
    const { here, there, ...road } = {
      here: roadTo(procedure, 'transferOut', 'closed').here,
      there: roadTo(procedure, 'transferIn', 'completed').there,
    };
    expect(road).toEqual({});
    const documents = ({ letter, request, verdicts, table, advice, completion, person }: TransferCase) => ({
      letter,
      request,
      verdicts,
      table,
      advice,
      completion,
      person,
    });
    expect(documents(here)).toEqual(documents(there));
    expect(here.table).toBeDefined();
    expect(eventsOf(roadTo(procedure, 'transferOut', 'closed'), 'transferOut', 'completion-received')).toHaveLength(1);
  });

  test('there is no way to delete anything', () => {
    expect(ROUTES.filter(({ method }) => !['GET', 'POST', 'PUT'].includes(method))).toEqual([]);
  });
});
