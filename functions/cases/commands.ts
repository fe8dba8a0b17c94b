import type { Actor } from '../../schemas/cases.ts';
import type { Material, NotificationChannel } from '../../schemas/codes.ts';
import type {
  ClosureAnswer,
  ClosureProposal,
  Correction,
  CorrectionEntry,
  Explanation,
  ForwardEntry,
  Forwarded,
  IneligibilityNotice,
  Query,
  Reminder,
  SchemeWithdrawal,
  SchemeWithdrawalAnswer,
  SchemeWithdrawalAnswerEntry,
  TransferRequest,
  TransferRequestEntry,
  Withdrawal,
  WithdrawalAnswer,
} from '../../schemas/conversation.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import type {
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
  TransferApplicationWithoutVoucher,
} from '../../schemas/documents.ts';
import type { EligibilityFacts, EligibilityVerdict, Override, RefusalEntry } from '../../schemas/eligibility.ts';
import type { EntitlementFacts, RegionalRules } from '../../schemas/entitlement.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { BusinessMessageType, OutgoingMessage } from '../../schemas/messages.ts';
import type { BankLineId } from '../../schemas/money.ts';
import type { CaseNoticeDelivery } from '../../schemas/notices.ts';
import type {
  ApplicationNumber,
  CalendarDate,
  CaseNumber,
  Instant,
  LetterNumber,
  MessageId,
  PersonHash,
  RegionCode,
} from '../../schemas/primitives.ts';
import type { CommandName, ProcedureId } from '../../schemas/procedures.ts';
import type { RecordSupplement } from '../../schemas/record.ts';
import type { Calendar } from '../calendar/working-days.ts';

type Received<T> = T & { messageId: MessageId; sequence: number; sentAt: Instant };
/** A message that can begin this region's copy: which procedure its sender chose, and whose the case is. */
type Opening<T> = Received<T & { procedure: ProcedureId; personHash: PersonHash }>;
type Window = { materials?: Material[] | undefined; parent?: ApplicationNumber | undefined };
type Approval = { proposal: number };
type Nothing = Record<never, never>;

