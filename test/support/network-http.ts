import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import { routeKey } from '../../functions/platform/http.ts';
import { type Caller, ROUTES } from '../../schemas/api.ts';

export type ApiRequest = {
  /** Absent: anybody, without a token. */
  caller?: Omit<Caller, 'sub'> & { sub?: string };
  method: 'GET' | 'POST';
  /** As a client writes it, with the query: `/v1/cases/…/accept`. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
};

/** middy looks at nothing in it for these handlers. */
export const CONTEXT = {} as Context;

/** A request that the HTTP API has let through: its token was good, its claims stand in the event. */
export function apiEvent({ caller, method, path, body, headers = {} }: ApiRequest): APIGatewayProxyEventV2WithJWTAuthorizer {
  const { pathname, searchParams } = new URL(path, 'https://api.example');
  const matched = matchRoute(method, pathname);
  return {
    version: '2.0',
    routeKey: matched.routeKey,
    rawPath: pathname,
    rawQueryString: searchParams.toString(),
    headers: { 'content-type': 'application/json', ...headers },
    pathParameters: matched.params,
    ...(searchParams.size > 0 && { queryStringParameters: Object.fromEntries(searchParams) }),
    requestContext: {
      requestId: randomUUID(),
      ...(caller && {
        authorizer: { principalId: '', integrationLatency: 0, jwt: { claims: { sub: `clerk-${caller.office}`, ...caller }, scopes: [] } },
      }),
    } as unknown as APIGatewayProxyEventV2WithJWTAuthorizer['requestContext'],
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

function matchRoute(method: string, path: string): { routeKey: string; params: Record<string, string> } {
  const parts = path.split('/');
  for (const route of ROUTES.filter((candidate) => candidate.method === method)) {
    const pattern = route.path.split('/');
    if (pattern.length !== parts.length) continue;
    const pairs = pattern.map((said, i) => [said, parts[i] ?? ''] as const);
    if (!pairs.every(([said, given]) => said.startsWith('{') || said === given)) continue;
    const params = pairs.filter(([said]) => said.startsWith('{')).map(([said, given]) => [said.slice(1, -1), decodeURIComponent(given)]);
    return { routeKey: routeKey(route), params: Object.fromEntries(params) };
  }
  throw new Error(`no route ${method} ${path}`);
}
