import type { Command } from '../../functions/cases/commands.ts';
import { ownDocuments, queryable } from '../../functions/cases/facts.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor } from '../../schemas/cases.ts';
import { type DocumentKind, type Role, Side } from '../../schemas/codes.ts';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import { type CaseStatus, ClerkCommandName, type CommandName, isFinal, ProcedureId } from '../../schemas/procedures.ts';
import { CASE_NUMBER, OFFICES, uuid } from './cases.ts';
import { CHENGDU, HANGZHOU, tableEntry } from './documents.ts';
import { PureExchange, REGION_CODES } from './pure-exchange.ts';
import {
  accepted,
  applyBody,
  EMPLOYER,
  employerBody,
  lettered,
  openBody,
  Road,
  requestBody,
  ruralLettered,
  SUSPENDED,
  voucherBody,
  WAYS,
} from './roads.ts';
import { clerkCommand, wordOf } from './suitable.ts';

/** Many roads of each procedure, and the places on them where one copy stands: with them every cell of its transition table is tried. */

/** Three regions between which cases follow the procedure; those of the first version are registered as its software did. */
function exchangeFor(procedure: ProcedureId): PureExchange {
  const exchange = new PureExchange({ family: procedure === '2021.1' ? '2021' : '2016' });
  if (procedure === '2016.1') for (const code of REGION_CODES) exchange.restate(code, { procedures: [procedure] });
  return exchange;
}
const firstVersion = (): Road => Road.begin('2016', 'transferIn', openBody(), exchangeFor('2016.1'));
const firstLettered = () => firstVersion().accept().letter().settle();
const today = (road: Road) => road.exchange.now.slice(0, 10) as never;
const terminated = () => {
  const road = firstLettered();
  return road.out({ name: 'confirm-termination', terminatedOn: today(road) });
};
const sendTable = (road: Road) => road.out({ name: 'send-table', entry: tableEntry() });

const FIRST: (() => Road)[] = [
  firstVersion,
  () => firstVersion().accept(),
  () => firstVersion().accept().letter(),
  firstLettered,
  terminated,
  () => terminated().remit(),
  () => terminated().notRemit(),
  () => terminated().notRemit().settle(),
  () => terminated().remit().settle(),
  () => sendTable(terminated().remit().settle()),
  () => sendTable(terminated().remit()).settle(),
  () => sendTable(terminated().remit()).settle().money(),
  () => sendTable(terminated().remit()).settle().money().complete(),
  () => sendTable(terminated().remit()).settle().money().complete().settle(),
];

/** Transferring out was done under the one procedure with, under the other without ending the relation first. */
const settled = (road: Road) => (road.there.procedure === '2021.1' ? road : road.terminate()).remit().settle();
const handedOver = (road: Road) => settled(road).table().settle();
const vouchered = () => Road.begin('2016', 'transferOut', voucherBody());
const applied = () => vouchered().settle().in(applyBody());
const voucherLettered = () => applied().accept().letter().settle();
const incomplete = () => Road.begin('2016', 'transferIn', openBody(1, { materials: ['id-card'] }));
const returned = () => incomplete().in({ name: 'return-materials', missing: ['application-form'] });

const emptyHanded = (road: Road) => road.terminate().notRemit().table({ balanceFen: 0 }).settle();

