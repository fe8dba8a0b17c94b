import { createDirectoryApi } from '../../functions/directory/api.ts';
import { exchangeRoutes } from '../../functions/exchange/api.ts';
import { quarantineRow } from '../../functions/exchange/quarantine.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import type { Route } from '../../schemas/api.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import type { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CHENGDU_OTHER_OFFICE, caseApi, caseStoreInMemory, directory, OTHER_OFFICE } from './case-api.ts';
import { caseIn, IN_STEPS, NOW, OFFICES, REGIONS, stateAfter, uuid } from './cases.ts';
import { officeEntry, storeWith } from './directory.ts';
import {
  applicationBody,
  CHENGDU,
  CHENGDU_OFFICE,
  HANGZHOU,
  HANGZHOU_OFFICE,
  moneyBody,
  person,
  remittanceBody,
  tableBody,
} from './documents.ts';
import { call, type HttpCall } from './http.ts';
import { untouched } from './untouched.ts';

/** Whose thing it is, seen from the caller. */
export const SCOPES = ['own', 'other-office', 'other-region'] as const;
export type Scope = (typeof SCOPES)[number];

const OFFICE_OF: Record<string, Record<Scope, OfficeCode>> = {
  [HANGZHOU]: { own: HANGZHOU_OFFICE, 'other-office': OTHER_OFFICE, 'other-region': CHENGDU_OFFICE },
  [CHENGDU]: { own: CHENGDU_OFFICE, 'other-office': CHENGDU_OTHER_OFFICE, 'other-region': HANGZHOU_OFFICE },
};

/** A state in which the command is the next step, and a good body for it. */
const COMMAND_SITUATION: Record<ClerkCommandName, { state?: TransferCase; body: unknown }> = {
  open: { body: { application: applicationBody(1) } },
  accept: { state: caseIn('opened'), body: {} },
  'send-letter': { state: caseIn('accepted'), body: {} },
  'confirm-termination': { state: caseIn('letter-received'), body: { terminatedOn: '2026-03-02' } },
  remit: { state: caseIn('relation-terminated'), body: remittanceBody() },
  'not-remit': { state: caseIn('relation-terminated'), body: { reason: 'paid-to-person' } },
  'send-table': { state: caseIn('account-settled'), body: tableBody() },
  'confirm-money': { state: stateAfter(IN_STEPS.slice(0, 4)), body: moneyBody() },
  complete: { state: caseIn('ready-to-complete'), body: {} },
};

/** The same person moving the other way, as a clerk of Chengdu would take it in. */
const FROM_HANGZHOU = applicationBody(1, {
  formerRegion: HANGZHOU,
  voucher: { ...Object(applicationBody(1).voucher), participationRegion: HANGZHOU },
});

/** Calls a route as a role of an office to which the thing asked for belongs or does not. */
export async function attempt(route: Route, role: Role, scope: Scope) {
  const key = routeKey(route);
  const by = (region: RegionCode): Pick<HttpCall, 'claims' | 'headers'> => ({
    claims: { sub: 'somebody', office: OFFICE_OF[region]?.[scope], role },
    headers: { 'idempotency-key': uuid(1) },
  });
  switch (route.group) {
    case 'cases': {
      const { state, body } = route.command ? COMMAND_SITUATION[route.command] : { state: caseIn('accepted'), body: undefined };
      const memory = caseStoreInMemory();
      if (state) memory.put(state);
      const reply = await call(caseApi(memory.store).handler, key, {
        ...by(state?.region ?? HANGZHOU),
        params: { caseNumber: state?.caseNumber ?? '' },
        body: route.command === 'open' && scope === 'other-region' ? { application: FROM_HANGZHOU } : body,
      });
      return { ...reply, cases: [...memory.cases.values()], before: state };
    }
    case 'exchange': {
      const said = { region: HANGZHOU, delivery: 'delivery-1', body: '?', receivedAt: NOW, refusal: new Refusal('message.not-json', []) };
      const row = quarantineRow(said);
      const quarantine = untouched<Parameters<typeof exchangeRoutes>[0]['quarantine']>('quarantine', {
        list: async (region) => ({ rows: region === row.region ? [row] : [], more: false }),
        get: async ({ PK, SK }) => (PK === row.PK && SK === row.SK ? row : undefined),
        noteFailure: async () => true,
      });
      const deps = untouched<Parameters<typeof exchangeRoutes>[0]>('deps', { directory, quarantine, clock: { now: () => NOW } });
      return call(httpHandler(exchangeRoutes(deps), SILENT, UNCOUNTED), key, { ...by(HANGZHOU), params: { quarantineId: row.id } });
    }
    case 'directory': {
      const store = storeWith({
        getOffice: async () => OFFICES[HANGZHOU],
        getRegion: async () => REGIONS[HANGZHOU],
        putOffice: async () => {},
        putRegion: async () => {},
      });
      const { mainOffice, name, payee, provinceShortName } = REGIONS[HANGZHOU]!;
      const regionBody = { mainOffice, name, payee, provinceShortName, reason: '更正' };
      return call(httpHandler(createDirectoryApi({ store, clock: { now: () => NOW }, log: SILENT }), SILENT, UNCOUNTED), key, {
        ...by(HANGZHOU),
        params: { office: HANGZHOU_OFFICE, region: HANGZHOU },
        body: route.path.includes('{office}') ? officeEntry({ reason: '更正' }) : regionBody,
      });
    }
  }
}

/** Asks a public route about the first person's case, as him or as another, with or without the token of a role of the case's own office. */
export function askPublicly(route: Route, role: Role | undefined, asked = 1) {
  const memory = caseStoreInMemory();
  const state = caseIn('accepted');
  memory.put(state);
  const { caseNumber, region } = state;
  return call(caseApi(memory.store).handler, routeKey(route), {
    ...(role && { claims: { sub: 'somebody', office: HANGZHOU_OFFICE, role } }),
    body: { caseNumber, region, idNumber: person(asked).idNumber },
  });
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const UNCOUNTED = { count: () => {} };
