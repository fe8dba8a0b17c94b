import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it, vi } from 'vitest';
import { matchedLine, newLine, waitingLine } from '../../functions/cases/money/bank-line.ts';
import { createBankLineStore } from '../../functions/cases/money/bank-line-store.ts';
import { StatementLine } from '../../schemas/money.ts';
import { awaitingCase, importOf, lineFor, numberOf } from '../support/bank.ts';
import { NOW } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';

const origin = {
  region: HANGZHOU,
  importNumber: importOf(1).importNumber,
  importedAt: NOW,
  importedBy: 'clerk-1',
  importedOffice: HANGZHOU_OFFICE,
};
const aBase = (n: number) =>
  newLine(StatementLine.parse(lineFor(awaitingCase({ n: 1, reference: `REFERENCE${100 + n}`, amountFen: 100 }))), origin);
const aRow = (n: number) => waitingLine(aBase(n), 'unknown-reference');
const rows = (count: number) => Array.from({ length: count }, (_, n) => aRow(n));

const cancelled = (reasons: CancellationReason[]) =>
  new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons: reasons });
/** What each request is answered, in turn: nothing, or a failure. */
function storeThatMeets(...answers: (Error | undefined)[]) {
  const send = vi.fn(async (_: TransactWriteCommand) => {
    const answer = answers.shift();
    if (answer) throw answer;
    return {};
  });
  const pause = vi.fn(async (_: number) => {});
  const store = createBankLineStore({ send } as unknown as DynamoDBDocumentClient, 'exchange', pause);
  const sent = () => send.mock.calls.map(([{ input }]) => input.TransactItems!.map(({ Put }) => Put!));
  return { store, sent, pause };
}

describe('adding lines (B12)', () => {
  it('goes a hundred to a request, each only if it is not there (B12)', async () => {
    const { store, sent } = storeThatMeets();
    expect(await store.add(rows(201))).toEqual(new Map());
    expect(sent().map((puts) => puts.length)).toEqual([100, 100, 1]);
    for (const { ConditionExpression, TableName } of sent().flat())
      expect([TableName, ConditionExpression]).toEqual(['exchange', 'attribute_not_exists(PK)']);
  });

  it('asks for nothing where there is nothing (B12)', async () => {
    const { store, sent } = storeThatMeets();
    await store.add([]);
    expect(sent()).toEqual([]);
  });

  it('tells those that were there, as they are, and adds the others without them (B12)', async () => {
    const there = matchedLine(aBase(1), numberOf(1), NOW, 'clerk-2');
    const { store, sent, pause } = storeThatMeets(
      cancelled([
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: marshall(there) as CancellationReason['Item'] },
        { Code: 'None' },
      ]),
    );
    expect(await store.add(rows(3))).toEqual(new Map([[there.lineId, there]]));
    expect(sent().map((puts) => puts.map(({ Item }) => Item!.lineId))).toEqual([
      rows(3).map(({ lineId }) => lineId),
      [aRow(0).lineId, aRow(2).lineId],
    ]);
    expect(pause).not.toHaveBeenCalled();
  });

  it('waits and tries again where somebody else writes one of them just then, and gives up at last (B12)', async () => {
    const conflict = () => cancelled([{ Code: 'None' }, { Code: 'TransactionConflict' }]);
    const passing = storeThatMeets(conflict(), conflict());
    await passing.store.add(rows(2));
    expect(passing.pause.mock.calls).toEqual([[1], [2]]);
    expect(passing.sent()).toHaveLength(3);
    const lasting = storeThatMeets(...Array.from({ length: 9 }, conflict));
    await expect(lasting.store.add(rows(2))).rejects.toThrow('at the same time');
    expect(lasting.sent()).toHaveLength(5);
  });

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'ValidationError'])(
    'throws what is cancelled for %s (B12)',
    async (Code) => {
      const fault = cancelled([{ Code }, { Code: 'None' }]);
      const { store } = storeThatMeets(fault);
      await expect(store.add(rows(2))).rejects.toBe(fault);
    },
  );

  it('throws any other fault (B12)', async () => {
    const fault = new Error('timeout');
    await expect(storeThatMeets(fault).store.add(rows(1))).rejects.toBe(fault);
    await expect(storeThatMeets(fault).store.replace(aRow(1))).rejects.toBe(fault);
  });
});
