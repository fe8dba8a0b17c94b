import * as z from 'zod';
import { DocumentKind, Material, NotificationChannel, RelationState, Role, Side } from './codes.ts';
import {
  ClosureAnswer,
  ClosureProposal,
  Correction,
  Explanation,
  Forwarded,
  IneligibilityNotice,
  Query,
  Reminder,
  TransferRequest,
  Withdrawal,
  WithdrawalAnswer,
} from './conversation.ts';
import {
  CompletionNotice,
  CoverageVoucher,
  DatedPayee,
  InformationTable,
  InformationTableEntry,
  LiaisonLetter,
  MoneyReceivedEntry,
  NotRemitted,
  RemittanceAdvice,
  TransferApplication,
} from './documents.ts';
import { EligibilityFacts, EligibilityVerdict, Ineligible } from './eligibility.ts';
import { BusinessMessageType } from './messages.ts';
import { Person } from './person.ts';
import { ApplicationNumber, CalendarDate, CaseNumber, Instant, line, MessageId, OfficeCode, RegionCode, Sha256 } from './primitives.ts';
import { ClockName, CommandName, ProcedureId, ProcedureReason, TransferInStatus, TransferOutStatus } from './procedures.ts';

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
  /** Absent for the first run; a letter that was forwarded starts the clock of its new recipient as a second one (B6). */
  run: z.int().min(2).optional(),
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

/** How every copy begins. */
const beginning = { caseNumber: CaseNumber, region: RegionCode, office: OfficeCode, procedure: ProcedureId };
/** Since 2016.2 the reason for the procedure is kept (B21); a copy that a message began has none, its sender chose. */
const chosen = { procedureReason: ProcedureReason.optional() };
/** Person who proposed a step that another has to approve (F2): the opaque subject of the token. */
const proposed = { proposal: z.int().min(1), by: z.string() };
/** One changed field of a correction: JSON path and both values as JSON text; a value that is absent on one side is left out. */
export const FieldChange = z.strictObject({ field: z.string(), before: z.string().optional(), after: z.string().optional() });
export type FieldChange = z.infer<typeof FieldChange>;
const changes = z.array(FieldChange);

