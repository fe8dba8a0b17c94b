import { ApplicationEntry, type ApplicationRow, ApplicationView } from '../../schemas/applications.ts';
import { ApplicationNumber, RegionCode } from '../../schemas/primitives.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { hashOf } from '../platform/canonical.ts';
import { finding, parseOrRefuse, Refusal, refuse } from '../platform/errors.ts';
import type { HttpRequest, RouteHandler } from '../platform/http.ts';
import type { ApplicationStore } from './application-store.ts';
import { idempotencyKeyIn, regionOfCaller } from './commands-api.ts';
import { bornInFuture } from './decide-application.ts';
import { untilSettled } from './execute.ts';
import { applicationKey } from './keys.ts';
import { applicationNumberOf } from './numbers.ts';
import { wrongOffice } from './refusals.ts';
import type { CaseDeps } from './request.ts';
import { ownDue } from './rows.ts';

export type ApplicationsApiDeps = Pick<CaseDeps, 'store' | 'directory' | 'clock' | 'personHash' | 'log'> & {
  applications: ApplicationStore;
};

/** Handlers of the application for several former regions (B23), by route key. */
export const applicationHandlers = (deps: ApplicationsApiDeps): [string, RouteHandler][] => [
  ['POST /v1/applications', createHandler(deps)],
  ['GET /v1/applications/{applicationNumber}', viewHandler(deps)],
];

const createHandler =
  (deps: ApplicationsApiDeps): RouteHandler =>
  async (http) => {
    const key = idempotencyKeyIn(http);
    const region = await regionOfCaller(deps, http);
    const { person, formerRegions } = parseOrRefuse(ApplicationEntry, http.body, 'request.invalid');
    if (formerRegions.includes(region)) {
      refuse('case.inconsistent', finding('formerRegions', 'contradiction', '原参保地含本地区 (your own region is among them)'));
    }
    const { office } = http.caller;
    const createdAt = deps.clock.now();
    const date = chinaDate(createdAt);
    if (bornInFuture(person.idNumber, date)) {
      const reason = '身份证号的出生日期在将来 (birth date in the ID number lies in the future)';
      refuse('case.inconsistent', finding('person.idNumber', 'future_birth', reason));
    }
    await assertKnown(deps, formerRegions);
    const applicationNumber = applicationNumberOf(region, date, await deps.store.nextSequence(region, region, date));
    const begun = {
      ...applicationKey(region, applicationNumber),
      applicationNumber,
      region,
      office,
      createdAt,
      children: Object.fromEntries(formerRegions.map((code) => [code, {}])),
      undecided: formerRegions.length,
    };
    const bodyHash = hashOf({ name: 'application', body: http.body });
    const created = await untilSettled(async () => {
      const row: ApplicationRow = { ...begun, personHash: await deps.personHash(person.idNumber, region) };
      const isNew = await deps.applications.create(row, person.idNumber, { office, key, bodyHash });
      return isNew === undefined ? undefined : isNew && row;
    });
    if (created) return { status: 201, body: await viewOf(deps, created) };
    const used = await deps.applications.readKey(region, office, key);
    const before = used?.bodyHash === bodyHash && (await deps.applications.read(region, used.applicationNumber));
    if (!before) throw new Refusal('request.key-reused', [finding('Idempotency-Key', 'reused', '请换用新的幂等键 (use a new key)')]);
    return { status: 201, body: await viewOf(deps, before) };
  };

/** A former region that nobody knows could never be decided, and the application never close. */
async function assertKnown({ directory }: ApplicationsApiDeps, codes: readonly RegionCode[]): Promise<void> {
  const records = await Promise.all(codes.map((code) => directory.region(code)));
  const unknown = records.flatMap((record, i) =>
    record ? [] : [finding(`formerRegions.${i}`, 'unknown', '目录中没有该统筹地区 (no such region in the directory)')],
  );
  if (unknown.length > 0) throw new Refusal('recipient.unknown', unknown);
}

const viewHandler =
  (deps: ApplicationsApiDeps): RouteHandler =>
  async (http) => {
    const region = await regionOfCaller(deps, http);
    const row = await deps.applications.read(region, applicationNumberIn(http));
    if (!row) throw notFound();
    if (row.office !== http.caller.office) throw wrongOffice();
    return { status: 200, body: await viewOf(deps, row) };
  };

function applicationNumberIn({ params }: HttpRequest): ApplicationNumber {
  const parsed = ApplicationNumber.safeParse(params.applicationNumber);
  if (!parsed.success) throw notFound();
  return parsed.data;
}

const notFound = (): Refusal =>
  new Refusal('application.not-found', [
    finding('applicationNumber', 'unknown', '本地区没有该编号的申请 (no such application in the region)'),
  ]);

/** Each child with its own clock; closed once every former region is decided. */
async function viewOf({ store }: ApplicationsApiDeps, row: ApplicationRow): Promise<ApplicationView> {
  const { applicationNumber, region, office, createdAt, undecided } = row;
  const children = await Promise.all(
    Object.entries(row.children).map(async ([code, child]) => {
      const state = child.caseNumber && (await store.readCase(region, child.caseNumber));
      return { formerRegion: RegionCode.parse(code), ...child, ...(state && { status: state.status, dueOn: ownDue(state) }) };
    }),
  );
  const decided = children.flatMap(({ decidedAt }) => decidedAt ?? []).sort();
  const closedAt = undecided === 0 ? decided.at(-1) : undefined;
  return ApplicationView.parse({ applicationNumber, region, office, createdAt, children, closedAt });
}
