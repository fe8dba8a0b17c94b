import * as z from 'zod';
import { RelationState, Role } from './codes.ts';
import {
  CompletionNotice,
  InformationTable,
  LiaisonLetter,
  MoneyReceivedEntry,
  NotRemitted,
  RemittanceAdvice,
  TransferApplication,
} from './documents.ts';
import { BusinessMessageType } from './messages.ts';
import { Person } from './person.ts';
import { CalendarDate, CaseNumber, Instant, MessageId, OfficeCode, RegionCode, Sha256 } from './primitives.ts';
import { ClockName, CommandName, ProcedureId, TransferInStatus, TransferOutStatus } from './procedures.ts';

/** Levels at which a clock alerts, by working days after (or before) its due day. */
export const AlertLevel = z.enum(['overdue-1']);
export type AlertLevel = z.infer<typeof AlertLevel>;

/** A running clock that explains itself (D6). The start day is not counted; due is 24:00 China time of `dueOn`. */
export const Clock = z.strictObject({
  name: ClockName,
  /** Region that owes the step; a region also tracks its counterpart's clock. */
  owner: RegionCode,
  days: z.int(),
  article: z.string(),
  startEvent: z.string(),
  startedOn: CalendarDate,
  dueOn: CalendarDate,
  /** True when a year without a published calendar was counted. */
  provisional: z.boolean(),
  calendarVersions: z.record(z.string(), z.int()),
  /** Weekdays that did not count, with the reason; ordinary weekends are not listed. */
  skipped: z.array(z.strictObject({ date: CalendarDate, reason: z.string() })),
  alerts: z.array(z.strictObject({ level: AlertLevel, at: Instant })),
});
export type Clock = z.infer<typeof Clock>;

/** What a case keeps of a clock; the explanation stands on the clock's own row and in the timeline. */
export const ClockSummary = Clock.pick({ owner: true, startedOn: true, dueOn: true }).extend({ stoppedAt: Instant.optional() });
export type ClockSummary = z.infer<typeof ClockSummary>;

/** Keyed hash of the ID number: finds a person without the number standing in a key. */
export const PersonHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand('PersonHash');
export type PersonHash = z.infer<typeof PersonHash>;

/** `sentAt` is the signed time of the message, never later than its arrival. */
const received = { messageId: MessageId, sequence: z.int().min(1), sentAt: Instant };
const sent = { messageId: MessageId };
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.strictObject({ type: z.literal(type), ...shape });

/** Everything that can happen to a case. Folding the events gives the state. */
export const CaseEvent = z.discriminatedUnion('type', [
  event('opened', {
    caseNumber: CaseNumber,
    region: RegionCode,
    office: OfficeCode,
    procedure: ProcedureId,
    application: TransferApplication,
    personHash: PersonHash,
  }),
  event('accepted', {}),
  event('letter-sent', { letter: LiaisonLetter, ...sent }),
  event('letter-received', {
    caseNumber: CaseNumber,
    region: RegionCode,
    office: OfficeCode,
    procedure: ProcedureId,
    letter: LiaisonLetter,
    ...received,
  }),
  event('relation-terminated', { terminatedOn: CalendarDate }),
  event('remitted', { advice: RemittanceAdvice, ...sent }),
  event('not-remitted', { notice: NotRemitted, ...sent }),
  event('table-sent', { table: InformationTable, ...sent }),
  event('remittance-advice-received', { advice: RemittanceAdvice, ...received }),
  event('not-remitted-received', { notice: NotRemitted, ...received }),
  event('table-received', { table: InformationTable, ...received }),
  event('money-received', { money: MoneyReceivedEntry }),
  event('completed', { notice: CompletionNotice, ...sent }),
  event('completion-received', { notice: CompletionNotice, ...received }),
  event('message-delivered', { messageType: BusinessMessageType, messageId: MessageId, deliveredAt: Instant }),
  event('clock-started', { clock: Clock }),
  event('clock-stopped', { clock: ClockName, stoppedAt: Instant, late: z.boolean() }),
]);
export type CaseEvent = z.infer<typeof CaseEvent>;
export const CaseEventType = z.enum(CaseEvent.options.map((option) => option.shape.type.value));
export type CaseEventType = z.infer<typeof CaseEventType>;

const base = {
  caseNumber: CaseNumber,
  region: RegionCode,
  counterpart: RegionCode,
  office: OfficeCode,
  procedure: ProcedureId,
  /** Number of timeline entries; entry n makes version n. */
  version: z.int().min(1),
  /** Hash of entry `version`. */
  hash: Sha256,
  person: Person,
  clocks: z.partialRecord(ClockName, ClockSummary),
  /** When each step happened; clocks start and stop by these, whatever order the steps were recorded in. */
  times: z.partialRecord(CaseEventType, Instant),
  /**
   * When the counterpart sent what arrived. Its clocks, as they are tracked here, stop by this: an outage of our inbox makes nobody late.
   */
  sentAt: z.partialRecord(CaseEventType, Instant),
  /** Last sequence sent to and handled from the counterpart. */
  sequences: z.strictObject({ sent: z.int().min(0), handled: z.int().min(0) }),
  /** When the counterpart's inbox received what was sent (E3: delivered, not decided). */
  delivered: z.partialRecord(BusinessMessageType, Instant),
  letter: LiaisonLetter.optional(),
  advice: RemittanceAdvice.optional(),
  notRemitted: NotRemitted.optional(),
  table: InformationTable.optional(),
  completion: CompletionNotice.optional(),
};

/** The copy of the region that the person moves to. */
export const TransferInCase = z.strictObject({
  ...base,
  side: z.literal('transferIn'),
  status: TransferInStatus,
  application: TransferApplication,
  personHash: PersonHash,
  money: MoneyReceivedEntry.optional(),
});
export type TransferInCase = z.infer<typeof TransferInCase>;

/** The copy of the region that the person leaves. */
export const TransferOutCase = z.strictObject({
  ...base,
  side: z.literal('transferOut'),
  status: TransferOutStatus,
  letter: LiaisonLetter,
  relation: RelationState,
  terminatedOn: CalendarDate.optional(),
});
export type TransferOutCase = z.infer<typeof TransferOutCase>;

/** 转移业务: one region's copy of the hand-over of one person's relation from one former region. */
export const TransferCase = z.discriminatedUnion('side', [TransferInCase, TransferOutCase]);
export type TransferCase = z.infer<typeof TransferCase>;

/** Who moved the case; `subject` is the opaque subject of the token, never a name. */
export const Actor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('caller'), subject: z.string(), office: OfficeCode, role: Role }),
  z.strictObject({ kind: z.literal('message'), messageId: MessageId, region: RegionCode }),
]);
export type Actor = z.infer<typeof Actor>;

/** What the first entry of a timeline follows. */
export const GENESIS_HASH = Sha256.parse('0'.repeat(64));

/** One step of a case: everything one command changed, chained to the step before (E7). */
export const TimelineEntry = z.strictObject({
  n: z.int().min(1),
  command: CommandName,
  actor: Actor,
  /** When it happened: receipt by the inbox, the bank's value date, or the clerk's entry. */
  occurredAt: Instant,
  recordedAt: Instant,
  events: z.array(CaseEvent).min(1),
  /** Hash of entry n−1; 64 zeros for the first. */
  previousHash: Sha256,
  /** SHA-256 of the RFC 8785 form of this entry without `hash`. */
  hash: Sha256,
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
