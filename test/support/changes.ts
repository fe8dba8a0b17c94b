import type { Change } from '../../functions/cases/change.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { messageKey } from '../../functions/cases/keys.ts';
import { caseNumberOf } from '../../functions/cases/numbers.ts';
import { transitionOf } from '../../functions/cases/procedures/index.ts';
import { pendingFrom } from '../../functions/cases/rows.ts';
import { hashOf } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { type CaseNumber, IdempotencyKey, MessageId, PersonHash } from '../../schemas/primitives.ts';
import type { HandledMessageRow, SentMessageRow } from '../../schemas/rows.ts';
import { COMMANDS, contextOf, messageFrom, money, move, NOW, type Step, TODAY } from './cases.ts';
import { application, CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from './documents.ts';

export const aCaseNumber = (n: number): CaseNumber => caseNumberOf(HANGZHOU, TODAY, n);
export const personHash = (n: number) => PersonHash.parse(String(n).padStart(64, '0'));
export const idempotencyKeyOf = (n: number) => IdempotencyKey.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
const messageIdOf = (n: number, step: number) => MessageId.parse(`00000000-0000-4000-9000-${String(n * 100 + step).padStart(12, '0')}`);

/** A decided step as `execute` hands it to the store. */
export function changeOf(before: Folded, step: Step, said: Partial<Change> = {}): Change {
  const { state: after, entry, decision } = move(before, step);
  const sent = decision.messages.map(
    (message): SentMessageRow => ({
      ...messageKey(after.region, after.caseNumber, message.id),
      direction: 'sent',
      messageId: message.id,
      caseNumber: after.caseNumber,
      region: after.region,
      counterpart: message.recipient,
      type: message.type,
      body: JSON.stringify(message),
      ...pendingFrom(after.caseNumber, NOW),
    }),
  );
  const allowedFrom = (before && transitionOf(before.procedure, before.side, step.command.name, before.status)?.from) ?? [];
  return { before, after, allowedFrom, entry, sent, ...said };
}

/** The usual way of the n-th case on either side, each step ready to be changed and committed. */
export function wayOf(n: number) {
  const caseNumber = aCaseNumber(n);
  const at = (i: number) => ({ caseNumber, messageId: messageIdOf(n, i), occurredAt: toInstant(Date.parse(NOW) + i * 1_000) });
  const open = { ...COMMANDS.open, application: application(n), personHash: personHash(n) };
  const clerkIn = (i: number, command: Step['command']): Step => ({ command, context: contextOf(HANGZHOU, at(i)) });
  const clerkOut = (i: number, command: Step['command']): Step => ({ command, context: contextOf(CHENGDU, at(i)) });
  const accepted = [clerkIn(1, open), clerkIn(2, COMMANDS.accept)];
  const sendLetter = clerkIn(3, COMMANDS['send-letter']);
  const state = accepted.reduce<Folded>((folded, step) => move(folded, step).state, undefined);
  const { letter } = move(state, sendLetter).state;
  if (!letter) throw new Error('no letter');
  const person = letter.person;
  const to = (i: number, region: typeof HANGZHOU, command: Step['command']): Step => ({
    command,
    context: contextOf(region, { ...at(i), actor: messageFrom(region === HANGZHOU ? CHENGDU : HANGZHOU) }),
  });
  const table = COMMANDS['receive-table'];
  const advice = COMMANDS['receive-remittance-advice'];
  const bankReference = `CD2026${String(n).padStart(8, '0')}`;
  return {
    caseNumber,
    transferIn: [
      ...accepted,
      sendLetter,
      to(4, HANGZHOU, { ...advice, advice: { ...advice.advice, person, bankReference } }),
      to(5, HANGZHOU, { ...table, table: { ...table.table, person } }),
      clerkIn(6, { name: 'confirm-money', money: money({ bankReference }) }),
      clerkIn(7, COMMANDS.complete),
    ],
    transferOut: [
      to(11, CHENGDU, { ...COMMANDS['receive-letter'], letter }),
      clerkOut(12, COMMANDS['confirm-termination']),
      clerkOut(13, COMMANDS.remit),
      clerkOut(14, COMMANDS['send-table']),
      to(15, CHENGDU, COMMANDS['receive-completion']),
    ],
  };
}

export const anIdempotency = (n: number, change: Change, body: unknown = {}): NonNullable<Change['idempotency']> => {
  const { caseNumber, region, version, status } = change.after;
  const answer = { caseNumber, region, version, status, recordedAt: change.entry.recordedAt };
  return { office: HANGZHOU_OFFICE, key: idempotencyKeyOf(n), bodyHash: hashOf(body), answer };
};

export const handledRow = (change: Change, n: number): HandledMessageRow => {
  const { region, caseNumber, counterpart } = change.after;
  const messageId = messageIdOf(n, 99);
  return {
    ...messageKey(region, caseNumber, messageId),
    ...pendingFrom(caseNumber, NOW),
    direction: 'handled',
    messageId,
    caseNumber,
    region,
    counterpart,
    type: 'cn.jiexu.liaison-letter.v1',
    body: '{}',
    receivedAt: NOW,
    receipt: '{}',
  };
};
