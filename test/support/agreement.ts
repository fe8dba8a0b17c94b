import { schemesOf } from '../../functions/cases/facts.ts';
import { familyOf } from '../../functions/cases/procedures/choose.ts';
import { readChain, stateAt } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import type { CaseQuery, TimelineEntry, TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { DocumentKind } from '../../schemas/codes.ts';
import type { NoticeKind } from '../../schemas/notices.ts';
import { type CaseStatus, type ClockName, isFinal } from '../../schemas/procedures.ts';
import type { PureExchange } from './pure-exchange.ts';

/** What must be true of all copies when nothing is under way any more. Everything that is not is named. */

type Allowed = Partial<Record<CaseStatus, readonly (CaseStatus | 'none')[]>>;

/** For each status at transferIn where transferOut may stand; `none`: it knows nothing of the case. */
const AGREED: Record<'2016' | '2021', Allowed> = {
  '2016': {
    'voucher-received': ['voucher-sent'],
    opened: ['none', 'voucher-sent'],
    accepted: ['none', 'voucher-sent'],
    'letter-sent': ['letter-received', 'relation-terminated', 'account-settled', 'transferred-out'],
    'ready-to-complete': ['transferred-out'],
    completed: ['closed'],
    // `forwarded`: to a region that could not take it.
    ineligible: ['refused', 'forwarded'],
    refused: ['refused', 'forwarded'],
    withdrawn: ['none', 'withdrawn'],
    'closed-by-agreement': ['closed-by-agreement'],
  },
  '2021': {
    requested: ['request-received'],
    'request-received': ['requested'],
    accepted: ['accepted', 'account-settled'],
    'ready-to-complete': ['transferred-out'],
    completed: ['closed'],
    ineligible: ['refused'],
    refused: ['refused', 'ineligible'],
    withdrawn: ['withdrawn'],
    'closed-by-agreement': ['closed-by-agreement'],
  },
};

/** Clocks of article and of the house that both sides can know. */
const SHARED: readonly ClockName[] = ['transfer-out', 'complete', 'overall', 'transfer-in', 'verdict'];
/** A refusal frees the person's place even before he was told. */
const isOpen = ({ status }: TransferCase) => !isFinal(status) && status !== 'ineligible';
const same = (a: unknown, b: unknown) => canonicalJson([a ?? null]) === canonicalJson([b ?? null]);

export function disagreements(exchange: PureExchange): string[] {
  const copies = exchange.cases();
  const cases = Map.groupBy(copies, ({ caseNumber }) => caseNumber);
  return [
    ...exchange.refused.map(({ parcel, refusal }) => {
      const what = parcel.kind === 'message' ? parcel.message.type : 'receipt';
      return `${parcel.caseNumber}: ${what} to ${parcel.to} went to quarantine: ${refusal.errors.map(({ field, code }) => `${field} ${code}`)}`;
    }),
    ...(exchange.waiting() > 0 ? [`${exchange.waiting()} messages wait for ever`] : []),
    ...copies.flatMap((state) => alone(exchange, state).map((wrong) => `${state.caseNumber} ${state.region} (${state.status}): ${wrong}`)),
    ...[...cases.values()].flatMap((sides) => together(exchange, sides).map((wrong) => `${sides[0]!.caseNumber}: ${wrong}`)),
    ...enrolledTwice(copies),
  ];
}

/** What one copy must be by itself. */
function alone(exchange: PureExchange, state: TransferCase): string[] {
  const entries = exchange.entries(state.region, state.caseNumber);
  const chain = readChain(entries, state.hash);
  const parties = [state.region, state.counterpart];
  const times = (type: string) => entries.flatMap(({ events }) => events).filter((event) => event.type === type).length;
  const clocks = Object.entries(state.clocks);
  return named({
    'timeline is broken': chain.brokenAt !== undefined || chain.entries.length !== state.version,
    'timeline does not fold to the state': !same(stateAt(entries, exchange.now), state),
    'terminated more than once': times('relation-terminated') > 1 || times('completion-received') > 1 || times('completed') > 1,
    'relation terminated without completion':
      state.side === 'transferOut' && isFinal(state.status) && (state.relation === 'terminated') !== (state.status === 'closed'),
    'relation not terminated before the table':
      state.side === 'transferOut' &&
      state.procedure === '2016.2' &&
      state.table !== undefined &&
      isOpen(state) &&
      state.relation !== 'terminated',
    'relation terminated before completion':
      state.side === 'transferOut' && state.procedure === '2021.1' && isOpen(state) && state.relation !== 'suspended',
    'withdrawal without an answer': state.side === 'transferIn' && state.withdrawal !== undefined,
    'clock of nobody': clocks.some(([, { owner }]) => !parties.includes(owner)),
    'clock runs on in a final case':
      isFinal(state.status) && clocks.some(([name, { stoppedAt }]) => stoppedAt === undefined && name !== 'tell-result'),
    'watch over the word of the completion': watchIsWrong(state),
    'notices are not those of the result': !same(noticesOf(state), owedNotices(state)),
    'clock of the hand-over runs on after a refusal':
      state.status === 'ineligible' && clocks.some(([name, { stoppedAt }]) => stoppedAt === undefined && name !== 'tell-applicant'),
    'nobody has to tell the applicant': state.status === 'ineligible' && state.clocks['tell-applicant'] === undefined,
    'something waits in a final case':
      isFinal(state.status) && (state.closure !== undefined || (state.side === 'transferOut' && hasProposal(state))),
    'money moved or credited more than once':
      times('remitted') > 1 || times('money-received') > 1 + times('money-rejected') || times('credited') > 1,
    'one person alone moved money': movedAlone(entries),
    'credited is not what was confirmed':
      state.side === 'transferIn' && state.credit !== undefined && state.credit.amountFen !== state.money?.amountFen,
    'completed without its credit':
      state.side === 'transferIn' &&
      state.completion !== undefined &&
      !same(state.completion.creditedFen, creditedUntilCompletion(entries)),
  });
}

/** A question about money may be answered in a closed case (S21). */
const hasProposal = ({ status, termination, remittanceProposal, tableProposal }: TransferOutCase): boolean =>
  termination !== undefined || (status !== 'closed' && (remittanceProposal !== undefined || tableProposal !== undefined));

/** It runs exactly as long as somebody has not been told (B15). */
function watchIsWrong({ clocks, notices = [] }: TransferCase): boolean {
  const ofResult = notices.filter(({ kind }) => kind === 'completed');
  const clock = clocks['tell-result'];
  if (ofResult.length === 0) return clock !== undefined;
  return clock === undefined || (clock.stoppedAt === undefined) !== ofResult.some(({ delivered }) => delivered === undefined);
}

const RESULTS: Partial<Record<CaseStatus, NoticeKind>> = {
  completed: 'completed',
  ineligible: 'refused',
  refused: 'refused',
  'closed-by-agreement': 'closed-by-agreement',
};
const noticesOf = ({ notices = [] }: TransferCase) => notices.map(({ kind, to }) => `${kind} ${to}`).sort();
/** The completion is told at transferIn, all else where the person applied; to the employer as well where it did (S94 7.4). */
function owedNotices(state: TransferCase): string[] {
  const kind = RESULTS[state.status];
  const applicant = (state.side === 'transferIn' ? (state.application ?? state.request) : state.request)?.applicant;
  const isOpener = (state.opener ?? 'transferIn') === state.side;
  if (!kind || state.procedure === '2016.1' || (kind !== 'completed' && !isOpener)) return [];
  return applicant?.capacity === 'employer' ? [`${kind} employer`, `${kind} person`] : [`${kind} person`];
}

/** Whether one person stands behind both halves of a remittance or of a credit (F2). */
export function movedAlone(entries: readonly TimelineEntry[]): boolean {
  const approvals = entries.flatMap((entry, i) => {
    if (entry.command !== 'approve-remittance' || entry.actor.kind !== 'caller') return [];
    const proposal = entries.slice(0, i).findLast(({ command }) => command === 'propose-remittance');
    return proposal?.actor.kind === 'caller' && proposal.actor.subject === entry.actor.subject ? [entry] : [];
  });
  const credits = entries.filter((entry, i) => {
    if (entry.command !== 'credit' || entry.actor.kind !== 'caller') return false;
    // Whoever confirmed money that was rejected since is a stranger to this one.
    const confirmation = entries.slice(0, i).findLast(({ command }) => command === 'confirm-money');
    return confirmation?.actor.kind === 'caller' && confirmation.actor.subject === entry.actor.subject;
  });
  return approvals.length + credits.length > 0;
}

const creditedUntilCompletion = (entries: readonly TimelineEntry[]): number => {
  const events = entries.flatMap((entry) => entry.events);
  const until = events.slice(
    0,
    events.findIndex(({ type }) => type === 'completed'),
  );
  return until.flatMap((event) => (event.type === 'credited' ? [event.amountFen] : []))[0] ?? 0;
};

/** What the copies of one case must be to each other. */
function together(exchange: PureExchange, copies: readonly TransferCase[]): string[] {
  const ins = copies.filter((copy) => copy.side === 'transferIn');
  const outs = copies.filter((copy) => copy.side === 'transferOut');
  const there = ins[0];
  if (!there || ins.length > 1) return [`${ins.length} copies at transferIn`];
  const here = outs.find(({ region }) => region === there.counterpart);
  const left = outs.filter((copy) => copy !== here);
  const status = here?.status ?? 'none';
  return [
    ...named({
      [`${there.status} ↔ ${status}`]: !AGREED[familyOf(there.procedure)][there.status]?.includes(status),
      'a region that is out of it still acts': left.some(
        (copy) => copy.status !== 'forwarded' || !there.formerCounterparts?.includes(copy.region),
      ),
      'another counterpart': here !== undefined && here.counterpart !== there.region,
    }),
    ...(here ? paired(there, here, hasNoted(exchange, there, 'correction') || hasNoted(exchange, here, 'correction')) : []),
  ];
}

const hasNoted = (exchange: PureExchange, { region, caseNumber }: TransferCase, name: string): boolean =>
  exchange
    .entries(region, caseNumber)
    .some(({ events }) => events.some((event) => event.type === 'noted' && event.messageType === `cn.jiexu.${name}.v1`));

/** `apart`: a correction came when the case had ended, and was only noted. */
function paired(there: TransferInCase, here: TransferOutCase, apart: boolean): string[] {
  const isOver = there.ended !== undefined;
  return named({
    'sequences differ': there.sequences.sent !== here.sequences.handled || here.sequences.sent !== there.sequences.handled,
    'documents differ':
      !apart &&
      (['letter', 'advice', 'notRemitted', 'table', 'request', 'verdicts', 'acceptedAt', 'completion'] as const).some(
        (name) => !same(there[name], here[name]),
      ),
    'vouchers differ': !apart && there.voucher !== undefined && here.voucher !== undefined && !same(there.voucher, here.voucher),
    'versions differ': !apart && !same(versionsOf(there), versionsOf(here)),
    'persons differ': !apart && !same(there.person, here.person),
    'closure of one side only':
      there.closure?.messageId !== here.closure?.messageId || (there.closure !== undefined && there.closure.by === here.closure?.by),
    'queries differ': !isOver && !there.formerCounterparts && !same(queriesOf(there, 'own'), queriesOf(here, 'counterpart')),
    'open queries differ':
      !isOver && (!same(openOf(there, 'own'), openOf(here, 'counterpart')) || !same(openOf(there, 'counterpart'), openOf(here, 'own'))),
    'money without advice': there.money !== undefined && there.advice === undefined,
    'money is not what was advised': there.money !== undefined && there.money.amountFen !== there.advice?.amountFen,
    'notice to the rural office differs': !apart && !same(leavingOf(there), leavingOf(here)),
    'completed and not terminated': there.status === 'completed' && here.relation !== 'terminated',
    'clocks differ': SHARED.some((name) => there.clocks[name] && here.clocks[name] && !same(datesOf(there, name), datesOf(here, name))),
  });
}

/** Where the notice went another way, the rural office has none of it here. */
const leavingOf = ({ schemeWithdrawal }: TransferCase) => (schemeWithdrawal?.messageId ? schemeWithdrawal : undefined);

/** Before the letter nobody has asked for anything in writing: what a voucher said is known to both from then on. */
const versionsOf = ({ versions = {} }: TransferCase): Partial<Record<DocumentKind, string>> => versions;
const datesOf = ({ clocks }: TransferCase, name: ClockName) => {
  const { owner, startedOn, dueOn } = clocks[name]!;
  return { owner, startedOn, dueOn };
};
const openOf = ({ queries = [] }: TransferCase, by: CaseQuery['by']) =>
  queries
    .filter((query) => query.by === by && query.answer === undefined)
    .map(({ id }) => id)
    .sort();
const flipped = (by: CaseQuery['by']): CaseQuery['by'] => (by === 'own' ? 'counterpart' : 'own');
/**
 * All that was asked and answered, as one side sees it; `as` says whose is called its own. What a correction changed in a voucher that the person
 * carried, transferIn alone can tell: it had the paper.
 */
const queriesOf = ({ queries = [] }: TransferCase, as: CaseQuery['by']) =>
  queries
    .map(({ askedAt: _, answeredAt: __, by, changed, ...query }) => {
      const known = query.about === 'coverage-voucher' ? {} : { changed };
      return { ...query, ...known, by: as === 'own' ? by : flipped(by) };
    })
    .sort((a, b) => a.id.localeCompare(b.id));

/** Begun by transferOut, and transferIn has said nothing yet: it gave way, or still may, and nothing is done to the relation. */
const MAY_HAVE_YIELDED: readonly CaseStatus[] = ['voucher-sent', 'requested'];

/** One person has at most one open case per side, former scheme and former region; so no relation is worked on twice (A10). */
function enrolledTwice(copies: readonly TransferCase[]): string[] {
  const counted = copies.filter((state) => isOpen(state) && !(state.side === 'transferOut' && MAY_HAVE_YIELDED.includes(state.status)));
  const places = Map.groupBy(counted, (state) =>
    [state.region, state.side, state.person.idNumber, schemesOf(state).formerScheme, formerRegionAtFirst(state)].join(' '),
  );
  return [...places.values()]
    .filter((cases) => cases.length > 1)
    .map((cases) => `open twice at ${cases[0]!.region}: ${cases.map(({ caseNumber, status }) => `${caseNumber} ${status}`).join(', ')}`);
}

/** Where the applicant said that he was insured; the letter may have been forwarded since. */
function formerRegionAtFirst(state: TransferCase): string | undefined {
  if (state.side === 'transferOut') return state.region;
  return state.application?.formerRegion ?? state.request?.formerRegion ?? state.voucher?.participationRegion;
}

const named = (checks: Record<string, boolean>): string[] => Object.keys(checks).filter((name) => checks[name]);
