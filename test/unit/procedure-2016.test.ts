import { describe, expect, test } from 'vitest';
import { decide } from '../../functions/cases/decide.ts';
import { PROCEDURE_2016 } from '../../functions/cases/procedures/2016.ts';
import { PROCEDURES, tableAllows, transitionOf } from '../../functions/cases/procedures/index.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor, TransferCase } from '../../schemas/cases.ts';
import { Role, Side } from '../../schemas/codes.ts';
import {
  CaseStatus,
  ClerkCommandName,
  CommandName,
  MessageCommandName,
  Procedure,
  ProcedureId,
  TransferInStatus,
  TransferOutStatus,
} from '../../schemas/procedures.ts';
import { COMMANDS, caller, caseIn, contextOf, IN_STEPS, messageFrom, move, stateAfter } from '../support/cases.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';

const { transitions } = PROCEDURE_2016;
const STATUSES = { transferIn: TransferInStatus.options, transferOut: TransferOutStatus.options };
const REGION = { transferIn: HANGZHOU, transferOut: CHENGDU };
const TERMINAL = ['completed', 'closed'];

describe('the transition table of 2016 (B7)', () => {
  test('fits its schema, as every procedure does, under its own id', () => {
    expect(Object.keys(PROCEDURES)).toEqual(ProcedureId.options);
    for (const [id, procedure] of Object.entries(PROCEDURES)) expect(Procedure.parse(procedure)).toMatchObject({ id });
  });

  test('has one row per side and command', () => {
    const rows = transitions.map(({ side, command }) => `${side} ${command}`);
    expect(new Set(rows).size).toBe(rows.length);
    expect(new Set(transitions.map(({ command }) => command))).toEqual(new Set(CommandName.options));
  });

  test.each(Side.options)('keeps the statuses of %s among themselves', (side) => {
    const named = transitions.filter((row) => row.side === side).flatMap((row) => [...row.from, ...row.to]);
    expect([...new Set(named)].sort()).toEqual([...STATUSES[side]].sort());
  });

  test.each(Side.options)('reaches every status of %s from its beginning', (side) => {
    const rows = transitions.filter((row) => row.side === side);
    const reached = new Set(rows.filter(({ from }) => from.length === 0).flatMap(({ to }) => to));
    for (let size = -1; size !== reached.size; ) {
      size = reached.size;
      for (const row of rows) if (row.from.some((status) => reached.has(status))) for (const to of row.to) reached.add(to);
    }
    expect([...reached].sort()).toEqual([...STATUSES[side]].sort());
  });

  test.each(CaseStatus.options.filter((status) => !TERMINAL.includes(status)))('%s is no dead end', (status) => {
    const onward = transitions.filter(({ from, to }) => from.includes(status) && to.some((next) => next !== status));
    expect(onward).not.toEqual([]);
  });

  test.each(TERMINAL)('nothing leads out of %s, and no clerk acts there', (status) => {
    const rows = transitions.filter(({ from }) => from.includes(CaseStatus.parse(status)));
    expect(rows.map(({ command, to, roles }) => [command, to, roles])).toEqual([['record-delivery', [], []]]);
  });

  test('gives every clerk command to some role, never to the ministry, and no message command to anybody', () => {
    for (const { command, roles } of transitions) {
      expect(roles.length > 0, command).toBe(ClerkCommandName.safeParse(command).success);
      expect(roles).not.toContain('ministry');
    }
  });

  test('has for every clock the article or the reason, and the days of S94 5, 6 and 7 (D1)', () => {
    expect(PROCEDURE_2016.clocks.map(({ name, owedBy, days, article }) => [name, owedBy, days, article.slice(-3)])).toEqual([
      ['send-letter', 'transferIn', 15, '第五条'],
      ['transfer-out', 'transferOut', 15, '第六条'],
      ['complete', 'transferIn', 15, '第七条'],
      ['counterpart-closure', 'transferOut', 5, '知送达'],
    ]);
  });

  test('terminates the relation in one place, and nothing leads back before it (B7)', () => {
    expect(transitions.filter(({ to }) => to.includes('relation-terminated')).map(({ command }) => command)).toEqual([
      'confirm-termination',
    ]);
    const later: CaseStatus[] = ['relation-terminated', 'account-settled', 'transferred-out', 'closed'];
    expect(transitions.filter(({ from, to }) => from.some((s) => later.includes(s)) && to.includes('letter-received'))).toEqual([]);
  });
});

