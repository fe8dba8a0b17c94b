import * as z from 'zod';
import { BankAccountNumber, CalendarDate, CaseNumber, Fen, ImportNumber, Instant, line, OfficeCode, RegionCode } from './primitives.ts';

/** Reference 流水号 of a transfer as bank and advice name it. */
export const BankReference = z.string().regex(/^[0-9A-Za-z-]{6,40}$/, { error: '银行流水号格式不符 (bank reference is malformed)' });
export type BankReference = z.infer<typeof BankReference>;

/** One incoming transfer of a bank statement 银行对账单. Amounts are whole fen. */
export const StatementLine = z.strictObject({
  account: BankAccountNumber,
  valueDate: CalendarDate,
  amountFen: Fen.refine((fen) => fen > 0, { error: '入账金额须大于零 (an amount received is more than zero)' }),
  bankReference: BankReference,
  payer: line(100),
  remark: line(200).optional(),
});
export type StatementLine = z.infer<typeof StatementLine>;

/** Columns of a statement file, in any order: what a bank's file calls them, or the field's own name. */
export const STATEMENT_COLUMNS: Record<keyof StatementLine, string> = {
  account: '收款账号',
  valueDate: '入账日期',
  amountFen: '金额(分)',
  bankReference: '流水号',
  payer: '付款人',
  remark: '附言',
};

/** Names a line wherever it is met again: `<reference>~<value date>~<fen>`. */
export const BankLineId = z
  .string()
  .regex(/^[0-9A-Za-z-]{6,40}~\d{4}-\d{2}-\d{2}~\d{1,11}$/, { error: '到账编号格式不符 (line id is malformed)' })
  .brand('BankLineId');
export type BankLineId = z.infer<typeof BankLineId>;

/** Why a line could not be matched by its reference alone; a person looks at it. */
export const UnmatchedReason = z.enum([
  'unknown-reference',
  'several-cases',
  'amount-differs',
  'account-differs',
  'date-before-remittance',
  'confirmed-already',
  'case-ended',
  'in-question',
  'not-confirmable',
  'rejected',
]);
export type UnmatchedReason = z.infer<typeof UnmatchedReason>;
export const UNMATCHED_REASONS: Record<UnmatchedReason, string> = {
  'unknown-reference': '没有划转通知使用该流水号',
  'several-cases': '多笔业务的划转通知使用同一流水号',
  'amount-differs': '到账金额与划转通知不一致',
  'account-differs': '收款账号与划转通知不一致',
  'date-before-remittance': '入账日期早于划转日期',
  'confirmed-already': '该业务的到账已经确认',
  'case-ended': '该业务已终结',
  'in-question': '就划转通知的询问尚未得到答复',
  'not-confirmable': '该业务目前不能确认到账',
  rejected: '到账确认已被退回，须人工匹配',
};

/** What became of a line: waits for a person, belongs to a case, or went back to its payer (退回). Nothing is deleted. */
export const BankLineStatus = z.enum(['open', 'matched', 'return-proposed', 'returned']);
export type BankLineStatus = z.infer<typeof BankLineStatus>;

/** What a clerk says of money that goes back; a second person approves it (F2). */
export const ReturnEntry = z.strictObject({ reason: line(200) });
export type ReturnEntry = z.infer<typeof ReturnEntry>;
export const ReturnApproval = z.strictObject({
  /** Version of the line that proposed it. */
  proposal: z.int().min(1),
  returnedOn: CalendarDate,
  bankReference: BankReference,
});
export type ReturnApproval = z.infer<typeof ReturnApproval>;

/** Row of a line. `workOffice` and `workDue` only while it waits; `return` stays after a proposal that came to nothing. */
export const BankLineRow = z.object({
  PK: z.string(),
  SK: z.string(),
  kind: z.literal('bank-line'),
  lineId: BankLineId,
  region: RegionCode,
  line: StatementLine,
  importNumber: ImportNumber,
  importedAt: Instant,
  /** Opaque subject of the one who handed the statement in, and his office. */
  importedBy: z.string(),
  importedOffice: OfficeCode,
  version: z.int().min(1),
  status: BankLineStatus,
  reason: UnmatchedReason.optional(),
  caseNumber: CaseNumber.optional(),
  matchedAt: Instant.optional(),
  matchedBy: z.string().optional(),
  return: z
    .strictObject({
      reason: line(200),
      proposal: z.int().min(1),
      by: z.string(),
      proposedAt: Instant,
      approvedBy: z.string().optional(),
      approvedAt: Instant.optional(),
      returnedOn: CalendarDate.optional(),
      bankReference: BankReference.optional(),
    })
    .optional(),
  workOffice: z.string().optional(),
  workDue: z.string().optional(),
});
export type BankLineRow = z.infer<typeof BankLineRow>;

/** Cases whose advice, or money confirmed by hand, named a reference, found when the money comes; none are left where all were corrected away. The index shows it by amount while the money is awaited. */
export const AdviceRow = z.object({
  PK: z.string(),
  SK: z.string(),
  cases: z.set(CaseNumber).optional(),
  workOffice: z.string().optional(),
  workDue: z.string().optional(),
});

/**
 * Row of money that a clerk confirmed by hand: a bank reference is one transfer, so one case has it. `lineId`: the line of a statement that
 * turned out to be this money.
 */
export const HandMoneyRow = z.object({ PK: z.string(), SK: z.string(), caseNumber: CaseNumber, lineId: BankLineId.optional() });
export type HandMoneyRow = z.infer<typeof HandMoneyRow>;

/** A case that a line may belong to, never chosen by a name: what speaks for it is said. */
export const Candidate = z.strictObject({
  caseNumber: CaseNumber,
  office: OfficeCode,
  counterpart: RegionCode,
  sameReference: z.boolean(),
  sameAmount: z.boolean(),
  /** The line's remark holds the person's number (S94 6.2: 标明转移人员姓名和社会保障号). */
  labelled: z.boolean(),
});
export type Candidate = z.infer<typeof Candidate>;

export const BankLineView = z.strictObject({
  lineId: BankLineId,
  line: StatementLine,
  status: BankLineStatus,
  version: z.int(),
  reason: UnmatchedReason.optional(),
  reasonText: z.string().optional(),
  /** Calendar days since the value date. */
  ageDays: z.int(),
  caseNumber: CaseNumber.optional(),
  return: BankLineRow.shape.return,
  candidates: z.array(Candidate),
});
export type BankLineView = z.infer<typeof BankLineView>;
export const BankLinesView = z.strictObject({ region: RegionCode, items: z.array(BankLineView), nextCursor: z.string().optional() });
export const MatchEntry = z.strictObject({ caseNumber: CaseNumber });

/** Three-way reconciliation 三方核对 (S94 7.1; B13): what voucher, table, advice and bank each say, and every difference to the fen. */
export const Reconciliation = z.strictObject({
  voucherFen: Fen.optional(),
  tableFen: Fen.optional(),
  transferredFen: Fen.optional(),
  advisedFen: Fen.optional(),
  receivedFen: Fen.optional(),
  differences: z.array(
    z.strictObject({
      between: z.tuple([z.enum(['voucher', 'table', 'transferred', 'advice']), z.enum(['table', 'transferred', 'advice', 'bank'])]),
      /** Second minus first. */
      differenceFen: z.int(),
      /** The counterpart explained it (说明情况), so that it no longer stands in the way. */
      explained: z.boolean(),
    }),
  ),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

export const ReconciliationView = Reconciliation.extend({ caseNumber: CaseNumber, creditedFen: Fen.optional(), complete: z.boolean() });
export type ReconciliationView = z.infer<typeof ReconciliationView>;
