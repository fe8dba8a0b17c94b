import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { parkedKey } from '../../functions/cases/keys.ts';
import type { HandleDeps } from '../../functions/exchange/handle.ts';
import type { Lane, ParkingStore } from '../../functions/exchange/parking-store.ts';
import type { QuarantineStore } from '../../functions/exchange/quarantine-store.ts';
import { shardOf } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { BusinessMessage } from '../../schemas/messages.ts';
import { type Instant, MessageId, type RegionCode } from '../../schemas/primitives.ts';
import type { HandledMessageRow, ParkedRow, QuarantineRow, SentMessageRow } from '../../schemas/rows.ts';
import { aCaseNumber, CHENGDU, HANGZHOU, uuid } from './messages.ts';

export const at = (text: string): Instant => toInstant(Date.parse(text));

const nameOf = ({ PK, SK }: { PK: string; SK: string }) => `${PK}|${SK}`;

/** Rows in memory that obey the stores' conditions. */
export function parkingInMemory() {
  const rows = new Map<string, ParkedRow>();
  const inLane = ({ region, caseNumber, sender }: Lane) =>
    [...rows.values()].filter(({ PK, SK }) => PK === `R#${region}#C#${caseNumber}` && SK.startsWith(`P#${sender}#`));
  const store: ParkingStore = {
    async park(row) {
      const there = rows.get(nameOf(row));
      if (there) return there.messageId === row.messageId ? 'parked-before' : 'conflict';
      rows.set(nameOf(row), row);
      return 'parked';
    },
    firstParked: async (lane) => inLane(lane).sort((a, b) => (a.SK < b.SK ? -1 : 1))[0],
    async unpark(row) {
      rows.delete(nameOf(row));
    },
  };
  return { rows, store };
}

export function quarantineInMemory(parked: Map<string, ParkedRow>) {
  const rows = new Map<string, QuarantineRow>();
  const ofBody = ({ region, bodyHash }: QuarantineRow) =>
    [...rows].find(([, there]) => there.region === region && there.bodyHash === bodyHash)?.[0];
  const change = (row: QuarantineRow, said: Partial<QuarantineRow>) => {
    const there = rows.get(nameOf(row));
    if (!there || there.replayedAt !== undefined || ('code' in said && there.resolvedAt !== undefined)) return false;
    rows.set(nameOf(row), { ...there, ...said });
    return true;
  };
  const store: QuarantineStore = {
    async quarantine(row) {
      if (ofBody(row) !== undefined) return false;
      rows.set(nameOf(row), row);
      return true;
    },
    async quarantineParked(waiting, row) {
      if (!parked.delete(nameOf(waiting))) return false;
      const name = ofBody(row) ?? nameOf(row);
      const { replayedAt: _, replayedBy: __, resolvedAt: ___, ...there } = rows.get(name) ?? row;
      rows.set(name, { ...there, code: row.code, path: row.path });
      return true;
    },
    get: async (key) => rows.get(nameOf(key)),
    async list(region, limit, after) {
      const mine = [...rows.values()].filter((row) => row.region === region).sort((a, b) => (a.SK > b.SK ? -1 : 1));
      const following = mine.filter(({ SK }) => after === undefined || SK < after.SK);
      return { rows: following.slice(0, limit), more: following.length >= limit };
    },
    markReplayed: async (row, replayedAt, replayedBy) => change(row, { replayedAt, replayedBy }),
    noteFailure: async (row, failure) => change(row, failure),
  };
  const pointed = (body: string) => [...rows.values()].find((row) => row.body === body);
  return { rows, store, pointed };
}

