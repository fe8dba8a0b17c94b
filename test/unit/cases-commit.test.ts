import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { failureOf, type WriteItem, writeItems } from '../../functions/cases/change.ts';
import type { Command } from '../../functions/cases/commands.ts';
import { untilSettled } from '../../functions/cases/execute.ts';
import { bankLineKey } from '../../functions/cases/keys.ts';
import { applicationNumberOf } from '../../functions/cases/numbers.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { BankLineRow, StatementLine } from '../../schemas/money.ts';
import { caseApi, caseStoreInMemory } from '../support/case-api.ts';
import { caseIn, letterNumber, NOW, stateAfter, TODAY } from '../support/cases.ts';
import { aCaseNumber, anIdempotency, changeOf, handledRow, wayOf } from '../support/changes.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';

const { transferIn } = wayOf(1);
const opening = changeOf(undefined, transferIn[0]!);
const child = changeOf(undefined, {
  ...transferIn[0]!,
  command: { ...transferIn[0]!.command, parent: applicationNumberOf(HANGZHOU, TODAY, 1) } as Command,
});
const completing = changeOf(stateAfter(transferIn.slice(0, -1)), transferIn.at(-1)!);
const line = { account: '123456789012', valueDate: TODAY, amountFen: 1_234_567, bankReference: 'CD20260302000001', payer: '演示付款人' };
/** The money of the case, found on a statement; `version` 1 was not there before. */
const bankLine = (version: number) =>
  BankLineRow.parse({
    ...bankLineKey(HANGZHOU, StatementLine.parse(line)),
    kind: 'bank-line',
    lineId: `${line.bankReference}~${line.valueDate}~${line.amountFen}`,
    region: HANGZHOU,
    line,
    importNumber: letterNumber(HANGZHOU_OFFICE),
    importedAt: NOW,
    importedBy: '330100-one',
    importedOffice: HANGZHOU_OFFICE,
    version,
    status: 'matched',
    caseNumber: opening.after.caseNumber,
    matchedAt: NOW,
  });
const advised = stateAfter(transferIn.slice(0, 5));
const paidByHand = changeOf(advised, transferIn[5]!);
const paid = { ...changeOf(advised, transferIn[5]!), bankLine: bankLine(1) };
const whole = {
  ...changeOf(changeOf(opening.after, transferIn[1]!).after, transferIn[2]!),
  handled: handledRow(opening, 1),
  unpark: { PK: 'p', SK: 's' },
  delivered: { messageId: handledRow(opening, 2).messageId, at: opening.entry.recordedAt },
  idempotency: anIdempotency(1, opening),
};

/** DynamoDB's answer when it cancels a transaction: one reason per item, `None` where the item was in order. */
const cancelled = (codes: readonly string[], old?: Record<string, unknown>) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code, ...(old && Code === 'ConditionalCheckFailed' && { Item: marshall(old) }) })),
  });
const storeThatAnswers = (answer: () => unknown) => {
  const send = vi.fn(async (_command: unknown) => answer());
  return { send, store: createCaseStore({ send } as unknown as DynamoDBDocumentClient, 'exchange') };
};
const failing = (fault: unknown) =>
  storeThatAnswers(() => {
    throw fault;
  });

