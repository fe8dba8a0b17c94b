import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import { sha256 } from '../platform/canonical.ts';
import { attemptsKey, type Key } from './keys.ts';

export type AttemptStore<Subject extends string> = ReturnType<typeof createAttemptStore<Subject>>;
export type ProgressStore = AttemptStore<CaseNumber>;

const BUCKETS = 4096;
/** Questions that a bucket of numbers may get in an hour, good and bad ones alike. */
export const TRIES_IN_WINDOW = 30;
/** Two are the most that clocks in step need: the window is over, and somebody else has begun the next. */
const ROUNDS = 4;

/** Which counter a number is counted in. Many share one, so that the counters stay few whatever is asked for. */
export const bucketOf = (subject: string): number => Number.parseInt(sha256(subject).slice(0, 8), 16) % BUCKETS;

/** Counters of what persons ask about their cases. */
export const createProgressStore = (client: DynamoDBDocumentClient, table: string): ProgressStore =>
  createAttemptStore(client, table, attemptsKey);

/** Counters of what anybody may ask about a number; `keyOf` keeps one kind of question apart from another. */
export function createAttemptStore<Subject extends string>(
  client: DynamoDBDocumentClient,
  table: string,
  keyOf: (region: RegionCode, bucket: number) => Key,
) {
  /** False when the row is not as the condition says. */
  async function update(region: RegionCode, bucket: number, change: string, condition: string, values: Record<string, unknown>) {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: keyOf(region, bucket),
          UpdateExpression: change,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#window': 'window', '#tries': 'tries' },
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { done: true } as const;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { done: false, window: error.Item?.window?.S } as const;
    }
  }

  return {
    /**
     * Counts a question in the hour of `now`, with one write as a rule; false when the hour has had its number. Exact however many ask at
     * once: an hour begins once, and an instance whose clock is behind counts in the hour that has begun.
     */
    async count(region: RegionCode, subject: Subject, now: Instant): Promise<boolean> {
      const bucket = bucketOf(subject);
      const window = now.slice(0, 'YYYY-MM-DDTHH'.length);
      for (let n = 1; n <= ROUNDS; n += 1) {
        const counted = await update(region, bucket, 'SET #tries = #tries + :one', '#window >= :window AND #tries < :most', {
          ':window': window,
          ':one': 1,
          ':most': TRIES_IN_WINDOW,
        });
        if (counted.done) return true;
        if (counted.window !== undefined && counted.window >= window) return false;
        const begun = await update(
          region,
          bucket,
          'SET #window = :window, #tries = :one',
          'attribute_not_exists(#window) OR #window < :window',
          { ':window': window, ':one': 1 },
        );
        if (begun.done) return true;
      }
      throw new Error('the counter of questions changes faster than it can be read');
    },
  };
}
