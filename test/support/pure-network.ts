import type { Command } from '../../functions/cases/commands.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { readChain } from '../../functions/cases/timeline.ts';
import { canonicalJson } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { TimelineEntry } from '../../schemas/cases.ts';
import type { BusinessMessageType, OutgoingMessage } from '../../schemas/messages.ts';
import { CalendarDate, type Instant, type MessageId, type RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { COMMANDS, caller, contextOf, letterNumber, messageFrom, money, move, OFFICES, opening, remittance, uuid } from './cases.ts';
import { CHENGDU, HANGZHOU } from './documents.ts';

/** Kinds of thing that may be overtaken by another: four messages, their receipts, and the money at the bank. */
export const KINDS = ['letter', 'advice', 'table', 'completion', 'receipt', 'money'] as const;
export type Kind = (typeof KINDS)[number];

/**
 * What Chengdu says of the balance, and how it numbers its two answers: a region with software of its own may send the table first. The advice
 * stands for either word.
 */
export type Story = { remitted: boolean; tableFirst: boolean };
export const STORIES: readonly Story[] = [true, false].flatMap((remitted) => [false, true].map((tableFirst) => ({ remitted, tableFirst })));
export const kindsOf = ({ remitted }: Story): Kind[] => KINDS.filter((kind) => remitted || kind !== 'money');

type Sent = { kind: Kind; to: RegionCode; from: RegionCode; receivedAt: Instant };
type Item =
  | (Sent & { message: OutgoingMessage; sequence: number })
  | (Sent & { receiptOf: MessageId; messageType: BusinessMessageType })
  | { kind: 'money' };

type Copy = { state: Folded; entries: TimelineEntry[]; parked: Map<number, Item>; seen: Set<string>; sent: number };

type FirstCommand = Extract<ClerkCommandName, keyof typeof COMMANDS>;

/** What the clerks do and when. The time of a step is fixed, however late the exchange is, so that only the order of handling differs. */
const scriptOf = ({ remitted }: Story): { region: RegionCode; name: FirstCommand; at: string }[] => [
  { region: HANGZHOU, name: 'open', at: '2026-02-13T02:00:00Z' },
  { region: HANGZHOU, name: 'accept', at: '2026-02-13T03:00:00Z' },
  { region: HANGZHOU, name: 'send-letter', at: '2026-02-24T02:00:00Z' },
  { region: CHENGDU, name: 'confirm-termination', at: '2026-02-25T01:00:00Z' },
  { region: CHENGDU, name: remitted ? 'remit' : 'not-remit', at: '2026-02-25T02:00:00Z' },
  { region: CHENGDU, name: 'send-table', at: '2026-02-25T03:00:00Z' },
  { region: HANGZHOU, name: 'complete', at: '2026-03-02T02:00:00Z' },
];
const SAID: Partial<Record<FirstCommand, Command>> = {
  'confirm-termination': { name: 'confirm-termination', terminatedOn: CalendarDate.parse('2026-02-25') },
  remit: { name: 'remit', entry: remittance({ remittedOn: '2026-02-25' }) },
};
const MONEY: Command = { name: 'confirm-money', money: money({ valueDate: '2026-02-26' }) };
const MONEY_AT = '2026-02-26T03:00:00Z';

/** What the first version of procedure 2016 sends, each in its first version. */
const KIND_OF: Partial<Record<BusinessMessageType, Kind>> = {
  'cn.jiexu.liaison-letter.v1': 'letter',
  'cn.jiexu.remittance-advice.v1': 'advice',
  'cn.jiexu.not-remitted.v1': 'advice',
  'cn.jiexu.information-table.v1': 'table',
  'cn.jiexu.completion-notice.v1': 'completion',
};
function kindOf(type: BusinessMessageType): Kind {
  const kind = KIND_OF[type];
  if (!kind) throw new Error(`2016.1 sends no ${type}`);
  return kind;
}

/**
 * Both copies of one case with the rules alone: decide, evolve and the waiting of early messages; no queue, no table. Clerks act as soon as they
 * may; what is in flight is handled in the order that `choose` says, each thing `times` times.
 */
export function runCase(choose: (inFlight: readonly Item[]) => number, times = 1, story: Story = { remitted: true, tableFirst: false }) {
  const copies = new Map<RegionCode, Copy>(
    [HANGZHOU, CHENGDU].map((region) => [region, { state: undefined, entries: [], parked: new Map(), seen: new Set(), sent: 0 }]),
  );
  const copyOf = (region: RegionCode): Copy => copies.get(region)!;
  const inFlight: Item[] = story.remitted ? [{ kind: 'money' }] : [];
  const todo = scriptOf(story);

  function run(region: RegionCode, command: Command, at: Instant, from?: RegionCode): void {
    const copy = copyOf(region);
    const id = uuid(100 + Object.keys(COMMANDS).indexOf(command.name));
    const context = contextOf(region, {
      actor: from ? messageFrom(from) : caller(region),
      occurredAt: at,
      today: CalendarDate.parse(at.slice(0, 10)),
      messageId: id,
      documentNumber: letterNumber(OFFICES[region]!.code),
    });
    const { state, entry, decision } = move(copy.state, { command, context });
    Object.assign(copy, { state, entries: [...copy.entries, entry] });
    for (const message of decision.messages) {
      copy.sent += 1;
      const sequence = story.tableFirst && region === CHENGDU ? 3 - copy.sent : copy.sent;
      const receivedAt = toInstant(Date.parse(at) + 1_000);
      inFlight.push({ kind: kindOf(message.type), from: region, to: message.recipient, message, sequence, receivedAt });
    }
  }

  function arrive(item: Item): void {
    if (item.kind === 'money') run(HANGZHOU, MONEY, toInstant(Date.parse(MONEY_AT)));
    else if ('receiptOf' in item) receipt(item);
    else if ('message' in item) message(item);
  }

  function message(item: Extract<Item, { message: OutgoingMessage }>): void {
    const copy = copyOf(item.to);
    const handled = copy.state?.sequences.handled ?? 0;
    if (item.sequence <= handled) return;
    if (item.sequence > handled + 1 || (!copy.state && item.kind !== 'letter')) {
      copy.parked.set(item.sequence, item);
      return;
    }
    run(item.to, commandOf(item), item.receivedAt, item.from);
    inFlight.push({
      kind: 'receipt',
      from: item.to,
      to: item.from,
      receiptOf: item.message.id,
      messageType: item.message.type,
      receivedAt: item.receivedAt,
    });
    const next = copy.parked.get(item.sequence + 1);
    copy.parked.delete(item.sequence + 1);
    if (next) arrive(next);
  }

  function receipt({ to, from, receiptOf, messageType, receivedAt }: Extract<Item, { receiptOf: MessageId }>): void {
    if (copyOf(to).seen.has(receiptOf)) return;
    copyOf(to).seen.add(receiptOf);
    run(to, { name: 'record-delivery', messageType, messageId: receiptOf, deliveredAt: receivedAt }, receivedAt, from);
  }

  /** Every step of the script that the rules allow now. */
  function clerksAct(): void {
    let next = todo[0];
    while (next) {
      const { region, name, at } = next;
      if (!allowed(() => run(region, SAID[name] ?? COMMANDS[name], toInstant(Date.parse(at))))) return;
      todo.shift();
      next = todo[0];
    }
  }

  clerksAct();
  while (inFlight.length > 0) {
    const possible = inFlight.filter(({ kind }) => kind !== 'money' || copyOf(HANGZHOU).state?.advice !== undefined);
    const item = possible[choose(possible)]!;
    inFlight.splice(inFlight.indexOf(item), 1);
    for (let n = 0; n < (item.kind === 'money' ? 1 : times); n += 1) arrive(item);
    clerksAct();
  }
  return { copies: [...copies.values()], todo };
}

function allowed(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Refusal && (error.code === 'case.wrong-state' || error.code === 'case.not-found')) return false;
    throw error;
  }
}

