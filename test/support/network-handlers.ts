import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context, DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import { casesApi } from '../../functions/cases/api.ts';
import { createApplicationStore } from '../../functions/cases/application-store.ts';
import { createMessageStore } from '../../functions/cases/message-store.ts';
import { kmsPersonHash } from '../../functions/cases/person-hash.ts';
import { createProgressStore } from '../../functions/cases/progress-store.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { snsPublisher } from '../../functions/deadlines/publisher.ts';
import { createDeadlineStore } from '../../functions/deadlines/store.ts';
import { sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { createDirectory } from '../../functions/directory/reader.ts';
import { createDirectoryStore } from '../../functions/directory/store.ts';
import { exchangeRoutes } from '../../functions/exchange/api.ts';
import { dispatch } from '../../functions/exchange/dispatch.ts';
import { createPendingStore } from '../../functions/exchange/pending-store.ts';
import { sqsInboxes, sqsSendQueue } from '../../functions/exchange/queues.ts';
import { receive } from '../../functions/exchange/receive.ts';
import { relay } from '../../functions/exchange/relay.ts';
import { sweepPending } from '../../functions/exchange/sweep.ts';
import { handleDeps } from '../../functions/exchange/wire.ts';
import type { Clock } from '../../functions/platform/clock.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import { kmsSigner } from '../../functions/platform/signature.ts';
import { type Caller, ROUTES } from '../../schemas/api.ts';
import type { HandlerClients } from './network-aws.ts';
import { PERSON_HASH_KEY, type Resources, SIGNING_KEY_ALIAS_PREFIX } from './network-resources.ts';
import type { Witness } from './witness.ts';

/** The product's own handlers, put together as the entry files do, on the clients and the clock of a test. One directory cache each. */
export function handlersFor(clients: HandlerClients, { tables, sendQueue, alertTopic }: Resources, clock: Clock, seen: Witness) {
  const { documents, sqs, kms, sns } = clients;
  const { log, metrics } = seen;
  const directory = () => createDirectory({ store: createDirectoryStore(documents, tables.directory), clock });
  const caseDeps = () => ({
    store: createCaseStore(documents, tables.exchange),
    directory: directory(),
    signer: kmsSigner(kms, SIGNING_KEY_ALIAS_PREFIX),
    personHash: kmsPersonHash(kms, PERSON_HASH_KEY),
    clock,
    ids: systemIds,
    log,
    metrics,
  });
  const pending = createPendingStore(documents, tables.exchange);
  const inboxes = sqsInboxes(sqs);
  const apis = {
    cases: casesApi({
      ...caseDeps(),
      attempts: createProgressStore(documents, tables.exchange),
      messages: createMessageStore(documents, tables.exchange),
      applications: createApplicationStore(documents, tables.exchange),
    }),
    exchange: httpHandler(exchangeRoutes(handleDeps(caseDeps(), documents, tables.exchange)), log, metrics),
  };
  const relayDeps = { sendQueue: sqsSendQueue(sqs, sendQueue.url), log };
  const dispatchDeps = { directory: directory(), inboxes, pending, log };
  const receiveDeps = { ...handleDeps(caseDeps(), documents, tables.exchange), inboxes };
  const sweepDeps = { directory: directory(), inboxes, pending, clock, log, metrics };
  const deadlineDeps = {
    store: createDeadlineStore(documents, tables.exchange),
    publisher: snsPublisher(sns, alertTopic),
    clock,
    log,
    metrics,
  };
  return {
    relay: (event: DynamoDBStreamEvent) => relay(relayDeps, event),
    dispatch: (event: SQSEvent) => dispatch(dispatchDeps, event),
    receive: (event: SQSEvent) => receive(receiveDeps, event),
    sweepPending: () => sweepPending(sweepDeps),
    sweepDeadlines: () => sweepDeadlines(deadlineDeps),
    /** A request that the HTTP API has let through: its token was good, its claims stand in the event. */
    async api(request: ApiRequest) {
      const event = apiEvent(request);
      const group = ROUTES.find((route) => routeKey(route) === event.routeKey)?.group === 'exchange' ? 'exchange' : 'cases';
      const answer = await apis[group](event, CONTEXT);
      return { status: answer.statusCode ?? 0, body: JSON.parse(answer.body ?? 'null') };
    },
  };
}

export type Handlers = ReturnType<typeof handlersFor>;

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
const CONTEXT = {} as Context;

function apiEvent({ caller, method, path, body, headers = {} }: ApiRequest): APIGatewayProxyEventV2WithJWTAuthorizer {
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
