import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { ProblemDetail } from '../../schemas/problems.ts';

/** The API said no; the message carries its code and Chinese title with each finding. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  readonly code: string;

  constructor(request: string, status: number, code: string, what: string) {
    super(`${request}: ${status} ${code} ${what}`);
    this.status = status;
    this.code = code;
  }
}

/** The HTTP API as one caller sees it. Answers are parsed through the schema that is asked for. */
export interface Api {
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
  post<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<z.output<S>>;
  put<S extends z.ZodType>(path: string, body: unknown, schema: S): Promise<z.output<S>>;
}

/** Address of an HTTP API at a local endpoint. Its own host name `<id>.execute-api.localhost` resolves on few machines. */
export function localApiUrl(endpoint: string, apiUrl: string): string {
  const [apiId] = new URL(apiUrl).hostname.split('.');
  return `${endpoint}/_aws/execute-api/${apiId}/$default`;
}

/**
 * Every command gets an idempotency key of its own.
 * @param tokenFor is asked once, at the first call; without it no token is sent, as to a public route
 */
export function apiClient(baseUrl: string, tokenFor?: () => Promise<string>): Api {
  let token: Promise<string> | undefined;

  const call = async <S extends z.ZodType>(method: string, path: string, schema: S, body?: unknown): Promise<z.output<S>> => {
    token ??= tokenFor?.();
    const answer = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${await token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw refusalOf(`${method} ${path}`, answer.status, text);
    }
    return schema.parse(JSON.parse(text));
  };

  return {
    get: (path, schema) => call('GET', path, schema),
    post: (path, body, schema) => call('POST', path, schema, body),
    put: (path, body, schema) => call('PUT', path, schema, body),
  };
}

/** The gateway's own refusals, such as of a bad token, are no problem details. */
function refusalOf(request: string, status: number, text: string): ApiRefusal {
  const parsed = ProblemDetail.safeParse(asJson(text));
  if (!parsed.success) {
    return new ApiRefusal(request, status, 'gateway', text.slice(0, 200));
  }
  const { code, title, errors, requestId } = parsed.data;
  const findings = errors.map(({ field, reason }) => `${field}: ${reason}`);
  return new ApiRefusal(request, status, code, [title, ...findings, `(${requestId})`].join('; '));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
