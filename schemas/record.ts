import * as z from 'zod';
import { ContributionKind, Scheme } from './codes.ts';
import { InsuredPeriod } from './documents.ts';
import { normaliseIdNumber, PersonNameInput } from './person.ts';
import {
  ApplicationNumber,
  CalendarDate,
  CardNumber,
  CaseNumber,
  IdNumber,
  Instant,
  line,
  MessageId,
  Month,
  PersonHash,
  Phone,
  RegionCode,
} from './primitives.ts';

/** Months at transferIn itself, and what else the material of employer or person adds (S94 7.3: 补充完善相关信息). */
export const RecordSupplement = z.strictObject({
  periods: z.array(InsuredPeriod).max(400),
  fields: z
    .strictObject({
      phone: Phone.optional(),
      address: line(200).optional(),
      employer: line(100).optional(),
      firstEmployedOn: CalendarDate.optional(),
      hukouPlace: line(100).optional(),
    })
    .optional(),
  /** Whose material it is. */
  source: z.enum(['own-records', 'employer', 'person']),
  document: line(100),
});
export type RecordSupplement = z.infer<typeof RecordSupplement>;

/** Where something on the record comes from, and when it came. */
export const Provenance = z.strictObject({
  source: z.enum(['information-table', 'own-records', 'employer', 'person']),
  caseNumber: CaseNumber,
  /** Number of the table, or what the clerk called the material. */
  document: z.string(),
  messageId: MessageId.optional(),
  recordedAt: Instant,
});
export type Provenance = z.infer<typeof Provenance>;

/** A run of months from one source, as it counts: months that an earlier row covers already are taken off and named. */
export const RecordPeriod = z.strictObject({
  from: Month,
  to: Month,
  scheme: Scheme,
  contribution: ContributionKind,
  months: z.int().min(1),
  imported: z.boolean(),
  officeName: z.string(),
  provenance: Provenance,
});
export type RecordPeriod = z.infer<typeof RecordPeriod>;

/** 参保记录: everything known of a person's insured months in one region's file, joined without counting a month twice (B14; S94 11; S80 三). */
export const InsuranceRecord = z.strictObject({
  caseNumber: CaseNumber,
  periods: z.array(RecordPeriod),
  gaps: z.array(z.strictObject({ from: Month, to: Month, months: z.int().min(1) })),
  /** Months that two sources claim; they count once, for `counted`. */
  overlaps: z.array(z.strictObject({ from: Month, to: Month, counted: Provenance, left: Provenance })),
  totals: z.strictObject({
    imported: z.int().min(0),
    local: z.int().min(0),
    /** imported + local. */
    months: z.int().min(0),
    /** Of these, months of the employee scheme, which count for retirement wherever they were paid (S80 三). */
    employee: z.int().min(0),
  }),
  fields: z.array(z.strictObject({ field: z.string(), value: z.string(), provenance: Provenance })),
});
export type InsuranceRecord = z.infer<typeof InsuranceRecord>;

/** Copies of cases of a person in a region, found by the keyed hash. */
export const PersonCaseRow = z.object({
  PK: z.string(),
  SK: z.string(),
  caseNumber: CaseNumber,
  region: RegionCode,
  side: z.enum(['transferIn', 'transferOut']),
});
export type PersonCaseRow = z.infer<typeof PersonCaseRow>;

/** An application for several former regions, in the partition of the person who made it (B23). */
export const PersonApplicationRow = z.object({ PK: z.string(), SK: z.string(), applicationNumber: ApplicationNumber });

const attributes = {
  name: PersonNameInput,
  birthDate: CalendarDate.optional(),
  insuranceNumber: line(32).optional(),
  phone: Phone.optional(),
};

/** A clerk says that a card number and an ID number are one person's (B22); two attributes must agree and none may contradict. */
export const IdentityMerge = z.strictObject({
  card: z.strictObject({ number: z.string().transform(normaliseIdNumber).pipe(CardNumber), ...attributes }),
  person: z.strictObject({ idNumber: z.string().transform(normaliseIdNumber).pipe(IdNumber), ...attributes }),
});
export type IdentityMerge = z.infer<typeof IdentityMerge>;

export const IdentityAttribute = z.enum(['name', 'birthDate', 'insuranceNumber', 'phone']);
export type IdentityAttribute = z.infer<typeof IdentityAttribute>;

/** From now on the card number finds the person's ID number. Only hashes are kept. */
export const IdentityRow = z.object({
  PK: z.string(),
  SK: z.string(),
  personHash: PersonHash,
  matched: z.array(IdentityAttribute),
  mergedAt: Instant,
  by: z.string(),
  /** How many cases and applications the number began before: a merge that has overlooked one is not written. */
  cases: z.int().min(1).optional(),
});
export type IdentityRow = z.infer<typeof IdentityRow>;
/** The same row as it may be before the merge: counted from the first case or application that the number begins. */
export const CardRow = IdentityRow.partial({ personHash: true, matched: true, mergedAt: true, by: true });
export type CardRow = z.infer<typeof CardRow>;
/** In the partition of the person: a card number of theirs, under which cases may be kept from before the merge. */
export const PersonCardRow = z.object({ PK: z.string(), SK: z.string(), cardHash: PersonHash });
export type PersonCardRow = z.infer<typeof PersonCardRow>;
export const IdentityMergeView = z.strictObject({ matched: z.array(IdentityAttribute), mergedAt: Instant });
