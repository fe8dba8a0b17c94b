import type { Role, Side } from '../../../schemas/codes.ts';
import type { CaseStatus, ClerkCommandName, CommandName, Procedure, ProcedureId, Transition } from '../../../schemas/procedures.ts';
import { ClerkCommandName as ClerkCommandNames } from '../../../schemas/procedures.ts';
import { PROCEDURE_2016 } from './2016.ts';

export const PROCEDURES: Record<ProcedureId, Procedure> = { '2016.1': PROCEDURE_2016 };

/** What a case begins with; it keeps it. */
export const CURRENT_PROCEDURE: ProcedureId = '2016.1';

/** The row of the transition table for a command on one side, if the procedure has it. */
export const transitionOf = (procedure: ProcedureId, side: Side, command: CommandName): Transition | undefined =>
  PROCEDURES[procedure].transitions.find((row) => row.side === side && row.command === command);

/** The row of a command that begins a case, if it does. */
export const beginningOf = (procedure: ProcedureId, command: CommandName): Transition | undefined =>
  PROCEDURES[procedure].transitions.find((row) => row.from.length === 0 && row.command === command);

/** Clerk commands that the table allows in a state to a role. */
export function tableAllows(procedure: ProcedureId, side: Side, status: CaseStatus, role: Role): ClerkCommandName[] {
  return PROCEDURES[procedure].transitions
    .filter((row) => row.side === side && row.from.includes(status) && row.roles.includes(role))
    .flatMap((row) => ClerkCommandNames.options.filter((name) => name === row.command));
}
