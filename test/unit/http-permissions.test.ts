import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import { routeKey } from '../../functions/platform/http.ts';
import { CaseView, ProcedureView, QuarantineView, ReplayView, ROUTES, type Route, TimelineView, WorkListView } from '../../schemas/api.ts';
import { ApplicationView } from '../../schemas/applications.ts';
import { Role } from '../../schemas/codes.ts';
import { Office, Region } from '../../schemas/directory.ts';
import { Entitlement, EntitlementView, RegionalRules } from '../../schemas/entitlement.ts';
import { ImportView } from '../../schemas/imports.ts';
import { MessagesView, MessageView } from '../../schemas/message-views.ts';
import { BankLinesView, BankLineView, ReconciliationView } from '../../schemas/money.ts';
import { NoticesView } from '../../schemas/notices.ts';
import { ProblemDetail } from '../../schemas/problems.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { IdentityMergeView, InsuranceRecord } from '../../schemas/record.ts';
import { CommandAnswer } from '../../schemas/rows.ts';
import { VoucherRegisterView, VoucherView } from '../../schemas/vouchers.ts';
import { askPublicly, attempt, SCOPES, type Scope } from '../support/permissions.ts';

type Verdict = 'allowed' | 'own only' | [status: number, code: string];

/** What each kind of route says to a role that may call it, by whose thing is asked for. `own only`: answered, from the caller's own alone. */
const RULES: Record<string, Record<Scope, Verdict>> = {
  case: { own: 'allowed', 'other-office': [403, 'caller.wrong-office'], 'other-region': [404, 'case.not-found'] },
  application: { own: 'allowed', 'other-office': [403, 'caller.wrong-office'], 'other-region': [404, 'application.not-found'] },
  'own office': { own: 'allowed', 'other-office': 'own only', 'other-region': 'own only' },
  // A message may be broken before it names an office: quarantine belongs to the region.
  quarantine: { own: 'allowed', 'other-office': 'allowed', 'other-region': 'own only' },
  'quarantined message': { own: 'allowed', 'other-office': 'allowed', 'other-region': [404, 'quarantine.not-found'] },
  directory: { own: 'allowed', 'other-office': 'allowed', 'other-region': 'allowed' },
  // A lost voucher is issued again wherever the person asks in the region (A3).
  voucher: { own: 'allowed', 'other-office': 'allowed', 'other-region': [404, 'voucher.not-found'] },
  // The account is the region's; which case money belongs to, the office of that case says (B12).
  'region’s own': { own: 'allowed', 'other-office': 'allowed', 'other-region': 'own only' },
  'bank line': { own: 'allowed', 'other-office': 'allowed', 'other-region': [404, 'money.line-not-found'] },
  'bank line for a case': {
    own: 'allowed',
    'other-office': [403, 'caller.wrong-office'],
    'other-region': [404, 'money.line-not-found'],
  },
  import: { own: 'allowed', 'other-office': [403, 'caller.wrong-office'], 'other-region': [404, 'import.not-found'] },
};

const kindOf = ({ group, path }: Route): keyof typeof RULES => {
  if (group === 'directory') return 'directory';
  if (group === 'exchange') return path.includes('{') ? 'quarantined message' : 'quarantine';
  if (path.includes('{applicationNumber}')) return 'application';
  if (path.includes('{voucherId}')) return 'voucher';
  if (path.includes('{importNumber}')) return 'import';
  if (path.includes('{lineId}')) return path.endsWith('/match') ? 'bank line for a case' : 'bank line';
  if (path === '/v1/bank-lines' || path.startsWith('/v1/voucher-register')) return 'region’s own';
  return path.includes('{caseNumber}') ? 'case' : 'own office';
};

/** What each route may answer; strict, so that anything undeclared fails. */
const ANSWERS: Record<string, z.ZodType> = {
  'GET /v1/cases/{caseNumber}': CaseView,
  'GET /v1/cases/{caseNumber}/timeline': TimelineView,
  'GET /v1/cases/{caseNumber}/messages': MessagesView,
  'POST /v1/cases/{caseNumber}/messages/{messageId}/open': MessageView,
  'POST /v1/applications': ApplicationView,
  'GET /v1/applications/{applicationNumber}': ApplicationView,
  'GET /v1/work-list': WorkListView,
  'GET /v1/procedure': ProcedureView,
  'POST /v1/entitlement': Entitlement,
  'GET /v1/cases/{caseNumber}/entitlement': EntitlementView,
  'GET /v1/cases/{caseNumber}/record': InsuranceRecord,
  'GET /v1/cases/{caseNumber}/reconciliation': ReconciliationView,
  'GET /v1/notices': NoticesView,
  'POST /v1/identities': IdentityMergeView,
  'POST /v1/issued-vouchers': VoucherView,
  'GET /v1/issued-vouchers/{voucherId}': VoucherView,
  'POST /v1/issued-vouchers/{voucherId}/reissue': VoucherView,
  'POST /v1/issued-vouchers/{voucherId}/deliver-notice': VoucherView,
  'GET /v1/voucher-register/{year}': VoucherRegisterView,
  'GET /v1/bank-lines': BankLinesView,
  'GET /v1/bank-lines/{lineId}': BankLineView,
  'POST /v1/bank-lines/{lineId}/match': BankLineView,
  'POST /v1/bank-lines/{lineId}/propose-return': BankLineView,
  'POST /v1/bank-lines/{lineId}/approve-return': BankLineView,
  'POST /v1/imports': ImportView,
  'GET /v1/imports/{importNumber}': ImportView,
  'POST /v1/imports/{importNumber}/start': ImportView,
  'GET /v1/quarantine': QuarantineView,
  'POST /v1/quarantine/{quarantineId}/replay': ReplayView,
  'GET /v1/directory/offices/{office}': Office,
  'PUT /v1/directory/offices/{office}': Office,
  'GET /v1/directory/regions/{region}': Region,
  'PUT /v1/directory/regions/{region}': Region,
  'GET /v1/directory/regions/{region}/rules': RegionalRules,
  'PUT /v1/directory/regions/{region}/rules': RegionalRules,
};
const answerOf = (route: Route): z.ZodType => {
  const schema = route.command ? CommandAnswer : ANSWERS[routeKey(route)];
  if (!schema) throw new Error(`the matrix does not know what ${routeKey(route)} answers`);
  return schema;
};

