import * as z from 'zod';
import { TimelineEntry, TransferInCase, TransferOutCase } from './cases.ts';
import { Material, NotificationChannel, Role, type Role as RoleName, Side } from './codes.ts';
import {
  ClosureAnswerEntry,
  ClosureProposal,
  CorrectionEntry,
  Explanation,
  ForwardEntry,
  QueryEntry,
  ReminderEntry,
  SchemeWithdrawalAnswerEntry,
  TransferRequestEntry,
  Withdrawal,
} from './conversation.ts';
import {
  CoverageVoucherInput,
  InformationTableEntry,
  MoneyReceivedEntry,
  NotRemittedEntry,
  RemittanceEntry,
  TransferApplicationInput,
  TransferApplicationWithoutVoucher,
} from './documents.ts';
import { EligibilityFacts, Override, RefusalEntry } from './eligibility.ts';
import { EntitlementFacts } from './entitlement.ts';
import { CaseNoticeDelivery } from './notices.ts';
import { ApplicationNumber, CalendarDate, CaseNumber, Instant, line, OfficeCode, RegionCode } from './primitives.ts';
import { CaseStatus, type ClerkCommandName, ClerkCommandName as ClerkCommandNames, ProcedureId, ProcedureReason } from './procedures.ts';
import { RecordSupplement } from './record.ts';
import { ReplayedBy } from './rows.ts';

/** Who calls, from the token: one office, one role. */
export const Caller = z.object({ sub: z.string().min(1).max(128), office: OfficeCode, role: Role });
export type Caller = z.infer<typeof Caller>;

const nothing = z.strictObject({});
const materials = z
  .array(Material)
  .refine((list) => new Set(list).size === list.length, { error: '材料重复 (a material is listed twice)' });
/** What is handed in at the window with an application; without `materials` all that the procedure asks for is there. */
const window = { materials: materials.optional(), parent: ApplicationNumber.optional() };
/** The second person approves exactly what the first proposed (F2). */
const approval = z.strictObject({ proposal: z.int().min(1) });

/** Body of each clerk command. */
export const COMMAND_BODIES = {
  open: z.strictObject({ application: TransferApplicationInput, ...window }),
  request: z.strictObject({ request: TransferRequestEntry, facts: EligibilityFacts, override: Override.optional(), ...window }),
  'send-voucher': z.strictObject({ voucher: CoverageVoucherInput, newRegion: RegionCode }),
  apply: z.strictObject({ application: TransferApplicationWithoutVoucher, materials: window.materials }),
  'return-materials': z.strictObject({ missing: materials.min(1) }),
  'hand-in-materials': z.strictObject({ materials: materials.min(1) }),
  /** Version 2016.1 of the procedure asks for no facts. */
  accept: z.strictObject({ facts: EligibilityFacts.optional() }),
  'give-verdict': z.strictObject({ facts: EligibilityFacts, override: Override.optional() }),
  'send-letter': nothing,
  'confirm-termination': z.strictObject({ terminatedOn: CalendarDate }),
  'propose-termination': z.strictObject({ terminatedOn: CalendarDate, facts: EligibilityFacts }),
  'approve-termination': approval,
  remit: RemittanceEntry,
  'not-remit': NotRemittedEntry,
  'propose-remittance': RemittanceEntry,
  'approve-remittance': approval,
  'send-table': InformationTableEntry,
  'propose-table': InformationTableEntry,
  'approve-table': approval,
  'confirm-money': MoneyReceivedEntry,
  'reject-money': z.strictObject({ reason: line(200) }),
  credit: nothing,
  'assess-entitlement': z.strictObject({ facts: EntitlementFacts }),
  'supplement-record': RecordSupplement,
  complete: nothing,
  refuse: RefusalEntry,
  'notify-applicant': z.strictObject({ channel: NotificationChannel, note: line(300).optional() }),
  'deliver-notice': CaseNoticeDelivery,
  'answer-scheme-withdrawal': SchemeWithdrawalAnswerEntry,
  forward: ForwardEntry,
  query: QueryEntry,
  correct: CorrectionEntry,
  explain: Explanation,
  withdraw: Withdrawal,
  'propose-closure': ClosureProposal,
  'answer-closure': ClosureAnswerEntry,
  remind: ReminderEntry,
} satisfies Record<ClerkCommandName, z.ZodType>;

