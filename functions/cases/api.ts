import { ROUTES } from '../../schemas/api.ts';
import { httpHandler, type RouteHandler, routeKey } from '../platform/http.ts';
import { type CommandDeps, commandHandler } from './commands-api.ts';
import { caseHandler, timelineHandler, workListHandler } from './queries-api.ts';

/** The HTTP function of group `cases`: every clerk command and the three queries. */
export function casesApi(deps: CommandDeps) {
  const commands = ROUTES.flatMap((route): [string, RouteHandler][] =>
    route.command ? [[routeKey(route), commandHandler(deps, route.command)]] : [],
  );
  const queries: [string, RouteHandler][] = [
    ['GET /v1/cases/{caseNumber}', caseHandler(deps)],
    ['GET /v1/cases/{caseNumber}/timeline', timelineHandler(deps)],
    ['GET /v1/work-list', workListHandler(deps)],
  ];
  return httpHandler(new Map([...commands, ...queries]), deps.log, deps.metrics);
}
