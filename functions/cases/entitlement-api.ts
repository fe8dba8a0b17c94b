import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import { Entitlement, type EntitlementFacts, EntitlementQuery, EntitlementView } from '../../schemas/entitlement.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { Directory } from '../directory/reader.ts';
import { rulesOn } from '../directory/rules.ts';
import { canonicalJson } from '../platform/canonical.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { HttpRequest, RouteHandler } from '../platform/http.ts';
import { caseOfCaller } from './caller-case.ts';
import { regionOfCaller } from './commands-api.ts';
import { entitlementBetween, entitlementOf } from './entitlement/index.ts';
import type { Folded } from './evolve.ts';
import { schemesOf } from './facts.ts';
import type { CaseDeps } from './request.ts';
import { applyEntry, readChain } from './timeline.ts';

export type EntitlementApiDeps = Pick<CaseDeps, 'store' | 'directory' | 'log'>;

/** What a person is entitled to: asked at the counter without a case, and of a case as it was assessed. */
export const entitlementHandlers = (deps: EntitlementApiDeps): [string, RouteHandler][] => [
  ['POST /v1/entitlement', (http) => askEntitlement(deps, http)],
  ['GET /v1/cases/{caseNumber}/entitlement', (http) => getEntitlement(deps, http)],
];

/** Stores nothing: no case, no person (A12). */
async function askEntitlement({ directory }: EntitlementApiDeps, http: HttpRequest) {
  const region = await regionOfCaller({ directory }, http);
  const { from, to, facts } = parseOrRefuse(EntitlementQuery, http.body, 'request.invalid');
  const [versions, calendar] = await Promise.all([directory.rules(region), directory.calendar(region)]);
  const regionalRules = rulesOn(versions, facts.registeredOn);
  return { status: 200, body: Entitlement.parse(entitlementBetween({ from, to, facts, regionalRules, calendar })) };
}

/** The stored assessment beside the same one made again from what it was made of (A14). */
async function getEntitlement(deps: EntitlementApiDeps, http: HttpRequest) {
  const state = await caseOfCaller(deps, http);
  const { caller } = http;
  const { facts, entitlement, before } = await assessmentIn(deps, state);
  const assessedAgain = await assessAgain(deps.directory, before, facts, entitlement);
  const identical = canonicalJson(assessedAgain) === canonicalJson(entitlement);
  const { caseNumber, region } = state;
  deps.log.info('record.viewed', { caseNumber, region, office: caller.office, role: caller.role, subject: caller.sub });
  return { status: 200, body: EntitlementView.parse({ assessed: entitlement, assessedAgain, identical }) };
}

type Assessment = {
  facts: EntitlementFacts;
  entitlement: Entitlement;
  /** The case that the assessment looked at: its documents may have been corrected since. */
  before: TransferCase;
};

/** The last assessment in the timeline, which keeps the facts; an entry that was tampered with proves nothing (E7). */
async function assessmentIn({ store }: EntitlementApiDeps, { region, caseNumber, version, hash }: TransferCase): Promise<Assessment> {
  const { entries, brokenAt } = readChain((await store.timeline(region, caseNumber)).slice(0, version), hash);
  if (brokenAt !== undefined) {
    const reason = `第${brokenAt}条办理记录与哈希链不符 (entry ${brokenAt} does not fit the chain)`;
    throw new Refusal('case.timeline-broken', [finding('caseNumber', 'timeline_broken', reason)]);
  }
  const index = entries.findLastIndex((entry) => assessedIn(entry) !== undefined);
  const event = entries[index] && assessedIn(entries[index]);
  const before = entries.slice(0, Math.max(index, 0)).reduce<Folded>(applyEntry, undefined);
  if (!event || !before) {
    throw new Refusal('entitlement.not-found', [finding('caseNumber', 'not_assessed', '尚未核定待遇 (no benefits were assessed)')]);
  }
  return { facts: event.facts, entitlement: event.entitlement, before };
}

const assessedIn = ({ events }: TimelineEntry): Extract<CaseEvent, { type: 'entitlement-assessed' }> | undefined =>
  events.find((event) => event.type === 'entitlement-assessed');

/** By the versions that it names; the national rules are those of the day of registration, then as now. */
async function assessAgain(
  directory: Pick<Directory, 'pastRules' | 'pastCalendar'>,
  before: TransferCase,
  facts: EntitlementFacts,
  { rules }: Entitlement,
): Promise<Entitlement> {
  const { formerScheme, newScheme } = schemesOf(before);
  if (!newScheme) throw new TypeError('assessed without a new scheme');
  const [regionalRules, calendar] = await Promise.all([
    directory.pastRules(before.region, rules.regional?.version),
    directory.pastCalendar(rules.calendar),
  ]);
  return entitlementOf({ formerScheme, newScheme, facts, regionalRules, calendar });
}
