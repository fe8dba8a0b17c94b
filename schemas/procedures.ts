import * as z from 'zod';
import { Material, Role, Side } from './codes.ts';

/** Procedure and its version; a case keeps the one it began with. 2016.1 is the version before queries, second persons and withdrawal. */
export const ProcedureId = z.enum(['2016.1', '2016.2', '2021.1']);
export type ProcedureId = z.infer<typeof ProcedureId>;

/** Why a case follows the procedure it follows (B21): fixed from the date and both regions' capability, and shown. */
export const ProcedureReason = z.enum(['both-online', 'before-2021-12', 'own-not-online', 'counterpart-not-online', 'counterpart-version']);
export type ProcedureReason = z.infer<typeof ProcedureReason>;
export const PROCEDURE_REASONS: Record<ProcedureReason, string> = {
  'both-online': '双方均已上线全国统一的医保信息平台并开通线上办理，适用2021年暂行办法',
  'before-2021-12': '2021年暂行办法自2021年12月1日起施行，此前适用2016年经办规程',
  'own-not-online': '本地区尚未开通线上办理，适用2016年经办规程',
  'counterpart-not-online': '对方地区尚未开通线上办理，适用2016年经办规程',
  'counterpart-version': '双方系统共同支持的版本只有2016年经办规程',
};

/** How a case can end before, or without, the hand-over. */
const ENDED = ['refused', 'withdrawn', 'closed-by-agreement'] as const;
const BOTH_SIDES = ['requested', 'request-received', 'accepted', 'ineligible', ...ENDED] as const;
const IN_ONLY = ['voucher-received', 'opened', 'letter-sent', 'ready-to-complete', 'completed'] as const;
const OUT_ONLY = [
  'voucher-sent',
  'letter-received',
  'relation-terminated',
  'account-settled',
  'transferred-out',
  'closed',
  'forwarded',
] as const;

export const TransferInStatus = z.enum([...IN_ONLY, ...BOTH_SIDES]);
export type TransferInStatus = z.infer<typeof TransferInStatus>;
export const TransferOutStatus = z.enum([...OUT_ONLY, ...BOTH_SIDES]);
export type TransferOutStatus = z.infer<typeof TransferOutStatus>;
export const CaseStatus = z.enum([...IN_ONLY, ...OUT_ONLY, ...BOTH_SIDES]);
export type CaseStatus = z.infer<typeof CaseStatus>;

/** Nothing more is to be done in these; what still arrives is noted. */
export const FINAL_STATUSES: readonly CaseStatus[] = ['completed', 'closed', 'forwarded', ...ENDED];
export const isFinal = (status: CaseStatus): boolean => FINAL_STATUSES.includes(status);

/** What a status is called where a clerk reads it. */
export const STATUS_NAMES: Record<CaseStatus, string> = {
  'voucher-received': '已收参保凭证',
  opened: '已登记申请',
  accepted: '已受理',
  'letter-sent': '已发联系函',
  'ready-to-complete': '待办结',
  completed: '已办结',
  'voucher-sent': '已传参保凭证',
  'letter-received': '已收联系函',
  'relation-terminated': '已终止参保关系',
  'account-settled': '已处理个人账户',
  'transferred-out': '已转出',
  closed: '已结案',
  forwarded: '已转送',
  requested: '已申请，待对方校验',
  'request-received': '待本地校验',
  ineligible: '不符合条件，待告知申请人',
  refused: '不予转移',
  withdrawn: '已撤回',
  'closed-by-agreement': '协商终结',
};

/** Commands of people and offices' systems, as they stand in the URL. */
export const ClerkCommandName = z.enum([
  'open',
  'request',
  'send-voucher',
  'apply',
  'return-materials',
  'hand-in-materials',
  'accept',
  'give-verdict',
  'send-letter',
  'confirm-termination',
  'propose-termination',
  'approve-termination',
  'remit',
  'propose-remittance',
  'approve-remittance',
  'not-remit',
  'send-table',
  'propose-table',
  'approve-table',
  'confirm-money',
  'reject-money',
  'credit',
  'assess-entitlement',
  'supplement-record',
  'complete',
  'refuse',
  'notify-applicant',
  'deliver-notice',
  'answer-scheme-withdrawal',
  'forward',
  'query',
  'correct',
  'explain',
  'withdraw',
  'propose-closure',
  'answer-closure',
  'remind',
]);
export type ClerkCommandName = z.infer<typeof ClerkCommandName>;

