import type { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { ApplicationRow } from '../../schemas/applications.ts';
import type { TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import { type BankLineRow, HandMoneyRow } from '../../schemas/money.ts';
import type { CaseNumber, IdempotencyKey, Instant, MessageId, OfficeCode, RegionCode, Sha256 } from '../../schemas/primitives.ts';
import { type CaseStatus, isFinal } from '../../schemas/procedures.ts';
import { type CommandAnswer, type HandledMessageRow, IdempotencyRow, OpenCaseRow, type SentMessageRow } from '../../schemas/rows.ts';
import { adviceUpdates } from './awaited-money.ts';
import { bankLineItems } from './bank-line-items.ts';
import { schemesOf } from './facts.ts';
import { freedItems, handMoneyItems, type MoneyRows } from './hand-money-items.ts';
import { applicationKey, idempotencyKey, type Key, messageKey, openCaseKey } from './keys.ts';
import { noticeItems } from './notice-items.ts';
import { personItems } from './person-items.ts';
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
  /** Line of a bank statement that this change matches: new, or the next version of the row that is there. */
  bankLine?: BankLineRow | undefined;
  /** What stood beside money that this change rejects. */
  freed?: MoneyRows | undefined;
  idempotency?: { office: OfficeCode; key: IdempotencyKey; bodyHash: Sha256; answer: CommandAnswer };
};

/** Why a change was not written: nothing of it was. */
export type CommitResult =
  | { kind: 'written' }
  /** Somebody else changed the case since it was read (or is changing it now): read again. */
  | { kind: 'conflict' }
  | { kind: 'key-used'; bodyHash: Sha256; answer?: CommandAnswer | undefined }
  | { kind: 'already-open'; caseNumber: CaseNumber }
  | { kind: 'handled-before' }
  /** The application that the case names is not there, or is not that of this person and former region (B23). */
  | { kind: 'parent-mismatch'; application: ApplicationRow | undefined }
  /** Another case has the bank line, somebody else changed it, or money confirmed by hand stands among the lines. */
  | { kind: 'line-taken' }
  /** Money of this bank reference is confirmed by hand already, for this case or another. */
  | { kind: 'hand-taken'; caseNumber: CaseNumber }
  /** Another case has taken the person's place meanwhile: there is nothing to give back, all else can be written. */
  | { kind: 'place-taken' };

export type WriteItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number] & { role: keyof typeof FAILURES };

const NEW = 'attribute_not_exists(PK)';
/** The counterpart has the message: it is pending no longer. */
export const DELIVERED = 'SET deliveredAt = :at REMOVE pendingShard, pendingSince, nextAttempt';
const FAILURES = {
  case: () => ({ kind: 'conflict' }),
  detail: () => ({ kind: 'conflict' }),
  handled: () => ({ kind: 'handled-before' }),
  delivered: () => ({ kind: 'handled-before' }),
  idempotency: (old) => ({ kind: 'key-used', ...IdempotencyRow.pick({ bodyHash: true, answer: true }).parse(old) }),
  open: (old) => ({ kind: 'already-open', caseNumber: OpenCaseRow.parse(old).caseNumber }),
  parent: (old) => ({ kind: 'parent-mismatch', application: ApplicationRow.optional().parse(old) }),
  release: () => ({ kind: 'place-taken' }),
  line: () => ({ kind: 'line-taken' }),
  hand: (old) => ({ kind: 'hand-taken', caseNumber: HandMoneyRow.parse(old).caseNumber }),
} satisfies Record<string, (old: unknown) => CommitResult>;

/** When several conditions fail at once, the first of these says most. */
const FAILURE_ORDER = ['idempotency', 'handled', 'delivered', 'open', 'parent', 'line', 'hand', 'case', 'detail', 'release'] as const;

