import type { TransferCase } from '../../schemas/cases.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { finding } from '../platform/errors.ts';
import type { CommandOf, Context, Decision } from './commands.ts';
import { assertChanged, correctionSent } from './corrections.ts';
import { adviceOf, assertSame, proposedBy, remit } from './decide-out.ts';
import { assertConsistent, contradiction, only } from './decisions.ts';
import { ofTransferIn, ofTransferOut, openQueryAbout } from './facts.ts';
import { reconciliationOf } from './reconcile.ts';
import { confirmedYourself, notByHand, wrongState } from './refusals.ts';

/** Money between the two regions: nobody moves or credits it alone (F2). */

/** 划转, first person (S94 6.2): what is to be paid, or, where the advice was queried, what it should have said (B9). */
export function proposeRemittance(state: TransferCase, { entry }: CommandOf<'propose-remittance'>, context: Context): Decision {
  const document = adviceOf(state, entry, context);
  const query = state.advice && openQueryAbout(state, 'counterpart', 'remittance-advice')?.id;
  const replaces = state.versions?.['remittance-advice'];
  // Said to the one who typed it, not to the second person.
  if (query && replaces) assertChanged(state, { about: 'remittance-advice', query, replaces, document });
  return only({ type: 'remittance-proposed', entry, ...(query && { query }), ...proposedBy(state, context) });
}

/** Second person: what was proposed goes out, at first as the advice, later as a correction of it. */
export function approveRemittance(state: TransferCase, { proposal }: CommandOf<'approve-remittance'>, context: Context): Decision {
  const { remittanceProposal, versions } = ofTransferOut(state);
  if (!remittanceProposal) throw wrongState(state);
  assertSame(proposal, remittanceProposal.proposal);
  const { entry, query } = remittanceProposal;
  const replaces = versions?.['remittance-advice'];
  if (!query || !replaces) return remit(state, { name: 'remit', entry }, context);
  return correctionSent(state, { about: 'remittance-advice', query, replaces, document: adviceOf(state, entry, context) }, context);
}

/** Money on the bank account of this region, agreeing with its advice to the fen; it counts by the bank's value date (S94 7). */
export function confirmMoney(state: TransferCase, { money, bankLine }: CommandOf<'confirm-money'>, { today, actor }: Context): Decision {
  const { advice, procedure } = state;
  const findings: (FieldError | false)[] = [
    money.valueDate > today && contradiction('valueDate', '到账日期在将来 (value date lies in the future)'),
    advice !== undefined &&
      money.valueDate < advice.remittedOn &&
      contradiction('valueDate', '到账日期早于划转日期 (value date is before the remittance)'),
    advice?.amountFen !== money.amountFen &&
      finding('amountFen', 'amount_mismatch', '到账金额与划转通知不一致 (amount differs from the remittance advice)'),
  ];
  assertConsistent(findings);
  const by = actor.kind === 'message' || procedure === '2016.1' ? {} : { by: actor.subject };
  return only({ type: 'money-received', money, ...by, ...(bankLine && { bankLine }) });
}

/**
 * What was confirmed is not this case's money: it awaits its own again, and the line, if there is one, a person (B12). A clock that this money
 * started stops; it never ran for anybody, so it made nobody late, and runs anew once the money is here.
 */
export function rejectMoney(state: TransferCase, { reason }: CommandOf<'reject-money'>, { actor, occurredAt }: Context): Decision {
  if (actor.kind !== 'caller') throw notByHand();
  const running = ofTransferIn(state).clocks.complete;
  const run = state.runs?.complete;
  const stops: Decision['events'] =
    running && running.stoppedAt === undefined
      ? [{ type: 'clock-stopped', clock: 'complete', stoppedAt: occurredAt, late: false, ...(run && { run }) }]
      : [];
  return only(...stops, { type: 'money-rejected', reason, by: actor.subject });
}

/** 计入个人账户 (S94 7.2): once, by another person than the one who confirmed the money, when all papers and the bank agree (B13). */
export function credit(state: TransferCase, _: CommandOf<'credit'>, { actor, confirmedBy }: Context): Decision {
  const transferIn = ofTransferIn(state);
  if (actor.kind !== 'caller') throw notByHand();
  if (!transferIn.money) throw wrongState(state);
  if (confirmedBy === actor.subject) throw confirmedYourself();
  return only({
    type: 'credited',
    amountFen: transferIn.money.amountFen,
    reconciliation: reconciliationOf(transferIn),
    by: actor.subject,
  });
}
