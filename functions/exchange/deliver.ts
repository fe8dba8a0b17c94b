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
 * its delivered receipt comes; a receipt is never receipted, so its row is settled once the queue has all that the row holds. A recipient that
 * cannot be reached is no failure: the sweep tries again.
 * @returns whether the queue took all of it. Throws when our own table fails.
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
    for (const message of inboxMessages(row)) {
      await inboxes.send(inboxUrl, message);
      log.info('message.sent', at);
    }
    return true;
  } catch (error) {
    log.warn('message.send-failed', { ...at, ...describeError(error) });
    return false;
  }
}

/**
 * One group per recipient and case, so that a case that waits holds up no other. The queue must not take a new attempt for an old one. The
 * delivered receipt goes along with the opened one although a queue may have taken it before: a mark of that would only spare a copy that
 * changes nothing at its recipient.
 */
function inboxMessages(row: MessageRow): InboxMessage[] {
  const { messageId, attempts } = row;
  const groupId = `${row.counterpart}-${row.caseNumber}`;
  switch (row.direction) {
    case 'sent':
      return [{ body: row.body, groupId, deduplicationId: `${messageId}-${attempts}` }];
    case 'handled': {
      const delivered = { body: row.receipt, groupId, deduplicationId: `${messageId}-receipt-${attempts}` };
      return row.opened === undefined
        ? [delivered]
        : [delivered, { body: row.opened, groupId, deduplicationId: `${messageId}-opened-${attempts}` }];
    }
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
