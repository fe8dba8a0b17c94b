import * as z from 'zod';

/** Scheme 险种类型 that this exchange moves: 310 employee, 380 rural cooperative, 390 urban-rural residents, 391 urban residents. */
export const Scheme = z.enum(['310', '380', '390', '391']);
export type Scheme = z.infer<typeof Scheme>;

/** Type of hukou 户籍类型: 1 urban, 2 rural, 3 other. */
export const HukouType = z.enum(['1', '2', '3']);

/** Kind of contribution in a row of the information table: 1 paid normally, 2 made up later, 3 counted as paid (视同缴费). */
export const ContributionKind = z.enum(['1', '2', '3']);

/** Which end of the hand-over a region is: 转入地 or 转出地. */
export const Side = z.enum(['transferIn', 'transferOut']);
export type Side = z.infer<typeof Side>;

/** Role of a caller. A system acts for its office as a clerk does; the ministry keeps the directory. */
export const Role = z.enum(['clerk', 'supervisor', 'ministry', 'system']);
export type Role = z.infer<typeof Role>;

/** Who applies (S94 5): the person, the employer or an agent. */
export const ApplicantCapacity = z.enum(['person', 'employer', 'agent']);

/** Why a balance is not transferred (S191 7 says 原则上 "in principle"): each legal reason has a code. */
export const NotRemittedReason = z.enum(['zero-balance', 'no-personal-account', 'paid-to-person', 'not-requested', 'local-rule']);
export type NotRemittedReason = z.infer<typeof NotRemittedReason>;

/** Relation at transferOut (S94 4, 6): 转移中 → 终止. 正常 (active) and 中止 (suspended by the voucher) lie before every case. */
export const RelationState = z.enum(['transferring', 'terminated']);
export type RelationState = z.infer<typeof RelationState>;
