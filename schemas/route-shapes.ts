import * as z from 'zod';
import {
  BEGINNING_PATHS,
  CaseView,
  COMMAND_BODIES,
  ProcedureView,
  QuarantineView,
  ReplayView,
  type Route,
  TimelineView,
  WorkListView,
} from './api.ts';
import { ApplicationEntry, ApplicationView } from './applications.ts';
import { Office, OfficeEntry, Region, RegionStatement } from './directory.ts';
import { Entitlement, EntitlementQuery, EntitlementView, RegionalRules, RegionalRulesStatement } from './entitlement.ts';
import { ImportEntry, ImportView } from './imports.ts';
import { MessagesView, MessageView } from './message-views.ts';
import { BankLineId, BankLinesView, BankLineView, MatchEntry, ReconciliationView, ReturnApproval, ReturnEntry } from './money.ts';
import { NoticesView } from './notices.ts';
import {
  ApplicationNumber,
  CaseNumber,
  IdempotencyKey,
  ImportNumber,
  Instant,
  MessageId,
  OfficeCode,
  RegionCode,
  VoucherId,
} from './primitives.ts';
import { type ClerkCommandName, COMMAND_NAMES } from './procedures.ts';
import { Progress, ProgressQuery } from './progress.ts';
import { IdentityMerge, IdentityMergeView, InsuranceRecord } from './record.ts';
import { CommandAnswer } from './rows.ts';
import {
  ReissueEntry,
  VoucherCheck,
  VoucherCheckResult,
  VoucherNoticeDelivery,
  VoucherRecord,
  VoucherRegisterView,
  VoucherView,
} from './vouchers.ts';

/** What a route takes and answers. */
export type RouteShape = {
  /** Name of the operation in generated clients. */
  id: string;
  summary: string;
  /** Beside those that stand in the path. */
  parameters: readonly ParameterName[];
  body?: z.ZodType;
  answer: z.ZodType;
  /** 201 where the route can make something new. */
  statuses: readonly (200 | 201)[];
};

/** Everything that can stand in a path, query or header. */
export const PARAMETERS = {
  caseNumber: { in: 'path', schema: CaseNumber, description: '业务编号 (case number)' },
  applicationNumber: { in: 'path', schema: ApplicationNumber, description: '申请编号 (application number)' },
  messageId: { in: 'path', schema: MessageId, description: '报文编号 (id of a message)' },
  quarantineId: { in: 'path', schema: z.string(), description: '隔离区报文编号 (id of a message in quarantine)' },
  voucherId: { in: 'path', schema: VoucherId, description: '凭证编号 (id of a voucher)' },
  year: { in: 'path', schema: z.string().regex(/^20\d{2}$/), description: '年份 (year)' },
  lineId: { in: 'path', schema: BankLineId, description: '到账编号 (id of a bank line)' },
  importNumber: { in: 'path', schema: ImportNumber, description: '导入编号 (number of an import)' },
  office: { in: 'path', schema: OfficeCode, description: '经办机构代码 (office code)' },
  region: { in: 'path', schema: RegionCode, description: '统筹地区行政区划代码 (division code of the pooling region)' },
  counterpart: {
    in: 'query',
    required: true,
    schema: RegionCode,
    description: '对方统筹地区行政区划代码 (division code of the other region)',
  },
  at: { in: 'query', schema: Instant, description: '查看该时刻所记录的业务 (the case as it was recorded at this moment)' },
  version: {
    in: 'query',
    schema: z.string().regex(/^[1-9]\d{0,5}$/),
    description: '版本号；不填为现行版本 (version; the present one without it)',
  },
  cursor: { in: 'query', schema: z.string(), description: '上一页的 nextCursor (nextCursor of the page before)' },
  'Idempotency-Key': {
    in: 'header',
    required: true,
    schema: IdempotencyKey,
    description: '幂等键：相同的键和内容得到相同的答复 (the same key and body get the same answer)',
  },
  'If-Match': {
    in: 'header',
    schema: z.string().regex(/^"\d{1,6}"$/),
    description:
      '所见版本，带双引号，例如 "3"；已有更新版本时答复412 (version that was seen, in double quotes; 412 when there is a newer one)',
  },
} as const satisfies Record<string, { in: 'path' | 'query' | 'header'; required?: true; schema: z.ZodType; description: string }>;
export type ParameterName = keyof typeof PARAMETERS;

