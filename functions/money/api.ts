import { ROUTES } from '../../schemas/api.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { type RouteHandler, routeKey } from '../platform/http.ts';
import { lineHandler, listHandler } from './lines-api.ts';
import { matchHandler } from './match-by-hand.ts';
import { reconciliationHandler } from './reconciliation-api.ts';
import { approveHandler, proposeHandler } from './returns-api.ts';

/** Handlers of the routes of group `money`, by route key. */
export function moneyRoutes(deps: MatchDeps): ReadonlyMap<string, RouteHandler> {
  const handlers: Record<string, RouteHandler> = {
    'GET /v1/bank-lines': listHandler(deps),
    'GET /v1/bank-lines/{lineId}': lineHandler(deps),
    'POST /v1/bank-lines/{lineId}/match': matchHandler(deps),
    'POST /v1/bank-lines/{lineId}/propose-return': proposeHandler(deps),
    'POST /v1/bank-lines/{lineId}/approve-return': approveHandler(deps),
    'GET /v1/cases/{caseNumber}/reconciliation': reconciliationHandler(deps),
  };
  return new Map(
    ROUTES.filter(({ group }) => group === 'money').map((route) => {
      const handler = handlers[routeKey(route)];
      if (!handler) throw new Error(`no handler for ${routeKey(route)}`);
      return [routeKey(route), handler];
    }),
  );
}
