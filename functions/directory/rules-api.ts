import * as z from 'zod';
import { RegionalRules, RegionalRulesStatement } from '../../schemas/entitlement.ts';
import { PARAMETERS } from '../../schemas/route-shapes.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { HttpAnswer, HttpRequest, RouteHandler } from '../platform/http.ts';
import { stateRules } from './changes.ts';
import { answerPut, regionIn, regionNotFound, type StatementDeps, stampOf } from './statements.ts';
import type { DirectoryStore } from './store.ts';

export type RulesApiDeps = StatementDeps & { store: Pick<DirectoryStore, 'getRegion' | 'getRules' | 'putRules'> };

/** Handlers of a region's own rules (A14): each statement is a version, and every version can be read. */
export const rulesHandlers = (deps: RulesApiDeps): [string, RouteHandler][] => [
  ['GET /v1/directory/regions/{region}/rules', (request) => getRules(deps, request)],
  ['PUT /v1/directory/regions/{region}/rules', (request) => putRules(deps, request)],
];

const Wanted = z.object({ version: PARAMETERS.version.schema.transform(Number).optional() });

/** The version that was stated last, in force or not, since that is the one to be changed; with `?version=` that one. */
async function getRules({ store }: RulesApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const region = regionIn(request);
  const { version } = parseOrRefuse(Wanted, request.query, 'request.invalid');
  const versions = await store.getRules(region);
  const rules = version === undefined ? versions.at(-1) : versions.find((candidate) => candidate.version === version);
  if (rules === undefined) {
    const field = version === undefined ? 'region' : 'version';
    throw new Refusal('directory.rules-not-found', [
      finding(field, 'unknown', '目录中没有该规定或该版本 (no such rules, or no such version)'),
    ]);
  }
  return { status: 200, body: RegionalRules.parse(rules) };
}

/** States a region's rules anew; a waiting period of more than six months is refused by the schema (A12). */
async function putRules(deps: RulesApiDeps, request: HttpRequest): Promise<HttpAnswer> {
  const { store, log } = deps;
  const code = regionIn(request);
  const { reason, ...entry } = parseOrRefuse(RegionalRulesStatement, request.body, 'request.invalid');
  const [region, versions] = await Promise.all([store.getRegion(code), store.getRules(code)]);
  if (region === undefined) throw regionNotFound();
  const current = versions.at(-1);
  const next = stateRules(current, code, entry, stampOf(deps, request, { reason }));
  return answerPut(request, current, next, RegionalRules.parse, async (rules) => {
    await store.putRules(rules);
    log.info('directory.changed', { region: code, version: rules.version });
  });
}
