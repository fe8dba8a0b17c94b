import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { CaseNumber, IdempotencyKey, MessageId, OfficeCode, RegionCode, Sha256 } from '../../schemas/primitives.ts';
import type { CaseStatus } from '../../schemas/procedures.ts';
import { type CommandAnswer, type HandledMessageRow, IdempotencyRow, OpenCaseRow, type SentMessageRow } from '../../schemas/rows.ts';
import { idempotencyKey, type Key, messageKey, openCaseKey } from './keys.ts';
import { caseRow, clockChanges, timelineRow } from './rows.ts';

/** One change of one case: everything in it is written together or not at all. */
export type Change = {
  before: TransferCase | undefined;
  after: TransferCase;
  /** States that the transition table allows the command in; repeated in the write condition. */
  allowedFrom: readonly CaseStatus[];
  entry: TimelineEntry;
  sent: readonly SentMessageRow[];
  handled?: HandledMessageRow;
  /** Row of a waiting message that this change handles. */
  unpark?: Key;
  /** Row of the same message in quarantine, where a copy of it was put before. */
  resolve?: Key;
  /** Sent message that a receipt tells was delivered. */
  delivered?: { messageId: MessageId; at: string };
  idempotency?: { office: OfficeCode; key: IdempotencyKey; bodyHash: Sha256; answer: CommandAnswer };
};

/** Why a change was not written: nothing of it was. */
export type CommitResult =
  | { kind: 'written' }
  /** Somebody else changed the case since it was read (or is changing it now): read again. */
  | { kind: 'conflict' }
  | { kind: 'key-used'; bodyHash: Sha256; answer: CommandAnswer }
  | { kind: 'already-open'; caseNumber: CaseNumber }
  | { kind: 'handled-before' };

export type WriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number] & { role: keyof typeof FAILURES };

const NEW = 'attribute_not_exists(PK)';
const FAILURES = {
  case: () => ({ kind: 'conflict' }),
  detail: () => ({ kind: 'conflict' }),
  handled: () => ({ kind: 'handled-before' }),
  delivered: () => ({ kind: 'handled-before' }),
  idempotency: (old) => ({ kind: 'key-used', ...IdempotencyRow.pick({ bodyHash: true, answer: true }).parse(old) }),
  open: (old) => ({ kind: 'already-open', caseNumber: OpenCaseRow.parse(old).caseNumber }),
} satisfies Record<string, (old: unknown) => CommitResult>;

/** When several conditions fail at once, the first of these says most. */
const FAILURE_ORDER = ['idempotency', 'handled', 'delivered', 'open', 'case', 'detail'] as const;

/** The items of the one transaction that writes a change, each with its condition. */
export function writeItems(table: string, change: Change): WriteItem[] {
  const { before, after, entry } = change;
  const put = (role: WriteItem['role'], Item: Record<string, unknown>): WriteItem => ({
    role,
    Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
  });
  const clocks = clockChanges(after, entry.events);
  const items: (WriteItem | undefined)[] = [
    before ? replaceCase(table, before, after, change.allowedFrom) : put('case', caseRow(after)),
    put('detail', timelineRow(after, entry)),
    ...clocks.started.map((row) => put('detail', row)),
    ...clocks.stopped.map(({ key, stoppedAt }) => stopClock(table, key, stoppedAt)),
    ...change.sent.map((row) => put('detail', row)),
    change.handled && put('handled', change.handled),
    change.unpark && { role: 'detail', Delete: { TableName: table, Key: change.unpark } },
    change.resolve && resolveQuarantined(table, change.resolve, entry.recordedAt),
    change.delivered && markDelivered(table, after, change.delivered),
    change.idempotency && put('idempotency', idempotencyRow(after.region, change.idempotency)),
    openCaseItem(table, before, after),
  ];
  return items.filter((item) => item !== undefined);
}

function replaceCase(table: string, before: TransferCase, after: TransferCase, allowedFrom: readonly CaseStatus[]): WriteItem {
  const states = Object.fromEntries(allowedFrom.map((status, i) => [`:from${i}`, status]));
  return {
    role: 'case',
    Put: {
      TableName: table,
      Item: caseRow(after),
      ConditionExpression: `#version = :version AND #status IN (${Object.keys(states).join(', ')})`,
      ExpressionAttributeNames: { '#version': 'version', '#status': 'status' },
      ExpressionAttributeValues: { ':version': before.version, ...states },
    },
  };
}

/** A stopped clock leaves the alert index in the same write, so that it can never alert late. */
const stopClock = (table: string, key: Key, stoppedAt: string): WriteItem => ({
  role: 'detail',
  Update: {
    TableName: table,
    Key: key,
    UpdateExpression: 'SET stoppedAt = :at REMOVE alertShard, nextAlert',
    ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(stoppedAt)',
    ExpressionAttributeValues: { ':at': stoppedAt },
  },
});

const markDelivered = (
  table: string,
  { region, caseNumber }: TransferCase,
  { messageId, at }: { messageId: MessageId; at: string },
): WriteItem => ({
  role: 'delivered',
  Update: {
    TableName: table,
    Key: messageKey(region, caseNumber, messageId),
    UpdateExpression: 'SET deliveredAt = :at REMOVE pendingShard, pendingSince, nextAttempt',
    ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(deliveredAt)',
    ExpressionAttributeValues: { ':at': at },
  },
});

/** Without a condition: the row is there, since the pointer that named it was written with it and neither is ever deleted. */
const resolveQuarantined = (table: string, key: Key, at: string): WriteItem => ({
  role: 'detail',
  Update: {
    TableName: table,
    Key: key,
    UpdateExpression: 'SET resolvedAt = if_not_exists(resolvedAt, :at)',
    ExpressionAttributeValues: { ':at': at },
  },
});

const idempotencyRow = (region: RegionCode, { office, key, bodyHash, answer }: NonNullable<Change['idempotency']>) => ({
  ...idempotencyKey(region, office, key),
  bodyHash,
  answer,
});

/** Opening takes the person's place for this scheme and former region; completing gives it back (A10). */
function openCaseItem(table: string, before: TransferCase | undefined, after: TransferCase): WriteItem | undefined {
  if (after.side !== 'transferIn') return undefined;
  const key = openCaseKey(after.region, after.personHash, after.application.scheme, after.counterpart);
  if (!before) {
    const Item = { ...key, caseNumber: after.caseNumber };
    return { role: 'open', Put: { TableName: table, Item, ConditionExpression: NEW, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } };
  }
  if (after.status !== 'completed' || before.status === 'completed') return undefined;
  return {
    role: 'detail',
    Delete: {
      TableName: table,
      Key: key,
      ConditionExpression: 'caseNumber = :case',
      ExpressionAttributeValues: { ':case': after.caseNumber },
    },
  };
}

/**
 * Which condition did not hold; a conflict when DynamoDB only says that another transaction is under way.
 * @throws the error itself when it was cancelled for anything else (throttling, a row too large, a fault): reading again mends none of these
 */
export function failureOf(items: readonly WriteItem[], error: TransactionCanceledException): CommitResult {
  const reasons = error.CancellationReasons ?? [];
  const failed = reasons.flatMap((reason, i) => {
    const item = items[i];
    return item && reason.Code === 'ConditionalCheckFailed' ? [{ role: item.role, old: reason.Item && unmarshall(reason.Item) }] : [];
  });
  const first = FAILURE_ORDER.flatMap((role) => failed.filter((failure) => failure.role === role))[0];
  if (first) return FAILURES[first.role](first.old);
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return { kind: 'conflict' };
  throw error;
}
