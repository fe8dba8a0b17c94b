import * as z from 'zod';
import { EligibilityReason, RefusalReason } from './codes.ts';
import { DatedPayee } from './documents.ts';
import { CalendarDate, Instant, line, Month } from './primitives.ts';

/** What an office knows of the person from its own records when eligibility is checked (A9): transferIn enrolled? transferOut suspended? */
export const EligibilityFacts = z.discriminatedUnion('side', [
  z.strictObject({
    side: z.literal('transferIn'),
    enrolled: z.boolean(),
    /** First day of participation at transferIn; asked for where `enrolled`. */
    enrolledOn: CalendarDate.optional(),
    retired: z.boolean(),
  }),
  z.strictObject({
    side: z.literal('transferOut'),
    participation: z.enum(['none', 'active', 'suspended', 'terminated']),
    suspendedOn: CalendarDate.optional(),
    /** Last month that contributions were paid for. */
    insuredUntil: Month.optional(),
    retired: z.boolean(),
  }),
]);
export type EligibilityFacts = z.infer<typeof EligibilityFacts>;

/** 原则上: a supervisor may go beyond the same-year rule of residents, with a reason (S21; A13). */
export const Override = z.strictObject({ reason: line(200) });
export type Override = z.infer<typeof Override>;

/** One reason of a refusal: code, the article behind it, and from when on the person may apply, where a rule names a date. */
export const Ineligible = z.strictObject({
  code: EligibilityReason,
  article: line(200),
  note: line(300).optional(),
  firstAllowedOn: CalendarDate.optional(),
});
export type Ineligible = z.infer<typeof Ineligible>;

/**
 * 校验结果 of one side under procedure 2021. The case is accepted at the later `decidedAt` of the two. TransferIn's verdict carries the account
 * that the balance is to be paid to.
 */
export const EligibilityVerdict = z.discriminatedUnion('eligible', [
  z.strictObject({ eligible: z.literal(true), decidedAt: Instant, payee: DatedPayee.optional(), override: Override.optional() }),
  z.strictObject({ eligible: z.literal(false), decidedAt: Instant, reasons: z.array(Ineligible).min(1).max(10) }),
]);
export type EligibilityVerdict = z.infer<typeof EligibilityVerdict>;

/** What a clerk of transferOut states when the relation cannot be handed over (S94 6); the articles are added by the rules. */
export const RefusalEntry = z.strictObject({
  reasons: z
    .array(z.strictObject({ code: RefusalReason, note: line(300).optional() }))
    .min(1)
    .max(10),
});
export type RefusalEntry = z.infer<typeof RefusalEntry>;
