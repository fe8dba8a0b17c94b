import * as z from 'zod';
import { PersonInput } from './person.ts';
import { ApplicationNumber, CalendarDate, CaseNumber, Instant, OfficeCode, PersonHash, RegionCode, Sha256 } from './primitives.ts';
import { CaseStatus } from './procedures.ts';

/** One application of a person who was insured in several former regions (B23): a parent, with one case per former region under it. */
export const ApplicationEntry = z.strictObject({
  person: PersonInput,
  formerRegions: z
    .array(RegionCode)
    .min(2, { error: '须列出至少两个原参保地 (name at least two former regions)' })
    .max(10, { error: '原参保地不得超过10个 (at most ten former regions)' })
    .refine((regions) => new Set(regions).size === regions.length, { error: '原参保地重复 (a region is named twice)' }),
});
export type ApplicationEntry = z.infer<typeof ApplicationEntry>;

const Child = z.strictObject({
  caseNumber: CaseNumber.optional(),
  /** How the case ended; the parent closes when every child has ended. */
  outcome: CaseStatus.optional(),
  decidedAt: Instant.optional(),
});

/** The parent's row: nothing of the person but the keyed hash. Children are found by their former region. */
export const ApplicationRow = z.object({
  PK: z.string(),
  SK: z.string(),
  applicationNumber: ApplicationNumber,
  region: RegionCode,
  office: OfficeCode,
  personHash: PersonHash,
  createdAt: Instant,
  children: z.record(RegionCode, Child),
  undecided: z.int().min(0),
});
export type ApplicationRow = z.infer<typeof ApplicationRow>;

/** What an application was answered with under its idempotency key (E1). */
export const ApplicationKeyRow = z.object({ bodyHash: Sha256, applicationNumber: ApplicationNumber });

/** The parent as its office sees it: each child with its own clock. */
export const ApplicationView = z.strictObject({
  applicationNumber: ApplicationNumber,
  region: RegionCode,
  office: OfficeCode,
  createdAt: Instant,
  children: z.array(
    Child.extend({
      formerRegion: RegionCode,
      status: CaseStatus.optional(),
      dueOn: CalendarDate.optional(),
    }),
  ),
  /** When the last child was decided; absent while one is not. */
  closedAt: Instant.optional(),
});
export type ApplicationView = z.infer<typeof ApplicationView>;