type Cell = { side: Side; status: CaseStatus | 'none'; command: CommandName; actor: string; allowed: boolean };

/** Every side, status, command and kind of caller, with the verdict of the table alone. */
const CELLS: Cell[] = Side.options.flatMap((side) =>
  (['none', ...STATUSES[side]] as const).flatMap((status) =>
    CommandName.options.flatMap((command) =>
      [...Role.options, 'message'].map((actor) => {
        const row = transitionOf('2016.1', side, command);
        const here = row !== undefined && (status === 'none' ? row.from.length === 0 : row.from.includes(status));
        const may = actor === 'message' ? row?.roles.length === 0 : row?.roles.some((role) => role === actor);
        return { side, status, command, actor, allowed: here && may === true };
      }),
    ),
  ),
);

/** `open` and `receive-letter` begin a copy wherever there is none, so the side of "none" is the command's own. */
const meaningful = CELLS.filter(
  ({ side, status, command }) => status !== 'none' || command !== (side === 'transferIn' ? 'receive-letter' : 'open'),
);

const stateOf = (status: CaseStatus | 'none'): TransferCase | undefined => (status === 'none' ? undefined : caseIn(status));
const actorOf = ({ side, actor }: Cell): Actor =>
  actor === 'message' ? messageFrom(side === 'transferIn' ? CHENGDU : HANGZHOU) : caller(REGION[side], Role.parse(actor));

describe('decide obeys the table in every cell (F1, B7)', () => {
  test('the matrix is whole', () => {
    expect(CELLS).toHaveLength(2 * 6 * CommandName.options.length * 5);
    expect(MessageCommandName.options.length + ClerkCommandName.options.length).toBe(CommandName.options.length);
  });

  const states = new Map(['none' as const, ...CaseStatus.options].map((status) => [status, stateOf(status)]));

  test.each(meaningful.filter(({ allowed }) => allowed))('allows $actor to $command in $status', (cell) => {
    // Money is confirmed against its advice.
    const state = cell.command === 'confirm-money' ? stateAfter(IN_STEPS.slice(0, 4)) : states.get(cell.status);
    const context = contextOf(REGION[cell.side], { actor: actorOf(cell) });
    const { state: next } = move(state, { command: COMMANDS[cell.command], context });
    const { to } = transitionOf('2016.1', cell.side, cell.command)!;
    expect(to.length === 0 ? [cell.status] : to).toContain(next.status);
    expect(next.side).toBe(cell.side);
  });

  const refused = meaningful.filter(({ allowed }) => !allowed);
  test.each(CommandName.options)('refuses %s everywhere else, to everybody else', (command) => {
    for (const cell of refused.filter((one) => one.command === command)) {
      const context = contextOf(REGION[cell.side], { actor: actorOf(cell) });
      const verdict = () => decide(states.get(cell.status), COMMANDS[command], context);
      expect(verdict, JSON.stringify(cell)).toThrow(Refusal);
      expect(verdict, JSON.stringify(cell)).toThrow(/^(case\.wrong-state|case\.not-found|caller\.role-not-allowed)$/);
    }
  });

  test.each(CaseStatus.options)('refuses every command of another office or region in %s', (status) => {
    const state = caseIn(status);
    const stranger: Actor = { ...caller(state.region), office: caller(state.counterpart).office };
    for (const command of CommandName.options) {
      const by = (actor: Actor) => () => decide(state, COMMANDS[command], contextOf(state.region, { actor }));
      expect(by(stranger)).toThrow('caller.wrong-office');
      expect(by(messageFrom(state.region))).toThrow('message.wrong-party');
    }
  });

  test.each(CaseStatus.options)('offers in %s exactly what it would allow (G1)', (status) => {
    const state = caseIn(status);
    for (const role of Role.options) {
      const possible = ClerkCommandName.options.filter((name) => {
        try {
          decide(state, COMMANDS[name], contextOf(state.region, { actor: caller(state.region, role) }));
          return true;
        } catch {
          return false;
        }
      });
      expect(actionsFor(state, role)).toEqual(possible);
      expect(tableAllows('2016.1', state.side, status, role)).toEqual(expect.arrayContaining(possible));
    }
  });
});
