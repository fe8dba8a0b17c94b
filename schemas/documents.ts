import * as z from 'zod';
import { ApplicantCapacity, ContributionKind, HukouType, NotRemittedReason, Scheme } from './codes.ts';
import { BankReference } from './money.ts';
import { Person, PersonInput } from './person.ts';
import {
  BankAccountNumber,
  CalendarDate,
  Fen,
  Instant,
  LetterNumber,
  line,
  Month,
  OfficeCode,
  Phone,
  Postcode,
  RegionCode,
} from './primitives.ts';

/** Bank account that a balance is paid to; it comes from a version of the directory, never from typing (S94 6.2). */
export const PayeeAccount = z.strictObject({ bank: line(100), holder: line(100), number: BankAccountNumber });
export type PayeeAccount = z.infer<typeof PayeeAccount>;

/** An office as it stood when a document was made. */
export const OfficeOnDocument = z.strictObject({
  code: OfficeCode,
  region: RegionCode,
  name: line(100),
  address: line(200),
  postcode: Postcode,
  phone: Phone,
  contact: line(50),
});
export type OfficeOnDocument = z.infer<typeof OfficeOnDocument>;

const inOrder = (from: string, to: string) => from <= to;

const period = z
  .strictObject({ from: Month, to: Month })
  .refine(({ from, to }) => inOrder(from, to), { error: '起不得晚于止 (from must not be after to)', path: ['to'] });

function coverageVoucher<P extends typeof Person | typeof PersonInput>(person: P) {
  return z.strictObject({
    number: z.string().regex(/^（[\u4e00-\u9fff]）（[\u4e00-\u9fff]{2,20}）（20\d{2}）第 \d{6} 号$/, {
      error: '凭证号须形如（浙）（杭州市）（2026）第 000123 号 (voucher number is malformed)',
    }),
    person,
    /** Only where the ID number is not yet the key (S191 annex *). */
    insuranceNumber: line(32).optional(),
    hukou: z.strictObject({ place: line(100), type: HukouType }),
    /** Rural and resident schemes only. */
    householder: person.optional(),
    scheme: Scheme,
    /** Pooling region of participation 参保(合)地. */
    participationRegion: RegionCode,
    participation: period,
    benefits: z
      .strictObject({ from: CalendarDate, to: CalendarDate })
      .refine(({ from, to }) => inOrder(from, to), { error: '起不得晚于止 (from must not be after to)', path: ['to'] }),
    balanceFen: Fen,
    issuer: z.strictObject({ office: OfficeCode, name: line(100), contact: line(50), phone: Phone }),
    issuedOn: CalendarDate,
  });
}

/** Voucher 参保(合)凭证 (S191 annex), issued by transferOut when participation stops. */
export const CoverageVoucher = coverageVoucher(Person);
export type CoverageVoucher = z.infer<typeof CoverageVoucher>;

/**
 * Who applies (S94 5; S21): capacity, contact, and for an employer or agent by what authority (授权委托书, 单位证明). That the authority is
 * there is checked by the rules, since a case of the first version may lack it (A7).
 */
export const Applicant = z.strictObject({
  capacity: ApplicantCapacity,
  name: line(50),
  phone: Phone,
  relation: line(30).optional(),
  authority: line(100).optional(),
});
export type Applicant = z.infer<typeof Applicant>;

function transferApplication<P extends typeof Person | typeof PersonInput>(person: P) {
  return z.strictObject({
    person,
    applicant: Applicant,
    /** Scheme joined at transferIn. */
    scheme: Scheme,
    insuranceNumber: line(32).optional(),
    hukouType: HukouType,
    address: line(200),
    postcode: Postcode,
    formerRegion: RegionCode,
    /** 个人账户是否划转: whether the balance of the personal account is to be transferred. */
    transferAccount: z.boolean(),
    voucher: coverageVoucher(person),
    appliedOn: CalendarDate,
  });
}

/** Application 申请表 (S94 5) with the voucher that the applicant hands in. */
export const TransferApplication = transferApplication(Person);
export type TransferApplication = z.infer<typeof TransferApplication>;
export const TransferApplicationInput = transferApplication(PersonInput);
/** The same without the voucher, where transferOut has sent it (S191 9; B24). */
export const TransferApplicationWithoutVoucher = TransferApplicationInput.omit({ voucher: true, person: true, formerRegion: true });
export type TransferApplicationWithoutVoucher = z.infer<typeof TransferApplicationWithoutVoucher>;
export const CoverageVoucherInput = coverageVoucher(PersonInput);

/** Payee account with the version of the directory record that it stands in. */
export const DatedPayee = PayeeAccount.extend({ directoryVersion: z.int().min(1) });
export type DatedPayee = z.infer<typeof DatedPayee>;

