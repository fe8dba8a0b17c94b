import * as z from 'zod';
import { Clock } from './clocks.ts';
import { Material, NotificationChannel, Side } from './codes.ts';
import {
  ClosureAnswer,
  ClosureProposal,
  Correction,
  Explanation,
  Forwarded,
  IneligibilityNotice,
  Query,
  Reminder,
  SchemeWithdrawal,
  SchemeWithdrawalAnswer,
  TransferRequest,
  Withdrawal,
  WithdrawalAnswer,
} from './conversation.ts';
import {
  CompletionNotice,
  CoverageVoucher,
  InformationTable,
  InformationTableEntry,
  LiaisonLetter,
  MoneyReceivedEntry,
  NotRemitted,
  RemittanceAdvice,
  RemittanceEntry,
  TransferApplication,
} from './documents.ts';
import { EligibilityFacts, EligibilityVerdict, Ineligible } from './eligibility.ts';
import { Entitlement, EntitlementFacts } from './entitlement.ts';
import { BusinessMessageType } from './messages.ts';
import { BankLineId, Reconciliation } from './money.ts';
import { NoticeDelivery, NoticeKind, NoticeRecipient } from './notices.ts';
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
} from './primitives.ts';
import { ClockName, ProcedureId, ProcedureReason } from './procedures.ts';
import { RecordSupplement } from './record.ts';

/** `sentAt` is the signed time of the message, never later than its arrival. */
const received = { messageId: MessageId, sequence: z.int().min(1), sentAt: Instant };
const sent = { messageId: MessageId };
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.strictObject({ type: z.literal(type), ...shape });

/** How every copy begins. */
const beginning = { caseNumber: CaseNumber, region: RegionCode, office: OfficeCode, procedure: ProcedureId };
/** Since 2016.2 the reason for the procedure is kept (B21); a copy that a message began has none, its sender chose. */
const chosen = { procedureReason: ProcedureReason.optional() };
/** Person who proposed a step that another has to approve (F2): the opaque subject of the token. */
export const proposed = { proposal: z.int().min(1), by: z.string() };
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
  event('remittance-proposed', { entry: RemittanceEntry, query: MessageId.optional(), ...proposed }),
  event('remitted', { advice: RemittanceAdvice, ...sent }),
  event('not-remitted', { notice: NotRemitted, ...sent }),
  event('table-proposed', { entry: InformationTableEntry, query: MessageId.optional(), ...proposed }),
  event('table-sent', { table: InformationTable, ...sent }),
  event('remittance-advice-received', { advice: RemittanceAdvice, ...received }),
  event('not-remitted-received', { notice: NotRemitted, ...received }),
  event('table-received', { table: InformationTable, ...received }),
  /** `by`: who confirmed it, so that another person credits it (F2); `bankLine`: line of a statement that it was matched with. */
  event('money-received', { money: MoneyReceivedEntry, by: z.string().optional(), bankLine: BankLineId.optional() }),
  /** What was confirmed is another's money, or none: the case awaits its own again. */
  event('money-rejected', { reason: line(200), by: z.string() }),
  event('credited', { amountFen: Fen, reconciliation: Reconciliation, by: z.string() }),
  event('entitlement-assessed', { facts: EntitlementFacts, entitlement: Entitlement }),
  event('record-supplemented', { supplement: RecordSupplement }),
  event('notice-created', { kind: NoticeKind, to: NoticeRecipient }),
  event('notice-delivered', { kind: NoticeKind, to: NoticeRecipient, delivery: NoticeDelivery }),
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
  event('scheme-withdrawal-sent', { notice: SchemeWithdrawal, ...sent }),
  /** The counterpart's software does not know this message: the notice goes another way. */
  event('scheme-withdrawal-by-hand', { notice: SchemeWithdrawal }),
  event('scheme-withdrawal-received', { notice: SchemeWithdrawal, ...received }),
  event('scheme-withdrawal-answered', { answer: SchemeWithdrawalAnswer, ...sent }),
  event('scheme-withdrawal-answer-received', { answer: SchemeWithdrawalAnswer, ...received }),
  /** A message that came when nothing was left to do: the case had ended, or the question was settled another way meanwhile. */
  event('noted', { messageType: BusinessMessageType, ...received }),
  event('message-delivered', { messageType: BusinessMessageType, messageId: MessageId, deliveredAt: Instant }),
  event('clock-started', { clock: Clock }),
  event('clock-stopped', { clock: ClockName, stoppedAt: Instant, late: z.boolean(), run: z.int().min(2).optional() }),
]);
export type CaseEvent = z.infer<typeof CaseEvent>;
export const CaseEventType = z.enum(CaseEvent.options.map((option) => option.shape.type.value));
export type CaseEventType = z.infer<typeof CaseEventType>;
