import type { BusinessMessage } from '../../schemas/messages.ts';
import type { Person } from '../../schemas/person.ts';
import type { Instant, PersonHash } from '../../schemas/primitives.ts';
import { toInstant } from '../platform/clock.ts';
import type { Command } from './commands.ts';

/** The command that each message makes. Both versions of a document make the same: what the first demands the second allows (E9). */

type Opening = Extract<BusinessMessage, { type: `cn.jiexu.${'liaison-letter' | 'coverage-voucher' | 'transfer-request'}.v1` }>;

/** True of a message that can begin its recipient's copy of a case. */
export const isOpening = (message: BusinessMessage): message is Opening =>
  message.type === 'cn.jiexu.liaison-letter.v1' ||
  message.type === 'cn.jiexu.coverage-voucher.v1' ||
  message.type === 'cn.jiexu.transfer-request.v1';

export const personIn = ({ data }: Opening): Person => data.person;

const received = (message: BusinessMessage, receivedAt: Instant) => ({
  messageId: message.id,
  sequence: message.sequence,
  sentAt: sentAt(message, receivedAt),
});

/** The sender's signed word, but never after the arrival: its clock may go fast, and it would be late by that. */
function sentAt({ time }: BusinessMessage, receivedAt: Instant): Instant {
  const sent = toInstant(Date.parse(time));
  return sent < receivedAt ? sent : receivedAt;
}

/** An opening message's command names the procedure that its sender chose, and the person by the keyed hash. */
export function openingCommand(message: Opening, receivedAt: Instant, personHash: PersonHash): Command {
  const opening = { ...received(message, receivedAt), procedure: message.procedure, personHash };
  switch (message.type) {
    case 'cn.jiexu.liaison-letter.v1':
      return { name: 'receive-letter', letter: message.data, ...opening };
    case 'cn.jiexu.coverage-voucher.v1':
      return { name: 'receive-voucher', voucher: message.data, ...opening };
    case 'cn.jiexu.transfer-request.v1':
      return { name: 'receive-request', request: message.data, ...opening };
    default:
      return message satisfies never;
  }
}

export function commandOf(message: Exclude<BusinessMessage, Opening>, receivedAt: Instant): Command {
  const said = received(message, receivedAt);
  switch (message.type) {
    case 'cn.jiexu.eligibility-verdict.v1':
      return { name: 'receive-verdict', verdict: message.data, ...said };
    case 'cn.jiexu.remittance-advice.v1':
    case 'cn.jiexu.remittance-advice.v2':
      return { name: 'receive-remittance-advice', advice: message.data, ...said };
    case 'cn.jiexu.not-remitted.v1':
    case 'cn.jiexu.not-remitted.v2':
      return { name: 'receive-not-remitted', notice: message.data, ...said };
    case 'cn.jiexu.information-table.v1':
    case 'cn.jiexu.information-table.v2':
      return { name: 'receive-table', table: message.data, ...said };
    case 'cn.jiexu.completion-notice.v1':
    case 'cn.jiexu.completion-notice.v2':
      return { name: 'receive-completion', notice: message.data, ...said };
    case 'cn.jiexu.ineligibility-notice.v1':
      return { name: 'receive-ineligibility', notice: message.data, ...said };
    case 'cn.jiexu.forwarded.v1':
      return { name: 'receive-forwarded', notice: message.data, ...said };
    case 'cn.jiexu.query.v1':
      return { name: 'receive-query', query: message.data, ...said };
    case 'cn.jiexu.correction.v1':
      return { name: 'receive-correction', correction: message.data, ...said };
    case 'cn.jiexu.explanation.v1':
      return { name: 'receive-explanation', explanation: message.data, ...said };
    case 'cn.jiexu.withdrawal.v1':
      return { name: 'receive-withdrawal', withdrawal: message.data, ...said };
    case 'cn.jiexu.withdrawal-answer.v1':
      return { name: 'receive-withdrawal-answer', answer: message.data, ...said };
    case 'cn.jiexu.closure-proposal.v1':
      return { name: 'receive-closure-proposal', proposal: message.data, ...said };
    case 'cn.jiexu.closure-answer.v1':
      return { name: 'receive-closure-answer', answer: message.data, ...said };
    case 'cn.jiexu.scheme-withdrawal.v1':
      return { name: 'receive-scheme-withdrawal', notice: message.data, ...said };
    case 'cn.jiexu.scheme-withdrawal-answer.v1':
      return { name: 'receive-scheme-withdrawal-answer', answer: message.data, ...said };
    case 'cn.jiexu.reminder.v1':
      return { name: 'receive-reminder', reminder: message.data, ...said };
    default:
      return message satisfies never;
  }
}
