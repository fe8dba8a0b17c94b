import * as z from 'zod';
import { Role, Side } from './codes.ts';

/** Procedure and its version; a case keeps the one it began with. */
export const ProcedureId = z.enum(['2016.1']);
export type ProcedureId = z.infer<typeof ProcedureId>;

export const TransferInStatus = z.enum(['opened', 'accepted', 'letter-sent', 'ready-to-complete', 'completed']);
export type TransferInStatus = z.infer<typeof TransferInStatus>;
export const TransferOutStatus = z.enum(['letter-received', 'relation-terminated', 'account-settled', 'transferred-out', 'closed']);
export type TransferOutStatus = z.infer<typeof TransferOutStatus>;
export const CaseStatus = z.enum([...TransferInStatus.options, ...TransferOutStatus.options]);
export type CaseStatus = z.infer<typeof CaseStatus>;

/** What a status is called where a clerk reads it. */
export const STATUS_NAMES: Record<CaseStatus, string> = {
  opened: '已登记申请',
  accepted: '已受理',
  'letter-sent': '已发联系函',
  'ready-to-complete': '待办结',
  completed: '已办结',
  'letter-received': '已收联系函',
  'relation-terminated': '已终止参保关系',
  'account-settled': '已处理个人账户',
  'transferred-out': '已转出',
  closed: '已结案',
};

/** Commands of people and offices' systems, as they stand in the URL. */
export const ClerkCommandName = z.enum([
  'open',
  'accept',
  'send-letter',
  'confirm-termination',
  'remit',
  'not-remit',
  'send-table',
  'confirm-money',
  'complete',
]);
export type ClerkCommandName = z.infer<typeof ClerkCommandName>;

/** Commands that a message makes. `record-delivery` comes from the delivered receipt of a message that moves a clock. */
export const MessageCommandName = z.enum([
  'receive-letter',
  'receive-remittance-advice',
  'receive-not-remitted',
  'receive-table',
  'receive-completion',
  'record-delivery',
]);
export type MessageCommandName = z.infer<typeof MessageCommandName>;
export const CommandName = z.enum([...ClerkCommandName.options, ...MessageCommandName.options]);
export type CommandName = z.infer<typeof CommandName>;

export const ClockName = z.enum(['send-letter', 'transfer-out', 'complete', 'counterpart-closure']);
export type ClockName = z.infer<typeof ClockName>;

/** One row of the transition table: from any of `from` (none: the case begins) to one of `to` (none: the status stays), decided by the rules. */
export const Transition = z.strictObject({
  command: CommandName,
  side: Side,
  from: z.array(CaseStatus),
  to: z.array(CaseStatus),
  /** Who may give the command; empty for commands that only a message can make. */
  roles: z.array(Role),
});
export type Transition = z.infer<typeof Transition>;

export const ClockRule = z.strictObject({
  name: ClockName,
  /** The side that owes the step. */
  owedBy: Side,
  days: z.int().min(1),
  /** Statutory clocks have an article; a house clock says why it exists. */
  article: z.string(),
});
export type ClockRule = z.infer<typeof ClockRule>;

/** A procedure as data: tested as a table, drawn into the README, obeyed by `decide` and by the write condition. */
export const Procedure = z.strictObject({
  id: ProcedureId,
  title: z.string(),
  transitions: z.array(Transition),
  clocks: z.array(ClockRule),
});
export type Procedure = z.infer<typeof Procedure>;