describe('the one transaction of a change', () => {
  const items = writeItems('exchange', whole);
  const conditionOf = ({ Put, Update, Delete }: WriteItem) => (Put ?? Update ?? Delete)?.ConditionExpression;

  test('has every write in it, each on its own key and with its condition; only a parked row may be gone already', () => {
    expect(items.map(({ role }) => role).sort()).toEqual([
      'case',
      'delivered',
      'detail',
      'detail',
      'detail',
      'detail',
      'handled',
      'idempotency',
    ]);
    expect(items.filter((item) => conditionOf(item) === undefined)).toEqual([
      { role: 'detail', Delete: { TableName: 'exchange', Key: whole.unpark } },
    ]);
    const keys = items.map(({ Put, Update, Delete }) => {
      const { PK, SK } = Put?.Item ?? Update?.Key ?? Delete!.Key!;
      return `${PK} ${SK}`;
    });
    expect(new Set(keys).size).toBe(items.length);
  });

  test('goes to DynamoDB in one request', async () => {
    const { send, store } = storeThatAnswers(() => ({}));
    expect(await store.commit(whole)).toEqual({ kind: 'written' });
    expect(send).toHaveBeenCalledOnce();
    const command = send.mock.calls[0]![0];
    expect(command).toBeInstanceOf(TransactWriteCommand);
    expect((command as TransactWriteCommand).input.TransactItems).toHaveLength(items.length);
  });

  test('repeats the transition table in the condition of the case row', () => {
    expect(items.find(({ role }) => role === 'case')?.Put).toMatchObject({
      ConditionExpression: '#version = :version AND #status IN (:from0)',
      ExpressionAttributeValues: { ':version': 2, ':from0': 'accepted' },
    });
  });

  test('cancelled for TransactionConflict anywhere in it is a conflict: read again (DynamoDB Local never says this)', async () => {
    for (const i of items.keys()) {
      const { store } = failing(cancelled(items.map((_, j) => (i === j ? 'TransactionConflict' : 'None'))));
      expect(await store.commit(whole)).toEqual({ kind: 'conflict' });
    }
  });

  test.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'ItemCollectionSizeLimitExceeded', 'ValidationError'])(
    'cancelled for %s is a fault: the case did not change, and reading it again mends nothing',
    async (code) => {
      for (const i of items.keys()) {
        const fault = cancelled(items.map((_, j) => (i === j ? code : 'None')));
        await expect(failing(fault).store.commit(whole)).rejects.toBe(fault);
      }
    },
  );

  test('cancelled without reasons is a fault too', async () => {
    const fault = new TransactionCanceledException({ message: '', $metadata: {} });
    await expect(failing(fault).store.commit(whole)).rejects.toBe(fault);
  });

  test('a conflict beside a failed condition says what the condition says', () => {
    const codes = items.map(({ role }) => (role === 'handled' ? 'ConditionalCheckFailed' : 'TransactionConflict'));
    expect(failureOf(items, cancelled(codes))).toEqual({ kind: 'handled-before' });
  });

  test('every condition that fails alone has its own meaning', () => {
    const meanings = {
      case: 'conflict',
      detail: 'conflict',
      handled: 'handled-before',
      delivered: 'handled-before',
      idempotency: 'key-used',
      open: 'already-open',
      parent: 'parent-mismatch',
      release: 'place-taken',
      line: 'line-taken',
      hand: 'hand-taken',
    };
    const { bodyHash, answer } = whole.idempotency;
    // What DynamoDB hands back of the row that stood there; none where there was none.
    const olds: Partial<Record<WriteItem['role'], Record<string, unknown>>> = {
      open: { PK: 'p', SK: 'L', caseNumber: aCaseNumber(7) },
      hand: { PK: 'p', SK: 'HAND', caseNumber: aCaseNumber(7) },
      idempotency: { PK: 'p', SK: 's', bodyHash, answer },
    };
    const transactions = [whole, opening, child, paid, paidByHand, completing].map((change) => writeItems('exchange', change));
    expect(new Set(transactions.flatMap((all) => all.map(({ role }) => role)))).toEqual(new Set(Object.keys(meanings)));
    for (const all of transactions) {
      for (const [at, { role }] of all.entries()) {
        const codes = all.map((_, j) => (j === at ? 'ConditionalCheckFailed' : 'None'));
        expect(failureOf(all, cancelled(codes, olds[role])).kind, role).toBe(meanings[role]);
      }
    }
  });

  test('takes a bank line that is new, or that belongs to nobody yet in the version that was read (B12)', () => {
    const conditionOfLine = (version: number) =>
      writeItems('exchange', { ...paid, bankLine: bankLine(version) }).find(({ role }) => role === 'line')?.Put;
    expect(conditionOfLine(1)).toMatchObject({ ConditionExpression: 'attribute_not_exists(PK)' });
    expect(conditionOfLine(3)).toMatchObject({
      ConditionExpression: expect.stringMatching(/^#version = :previous AND #status /),
      ExpressionAttributeValues: expect.objectContaining({ ':previous': 2, ':open': 'open' }),
    });
  });

  test('any other fault is thrown', async () => {
    const fault = Object.assign(new Error('timeout'), { name: 'TimeoutError' });
    await expect(failing(fault).store.commit(whole)).rejects.toBe(fault);
  });
});

