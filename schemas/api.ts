import * as z from 'zod';
import { TimelineEntry, TransferInCase, TransferOutCase } from './cases.ts';
import { Role, type Role as RoleName, Side } from './codes.ts';
import { InformationTableEntry, MoneyReceivedEntry, NotRemittedEntry, RemittanceEntry, TransferApplicationInput } from './documents.ts';
import { CalendarDate, CaseNumber, Instant, OfficeCode, RegionCode } from './primitives.ts';
import { CaseStatus, type ClerkCommandName, ClerkCommandName as ClerkCommandNames, ProcedureId } from './procedures.ts';
import { ReplayedBy } from './rows.ts';

/** Who calls, from the token: one office, one role. */
export const Caller = z.object({ sub: z.string().min(1).max(128), office: OfficeCode, role: Role });
export type Caller = z.infer<typeof Caller>;

const nothing = z.strictObject({});

/** Body of each clerk command. */
export const COMMAND_BODIES = {
  open: z.strictObject({ application: TransferApplicationInput }),
  accept: nothing,
  'send-letter': nothing,
  'confirm-termination': z.strictObject({ terminatedOn: CalendarDate }),
  remit: RemittanceEntry,
  'not-remit': NotRemittedEntry,
  'send-table': InformationTableEntry,
  'confirm-money': MoneyReceivedEntry,
  complete: nothing,
} satisfies Record<ClerkCommandName, z.ZodType>;

/** The keyed hash finds a person; it tells a clerk nothing. */
const ShownCase = z.discriminatedUnion('side', [z.object(TransferInCase.omit({ personHash: true }).shape), TransferOutCase]);

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
  group: 'cases' | 'directory' | 'exchange';
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Roles that may call it at all; whose case it is, is checked on the record. */
  roles: readonly RoleName[];
  /** Clerk command behind the route, if it is one. */
  command?: ClerkCommandName;
};

const OFFICE_ROLES = ['clerk', 'supervisor', 'system'] as const satisfies readonly RoleName[];
const command = (name: ClerkCommandName): Route => ({
  group: 'cases',
  method: 'POST',
  path: name === 'open' ? '/v1/cases' : `/v1/cases/{caseNumber}/${name}`,
  roles: OFFICE_ROLES,
  command: name,
});

/** Every route of the HTTP API, declared once: the API, its permissions and its tests are derived from it. */
export const ROUTES: readonly Route[] = [
  ...ClerkCommandNames.options.map(command),
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/cases/{caseNumber}/timeline', roles: OFFICE_ROLES },
  { group: 'cases', method: 'GET', path: '/v1/work-list', roles: OFFICE_ROLES },
  { group: 'exchange', method: 'GET', path: '/v1/quarantine', roles: OFFICE_ROLES },
  { group: 'exchange', method: 'POST', path: '/v1/quarantine/{quarantineId}/replay', roles: OFFICE_ROLES },
  { group: 'directory', method: 'GET', path: '/v1/directory/offices/{office}', roles: Role.options },
  { group: 'directory', method: 'PUT', path: '/v1/directory/offices/{office}', roles: ['ministry'] },
  { group: 'directory', method: 'GET', path: '/v1/directory/regions/{region}', roles: Role.options },
  { group: 'directory', method: 'PUT', path: '/v1/directory/regions/{region}', roles: ['ministry'] },
];