/** One copy of each case, reduced to the order of its messages: what `acceptMessage` promises, without any rule. */
export function casesInMemory(parking: ReturnType<typeof parkingInMemory>, quarantine: ReturnType<typeof quarantineInMemory>) {
  const handled: { message: BusinessMessage; receivedAt: Instant; receipt: string }[] = [];
  const accept: HandleDeps['cases']['acceptMessage'] = async ({ message, body, receivedAt: arrivedAt, makeReceipt }) => {
    const own = [...parking.rows].find(([, { messageId }]) => messageId === message.id);
    const quarantined = quarantine.pointed(body);
    const receivedAt = [arrivedAt, own?.[1].receivedAt ?? arrivedAt, quarantined?.receivedAt ?? arrivedAt].sort()[0]!;
    // All that is slow comes first, as a transaction is one step.
    const receipt = await makeReceipt(receivedAt);
    if (handled.some(({ message: { id } }) => id === message.id)) return { outcome: 'duplicate' };
    const count = handled.filter(({ message: { subject } }) => subject === message.subject).length;
    if (message.sequence <= count) throw new Refusal('message.sequence-conflict', []);
    if (message.sequence !== count + 1) return { outcome: 'early', receivedAt };
    handled.push({ message, receivedAt, receipt });
    if (own) parking.rows.delete(own[0]);
    if (quarantined) quarantine.rows.set(nameOf(quarantined), { ...quarantined, resolvedAt: receivedAt });
    const next = [...parking.rows.values()].find(
      ({ PK, SK }) => PK.endsWith(message.subject) && Number(SK.slice(-6)) === message.sequence + 1,
    );
    return { outcome: 'handled', next };
  };
  return { handled, accept };
}

type Inbound = { region?: RegionCode; sentAt?: string; group?: string; id?: string; receiveCount?: number };

/** A record as Lambda gets it from an inbox. */
export const inboxRecord = (body: string, said: Inbound = {}): SQSRecord => ({
  messageId: said.id ?? uuid(500),
  receiptHandle: `handle-${said.id ?? uuid(500)}`,
  body,
  attributes: {
    ApproximateReceiveCount: String(said.receiveCount ?? 1),
    SentTimestamp: String(Date.parse(said.sentAt ?? '2026-11-20T01:00:05.678Z')),
    SenderId: 'sender',
    ApproximateFirstReceiveTimestamp: '0',
    MessageGroupId: said.group ?? `${CHENGDU}-${aCaseNumber()}`,
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws-cn:sqs:cn-north-1:000000000000:jiexu-inbox-${said.region ?? CHENGDU}.fifo`,
  awsRegion: 'cn-north-1',
});

export const batch = (...Records: SQSRecord[]): SQSEvent => ({ Records });

const pendingRow = {
  caseNumber: aCaseNumber(),
  type: 'cn.jiexu.completion-notice.v1',
  attempts: 0,
  pendingShard: '3',
  pendingSince: at('2026-11-20T01:00:00Z'),
  nextAttempt: at('2026-11-20T01:02:00Z'),
} as const;

/** What Hangzhou sent to Chengdu and no receipt has confirmed. */
export const aSentRow = (n = 1, said: Partial<SentMessageRow> = {}): SentMessageRow => ({
  ...pendingRow,
  PK: `R#${HANGZHOU}#C#${pendingRow.caseNumber}`,
  SK: `M#${uuid(n)}`,
  direction: 'sent',
  messageId: MessageId.parse(uuid(n)),
  region: HANGZHOU,
  counterpart: CHENGDU,
  body: `{"the":"bytes of ${n}"}`,
  ...said,
});

/** What Chengdu handled and has not sent the receipt of. */
export const aHandledRow = (n = 1, said: Partial<HandledMessageRow> = {}): HandledMessageRow => ({
  ...pendingRow,
  PK: `R#${CHENGDU}#C#${pendingRow.caseNumber}`,
  SK: `M#${uuid(n)}`,
  direction: 'handled',
  messageId: MessageId.parse(uuid(n)),
  region: CHENGDU,
  counterpart: HANGZHOU,
  body: '{}',
  receivedAt: at('2026-11-20T01:00:05Z'),
  receipt: `{"receipt":"of ${n}"}`,
  ...said,
});

/** What Hangzhou sent to Chengdu too early on Friday 2026-11-20; its alert comes when Tuesday the 24th is over in China. */
export const aParkedRow = (sequence = 2, said: Partial<ParkedRow> = {}): ParkedRow => {
  const { caseNumber = aCaseNumber(), region = CHENGDU, counterpart = HANGZHOU } = said;
  return {
    ...parkedKey(region, caseNumber, counterpart, sequence),
    kind: 'parked',
    messageId: MessageId.parse(uuid(sequence)),
    caseNumber,
    region,
    counterpart,
    sequence,
    body: `{"n":${sequence}}`,
    receivedAt: at('2026-11-20T01:00:05Z'),
    alertShard: shardOf(caseNumber),
    nextAlert: at('2026-11-24T16:00:00Z'),
    ...said,
  };
};

/** The pending part of a row that has nothing to send any more. */
export const settled = { pendingShard: undefined, pendingSince: undefined, nextAttempt: undefined };
