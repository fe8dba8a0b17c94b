import { TimelineEntry } from '../../../schemas/cases.ts';
import type { BusinessMessage } from '../../../schemas/messages.ts';
import { BankReference } from '../../../schemas/money.ts';
import type { MessageId, RegionCode } from '../../../schemas/primitives.ts';
import { describeError } from '../../platform/log.ts';
import { type MatchDeps, placeAgain } from './match.ts';

/**
 * Money that came before its advice, or while that was in question, is tried again once a message has said something about it (B12). The
 * message is handled whatever becomes of this: a line that is not placed stays in the queue, where a person sees it.
 */
export async function placeAfterMessage(deps: MatchDeps, message: BusinessMessage): Promise<void> {
  try {
    for (const reference of await referencesIn(deps, message)) await placeWaiting(deps, message.recipient, reference);
  } catch (error) {
    const { recipient: region, subject: caseNumber, id: messageId } = message;
    deps.log.warn('bank-line.not-tried', { region, caseNumber, messageId, ...describeError(error) });
  }
}

/** References of the advice that a message brings, corrects or explains: where it was mistyped before, another case may be the only one now. */
async function referencesIn({ store }: MatchDeps, message: BusinessMessage): Promise<BankReference[]> {
  const { recipient: region, subject: caseNumber } = message;
  switch (message.type) {
    case 'cn.jiexu.remittance-advice.v1':
    case 'cn.jiexu.remittance-advice.v2':
      return [message.data.bankReference];
    case 'cn.jiexu.correction.v1':
      if (message.data.about !== 'remittance-advice') return [];
      return [message.data.document.bankReference, ...replacedIn(await store.timeline(region, caseNumber), message.id)];
    case 'cn.jiexu.explanation.v1': {
      const state = await store.readCase(region, caseNumber);
      const asked = state?.queries?.find(({ id }) => id === message.data.query);
      return asked?.about === 'remittance-advice' && state?.advice ? [state.advice.bankReference] : [];
    }
    default:
      return [];
  }
}

/** The reference that a correction took away, as the entry tells it that the message made; none where it kept it. */
function replacedIn(timeline: readonly unknown[], messageId: MessageId): BankReference[] {
  const events = timeline.flatMap((entry) => TimelineEntry.safeParse(entry).data?.events ?? []);
  const correction = events.find((event) => event.type === 'correction-received' && event.messageId === messageId);
  if (correction?.type !== 'correction-received') return [];
  const before = correction.changes.find(({ field }) => field === 'bankReference')?.before;
  const reference = before === undefined ? undefined : BankReference.safeParse(JSON.parse(before)).data;
  return reference === undefined ? [] : [reference];
}

/** Tries every open line of a reference again, in the order of their days. */
export async function placeWaiting(deps: MatchDeps, region: RegionCode, reference: BankReference): Promise<void> {
  const { cases, lines } = await deps.bankLines.underReference(region, reference);
  const open = lines.filter(({ status }) => status === 'open');
  if (open.length === 0) return;
  const states = [...(await deps.bankLines.cases(region, cases)).values()];
  for (const row of open) await placeAgain(deps, row, states);
}
