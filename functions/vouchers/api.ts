import * as z from 'zod';
import type { Office, Region } from '../../schemas/directory.ts';
import { VoucherId } from '../../schemas/primitives.ts';
import { ReissueEntry, VoucherNoticeDelivery, VoucherRecord, VoucherRegisterView, type VoucherRow } from '../../schemas/vouchers.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { idempotencyKeyIn, regionOfCaller } from '../cases/commands-api.ts';
import { registrationWindow } from '../cases/entitlement/window.ts';
import type { HashPerson } from '../cases/person-hash.ts';
import { officeOfCallerUnknown } from '../cases/refusals.ts';
import type { Directory } from '../directory/reader.ts';
import { hashOf } from '../platform/canonical.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import { type HttpRequest, httpHandler, type PublicRouteHandler, type RouteHandler } from '../platform/http.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type CheckDeps, checkHandler } from './check-api.ts';
import type { Codes } from './code.ts';
import { draftVoucher } from './issue.ts';
import { registerOf } from './numbering.ts';
import { answeredBefore, issueOnce, type OnceDeps, reissueOnce, voucherNotFound } from './once.ts';
import { type Issue, viewOf } from './rows.ts';
import type { KeyUse } from './voucher-store.ts';

export type VoucherDeps = OnceDeps & {
  directory: Pick<Directory, 'region' | 'office' | 'calendar'>;
  personHash: HashPerson;
  codes: Codes;
};

/** The HTTP function of group `vouchers`. */
export function vouchersApi(deps: VoucherDeps & Pick<CheckDeps, 'checks'> & { metrics: Metrics }) {
  const handlers: [string, RouteHandler][] = [
    ['POST /v1/issued-vouchers', issueHandler(deps)],
    ['GET /v1/issued-vouchers/{voucherId}', viewHandler(deps)],
    ['POST /v1/issued-vouchers/{voucherId}/reissue', reissueHandler(deps)],
    ['POST /v1/issued-vouchers/{voucherId}/deliver-notice', deliverHandler(deps)],
    ['GET /v1/voucher-register/{year}', registerHandler(deps)],
  ];
  const publicHandlers = new Map<string, PublicRouteHandler>([['POST /v1/voucher-check', checkHandler(deps)]]);
  return httpHandler(new Map(handlers), deps.log, deps.metrics, publicHandlers);
}

/** Issues a voucher (A1). What the rules refuse is refused before a number is taken. */
const issueHandler =
  (deps: VoucherDeps): RouteHandler =>
  async (http) => {
    const key = idempotencyKeyIn(http);
    const { region, office } = await issuerOf(deps, http);
    const record = parseOrRefuse(VoucherRecord, http.body, 'request.invalid');
    const use: KeyUse = { region: region.code, office: office.code, key, bodyHash: hashOf({ name: 'voucher', body: http.body }) };
    const before = await answeredBefore(deps, use);
    if (before) return shown(deps, http, before, 201);
    const at = deps.clock.now();
    const draft = draftVoucher(record, { region, office, today: chinaDate(at) });
    const issue: Issue = {
      draft,
      region: region.code,
      office: office.code,
      personHash: await deps.personHash(record.person.idNumber, region.code),
      window: record.hasEmployer ? undefined : registrationWindow(record.suspendedOn, await deps.directory.calendar(region.code)),
      code: deps.codes.code(),
      at,
      by: http.caller.sub,
    };
    return shown(deps, http, await issueOnce(deps, use, region, issue), 201);
  };

async function issuerOf({ directory }: VoucherDeps, { caller }: HttpRequest): Promise<{ region: Region; office: Office }> {
  const office = await directory.office(caller.office);
  if (!office) throw officeOfCallerUnknown();
  const region = await directory.region(office.region);
  if (region) return { region, office };
  const reason = '目录中没有本统筹地区，请联系目录管理方 (the directory lacks your own region: tell its keeper)';
  throw new Refusal('directory.region-not-found', [finding('region', 'unknown', reason)]);
}

const viewHandler =
  (deps: VoucherDeps): RouteHandler =>
  async (http) =>
    shown(deps, http, await voucherOfCaller(deps, http));

/** Any office of the region issues a lost voucher again (A3); another region's looks as if it did not exist. */
const reissueHandler =
  (deps: VoucherDeps): RouteHandler =>
  async (http) => {
    const key = idempotencyKeyIn(http);
    const { voucherId, region } = await voucherOfCaller(deps, http);
    const { reason } = parseOrRefuse(ReissueEntry, http.body, 'request.invalid');
    const { office, sub } = http.caller;
    const use: KeyUse = { region, office, key, bodyHash: hashOf({ name: 'reissue', voucherId, body: http.body }) };
    const before = await answeredBefore(deps, use);
    if (before) return shown(deps, http, before);
    const copy = { code: deps.codes.code(), issuedAt: deps.clock.now(), office, by: sub, reason };
    return shown(deps, http, await reissueOnce(deps, use, voucherId, copy));
  };

/** Proof that the person was told of arrears or of the end of the window (A4, A11), once. */
const deliverHandler =
  (deps: VoucherDeps): RouteHandler =>
  async (http) => {
    const row = await voucherOfCaller(deps, http);
    const { kind, ...delivery } = parseOrRefuse(VoucherNoticeDelivery, http.body, 'request.invalid');
    const proof = { ...delivery, at: deps.clock.now(), by: http.caller.sub };
    if (await deps.vouchers.deliver(row.voucherId, kind, proof)) return shown(deps, http, row);
    const reason = '没有此项告知，或已送达、已撤回 (there is no such notice, or it was given or taken back)';
    throw new Refusal('voucher.no-notice', [finding('kind', 'not_waiting', reason)]);
  };

const registerHandler =
  (deps: VoucherDeps): RouteHandler =>
  async (http) => {
    const region = await regionOfCaller(deps, http);
    const { year } = parseOrRefuse(z.object({ year: z.string().regex(/^20\d{2}$/) }), http.params, 'request.invalid');
    return { status: 200, body: VoucherRegisterView.parse(await registerOf(deps, region, year)) };
  };

async function voucherOfCaller(deps: VoucherDeps, http: HttpRequest): Promise<VoucherRow> {
  const region = await regionOfCaller(deps, http);
  const id = VoucherId.safeParse(http.params.voucherId);
  const row = id.success ? await deps.vouchers.read(id.data) : undefined;
  if (row?.region !== region) throw voucherNotFound();
  return row;
}

/** Who saw whose voucher, and when (F3): written before it is shown. */
function shown({ log }: VoucherDeps, { caller }: HttpRequest, row: VoucherRow, status = 200) {
  const { voucherId, region } = row;
  log.info('record.viewed', { voucherId, region, office: caller.office, role: caller.role, subject: caller.sub });
  return { status, body: viewOf(row) };
}
