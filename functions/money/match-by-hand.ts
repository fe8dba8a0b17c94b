import type { Actor, TransferCase } from '../../schemas/cases.ts';
import { MatchEntry } from '../../schemas/money.ts';
import { execute, untilSettled } from '../cases/execute.ts';
import { matchedLine } from '../cases/money/bank-line.ts';
import { confirmation, type MatchDeps } from '../cases/money/match.ts';
import { hasByHand } from '../cases/money/matching.ts';
import { caseNotFound, wrongOffice } from '../cases/refusals.ts';
import { finding, parseOrRefuse, Refusal } from '../platform/errors.ts';
import type { RouteHandler } from '../platform/http.ts';
import { assertNotConfirmed } from './belongs.ts';
import { answerLine, assertLineVersion, lineOfCaller } from './lines-api.ts';
import { changedByOther, wrongLineState } from './refusals.ts';

/** A person gives a line to a case of his office: what the reference could not say, he knows (B12). Another person credits it (F2). */
export const matchHandler =
  (deps: MatchDeps): RouteHandler =>
  async (http) => {
    const { caseNumber } = parseOrRefuse(MatchEntry, http.body, 'request.invalid');
    const row = await lineOfCaller(deps, http);
    const { sub: subject, office, role } = http.caller;
    // Said twice, for an answer that was lost.
    if (row.status === 'matched' && row.caseNumber === caseNumber && row.matchedBy === subject) return answerLine(deps, row);
    assertLineVersion(http, row);
    if (row.caseNumber || !(row.status === 'open' || row.status === 'return-proposed')) throw wrongLineState(row);
    await assertNotConfirmed(deps, row, caseNumber);
    const matched = matchedLine(row, caseNumber, deps.clock.now(), subject);
    await untilSettled(async () => {
      const state = await deps.store.readCase(row.region, caseNumber);
      if (!state) throw caseNotFound();
      if (state.office !== office) throw wrongOffice();
      return giveTo(deps, matched, state, { kind: 'caller', subject, office, role });
    });
    deps.log.info('bank-line.changed', { region: row.region, caseNumber, office, role, subject, command: 'match' });
    return answerLine(deps, matched);
  };

type Matched = ReturnType<typeof matchedLine>;

/** Undefined when the case has changed since it was read. */
async function giveTo(deps: MatchDeps, row: Matched, state: TransferCase, actor: Actor): Promise<true | undefined> {
  if (state.side === 'transferIn' && hasByHand(state, row.line)) {
    // The case has the money already, perhaps under a mistyped day: only the line is still to say so.
    const settled = await deps.bankLines.settle(row, state.moneyFrom === undefined);
    if (settled === 'line-taken') throw changedByOther();
    if (settled !== 'other-line') return settled === 'settled' ? true : undefined;
  }
  if (state.advice && state.advice.amountFen !== row.line.amountFen) {
    throw new Refusal('money.not-matching', [
      finding('amountFen', 'amount_mismatch', '到账金额与该业务的划转通知不一致 (the amount is not the one advised for the case)'),
    ]);
  }
  return (await execute(deps, confirmation(deps, row, state, actor), state)) && true;
}
