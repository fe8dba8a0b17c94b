import * as z from 'zod';
import { Scheme } from './codes.ts';
import { CoverageVoucher, CoverageVoucherInput, InsuredPeriod } from './documents.ts';
import { EligibilityFacts } from './eligibility.ts';
import { NoticeDelivery, NoticeKind } from './notices.ts';
import { PersonInput } from './person.ts';
import { CalendarDate, Fen, Instant, line, Month, OfficeCode, PersonHash, RegionCode, Sha256, VoucherId } from './primitives.ts';

/** What went into and out of the personal account in a month, as the office's records have it. */
export const AccountMovement = z.strictObject({ month: Month, creditedFen: Fen, spentFen: Fen });
export type AccountMovement = z.infer<typeof AccountMovement>;

/** 欠费: months that contributions are owed for, and how much (S94 4 ¶2). */
export const Arrears = z.strictObject({
  months: z
    .array(Month)
    .min(1)
    .max(1200)
    .refine((list) => new Set(list).size === list.length, { error: '欠费月份重复 (a month is listed twice)' }),
  amountFen: Fen.refine((fen) => fen > 0, { error: '欠费金额须大于零 (arrears are more than zero)' }),
});
export type Arrears = z.infer<typeof Arrears>;

const StatedParticipation = EligibilityFacts.options[1].shape.participation;

/**
 * What the office's records say of the person when participation stops (S94 4; S191 8). Months and balance are computed from it, number, region,
 * issuer and date come from directory and clock: nothing that follows from something else is typed.
 */
export const VoucherRecord = z.strictObject({
  person: PersonInput,
  insuranceNumber: line(32).optional(),
  hukou: CoverageVoucherInput.shape.hukou,
  householder: PersonInput.optional(),
  scheme: Scheme,
  /** Only a suspended relation gets a voucher (A1). */
  participation: StatedParticipation,
  suspendedOn: CalendarDate,
  /** Rows as in an information table; their months must add up and not overlap. */
  periods: z.array(InsuredPeriod).min(1).max(400),
  benefits: CoverageVoucherInput.shape.benefits,
  /** Movements of the personal account, none where the scheme has no account; the balance is their sum. */
  account: z.array(AccountMovement).max(1200),
  arrears: Arrears.optional(),
  /** A receiving employer is known already: then no registration window runs (S191 6). */
  hasEmployer: z.boolean(),
});
export type VoucherRecord = z.infer<typeof VoucherRecord>;

/** Verification code 校验码 as printed: 15 random characters and a check character, in groups of four; replaces the seal where there is none (A5). */
export const VerificationCode = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/, { error: '校验码格式不符 (verification code is malformed)' })
  .brand('VerificationCode');
export type VerificationCode = z.infer<typeof VerificationCode>;

/** One print of the voucher: the first, or a re-issue 补办 under the same number (S94 4 ¶3; A3). */
export const VoucherCopy = z.strictObject({
  /** 0 for the first, then 1, 2, … */
  serial: z.int().min(0).max(99),
  code: VerificationCode,
  issuedOn: CalendarDate,
  issuedAt: Instant,
  office: OfficeCode,
  by: z.string(),
  reason: line(200).optional(),
});
export type VoucherCopy = z.infer<typeof VoucherCopy>;

/** An issued voucher with all its copies; nothing is deleted. */
export const VoucherRow = z.object({
  PK: z.string(),
  SK: z.string(),
  kind: z.literal('voucher'),
  voucherId: VoucherId,
  region: RegionCode,
  office: OfficeCode,
  personHash: PersonHash,
  voucher: CoverageVoucher,
  /** SHA-256 of the canonical voucher, which a check of the printed fields is compared with. */
  contentHash: Sha256,
  /** Contribution months of all periods. */
  months: z.int().min(1),
  suspendedOn: CalendarDate,
  /** Last day of the three months of S191 6; absent where an employer registers the person. */
  registerBy: CalendarDate.optional(),
  arrears: Arrears.optional(),
  copies: z.array(VoucherCopy).min(1),
  version: z.int().min(1),
});
export type VoucherRow = z.infer<typeof VoucherRow>;

export const VoucherView = VoucherRow.omit({ PK: true, SK: true, kind: true, personHash: true, contentHash: true });
export type VoucherView = z.infer<typeof VoucherView>;

/** A number that was taken and carries no voucher 作废: kept, so that every number is accounted for. */
export const VoidNumberRow = z.object({
  PK: z.string(),
  SK: z.string(),
  kind: z.literal('void-number'),
  voucherId: VoucherId,
  voidedAt: Instant,
  reason: z.string(),
});

/** What an issue or re-issue was answered with under its idempotency key: the voucher as it was when its copy `serial` was the last (E1). */
export const VoucherKeyRow = z.object({ bodyHash: Sha256, voucherId: VoucherId, serial: z.int().min(0) });

/** Every number of a region and year: issued, void, or taken a moment ago by a request that has not ended (asking again with its key ends it). */
export const VoucherRegisterView = z.strictObject({
  region: RegionCode,
  year: z.int(),
  lastNumber: z.int().min(0),
  issued: z.int().min(0),
  void: z.array(z.strictObject({ number: z.int(), reason: z.string(), voidedAt: Instant })),
  pending: z.array(z.strictObject({ number: z.int(), takenAt: Instant })),
});
export type VoucherRegisterView = z.infer<typeof VoucherRegisterView>;

export const ReissueEntry = z.strictObject({ reason: line(200) });

/** What somebody holds who checks a voucher: number, serial and code as printed, and the printed fields where he wants those checked too. */
export const VoucherCheck = z.strictObject({
  voucherId: VoucherId,
  serial: z.int().min(0).max(99),
  code: z.string().max(40),
  document: CoverageVoucherInput.optional(),
});
export type VoucherCheck = z.infer<typeof VoucherCheck>;

/** Genuine, replaced by a later copy (never called forged), or not known as it was shown; and nothing else. */
export const VoucherCheckResult = z.strictObject({ result: z.enum(['genuine', 'superseded', 'unknown']) });
export type VoucherCheckResult = z.infer<typeof VoucherCheckResult>;

export const VoucherNoticeDelivery = NoticeDelivery.extend({ kind: NoticeKind });
