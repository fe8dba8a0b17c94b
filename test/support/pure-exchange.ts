import { chinaDate } from '../../functions/calendar/china-time.ts';
import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { CLOCK_TYPES } from '../../functions/cases/clocks.ts';
import type { Command, Context } from '../../functions/cases/commands.ts';
import { decide } from '../../functions/cases/decide.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { commandOf, isOpening, openingCommand, personIn } from '../../functions/cases/message-command.ts';
import { caseNumberOf, letterNumberOf } from '../../functions/cases/numbers.ts';
import { applyEntry, nextEntry } from '../../functions/cases/timeline.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor, TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import { BUSINESS_MESSAGE_TYPES, BusinessMessage, type BusinessMessageType, sourceOf } from '../../schemas/messages.ts';
import type { CaseNumber, Instant, MessageId, RegionCode } from '../../schemas/primitives.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { ProcedureId } from '../../schemas/procedures.ts';
import { uuid, WUHAN } from './cases.ts';
import { CHENGDU, HANGZHOU } from './documents.ts';
import { counterpartIn, OFFICES_OF_THREE as offices, PurePlaces, REGIONS_OF_THREE as regions } from './pure-places.ts';

/** What travels between two regions. */
export type Parcel = { to: RegionCode; from: RegionCode; caseNumber: CaseNumber } & (
  | { kind: 'message'; message: BusinessMessage }
  | { kind: 'receipt'; messageId: MessageId; type: BusinessMessageType; at: Instant }
);
type Copy = {
  state: TransferCase;
  entries: TimelineEntry[];
  parked: Map<string, Parcel>;
  handled: Map<string, Instant>;
  delivered: Set<string>;
};
/** Who gives a command; the same name is the same person. */
export type By = { person?: string; role?: Role };

const calendar = calendarOf(seedYears());

export const REGION_CODES = [HANGZHOU, CHENGDU, WUHAN] as const;
/** Which of the procedures the regions use: all speak everything, take every message, and are online for that of 2021. */
export type ExchangeOptions = { family: '2016' | '2021'; start?: string };

/**
 * Three regions with the rules alone: decide, evolve, the places of persons and the waiting of early messages, as store and exchange keep them;
 * no queue, no table. What travels lies in `inFlight` until somebody delivers it.
 */
export class PureExchange {
  readonly inFlight: Parcel[] = [];
  /** Messages that the rules refused: quarantine. */
  readonly refused: { parcel: Parcel; refusal: Refusal }[] = [];
  readonly #copies = new Map<string, Copy>();
  readonly #places = new PurePlaces();
  readonly #regions: Map<RegionCode, Region>;
  #now: number;
  #ids = 0;
  #numbers = 0;

