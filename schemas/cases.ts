import * as z from 'zod';
import { ClockSummary } from './clocks.ts';
import { DocumentKind, Material, RelationState, Role, Side } from './codes.ts';
import { ClosureProposal, Query, SchemeWithdrawal, SchemeWithdrawalAnswerEntry, TransferRequest } from './conversation.ts';
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
  RemittanceEntry,
  TransferApplication,
} from './documents.ts';
import { EligibilityVerdict, Ineligible } from './eligibility.ts';
import { Entitlement } from './entitlement.ts';
import { CaseEvent, CaseEventType, proposed } from './events.ts';
import { BusinessMessageType } from './messages.ts';
import { BankLineId } from './money.ts';
import { CaseNotice } from './notices.ts';
import { Person } from './person.ts';
import {
  ApplicationNumber,
  CalendarDate,
  CaseNumber,
  Fen,
  Instant,
  line,
  MessageId,
  OfficeCode,
  PersonHash,
  RegionCode,
  Sha256,
} from './primitives.ts';
import { ClockName, CommandName, ProcedureId, ProcedureReason, TransferInStatus, TransferOutStatus } from './procedures.ts';
import { RecordSupplement } from './record.ts';

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
  /** What the applicant and the employer have to be told, and the proof that they were (B15). */
  notices: z.array(CaseNotice).optional(),
  /** The notice that takes the person out of the rural scheme, and its answer (A15). `messageId` absent: it went another way. */
  schemeWithdrawal: z
    .strictObject({ notice: SchemeWithdrawal, messageId: MessageId.optional(), answer: SchemeWithdrawalAnswerEntry.optional() })
    .optional(),
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
  /** Who confirmed it, and the statement line it was matched with. */
  moneyFrom: z.strictObject({ by: z.string().optional(), bankLine: BankLineId.optional() }).optional(),
  /** Entered on the personal account, once (S94 7.2; B13). */
  credit: z.strictObject({ amountFen: Fen, by: z.string(), at: Instant }).optional(),
  entitlement: Entitlement.optional(),
  supplements: z.array(RecordSupplement.extend({ at: Instant })).optional(),
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
  remittanceProposal: z.strictObject({ entry: RemittanceEntry, query: MessageId.optional(), ...proposed }).optional(),
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
  /** A bank statement handed in by an office of the region, whose account it is: money is the region's, the case may be another office's. */
  z.strictObject({ kind: z.literal('bank-statement'), subject: z.string(), office: OfficeCode }),
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
