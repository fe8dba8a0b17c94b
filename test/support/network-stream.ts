import { type DynamoDBStreamsClient, GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { caseNumberOfKey } from './network-hops.ts';
import type { StreamDefinition } from './network-infra.ts';
import type { Trail } from './network-invocations.ts';
import type { Witness } from './witness.ts';

export type StreamSettings = {
  /** `lost`: what the stream holds reaches nobody. */
  stream: 'working' | 'lost';
  /** Every invocation has one message, so that what it does belongs to one case. */
  oneByOne: boolean;
  trailOf: (caseNumber: string | undefined) => Trail | undefined;
};

type Reader = {
  settings: StreamSettings;
  seen: Witness;
  /** Nothing when the handler threw or died. */
  relay: (trail: Trail | undefined, event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse | undefined>;
};

/** The event source between the table's stream and `relay`: a shard in order, from the first record that is not done. */
export class StreamReader {
  readonly #client: DynamoDBStreamsClient;
  readonly #definition: StreamDefinition;
  readonly #reader: Reader;
  #iterator: string | undefined;
  #waiting: DynamoDBRecord[] = [];

  constructor(client: DynamoDBStreamsClient, iterator: string, definition: StreamDefinition, reader: Reader) {
    this.#client = client;
    this.#iterator = iterator;
    this.#definition = definition;
    this.#reader = reader;
  }

  /** Reads what is new and relays what waits. @returns how many things moved or still wait */
  async advance(): Promise<number> {
    const { settings, seen } = this.#reader;
    const { Records = [], NextShardIterator } = await this.#client.send(new GetRecordsCommand({ ShardIterator: this.#iterator }));
    this.#iterator = NextShardIterator;
    for (const { dynamodb } of Records) seen.attributes('stream', dynamodb?.Keys);
    if (settings.stream === 'lost') return Records.length;
    const { prefix, batchSize } = this.#definition;
    const passed = Records.filter(({ eventName, dynamodb }) => eventName === 'INSERT' && dynamodb?.Keys?.SK?.S?.startsWith(prefix));
    // Only the shape counts: keys and sequence number are what the view type KEYS_ONLY has.
    this.#waiting.push(...(passed as unknown as DynamoDBRecord[]));
    const before = this.#waiting.length;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, settings.oneByOne ? 1 : batchSize);
      const done = await this.#relayBatch(batch);
      this.#waiting.splice(0, done);
      // The shard waits; it goes on in the next round.
      if (done < batch.length) break;
    }
    return Records.length + before;
  }

  /** @returns how many records from the first on are done */
  async #relayBatch(Records: DynamoDBRecord[]): Promise<number> {
    const { settings, relay } = this.#reader;
    const trail = settings.oneByOne ? settings.trailOf(caseNumberOfKey(Records[0]?.dynamodb?.Keys?.PK?.S ?? '')) : undefined;
    const answer = await relay(trail, { Records });
    if (!answer) return 0;
    const failed = answer.batchItemFailures.map(({ itemIdentifier }) =>
      Records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
    );
    return failed.length === 0 ? Records.length : Math.min(...failed);
  }
}
