import type { ApplicationStore } from '../../functions/cases/application-store.ts';
import { applicationKey } from '../../functions/cases/keys.ts';
import type { NoticeStore } from '../../functions/cases/notice-store.ts';
import { applicationNumberOf } from '../../functions/cases/numbers.ts';
import { createDirectoryApi } from '../../functions/directory/api.ts';
import { exchangeRoutes } from '../../functions/exchange/api.ts';
import { quarantineRow } from '../../functions/exchange/quarantine.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import type { Route } from '../../schemas/api.ts';
import type { ApplicationRow } from '../../schemas/applications.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import type { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import { CHENGDU_OTHER_OFFICE, caseApi, caseStoreInMemory, directory, directoryOf, OTHER_OFFICE } from './case-api.ts';
import { CASE_NUMBER, caseIn, NOW, OFFICES, PERSON_HASH, REGIONS, TODAY, uuid, WUHAN } from './cases.ts';
import { officeEntry, storeWith } from './directory.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, person } from './documents.ts';
import { rulesOf } from './entitlement.ts';
import { call, type HttpCall } from './http.ts';
import { aHandledLetter, messageStoreInMemory } from './message-store.ts';
import { aCaseNotice } from './notice-rows.ts';
import { attemptImport, attemptMoney, attemptVoucher, checkVoucher, type GroupReply } from './permissions-groups.ts';
import { OFFICES_OF_THREE } from './pure-places.ts';
import { roadTo } from './roads.ts';
import { OFFLINE, type Situation, situationFor } from './situations.ts';
import { entitlementFacts } from './suitable.ts';
import { untouched } from './untouched.ts';

/** Whose thing it is, seen from the caller. */
export const SCOPES = ['own', 'other-office', 'other-region'] as const;
export type Scope = (typeof SCOPES)[number];

const OFFICE_OF: Record<string, Record<Scope, OfficeCode>> = {
  [HANGZHOU]: { own: HANGZHOU_OFFICE, 'other-office': OTHER_OFFICE, 'other-region': CHENGDU_OFFICE },
  [CHENGDU]: { own: CHENGDU_OFFICE, 'other-office': CHENGDU_OTHER_OFFICE, 'other-region': HANGZHOU_OFFICE },
};

const SCOPE_REGION: Record<Scope, RegionCode> = { own: HANGZHOU, 'other-office': HANGZHOU, 'other-region': CHENGDU };

/** Benefits were assessed, which the timeline keeps. */
const ASSESSED = (() => {
  const { exchange, caseNumber } = roadTo('2016.2', 'transferIn', 'accepted').in({ name: 'assess-entitlement', facts: entitlementFacts() });
  return { state: exchange.state(HANGZHOU, caseNumber)!, entries: exchange.entries(HANGZHOU, caseNumber) };
})();

/** What is asked of a route that names no case, beside whom it is about. */
const BODIES: Record<string, object> = {
  'POST /v1/entitlement': { from: 'employee', to: 'employee', facts: entitlementFacts() },
  'POST /v1/identities': {
    card: { number: 'medical:330100:00123456', name: person(1).name, phone: '13800000000' },
    person: { ...person(1), phone: '13800000000' },
  },
};

/** Routes of the cases that are no commands, on a case that Hangzhou has accepted and that has received one message. */
function reading(
  route: Route,
  scope: Scope,
): { memory: ReturnType<typeof caseStoreInMemory>; said: Partial<HttpCall>; before: TransferCase } {
  const isAssessed = route.path.endsWith('{caseNumber}/entitlement');
  const before = isAssessed ? ASSESSED.state : caseIn('accepted');
  const memory = caseStoreInMemory();
  memory.put(before);
  const { caseNumber } = before;
  if (isAssessed) memory.timelines.set(`${HANGZHOU}#${caseNumber}`, ASSESSED.entries);
  const formerRegions = [SCOPE_REGION[scope] === HANGZHOU ? CHENGDU : HANGZHOU, WUHAN];
  const params = { caseNumber, messageId: uuid(1), applicationNumber: APPLICATION.applicationNumber };
  const query = route.path === '/v1/procedure' ? { counterpart: WUHAN } : {};
  return { memory, said: { params, query, body: BODIES[routeKey(route)] ?? { person: person(1), formerRegions } }, before };
}
const RECEIVED = aHandledLetter(1, { region: HANGZHOU, counterpart: CHENGDU, caseNumber: caseIn('accepted').caseNumber });

/** The application of the first person, who was insured in two other regions, at Hangzhou's main office. */
const APPLICATION: ApplicationRow = {
  ...applicationKey(HANGZHOU, applicationNumberOf(HANGZHOU, TODAY, 1)),
  applicationNumber: applicationNumberOf(HANGZHOU, TODAY, 1),
  region: HANGZHOU,
  office: HANGZHOU_OFFICE,
  personHash: PERSON_HASH,
  createdAt: NOW,
  children: { [CHENGDU]: {}, [WUHAN]: {} },
  undecided: 2,
};
const applicationsOf = (created: ApplicationRow[]) =>
  untouched<ApplicationStore>('applications', {
    read: async (region, number) => (region === APPLICATION.region && number === APPLICATION.applicationNumber ? APPLICATION : undefined),
    create: async (row) => {
      created.push(row);
      return true;
    },
  });

/** Two notices wait at Hangzhou's main office. */
const noticesOf = () =>
  untouched<NoticeStore>('notices', {
    due: async (office) => ({
      notices: office === HANGZHOU_OFFICE ? [aCaseNotice(CASE_NUMBER), aCaseNotice(CASE_NUMBER, { to: 'employer' })] : [],
      next: undefined,
    }),
  });