function commandOf({ message, sequence, receivedAt }: Extract<Item, { message: OutgoingMessage }>): Command {
  const base = { messageId: message.id, sequence, sentAt: toInstant(Date.parse(receivedAt) - 1_000) };
  switch (message.type) {
    case 'cn.jiexu.liaison-letter.v1':
      return { name: 'receive-letter', letter: message.data, ...opening('2016.1'), ...base };
    case 'cn.jiexu.remittance-advice.v1':
      return { name: 'receive-remittance-advice', advice: message.data, ...base };
    case 'cn.jiexu.not-remitted.v1':
      return { name: 'receive-not-remitted', notice: message.data, ...base };
    case 'cn.jiexu.information-table.v1':
      return { name: 'receive-table', table: message.data, ...base };
    case 'cn.jiexu.completion-notice.v1':
      return { name: 'receive-completion', notice: message.data, ...base };
    default:
      throw new Error(`2016.1 sends no ${message.type}`);
  }
}

/**
 * How a run ended, as text to compare. Left out is what tells the order of handling and nothing else: the hash of the head, and which entry an
 * event stands in (the step that comes last starts the clock). The version stays: as many steps were recorded, whatever their order.
 */
export function endingOf({ copies, todo }: ReturnType<typeof runCase>): string {
  const ends = copies.map(({ state, entries, parked }) => {
    const whole = state !== undefined && readChain(entries, state.hash).brokenAt === undefined;
    const { hash: _, ...rest } = state ?? { hash: '' };
    const events = entries.flatMap((entry) => entry.events.map((event) => canonicalJson(event))).sort();
    return { state: rest, events, whole, parked: parked.size };
  });
  return canonicalJson({ ends, todo: todo.length });
}