/** Everything that can happen to a case. Folding the events gives the state. */
export const CaseEvent = z.discriminatedUnion('type', [
  event('opened', {
    ...beginning,
    ...chosen,
    application: TransferApplication,
    personHash: PersonHash,
    materials: z.array(Material).optional(),
    parent: ApplicationNumber.optional(),
  }),
  event('voucher-sent', { ...beginning, ...chosen, newRegion: RegionCode, voucher: CoverageVoucher, personHash: PersonHash, ...sent }),
  event('voucher-received', { ...beginning, voucher: CoverageVoucher, personHash: PersonHash, ...received }),
  event('applied', { application: TransferApplication, materials: z.array(Material).optional() }),
  event('materials-returned', { missing: z.array(Material) }),
  event('materials-handed-in', { materials: z.array(Material) }),
  event('accepted', { facts: EligibilityFacts.optional() }),
  event('requested', {
    ...beginning,
    ...chosen,
    side: Side,
    request: TransferRequest,
    personHash: PersonHash,
    facts: EligibilityFacts,
    parent: ApplicationNumber.optional(),
    ...sent,
  }),
  event('request-received', { ...beginning, side: Side, request: TransferRequest, personHash: PersonHash, ...received }),
  event('verdict-given', { verdict: EligibilityVerdict, facts: EligibilityFacts.optional(), ...sent }),
  event('verdict-received', { verdict: EligibilityVerdict, ...received }),
  event('letter-sent', { letter: LiaisonLetter, ...sent }),
  event('letter-received', {
    ...beginning,
    letter: LiaisonLetter,
    personHash: PersonHash.optional(),
    ...received,
  }),
  event('termination-proposed', { terminatedOn: CalendarDate, facts: EligibilityFacts, ...proposed }),
  event('relation-terminated', { terminatedOn: CalendarDate }),
  event('remitted', { advice: RemittanceAdvice, ...sent }),
  event('not-remitted', { notice: NotRemitted, ...sent }),
  event('table-proposed', { entry: InformationTableEntry, query: MessageId.optional(), ...proposed }),
  event('table-sent', { table: InformationTable, ...sent }),
  event('remittance-advice-received', { advice: RemittanceAdvice, ...received }),
  event('not-remitted-received', { notice: NotRemitted, ...received }),
  event('table-received', { table: InformationTable, ...received }),
  event('money-received', { money: MoneyReceivedEntry }),
  event('completed', { notice: CompletionNotice, ...sent }),
  event('completion-received', { notice: CompletionNotice, ...received }),
  event('ineligibility-sent', { notice: IneligibilityNotice, ...sent }),
  event('ineligibility-received', { notice: IneligibilityNotice, ...received }),
  event('applicant-notified', { channel: NotificationChannel, note: line(300).optional() }),
  event('forwarded', { notice: Forwarded, ...sent }),
  event('forwarded-received', { notice: Forwarded, ...received }),
  event('forward-failed', { notice: Forwarded, reasons: z.array(Ineligible), ...received }),
  event('query-sent', { query: Query, ...sent }),
  event('query-received', { query: Query, ...received }),
  event('correction-sent', { correction: Correction, changes, ...sent }),
  event('correction-received', { correction: Correction, changes, ...received }),
  event('explanation-sent', { explanation: Explanation, ...sent }),
  event('explanation-received', { explanation: Explanation, ...received }),
  event('withdrawn', { reason: line(500) }),
  event('withdrawal-sent', { withdrawal: Withdrawal, ...sent }),
  event('withdrawal-received', { withdrawal: Withdrawal, granted: z.boolean(), ...received }),
  event('withdrawal-answered', { answer: WithdrawalAnswer, ...sent }),
  event('withdrawal-answer-received', { answer: WithdrawalAnswer, ...received }),
  event('closure-proposed', { proposal: ClosureProposal, ...sent }),
  event('closure-proposal-received', { proposal: ClosureProposal, ...received }),
  event('closure-answered', { answer: ClosureAnswer, ...sent }),
  event('closure-answer-received', { answer: ClosureAnswer, ...received }),
  event('reminded', { reminder: Reminder, on: CalendarDate, ...sent }),
  event('reminder-received', { reminder: Reminder, ...received }),
  /** A message that came when nothing was left to do: the case had ended, or the question was settled another way meanwhile. */
  event('noted', { messageType: BusinessMessageType, ...received }),
  event('message-delivered', { messageType: BusinessMessageType, messageId: MessageId, deliveredAt: Instant }),
  event('clock-started', { clock: Clock }),
  event('clock-stopped', { clock: ClockName, stoppedAt: Instant, late: z.boolean(), run: z.int().min(2).optional() }),
]);
export type CaseEvent = z.infer<typeof CaseEvent>;
export const CaseEventType = z.enum(CaseEvent.options.map((option) => option.shape.type.value));
export type CaseEventType = z.infer<typeof CaseEventType>;

/** A question about a version of a document, open until it is answered (B3, B9). */
export const CaseQuery = z.strictObject({
  /** Message that asked. */
  id: MessageId,
  by: z.enum(['own', 'counterpart']),
  ...Query.shape,
  askedAt: Instant,
  answer: z.enum(['corrected', 'explained']).optional(),
  answeredAt: Instant.optional(),
  explanation: line(500).optional(),
  /** Paths of the fields that the correction changed; both values stand in the timeline. */
  changed: z.array(z.string()).optional(),
});
export type CaseQuery = z.infer<typeof CaseQuery>;