const SECOND_ROADS: (() => Road)[] = [
  vouchered,
  applied,
  incomplete,
  returned,
  () => returned().in({ name: 'hand-in-materials', materials: ['application-form', 'coverage-voucher'] }),
  () => applied().accept(),
  () => applied().accept().letter(),
  voucherLettered,
  () => voucherLettered().terminate().settle(),
  () => Road.begin('2016', 'transferIn', openBody()).accept().letter(),
  () => lettered().terminate().remit(),
  () => lettered().terminate().notRemit(),
  () => lettered().terminate().remit().settle().table(),
  () => lettered().terminate().notRemit().settle(),
  () => lettered().terminate().notRemit().settle().table({ balanceFen: 0 }).settle(),
  () => handedOver(lettered()).money().credit(),
  () => handedOver(lettered()).money().credit().complete(),
  () => settled(lettered()).money(),
  () => handedOver(lettered()).money().reject(),
  () => lettered().refuse(),
  () => lettered().forward(),
  () => lettered(employerBody()).refuse().settle().notify('transferIn'),
  ruralLettered,
  () => ruralLettered().answerWithdrawal().settle(),
  () => emptyHanded(ruralLettered()),
  () => emptyHanded(ruralLettered()).complete().settle(),
  () => ruralLettered().refuse().settle(),
  () => ruralLettered().refuse().settle().notify('transferIn'),
  () => ruralLettered().withdraw().settle(),
  () => ruralLettered().propose('transferIn').settle().answer('transferOut', true).settle(),
  () => ruralLettered().forward(),
];

const opened = (side: Side, said: Record<string, unknown> = {}) => Road.begin('2021', side, requestBody(side, 1, said));
const refusedAtOnce = (side: Side) => {
  const road = opened(side, { applicant: EMPLOYER }).settle();
  if (side === 'transferIn') road.verdict('transferOut', { participation: 'active' });
  else road.verdict('transferIn', { enrolled: false });
  return road.settle().notify(side);
};
/** TransferOut has software of its own that numbers table before advice, and the table has come. */
const tableFirst = (road: Road): Road => {
  const messages = road.exchange.inFlight.flatMap((parcel) => (parcel.kind === 'message' ? [parcel.message] : []));
  const [advice, table] = [messages.at(-2)!, messages.at(-1)!];
  [advice.sequence, table.sequence] = [table.sequence, advice.sequence];
  road.exchange.deliver(road.exchange.inFlight.findIndex((parcel) => parcel.kind === 'message' && parcel.message === table));
  return road;
};
const START = '2026-03-02T02:00:00.000Z' as Instant;
/** Something is asked after the completion, and money has not come yet. */
const askedLater = (about: DocumentKind) => handedOver(accepted()).complete().settle().ask('transferIn', about).settle();

const ROADS_2021: (() => Road)[] = [
  ...Side.options.flatMap((side) => [
    () => opened(side),
    () =>
      opened(side)
        .settle()
        .verdict(side === 'transferIn' ? 'transferOut' : 'transferIn'),
    () => accepted(side),
    () => accepted(side).remit().settle(),
    () => refusedAtOnce(side),
    () => accepted(side).propose('transferIn').settle().answer('transferOut', true).settle(),
  ]),
  () => accepted().remit(),
  () => accepted().notRemit(),
  () => accepted().remit().settle().table(),
  () => accepted().notRemit().settle(),
  () => handedOver(accepted()).money(),
  () => settled(accepted()).money(),
  () => handedOver(accepted()).money().reject(),
  () => handedOver(accepted()).money().credit(),
  () => handedOver(accepted()).complete(),
  () => handedOver(accepted()).complete().settle().money(),
  ...(['remittance-advice', 'information-table'] as const).map((about) => () => askedLater(about)),
  () => askedLater('remittance-advice').proposeRemittance({ bankReference: 'CD20260302000002' }),
  () => askedLater('information-table').out(clerkCommand(undefined, 'transferOut', 'propose-table', START)),
  () => tableFirst(accepted().remit().table()),
  () => tableFirst(accepted().notRemit().table({ balanceFen: 0 })),
  () => tableFirst(accepted().remit().table()).complete(),
  () => tableFirst(accepted().notRemit().table({ balanceFen: 0 })).complete(),
];

/* What either office may say on any road. */

