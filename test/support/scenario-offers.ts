import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import type { CaseView } from '../../schemas/api.ts';
import type { ProcedureId } from '../../schemas/procedures.ts';
import type { Handover, SideName } from './scenario-handover.ts';

type State = CaseView['case'];
/** Status and offered actions; `absent` before the message that begins the copy has come. */
export type Offer = readonly [status: string, actions: readonly string[]];

const offerOf = ({ status, body }: { status: number; body: CaseView }): Offer =>
  status === 200 ? [body.case.status, body.actions] : ['absent', []];

/** What the first clerk of either side sees offered now, and what the second one does. */
export type Offers = Record<SideName | 'secondIn' | 'secondOut', Offer>;
export const offers = async (handover: Handover): Promise<Offers> => ({
  in: offerOf(await handover.view('in')),
  secondIn: offerOf(await handover.secondView('in')),
  out: offerOf(await handover.view('out')),
  secondOut: offerOf(await handover.secondView('out')),
});

/** Both clerks of a side see the same, unless said otherwise. */
export const atIn = (offer: Offer, secondIn: Offer = offer) => ({ in: offer, secondIn });
export const atOut = (offer: Offer, secondOut: Offer = offer) => ({ out: offer, secondOut });

/** What the transition table allows a clerk in a status, on either side. */
export const allowed = (procedure: ProcedureId, status: string): string[] =>
  PROCEDURES[procedure].transitions
    .filter(({ from, roles }) => roles.includes('clerk') && from.some((state) => state === status))
    .map(({ command }) => command);

export const stopped = ({ clocks }: Pick<State, 'clocks'>): boolean =>
  Object.values(clocks).every(({ stoppedAt }) => stoppedAt !== undefined);

/** How many kinds of message that move a clock are known to have arrived. */
export const delivered = (state: Pick<State, 'delivered'>): number => Object.keys(state.delivered).length;
