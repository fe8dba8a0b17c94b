import { beforeEach, describe, expect, test } from 'vitest';
import { entitlementOf } from '../../functions/cases/entitlement/index.ts';
import { entitlementHandlers } from '../../functions/cases/entitlement-api.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { applyEntry, nextEntry } from '../../functions/cases/timeline.ts';
import { createDirectory } from '../../functions/directory/reader.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { TimelineEntry } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import type { CalendarYear } from '../../schemas/directory.ts';
import type { Entitlement, RegionalRules } from '../../schemas/entitlement.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import { caseStoreInMemory, OTHER_OFFICE } from '../support/case-api.ts';
import { CASE_NUMBER, caller, IN_STEPS, move, NOW, OUT_STEPS } from '../support/cases.ts';
import { anOffice, aYear, storeWith } from '../support/directory.ts';
import { CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { ALWAYS, factsOf, rulesOf, waitingRule } from '../support/entitlement.ts';
import { call } from '../support/http.ts';
import { unitWitness } from '../support/witness.ts';

const GET = 'GET /v1/cases/{caseNumber}/entitlement';
const POST = 'POST /v1/entitlement';

const waits = (months: number, version: number, said: Record<string, unknown> = {}) =>
  rulesOf({ waiting: [waitingRule(months, [ALWAYS])], ...said }, HANGZHOU, version);

let rules: RegionalRules[];
let years: CalendarYear[];
let memory: ReturnType<typeof caseStoreInMemory>;
let entries: TimelineEntry[];
let state: Folded;
let lines: ReturnType<typeof unitWitness>['lines'];

beforeEach(() => {
  rules = [waits(3, 1)];
  years = [aYear(2026)];
  memory = caseStoreInMemory();
  entries = [];
  state = undefined;
});

function apply(entry: TimelineEntry): void {
  state = applyEntry(state, entry);
  entries.push(entry);
}
function happened(...events: CaseEvent[]): void {
  apply(nextEntry(state, { command: 'assess-entitlement', actor: caller(HANGZHOU), occurredAt: NOW, recordedAt: NOW, events }));
}
const begun = (steps = IN_STEPS.slice(0, 3)) => {
  for (const step of steps) apply(move(state, step).entry);
};

const directory = () =>
  createDirectory({
    store: storeWith({
      getOffice: async (code) =>
        [anOffice(), anOffice({ code: OTHER_OFFICE }), anOffice({ code: CHENGDU_OFFICE, region: CHENGDU })].find(
          (office) => office.code === code,
        ),
      getRules: async (region) => rules.filter((version) => version.region === region),
      getCalendarYears: async () => [...new Map(years.map((year) => [year.year, year])).values()],
      getCalendarYear: async (year, version) => years.find((candidate) => candidate.year === year && candidate.version === version),
    }),
    clock: { now: () => NOW },
  });

type Asked = { body?: unknown; office?: string; role?: Role };
function ask(route: string, { body, office = HANGZHOU_OFFICE, role = 'clerk' }: Asked = {}) {
  if (state) {
    memory.put(state);
    memory.timelines.set(`${state.region}#${state.caseNumber}`, entries);
  }
  const witness = unitWitness();
  lines = witness.lines;
  const handlers = new Map(entitlementHandlers({ store: memory.store, directory: directory(), log: witness.log }));
  const handler = httpHandler(handlers, witness.log, witness.metrics);
  return call(handler, route, {
    claims: { sub: 's-1', office, role },
    ...(body === undefined ? { params: { caseNumber: CASE_NUMBER } } : { body }),
  });
}

const facts = factsOf({ suspendedOn: '2025-11-15', paidFrom: '2026-03', registeredOn: '2026-02-16', hasEmployer: false });
/** What the case's own command would have stored. */
async function assessed(): Promise<Entitlement> {
  const known = directory();
  const [regionalRules, calendar] = [(await known.rules(HANGZHOU)).at(-1), await known.calendar(HANGZHOU)];
  const entitlement = entitlementOf({ formerScheme: '310', newScheme: '310', facts, regionalRules, calendar });
  happened({ type: 'entitlement-assessed', facts, entitlement });
  return entitlement;
}

describe('what would hold, asked without a case (A12)', () => {
  const query = { from: 'employee', to: 'employee', facts };

  test.each<Role>(['clerk', 'supervisor', 'system'])(
    'a %s learns the figures with their reasons, by the rules of his own region',
    async (role) => {
      rules = [waits(3, 1), rulesOf({ waiting: [waitingRule(6, [ALWAYS])] }, CHENGDU)];
      const { status, body } = await ask(POST, { role, body: query });
      expect([status, body.waitingMonths, body.benefitsFrom]).toEqual([200, 3, '2026-06']);
      expect(body.rules).toEqual({ national: '2021-12', regional: { region: HANGZHOU, version: 1 }, calendar: { 2026: 1 } });
      expect((await ask(POST, { role, body: query, office: CHENGDU_OFFICE })).body.waitingMonths).toBe(6);
    },
  );

  test('the rules are those in force on the day of registration, of these the newest', async () => {
    rules = [waits(1, 1), waits(2, 2), waits(4, 3, { validFrom: '2026-02-17' }), waits(5, 4, { validUntil: '2026-02-15' })];
    expect((await ask(POST, { body: query })).body).toMatchObject({ waitingMonths: 2, rules: { regional: { version: 2 } } });
    const nextDay = { ...query, facts: { ...facts, registeredOn: '2026-02-17' } };
    expect((await ask(POST, { body: nextDay })).body).toMatchObject({ waitingMonths: 4, rules: { regional: { version: 3 } } });
  });

  test('a region without rules lets nobody wait', async () => {
    rules = [];
    const { body } = await ask(POST, { body: query });
    expect([body.waitingMonths, body.rules.regional]).toEqual([0, undefined]);
  });

  test('what the region’s rules look at and was not said is named', async () => {
    rules = [rulesOf({ waiting: [waitingRule(6, [{ fact: 'relationTransferred', is: false }])] })];
    const { status, body } = await ask(POST, { body: query });
    expect([status, body.code, body.errors.map(({ field }: { field: string }) => field)]).toEqual([
      422,
      'case.inconsistent',
      ['facts.regional'],
    ]);
  });

  test.each([
    ['an unknown scheme', { ...query, from: 'military' }, 'from'],
    ['half a month', { ...query, facts: { ...facts, consecutiveMonths: 1.5 } }, 'facts.consecutiveMonths'],
    ['a month that does not exist', { ...query, facts: { ...facts, paidFrom: '2026-13' } }, 'facts.paidFrom'],
    ['a name, which has no place here', { ...query, name: '测试甲' }, ''],
  ])('%s is refused by field', async (_what, body, field) => {
    const answer = await ask(POST, { body });
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([400, 'request.invalid', field]);
  });
});

describe('an assessment is the same again later (A14)', () => {
  test('it stands beside the same one made again, and the view is logged', async () => {
    begun();
    const stored = await assessed();
    expect(stored.registration.deadline).toBe('2026-02-16');
    const { status, body } = await ask(GET);
    expect([status, body]).toEqual([200, { assessed: stored, assessedAgain: stored, identical: true }]);
    expect(lines.filter(({ code }) => code === 'record.viewed').map(({ fields }) => fields)).toEqual([
      { caseNumber: CASE_NUMBER, region: HANGZHOU, office: HANGZHOU_OFFICE, role: 'clerk', subject: 's-1' },
    ]);
  });

  test('also after the region stated new rules for the same days', async () => {
    begun();
    const stored = await assessed();
    rules.push(waits(6, 2));
    expect((await ask(GET)).body).toEqual({ assessed: stored, assessedAgain: stored, identical: true });
    // The new version counts for whoever asks now.
    expect((await ask(POST, { body: { from: 'employee', to: 'employee', facts } })).body.waitingMonths).toBe(6);
  });

  test('also after a year of the calendar was published anew', async () => {
    begun();
    const stored = await assessed();
    years.push(aYear(2026, { version: 2, off: [{ date: '2026-02-16', name: '春节' }] }));
    expect((await ask(GET)).body).toEqual({ assessed: stored, assessedAgain: stored, identical: true });
    expect((await ask(POST, { body: { from: 'employee', to: 'employee', facts } })).body.registration.deadline).toBe('2026-02-17');
  });

  test('also after a year that no calendar knew was published', async () => {
    years = [];
    begun();
    const stored = await assessed();
    years = [aYear(2026, { off: [{ date: '2026-02-16', name: '春节' }] })];
    expect((await ask(GET)).body).toEqual({ assessed: stored, assessedAgain: stored, identical: true });
  });

  test('also after the letter was written anew for another scheme', async () => {
    begun();
    const stored = await assessed();
    const sent = entries.flatMap(({ events }) => events).find((event) => event.type === 'letter-sent')!;
    happened({ ...sent, letter: { ...sent.letter, newScheme: '390' } });
    expect((await ask(GET)).body).toEqual({ assessed: stored, assessedAgain: stored, identical: true });
  });

  test('of two assessments the last is shown, by the rules that it used', async () => {
    begun();
    await assessed();
    rules.push(waits(6, 2));
    const second = await assessed();
    const { body } = await ask(GET);
    expect([body.assessed, body.identical, body.assessed.waitingMonths]).toEqual([second, true, 6]);
  });

  test('figures that do not follow from the facts are told apart', async () => {
    begun();
    const stored = await assessed();
    happened({ type: 'entitlement-assessed', facts, entitlement: { ...stored, waitingMonths: 0 } });
    const { body } = await ask(GET);
    expect([body.identical, body.assessed.waitingMonths, body.assessedAgain.waitingMonths]).toEqual([false, 0, 3]);
  });

  test('a version of the rules that is gone is a fault, not another answer', async () => {
    begun();
    await assessed();
    rules = [waits(3, 2)];
    expect(await ask(GET)).toMatchObject({ status: 500, body: { code: 'server.fault' } });
  });
});

describe('nothing is shown (A14)', () => {
  const refusedWith = async (asked: Asked, status: number, code: string) => {
    const answer = await ask(GET, asked);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(lines.filter((line) => line.code === 'record.viewed')).toEqual([]);
  };

  test('of a case in which benefits were not assessed', async () => {
    begun();
    await refusedWith({}, 404, 'entitlement.not-found');
  });

  test('at transferOut, which assesses none', async () => {
    begun(OUT_STEPS.slice(0, 1));
    await refusedWith({ office: CHENGDU_OFFICE }, 404, 'entitlement.not-found');
  });

  test('to another office of the region', async () => {
    begun();
    await assessed();
    await refusedWith({ office: OTHER_OFFICE }, 403, 'caller.wrong-office');
  });

  test('to another region', async () => {
    begun();
    await assessed();
    await refusedWith({ office: CHENGDU_OFFICE }, 404, 'case.not-found');
  });

  test('from a timeline that was tampered with', async () => {
    begun();
    await assessed();
    entries[0] = { ...entries[0]!, recordedAt: entries[0]!.occurredAt, command: 'accept' };
    await refusedWith({}, 409, 'case.timeline-broken');
  });
});
