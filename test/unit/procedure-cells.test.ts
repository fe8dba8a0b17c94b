import { beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { PROCEDURES, tableAllows } from '../../functions/cases/procedures/index.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor } from '../../schemas/cases.ts';
import { Role, Side } from '../../schemas/codes.ts';
import { type CaseStatus, ClerkCommandName, CommandName, ProcedureId, type Transition } from '../../schemas/procedures.ts';
import { CHENGDU, HANGZHOU } from '../support/documents.ts';
import { LATE_CELLS } from '../support/late-words.ts';
import { actorAt, anyCommand, attemptAt, commandsAt, type Kind, type Spot, spotsOf, stateOf, statusOf } from '../support/spots.ts';

type Place = { procedure: ProcedureId; side: Side; status: CaseStatus | 'none' };
type Cell = Place & { command: CommandName };

const KINDS: readonly Kind[] = [...Role.options, 'message'];
const rowsOf = (procedure: ProcedureId, side: Side) => PROCEDURES[procedure].transitions.filter((row) => row.side === side);
const isBeginning = ({ from }: Transition): boolean => from.length === 0;

/** What the table alone says. */
const rowOf = ({ procedure, side, status, command }: Cell): Transition | undefined =>
  rowsOf(procedure, side).find((row) => row.command === command && (status === 'none' ? isBeginning(row) : row.from.includes(status)));
const mayGive = ({ roles }: Transition, kind: Kind): boolean => (kind === 'message' ? roles.length === 0 : roles.includes(kind));

const PLACES: Place[] = ProcedureId.options.flatMap((procedure) =>
  Side.options.flatMap((side) =>
    ['none' as const, ...new Set(rowsOf(procedure, side).flatMap(({ from, to }) => [...from, ...to]))].map((status) => ({
      procedure,
      side,
      status,
    })),
  ),
);

/** Rows of all procedures by which a command begins a case. */
const beginningsBy = (command: CommandName): Transition[] =>
  Object.values(PROCEDURES).flatMap(({ transitions }) => transitions.filter((row) => row.command === command && isBeginning(row)));

/** Where there is no case, the side is the command's own: what begins one on the other side alone is no cell of this one. */
function cellsAt(place: Place): Cell[] {
  const isOwn = (command: CommandName) => {
    const beginnings = beginningsBy(command);
    return place.status !== 'none' || beginnings.length === 0 || beginnings.some(({ side }) => side === place.side);
  };
  return CommandName.options.filter(isOwn).map((command) => ({ ...place, command }));
}
const spotsAt = ({ procedure, side, status }: Place): Spot[] =>
  spotsOf(procedure).filter((spot) => spot.side === side && statusOf(spot) === status);

/** What came of a try: the status then, whether it was more than noted, or the code of the refusal. */
type Outcome = { kind: 'done' | 'noted'; status: CaseStatus } | { kind: 'refused'; code: string };
function outcomeOf(spot: Spot, command: Command, actor: Actor): Outcome {
  try {
    const { state, entry } = attemptAt(spot, command, actor);
    expect(state.side).toBe(spot.side);
    return { kind: entry.events.some(({ type }) => type === 'noted') ? 'noted' : 'done', status: state.status };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'refused', code: error.code };
  }
}
type Try = { spot: Spot; command: Command; outcome: Outcome };
const triesOf = (cell: Cell, kind: Kind): Try[] =>
  spotsAt(cell).flatMap((spot) =>
    commandsAt(spot, cell.command).map((command) => ({ spot, command, outcome: outcomeOf(spot, command, actorAt(spot, kind)) })),
  );