const base = {
  caseNumber: CaseNumber,
  region: RegionCode,
  counterpart: RegionCode,
  office: OfficeCode,
  procedure: ProcedureId,
  procedureReason: ProcedureReason.optional(),
  /** Number of timeline entries; entry n makes version n. */
  version: z.int().min(1),
  /** Hash of entry `version`. */
  hash: Sha256,
  person: Person,
  /** Side where the person applied; absent: transferIn. */
  opener: Side.optional(),
  clocks: z.partialRecord(ClockName, ClockSummary),
  /** Which run of a clock is the present one, where it is not the first. */
  runs: z.partialRecord(ClockName, z.int().min(2)).optional(),
  /** When each step happened; clocks start and stop by these, whatever order the steps were recorded in. */
  times: z.partialRecord(CaseEventType, Instant),
  /**
   * When the counterpart sent what arrived. Its clocks, as they are tracked here, stop by this: an outage of our inbox makes nobody late.
   */
  sentAt: z.partialRecord(CaseEventType, Instant),
  /** When the hand-over ended without being completed: every clock of it stops then. */
  ended: Instant.optional(),
  /** Under procedure 2021 the later of the two verdicts' times. */
  acceptedAt: Instant.optional(),
  /** Last sequence sent to and handled from the counterpart. */
  sequences: z.strictObject({ sent: z.int().min(0), handled: z.int().min(0) }),
  /** When the counterpart's inbox received what was sent (E3: delivered, not decided). */
  delivered: z.partialRecord(BusinessMessageType, Instant),
  /** Message that brought, or took away, the current version of each document. */
  versions: z.partialRecord(DocumentKind, MessageId).optional(),
  queries: z.array(CaseQuery).optional(),
  voucher: CoverageVoucher.optional(),
  request: TransferRequest.optional(),
  verdicts: z.strictObject({ transferIn: EligibilityVerdict.optional(), transferOut: EligibilityVerdict.optional() }).optional(),
  /** Account of transferIn that a balance is paid to, where no letter names it. */
  payee: DatedPayee.optional(),
  letter: LiaisonLetter.optional(),
  advice: RemittanceAdvice.optional(),
  notRemitted: NotRemitted.optional(),
  table: InformationTable.optional(),
  completion: CompletionNotice.optional(),
  /** Why the hand-over was refused, by either side. */
  ineligible: z.array(Ineligible).optional(),
  /** Whose proposal to end the case by agreement waits for an answer (B5). */
  closure: z.strictObject({ by: z.enum(['own', 'counterpart']), messageId: MessageId, ...ClosureProposal.shape }).optional(),
  lastReminderOn: CalendarDate.optional(),
};

/** What is still to be handed in, all named at the first return; what came after it may be returned again (A8). */
export const Materials = z.strictObject({
  missing: z.array(Material),
  /** Handed in after the first return; absent until there was one. */
  since: z.array(Material).optional(),
});
export type Materials = z.infer<typeof Materials>;

/** The copy of the region that the person moves to. */
export const TransferInCase = z.strictObject({
  ...base,
  side: z.literal('transferIn'),
  status: TransferInStatus,
  application: TransferApplication.optional(),
  personHash: PersonHash,
  /** The application for several former regions that this case is one part of (B23). */
  parent: ApplicationNumber.optional(),
  materials: Materials.optional(),
  money: MoneyReceivedEntry.optional(),
  /** Message of the withdrawal that waits for its answer. */
  withdrawal: MessageId.optional(),
  /** Regions that the letter was sent to before it was forwarded. */
  formerCounterparts: z.array(RegionCode).optional(),
});
export type TransferInCase = z.infer<typeof TransferInCase>;

/** The copy of the region that the person leaves. */
export const TransferOutCase = z.strictObject({
  ...base,
  side: z.literal('transferOut'),
  status: TransferOutStatus,
  personHash: PersonHash.optional(),
  relation: RelationState,
  /** Where the letter was forwarded to (B6). */
  forwardedTo: RegionCode.optional(),
  terminatedOn: CalendarDate.optional(),
  /** Steps that one person proposed and another must approve (F2). */
  termination: z.strictObject({ terminatedOn: CalendarDate, ...proposed }).optional(),
  tableProposal: z.strictObject({ entry: InformationTableEntry, query: MessageId.optional(), ...proposed }).optional(),
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
