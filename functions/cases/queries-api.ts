import * as z from 'zod';
import { type Caller, CaseView, ProcedureView, TimelineView, WorkListView } from '../../schemas/api.ts';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import { Instant, RegionCode } from '../../schemas/primitives.ts';
import { type ClerkCommandName, PROCEDURE_REASONS } from '../../schemas/procedures.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { HttpRequest, RouteHandler } from '../platform/http.ts';
import { caseOfCaller } from './caller-case.ts';
import { regionOfCaller } from './commands-api.ts';
import { obstacleTo } from './obstacles.ts';
import { chooseProcedure } from './procedures/choose.ts';
import { PROCEDURES, tableAllows } from './procedures/index.ts';
import type { CaseDeps } from './request.ts';
import { ownDue } from './rows.ts';
import { type Chain, readChain, stateAt } from './timeline.ts';
import { cursorIn, cursorOf } from './work-cursor.ts';

type QueryDeps = Pick<CaseDeps, 'store' | 'directory' | 'log'>;

/** What this caller may do with a case now: what the transition table allows to the role, unless the state stands in the way. */
export function actionsFor(state: TransferCase, { role, sub }: Pick<Caller, 'role' | 'sub'>): ClerkCommandName[] {
  return tableAllows(state.procedure, state.side, state.status, role).filter((name) => !obstacleTo(state, name, sub));
}

/** A case now, or with `?at=` as it was recorded at that moment (then nothing can be done with it). */
export const caseHandler =
  (deps: QueryDeps): RouteHandler =>
  async (http) => {
    const state = await caseOfCaller(deps, http);
    if (http.query.at === undefined) {
      logView(deps, http, state);
      return view(state, actionsFor(state, http.caller));
    }
    const { at } = parseOrRefuse(z.object({ at: Instant }), http.query, 'request.invalid');
    const past = stateAt(reachingTo(at, await chainOf(deps, state)), at);
    if (!past) throw new Refusal('case.not-found', [finding('at', 'too_early', '该时刻业务尚不存在 (there was no case at that time)')]);
    logView(deps, http, past);
    return view(past, []);
  };

/** Who saw whose record, and when (F3): written before it is shown. */
function logView({ log }: QueryDeps, { caller }: HttpRequest, { caseNumber, region }: TransferCase): void {
  log.info('record.viewed', { caseNumber, region, office: caller.office, role: caller.role, subject: caller.sub });
}

/** An entry may have been added since the case was read; the chain is checked up to the version that was. */
const chainOf = async ({ store }: QueryDeps, { region, caseNumber, version, hash }: TransferCase): Promise<Chain> =>
  readChain((await store.timeline(region, caseNumber)).slice(0, version), hash);

/** The entries, if no damaged one can be among those recorded until `at`: a state made without it would be a false one (E7). */
function reachingTo(at: Instant, { entries, brokenAt }: Chain): TimelineEntry[] {
  const isWhole = brokenAt === undefined || entries.some((entry) => entry.recordedAt > at);
  if (isWhole) return entries;
  const reason = `第${brokenAt}条办理记录与哈希链不符 (entry ${brokenAt} does not fit the chain)`;
  throw new Refusal('case.timeline-broken', [finding('at', 'timeline_broken', reason)]);
}

const view = (state: TransferCase, actions: ClerkCommandName[]) => ({ status: 200, body: CaseView.parse({ case: state, actions }) });

export const timelineHandler =
  (deps: QueryDeps): RouteHandler =>
  async (http) => {
    const state = await caseOfCaller(deps, http);
    const { entries, brokenAt } = await chainOf(deps, state);
    const body = {
      caseNumber: state.caseNumber,
      entries,
      intact: brokenAt === undefined,
      brokenAt,
      actions: actionsFor(state, http.caller),
    };
    logView(deps, http, state);
    return { status: 200, body: TimelineView.parse(body) };
  };

const PAGE = 25;

export const workListHandler =
  (deps: QueryDeps): RouteHandler =>
  async (http) => {
    const { office } = http.caller;
    await regionOfCaller(deps, http);
    const { cases, next } = await deps.store.workList(office, PAGE, cursorIn(http, office));
    const items = cases.map((state) => {
      const { caseNumber, side, status, counterpart, procedure } = state;
      return { caseNumber, side, status, counterpart, procedure, dueOn: ownDue(state), actions: actionsFor(state, http.caller) };
    });
    return { status: 200, body: WorkListView.parse({ office, items, nextCursor: cursorOf(next) }) };
  };

/** What applies to a case with another region, told before a form is filled in (B21). */
export const procedureHandler =
  ({ directory, clock }: Pick<CaseDeps, 'directory' | 'clock'>): RouteHandler =>
  async (http) => {
    const { counterpart } = parseOrRefuse(z.object({ counterpart: RegionCode }), http.query, 'request.invalid');
    const [own, other] = await Promise.all([regionOfCaller({ directory }, http).then(directory.region), directory.region(counterpart)]);
    if (!own || !other) {
      throw new Refusal('recipient.unknown', [finding('counterpart', 'unknown', '目录中没有该统筹地区 (no such region in the directory)')]);
    }
    const { procedure, reason } = chooseProcedure(chinaDate(clock.now()), own, other);
    const { materials } = PROCEDURES[procedure];
    return { status: 200, body: ProcedureView.parse({ counterpart, procedure, reason, reasonText: PROCEDURE_REASONS[reason], materials }) };
  };
