import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';

const LambdaState = z.looseObject({ payload: z.looseObject({ dynamodb_stream_positions: z.unknown() }) });

/**
 * MiniStack 1.5.33 saves how far each mapping has read a DynamoDB stream, but not the stream. After a restart a mapping waits beyond the end
 * of the new, empty stream and misses as many changes as it had read before. Without a saved position it begins at the new stream's start.
 */
export async function forgetStreamPositions(stateDir: string): Promise<void> {
  const file = path.join(stateDir, 'lambda.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return;
  }
  const state = LambdaState.safeParse(JSON.parse(text));
  if (!state.success) {
    return;
  }
  const { dynamodb_stream_positions: _, ...payload } = state.data.payload;
  await writeFile(file, JSON.stringify({ ...state.data, payload }));
}
