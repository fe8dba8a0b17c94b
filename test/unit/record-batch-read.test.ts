import type { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { batchReader } from '../../functions/platform/batch-read.ts';

type Key = { PK: string; SK: string };
const keys = (count: number): Key[] => Array.from({ length: count }, (_, i) => ({ PK: `p${i}`, SK: 's' }));

/** An engine that reads at most `most` rows of a request, and `refuses` that many requests before it reads anything. */
function engine(most: number, refuses = 0) {
  let refused = 0;
  const asked: number[] = [];
  const send = async (command: BatchGetCommand) => {
    const all = (command.input.RequestItems?.exchange?.Keys ?? []) as Key[];
    asked.push(all.length);
    refused += 1;
    const read = refused <= refuses ? [] : all.slice(0, most);
    const left = all.slice(read.length);
    return { Responses: { exchange: read }, UnprocessedKeys: left.length > 0 ? { exchange: { Keys: left, ConsistentRead: true } } : {} };
  };
  const pause = vi.fn(async (_tries: number) => {});
  return { asked, pause, read: batchReader({ send } as unknown as DynamoDBDocumentClient, 'exchange', pause) };
}

describe('reading many rows, as a person’s record does (B14)', () => {
  test('asks for 100 at most at once, and brings every one (B14)', async () => {
    const { asked, read, pause } = engine(100);
    expect(await read(keys(250))).toEqual(keys(250));
    expect([asked, pause.mock.calls]).toEqual([[100, 100, 50], []]);
  });

  test('goes on as long as every answer brings something: 16 MB may hold few rows (B14)', async () => {
    const { asked, read } = engine(10);
    expect(await read(keys(100))).toEqual(keys(100));
    expect(asked).toEqual([100, 90, 80, 70, 60, 50, 40, 30, 20, 10]);
  });

  test('waits longer after each answer that brings nothing, and then goes on (B14)', async () => {
    const { read, pause } = engine(100, 2);
    expect(await read(keys(3))).toEqual(keys(3));
    expect(pause.mock.calls).toEqual([[1], [2]]);
  });

  test('gives up after three answers that bring nothing: half of the rows are never taken for all (B14)', async () => {
    const { asked, read } = engine(100, 3);
    await expect(read(keys(3))).rejects.toThrow('unread');
    expect(asked).toEqual([3, 3, 3]);
  });

  test('of nothing asks nothing (B14)', async () => {
    const { asked, read } = engine(100);
    expect([await read([]), asked]).toEqual([[], []]);
  });
});
