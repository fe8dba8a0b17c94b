import type { TransferInCase } from '../../schemas/cases.ts';
import { ReconciliationView } from '../../schemas/money.ts';
import { caseOfCaller } from '../cases/caller-case.ts';
import type { MatchDeps } from '../cases/money/match.ts';
import { differenceFindings, reconciliationOf } from '../cases/reconcile.ts';
import { finding, Refusal } from '../platform/errors.ts';
import type { RouteHandler } from '../platform/http.ts';

/** 三方核对 of one case (S94 7.1; B13): what stands where, and every difference to the fen. */
export const reconciliationHandler =
  (deps: Pick<MatchDeps, 'store' | 'directory' | 'log'>): RouteHandler =>
  async (http) => {
    const state = await caseOfCaller(deps, http);
    if (state.side !== 'transferIn') {
      throw new Refusal('case.wrong-state', [finding('side', 'other_side', '三方核对由转入地办理 (transferIn reconciles)')]);
    }
    const { caseNumber, region } = state;
    const { office, role, sub: subject } = http.caller;
    deps.log.info('record.viewed', { caseNumber, region, office, role, subject });
    return { status: 200, body: ReconciliationView.parse(reconciliationViewOf(state)) };
  };

/** `complete`: everything is in, or never comes, and nothing is left that somebody has to correct or explain. */
export function reconciliationViewOf(state: TransferInCase): ReconciliationView {
  const { caseNumber, table, advice, money, notRemitted, credit } = state;
  const reconciliation = reconciliationOf(state);
  const isAllIn = table !== undefined && (notRemitted !== undefined || (advice !== undefined && money !== undefined));
  return {
    ...reconciliation,
    caseNumber,
    ...(credit && { creditedFen: credit.amountFen }),
    complete: isAllIn && differenceFindings(reconciliation).length === 0,
  };
}