/** The keyed hash finds a person; it tells a clerk nothing. */
const hidden = { personHash: true } as const;
const ShownCase = z.discriminatedUnion('side', [z.object(TransferInCase.omit(hidden).shape), z.object(TransferOutCase.omit(hidden).shape)]);

/** A case as its office sees it, with the actions allowed now to this caller (the server decides, the page only shows). */
export const CaseView = z.strictObject({ case: ShownCase, actions: z.array(ClerkCommandNames) });
export type CaseView = z.infer<typeof CaseView>;

/** Timeline with the result of checking its hash chain: `brokenAt` is the first entry that does not fit; only those before it are shown. */
export const TimelineView = z.strictObject({
  caseNumber: CaseNumber,
  entries: z.array(TimelineEntry),
  intact: z.boolean(),
  brokenAt: z.int().optional(),
  actions: z.array(ClerkCommandNames),
});
export type TimelineView = z.infer<typeof TimelineView>;

/** Open cases of an office, earliest due date first. No personal data. */
export const WorkListView = z.strictObject({
  office: OfficeCode,
  items: z.array(
    z.strictObject({
      caseNumber: CaseNumber,
      side: Side,
      status: CaseStatus,
      counterpart: RegionCode,
      procedure: ProcedureId,
      dueOn: CalendarDate.optional(),
      actions: z.array(ClerkCommandNames),
    }),
  ),
  nextCursor: z.string().optional(),
});
export type WorkListView = z.infer<typeof WorkListView>;

/** Which procedure a case with another region would follow today, why, and what the applicant must hand in (B21; A6). */
export const ProcedureView = z.strictObject({
  counterpart: RegionCode,
  procedure: ProcedureId,
  reason: ProcedureReason,
  reasonText: z.string(),
  materials: z.array(Material),
});
export type ProcedureView = z.infer<typeof ProcedureView>;

/** Quarantined messages of the caller's region, newest first: what is wrong and where, never a value. One entry however often its sender sends it. */
export const QuarantineView = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      receivedAt: Instant,
      code: z.string(),
      path: z.string(),
      title: z.string(),
      replayedAt: Instant.optional(),
      replayedBy: ReplayedBy.optional(),
      /** Handled after all, by a replay or because its sender sent it again. */
      resolvedAt: Instant.optional(),
    }),
  ),
  nextCursor: z.string().optional(),
});
export type QuarantineView = z.infer<typeof QuarantineView>;

export const ReplayView = z.strictObject({
  id: z.string(),
  outcome: z.enum(['handled', 'duplicate', 'parked', 'quarantined']),
  code: z.string().optional(),
});
export type ReplayView = z.infer<typeof ReplayView>;

export type Route = {
  group: 'cases' | 'directory' | 'exchange' | 'vouchers' | 'money' | 'imports';
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Roles that may call it at all; whose case it is, is checked on the record. */
  roles: readonly RoleName[];
  /** Clerk command behind the route, if it is one. */
  command?: ClerkCommandName;
  /** Answers without a token, to anybody: such a route has no roles, is throttled for itself, and its handler learns no caller. */
  public?: true;
};

const OFFICE_ROLES = ['clerk', 'supervisor', 'system'] as const satisfies readonly RoleName[];
/** Commands that begin a case have no case number yet. */
export const BEGINNING_PATHS: ReadonlyMap<ClerkCommandName, string> = new Map([
  ['open', '/v1/cases'],
  ['request', '/v1/transfer-requests'],
  ['send-voucher', '/v1/vouchers'],
]);
const command = (name: ClerkCommandName): Route => ({
  group: 'cases',
  method: 'POST',
  path: BEGINNING_PATHS.get(name) ?? `/v1/cases/{caseNumber}/${name}`,
  roles: OFFICE_ROLES,
  command: name,
});

