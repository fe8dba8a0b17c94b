import * as z from 'zod';
import { Office, OfficeEntry } from '../../schemas/directory.ts';
import { OfficeCode } from '../../schemas/primitives.ts';
import type { Clock } from '../platform/clock.ts';
import { finding, parseOrRefuse, Refusal, refuse } from '../platform/errors.ts';
import type { HttpAnswer, HttpRequest, RouteHandler } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import { stateOffice } from './changes.ts';
import type { DirectoryStore } from './store.ts';

export type DirectoryApiDeps = {
  store: Pick<DirectoryStore, 'getOffice' | 'getRegion' | 'putOffice'>;
  clock: Clock;
  log: Log;
};

const Params = z.object({ office: OfficeCode });

/** `If-Match` as sent back from `version`: one strong entity tag (RFC 9110 13.1.1). */
const Precondition = z.object({
  'If-Match': z
    .string()
    .regex(/^"\d{1,6}"$/, { error: '须为带双引号的版本号，例如 "3" (must be a version in double quotes, such as "3")' })
    .transform((tag) => Number(tag.slice(1, -1)))
    .optional(),
});

/** Handlers of the routes with group 'directory'. Reads are of the table itself: whoever edits must see what is there now. */
export function createDirectoryApi(deps: DirectoryApiDeps): ReadonlyMap<string, RouteHandler> {
  return new Map<string, RouteHandler>([
    ['GET /v1/directory/offices/{office}', (request) => getOffice(deps, request)],
    ['PUT /v1/directory/offices/{office}', (request) => putOffice(deps, request)],
  ]);
}

async function getOffice({ store }: DirectoryApiDeps, { params }: HttpRequest): Promise<HttpAnswer> {
  const { office: code } = parseOrRefuse(Params, params, 'request.invalid');
  const office = await store.getOffice(code);
  if (office === undefined) throw new Refusal('directory.office-not-found');
  return { status: 200, body: Office.parse(office) };
}

/**
 * States an office anew. Answers 201 for the first version and 200 for any other; content that is there already makes no version, also when
 * `If-Match` names an older one, so that an answer lost on the way can be asked for again.
 */
async function putOffice({ store, clock, log }: DirectoryApiDeps, { params, headers, body, caller }: HttpRequest): Promise<HttpAnswer> {
  const { office: code } = parseOrRefuse(Params, params, 'request.invalid');
  const { 'If-Match': expected } = parseOrRefuse(Precondition, { 'If-Match': headers['if-match'] }, 'request.invalid');
  const entry = parseOrRefuse(OfficeEntry, body, 'request.invalid');
  const [current, region] = await Promise.all([store.getOffice(code), store.getRegion(entry.region)]);
  if (region === undefined) {
    refuse('recipient.unknown', finding('region', 'unknown', '目录中没有该统筹地区 (the directory has no such region)'));
  }
  const next = stateOffice(current, code, entry, { at: clock.now(), by: caller.sub, reason: entry.reason });
  if (next === undefined) return { status: 200, body: Office.parse(current) };
  if (expected !== undefined && expected !== (current?.version ?? 0)) {
    refuse('directory.changed', finding('If-Match', 'stale', '目录记录已有更新的版本 (the record has a newer version)'));
  }
  await store.putOffice(next);
  log.info('directory.changed', { office: code, region: next.region, version: next.version });
  return { status: current === undefined ? 201 : 200, body: Office.parse(next) };
}
