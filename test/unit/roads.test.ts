import { describe, expect, test } from 'vitest';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import { Side } from '../../schemas/codes.ts';
import type { CaseStatus } from '../../schemas/procedures.ts';
import { roadTo, WAYS } from '../support/roads.ts';

const PLACES = Object.entries(WAYS).flatMap(([procedure, sides]) =>
  Side.options.flatMap((side) =>
    Object.keys(sides[side]).map((status) => ({ procedure: procedure as keyof typeof WAYS, side, status: status as CaseStatus })),
  ),
);

describe('every status of both procedures can be reached over the rules alone (B4, B5, B6, B21)', () => {
  test.each(PLACES)('$procedure $side $status', ({ procedure, side, status }) => {
    const road = roadTo(procedure, side, status);
    const state = road.state(side);
    expect([state.status, state.procedure]).toEqual([status, procedure]);
    expect(road.exchange.refused.map(({ refusal, parcel }) => [parcel, refusal.errors])).toEqual([]);
    const entries = road.exchange.entries(state.region, state.caseNumber);
    expect(readChain(entries, state.hash)).toEqual({ entries, brokenAt: undefined });
    expect(stateAt(entries, road.exchange.now)).toEqual(state);
  });
});