/** Every route of the HTTP API, declared once: the API, its permissions and its tests are derived from it. */
export const ROUTES: readonly Route[] = [
  ...ClerkCommandNames.options.map(command),
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}/timeline', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}/messages', roles: OFFICE_ROLES },
  // A person opens; were it a system, opened would say no more than delivered (E3).
  { group: 'cases', method: 'POST', path: '/v1/cases/{caseNumber}/messages/{messageId}/open', roles: ['clerk', 'supervisor'] },
  { group: 'cases', method: 'POST', path: '/v1/applications', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/applications/{applicationNumber}', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/work-list', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/procedure', roles: OFFICE_ROLES },
  { group: 'cases', method: 'POST', path: '/v1/progress', roles: [], public: true },
  { group: 'cases', method: 'POST', path: '/v1/entitlement', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}/record', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}/entitlement', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/notices', roles: OFFICE_ROLES },
  // A second identity is a person's word for a person's: no system says it (B22).
  { group: 'cases', method: 'POST', path: '/v1/identities', roles: ['clerk', 'supervisor'] },
  { group: 'vouchers', method: 'POST', path: '/v1/issued-vouchers', roles: OFFICE_ROLES },
  { group: 'vouchers', method: 'GET', path: '/v1/issued-vouchers/{voucherId}', roles: OFFICE_ROLES },
  { group: 'vouchers', method: 'POST', path: '/v1/issued-vouchers/{voucherId}/reissue', roles: OFFICE_ROLES },
  { group: 'vouchers', method: 'POST', path: '/v1/issued-vouchers/{voucherId}/deliver-notice', roles: OFFICE_ROLES },
  { group: 'vouchers', method: 'GET', path: '/v1/voucher-register/{year}', roles: OFFICE_ROLES },
  { group: 'vouchers', method: 'POST', path: '/v1/voucher-check', roles: [], public: true },
  { group: 'money', method: 'GET', path: '/v1/bank-lines', roles: OFFICE_ROLES },
  { group: 'money', method: 'GET', path: '/v1/bank-lines/{lineId}', roles: OFFICE_ROLES },
  { group: 'money', method: 'POST', path: '/v1/bank-lines/{lineId}/match', roles: OFFICE_ROLES },
  { group: 'money', method: 'POST', path: '/v1/bank-lines/{lineId}/propose-return', roles: OFFICE_ROLES },
  { group: 'money', method: 'POST', path: '/v1/bank-lines/{lineId}/approve-return', roles: ['clerk', 'supervisor'] },
  { group: 'money', method: 'GET', path: '/v1/cases/{caseNumber}/reconciliation', roles: OFFICE_ROLES },
  { group: 'imports', method: 'POST', path: '/v1/imports', roles: OFFICE_ROLES },
  { group: 'imports', method: 'GET', path: '/v1/imports/{importNumber}', roles: OFFICE_ROLES },
  { group: 'imports', method: 'POST', path: '/v1/imports/{importNumber}/start', roles: OFFICE_ROLES },
  { group: 'exchange', method: 'GET', path: '/v1/quarantine', roles: OFFICE_ROLES },
  { group: 'exchange', method: 'POST', path: '/v1/quarantine/{quarantineId}/replay', roles: OFFICE_ROLES },
  { group: 'directory', method: 'GET', path: '/v1/directory/offices/{office}', roles: Role.options },
  { group: 'directory', method: 'PUT', path: '/v1/directory/offices/{office}', roles: ['ministry'] },
  { group: 'directory', method: 'GET', path: '/v1/directory/regions/{region}', roles: Role.options },
  { group: 'directory', method: 'PUT', path: '/v1/directory/regions/{region}', roles: ['ministry'] },
  { group: 'directory', method: 'GET', path: '/v1/directory/regions/{region}/rules', roles: Role.options },
  { group: 'directory', method: 'PUT', path: '/v1/directory/regions/{region}/rules', roles: ['ministry'] },
];
