import { ROUTES } from '../../schemas/api.ts';
import { httpHandler, type PublicRouteHandler, type RouteHandler, routeKey } from '../platform/http.ts';
import { type ApplicationsApiDeps, applicationHandlers } from './applications-api.ts';
import { commandHandler } from './commands-api.ts';
import { entitlementHandlers } from './entitlement-api.ts';
import { type IdentityApiDeps, identityHandlers } from './identity/identity-api.ts';
import { type MessagesApiDeps, messageHandlers } from './messages-api.ts';
import { type NoticesApiDeps, noticeHandlers } from './notices-api.ts';
import { type ProgressDeps, progressHandler } from './progress-api.ts';
import { caseHandler, procedureHandler, timelineHandler, workListHandler } from './queries-api.ts';
import { type RecordApiDeps, recordHandlers } from './record/record-api.ts';
import type { CaseDeps } from './request.ts';

type CasesApiDeps = CaseDeps & MessagesApiDeps & ApplicationsApiDeps & RecordApiDeps & IdentityApiDeps & NoticesApiDeps & ProgressDeps;

/** The HTTP function of group `cases`: every clerk command, what an office reads, and the person's own query. */
export function casesApi(deps: CasesApiDeps) {
  const commands = ROUTES.flatMap((route): [string, RouteHandler][] =>
    route.command ? [[routeKey(route), commandHandler(deps, route.command)]] : [],
  );
  const queries: [string, RouteHandler][] = [
    ['GET /v1/cases/{caseNumber}', caseHandler(deps)],
    ['GET /v1/cases/{caseNumber}/timeline', timelineHandler(deps)],
    ['GET /v1/work-list', workListHandler(deps)],
    ['GET /v1/procedure', procedureHandler(deps)],
    ...messageHandlers(deps),
    ...applicationHandlers(deps),
    ...entitlementHandlers(deps),
    ...recordHandlers(deps),
    ...identityHandlers(deps),
    ...noticeHandlers(deps),
  ];
  const publicHandlers = new Map<string, PublicRouteHandler>([['POST /v1/progress', progressHandler(deps)]]);
  return httpHandler(new Map([...commands, ...queries]), deps.log, deps.metrics, publicHandlers);
}