/** Code with which a cell is refused that the table does not allow. */
function refusalFor(cell: Cell, kind: Kind, command: Command): string {
  const row = rowOf(cell);
  if (cell.status !== 'none') return row ? 'caller.role-not-allowed' : 'case.wrong-state';
  const beginnings = beginningsBy(cell.command);
  if (beginnings.length === 0) return 'case.not-found';
  if (!row && 'procedure' in command) return 'message.procedure';
  // Which procedure applies, the directory says; a clerk who may begin cases learns that it is another.
  return !row && mayGive(beginnings[0]!, kind) ? 'case.other-procedure' : 'caller.role-not-allowed';
}

/** A message that begins a case names its procedure. */
const inProcedure = (command: Command, { procedure, status }: Place): Command =>
  status === 'none' && 'procedure' in command ? { ...command, procedure } : command;

// All roads are gone once, before the first test's time runs.
beforeAll(() => {
  for (const procedure of ProcedureId.options) spotsOf(procedure);
}, 60_000);

const allowed = PLACES.flatMap(cellsAt).filter((cell) => rowOf(cell));
const lateCell = (cell: Cell) =>
  LATE_CELLS.find(
    ({ procedure, side, status, command }) =>
      procedure === cell.procedure && side === cell.side && status === cell.status && command === cell.command,
  );

describe('the matrix of states, commands and roles (B7, F1)', () => {
  test('is whole: every status of every table is reached, and every command is in some cell', () => {
    expect(PLACES.filter((place) => spotsAt(place).length === 0)).toEqual([]);
    expect(new Set(allowed.map(({ command }) => command))).toEqual(new Set(CommandName.options));
    const statuses = { '2016.1': 10, '2016.2': 20, '2021.1': 19 } as const;
    for (const procedure of ProcedureId.options) {
      expect(PLACES.filter((place) => place.procedure === procedure)).toHaveLength(statuses[procedure] + 2);
    }
  });

  test('has its late words in cells that the table allows to messages', () => {
    expect(LATE_CELLS.filter((cell) => rowOf(cell)?.roles.length !== 0)).toEqual([]);
    expect(new Set(LATE_CELLS.map((cell) => JSON.stringify({ ...cell, end: '', why: '' }))).size).toBe(LATE_CELLS.length);
  });

  test.each(allowed.filter((cell) => !lateCell(cell)))('$procedure $side allows $command in $status', (cell) => {
    const row = rowOf(cell)!;
    const next = row.to.length === 0 || row.stays ? [...row.to, cell.status] : row.to;
    const [first, ...others] = KINDS.filter((one) => mayGive(row, one));
    const tries = triesOf(cell, first!);
    for (const { outcome } of tries) {
      if (outcome.kind !== 'refused') expect(next).toContain(outcome.status);
      else expect(outcome.code).toMatch(/^case\./);
    }
    const suitable = tries.find(({ outcome }) => outcome.kind === 'done');
    expect(suitable, first).toBeDefined();
    for (const kind of others)
      expect(outcomeOf(suitable!.spot, suitable!.command, actorAt(suitable!.spot, kind))).toEqual(suitable!.outcome);
  });

  test.each(LATE_CELLS)('$procedure $side: $command in $status is $end, since $why', (cell) => {
    const outcomes = triesOf(cell, 'message').map(({ outcome }) => outcome);
    const kinds = new Set(outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.code : outcome.kind)));
    const last = cell.end === 'noted' ? 'noted' : 'case.inconsistent';
    expect(kinds).toContain(last);
    for (const kind of kinds) expect([last, 'case.inconsistent']).toContain(kind);
    for (const outcome of outcomes) if (outcome.kind !== 'refused') expect(outcome.status).toBe(cell.status);
  });

  test.each(PLACES)('$procedure $side refuses in $status everything else, to everybody else', (place) => {
    const spot = spotsAt(place)[0]!;
    for (const cell of cellsAt(place)) {
      const command = inProcedure(anyCommand(spot, cell.command), place);
      const row = rowOf(cell);
      for (const kind of KINDS.filter((one) => !row || !mayGive(row, one))) {
        const outcome = outcomeOf(spot, command, actorAt(spot, kind));
        expect(outcome, `${cell.command} by ${kind}`).toEqual({ kind: 'refused', code: refusalFor(cell, kind, command) });
      }
    }
  });

  test.each(PLACES.filter(({ status }) => status !== 'none'))('$procedure $side refuses strangers in $status (F1)', (place) => {
    const spot = spotsAt(place)[0]!;
    const state = stateOf(spot)!;
    const elsewhere = spot.region === HANGZHOU ? CHENGDU : HANGZHOU;
    const otherOffice: Actor = { kind: 'caller', subject: 'somebody', office: `${spot.region}99` as never, role: 'supervisor' };
    const otherRegion: Actor = { ...otherOffice, office: `${elsewhere}01` as never };
    const ownRegion: Actor = { ...actorAt(spot, 'message'), region: spot.region } as Actor;
    const thirdRegion: Actor = { ...ownRegion, region: '420100' as never } as Actor;
    expect(state.office).toBe(`${spot.region}01`);
    for (const name of CommandName.options) {
      const command = anyCommand(spot, name);
      const codes = [otherOffice, otherRegion, ownRegion, thirdRegion].map((actor) => outcomeOf(spot, command, actor));
      expect(codes, name).toEqual(
        ['caller.wrong-office', 'caller.wrong-office', 'message.wrong-party', 'message.wrong-party'].map((code) => ({
          kind: 'refused',
          code,
        })),
      );
    }
  });
});

