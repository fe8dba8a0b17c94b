import { ImportEntry, type ImportRow, ImportView } from '../../schemas/imports.ts';
import { ImportNumber, type RegionCode } from '../../schemas/primitives.ts';
import { chinaDate } from '../calendar/china-time.ts';
import { regionOfCaller } from '../cases/commands-api.ts';
import { untilSettled } from '../cases/execute.ts';
import { importKey } from '../cases/keys.ts';
import { importNumberOf } from '../cases/numbers.ts';
import type { CaseStore } from '../cases/store.ts';
import type { Directory } from '../directory/reader.ts';
import type { Clock } from '../platform/clock.ts';
import { finding, parseOrRefuse, Refusal, refuse } from '../platform/errors.ts';
import { type HttpAnswer, type HttpRequest, httpHandler, type RouteHandler } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { ImportFiles } from './files.ts';
import type { ImportQueue } from './import-queue.ts';
import type { ImportStore } from './import-store.ts';

export type ImportsApiDeps = {
  imports: ImportStore;
  files: Pick<ImportFiles, 'uploadLink' | 'resultLink' | 'size'>;
  queue: Pick<ImportQueue, 'send'>;
  store: Pick<CaseStore, 'nextSequence'>;
  directory: Pick<Directory, 'office'>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
};

/** The HTTP function of group `imports`: a file is announced, uploaded by its link, started, and asked after (B12, E11). */
export const importsApi = (deps: ImportsApiDeps) => httpHandler(new Map(importRoutes(deps)), deps.log, deps.metrics);

/** Handlers by route key. */
export const importRoutes = (deps: ImportsApiDeps): [string, RouteHandler][] => [
  ['POST /v1/imports', createHandler(deps)],
  ['GET /v1/imports/{importNumber}', viewHandler(deps)],
  ['POST /v1/imports/{importNumber}/start', startHandler(deps)],
];

/** Announces a file. Its hash is its identity, so no idempotency key is asked for: the same file again is the same import. */
const createHandler =
  (deps: ImportsApiDeps): RouteHandler =>
  async (http) => {
    const region = await regionOfCaller(deps, http);
    const entry = parseOrRefuse(ImportEntry, http.body, 'request.invalid');
    if (entry.kind === 'commands' && entry.encoding !== 'utf-8') {
      refuse('request.invalid', finding('encoding', 'invalid_value', '批量办理文件须为 UTF-8 (a file of commands is UTF-8)'));
    }
    return untilSettled(async () => {
      const number = await deps.imports.numberOf(region, entry.sha256);
      return number === undefined ? announce(deps, http, region, entry) : announceAgain(deps, http, region, entry, number);
    });
  };

/** Undefined when somebody else announced the same bytes meanwhile. */
async function announce(deps: ImportsApiDeps, http: HttpRequest, region: RegionCode, entry: ImportEntry): Promise<HttpAnswer | undefined> {
  const { office } = http.caller;
  const createdAt = deps.clock.now();
  const date = chinaDate(createdAt);
  const importNumber = importNumberOf(office, date, await deps.store.nextSequence(region, office, date));
  const row: ImportRow = {
    ...importKey(region, importNumber),
    ...entry,
    importNumber,
    region,
    office,
    by: byOf(http),
    createdAt,
    ...UNREAD,
    version: 1,
  };
  return (await deps.imports.create(row)) ? { status: 201, body: await viewOf(deps, row) } : undefined;
}

const byOf = ({ caller: { sub, office, role } }: HttpRequest): ImportRow['by'] => ({ subject: sub, office, role });

/** While nothing of the file has come in, what was said of it may be said anew: it is awaited, or was refused whole before its first row. */
async function announceAgain(
  deps: ImportsApiDeps,
  http: HttpRequest,
  region: RegionCode,
  entry: ImportEntry,
  importNumber: ImportNumber,
): Promise<HttpAnswer | undefined> {
  const row = await deps.imports.read(region, importNumber);
  if (!row || row.office !== http.caller.office || !hasNothing(row)) {
    const reason = `该文件的导入编号为 ${importNumber} (the file is import ${importNumber})`;
    return refuse('import.repeated', finding('sha256', 'repeated', reason));
  }
  const { finishedAt: _, ...unfinished } = row;
  const again = await deps.imports.replace(row, { ...unfinished, ...entry, by: byOf(http), ...UNREAD });
  return again && { status: 200, body: await viewOf(deps, again) };
}

const hasNothing = ({ status }: ImportRow): boolean => status === 'awaiting-file' || status === 'refused';

const UNREAD = {
  status: 'awaiting-file',
  checkpoint: { offset: 0, line: 0, parts: 0 },
  counts: {},
  errors: [],
} satisfies Partial<ImportRow>;

const viewHandler =
  (deps: ImportsApiDeps): RouteHandler =>
  async (http) => ({ status: 200, body: await viewOf(deps, await importOfCaller(deps, http)) });

/** Starts the import of a file that has been uploaded. Starting again is harmless, and wakes up an import whose worker was lost. */
const startHandler =
  (deps: ImportsApiDeps): RouteHandler =>
  async (http) => {
    const row = await untilSettled(() => start(deps, http));
    if (row.status === 'queued' || (row.status === 'running' && isFree(deps, row))) await deps.queue.send(row);
    return { status: 200, body: await viewOf(deps, row) };
  };

const isFree = ({ clock }: ImportsApiDeps, { heldUntil }: ImportRow): boolean => heldUntil === undefined || heldUntil <= clock.now();

/** The import as it is once it has been started; undefined when somebody else changed it meanwhile. */
async function start(deps: ImportsApiDeps, http: HttpRequest): Promise<ImportRow | undefined> {
  const row = await importOfCaller(deps, http);
  if (row.status !== 'awaiting-file') return row;
  const size = await deps.files.size(row);
  if (size === undefined) refuse('import.file-missing', finding('importNumber', 'file_missing', '请先上传文件 (upload the file first)'));
  if (size !== row.bytes) {
    const reason = '文件长度与登记的不符，请重新上传 (not as long as was announced: upload it again)';
    refuse('import.file-differs', finding('bytes', 'file_differs', reason));
  }
  return deps.imports.replace(row, { ...row, status: 'queued' });
}

/** An import of the caller's office; another region's looks as if it did not exist. */
async function importOfCaller(deps: ImportsApiDeps, http: HttpRequest): Promise<ImportRow> {
  const region = await regionOfCaller(deps, http);
  const number = ImportNumber.safeParse(http.params.importNumber);
  const row = number.success ? await deps.imports.read(region, number.data) : undefined;
  if (!row)
    throw new Refusal('import.not-found', [finding('importNumber', 'unknown', '本地区没有该编号的导入 (no such import in the region)')]);
  if (row.office !== http.caller.office) {
    const reason = '该导入属于本地区另一机构 (another office of the region handed this file in)';
    throw new Refusal('caller.wrong-office', [finding('office', 'wrong_office', reason)]);
  }
  return row;
}

async function viewOf({ files }: ImportsApiDeps, row: ImportRow): Promise<ImportView> {
  const { importNumber, kind, office, createdAt, status, counts, errors, finishedAt } = row;
  const upload = status === 'awaiting-file' ? await files.uploadLink(row, row) : undefined;
  const resultUrl = status === 'done' ? await files.resultLink(row) : undefined;
  return ImportView.parse({ importNumber, kind, office, createdAt, status, counts, errors, finishedAt, upload, resultUrl });
}