describe('reading', () => {
  test('asks again, after a pause, for rows that DynamoDB left unread', async () => {
    const left = { exchange: { Keys: [{ PK: 'p', SK: 's' }], ConsistentRead: true } };
    const answers = [{ UnprocessedKeys: left }, { UnprocessedKeys: left }, {}];
    const send = vi.fn(async (_command: unknown) => answers.shift());
    const pause = vi.fn(async (_tries: number) => {});
    const store = createCaseStore({ send } as unknown as DynamoDBDocumentClient, 'exchange', pause);
    expect(await store.readForReceipt(HANGZHOU, aCaseNumber(1), whole.delivered.messageId, sha256('body'))).toEqual({});
    expect(send.mock.calls.slice(1).map(([command]) => (command as BatchGetCommand).input.RequestItems)).toEqual([left, left]);
    expect(pause.mock.calls).toEqual([[1], [2]]);
  });

  test('of two rows that comes back half is a fault, never a missing case', async () => {
    const { store } = storeThatAnswers(() => ({ Responses: {}, UnprocessedKeys: { exchange: { Keys: [{}] } } }));
    await expect(store.readForMessage(HANGZHOU, aCaseNumber(1), HANGZHOU, 1, sha256('body'))).rejects.toThrow('unread');
    await expect(store.readForReceipt(HANGZHOU, aCaseNumber(1), whole.delivered.messageId, sha256('body'))).rejects.toThrow('unread');
  });

  test('of a case to decide on is consistent', async () => {
    const { send, store } = storeThatAnswers(() => ({ Responses: {} }));
    await store.readForMessage(HANGZHOU, aCaseNumber(1), HANGZHOU, 1, sha256('body'));
    const command = send.mock.calls[0]![0] as BatchGetCommand;
    expect(command).toBeInstanceOf(BatchGetCommand);
    expect(command.input.RequestItems?.exchange?.ConsistentRead).toBe(true);
  });
});

describe('a case that changes while a command is decided', () => {
  const state = caseIn('opened');
  const withConflicts = (count: number) => {
    const memory = caseStoreInMemory();
    memory.put(state);
    const { commit, readCase } = memory.store;
    let left = count;
    const reads = vi.fn(readCase);
    const store = {
      ...memory.store,
      readCase: reads,
      commit: async (change: Parameters<typeof commit>[0]) => {
        left -= 1;
        return left >= 0 ? ({ kind: 'conflict' } as const) : commit(change);
      },
    };
    return { api: caseApi(store), reads, memory };
  };

  test.each([0, 1, 2, 3])('%d times is read and decided again', async (conflicts) => {
    const { api, reads } = withConflicts(conflicts);
    const { status } = await api.command('accept', { caseNumber: state.caseNumber });
    expect([status, reads.mock.calls.length]).toEqual([200, conflicts + 1]);
  });

  test('four times is told that it is busy, and nothing is stored', async () => {
    const { api, memory } = withConflicts(4);
    const { status, body, headers } = await api.command('accept', { caseNumber: state.caseNumber });
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'case.busy', '1']);
    expect([...memory.cases.values()]).toEqual([state]);
  });

  test('three pauses stand between four tries', async () => {
    const pause = vi.fn(async (_tries: number) => {});
    await expect(untilSettled(async () => undefined, pause)).rejects.toThrow('case.busy');
    expect(pause.mock.calls).toEqual([[1], [2], [3]]);
  });

  test('a refusal ends the tries at once', async () => {
    const attempt = vi.fn(async () => {
      throw new Error('refused');
    });
    await expect(untilSettled(attempt)).rejects.toThrow('refused');
    expect(attempt).toHaveBeenCalledOnce();
  });
});
