import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import type { httpHandler } from '../../functions/platform/http.ts';

/** What API Gateway makes of a call whose token it has checked. */
export type HttpCall = {
  claims?: Record<string, unknown> | undefined;
  params?: Record<string, string>;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  /** The body as it is on the wire, instead of `body`. */
  raw?: string;
  base64?: boolean;
};

export function eventOf(route: string, { claims, params, query, headers = {}, body, raw, base64 = false }: HttpCall) {
  const event = {
    routeKey: route,
    pathParameters: params,
    queryStringParameters: query,
    headers,
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    isBase64Encoded: base64,
    requestContext: { requestId: 'request-1', authorizer: claims && { jwt: { claims, scopes: null } } },
  };
  return event as unknown as APIGatewayProxyEventV2WithJWTAuthorizer;
}

/** Calls a handler through the whole ring. */
export async function call(handler: ReturnType<typeof httpHandler>, route: string, said: HttpCall) {
  const answer = (await handler(eventOf(route, said), {} as Context)) as APIGatewayProxyStructuredResultV2;
  return { status: answer.statusCode ?? 0, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? 'null') };
}