/** What each command carries. */
type Carried = {
  open: { application: TransferApplication; personHash: PersonHash } & Window;
  request: { request: TransferRequestEntry; facts: EligibilityFacts; override?: Override | undefined; personHash: PersonHash } & Window;
  'send-voucher': { voucher: CoverageVoucher; newRegion: RegionCode; personHash: PersonHash };
  apply: { application: TransferApplicationWithoutVoucher; materials?: Material[] | undefined };
  'return-materials': { missing: Material[] };
  'hand-in-materials': { materials: Material[] };
  accept: { facts?: EligibilityFacts | undefined };
  'give-verdict': { facts: EligibilityFacts; override?: Override | undefined };
  'send-letter': Nothing;
  'confirm-termination': { terminatedOn: CalendarDate };
  'propose-termination': { terminatedOn: CalendarDate; facts: EligibilityFacts };
  'approve-termination': Approval;
  remit: { entry: RemittanceEntry };
  'not-remit': { entry: Pick<NotRemitted, 'reason' | 'note'> };
  'propose-remittance': { entry: RemittanceEntry };
  'approve-remittance': Approval;
  'send-table': { entry: InformationTableEntry };
  'propose-table': { entry: InformationTableEntry };
  'approve-table': Approval;
  /** `bankLine`: line of a bank statement that it is matched with. */
  'confirm-money': { money: MoneyReceivedEntry; bankLine?: BankLineId | undefined };
  'reject-money': { reason: string };
  credit: Nothing;
  'assess-entitlement': { facts: EntitlementFacts };
  'supplement-record': { supplement: RecordSupplement };
  complete: Nothing;
  refuse: { entry: RefusalEntry };
  'notify-applicant': { channel: NotificationChannel; note?: string | undefined };
  'deliver-notice': { delivery: CaseNoticeDelivery };
  'answer-scheme-withdrawal': { entry: SchemeWithdrawalAnswerEntry };
  forward: { entry: ForwardEntry };
  query: { entry: Omit<Query, 'version'> };
  correct: { entry: CorrectionEntry };
  explain: { explanation: Explanation };
  withdraw: { withdrawal: Withdrawal };
  'propose-closure': { proposal: ClosureProposal };
  'answer-closure': { entry: Omit<ClosureAnswer, 'proposal'> };
  remind: { entry: Pick<Reminder, 'note'> };
  'receive-letter': Opening<{ letter: LiaisonLetter }>;
  'receive-voucher': Opening<{ voucher: CoverageVoucher }>;
  'receive-request': Opening<{ request: TransferRequest }>;
  'receive-verdict': Received<{ verdict: EligibilityVerdict }>;
  'receive-remittance-advice': Received<{ advice: RemittanceAdvice }>;
  'receive-not-remitted': Received<{ notice: NotRemitted }>;
  'receive-table': Received<{ table: InformationTable }>;
  'receive-completion': Received<{ notice: CompletionNotice }>;
  'receive-ineligibility': Received<{ notice: IneligibilityNotice }>;
  'receive-forwarded': Received<{ notice: Forwarded }>;
  'receive-query': Received<{ query: Query }>;
  'receive-correction': Received<{ correction: Correction }>;
  'receive-explanation': Received<{ explanation: Explanation }>;
  'receive-withdrawal': Received<{ withdrawal: Withdrawal }>;
  'receive-withdrawal-answer': Received<{ answer: WithdrawalAnswer }>;
  'receive-closure-proposal': Received<{ proposal: ClosureProposal }>;
  'receive-closure-answer': Received<{ answer: ClosureAnswer }>;
  'receive-reminder': Received<{ reminder: Reminder }>;
  'receive-scheme-withdrawal': Received<{ notice: SchemeWithdrawal }>;
  'receive-scheme-withdrawal-answer': Received<{ answer: SchemeWithdrawalAnswer }>;
  'record-delivery': { messageType: BusinessMessageType; messageId: MessageId; deliveredAt: Instant };
};

/** One or several commands by name. */
export type CommandOf<N extends CommandName> = { [K in N]: { name: K } & Carried[K] }[N];

/** What can be asked of a case, by a clerk, by a message or by a receipt; all take the same path. */
export type Command = CommandOf<CommandName>;

/** Everything a decision may look at beside the state: who asks, what time it is, what the directory and the calendars say. */
export type Context = {
  caseNumber: CaseNumber;
  actor: Actor;
  /** When the step happened, and today's date in China when it is decided. */
  occurredAt: Instant;
  today: CalendarDate;
  region: Region;
  counterpart: Region | undefined;
  /** The caller's office, or the one that a letter names. */
  office: Office | undefined;
  /** The counterpart's office that a letter or request goes to. */
  counterpartOffice: Office | undefined;
  /** The region that a letter is forwarded to, and its office (B6). */
  forwardTo: Region | undefined;
  forwardOffice: Office | undefined;
  calendars: ReadonlyMap<RegionCode, Calendar>;
  /** Given beforehand to the command that needs it: number of the letter or table, ids of up to three messages. */
  documentNumber: LetterNumber | undefined;
  messageId: MessageId;
  secondMessageId: MessageId;
  thirdMessageId: MessageId;
  /** Rules of this region in force on the day of registration, for the command that assesses benefits (A14). */
  regionalRules: RegionalRules | undefined;
  /** Who confirmed the money of a case whose copy does not say it: it was stored by an earlier release (F2). For `credit` alone. */
  confirmedBy: string | undefined;
  /** The open case that has this person's place, where a message would begin a second one (A10). */
  openElsewhere: CaseNumber | undefined;
};

/** A verdict: nothing has happened yet. */
export type Decision = { events: CaseEvent[]; messages: OutgoingMessage[] };
