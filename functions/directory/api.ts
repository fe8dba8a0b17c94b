import * as z from 'zod';
import { Office, OfficeEntry, Region, RegionStatement } from '../../schemas/directory.ts';
import { OfficeCode } from '../../schemas/primitives.ts';
import { finding, parseOrRefuse, Refusal, refuse } from '../platform/errors.ts';
import type { HttpAnswer, HttpRequest, RouteHandler } from '../platform/http.ts';
import { stateOffice, stateRegion } from './changes.ts';
import { type RulesApiDeps, rulesHandlers } from './rules-api.ts';
import { answerPut, regionIn, regionNotFound, type StatementDeps, stampOf } from './statements.ts';
import type { DirectoryStore } from './store.ts';

export type DirectoryApiDeps = StatementDeps & {
  store: Pick<DirectoryStore, 'getOffice' | 'getRegion' | 'putOffice' | 'putRegion'> & RulesApiDeps['store'];
};

/** Handlers of the routes with group 'directory'. Reads are of the table itself: whoever edits must see what is there now. */
export function createDirectoryApi(deps: DirectoryApiDeps): ReadonlyMap<string, RouteHandler> {
  return new Map<string, RouteHandler>([
    ['GET /v1/directory/offices/{office}', (request) => getOffice(deps, request)],
    ['PUT /v1/directory/offices/{office}', (request) => putOffice(deps, request)],
    ['GET /v1/directory/regions/{region}', (request) => getRegion(deps, request)],
    ['PUT /v1/directory/regions/{region}', (request) => putRegion(deps, request)],
    ...rulesHandlers(deps),
  ]);
}

const officeIn = ({ params }: HttpRequest) => parseOrRefuse(z.object({ office: OfficeCode }), params, 'request.invalid').office;

async function getOffice({ store }: DirectoryApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const office = await store.getOffice(officeIn(request));
  if (office === undefined)
    throw new Refusal('directory.office-not-found', [finding('office', 'unknown', '目录中没有该机构 (no such office)')]);
  return { status: 200, body: Office.parse(office) };
}

async function getRegion({ store }: DirectoryApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const region = await store.getRegion(regionIn(request));
  if (region === undefined) throw regionNotFound();
  return { status: 200, body: Region.parse(region) };
}

/** States an office anew; its region must be known. */
async function putOffice(deps: DirectoryApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const { store, log } = deps;
  const code = officeIn(request);
  const entry = parseOrRefuse(OfficeEntry, request.body, 'request.invalid');
  const [current, region] = await Promise.all([store.getOffice(code), store.getRegion(entry.region)]);
  if (region === undefined) {
    refuse('recipient.unknown', finding('region', 'unknown', '目录中没有该统筹地区 (the directory has no such region)'));
  }
  const next = stateOffice(current, code, entry, stampOf(deps, request, entry));
  return answerPut(request, current, next, Office.parse, async (office) => {
    await store.putOffice(office);
    log.info('directory.changed', { office: code, region: office.region, version: office.version });
  });
}

/** States a region anew; inbox and keys stay as the deployment registered them. The main office must be one of its own. */
async function putRegion(deps: DirectoryApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const { store, log } = deps;
  const code = regionIn(request);
  const { reason, ...entry } = parseOrRefuse(RegionStatement, request.body, 'request.invalid');
  const [current, mainOffice] = await Promise.all([store.getRegion(code), store.getOffice(entry.mainOffice)]);
  // A region that is new to the directory has no office yet: offices are entered under their region.
  const isItsOwn = mainOffice === undefined ? current === undefined : mainOffice.region === code;
  if (!isItsOwn) {
    refuse('directory.office-unknown', finding('mainOffice', 'unknown', '该机构不属于本统筹地区 (the office is not of this region)'));
  }
  const next = stateRegion(current, { code, ...entry }, stampOf(deps, request, { reason }));
  return answerPut(request, current, next, Region.parse, async (region) => {
    await store.putRegion(region);
    log.info('directory.changed', { region: code, version: region.version });
  });
}
