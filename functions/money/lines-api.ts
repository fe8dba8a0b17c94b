import { BankLineId, type BankLineRow, BankLinesView, BankLineView, type Candidate, UNMATCHED_REASONS } from '../../schemas/money.ts';
import type { RegionCode } from '../../schemas/primitives.ts';
import { chinaDate, dayNumber } from '../calendar/china-time.ts';
import { regionOfCaller } from '../cases/commands-api.ts';
import { bankLineQueue } from '../cases/keys.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { cursorIn, cursorOf } from '../cases/work-cursor.ts';
import { finding, Refusal } from '../platform/errors.ts';
import { expectedVersionIn, type HttpAnswer, type HttpRequest, type RouteHandler } from '../platform/http.ts';
import { candidatesOf } from './candidates.ts';

const PAGE = 25;
/** Cases of the same amount that are looked at: a list is to answer at once, a person who opens a line looks closer. */
const LOOK_IN_LIST = 10;
const LOOK_AT_ONE = 100;

/** Money that waits for a person, the oldest first. It is the region's: each of its offices sees it. */
export const listHandler =
  (deps: MatchDeps): RouteHandler =>
  async (http) => {
    const region = await regionOfCaller(deps, http);
    const { rows, next } = await deps.bankLines.queue(region, PAGE, cursorIn(http, bankLineQueue(region)));
    const candidates = await candidatesOf(deps.bankLines, region, rows, LOOK_IN_LIST);
    logView(deps, http, region, rows);
    const items = rows.map((row) => viewOf(deps, row, candidates.get(row.lineId)));
    return { status: 200, body: BankLinesView.parse({ region, items, nextCursor: cursorOf(next) }) };
  };

export const lineHandler =
  (deps: MatchDeps): RouteHandler =>
  async (http) => {
    const row = await lineOfCaller(deps, http);
    logView(deps, http, row.region, [row]);
    return answerLine(deps, row);
  };

/** What a payer writes names persons, so it is logged who saw it (F3). */
function logView({ log }: MatchDeps, { caller }: HttpRequest, region: RegionCode, rows: readonly BankLineRow[]): void {
  log.info('bank-lines.viewed', { region, office: caller.office, role: caller.role, subject: caller.sub, count: rows.length });
}

/** A line of the caller's own region; another region's looks as if it did not exist. */
export async function lineOfCaller(deps: MatchDeps, http: HttpRequest): Promise<BankLineRow> {
  const region = await regionOfCaller(deps, http);
  const id = BankLineId.safeParse(http.params.lineId).data;
  const row = id && (await deps.bankLines.lines(region, [id])).get(id);
  if (row) return row;
  throw new Refusal('money.line-not-found', [finding('lineId', 'unknown', '本地区没有该笔到账 (the region has no such line)')]);
}

/** The version that the caller was looking at. */
export function assertLineVersion(http: HttpRequest, { version }: BankLineRow): void {
  const expected = expectedVersionIn(http);
  if (expected === undefined || expected === version) return;
  throw new Refusal('money.stale-version', [finding('If-Match', 'stale', `当前版本为 ${version} (the version is ${version})`)]);
}

export async function answerLine(deps: MatchDeps, row: BankLineRow): Promise<HttpAnswer> {
  const candidates = await candidatesOf(deps.bankLines, row.region, [row], LOOK_AT_ONE);
  return { status: 200, body: BankLineView.parse(viewOf(deps, row, candidates.get(row.lineId))) };
}

function viewOf({ clock }: MatchDeps, row: BankLineRow, candidates: readonly Candidate[] = []) {
  const { lineId, line, status, version, reason, caseNumber } = row;
  return {
    lineId,
    line,
    status,
    version,
    reason,
    reasonText: reason && UNMATCHED_REASONS[reason],
    ageDays: dayNumber(chinaDate(clock.now())) - dayNumber(line.valueDate),
    caseNumber,
    return: row.return,
    candidates,
  };
}
