import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { casesApi } from '../../functions/cases/api.ts';
import type { Change, CommitResult } from '../../functions/cases/change.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import type { CaseStore } from '../../functions/cases/store.ts';
import type { Directory } from '../../functions/directory/reader.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { routeKey } from '../../functions/platform/http.ts';
import { ROUTES } from '../../schemas/api.ts';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { OfficeCode, PersonHash } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { NOW, OFFICES, REGIONS, uuid } from './cases.ts';
import { anOffice } from './directory.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from './documents.ts';
import { call, type HttpCall } from './http.ts';
import { messageStoreInMemory } from './message-store.ts';
import { untouched } from './untouched.ts';
import { unitWitness } from './witness.ts';

/** A second window of Hangzhou: same region, another office. */
export const OTHER_OFFICE = OfficeCode.parse('33010002');
export const CHENGDU_OTHER_OFFICE = OfficeCode.parse('51010002');

/** Rows in memory that obey the conditions the API meets; whatever else is asked of the store fails the test. */
export function caseStoreInMemory() {
  const cases = new Map<string, TransferCase>();
  const timelines = new Map<string, TimelineEntry[]>();
  const answers = new Map<string, NonNullable<Change['idempotency']>>();
  const counters = new Map<string, number>();
  const name = (...parts: string[]) => parts.join('#');
  const commit = async ({ before, after, entry, allowedFrom, idempotency }: Change): Promise<CommitResult> => {
    const key = name(after.region, after.caseNumber);
    const stored = idempotency && answers.get(name(after.region, idempotency.office, idempotency.key));
    if (stored) return { kind: 'key-used', bodyHash: stored.bodyHash, answer: stored.answer };
    const now = cases.get(key);
    if (now?.version !== before?.version || (now && !allowedFrom.includes(now.status))) return { kind: 'conflict' };
    cases.set(key, after);
    timelines.set(key, [...(timelines.get(key) ?? []), entry]);
    if (idempotency) answers.set(name(after.region, idempotency.office, idempotency.key), idempotency);
    return { kind: 'written' };
  };
  const store = untouched<CaseStore>('store', {
    commit,
    readCase: async (region, caseNumber) => cases.get(name(region, caseNumber)),
    readIdempotency: async (region, office, key) => {
      const row = answers.get(name(region, office, key));
      return row && { PK: '', SK: '', ...row };
    },
    nextSequence: async (...scope) => {
      const next = (counters.get(name(...scope)) ?? 0) + 1;
      counters.set(name(...scope), next);
      return next;
    },
    moneyRows: async () => ({}),
    timeline: async (region, caseNumber) => timelines.get(name(region, caseNumber)) ?? [],
    workList: async (office) => ({
      cases: [...cases.values()].filter((state) => (caseRow(state) as { workOffice?: string }).workOffice === office),
      next: undefined,
    }),
  });
  return { store, cases, timelines, put: (state: TransferCase) => void cases.set(name(state.region, state.caseNumber), state) };
}

const calendar = calendarOf(seedYears());
const offices = [
  OFFICES[HANGZHOU]!,
  OFFICES[CHENGDU]!,
  anOffice({ code: OTHER_OFFICE }),
  anOffice({ code: CHENGDU_OTHER_OFFICE, region: CHENGDU }),
];
/** A directory of these regions and of the offices of Hangzhou and Chengdu, with further ones. */
export const directoryOf = (regions: Readonly<Record<string, Region>>, more: readonly Office[] = []): Directory =>
  untouched<Directory>('directory', {
    region: async (code) => regions[code],
    office: async (code) => [...offices, ...more].find((office) => office.code === code),
    calendar: async () => calendar,
    rules: async () => [],
    pastRules: async () => undefined,
    pastCalendar: async (versions) => versions && calendar,
  });
/** Regions as software of the first version registered them. */
export const directory = directoryOf(REGIONS);

export type CaseCall = Omit<HttpCall, 'claims'> & {
  office?: OfficeCode;
  role?: Role;
  caseNumber?: string;
  key?: string | null;
  ifMatch?: string;
};

type CaseApiDeps = Parameters<typeof casesApi>[0];

/**
 * The HTTP function of the cases over a store in memory, with a clock that the test moves and a log that remembers. `said` takes the place of
 * the directory of the first version and of the stores that most tests leave empty.
 */
export function caseApi(
  store: CaseStore,
  said: Partial<Pick<CaseApiDeps, 'directory' | 'messages' | 'applications' | 'records' | 'identities' | 'notices' | 'personHash'>> = {},
) {
  const { lines, log } = unitWitness();
  let now = Date.parse(NOW);
  let ids = 0;
  let keys = 0;
  const nextId = () => {
    ids += 1;
    return uuid(5_000 + ids);
  };
  const handler = casesApi({
    store,
    attempts: { count: async () => true },
    messages: messageStoreInMemory().store,
    applications: untouched('applications', {}),
    records: untouched('records', {}),
    identities: untouched('identities', {}),
    notices: untouched('notices', {}),
    directory,
    signer: { sign: async () => 'A'.repeat(86) },
    personHash: async (id) => PersonHash.parse(sha256(id)),
    numberHash: async (id) => PersonHash.parse(sha256(id)),
    clock: { now: () => toInstant(now) },
    ids: { messageId: nextId },
    log,
    metrics: untouched('metrics', { count: () => {} }),
    ...said,
  });

  function send(route: string, { office = HANGZHOU_OFFICE, role = 'clerk', caseNumber, key, ifMatch, headers, ...rest }: CaseCall = {}) {
    keys += 1;
    const idempotency = key === null ? {} : { 'idempotency-key': key ?? uuid(8_000 + keys) };
    return call(handler, route, {
      claims: { sub: `${office}-${role}`, office, role },
      ...(caseNumber !== undefined && { params: { caseNumber } }),
      headers: { ...idempotency, ...(ifMatch !== undefined && { 'if-match': ifMatch }), ...headers },
      ...rest,
    });
  }
  const routeOf = (command: ClerkCommandName) => routeKey(ROUTES.find((route) => route.command === command)!);
  return {
    handler,
    lines,
    send,
    command: (name: ClerkCommandName, said: CaseCall = {}) => send(routeOf(name), { body: {}, ...said }),
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}
