import { type BankLineRow, ReturnApproval, ReturnEntry } from '../../schemas/money.ts';
import { chinaDate } from '../calendar/china-time.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { parseOrRefuse } from '../platform/errors.ts';
import type { HttpRequest, RouteHandler } from '../platform/http.ts';
import { assertNobodys } from './belongs.ts';
import { answerLine, assertLineVersion, lineOfCaller } from './lines-api.ts';
import { changedByOther, wrongLineState } from './refusals.ts';
import { returnApproved, returnProposed } from './returns.ts';

export const proposeHandler =
  (deps: MatchDeps): RouteHandler =>
  async (http) => {
    const entry = parseOrRefuse(ReturnEntry, http.body, 'request.invalid');
    const row = await lineOfCaller(deps, http);
    const { sub: by } = http.caller;
    // Said twice, for an answer that was lost.
    if (row.status === 'return-proposed' && row.return?.by === by && row.return.reason === entry.reason) return answerLine(deps, row);
    assertLineVersion(http, row);
    if (row.status === 'returned') throw wrongLineState(row);
    await assertNobodys(deps, row, http.caller.office);
    return write(deps, http, returnProposed(row, entry, { by, at: deps.clock.now() }), 'propose-return');
  };

export const approveHandler =
  (deps: MatchDeps): RouteHandler =>
  async (http) => {
    const approval = parseOrRefuse(ReturnApproval, http.body, 'request.invalid');
    const row = await lineOfCaller(deps, http);
    const { sub: by } = http.caller;
    if (row.status === 'returned' && row.return?.proposal === approval.proposal && row.return.approvedBy === by)
      return answerLine(deps, row);
    await assertNobodys(deps, row, http.caller.office);
    const at = deps.clock.now();
    return write(deps, http, returnApproved(row, approval, { by, at, today: chinaDate(at) }), 'approve-return');
  };

async function write(deps: MatchDeps, { caller }: HttpRequest, row: BankLineRow, command: string) {
  if (!(await deps.bankLines.replace(row))) throw changedByOther();
  const { region, caseNumber } = row;
  const { office, role, sub: subject } = caller;
  deps.log.info('bank-line.changed', { region, ...(caseNumber && { caseNumber }), office, role, subject, command });
  return answerLine(deps, row);
}