const PRIVATE = ROUTES.filter((route) => !route.public);
const cells = PRIVATE.flatMap((route) =>
  Role.options.flatMap((role) => SCOPES.map((scope) => ({ route, name: routeKey(route), role, scope }))),
);
/** Roles to which some table gives the command. The route lets in whoever acts for an office; a second person is nobody's system (F2). */
const mayGive = (command: ClerkCommandName, role: Role): boolean =>
  Object.values(PROCEDURES).some(({ transitions }) => transitions.some((row) => row.command === command && row.roles.includes(role)));
const FORBIDDEN: Verdict = [403, 'caller.role-not-allowed'];

function verdictOf({ route, role, scope }: (typeof cells)[number]): Verdict {
  if (!route.roles.includes(role)) return FORBIDDEN;
  if (scope === 'own' && route.command && !mayGive(route.command, role)) return FORBIDDEN;
  return RULES[kindOf(route)]![scope];
}

describe('role × route × own, other office, other region (F1)', () => {
  test('the matrix is whole, and the ministry handles no case', () => {
    expect(cells).toHaveLength(PRIVATE.length * 4 * 3);
    expect(ROUTES.filter(({ group, roles }) => group !== 'directory' && roles.includes('ministry'))).toEqual([]);
    expect(ROUTES.filter(({ method, roles }) => method === 'PUT' && roles.join() !== 'ministry')).toEqual([]);
  });

  const allowed = cells.filter((cell) => !Array.isArray(verdictOf(cell)));
  test.each(allowed)('$name: $role, $scope, is answered with what is declared and nothing else', async (cell) => {
    const reply = await attempt(cell.route, cell.role, cell.scope);
    expect([200, 201]).toContain(reply.status);
    expect(answerOf(cell.route).parse(reply.body)).toEqual(reply.body);
    if (cell.route.method === 'GET') expect(reply.writes ?? 0).toBe(0);
    const region = cell.scope === 'other-region' ? '510100' : '330100';
    if (verdictOf(cell) === 'own only') {
      expect(reply.body.items ?? []).toEqual([]);
      const begun = reply.rows?.before === undefined ? (reply.rows?.cases ?? []) : [];
      const made = [...begun, ...(reply.rows?.applications ?? []), ...(reply.made ?? [])];
      if (kindOf(cell.route) === 'region’s own') expect(reply.body.region).toBe(region);
      for (const one of made) expect(one).toMatchObject({ region, office: cell.scope === 'other-office' ? '33010002' : `${region}01` });
      expect(made).toHaveLength(reply.status === 201 ? 1 : 0);
    } else if (reply.body.items) expect(reply.body.items).not.toEqual([]);
  });

  const refused = cells.filter((cell) => Array.isArray(verdictOf(cell)));
  test.each(refused)('$name: $role, $scope, is refused and changes nothing', async (cell) => {
    const reply = await attempt(cell.route, cell.role, cell.scope);
    expect([reply.status, reply.body.code]).toEqual(verdictOf(cell));
    expect(ProblemDetail.parse(reply.body)).toEqual(reply.body);
    const { before, ...rows } = reply.rows ?? { before: undefined };
    if (reply.rows) expect(rows).toEqual({ cases: before ? [before] : [], opened: [], applications: [] });
    expect(reply.writes ?? 0).toBe(0);
  });
});

describe('public routes (A5, B19, F1)', () => {
  const open = ROUTES.filter((route) => route.public);
  /** What is told to the one who may know, and to another. */
  const TOLD: Record<string, { known: object; unknown: object }> = {
    'POST /v1/progress': {
      known: { status: 200, body: { step: 'accepted' } },
      unknown: { status: 404, body: { code: 'progress.not-found' } },
    },
    'POST /v1/voucher-check': {
      known: { status: 200, body: { result: 'genuine' } },
      unknown: { status: 200, body: { result: 'unknown' } },
    },
  };

  test('are two, and no role opens them; every other route asks for one', () => {
    expect(open.map(routeKey)).toEqual(Object.keys(TOLD));
    expect(ROUTES.filter(({ roles }) => roles.length === 0)).toEqual(open);
  });

  test.each(open)('$method $path answers anybody alike, whatever a token says', async (route) => {
    const answers = await Promise.all([undefined, ...Role.options].map((role) => askPublicly(route, role, true)));
    expect(answers[0]).toMatchObject(TOLD[routeKey(route)]!.known);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test.each(open)('$method $path tells nobody who does not hold what it asks for, the office’s own clerk neither', async (route) => {
    const answers = await Promise.all([undefined, ...Role.options].map((role) => askPublicly(route, role, false)));
    expect(answers[0]).toMatchObject(TOLD[routeKey(route)]!.unknown);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});
