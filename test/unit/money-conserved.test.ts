import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { actionsFor } from '../../functions/cases/queries-api.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { DocumentKind, Side } from '../../schemas/codes.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import { movedAlone } from '../support/agreement.ts';
import { money, remittance } from '../support/cases.ts';
import { BALANCE_FEN, tableEntry } from '../support/documents.ts';
import { accepted, lettered, type Road } from '../support/roads.ts';

/** Two persons on either side do with money whatever they like, in any order; what they may not do is refused, and the money is all there (B13, F2). */

const PERSONS = ['one', 'two'] as const;
const AMOUNTS = [BALANCE_FEN, BALANCE_FEN, BALANCE_FEN, BALANCE_FEN - 1, BALANCE_FEN + 1, 100] as const;
const KINDS = [
  ...([
    'propose-remittance',
    'approve-remittance',
    'not-remit',
    'propose-table',
    'approve-table',
    'confirm-money',
    'reject-money',
    'credit',
    'complete',
    'explain',
    'propose-closure',
    'answer-closure',
  ] as const),
  ...(['ask-advice', 'ask-table', 'ask-voucher', 'arrive', 'all-arrives'] as const),
];
type Kind = (typeof KINDS)[number];
/** These end or block everything: they are taken only by who does whatever comes to his mind. */
const RARE: readonly Kind[] = ['not-remit', 'propose-closure'];
type Step = {
  kind: Kind;
  /** What comes to his mind is tried, offered or not; else he does the n-th thing of those offered to him. */
  whim: boolean;
  n: number;
  person: (typeof PERSONS)[number];
  side: Side;
  amount: (typeof AMOUNTS)[number];
  yes: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  whim: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  n: fc.noShrink(fc.nat()),
  person: fc.constantFrom(...PERSONS),
  side: fc.constantFrom<Side>('transferIn', 'transferOut'),
  amount: fc.constantFrom(...AMOUNTS),
  yes: fc.boolean(),
});

/** What the rules offer to a person at either side, and what may arrive. */
function offeredTo(person: string, road: Road): [Side | undefined, Kind][] {
  const ofSide = (side: Side) => {
    const { region } = road.state(side);
    const names: readonly string[] = actionsFor(road.state(side), { role: 'clerk', sub: `${region}-${person}` });
    const kinds = KINDS.filter((kind) => names.includes(kind) && !RARE.includes(kind));
    const asks: Kind[] = side === 'transferIn' && names.includes('query') ? ['ask-advice', 'ask-table', 'ask-voucher'] : [];
    return [...kinds, ...kinds, ...kinds, ...asks].map((kind): [Side, Kind] => [side, kind]);
  };
  return [...ofSide('transferIn'), ...ofSide('transferOut'), [undefined, 'arrive'], [undefined, 'all-arrives'], [undefined, 'all-arrives']];
}

const today = (road: Road) => road.exchange.now.slice(0, 10) as never;
const ask = (about: DocumentKind): CommandOf<'query'> => ({ name: 'query', entry: { about, fields: ['balanceFen'], question: '请核对' } });

/** What a step does, by the side it belongs to; undefined where nothing can be said yet. */
function commandFor({ kind, side, amount, yes }: Omit<Step, 'whim' | 'n'>, road: Road): [Side, Command] | undefined {
  const { here } = road;
  switch (kind) {
    case 'propose-remittance':
      return ['transferOut', { name: kind, entry: remittance({ amountFen: amount, remittedOn: today(road) }) }];
    case 'approve-remittance':
      return here.remittanceProposal && ['transferOut', { name: kind, proposal: here.remittanceProposal.proposal }];
    case 'not-remit':
      return ['transferOut', { name: kind, entry: { reason: 'paid-to-person' } }];
    case 'propose-table': {
      const periods = tableEntry().periods.map((row) => ({ ...row, remark: yes ? '已核对' : '核对无误' }));
      return ['transferOut', { name: kind, entry: tableEntry({ balanceFen: here.advice?.amountFen ?? amount, periods }) }];
    }
    case 'approve-table':
      return here.tableProposal && ['transferOut', { name: kind, proposal: here.tableProposal.proposal }];
    case 'confirm-money':
      return [
        'transferIn',
        { name: kind, money: money({ amountFen: yes ? (road.there.advice?.amountFen ?? amount) : amount, valueDate: today(road) }) },
      ];
    case 'reject-money':
      return ['transferIn', { name: kind, reason: '非本业务款项' }];
    case 'credit':
    case 'complete':
      return ['transferIn', { name: kind }];
    case 'ask-advice':
      return ['transferIn', ask('remittance-advice')];
    case 'ask-table':
      return ['transferIn', ask('information-table')];
    case 'ask-voucher':
      return ['transferIn', ask('coverage-voucher')];
    case 'explain': {
      const query = here.queries?.find(({ by, answer }) => by === 'counterpart' && answer === undefined);
      return query && ['transferOut', { name: kind, explanation: { query: query.id, text: '无误' } }];
    }
    case 'propose-closure':
      return [side, { name: kind, proposal: { reason: '双方协商', money: '原路退回' } }];
    case 'answer-closure':
      return [side, { name: kind, entry: { agreed: yes } }];
    default:
      return undefined;
  }
}