/** What a command is called where a person reads it. */
export const COMMAND_NAMES: Record<CommandName, string> = {
  open: '登记申请',
  request: '发起转移申请',
  'send-voucher': '传送参保凭证',
  apply: '凭已传凭证登记申请',
  'return-materials': '一次性告知补齐材料',
  'hand-in-materials': '补齐材料',
  accept: '受理',
  'give-verdict': '校验转移条件',
  'send-letter': '发出联系函',
  'confirm-termination': '终止医疗保险关系',
  'propose-termination': '提交终止参保关系',
  'approve-termination': '复核终止参保关系',
  remit: '划转个人账户余额',
  'propose-remittance': '提交划转个人账户余额',
  'approve-remittance': '复核并通知划转',
  'not-remit': '告知不划转及原因',
  'send-table': '发出信息表',
  'propose-table': '提交信息表',
  'approve-table': '复核并发出信息表',
  'confirm-money': '确认到账',
  'reject-money': '退回到账确认',
  credit: '核对并计入个人账户',
  'assess-entitlement': '核定待遇',
  'supplement-record': '补充完善参保记录',
  complete: '办结',
  refuse: '告知不符合转移条件',
  'notify-applicant': '告知申请人',
  'deliver-notice': '登记告知送达',
  'answer-scheme-withdrawal': '答复退出新农合通知',
  forward: '转送联系函',
  query: '联系核实',
  correct: '更正',
  explain: '说明情况',
  withdraw: '撤回',
  'propose-closure': '提议协商终结',
  'answer-closure': '答复协商终结',
  remind: '催办',
  'receive-letter': '收到联系函',
  'receive-voucher': '收到参保凭证',
  'receive-request': '收到转移申请',
  'receive-verdict': '收到校验结果',
  'receive-remittance-advice': '收到划转通知',
  'receive-not-remitted': '收到不划转通知',
  'receive-table': '收到信息表',
  'receive-completion': '收到办结通知',
  'receive-ineligibility': '收到不符合转移条件通知',
  'receive-forwarded': '收到转送通知',
  'receive-query': '收到联系核实',
  'receive-correction': '收到更正',
  'receive-explanation': '收到说明情况',
  'receive-withdrawal': '收到撤回申请',
  'receive-withdrawal-answer': '收到撤回答复',
  'receive-closure-proposal': '收到协商终结提议',
  'receive-closure-answer': '收到协商终结答复',
  'receive-reminder': '收到催办',
  'receive-scheme-withdrawal': '收到退出新农合通知',
  'receive-scheme-withdrawal-answer': '收到退出新农合答复',
  'record-delivery': '记录送达回执',
};

/** Commands that a message makes. `record-delivery` comes from the delivered receipt of a message that moves a clock. */
export const MessageCommandName = z.enum([
  'receive-letter',
  'receive-voucher',
  'receive-request',
  'receive-verdict',
  'receive-remittance-advice',
  'receive-not-remitted',
  'receive-table',
  'receive-completion',
  'receive-ineligibility',
  'receive-forwarded',
  'receive-query',
  'receive-correction',
  'receive-explanation',
  'receive-withdrawal',
  'receive-withdrawal-answer',
  'receive-closure-proposal',
  'receive-closure-answer',
  'receive-reminder',
  'receive-scheme-withdrawal',
  'receive-scheme-withdrawal-answer',
  'record-delivery',
]);
export type MessageCommandName = z.infer<typeof MessageCommandName>;
export const CommandName = z.enum([...ClerkCommandName.options, ...MessageCommandName.options]);
export type CommandName = z.infer<typeof CommandName>;

export const ClockName = z.enum([
  'send-letter',
  'verdict',
  'overall',
  'transfer-out',
  'transfer-in',
  'complete',
  'counterpart-closure',
  'tell-applicant',
  'tell-result',
]);
export type ClockName = z.infer<typeof ClockName>;

/**
 * One row of the transition table: from any of `from` (none: the case begins) to one of `to`, decided by the rules. The status stays where `to` is
 * empty, and may stay where `stays` says so.
 */
export const Transition = z.strictObject({
  command: CommandName,
  side: Side,
  from: z.array(CaseStatus),
  to: z.array(CaseStatus),
  stays: z.boolean().optional(),
  /** Who may give the command; empty for commands that only a message can make. */
  roles: z.array(Role),
});
export type Transition = z.infer<typeof Transition>;

export const ClockRule = z.strictObject({
  name: ClockName,
  /** The side that owes the step; `opener` is the one where the application was made, `answerer` the other. */
  owedBy: z.enum([...Side.options, 'opener', 'answerer']),
  /** 0: on the working day of the start event itself. */
  days: z.int().min(0),
  /** Statutory clocks have an article; a house clock says why it exists. */
  article: z.string(),
});
export type ClockRule = z.infer<typeof ClockRule>;

/** A procedure as data: tested as a table, drawn into the README, obeyed by `decide` and by the write condition. */
export const Procedure = z.strictObject({
  id: ProcedureId,
  title: z.string(),
  transitions: z.array(Transition),
  /** What an applicant must hand in; `authorization` is added where an employer or agent applies (S94 5). */
  materials: z.array(Material),
  clocks: z.array(ClockRule),
});
export type Procedure = z.infer<typeof Procedure>;
