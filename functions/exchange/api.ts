import { QuarantineView, ReplayView, ROUTES } from '../../schemas/api.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { QuarantineRow } from '../../schemas/rows.ts';
import { regionOfCaller } from '../cases/commands-api.ts';
import type { Key } from '../cases/keys.ts';
import type { Directory } from '../directory/reader.ts';
import { finding, Refusal, refuse, sortFailure } from '../platform/errors.ts';
import { type HttpRequest, type RouteHandler, routeKey } from '../platform/http.ts';
import { type HandleDeps, handleDelivery } from './handle.ts';
import { failureOf, keyOfQuarantined, titleOf } from './quarantine.ts';
import type { QuarantineStore } from './quarantine-store.ts';

export type ExchangeApiDeps = HandleDeps & {
  directory: Pick<Directory, 'region' | 'office' | 'calendar' | 'refresh'>;
  quarantine: QuarantineStore;
};

const PAGE = 100;

/** Handlers of the routes of group `exchange`, by route key. */
export function exchangeRoutes(deps: ExchangeApiDeps): ReadonlyMap<string, RouteHandler> {
  const handlers: Record<string, (request: HttpRequest) => Promise<unknown>> = {
    'GET /v1/quarantine': (request) => listQuarantine(deps, request),
    'POST /v1/quarantine/{quarantineId}/replay': (request) => replay(deps, request),
  };
  return new Map(
    ROUTES.filter(({ group }) => group === 'exchange').map((route) => {
      const handler = handlers[routeKey(route)];
      if (!handler) throw new Error(`no handler for ${routeKey(route)}`);
      return [routeKey(route), async (request) => ({ status: 200, body: await handler(request) })];
    }),
  );
}

async function listQuarantine(deps: ExchangeApiDeps, request: HttpRequest): Promise<QuarantineView> {
  const region = await regionOfCaller(deps, request);
  const { rows, more } = await deps.quarantine.list(region, PAGE, cursorIn(region, request));
  return QuarantineView.parse({
    items: rows.map(({ id, receivedAt, code, path, replayedAt, replayedBy, resolvedAt }) => {
      return { id, receivedAt, code, path, title: titleOf(code), replayedAt, replayedBy, resolvedAt };
    }),
    nextCursor: more ? rows.at(-1)?.id : undefined,
  });
}

/** The cursor is the id of the last entry that was shown. */
function cursorIn(region: RegionCode, { query }: HttpRequest): Key | undefined {
  if (query.cursor === undefined) return undefined;
  return (
    keyOfQuarantined(region, query.cursor) ?? refuse('request.invalid', finding('cursor', 'invalid', '游标无效 (the cursor is not valid)'))
  );
}

/** Brings a message the way it came, with the moment it came (B2): a replay moves no clock. */
async function replay(deps: ExchangeApiDeps, request: HttpRequest): Promise<ReplayView> {
  const region = await regionOfCaller(deps, request);
  const key = keyOfQuarantined(region, request.params.quarantineId ?? '');
  const row =
    (key && (await deps.quarantine.get(key))) ??
    refuse('quarantine.not-found', finding('quarantineId', 'unknown', '隔离区没有该报文 (no such message)'));
  if (row.replayedAt !== undefined || row.resolvedAt !== undefined) throw doneAlready();
  const { outcome, failure } = await handleAgain(deps, row);
  const { sub: subject, office, role } = request.caller;
  const noted = failure
    ? await deps.quarantine.noteFailure(row, failure)
    : await deps.quarantine.markReplayed(row, deps.clock.now(), { subject, office, role });
  if (!noted) throw doneAlready();
  return ReplayView.parse({ id: row.id, outcome, code: failure?.code });
}

const doneAlready = () =>
  new Refusal('quarantine.already-replayed', [finding('quarantineId', 'done', '该报文已办理 (the message was handled already)')]);

async function handleAgain(deps: ExchangeApiDeps, { region, body, receivedAt }: QuarantineRow) {
  try {
    return { outcome: await handleDelivery(deps, { region, body, receivedAt }), failure: undefined };
  } catch (error) {
    const sorted = sortFailure(error);
    if (sorted.kind === 'retry') throw error;
    return { outcome: 'quarantined' as const, failure: failureOf(sorted.refusal) };
  }
}
