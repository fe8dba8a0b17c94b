import type { TransferCase } from '../../schemas/cases.ts';
import { awaitsMoney } from './facts.ts';
import { adviceKey, awaitedQueue, type Key } from './keys.ts';

/** The advice that money is awaited for, and whether it still is. */
type Awaited = { reference: string; queue: string | undefined; due: string };
type AdviceUpdate = {
  TableName: string;
  Key: Key;
  UpdateExpression: string;
  ExpressionAttributeValues: Record<string, string | Set<string>>;
};

function awaitedIn(state: TransferCase | undefined): Awaited | undefined {
  if (state?.side !== 'transferIn' || !state.advice) return undefined;
  const { advice, region, caseNumber } = state;
  return {
    reference: advice.bankReference,
    queue: awaitsMoney(state) ? awaitedQueue(region, advice.amountFen) : undefined,
    due: `${advice.remittedOn}#${caseNumber}`,
  };
}

/** Under which reference money came that its advice had announced under another. */
const otherReference = (state: TransferCase | undefined): string | undefined =>
  state?.side === 'transferIn' && state.money?.bankReference !== state.advice?.bankReference ? state.money?.bankReference : undefined;

/**
 * Keeps, for each bank reference, the cases whose advice or confirmed money names it, so that a line of a statement finds its case with one read
 * (B12), and shows by amount what is still awaited. Without conditions: adding to or taking from a set comes to the same however often it is done, and the
 * condition on the case guards the transaction.
 */
export function adviceUpdates(table: string, before: TransferCase | undefined, after: TransferCase): AdviceUpdate[] {
  const was = awaitedIn(before);
  const is = awaitedIn(after);
  const paidUnder = otherReference(before) === otherReference(after) ? undefined : otherReference(after);
  const isSame = was?.reference === is?.reference && was?.queue === is?.queue && was?.due === is?.due;
  if (isSame && paidUnder === undefined) return [];
  const cases = new Set([after.caseNumber]);
  const update = (reference: string, UpdateExpression: string, values: Record<string, string> = {}): AdviceUpdate => ({
    TableName: table,
    Key: adviceKey(after.region, reference),
    UpdateExpression,
    ExpressionAttributeValues: { ':cases': cases, ...values },
  });
  const updates: AdviceUpdate[] = paidUnder === undefined ? [] : [update(paidUnder, 'ADD cases :cases')];
  if (was && was.reference !== is?.reference) updates.push(update(was.reference, 'DELETE cases :cases REMOVE workOffice, workDue'));
  if (is?.queue === undefined) {
    if (is) updates.push(update(is.reference, 'ADD cases :cases REMOVE workOffice, workDue'));
    return updates;
  }
  updates.push(update(is.reference, 'ADD cases :cases SET workOffice = :queue, workDue = :due', { ':queue': is.queue, ':due': is.due }));
  return updates;
}
