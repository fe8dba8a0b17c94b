import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { undelivered } from '../../functions/cases/decide-after.ts';
import { openQueries, openQueryAbout, queryable, schemesOf, voucherOf } from '../../functions/cases/facts.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import { type DocumentKind, Material, NotificationChannel, type Role, type Side } from '../../schemas/codes.ts';
import type { Person } from '../../schemas/person.ts';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { OFFICES } from './cases.ts';
import { applicationBody, BALANCE_FEN, CHENGDU, HANGZHOU, person, tableBody } from './documents.ts';
import { type By, type PureExchange, REGION_CODES } from './pure-exchange.ts';
import { EMPLOYER, ENROLLED, SUSPENDED } from './roads.ts';
import { entitlementFacts, supplementBody } from './suitable.ts';

/** Clerks who do at random what they are offered, with bodies that suit the case and sometimes do not. */

/** A number from 0 to below `n`. */
export type Dice = (n: number) => number;

/** The same seed throws the same numbers (mulberry32). */
export function diceOf(seed: number): Dice {
  let a = seed;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const pick = <T>(dice: Dice, items: readonly T[]): T => items[dice(items.length)]!;
const chance = (dice: Dice, percent: number): boolean => dice(100) < percent;
const some = <T>(dice: Dice, items: readonly T[]): T[] => {
  const chosen = items.filter(() => chance(dice, 60));
  return chosen.length > 0 ? chosen : [pick(dice, items)];
};

type Chosen = { region: RegionCode; command: Command; by: By };
type Clerk = Required<By>;

const aClerk = (dice: Dice): Clerk => ({ person: pick(dice, ['one', 'two']), role: chance(dice, 70) ? 'clerk' : 'supervisor' });

/** The straight road is taken more often than the ends, else nothing would come far; and often a clerk leaves everything for later. */
const WEIGHTS: Partial<Record<ClerkCommandName, number>> = {
  withdraw: 1,
  'propose-closure': 1,
  remind: 1,
  'assess-entitlement': 1,
  'supplement-record': 1,
  'reject-money': 4,
  'return-materials': 2,
  query: 2,
  'answer-closure': 3,
  refuse: 3,
  forward: 3,
  'not-remit': 4,
  'propose-termination': 30,
  'approve-termination': 30,
  'propose-remittance': 40,
  'approve-remittance': 40,
  'approve-table': 30,
  'confirm-money': 60,
  credit: 60,
  complete: 40,
};
const USUAL = 15;

/** What a random clerk does with a random copy, of what he is offered; undefined where he is offered nothing. */
export function commandBy(exchange: PureExchange, dice: Dice): (Chosen & { caseNumber: CaseNumber }) | undefined {
  const clerk = aClerk(dice);
  const offered = exchange.cases().flatMap((state) => {
    const caller = { role: clerk.role, sub: `${state.region}-${clerk.person}` };
    return actionsFor(state, caller).map((name) => ({ state, name }));
  });
  const weighted = offered.flatMap((one) => Array<typeof one>(WEIGHTS[one.name] ?? USUAL).fill(one));
  const chosen = weighted[dice(weighted.length + USUAL)];
  if (!chosen) return undefined;
  const { state, name } = chosen;
  const { region, caseNumber } = state;
  return { region, caseNumber, command: bodyFor(state, name, dice, { now: exchange.now, role: clerk.role }), by: clerk };
}

/** One of two persons comes to a window: mostly Hangzhou's or Chengdu's, so that both may open for him at the same instant. */
export function beginningBy(exchange: PureExchange, family: '2016' | '2021', dice: Dice): Chosen {
  const n = 1 + dice(2);
  const there = chance(dice, 75) ? HANGZHOU : pick(dice, REGION_CODES);
  const others = REGION_CODES.filter((code) => code !== there);
  const here = chance(dice, 75) && there !== CHENGDU ? CHENGDU : pick(dice, others);
  const side: Side = chance(dice, 55) ? 'transferIn' : 'transferOut';
  const region = side === 'transferIn' ? there : here;
  const counterpart = side === 'transferIn' ? here : there;
  const clerk = aClerk(dice);
  const at = { now: exchange.now, role: clerk.role };
  const personHash = PersonHash.parse(sha256(person(n).idNumber));
  if (family === '2021') return { region, by: clerk, command: requestBy(n, side, counterpart, dice, at, personHash) };
  const { voucher: printed, ...form } = applicationBody(n, applicant(n, dice)) as { voucher: Record<string, unknown> };
  // Now and then somebody leaves the rural scheme, whose office has to be told (A15).
  const voucher = { ...printed, participationRegion: here, scheme: chance(dice, 35) ? '380' : '310' };
  const command: Command =
    side === 'transferIn'
      ? {
          name: 'open',
          ...COMMAND_BODIES.open.parse({
            application: { ...form, voucher, formerRegion: here, transferAccount: chance(dice, 80) },
            ...(chance(dice, 30) && { materials: some(dice, ['id-card', 'application-form', 'coverage-voucher']) }),
          }),
          personHash,
        }
      : { name: 'send-voucher', ...COMMAND_BODIES['send-voucher'].parse({ voucher, newRegion: there }), personHash };
  return { region, by: clerk, command };
}

/** Mostly the person; an employer for the others. */
const applicant = (n: number, dice: Dice) => ({
  applicant: chance(dice, 70) ? { capacity: 'person', name: person(n).name, phone: '13800000000' } : EMPLOYER,
});

function requestBy(n: number, side: Side, counterpart: RegionCode, dice: Dice, at: At, personHash: PersonHash): CommandOf<'request'> {
  const resident = chance(dice, 15);
  const body = COMMAND_BODIES.request.parse({
    request: {
      person: person(n),
      ...(resident ? { applicant: { capacity: 'person', name: person(n).name, phone: '13800000000' } } : applicant(n, dice)),
      counterpart,
      formerScheme: resident ? '390' : '310',
      newScheme: resident ? '390' : '310',
      insuredUntil: chance(dice, 50) ? '2026-01' : '2025-12',
      transferAccount: chance(dice, 80),
      appliedOn: '2026-02-13',
    },
    facts: factsOf(side, dice, 5),
    ...(at.role === 'supervisor' && resident && { override: { reason: '原则上当年度不办理，本人情况特殊' } }),
  });
  return { name: 'request', ...body, personHash };
}

/** What an office knows of the person; in `percent` of all cases something that does not let him move. */
function factsOf(side: Side, dice: Dice, percent: number) {
  const wrong = chance(dice, percent);
  if (side === 'transferIn') return { ...ENROLLED, enrolled: !wrong };
  return { ...SUSPENDED, participation: wrong ? pick(dice, ['none', 'active', 'terminated'] as const) : SUSPENDED.participation };
}

type At = { now: Instant; role: Role };
const dayOf = ({ now }: At) => chinaDate(now);
const inOf = (state: TransferCase) => state as TransferInCase;
const outOf = (state: TransferCase) => state as TransferOutCase;

/** A body for a command that `state` offers: made of what the state says, at random where a clerk is free. */
export function bodyFor(state: TransferCase, name: ClerkCommandName, dice: Dice, at: At): Command {
  const body = <N extends ClerkCommandName>(of: N, said: unknown) => COMMAND_BODIES[of].parse(said) as never;
  switch (name) {
    case 'apply': {
      const { person: _, voucher: __, formerRegion: ___, ...form } = applicationBody(1);
      return { name, ...(body(name, { application: { ...form, transferAccount: chance(dice, 80) } }) as object) } as Command;
    }
    case 'return-materials':
      return { name, missing: some(dice, inOf(state).materials?.since ?? Material.options.slice(0, 3)) };
    case 'hand-in-materials':
      return { name, materials: some(dice, inOf(state).materials!.missing) };
    case 'accept':
      return { name, facts: factsOf('transferIn', dice, 5) };
    case 'give-verdict':
      return { name, facts: factsOf(state.side, dice, 15) };
    case 'propose-termination':
      return { name, terminatedOn: dayOf(at), facts: factsOf('transferOut', dice, 5) };
    case 'approve-termination':
      return { name, proposal: outOf(state).termination!.proposal - (chance(dice, 3) ? 1 : 0) };
    case 'approve-table':
      return { name, proposal: outOf(state).tableProposal!.proposal - (chance(dice, 3) ? 1 : 0) };
    case 'approve-remittance':
      return { name, proposal: outOf(state).remittanceProposal!.proposal - (chance(dice, 3) ? 1 : 0) };
    case 'propose-remittance':
      return { name, entry: body(name, remittanceOf(dice, at)) };
    case 'not-remit':
      return { name, entry: body(name, noticeOf(dice)) };
    case 'propose-table':
      return { name, entry: body(name, tableOf(outOf(state), dice)) };
    case 'confirm-money': {
      const amountFen = state.advice!.amountFen - (chance(dice, 5) ? 1 : 0);
      return { name, money: body(name, { amountFen, bankReference: 'CD20260302000001', valueDate: dayOf(at) }) };
    }
    case 'reject-money':
      return { name, reason: '非本业务款项' };
    case 'assess-entitlement':
      return { name, ...(body(name, { facts: entitlementFacts({ consecutiveMonths: 1 + dice(100) }) }) as object) } as Command;
    case 'supplement-record':
      return { name, supplement: body(name, supplementBody()) };
    case 'deliver-notice': {
      const { kind, to } = pick(dice, undelivered(state));
      return { name, delivery: body(name, { kind, to, channel: pick(dice, NotificationChannel.options) }) };
    }
    case 'answer-scheme-withdrawal':
      return {
        name,
        entry: body(name, chance(dice, 70) ? { withdrawn: true, withdrawnOn: dayOf(at) } : { withdrawn: false, reason: '无参合记录' }),
      };
    case 'refuse':
      return { name, entry: { reasons: some(dice, REFUSABLE).map((code) => ({ code })) } };
    case 'notify-applicant':
      return { name, channel: pick(dice, NotificationChannel.options) };
    case 'forward':
      return {
        name,
        entry: {
          region: pick(
            dice,
            REGION_CODES.filter((code) => code !== state.region && code !== state.counterpart),
          ),
          reason: '关系在该地区',
        },
      };
    case 'query': {
      const kinds = [...queryable(state).keys()];
      const unasked = kinds.filter((kind) => !openQueryAbout(state, 'own', kind));
      const about = pick(dice, unasked.length > 0 ? unasked : kinds);
      const fields = [pick(dice, ['person.name', 'balanceFen'])];
      return { name, entry: body(name, { about, fields, question: '请核对' }) };
    }
    case 'correct':
      return { name, entry: body(name, correctionOf(state, dice)) };
    case 'explain':
      return { name, explanation: { query: pick(dice, openQueries(state, 'counterpart')).id, text: '与档案一致' } };
    case 'withdraw':
      return { name, withdrawal: { reason: '本人改变主意' } };
    case 'propose-closure':
      return { name, proposal: { reason: '双方协商', ...(chance(dice, 90) && { money: '原路退回' }) } };
    case 'answer-closure':
      return { name, entry: { agreed: chance(dice, 40) } };
    case 'remind':
      return { name, entry: {} };
    case 'send-letter':
    case 'credit':
    case 'complete':
      return { name };
    default:
      throw new Error(`${name} is offered in no case of these procedures`);
  }
}

const REFUSABLE = ['no-relation', 'not-suspended', 'already-terminated', 'data-mismatch', 'retired'] as const;
const remittanceOf = (dice: Dice, at: At) => ({
  // Rarely not what the voucher says; then transferIn has to be told why (B13).
  amountFen: chance(dice, 85) ? BALANCE_FEN : 100,
  bankReference: `CD2026${String(dice(1_000_000)).padStart(8, '0')}`,
  remittedOn: dayOf(at),
});
const noticeOf = (dice: Dice) =>
  pick(dice, [{ reason: 'paid-to-person' }, { reason: 'zero-balance' }, { reason: 'local-rule', note: `地方规定第${dice(1000)}号` }]);

/** Balance as it was remitted or said to be; rarely the sum of months is wrong. */
function tableOf({ advice }: TransferOutCase, dice: Dice) {
  return tableBody({ balanceFen: advice?.amountFen ?? 0, totalMonths: chance(dice, 5) ? 82 : 83 });
}

/** Something is changed in the document that the other side asked about. */
function correctionOf(state: TransferCase, dice: Dice) {
  const asked = pick(
    dice,
    openQueries(state, 'counterpart').filter(({ about }) => about !== 'information-table' && about !== 'remittance-advice'),
  );
  const { about, id: query } = asked;
  const name = pick(dice, [state.person.name, `${person(1).name}改`]);
  const entries: Record<Exclude<DocumentKind, 'information-table' | 'remittance-advice'>, () => object> = {
    'liaison-letter': () => ({ changes: { name, insuranceNumber: `S${dice(1_000_000)}`, transferAccount: chance(dice, 70) } }),
    'transfer-request': () => ({
      changes: { name, applicant: { capacity: 'person', name, phone: `138${String(dice(100_000_000)).padStart(8, '0')}` } },
    }),
    'coverage-voucher': () => ({ voucher: { ...voucherFor(state), insuranceNumber: `V${dice(1_000_000)}` } }),
    'not-remitted': () => ({ notRemitted: noticeOf(dice) }),
  };
  return { about, query, ...entries[about as keyof typeof entries]() };
}

/** The voucher as transferOut has it in its records, whether it sent it itself or the person carried it. */
function voucherFor(state: TransferCase) {
  const known = state.side === 'transferIn' ? voucherOf(state) : state.voucher;
  const printed = applicationBody(1).voucher as object & { issuer: object };
  const issuer = { ...printed.issuer, office: OFFICES[CHENGDU]!.code };
  const named: Person = state.person;
  return known ?? { ...printed, issuer, person: named, scheme: schemesOf(state).formerScheme, participationRegion: state.region };
}
