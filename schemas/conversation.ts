import * as z from 'zod';
import { DocumentKind, Scheme, Side } from './codes.ts';
import {
  Applicant,
  CoverageVoucher,
  CoverageVoucherInput,
  InformationTable,
  LiaisonLetter,
  NotRemitted,
  NotRemittedEntry,
  OfficeOnDocument,
  RemittanceAdvice,
} from './documents.ts';
import { EligibilityVerdict, Ineligible } from './eligibility.ts';
import { Person, PersonInput, PersonNameInput } from './person.ts';
import { CalendarDate, CaseNumber, Instant, LetterNumber, line, MessageId, Month, OfficeCode, RegionCode } from './primitives.ts';

/** What the two offices say to each other beside letter, table and money. */

const text = line(500);

/** Where in a document something is wrong: a JSON path such as `periods.0.months`. */
const FieldPath = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/, { error: '须为文书中项的路径 (must be the path of a field)' })
  .max(100);

/** 联系 about a document that is incomplete or wrong (S94 6, 7): which version of which document, which fields, what is asked. */
export const Query = z.strictObject({
  about: DocumentKind,
  /** Message that brought the version in question. */
  version: MessageId,
  fields: z.array(FieldPath).min(1).max(20),
  question: text,
});
export type Query = z.infer<typeof Query>;
export const QueryEntry = Query.omit({ version: true });

const correctionOf = <K extends DocumentKind, D extends z.ZodType>(about: K, document: D) =>
  z.strictObject({ about: z.literal(about), query: MessageId, replaces: MessageId, document });

/** Opens a hand-over under procedure 2021, at either side's window, with the opener's own verdict. */
export const TransferRequest = z.strictObject({
  openedAt: Side,
  person: Person,
  applicant: Applicant,
  formerRegion: RegionCode,
  newRegion: RegionCode,
  formerScheme: Scheme,
  newScheme: Scheme,
  /** Last month insured at the former region as the applicant states it; residents cannot move within that year (A13). */
  insuredUntil: Month,
  transferAccount: z.boolean(),
  appliedOn: CalendarDate,
  from: OfficeOnDocument,
  to: z.strictObject({ region: RegionCode, office: OfficeCode, name: line(100) }),
  verdict: EligibilityVerdict,
});
export type TransferRequest = z.infer<typeof TransferRequest>;

/** What the clerk at the window types; offices, verdict and the own region are added by the rules. No form, voucher or letter (S21; A6). */
export const TransferRequestEntry = z.strictObject({
  person: PersonInput,
  applicant: Applicant,
  /** The region at the other end: the former one when it is opened at transferIn, the new one when at transferOut. */
  counterpart: RegionCode,
  formerScheme: Scheme,
  newScheme: Scheme,
  insuredUntil: Month,
  transferAccount: z.boolean(),
  appliedOn: CalendarDate,
});
export type TransferRequestEntry = z.infer<typeof TransferRequestEntry>;

/** 更正: the whole new version, naming the version it replaces and the query it answers (S94 6, 7; B3, B9). */
export const Correction = z.discriminatedUnion('about', [
  correctionOf('liaison-letter', LiaisonLetter),
  correctionOf('coverage-voucher', CoverageVoucher),
  correctionOf('information-table', InformationTable),
  correctionOf('remittance-advice', RemittanceAdvice),
  correctionOf('not-remitted', NotRemitted),
  correctionOf('transfer-request', TransferRequest),
]);
export type Correction = z.infer<typeof Correction>;

/** What a clerk may change in a letter that was queried; ID number and former scheme say whose and which relation it is, so others are another case. */
export const LetterChanges = z.strictObject({
  name: PersonNameInput.optional(),
  insuranceNumber: line(32).optional(),
  hukouType: LiaisonLetter.shape.hukouType.optional(),
  newScheme: Scheme.optional(),
  voucherNumber: line(50).optional(),
  transferAccount: z.boolean().optional(),
});
export const RequestChanges = z.strictObject({
  name: PersonNameInput.optional(),
  applicant: Applicant.optional(),
  transferAccount: z.boolean().optional(),
});

