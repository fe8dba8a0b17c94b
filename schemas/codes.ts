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

/**
 * Relation at transferOut (S94 4, 6; S21): 中止 (suspended) → 转移中 (transferring, 2016 only) → 终止 (terminated). 正常 (active) lies before every
 * case. A case that ends without a hand-over leaves the relation suspended, as it found it.
 */
export const RelationState = z.enum(['suspended', 'transferring', 'terminated']);
export type RelationState = z.infer<typeof RelationState>;

/** Documents that the other side can query and their maker can correct (S94 6–7). */
export const DocumentKind = z.enum([
  'liaison-letter',
  'coverage-voucher',
  'information-table',
  'remittance-advice',
  'not-remitted',
  'transfer-request',
]);
export type DocumentKind = z.infer<typeof DocumentKind>;

/** Material 申请材料 that an applicant may have to hand in (S94 5): ID card, application form, voucher, authority of an agent or employer. */
export const Material = z.enum(['id-card', 'application-form', 'coverage-voucher', 'authorization']);
export type Material = z.infer<typeof Material>;

export const MATERIAL_NAMES: Record<Material, string> = {
  'id-card': '居民身份证',
  'application-form': '基本医疗保险关系转移接续申请表',
  'coverage-voucher': '参保（合）凭证',
  authorization: '授权委托材料',
};

/** Why a relation cannot be handed over; each has its article in `ELIGIBILITY_REASONS`. */
export const EligibilityReason = z.enum([
  'not-enrolled',
  'no-relation',
  'not-suspended',
  'already-terminated',
  'already-open',
  'retired',
  'scheme-pair',
  'resident-same-year',
  'data-mismatch',
  'forward-failed',
]);
export type EligibilityReason = z.infer<typeof EligibilityReason>;

/** Those that transferOut can find when it has the letter (S94 6). */
export const RefusalReason = EligibilityReason.extract([
  'no-relation',
  'not-suspended',
  'already-terminated',
  'already-open',
  'retired',
  'scheme-pair',
  'data-mismatch',
]);

/** What a reason is called where a clerk or the applicant reads it, and the article behind it. */
export const ELIGIBILITY_REASONS: Record<EligibilityReason, { text: string; article: string }> = {
  'not-enrolled': { text: '尚未在转入地参保', article: '人社厅发〔2016〕94号第五条；2021年暂行办法：在转入地按规定参加' },
  'no-relation': { text: '转出地没有该参保人的医疗保险关系', article: '人社厅发〔2016〕94号第六条' },
  'not-suspended': { text: '转出地参保关系尚未中止', article: '人社厅发〔2016〕94号第四条；2021年暂行办法：转出地已中止参保' },
  'already-terminated': { text: '转出地参保关系已经终止', article: '人社厅发〔2016〕94号第六条' },
  'already-open': {
    text: '该参保人已有在办的转移业务',
    article: '人社部发〔2009〕191号第二条；人社部发〔2015〕80号一；2021年暂行办法：不得重复参保',
  },
  retired: { text: '参保人已退休，不属于转移接续对象', article: '服务指南常见问题2：在职参保人员；2021年暂行办法第二条' },
  'scheme-pair': { text: '这两种险种之间没有转移接续的规定', article: '人社厅发〔2016〕94号第二条；2021年暂行办法' },
  'resident-same-year': {
    text: '居民医保参保人员当年度原则上不办理转移，可在参加下一年度居民医保后申请',
    article: '2021年暂行办法：原则上当年度在转入地不再办理转移接续手续',
  },
  'data-mismatch': { text: '所列参保人信息与转出地记录不符', article: '人社厅发〔2016〕94号第六条' },
  'forward-failed': { text: '转送的地区无法接收', article: '人社厅发〔2016〕94号第六条' },
};

/** How an applicant was told (送达). */
export const NotificationChannel = z.enum(['counter', 'phone', 'sms', 'post', 'online']);
export type NotificationChannel = z.infer<typeof NotificationChannel>;
