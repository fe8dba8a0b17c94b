import type { TransferCase } from '../../schemas/cases.ts';
import type { Region } from '../../schemas/directory.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { type ClerkCommandName, ProcedureId } from '../../schemas/procedures.ts';
import { caseIn, WUHAN } from './cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, moneyBody, person, remittanceBody, tableBody } from './documents.ts';
import { REGIONS_OF_THREE } from './pure-places.ts';
import { ENROLLED, lettered, openBody, Road, roadTo, ruralLettered, SECOND, SUSPENDED } from './roads.ts';
import { entitlementFacts, supplementBody } from './suitable.ts';

/** A state in which a command is the next step, a good body for it, and what the directory says of all regions then. */
export type Situation = { state?: TransferCase; body: unknown; regions: Readonly<Record<string, Region>> };

const speaking = (said: Partial<Region>) =>
  Object.fromEntries(Object.entries(REGIONS_OF_THREE).map(([code, region]) => [code, { ...region, ...said }]));
/** All regions speak everything; online, they follow the measures of 2021. */
export const OFFLINE = speaking({ procedures: [...ProcedureId.options] });
const ONLINE = speaking({ procedures: [...ProcedureId.options], onlineSince: '2021-12-01' as never });

const OTHER_END: Record<string, RegionCode> = { [HANGZHOU]: CHENGDU, [CHENGDU]: HANGZHOU };
/** The first person's voucher, of `region`. */
const voucherOf = (region: RegionCode) => ({ ...Object(applicationBody(1).voucher), participationRegion: region });

function applied(): unknown {
  const { person: _, voucher: __, formerRegion: ___, ...application } = applicationBody(1);
  return { application };
}
const requestOf = (region: RegionCode) => ({
  request: {
    person: person(1),
    applicant: { capacity: 'person', name: person(1).name, phone: '13800000000' },
    counterpart: OTHER_END[region],
    formerScheme: '310',
    newScheme: '310',
    insuredUntil: '2026-01',
    transferAccount: true,
    appliedOn: '2026-02-13',
  },
  facts: ENROLLED,
});

const hereIn = (status: TransferCase['status']) => roadTo('2016.2', 'transferOut', status).here;
const thereIn = (status: TransferCase['status']) => roadTo('2016.2', 'transferIn', status).there;
/** Hangzhou has asked about the word that nothing is remitted, and Chengdu has the question. */
const questioned = () => lettered().terminate().notRemit().settle().ask('transferIn', 'not-remitted').settle();
const terminating = () => lettered().out({ name: 'propose-termination', terminatedOn: '2026-03-02' as never, facts: SUSPENDED }, SECOND);

type Made = { state?: TransferCase; body: unknown; online?: true };
const withQuery = (make: (query: string) => unknown): Made => {
  const road = questioned();
  return { state: road.here, body: make(road.query('transferOut').id) };
};