/** What a clerk types to correct a document; table and remittance are corrected through a proposal, since a second person confirms them (F2). */
export const CorrectionEntry = z.discriminatedUnion('about', [
  z.strictObject({ about: z.literal('liaison-letter'), query: MessageId, changes: LetterChanges }),
  z.strictObject({ about: z.literal('transfer-request'), query: MessageId, changes: RequestChanges }),
  z.strictObject({ about: z.literal('coverage-voucher'), query: MessageId, voucher: CoverageVoucherInput }),
  z.strictObject({ about: z.literal('not-remitted'), query: MessageId, notRemitted: NotRemittedEntry }),
]);
export type CorrectionEntry = z.infer<typeof CorrectionEntry>;

/** 说明情况: the document stands as it is, and why (S94 6, 7). */
export const Explanation = z.strictObject({ query: MessageId, text });
export type Explanation = z.infer<typeof Explanation>;

/** 不符合转移条件的，转出地经办机构应通知转入地经办机构 (S94 6; B4). */
export const IneligibilityNotice = z.strictObject({
  letterNumber: LetterNumber.optional(),
  reasons: z.array(Ineligible).min(1).max(10),
  decidedOn: CalendarDate,
  /** The open case that stands in the way, where that is the reason (A10). */
  openCase: CaseNumber.optional(),
});
export type IneligibilityNotice = z.infer<typeof IneligibilityNotice>;

/** 撤回: transferIn asks to end the hand-over; transferOut's transaction decides whether that came in time (B5). */
export const Withdrawal = z.strictObject({ reason: text });
export type Withdrawal = z.infer<typeof Withdrawal>;
export const WithdrawalAnswer = z.strictObject({ withdrawal: MessageId, granted: z.boolean() });
export type WithdrawalAnswer = z.infer<typeof WithdrawalAnswer>;

/** 协商终结: once the relation was terminated or money went, both sides must agree (B5). `money` says how remitted money goes back. */
export const ClosureProposal = z.strictObject({ reason: text, money: line(300).optional() });
export type ClosureProposal = z.infer<typeof ClosureProposal>;
export const ClosureAnswer = z.strictObject({ proposal: MessageId, agreed: z.boolean(), reason: text.optional() });
export type ClosureAnswer = z.infer<typeof ClosureAnswer>;
export const ClosureAnswerEntry = ClosureAnswer.omit({ proposal: true });

/** 催办: asks the other side for the step it owes. */
export const Reminder = z.strictObject({ note: line(300).optional(), dueOn: CalendarDate.optional() });
export type Reminder = z.infer<typeof Reminder>;
export const ReminderEntry = Reminder.pick({ note: true });

/** 转送: the letter reached the wrong office; the region that holds the relation is named, and when the letter came first (B6). */
export const ForwardEntry = z.strictObject({ region: RegionCode, reason: text });
export type ForwardEntry = z.infer<typeof ForwardEntry>;
export const Forwarded = ForwardEntry.extend({ letterNumber: LetterNumber, letter: MessageId, firstReceivedAt: Instant });
export type Forwarded = z.infer<typeof Forwarded>;

/** 退出新农合通知 (S191 4): the person has joined an urban scheme at transferIn, so the rural office takes them out of the rural one (A15). */
export const SchemeWithdrawal = z.strictObject({
  person: Person,
  insuranceNumber: line(32).optional(),
  scheme: Scheme,
  joinedScheme: Scheme,
  joinedRegion: RegionCode,
  noticeOn: CalendarDate,
});
export type SchemeWithdrawal = z.infer<typeof SchemeWithdrawal>;

/** The rural office's answer: from which day the person is out of the scheme, or why not. */
export const SchemeWithdrawalAnswerEntry = z.discriminatedUnion('withdrawn', [
  z.strictObject({ withdrawn: z.literal(true), withdrawnOn: CalendarDate }),
  z.strictObject({ withdrawn: z.literal(false), reason: text }),
]);
export type SchemeWithdrawalAnswerEntry = z.infer<typeof SchemeWithdrawalAnswerEntry>;
export const SchemeWithdrawalAnswer = z.strictObject({ notice: MessageId, answer: SchemeWithdrawalAnswerEntry });
export type SchemeWithdrawalAnswer = z.infer<typeof SchemeWithdrawalAnswer>;
