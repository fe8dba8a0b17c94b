import type { Role, Side } from '../../../schemas/codes.ts';
import type { CaseStatus, ClerkCommandName, CommandName, Procedure, ProcedureId, Transition } from '../../../schemas/procedures.ts';
import { ClerkCommandName as ClerkCommandNames } from '../../../schemas/procedures.ts';
import { PROCEDURE_2016_1, PROCEDURE_2016_2 } from './2016.ts';
import { PROCEDURE_2021_1 } from './2021.ts';

export const PROCEDURES: Record<ProcedureId, Procedure> = {
  '2016.1': PROCEDURE_2016_1,
  '2016.2': PROCEDURE_2016_2,
  '2021.1': PROCEDURE_2021_1,
};

/** The row of the transition table for a command on one side in a status, if the procedure has it. */
export const transitionOf = (procedure: ProcedureId, side: Side, command: CommandName, status: CaseStatus): Transition | undefined =>
  PROCEDURES[procedure].transitions.find((row) => row.side === side && row.command === command && row.from.includes(status));

/** The row by which a command begins a case, on either side, in one procedure or else in any. */
export const beginningOf = (command: CommandName, procedure?: ProcedureId): Transition | undefined =>
  (procedure ? [PROCEDURES[procedure]] : Object.values(PROCEDURES))
    .flatMap(({ transitions }) => transitions)
    .find((row) => row.from.length === 0 && row.command === command);

/** Clerk commands that the table allows in a state to a role. */
export function tableAllows(procedure: ProcedureId, side: Side, status: CaseStatus, role: Role): ClerkCommandName[] {
  const rows = PROCEDURES[procedure].transitions.filter(
    (row) => row.side === side && row.from.includes(status) && row.roles.includes(role),
  );
  return ClerkCommandNames.options.filter((name) => rows.some((row) => row.command === name));
}