  constructor({ family, start = '2026-03-02T02:00:00.000Z' }: ExchangeOptions) {
    this.#now = Date.parse(start);
    this.#regions = new Map(
      REGION_CODES.map((code) => [
        code,
        {
          ...regions[code]!,
          procedures: [...ProcedureId.options],
          messages: [...BUSINESS_MESSAGE_TYPES],
          ...(family === '2021' && { onlineSince: '2021-12-01' as never }),
        },
      ]),
    );
  }

  get now(): Instant {
    return toInstant(this.#now);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Says of a region what the directory says from now on. */
  restate(code: RegionCode, said: Partial<Region>): void {
    this.#regions.set(code, { ...this.#regions.get(code)!, ...said });
  }

  state(region: RegionCode, caseNumber: CaseNumber): Folded {
    return this.#copies.get(`${region}|${caseNumber}`)?.state;
  }

  entries(region: RegionCode, caseNumber: CaseNumber): TimelineEntry[] {
    return this.#copies.get(`${region}|${caseNumber}`)?.entries ?? [];
  }

  cases(): TransferCase[] {
    return [...this.#copies.values()].map(({ state }) => state);
  }

  waiting(): number {
    return [...this.#copies.values()].reduce((sum, { parked }) => sum + parked.size, this.#early.size);
  }

  /** A command that begins a case. Throws the Refusal of the rules. */
  begin(region: RegionCode, command: Command, by: By = {}): CaseNumber {
    this.#numbers += 1;
    const caseNumber = caseNumberOf(region, chinaDate(this.now), this.#numbers);
    this.give(region, caseNumber, command, by);
    return caseNumber;
  }

  /** A clerk's command. Throws the Refusal of the rules. */
  give(region: RegionCode, caseNumber: CaseNumber, command: Command, { person = 'one', role = 'clerk' }: By = {}): TransferCase {
    const actor: Actor = { kind: 'caller', subject: `${region}-${person}`, office: offices[region]!.code, role };
    return this.#run(region, caseNumber, command, actor, this.now);
  }

  /** Takes a parcel out of the air and hands it over; `keep` leaves it there as a duplicate. */
  deliver(index: number, keep = false): void {
    const parcel = this.inFlight[index]!;
    if (!keep) this.inFlight.splice(index, 1);
    this.#now += 1_000;
    this.#arrive(parcel);
  }

  deliverAll(): void {
    while (this.inFlight.length > 0) this.deliver(0);
  }

  #arrive(parcel: Parcel): void {
    try {
      if (parcel.kind === 'receipt') this.#receipt(parcel);
      else this.#message(parcel, parcel.message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused.push({ parcel, refusal: error });
    }
  }

  #message(parcel: Parcel, message: BusinessMessage): void {
    const { to, from, caseNumber } = parcel;
    const copy = this.#copies.get(`${to}|${caseNumber}`);
    const handledAt = copy?.handled.get(message.id);
    if (handledAt) {
      this.#sendReceipt(parcel, message, handledAt);
      return;
    }
    const current = copy?.state.counterpart === from || !copy;
    const handled = copy && current ? copy.state.sequences.handled : 0;
    if ((!copy && !isOpening(message)) || (current && message.sequence > handled + 1)) {
      this.#park(to, parcel, message);
      return;
    }
    this.#run(to, caseNumber, this.commandIn(message), { kind: 'message', messageId: message.id, region: from }, this.now);
    const receivedAt = this.now;
    this.#copies.get(`${to}|${caseNumber}`)!.handled.set(message.id, receivedAt);
    this.#sendReceipt(parcel, message, receivedAt);
    this.#wake(to, from, caseNumber, message.sequence + 1);
  }

  /** The command that a message makes where it arrives now. */
  commandIn(message: BusinessMessage): Command {
    return isOpening(message)
      ? openingCommand(message, this.now, PersonHash.parse(sha256(personIn(message).idNumber)))
      : commandOf(message, this.now);
  }

  readonly #early = new Map<string, Parcel>();

  #park(to: RegionCode, parcel: Parcel, message: BusinessMessage): void {
    const copy = this.#copies.get(`${to}|${parcel.caseNumber}`);
    const lane = `${parcel.from}|${message.sequence}`;
    if (copy) copy.parked.set(lane, parcel);
    else this.#early.set(`${to}|${parcel.caseNumber}|${lane}`, parcel);
  }

  #wake(to: RegionCode, from: RegionCode, caseNumber: CaseNumber, sequence: number): void {
    const copy = this.#copies.get(`${to}|${caseNumber}`)!;
    const lane = `${from}|${sequence}`;
    const early = `${to}|${caseNumber}|${lane}`;
    const next = copy.parked.get(lane) ?? this.#early.get(early);
    copy.parked.delete(lane);
    this.#early.delete(early);
    if (next) this.#arrive(next);
  }

  /** A duplicate is answered with the first receipt again: the first moment counts. */
  #sendReceipt({ to, from, caseNumber }: Parcel, { id, type }: BusinessMessage, at: Instant): void {
    this.inFlight.push({ kind: 'receipt', to: from, from: to, caseNumber, messageId: id, type, at });
  }

  #receipt({ to, from, caseNumber, messageId, type, at }: Extract<Parcel, { kind: 'receipt' }>): void {
    const copy = this.#copies.get(`${to}|${caseNumber}`)!;
    if (copy.delivered.has(messageId)) return;
    copy.delivered.add(messageId);
    if (!CLOCK_TYPES.has(type) || copy.state.counterpart !== from) return;
    const command: Command = { name: 'record-delivery', messageType: type, messageId, deliveredAt: at };
    this.#run(to, caseNumber, command, { kind: 'message', messageId: this.#id(), region: from }, at);
  }

  #id(): MessageId {
    this.#ids += 1;
    return uuid(10_000 + this.#ids);
  }

  /** What a command would make of a case; changes nothing. Throws the Refusal of the rules. */
  attempt(region: RegionCode, caseNumber: CaseNumber, command: Command, actor: Actor, occurredAt = this.now) {
    const before = this.state(region, caseNumber);
    const meets = !before || command.name === 'receive-letter';
    const openElsewhere = meets ? this.#openElsewhere(region, caseNumber, command, actor, occurredAt) : undefined;
    const context = this.#context(region, caseNumber, command, actor, occurredAt, before, openElsewhere);
    const { events, messages } = decide(before, command, context);
    const entry = nextEntry(before, { command: command.name, actor, occurredAt, recordedAt: this.now, events });
    return { state: applyEntry(before, entry), entry, messages };
  }

  /** What software of the counterpart's own may say at any time: a message that is not taken out of the air. */
  take(region: RegionCode, caseNumber: CaseNumber, command: Command): void {
    const { counterpart } = this.state(region, caseNumber)!;
    this.#run(region, caseNumber, command, { kind: 'message', messageId: this.#id(), region: counterpart }, this.now);
  }

  #run(region: RegionCode, caseNumber: CaseNumber, command: Command, actor: Actor, occurredAt: Instant): TransferCase {
    const copy = this.#copies.get(`${region}|${caseNumber}`);
    const { state, entry, messages } = this.attempt(region, caseNumber, command, actor, occurredAt);
    const first = state.sequences.sent - messages.length;
    messages.forEach(({ answers, ...message }, i) => {
      const whole = BusinessMessage.parse({
        ...message,
        specversion: '1.0',
        source: sourceOf(region),
        subject: caseNumber,
        time: this.now,
        datacontenttype: 'application/json',
        causationid: answers ?? uuid(9),
        procedure: state.procedure,
        sequence: first + 1 + i,
        signature: 'A'.repeat(86),
      });
      this.inFlight.push({ kind: 'message', to: message.recipient, from: region, caseNumber, message: whole });
    });
    const kept = copy ?? { parked: new Map(), handled: new Map(), delivered: new Set() };
    this.#copies.set(`${region}|${caseNumber}`, { ...kept, state, entries: [...(copy?.entries ?? []), entry] });
    this.#places.change(copy?.state, state);
    return state;
  }

  /** The rules are asked once as if the place were free; who holds it is found by the key that the new copy would take. */
  #openElsewhere(region: RegionCode, caseNumber: CaseNumber, command: Command, actor: Actor, occurredAt: Instant): CaseNumber | undefined {
    const before = this.state(region, caseNumber);
    const { events } = decide(before, command, this.#context(region, caseNumber, command, actor, occurredAt, before, undefined));
    const entry = nextEntry(before, { command: command.name, actor, occurredAt, recordedAt: this.now, events });
    const open = this.#places.inTheWay(before, applyEntry(before, entry), actor.kind === 'message');
    if (open && actor.kind === 'caller') throw new Refusal('case.already-open', [{ field: 'person', code: 'already_open', reason: open }]);
    return open;
  }

  #context(
    code: RegionCode,
    caseNumber: CaseNumber,
    command: Command,
    actor: Actor,
    occurredAt: Instant,
    state: Folded,
    openElsewhere: CaseNumber | undefined,
  ): Context {
    const office = (of: RegionCode | undefined): Office | undefined => (of ? offices[of] : undefined);
    const region = (of: RegionCode | undefined): Region | undefined => (of ? this.#regions.get(of) : undefined);
    const counterpart = state?.counterpart ?? (actor.kind === 'message' ? actor.region : counterpartIn(command));
    const forward =
      command.name === 'forward' ? command.entry.region : command.name === 'receive-forwarded' ? command.notice.region : undefined;
    this.#numbers += 1;
    return {
      caseNumber,
      actor,
      occurredAt,
      today: chinaDate(this.now),
      region: region(code)!,
      counterpart: region(counterpart),
      office: office(code),
      counterpartOffice: office(counterpart),
      forwardTo: region(forward),
      forwardOffice: office(forward),
      calendars: new Map(REGION_CODES.map((of) => [of, calendar])),
      documentNumber: letterNumberOf(offices[code]!.code, chinaDate(this.now), this.#numbers),
      messageId: this.#id(),
      secondMessageId: this.#id(),
      thirdMessageId: this.#id(),
      regionalRules: undefined,
      confirmedBy: undefined,
      openElsewhere,
    };
  }
}
