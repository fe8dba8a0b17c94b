import * as z from 'zod';
import { OfficeOnDocument, PayeeAccount } from './documents.ts';
import { BusinessMessageType } from './messages.ts';
import { CalendarDate, Instant, line, OfficeCode, Phone, RegionCode } from './primitives.ts';
import { ProcedureId } from './procedures.ts';

/** Version of a directory record: who changed it, when and why; nothing is deleted. */
const version = {
  version: z.int().min(1),
  changedAt: Instant,
  /** Opaque subject of the caller, or the name of a deployment step. */
  changedBy: line(128),
  reason: line(200),
};

/** Public signing key (E6): SPKI in base64. A key is accepted within its validity, so two overlap while a region rotates. */
export const SigningKey = z.strictObject({
  keyId: line(128),
  publicKey: z.base64(),
  validFrom: Instant,
  validUntil: Instant.optional(),
});
export type SigningKey = z.infer<typeof SigningKey>;

/** What clerks and the ministry say of a pooling region 统筹地区. */
export const RegionEntry = z.strictObject({
  code: RegionCode,
  name: line(50),
  /** One character, as printed on vouchers: 浙, 川 … */
  provinceShortName: z.string().length(1),
  /** Office that letters to this region go to when the application names no other. */
  mainOffice: OfficeCode,
  payee: PayeeAccount,
  /**
   * Since when the region is on the national platform and takes applications online (S21: 已上线全国统一的医保信息平台，且开通线上办理渠道);
   * absent where it is not.
   */
  onlineSince: CalendarDate.optional(),
});
export type RegionEntry = z.infer<typeof RegionEntry>;

/** A region as the ministry states it; the code stands in the path. */
export const RegionStatement = RegionEntry.omit({ code: true }).extend({ reason: line(200) });

/**
 * Region with what a deployment adds: where its inbox is and which keys it signs with. A region without an inbox is not connected; one that
 * a deployment registered and nobody has described yet has no office and no payee: no letter goes to it or comes from it until it has.
 */
export const Region = RegionEntry.partial({ provinceShortName: true, mainOffice: true, payee: true }).extend({
  inboxUrl: z.url().optional(),
  /** Versions of the procedures that the software behind the inbox speaks; absent where a release before 2016.2 registered it. */
  procedures: z.array(ProcedureId).optional(),
  /** Types of messages that it takes (C5); absent where a release registered it that could not say so. */
  messages: z.array(BusinessMessageType).optional(),
  signingKeys: z.array(SigningKey),
  ...version,
});
export type Region = z.infer<typeof Region>;

/** What the ministry states of an office 经办机构 (S94 9): postal address, phone, fax. */
export const OfficeEntry = OfficeOnDocument.omit({ code: true }).extend({ fax: Phone.optional(), reason: line(200) });
export type OfficeEntry = z.infer<typeof OfficeEntry>;

export const Office = OfficeEntry.extend({ code: OfficeCode, ...version });
export type Office = z.infer<typeof Office>;

/** One year of State Council holidays and make-up days 调休. `off` lists whole holidays, weekend days within them included. */
export const CalendarYear = z.strictObject({
  year: z.int().min(2010).max(2100),
  status: z.enum(['official', 'provisional']),
  notice: line(200),
  published: CalendarDate.optional(),
  off: z.array(z.strictObject({ date: CalendarDate, name: line(20) })),
  work: z.array(CalendarDate),
  version: z.int().min(1),
});
export type CalendarYear = z.infer<typeof CalendarYear>;