/**
 * The answer; of the cases also what there is afterwards: all copies, what had stood there before, which messages count as opened, new
 * applications; of the others what was made and how often something was written.
 */
export type Reply = Awaited<ReturnType<typeof call>> & {
  made?: GroupReply['made'];
  writes?: number;
  rows?: { cases: TransferCase[]; before: TransferCase | undefined; opened: string[]; applications: ApplicationRow[] };
};

/** Calls a route of the cases. */
async function attemptCase(route: Route, role: Role, scope: Scope): Promise<Reply> {
  const situation = route.command && situationFor(route.command, SCOPE_REGION[scope]);
  const { memory, said, before } = situation ? commanding(situation) : reading(route, scope);
  const messages = messageStoreInMemory(RECEIVED);
  const created: ApplicationRow[] = [];
  const regions = situation?.regions ?? OFFLINE;
  const api = caseApi(memory.store, {
    directory: directoryOf(regions, [OFFICES_OF_THREE[WUHAN]!]),
    messages: messages.store,
    applications: applicationsOf(created),
    records: untouched('records', { ofPerson: async () => [], openUnder: async () => [] }),
    identities: untouched('identities', { read: async () => undefined, merge: async () => true }),
    notices: noticesOf(),
  });
  api.wait(3_600_000);
  const reply = await call(api.handler, routeKey(route), { ...said, ...by(before?.region ?? HANGZHOU, role, scope) });
  const opened = messages.rows().flatMap((row) => (row.direction === 'handled' && row.openedAt !== undefined ? [row.messageId] : []));
  return { ...reply, rows: { cases: [...memory.cases.values()], before, opened, applications: created } };
}

function commanding({ state, body }: Situation) {
  const memory = caseStoreInMemory();
  if (state) memory.put(state);
  return { memory, said: { params: { caseNumber: state?.caseNumber ?? '' }, body }, before: state };
}

const by = (region: RegionCode, role: Role, scope: Scope): Pick<HttpCall, 'claims' | 'headers'> => ({
  claims: { sub: 'somebody', office: OFFICE_OF[region]?.[scope], role },
  headers: { 'idempotency-key': uuid(1) },
});

const RULES = rulesOf({ title: '某市规定', validFrom: '2019-01-01' });

/** Calls a route as a role of an office to which the thing asked for belongs or does not. */
export async function attempt(route: Route, role: Role, scope: Scope): Promise<Reply> {
  const key = routeKey(route);
  switch (route.group) {
    case 'cases':
      return attemptCase(route, role, scope);
    case 'exchange': {
      const said = { region: HANGZHOU, delivery: 'delivery-1', body: '?', receivedAt: NOW, refusal: new Refusal('message.not-json', []) };
      const row = quarantineRow(said);
      const quarantine = untouched<Parameters<typeof exchangeRoutes>[0]['quarantine']>('quarantine', {
        list: async (region) => ({ rows: region === row.region ? [row] : [], more: false }),
        get: async ({ PK, SK }) => (PK === row.PK && SK === row.SK ? row : undefined),
        noteFailure: async () => true,
      });
      const deps = untouched<Parameters<typeof exchangeRoutes>[0]>('deps', { directory, quarantine, clock: { now: () => NOW } });
      return call(httpHandler(exchangeRoutes(deps), SILENT, UNCOUNTED), key, {
        ...by(HANGZHOU, role, scope),
        params: { quarantineId: row.id },
      });
    }
    case 'vouchers':
      return attemptVoucher(route, by(HANGZHOU, role, scope));
    case 'money':
      return attemptMoney(route, by(HANGZHOU, role, scope));
    case 'imports':
      return attemptImport(route, by(HANGZHOU, role, scope));
    case 'directory': {
      const store = storeWith({
        getRules: async () => [RULES],
        getOffice: async () => OFFICES[HANGZHOU],
        getRegion: async () => REGIONS[HANGZHOU],
        putOffice: async () => {},
        putRegion: async () => {},
        putRules: async () => {},
      });
      const { mainOffice, name, payee, provinceShortName } = REGIONS[HANGZHOU]!;
      const bodies = {
        office: officeEntry({ reason: '更正' }),
        region: { mainOffice, name, payee, provinceShortName, reason: '更正' },
        rules: { title: '某市规定', validFrom: '2020-01-01', acceptance: [], waiting: [], reason: '更正' },
      };
      const statement = route.path.includes('{office}') ? 'office' : route.path.endsWith('/rules') ? 'rules' : 'region';
      return call(httpHandler(createDirectoryApi({ store, clock: { now: () => NOW }, log: SILENT }), SILENT, UNCOUNTED), key, {
        ...by(HANGZHOU, role, scope),
        params: { office: HANGZHOU_OFFICE, region: HANGZHOU },
        body: bodies[statement],
      });
    }
    default:
      return route.group satisfies never;
  }
}

/** Asks a public route as the one who may know, or as another, with or without the token of a role of the case's own office. */
export function askPublicly(route: Route, role: Role | undefined, isHis: boolean) {
  const claims = role && { sub: 'somebody', office: HANGZHOU_OFFICE, role };
  if (route.group === 'vouchers') return checkVoucher({ claims }, isHis);
  const memory = caseStoreInMemory();
  const state = caseIn('accepted');
  memory.put(state);
  const { caseNumber, region } = state;
  return call(caseApi(memory.store).handler, routeKey(route), {
    ...(claims && { claims }),
    body: { caseNumber, region, idNumber: person(isHis ? 1 : 2).idNumber },
  });
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const UNCOUNTED = { count: () => {} };