export const isParameterName = (name: string): name is ParameterName => Object.hasOwn(PARAMETERS, name);

const query = (id: string, summary: string, answer: z.ZodType, ...parameters: ParameterName[]): RouteShape => ({
  id,
  summary,
  parameters,
  answer,
  statuses: [200],
});

const statement = (id: string, summary: string, body: z.ZodType, answer: z.ZodType): RouteShape => ({
  id,
  summary,
  parameters: ['If-Match'],
  body,
  answer,
  statuses: [200, 201],
});

const commandShape = (name: ClerkCommandName): RouteShape => {
  const begins = BEGINNING_PATHS.has(name);
  return {
    id: name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    summary: `${COMMAND_NAMES[name]} (${name.replaceAll('-', ' ')})`,
    parameters: begins ? ['Idempotency-Key'] : ['Idempotency-Key', 'If-Match'],
    body: COMMAND_BODIES[name],
    answer: CommandAnswer,
    statuses: [begins ? 201 : 200],
  };
};

/** Shapes of the routes that are no clerk command, by path and method. */
export const SHAPES: Readonly<Record<string, Partial<Record<Route['method'], RouteShape>>>> = {
  '/v1/cases/{caseNumber}': { GET: query('getCase', '查看业务 (case)', CaseView, 'at') },
  '/v1/cases/{caseNumber}/timeline': { GET: query('getTimeline', '查看办理记录 (timeline)', TimelineView) },
  '/v1/cases/{caseNumber}/messages': { GET: query('listMessages', '报文收发情况 (what became of the messages of a case)', MessagesView) },
  '/v1/cases/{caseNumber}/messages/{messageId}/open': { POST: query('openMessage', '签阅报文 (a message is looked at)', MessageView) },
  '/v1/applications': {
    POST: {
      ...query(
        'createApplication',
        '登记涉及多个原参保地的申请 (an application for several former regions)',
        ApplicationView,
        'Idempotency-Key',
      ),
      body: ApplicationEntry,
      statuses: [201],
    },
  },
  '/v1/applications/{applicationNumber}': {
    GET: query('getApplication', '查看申请及其各业务 (an application and its cases)', ApplicationView),
  },
  '/v1/procedure': { GET: query('getProcedure', '适用的办理规程 (which procedure applies)', ProcedureView, 'counterpart') },
  '/v1/work-list': { GET: query('getWorkList', '待办业务 (work list)', WorkListView, 'cursor') },
  '/v1/progress': { POST: { ...query('askProgress', '查询办理进度 (progress of a case, for the person)', Progress), body: ProgressQuery } },
  '/v1/entitlement': {
    POST: { ...query('askEntitlement', '试算待遇 (entitlement, without a case)', Entitlement), body: EntitlementQuery },
  },
  '/v1/cases/{caseNumber}/entitlement': {
    GET: query('getEntitlement', '查看并复算待遇核定 (entitlement of a case, computed again)', EntitlementView),
  },
  '/v1/cases/{caseNumber}/record': { GET: query('getRecord', '查看参保记录 (insurance record)', InsuranceRecord) },
  '/v1/notices': { GET: query('listNotices', '待告知事项 (notices to be given)', NoticesView, 'cursor') },
  '/v1/identities': {
    POST: {
      ...query('mergeIdentities', '合并身份 (a card number and an ID number are one person’s)', IdentityMergeView),
      body: IdentityMerge,
    },
  },
  '/v1/issued-vouchers': {
    POST: {
      ...query('issueVoucher', '开具参保凭证 (issue a voucher)', VoucherView, 'Idempotency-Key'),
      body: VoucherRecord,
      statuses: [201],
    },
  },
  '/v1/issued-vouchers/{voucherId}': { GET: query('getVoucher', '查看已开具凭证 (an issued voucher)', VoucherView) },
  '/v1/issued-vouchers/{voucherId}/reissue': {
    POST: { ...query('reissueVoucher', '补办凭证 (re-issue a voucher)', VoucherView, 'Idempotency-Key'), body: ReissueEntry },
  },
  '/v1/issued-vouchers/{voucherId}/deliver-notice': {
    POST: { ...query('deliverVoucherNotice', '登记告知送达 (a notice was given)', VoucherView), body: VoucherNoticeDelivery },
  },
  '/v1/voucher-register/{year}': { GET: query('getVoucherRegister', '凭证编号登记簿 (every voucher number)', VoucherRegisterView) },
  '/v1/voucher-check': { POST: { ...query('checkVoucher', '核验凭证 (check a voucher)', VoucherCheckResult), body: VoucherCheck } },
  '/v1/bank-lines': { GET: query('listBankLines', '待匹配到账 (bank lines that wait)', BankLinesView, 'cursor') },
  '/v1/bank-lines/{lineId}': { GET: query('getBankLine', '查看到账 (a bank line)', BankLineView) },
  '/v1/bank-lines/{lineId}/match': {
    POST: { ...query('matchBankLine', '匹配到账 (match a bank line with a case)', BankLineView, 'If-Match'), body: MatchEntry },
  },
  '/v1/bank-lines/{lineId}/propose-return': {
    POST: { ...query('proposeReturn', '提交退回 (propose to send money back)', BankLineView, 'If-Match'), body: ReturnEntry },
  },
  '/v1/bank-lines/{lineId}/approve-return': {
    POST: { ...query('approveReturn', '复核退回 (approve that money went back)', BankLineView), body: ReturnApproval },
  },
  '/v1/cases/{caseNumber}/reconciliation': { GET: query('getReconciliation', '三方核对 (reconciliation)', ReconciliationView) },
  '/v1/imports': {
    POST: { ...query('createImport', '登记导入文件 (announce a file)', ImportView), body: ImportEntry, statuses: [200, 201] },
  },
  '/v1/imports/{importNumber}': { GET: query('getImport', '查看导入 (an import)', ImportView) },
  '/v1/imports/{importNumber}/start': { POST: query('startImport', '开始导入 (start an import)', ImportView) },
  '/v1/quarantine': { GET: query('listQuarantine', '隔离区报文 (messages in quarantine)', QuarantineView, 'cursor') },
  '/v1/quarantine/{quarantineId}/replay': { POST: query('replay', '重放隔离的报文 (try a message in quarantine again)', ReplayView) },
  '/v1/directory/offices/{office}': {
    GET: query('getOffice', '查看经办机构 (office)', Office),
    PUT: statement('putOffice', '登记或更改经办机构 (state an office)', OfficeEntry, Office),
  },
  '/v1/directory/regions/{region}/rules': {
    GET: query('getRules', '查看统筹地区规定 (rules of a region)', RegionalRules, 'version'),
    PUT: statement('putRules', '登记或更改统筹地区规定 (state rules of a region)', RegionalRulesStatement, RegionalRules),
  },
  '/v1/directory/regions/{region}': {
    GET: query('getRegion', '查看统筹地区 (region)', Region),
    PUT: statement('putRegion', '登记或更改统筹地区 (state a region)', RegionStatement, Region),
  },
};

/** Shape of a route; throws for a route that has none, so that none goes undescribed. */
export function shapeOf({ method, path, command }: Route): RouteShape {
  const shape = command ? commandShape(command) : SHAPES[path]?.[method];
  if (!shape) throw new Error(`no shape in schemas/route-shapes.ts for ${method} ${path}`);
  return shape;
}