/** `caller` is the region whose clerk begins a case; the other commands are given where their case is. */
const MADE: Record<ClerkCommandName, (caller: RegionCode) => Made> = {
  open: (caller) => {
    const formerRegion = OTHER_END[caller]!;
    return { body: { application: applicationBody(1, { formerRegion, voucher: voucherOf(formerRegion) }) } };
  },
  request: (caller) => ({ body: requestOf(caller), online: true }),
  'send-voucher': (caller) => ({ body: { voucher: voucherOf(caller), newRegion: OTHER_END[caller] } }),
  apply: () => ({ state: thereIn('voucher-received'), body: applied() }),
  'return-materials': () => ({ state: thereIn('opened'), body: { missing: ['id-card'] } }),
  'hand-in-materials': () => ({
    state: Road.begin('2016', 'transferIn', openBody(1, { materials: ['id-card'] })).there,
    body: { materials: ['application-form'] },
  }),
  accept: () => ({ state: thereIn('opened'), body: { facts: ENROLLED } }),
  'give-verdict': () => ({ state: roadTo('2021.1', 'transferOut', 'request-received').here, body: { facts: SUSPENDED }, online: true }),
  'send-letter': () => ({ state: thereIn('accepted'), body: {} }),
  'confirm-termination': () => ({ state: caseIn('letter-received'), body: { terminatedOn: '2026-03-02' } }),
  'propose-termination': () => ({ state: hereIn('letter-received'), body: { terminatedOn: '2026-03-02', facts: SUSPENDED } }),
  'approve-termination': () => {
    const { here } = terminating();
    return { state: here, body: { proposal: here.termination?.proposal } };
  },
  remit: () => ({ state: caseIn('relation-terminated'), body: remittanceBody() }),
  'propose-remittance': () => ({ state: hereIn('relation-terminated'), body: remittanceBody() }),
  'approve-remittance': () => {
    const { here } = lettered().terminate().proposeRemittance();
    return { state: here, body: { proposal: here.remittanceProposal?.proposal } };
  },
  'not-remit': () => ({ state: hereIn('relation-terminated'), body: { reason: 'paid-to-person' } }),
  'send-table': () => ({ state: caseIn('account-settled'), body: tableBody() }),
  'propose-table': () => ({ state: hereIn('account-settled'), body: tableBody() }),
  'approve-table': () => {
    const { here } = roadTo('2016.2', 'transferOut', 'account-settled').proposeTable();
    return { state: here, body: { proposal: here.tableProposal?.proposal } };
  },
  'confirm-money': () => ({ state: roadTo('2016.2', 'transferOut', 'account-settled').there, body: moneyBody() }),
  'reject-money': () => ({ state: thereIn('ready-to-complete'), body: { reason: '非本业务款项' } }),
  credit: () => ({ state: thereIn('ready-to-complete'), body: {} }),
  'assess-entitlement': () => ({ state: thereIn('ready-to-complete'), body: { facts: entitlementFacts() } }),
  'supplement-record': () => ({ state: thereIn('ready-to-complete'), body: supplementBody() }),
  complete: () => ({ state: roadTo('2016.2', 'transferIn', 'ready-to-complete').credit().there, body: {} }),
  refuse: () => ({ state: hereIn('letter-received'), body: { reasons: [{ code: 'no-relation' }] } }),
  'notify-applicant': () => ({ state: thereIn('ineligible'), body: { channel: 'phone' } }),
  'deliver-notice': () => ({ state: thereIn('completed'), body: { kind: 'completed', to: 'person', channel: 'sms' } }),
  'answer-scheme-withdrawal': () => ({ state: ruralLettered().here, body: { withdrawn: true, withdrawnOn: '2026-03-02' } }),
  forward: () => ({ state: hereIn('letter-received'), body: { region: WUHAN, reason: '关系在该地区' } }),
  query: () => ({ state: hereIn('letter-received'), body: { about: 'liaison-letter', fields: ['person.name'], question: '请核对' } }),
  correct: () => withQuery((query) => ({ about: 'not-remitted', query, notRemitted: { reason: 'paid-to-person', note: '更正' } })),
  explain: () => withQuery((query) => ({ query, text: '与档案一致' })),
  withdraw: () => ({ state: thereIn('letter-sent'), body: { reason: '本人改变主意' } }),
  'propose-closure': () => ({ state: hereIn('relation-terminated'), body: { reason: '双方协商' } }),
  'answer-closure': () => ({ state: lettered().propose('transferOut').settle().there, body: { agreed: true } }),
  remind: () => ({ state: thereIn('letter-sent'), body: {} }),
};

const made = new Map<string, Situation>();

/** What `command` can be tried with: by a clerk of `caller` where it begins a case, else where its case is. */
export function situationFor(command: ClerkCommandName, caller: RegionCode): Situation {
  const key = `${command} ${caller}`;
  const known = made.get(key);
  if (known) return known;
  const { online, ...rest } = MADE[command](caller);
  const situation = { ...rest, regions: online ? ONLINE : OFFLINE };
  made.set(key, situation);
  return situation;
}