describe('the actions that a case offers (G1, F2)', () => {
  /** Whoever proposed something on any road is `one`; nobody is `three`. */
  const PERSONS = ['one', 'three'] as const;

  test.each(PLACES.filter(({ status }) => status !== 'none'))(
    '$procedure $side offers in $status exactly what would be allowed with a suitable body',
    (place) => {
      const here = ClerkCommandName.options.filter((command) => rowOf({ ...place, command }));
      for (const spot of spotsAt(place)) {
        const state = stateOf(spot)!;
        for (const role of Role.options) {
          for (const person of PERSONS) {
            const sub = `${spot.region}-${person}`;
            // What the table does not allow here is refused above.
            const possible = here.filter((name) =>
              commandsAt(spot, name).some((command) => outcomeOf(spot, command, actorAt(spot, role, sub)).kind === 'done'),
            );
            expect(actionsFor(state, { role, sub })).toEqual(possible);
            expect(tableAllows(place.procedure, place.side, state.status, role)).toEqual(expect.arrayContaining(possible));
          }
        }
      }
    },
    30_000,
  );

  test.each(['2016.2', '2021.1'] as const)('%s never offers the approval to whom the proposal is from', (procedure) => {
    const seen = new Set<string>();
    for (const spot of spotsOf(procedure)) {
      const state = stateOf(spot);
      if (state?.side !== 'transferOut') continue;
      for (const [name, proposal] of [
        ['approve-termination', state.termination],
        ['approve-remittance', state.remittanceProposal],
        ['approve-table', state.tableProposal],
      ] as const) {
        if (!proposal) continue;
        const offers = (sub: string, role: Role) => actionsFor(state, { role, sub }).includes(name);
        for (const role of Role.options) expect(offers(proposal.by, role)).toBe(false);
        if (offers('another person', 'clerk')) seen.add(`${name} in ${state.status}`);
      }
    }
    const ways = {
      '2016.2': {
        'approve-termination': ['letter-received'],
        'approve-remittance': ['relation-terminated', 'account-settled', 'transferred-out'],
        'approve-table': ['account-settled', 'transferred-out'],
      },
      '2021.1': {
        'approve-remittance': ['accepted', 'account-settled', 'transferred-out', 'closed'],
        'approve-table': ['account-settled', 'transferred-out', 'closed'],
      },
    };
    const offered = Object.entries(ways[procedure]).flatMap(([name, statuses]) => statuses.map((status) => `${name} in ${status}`));
    expect([...seen].sort()).toEqual(offered.sort());
  });
});
