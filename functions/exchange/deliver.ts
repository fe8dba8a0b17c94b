import type { MessageRow } from '../../schemas/rows.ts';
import type { Directory } from '../directory/reader.ts';
import { describeError, type Log } from '../platform/log.ts';
import type { PendingStore } from './pending-store.ts';
import type { Inboxes, InboxMessage } from './queues.ts';

export type DeliverDeps = {
  directory: Pick<Directory, 'region'>;
  inboxes: Pick<Inboxes, 'send'>;
  pending: Pick<PendingStore, 'settle'>;
  log: Log;
};

/**
 * One attempt to bring what a pending row holds to the counterpart's inbox, byte for byte as it was signed. A sent message stays pending until
 * its delivered receipt comes; a receipt is never receipted, so its row is settled once the queue has it. A recipient that cannot be reached
 * is no failure: the sweep tries again.
 * @returns whether the queue took it. Throws when our own table fails.
 */
export async function deliver(deps: DeliverDeps, row: MessageRow): Promise<boolean> {
  if (!(await send(deps, row))) return false;
  if (row.direction === 'handled') await deps.pending.settle(row);
  return true;
}

async function send({ directory, inboxes, log }: DeliverDeps, row: MessageRow): Promise<boolean> {
  const at = named(row);
  try {
    const inboxUrl = (await directory.region(row.counterpart))?.inboxUrl;
    if (inboxUrl === undefined) {
      log.warn('message.undeliverable', at);
      return false;
    }
    await inboxes.send(inboxUrl, inboxMessage(row));
    log.info('message.sent', at);
    return true;
  } catch (error) {
    log.warn('message.send-failed', { ...at, ...describeError(error) });
    return false;
  }
}

/** One group per recipient and case, so that a case that waits holds up no other. The queue must not take a new attempt for an old one. */
function inboxMessage(row: MessageRow): InboxMessage {
  const groupId = `${row.counterpart}-${row.caseNumber}`;
  switch (row.direction) {
    case 'sent':
      return { body: row.body, groupId, deduplicationId: `${row.messageId}-${row.attempts}` };
    case 'handled':
      return { body: row.receipt, groupId, deduplicationId: `${row.messageId}-receipt-${row.attempts}` };
  }
}

const named = ({ region, counterpart, caseNumber, messageId, type, direction, attempts }: MessageRow) => ({
  region,
  counterpart,
  caseNumber,
  messageId,
  messageType: direction === 'sent' ? type : 'cn.jiexu.receipt.v1',
  attempts,
});