/** Liaison letter 联系函 (S94 5): made from case data with no retyping (B1). */
export const LiaisonLetter = z.strictObject({
  number: LetterNumber,
  date: CalendarDate,
  from: OfficeOnDocument,
  to: z.strictObject({ region: RegionCode, office: OfficeCode, name: line(100) }),
  person: Person,
  insuranceNumber: line(32).optional(),
  hukouType: HukouType,
  formerScheme: Scheme,
  newScheme: Scheme,
  voucherNumber: line(50),
  transferAccount: z.boolean(),
  payee: DatedPayee,
  /** Regions that had the letter before and forwarded it, each with its receipt as evidence (B6). */
  forwardedFrom: z
    .array(z.strictObject({ region: RegionCode, messageId: z.uuid(), receivedAt: Instant }))
    .max(5)
    .optional(),
});
export type LiaisonLetter = z.infer<typeof LiaisonLetter>;

/** One row of the information table: months of one scheme at one office. */
export const InsuredPeriod = z.strictObject({
  from: Month,
  to: Month,
  scheme: Scheme,
  insuranceNumber: line(32).optional(),
  contribution: ContributionKind,
  months: z.int().min(1).max(1200),
  officeName: line(100),
  officeCode: OfficeCode,
  remark: line(200).optional(),
});
export type InsuredPeriod = z.infer<typeof InsuredPeriod>;

/** What the clerk of transferOut states for the table; the head is made from case data. */
export const InformationTableEntry = z.strictObject({
  periods: z.array(InsuredPeriod).min(1).max(400),
  totalMonths: z.int().min(1).max(1200),
  /** Balance of the personal account when the relation was terminated. */
  balanceFen: Fen,
});
export type InformationTableEntry = z.infer<typeof InformationTableEntry>;

/** The letter that a document answers; procedure 2021 has none. Version 1 of the messages demands it. */
const letterNumber = LetterNumber.optional();

/** Information table 信息表 (S94 6.3). Months per period and overlaps are checked by the rules (B8), so that each finding names its row. */
export const InformationTable = InformationTableEntry.extend({
  number: LetterNumber,
  date: CalendarDate,
  letterNumber,
  person: Person,
  from: OfficeOnDocument,
  toRegion: RegionCode,
  formerScheme: Scheme,
  newScheme: Scheme,
  /** Part of the balance that is transferred; 0 when it is not remitted. */
  transferredFen: Fen,
});
export type InformationTable = z.infer<typeof InformationTable>;
export const InformationTableV1 = InformationTable.extend({ letterNumber: LetterNumber });

/** What the clerk of transferOut states of a payment; payee and person come from the letter. */
export const RemittanceEntry = z.strictObject({
  amountFen: Fen.refine((fen) => fen > 0, { error: '划转金额须大于零 (a remittance is more than zero)' }),
  bankReference: BankReference,
  remittedOn: CalendarDate,
});

export type RemittanceEntry = z.infer<typeof RemittanceEntry>;

/** Remittance 个人账户划转, labelled with name and social-security number (S94 6.2; B10). */
export const RemittanceAdvice = RemittanceEntry.extend({
  letterNumber,
  person: Person,
  payer: z.strictObject({ office: OfficeCode, name: line(100) }),
  payee: DatedPayee,
});
export type RemittanceAdvice = z.infer<typeof RemittanceAdvice>;
export const RemittanceAdviceV1 = RemittanceAdvice.extend({ letterNumber: LetterNumber });

const reasonGiven = { reason: NotRemittedReason, note: line(500).optional() };
const ruleIsQuoted = ({ reason, note }: { reason: NotRemittedReason; note?: string | undefined }) =>
  reason !== 'local-rule' || note !== undefined;
const quoteMissing = { error: '依地方规定不划转的须写明依据 (a local rule must be quoted)', path: ['note'] };
/** Balance not transferred, with its reason (S191 7; B11). `local-rule` must quote the rule in `note`. */
export const NotRemittedEntry = z.strictObject(reasonGiven).refine(ruleIsQuoted, quoteMissing);
export const NotRemitted = z.strictObject({ letterNumber, ...reasonGiven }).refine(ruleIsQuoted, quoteMissing);
export const NotRemittedV1 = z.strictObject({ letterNumber: LetterNumber, ...reasonGiven }).refine(ruleIsQuoted, quoteMissing);
export type NotRemitted = z.infer<typeof NotRemitted>;

/** Money seen on the bank account of transferIn; `valueDate` is the bank's and counts as the day of receipt (S94 7). */
export const MoneyReceivedEntry = RemittanceEntry.omit({ remittedOn: true }).extend({ valueDate: CalendarDate });
export type MoneyReceivedEntry = z.infer<typeof MoneyReceivedEntry>;

/** Completion notice 办结通知: closes the copy of transferOut (B16). */
export const CompletionNotice = z.strictObject({ letterNumber, completedOn: CalendarDate, creditedFen: Fen });
export const CompletionNoticeV1 = CompletionNotice.extend({ letterNumber: LetterNumber });
export type CompletionNotice = z.infer<typeof CompletionNotice>;

/** Receipt 回执: says that bytes arrived or were opened, never that anything was decided. `at` has second precision (B2). */
export const Receipt = z.strictObject({ messageId: z.uuid(), kind: z.enum(['delivered', 'opened']), at: Instant });
export type Receipt = z.infer<typeof Receipt>;
