import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Caller, ROUTES, type Route } from '../../schemas/api.ts';
import { CaseNumber } from '../../schemas/primitives.ts';
import { PROBLEMS, type ProblemCode, type ProblemDetail, RETRY_AFTER } from '../../schemas/problems.ts';
import { finding, parseOrRefuse, Refusal, refuse, roleNotAllowed } from './errors.ts';
import { describeError, type Log, type LogFields } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What a route handler gets: the caller is known and may call this route; the body is parsed JSON and nothing more. */
export type HttpRequest = {
  route: Route;
  caller: Caller;
  params: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  headers: Record<string, string | undefined>;
  body: unknown;
};
/** What the handler of a public route gets: nobody knows who calls. */
export type PublicRequest = Omit<HttpRequest, 'caller'>;
export type HttpAnswer = { status: number; body: unknown };
export type RouteHandler = (request: HttpRequest) => Promise<HttpAnswer>;
export type PublicRouteHandler = (request: PublicRequest) => Promise<HttpAnswer>;

export const routeKey = (route: Route): string => `${route.method} ${route.path}`;

type Event = APIGatewayProxyEventV2WithJWTAuthorizer;
type Answer = APIGatewayProxyStructuredResultV2;

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/**
 * The ring around every HTTP function: finds the route and the caller, refuses roles that may not call it, turns errors into problem details
 * (RFC 9457), logs one line per request and counts the faults. `handlers` and `publicHandlers` have one entry per route key of the function's
 * group; a public route is looked up among the latter only, so that no handler that trusts in a caller is ever reached without one.
 */
export function httpHandler(
  handlers: ReadonlyMap<string, RouteHandler>,
  log: Log,
  metrics: Metrics,
  publicHandlers: ReadonlyMap<string, PublicRouteHandler> = new Map(),
) {
  return middy<Event, Answer>()
    .use({ after: ({ event, response }) => logAnswer(log, event, response), onError: (request) => answerError(log, metrics, request) })
    .handler(async (event) => {
      const route = ROUTES.find((candidate) => routeKey(candidate) === event.routeKey);
      if (!route) throw noSuchRoute();
      const { status, body } = await (route.public
        ? answerAnybody(publicHandlers.get(event.routeKey), route, event)
        : answerCaller(handlers.get(event.routeKey), route, event));
      return answer(event, status, { 'content-type': 'application/json; charset=utf-8' }, body);
    });
}

const noSuchRoute = () => new Refusal('route.not-found', [finding('path', 'unknown', '没有这个接口 (no such route)')]);

async function answerAnybody(handler: PublicRouteHandler | undefined, route: Route, event: Event): Promise<HttpAnswer> {
  if (!handler) throw noSuchRoute();
  return handler(requestOf(route, event));
}

async function answerCaller(handler: RouteHandler | undefined, route: Route, event: Event): Promise<HttpAnswer> {
  if (!handler) throw noSuchRoute();
  const caller = callerOf(event);
  if (!route.roles.includes(caller.role)) throw roleNotAllowed(route.roles);
  return handler({ ...requestOf(route, event), caller });
}

function requestOf(route: Route, event: Event): PublicRequest {
  return {
    route,
    params: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    headers: event.headers,
    body: bodyOf(event),
  };
}

function callerOf(event: Event): Caller {
  return parseOrRefuse(Caller, event.requestContext.authorizer?.jwt?.claims, 'caller.unknown');
}

function bodyOf(event: Event): unknown {
  if (event.body === undefined || event.body === '') return {};
  const text = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  try {
    return JSON.parse(text);
  } catch {
    return refuse('request.invalid', finding('', 'json', '请求正文不是有效的 JSON (the body is not JSON)'));
  }
}

/**
 * `If-Match: "7"`, the version that the caller was looking at (RFC 9110 13.1.1): one strong entity tag, nothing else. Undefined without the
 * header; then the change is judged on what is there.
 */
export function expectedVersionIn({ headers }: Pick<HttpRequest, 'headers'>): number | undefined {
  const header = headers['if-match'];
  if (header === undefined) return undefined;
  const tag = /^"(\d{1,6})"$/.exec(header)?.[1];
  if (tag === undefined) {
    refuse(
      'request.invalid',
      finding('If-Match', 'invalid_format', '须为带双引号的版本号，例如 "3" (must be a version in double quotes, such as "3")'),
    );
  }
  return Number(tag);
}

function answer(event: Event, status: number, headers: Record<string, string>, body: unknown): Answer {
  return {
    statusCode: status,
    headers: { ...HEADERS, ...headers, 'x-request-id': event.requestContext.requestId },
    body: JSON.stringify(body),
  };
}

/** Who asked for what, for every line; the path and the claims are the caller's own words, so only what parses is logged (F4). */
function lineOf({ routeKey: route, pathParameters, requestContext }: Event): LogFields {
  const caller = Caller.pick({ office: true, role: true }).safeParse(requestContext.authorizer?.jwt?.claims);
  const caseNumber = CaseNumber.safeParse(pathParameters?.caseNumber);
  return { route, requestId: requestContext.requestId, ...caller.data, ...(caseNumber.success && { caseNumber: caseNumber.data }) };
}

function logAnswer(log: Log, event: Event, response: Answer | null): void {
  log.info('http.answered', { ...lineOf(event), status: response?.statusCode ?? 0 });
}

function answerError(log: Log, metrics: Metrics, request: middy.Request<Event, Answer>): void {
  const { event, error } = request;
  const code: ProblemCode = error instanceof Refusal ? error.code : 'server.fault';
  const [status, title, titleEn] = PROBLEMS[code];
  const at = { ...lineOf(event), status, code };
  // A refusal for the moment (429, 503) is no fault either: nothing broke, the caller tries again.
  if (error instanceof Refusal) log.warn('http.refused', at);
  else {
    log.error('http.fault', { ...at, ...describeError(error) });
    metrics.count('HttpFault');
  }
  const problem: ProblemDetail = {
    type: `urn:jiexu:problem:${code}`,
    title,
    titleEn,
    status,
    code,
    errors: error instanceof Refusal ? [...error.errors] : [],
    requestId: event.requestContext.requestId,
  };
  const retryAfter = RETRY_AFTER.get(code);
  const headers = {
    'content-type': 'application/problem+json; charset=utf-8',
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  request.response = answer(event, status, headers, problem);
}
