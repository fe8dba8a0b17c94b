import type { Actor, CaseEvent, PersonHash } from '../../schemas/cases.ts';
import type { Office, Region } from '../../schemas/directory.ts';
import type {
  CompletionNotice,
  InformationTable,
  InformationTableEntry,
  LiaisonLetter,
  MoneyReceivedEntry,
  NotRemitted,
  RemittanceAdvice,
  TransferApplication,
} from '../../schemas/documents.ts';
import type { BusinessMessageType, OutgoingMessage } from '../../schemas/messages.ts';
import type { CalendarDate, CaseNumber, Instant, LetterNumber, MessageId, RegionCode } from '../../schemas/primitives.ts';
import type { Calendar } from '../calendar/working-days.ts';

type Received<T> = T & { messageId: MessageId; sequence: number; sentAt: Instant };

/** What can be asked of a case, by a clerk, by a message or by a receipt; all take the same path. */
export type Command =
  | { name: 'open'; application: TransferApplication; personHash: PersonHash }
  | { name: 'accept' }
  | { name: 'send-letter' }
  | { name: 'confirm-termination'; terminatedOn: CalendarDate }
  | { name: 'remit'; entry: Pick<RemittanceAdvice, 'amountFen' | 'bankReference' | 'remittedOn'> }
  | { name: 'not-remit'; entry: Pick<NotRemitted, 'reason' | 'note'> }
  | { name: 'send-table'; entry: InformationTableEntry }
  | { name: 'confirm-money'; money: MoneyReceivedEntry }
  | { name: 'complete' }
  | Received<{ name: 'receive-letter'; letter: LiaisonLetter }>
  | Received<{ name: 'receive-remittance-advice'; advice: RemittanceAdvice }>
  | Received<{ name: 'receive-not-remitted'; notice: NotRemitted }>
  | Received<{ name: 'receive-table'; table: InformationTable }>
  | Received<{ name: 'receive-completion'; notice: CompletionNotice }>
  | { name: 'record-delivery'; messageType: BusinessMessageType; messageId: MessageId; deliveredAt: Instant };

export type CommandOf<N extends Command['name']> = Extract<Command, { name: N }>;

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
  /** The counterpart's office that a letter goes to. */
  counterpartOffice: Office | undefined;
  calendars: ReadonlyMap<RegionCode, Calendar>;
  /** Given beforehand to the command that needs it: number of the letter or table, id of the message. */
  documentNumber: LetterNumber | undefined;
  messageId: MessageId;
};

/** A verdict: nothing has happened yet. */
export type Decision = { events: CaseEvent[]; messages: OutgoingMessage[] };