function take(road: Road, { whim, n, ...said }: Step): void {
  const offered = offeredTo(said.person, road);
  const [side, kind] = whim ? [said.side, said.kind] : offered[n % offered.length]!;
  const { inFlight } = road.exchange;
  if (kind === 'all-arrives') road.settle();
  else if (kind === 'arrive' && inFlight.length > 0) road.exchange.deliver(n % inFlight.length);
  const given = commandFor({ ...said, kind, side: side ?? said.side }, road);
  if (!given) return;
  try {
    road.by(...given, { person: said.person });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

const eventsAt = (road: Road, side: Side): CaseEvent[] =>
  road.exchange.entries(road.state(side).region, road.caseNumber).flatMap(({ events }) => events);
const amountsOf = (events: readonly CaseEvent[]) => ({
  remitted: events.filter(({ type }) => type === 'remitted').length,
  confirmed: events.flatMap((event) => (event.type === 'money-received' ? [event.money.amountFen] : [])),
  rejected: events.filter(({ type }) => type === 'money-rejected').length,
  credited: events.flatMap((event) => (event.type === 'credited' ? [event.amountFen] : [])),
  differences: events.flatMap((event) => (event.type === 'credited' ? event.reconciliation.differences : [])),
  completed: events.flatMap((event) => (event.type === 'completed' ? [event.notice.creditedFen] : [])),
});

/** What is wrong with the money of one case, whatever is under way. */
function wrongAtAnyTime(road: Road): string[] {
  const { there, here } = road;
  const { remitted } = amountsOf(eventsAt(road, 'transferOut'));
  const { confirmed, rejected, credited, completed, differences } = amountsOf(eventsAt(road, 'transferIn'));
  const advised = there.advice?.amountFen;
  return named({
    'remitted twice': remitted > 1,
    'remitted and said to be nothing': here.advice !== undefined && here.notRemitted !== undefined,
    'confirmed while it was in, or rejected while it was not': confirmed.length - rejected !== (there.money ? 1 : 0),
    // What was rejected may have been advised otherwise, before a correction.
    'confirmed what was not advised': there.money !== undefined && there.money.amountFen !== advised,
    'credited twice': credited.length > 1,
    'credited what was not confirmed': credited.some((fen) => fen !== confirmed.at(-1)),
    'credited while something differed': differences.some(({ explained }) => !explained),
    'completed with another sum': completed.some((fen) => fen !== 0 && fen !== credited[0]),
    'completed and money left over': completed[0] === 0 && confirmed.length > rejected && there.procedure === '2016.2',
    'taken back from the account': there.status === 'closed-by-agreement' && credited.length > 0,
    'moved or credited by one person alone': [there, here].some(({ region }) => movedAlone(road.exchange.entries(region, road.caseNumber))),
  });
}

/** Transferred out = on its way + waiting for its credit + credited, once everything has arrived. */
function wrongInTheEnd(road: Road): string[] {
  const { there, here } = road.settle();
  const out = here.advice?.amountFen ?? 0;
  const awaited = there.money ? 0 : (there.advice?.amountFen ?? 0);
  const waiting = there.money && !there.credit ? there.money.amountFen : 0;
  return named({
    'fen were lost or made': out !== awaited + waiting + (there.credit?.amountFen ?? 0),
    'the sides say different things':
      here.advice?.amountFen !== there.advice?.amountFen || here.completion?.creditedFen !== there.completion?.creditedFen,
    'a message was refused': road.exchange.refused.length > 0,
  });
}
const named = (checks: Record<string, boolean>): string[] => Object.keys(checks).filter((name) => checks[name]);

const FAMILIES = [
  { procedure: '2016.2', begin: () => lettered().terminate() },
  { procedure: '2021.1', begin: accepted },
] as const;

describe.each(FAMILIES)(
  '$procedure: over any sequence of remittances, corrections, confirmations, credits, completions and agreements to end',
  ({ begin }) => {
    test('money is conserved to the fen and credited at most once, by two persons (B13, F2)', { timeout: 60_000 }, () => {
      const seen = new Set<string>();
      fc.assert(
        fc.property(fc.array(step, { maxLength: 70, size: 'max' }), (steps) => {
          const road = begin();
          for (const said of steps) {
            take(road, said);
            expect(wrongAtAnyTime(road)).toEqual([]);
          }
          expect(wrongInTheEnd(road)).toEqual([]);
          for (const name of landmarks(road)) seen.add(name);
        }),
        { numRuns: 150, seed: 94 },
      );
      // Else the runs would have shown little.
      expect([...seen].sort()).toEqual([
        'advice corrected',
        'agreed to end with money in',
        'completed with the credit',
        'credited',
        'credited after a rejection',
        'table corrected',
      ]);
    });
  },
);

const landmarks = (road: Road): string[] => {
  const { there } = road;
  const corrected = eventsAt(road, 'transferOut').flatMap((event) => (event.type === 'correction-sent' ? [event.correction.about] : []));
  return named({
    credited: there.credit !== undefined,
    'credited after a rejection': there.credit !== undefined && amountsOf(eventsAt(road, 'transferIn')).rejected > 0,
    'completed with the credit': (there.completion?.creditedFen ?? 0) > 0,
    'agreed to end with money in': there.status === 'closed-by-agreement' && there.money !== undefined,
    'advice corrected': corrected.includes('remittance-advice'),
    'table corrected': corrected.includes('information-table'),
  });
};
