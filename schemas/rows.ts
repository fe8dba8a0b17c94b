import * as z from 'zod';
import { TransferCase } from './cases.ts';
import { AlertLevel, Clock } from './clocks.ts';
import { Role } from './codes.ts';
import { BusinessMessageType } from './messages.ts';
import { NoticeRow } from './notices.ts';
import { CalendarDate, CaseNumber, Instant, MessageId, OfficeCode, RegionCode, Sha256 } from './primitives.ts';
import { CaseStatus, ClockName } from './procedures.ts';

/** Rows of the Exchange table as they are read back; the keys are made in `functions/cases/keys.ts` only. */
const keys = { PK: z.string(), SK: z.string() };

export const CaseRow = z.object({
  ...keys,
  state: TransferCase,
  /** Copies at the top level that the write condition and the work list need. */
  version: z.int(),
  status: CaseStatus,
  workOffice: OfficeCode.optional(),
  workDue: z.string().optional(),
});

export const ClockRow = z.object({
  ...keys,
  kind: z.literal('clock'),
  caseNumber: CaseNumber,
  region: RegionCode,
  office: OfficeCode,
  clock: Clock,
  stoppedAt: Instant.optional(),
  alertShard: z.string().optional(),
  nextAlert: Instant.optional(),
});
export type ClockRow = z.infer<typeof ClockRow>;

/** Which person or system of an office did something, outside a case's timeline. */
export const By = z.strictObject({ subject: z.string(), office: OfficeCode, role: Role });
export type By = z.infer<typeof By>;

/**
 * A message whole, as it was sent or handled. While it is pending (`pendingShard` set) a sent message waits for its delivered receipt and
 * a handled one for its receipts to be sent; the sweep sends it again when `nextAttempt` has passed.
 */
const messageBase = {
  ...keys,
  messageId: MessageId,
  caseNumber: CaseNumber,
  region: RegionCode,
  counterpart: RegionCode,
  type: BusinessMessageType,
  /** The signed event byte for byte. */
  body: z.string(),
  attempts: z.int().min(0),
  pendingShard: z.string().optional(),
  pendingSince: Instant.optional(),
  nextAttempt: Instant.optional(),
};
export const SentMessageRow = z.object({
  ...messageBase,
  direction: z.literal('sent'),
  deliveredAt: Instant.optional(),
  openedAt: Instant.optional(),
});
export const HandledMessageRow = z.object({
  ...messageBase,
  direction: z.literal('handled'),
  receivedAt: Instant,
  /** The signed delivered receipt byte for byte. */
  receipt: z.string(),
  /** When, and by whom, it was opened first; `opened` is the signed receipt of that, byte for byte. All three are there or none. */
  openedAt: Instant.optional(),
  openedBy: By.optional(),
  opened: z.string().optional(),
});
export const MessageRow = z.discriminatedUnion('direction', [SentMessageRow, HandledMessageRow]);
export type SentMessageRow = z.infer<typeof SentMessageRow>;
export type HandledMessageRow = z.infer<typeof HandledMessageRow>;
export type MessageRow = z.infer<typeof MessageRow>;

/** A message that waits for its predecessor. `receivedAt` is kept, because it starts the clock. */
export const ParkedRow = z.object({
  ...keys,
  kind: z.literal('parked'),
  messageId: MessageId,
  caseNumber: CaseNumber,
  region: RegionCode,
  counterpart: RegionCode,
  sequence: z.int().min(1),
  body: z.string(),
  receivedAt: Instant,
  /** Both gone once its alert is recorded. */
  alertShard: z.string().optional(),
  nextAlert: Instant.optional(),
});
export type ParkedRow = z.infer<typeof ParkedRow>;

/** Rows that the index `nextAlert` shows. */
export const WatchedRow = z.discriminatedUnion('kind', [ClockRow, ParkedRow, NoticeRow]);
export type WatchedRow = z.infer<typeof WatchedRow>;

/** Who had a quarantined message tried again. */
export const ReplayedBy = By;
export type ReplayedBy = By;

/** A message that can never be handled as it is: kept whole, with code and path of what is wrong and no value. */
export const QuarantineRow = z.object({
  ...keys,
  id: z.string(),
  region: RegionCode,
  receivedAt: Instant,
  code: z.string(),
  path: z.string(),
  body: z.string(),
  bodyHash: Sha256,
  replayedAt: Instant.optional(),
  replayedBy: ReplayedBy.optional(),
  /** Handled after all, by a replay or because its sender sent the same bytes again. */
  resolvedAt: Instant.optional(),
});
export type QuarantineRow = z.infer<typeof QuarantineRow>;

/** Found by the hash of a body: its one row in quarantine, and when the body first came, for good (B2). Written together with that row. */
export const QuarantinePointer = z.object({ ...keys, receivedAt: Instant, quarantinedAs: z.string() });
export type QuarantinePointer = z.infer<typeof QuarantinePointer>;

/** At most one open case per person, scheme and former region (A10); an index cannot enforce this. */
export const OpenCaseRow = z.object({
  ...keys,
  caseNumber: CaseNumber,
  /** Begun by transferOut: gives way to a case that the same counterpart, transferIn, began. */
  yields: z.boolean().optional(),
  counterpart: RegionCode.optional(),
});

/** What a command answered; the same key with another body is refused (E1). */
export const CommandAnswer = z.strictObject({
  caseNumber: CaseNumber,
  region: RegionCode,
  version: z.int(),
  status: CaseStatus,
  recordedAt: Instant,
});
export type CommandAnswer = z.infer<typeof CommandAnswer>;
/** Without an answer where the key was used for something that is no command (an application, B23). */
export const IdempotencyRow = z.object({ ...keys, bodyHash: Sha256, answer: CommandAnswer.optional() });

/** Exactly one per clock and level, and one per message that waits too long, for good. */
const alertBase = { ...keys, alertId: z.string(), caseNumber: CaseNumber, region: RegionCode, publishedAt: Instant };
export const ClockAlertRow = z.object({
  ...alertBase,
  kind: z.literal('clock'),
  office: OfficeCode,
  clock: ClockName,
  level: AlertLevel,
  owner: RegionCode,
  dueOn: CalendarDate,
});
/** Names no office: the case of a message that came early may not exist yet. */
export const GapAlertRow = z.object({
  ...alertBase,
  kind: z.literal('gap'),
  level: z.literal('waiting-2'),
  counterpart: RegionCode,
  messageId: MessageId,
  sequence: z.int().min(1),
  receivedAt: Instant,
});
export const AlertRow = z.discriminatedUnion('kind', [ClockAlertRow, GapAlertRow]);
export type ClockAlertRow = z.infer<typeof ClockAlertRow>;
export type GapAlertRow = z.infer<typeof GapAlertRow>;
export type AlertRow = z.infer<typeof AlertRow>;