let words = 0;
function word(road: Road, side: Side, name: CommandName, said: object = {}): Road {
  const state = road.state(side);
  words += 1;
  const command = wordOf(state, name, road.exchange.now, uuid(20_000 + words));
  road.exchange.take(state.region, state.caseNumber, { ...command, ...said } as Command);
  return road;
}
function questioned(road: Road, side: Side, about: DocumentKind): Road {
  const version = ownDocuments(road.state(side)).get(about);
  return word(road, side, 'receive-query', { query: { about, version, fields: ['person.name'], question: '请核对' } });
}
const asking = (road: Road, side: Side): Road => [...queryable(road.state(side)).keys()].reduce((on, about) => on.ask(side, about), road);

const MOVES: ((road: Road, side: Side) => Road)[] = [
  (road, side) => [...ownDocuments(road.state(side)).keys()].reduce((on, about) => questioned(on, side, about), road),
  (road, side) => questioned(road, side, 'information-table'),
  (road, side) => questioned(road, side, 'information-table').out(clerkCommand(undefined, side, 'propose-table', road.exchange.now)),
  asking,
  (road, side) => asking(road, side).withdraw().settle(),
  (road, side) => asking(road, side).refuse().settle(),
  (road, side) => asking(road, side).refuse().settle().notify('transferIn'),
  (road, side) => word(asking(road, side), side, 'receive-closure-proposal').answer(side, true).settle(),
  (road, side) => road.propose(side),
  (road, side) => word(road, side, 'receive-closure-proposal'),
  (road) => road.withdraw(),
  (road) => settledLate(road.withdraw()),
  (road) => road.out({ name: 'propose-termination', terminatedOn: today(road), facts: SUSPENDED }),
  (road) => road.proposeTable(),
  (road) => road.proposeRemittance(),
  (road, side) => questioned(road, side, 'remittance-advice').proposeRemittance({ bankReference: 'CD20260302000002' }),
  (road, side) => word(road, side, 'receive-scheme-withdrawal'),
];

/** The withdrawal is still under way while transferOut does all it has to. */
function settledLate(road: Road): Road {
  const at = road.exchange.inFlight.findIndex((parcel) => parcel.kind === 'message' && parcel.message.type === 'cn.jiexu.withdrawal.v1');
  const [withdrawal] = road.exchange.inFlight.splice(at, 1);
  handedOver(road);
  if (road.there.procedure !== '2021.1') road.money();
  road.exchange.inFlight.push(withdrawal!);
  return road;
}

/** One copy of a case, or the place of one that has not begun. */
export type Spot = { exchange: PureExchange; region: RegionCode; caseNumber: CaseNumber; side: Side };
export const stateOf = ({ exchange, region, caseNumber }: Spot) => exchange.state(region, caseNumber);
export const statusOf = (spot: Spot): CaseStatus | 'none' => stateOf(spot)?.status ?? 'none';

function spotsOn({ exchange, caseNumber, outRegion }: Road): Spot[] {
  return [
    { exchange, caseNumber, region: HANGZHOU, side: 'transferIn' },
    { exchange, caseNumber, region: outRegion, side: 'transferOut' },
  ];
}

const isOpen = (road: Road): boolean =>
  spotsOn(road).every((spot) => stateOf(spot)) && spotsOn(road).some((spot) => !isFinal(stateOf(spot)!.status));

/** The road, and that road with one move more by either side, where the rules let it be made. */
function widened(road: () => Road): Road[] {
  if (!isOpen(road())) return [road()];
  const moved = Side.options.flatMap((side) =>
    MOVES.flatMap((move) => {
      try {
        return [move(road(), side)];
      } catch (error) {
        if (error instanceof Refusal) return [];
        throw error;
      }
    }),
  );
  return [road(), ...moved];
}

