import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import type { CaseView } from '../../schemas/api.ts';
import type { ProcedureId } from '../../schemas/procedures.ts';
import type { Handover, SideName } from './scenario-handover.ts';

type State = CaseView['case'];
/** Status and offered actions; `absent` before the message that begins the copy has come. */
export type Offer = readonly [status: string, actions: readonly string[]];

const offerOf = ({ status, body }: { status: number; body: CaseView }): Offer =>
  status === 200 ? [body.case.status, body.actions] : ['absent', []];

/** What both sides' clerks see offered now, and the second clerk of the region left. */
export const offers = async (handover: Handover): Promise<Record<SideName | 'second', Offer>> => ({
  in: offerOf(await handover.view('in')),
  out: offerOf(await handover.view('out')),
  second: offerOf(await handover.secondView()),
});

/** What the transition table allows a clerk in a status, on either side. */
export const allowed = (procedure: ProcedureId, status: string): string[] =>
  PROCEDURES[procedure].transitions
    .filter(({ from, roles }) => roles.includes('clerk') && from.some((state) => state === status))
    .map(({ command }) => command);

export const stopped = ({ clocks }: Pick<State, 'clocks'>): boolean =>
  Object.values(clocks).every(({ stoppedAt }) => stoppedAt !== undefined);

/** How many kinds of message that move a clock are known to have arrived. */
export const delivered = (state: Pick<State, 'delivered'>): number => Object.keys(state.delivered).length;
