import { BatchGetCommand, type BatchGetCommandInput, type BatchGetCommandOutput, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Pause, shortPause } from './pause.ts';

type Keys = readonly { PK: string; SK: string }[];

/** Most keys of one BatchGetItem. */
const MOST_KEYS = 100;
/** Requests in a row that may read nothing. */
const FRUITLESS = 3;

/**
 * Reads rows of a table by their keys, all consistent and in no order; a key without a row is left out. What DynamoDB leaves unread (it answers with
 * 16 MB at most, and may be short of capacity) is asked for again. Throws when it goes on reading nothing.
 */
export function batchReader(client: DynamoDBDocumentClient, table: string, pause: Pause = shortPause) {
  async function readUpTo100(Keys: Keys): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    let asked: NonNullable<BatchGetCommandInput['RequestItems']> = { [table]: { Keys: [...Keys], ConsistentRead: true } };
    let fruitless = 0;
    for (;;) {
      const answer: BatchGetCommandOutput = await client.send(new BatchGetCommand({ RequestItems: asked }));
      const read = answer.Responses?.[table] ?? [];
      rows.push(...read);
      asked = answer.UnprocessedKeys ?? {};
      if (Object.keys(asked).length === 0) return rows;
      fruitless = read.length > 0 ? 0 : fruitless + 1;
      if (fruitless === FRUITLESS) throw new Error('DynamoDB left keys unread');
      await pause(Math.max(1, fruitless));
    }
  }

  return async (keys: Keys): Promise<Record<string, unknown>[]> => {
    const rows: Record<string, unknown>[] = [];
    for (let at = 0; at < keys.length; at += MOST_KEYS) rows.push(...(await readUpTo100(keys.slice(at, at + MOST_KEYS))));
    return rows;
  };
}