const waysOf = (procedure: keyof typeof WAYS) => Side.options.flatMap((side) => Object.values(WAYS[procedure][side]));
const ROADS: Record<ProcedureId, () => Road[]> = {
  '2016.1': () => FIRST.map((road) => road()),
  '2016.2': () => [...waysOf('2016.2'), ...SECOND_ROADS].flatMap(widened),
  '2021.1': () => [...waysOf('2021.1'), ...ROADS_2021].flatMap(widened),
};
/** Where no case has begun. */
const beginnings = (procedure: ProcedureId): Spot[] => spotsOn(new Road(exchangeFor(procedure), CASE_NUMBER));
/** Places that differ in nothing but numbers, days and words are tried once. */
function different(spots: readonly Spot[]): Spot[] {
  const faceOf = (spot: Spot) => {
    const state = stateOf(spot);
    const { side, exchange, region } = spot;
    const queries = state?.queries?.map(({ by, about, answer }) => [by, about, answer]);
    const proposals = state?.side === 'transferOut' && [
      state.termination?.by,
      state.tableProposal?.by,
      state.tableProposal?.query === undefined,
      state.remittanceProposal?.by,
      state.remittanceProposal?.query === undefined,
    ];
    const notices = state?.notices?.map(({ kind, to, delivered }) => [kind, to, delivered !== undefined]);
    const leaving = [state?.schemeWithdrawal?.messageId !== undefined, state?.schemeWithdrawal?.answer !== undefined];
    const air = exchange.inFlight.flatMap((parcel) => (parcel.kind === 'message' && parcel.to === region ? [parcel.message.type] : []));
    const facts = Object.entries(state ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name);
    const said = [state?.status, state?.opener, state?.closure?.by, state?.side === 'transferIn' && state.materials];
    return JSON.stringify([side, facts.sort(), said, queries, proposals, notices, leaving, air.sort()]);
  };
  return [...new Map(spots.map((spot) => [faceOf(spot), spot])).values()];
}

const known = new Map<ProcedureId, Spot[]>();

/** All places on the roads of a procedure. */
export function spotsOf(procedure: ProcedureId): Spot[] {
  const spots = known.get(procedure) ?? different([...beginnings(procedure), ...ROADS[procedure]().flatMap(spotsOn)]);
  known.set(procedure, spots);
  return spots;
}

/** Who may try: each role, as a person who has proposed nothing, or the counterpart's message. */
export type Kind = Role | 'message';
export function actorAt({ region, ...spot }: Spot, kind: Kind, subject = `${region}-three`): Actor {
  const from = stateOf({ region, ...spot })?.counterpart ?? (region === HANGZHOU ? CHENGDU : HANGZHOU);
  if (kind === 'message') return { kind, messageId: uuid(7_000), region: from };
  return { kind: 'caller', subject, office: OFFICES[region]!.code, role: kind };
}

/** The commands of a name that may suit a place: a clerk's, a word of the conversation, or what lies in the air for it. */
export function commandsAt(spot: Spot, name: CommandName): Command[] {
  const { exchange, region, caseNumber, side } = spot;
  const state = stateOf(spot);
  const clerks = ClerkCommandName.safeParse(name);
  if (clerks.success) return [clerkCommand(state, side, clerks.data, exchange.now)];
  const said = state && wordOf(state, name, exchange.now);
  if (said) return [said];
  return exchange.inFlight.flatMap((parcel) => {
    if (parcel.kind !== 'message' || parcel.to !== region || parcel.caseNumber !== caseNumber) return [];
    const command = exchange.commandIn(parcel.message);
    return command.name === name ? [command] : [];
  });
}

/** One command of each name, whether it suits the place or not. */
export function anyCommand(spot: Spot, name: CommandName): Command {
  const own = commandsAt(spot, name)[0] ?? brought.get(name);
  if (own) return own;
  for (const other of ProcedureId.options.flatMap(spotsOf)) {
    const command = commandsAt(other, name)[0];
    if (!command) continue;
    brought.set(name, command);
    return command;
  }
  throw new Error(`no road brings ${name}`);
}
const brought = new Map<CommandName, Command>();

export const attemptAt = ({ exchange, region, caseNumber }: Spot, command: Command, actor: Actor) =>
  exchange.attempt(region, caseNumber, command, actor);