/** The items of the one transaction that writes a change, each with its condition. `releases`: false where the place is another case's by now. */
export function writeItems(table: string, change: Change, releases = true): WriteItem[] {
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
    ...noticeItems(table, after, entry).map((item): WriteItem => ({ role: 'detail', ...item })),
    ...change.sent.map((row) => put('detail', row)),
    change.handled && put('handled', change.handled),
    change.unpark && { role: 'detail', Delete: { TableName: table, Key: change.unpark } },
    change.resolve && resolveQuarantined(table, change.resolve, entry.recordedAt),
    change.delivered && markDelivered(table, after, change.delivered),
    change.idempotency && put('idempotency', idempotencyRow(after.region, change.idempotency)),
    ...bankLineItems(table, change).map((item): WriteItem => ({ role: 'line', ...item })),
    ...handMoneyItems(table, change).map((item): WriteItem => ({ role: 'hand', ...item })),
    ...freedItems(table, change).map((item): WriteItem => ({ role: 'detail', ...item })),
    ...adviceUpdates(table, before, after).map((Update): WriteItem => ({ role: 'detail', Update })),
    ...personItems(table, before, after).map((item): WriteItem => ({ role: 'detail', ...item })),
    placeItem(table, before, after, releases),
    parentItem(table, before, after, entry.recordedAt),
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
    UpdateExpression: DELIVERED,
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

/**
 * A case takes the person's place for a former scheme and region as it begins and gives it back as it ends (A10). A case that transferOut began
 * yields to one that the same transferIn began in the same instant, until transferIn has spoken: then its own transaction has decided. A letter
 * that was forwarded takes nothing from anybody: at transferIn it holds the place of another former region.
 */
function placeItem(table: string, before: TransferCase | undefined, after: TransferCase, releases: boolean): WriteItem | undefined {
  const key = placeOf(after);
  if (!key) return undefined;
  if (!before) {
    if (!holdsPlace(after)) return undefined;
    const { caseNumber, counterpart } = after;
    const byMessage = after.sequences.handled > 0;
    const yields = after.side === 'transferOut' && !byMessage;
    const mayTake = after.side === 'transferOut' && byMessage && !after.letter?.forwardedFrom;
    return {
      role: 'open',
      Put: {
        TableName: table,
        Item: { ...key, caseNumber, ...(yields && { yields, counterpart }) },
        ConditionExpression: mayTake ? `${NEW} OR (yields = :true AND counterpart = :counterpart)` : NEW,
        ...(mayTake && { ExpressionAttributeValues: { ':true': true, ':counterpart': counterpart } }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }
  if (!releases || !holdsPlace(before)) return undefined;
  if (holdsPlace(after)) return isFirstWord(before, after) ? keepPlace(table, key, after) : undefined;
  return {
    role: 'release',
    Delete: {
      TableName: table,
      Key: key,
      ConditionExpression: 'caseNumber = :case',
      ExpressionAttributeValues: { ':case': after.caseNumber },
    },
  };
}

/** TransferIn has spoken for the first time in a case that transferOut began. */
const isFirstWord = (before: TransferCase, after: TransferCase): boolean =>
  before.side === 'transferOut' && before.sequences.handled === 0 && after.sequences.handled > 0;

/**
 * From now on it yields to nobody, and it takes the place again if the case that it yielded to has ended meanwhile. Where a third one has come
 * into the place a letter is refused (A10); nothing else is changed by it.
 */
const keepPlace = (table: string, key: Key, { caseNumber, status }: TransferCase): WriteItem => ({
  role: status === 'letter-received' ? 'open' : 'release',
  Put: {
    TableName: table,
    Item: { ...key, caseNumber },
    ConditionExpression: `${NEW} OR caseNumber = :case`,
    ExpressionAttributeValues: { ':case': caseNumber },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

/** A refused hand-over leaves the person free to apply again, even before he was told. */
const holdsPlace = ({ status }: TransferCase): boolean => !isFinal(status) && status !== 'ineligible';

/** Copies that transferOut made under the first version of the procedure have no place. */
function placeOf(state: TransferCase): Key | undefined {
  const { region, personHash, procedure, request } = state;
  if (!personHash) return undefined;
  if (state.side === 'transferOut') return openCaseKey(region, personHash, schemesOf(state).formerScheme, region);
  const { application, voucher } = state;
  if (application) {
    const scheme = procedure === '2016.1' ? application.scheme : application.voucher.scheme;
    return openCaseKey(region, personHash, scheme, application.formerRegion);
  }
  if (request) return openCaseKey(region, personHash, request.formerScheme, request.formerRegion);
  return voucher && openCaseKey(region, personHash, voucher.scheme, voucher.participationRegion);
}

/** The child enters its number with its parent as it begins, and how it ended as it ends (B23). */
function parentItem(table: string, before: TransferCase | undefined, after: TransferCase, at: Instant): WriteItem | undefined {
  if (after.side !== 'transferIn' || after.parent === undefined) return undefined;
  const formerRegion = after.application?.formerRegion ?? after.request?.formerRegion;
  if (formerRegion === undefined) throw new TypeError('a child of an application without application or request');
  const child = {
    TableName: table,
    Key: applicationKey(after.region, after.parent),
    ExpressionAttributeNames: { '#region': formerRegion },
  };
  if (!before) {
    return {
      role: 'parent',
      Update: {
        ...child,
        UpdateExpression: 'SET children.#region.caseNumber = :case',
        ConditionExpression:
          'personHash = :person AND attribute_exists(children.#region) AND attribute_not_exists(children.#region.caseNumber)',
        ExpressionAttributeValues: { ':case': after.caseNumber, ':person': after.personHash },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }
  if (!isFinal(after.status) || isFinal(before.status)) return undefined;
  return {
    role: 'detail',
    Update: {
      ...child,
      UpdateExpression: 'SET children.#region.outcome = :outcome, children.#region.decidedAt = :at, undecided = undecided - :one',
      ConditionExpression: 'children.#region.caseNumber = :case AND attribute_not_exists(children.#region.outcome)',
      ExpressionAttributeValues: { ':case': after.caseNumber, ':outcome': after.status, ':at': at, ':one': 1 },
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
