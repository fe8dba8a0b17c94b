import type { BusinessMessage } from '../../../schemas/messages.ts';
import type { BankReference } from '../../../schemas/money.ts';
import type { RegionCode } from '../../../schemas/primitives.ts';
import { describeError } from '../../platform/log.ts';
import { type MatchDeps, placeAgain } from './match.ts';

/**
 * Money that came before its advice, or while that was in question, is tried again once a message has said something about it (B12). The
 * message is handled whatever becomes of this: a line that is not placed stays in the queue, where a person sees it.
 */
export async function placeAfterMessage(deps: MatchDeps, message: BusinessMessage): Promise<void> {
  try {
    const reference = await referenceIn(deps, message);
    if (reference !== undefined) await placeWaiting(deps, message.recipient, reference);
  } catch (error) {
    const { recipient: region, subject: caseNumber, id: messageId } = message;
    deps.log.warn('bank-line.not-tried', { region, caseNumber, messageId, ...describeError(error) });
  }
}

/** Reference of the advice that a message brings, corrects or explains. */
async function referenceIn({ store }: MatchDeps, message: BusinessMessage): Promise<BankReference | undefined> {
  switch (message.type) {
    case 'cn.jiexu.remittance-advice.v1':
    case 'cn.jiexu.remittance-advice.v2':
      return message.data.bankReference;
    case 'cn.jiexu.correction.v1':
      return message.data.about === 'remittance-advice' ? message.data.document.bankReference : undefined;
    case 'cn.jiexu.explanation.v1': {
      const state = await store.readCase(message.recipient, message.subject);
      const asked = state?.queries?.find(({ id }) => id === message.data.query);
      return asked?.about === 'remittance-advice' ? state?.advice?.bankReference : undefined;
    }
    default:
      return undefined;
  }
}

/** Tries every open line of a reference again, in the order of their days. */
export async function placeWaiting(deps: MatchDeps, region: RegionCode, reference: BankReference): Promise<void> {
  const { cases, lines } = await deps.bankLines.underReference(region, reference);
  const open = lines.filter(({ status }) => status === 'open');
  if (open.length === 0) return;
  const states = [...(await deps.bankLines.cases(region, cases)).values()];
  for (const row of open) await placeAgain(deps, row, states);
}
