import type { MessageStore } from '../../functions/cases/message-store.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import { type HandledMessageRow, MessageRow, type SentMessageRow } from '../../schemas/rows.ts';
import { aHandledRow, aSentRow, at } from './exchange.ts';
import { aKeyPair, aLetterEvent, aNoticeEvent, CHENGDU, HANGZHOU, sealed, uuid } from './messages.ts';

const { privateKey } = aKeyPair();

/** The letter that Hangzhou sent to Chengdu at 01:00:00, as its sender keeps it. */
export const aSentLetter = (n = 1, said: Partial<SentMessageRow> = {}, event: Record<string, unknown> = {}): SentMessageRow =>
  aSentRow(n, { type: 'cn.jiexu.liaison-letter.v1', body: sealed(privateKey, aLetterEvent(n, event)), ...said });

/** The same letter as Chengdu keeps it, which came to its inbox at 01:00:05. */
export const aHandledLetter = (n = 1, said: Partial<HandledMessageRow> = {}, event: Record<string, unknown> = {}): HandledMessageRow =>
  aHandledRow(n, { type: 'cn.jiexu.liaison-letter.v1', body: sealed(privateKey, aLetterEvent(n, event)), ...said });

const answer = (n: number, cause: number, said: Record<string, unknown>) =>
  sealed(privateKey, aNoticeEvent(n, { source: `urn:jiexu:region:${CHENGDU}`, recipient: HANGZHOU, causationid: uuid(cause), ...said }));

/** What Chengdu sent at `time` because of message `cause`, as Hangzhou keeps it. */
export const aHandledAnswer = (n: number, cause: number, receivedAt: string, said: Record<string, unknown> = {}): HandledMessageRow => {
  const own = aSentRow(n);
  return aHandledRow(n, {
    PK: own.PK,
    region: HANGZHOU,
    counterpart: CHENGDU,
    body: answer(n, cause, { sequence: 1, ...said }),
    receivedAt: at(receivedAt),
  });
};

/** The same answer as Chengdu keeps it. */
export const aSentAnswer = (n: number, cause: number, time: string): SentMessageRow => {
  const own = aHandledRow(n);
  return aSentRow(n, { PK: own.PK, region: CHENGDU, counterpart: HANGZHOU, body: answer(n, cause, { sequence: 1, time }) });
};

/** Rows in memory that obey the store's conditions. */
export function messageStoreInMemory(...rows: MessageRow[]) {
  const kept = new Map(rows.map((row) => [`${row.PK}|${row.SK}`, row]));
  const store: MessageStore = {
    ofCase: async (region, caseNumber) => [...kept.values()].filter((row) => row.region === region && row.caseNumber === caseNumber),
    async open({ PK, SK }, opening, now) {
      const there = kept.get(`${PK}|${SK}`);
      if (there?.direction !== 'handled') throw new Error('no such handled message');
      if (there.openedAt !== undefined) return there;
      const pendingSince = there.pendingSince ?? now;
      const opened = { ...there, ...opening, pendingShard: shardOf(there.caseNumber), pendingSince, nextAttempt: now };
      kept.set(`${PK}|${SK}`, opened);
      return opened;
    },
  };
  return { store, rows: () => [...kept.values()].map((row) => MessageRow.parse(row)) };
}
