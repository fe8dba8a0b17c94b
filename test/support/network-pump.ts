import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { RegionCode } from '../../schemas/primitives.ts';
import type { PlainClients } from './network-aws.ts';
import type { MovableClock } from './network-clock.ts';
import type { Handlers } from './network-handlers.ts';
import { type Hop, type HopFaults, hopOf, noFaults } from './network-hops.ts';
import type { NetworkInfra } from './network-infra.ts';
import { Crash, invoke, type Trail } from './network-invocations.ts';
import type { Queue, Resources } from './network-resources.ts';
import { StreamReader, type StreamSettings } from './network-stream.ts';
import type { Witness } from './witness.ts';

/** What a test may turn while the network runs. */
export type PumpSettings = StreamSettings & {
  hops: HopFaults;
  /** Regions whose `receive` does not run. */
  down: Set<RegionCode>;
};

/**
 * What Lambda's event sources do in the product's name: invocations, and the polls that found something with the deletions that followed, by
 * the handler they feed. Polls that find nothing belong to the event source: they cost the same with and without cases.
 */
export type PumpCounts = {
  invocations: Record<'relay' | QueueHandler, number>;
  received: Record<QueueHandler, number>;
  deleted: Record<QueueHandler, number>;
};

type Delivered = { source: Source; message: Message };
type QueueHandler = 'dispatch' | 'receive' | 'imports';
type Source = { queue: Queue; hop: Hop['queue']; region: RegionCode | undefined; handler: QueueHandler; batchSize: number };

const AT_ONCE = 4;
const MOST_ROUNDS = 400;

/**
 * Lambda's event sources, in one process: the table's stream to `relay`, the send queue to `dispatch`, each inbox to `receive`, files to their
 * worker. Filter, batch sizes and queue attributes are those of `infra/`; what a handler reports or a crash leaves undone comes again.
 */
export class Pump {
  readonly settings: PumpSettings = {
    hops: noFaults,
    stream: 'working',
    down: new Set(),
    oneByOne: false,
    trailOf: () => undefined,
  };
  readonly counts: PumpCounts = {
    invocations: { relay: 0, dispatch: 0, receive: 0, imports: 0 },
    received: { dispatch: 0, receive: 0, imports: 0 },
    deleted: { dispatch: 0, receive: 0, imports: 0 },
  };
  readonly #clients: PlainClients;
  readonly #handlers: Handlers;
  readonly #clock: MovableClock;
  readonly #seen: Witness;
  readonly #sources: readonly Source[];
  readonly #stream: StreamReader;
  #delayed: { rounds: number; again: () => Promise<unknown> }[] = [];
  #held: { hop: Hop; again: () => Promise<unknown> }[] = [];
  #returned: Delivered[] = [];
  /** Messages whose fate on this hop was decided; one that comes again after a crash is not dropped or doubled a second time. */
  readonly #decided = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(
    clients: PlainClients,
    handlers: Handlers,
    infra: NetworkInfra,
    { sendQueue, importQueue, inboxes, streamIterator }: Resources,
    clock: MovableClock,
    seen: Witness,
  ) {
    this.#clients = clients;
    this.#handlers = handlers;
    this.#clock = clock;
    this.#seen = seen;
    this.#stream = new StreamReader(clients.streams, streamIterator, infra.stream, {
      settings: this.settings,
      seen,
      relay: (trail, event) => this.#invoke(trail, 'relay', () => handlers.relay(event)),
    });
    this.#sources = [
      { queue: sendQueue, hop: 'wake-ups', region: undefined, handler: 'dispatch', batchSize: infra.send.batchSize },
      { queue: importQueue, hop: 'imports', region: undefined, handler: 'imports', batchSize: infra.imports.batchSize },
      ...[...inboxes].map(
        ([region, queue]): Source => ({ queue, hop: 'inbox', region, handler: 'receive', batchSize: infra.inbox.batchSize }),
      ),
    ];
  }

  /** Runs until nothing moves any more. Back-offs of seconds are not waited for; what the sweep would send is left to the sweep. */
  settle(): Promise<void> {
    const settled = this.#running.then(() => this.#settle());
    this.#running = settled.catch(() => {});
    return settled;
  }

  async #settle(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) if ((await this.#round()) === 0) return;
    throw new Error(`the network was not quiet after ${MOST_ROUNDS} rounds`);
  }

  /** @returns how many things moved */
  async #round(): Promise<number> {
    const released = await this.#release();
    const open = this.#sources.filter(({ region }) => region === undefined || !this.settings.down.has(region));
    const moved = await Promise.all([this.#stream.advance(), ...open.map((source) => this.#drain(source))]);
    const returned = await this.#giveBack();
    return moved.reduce((sum, n) => sum + n, released + returned + this.#delayed.length);
  }

  async #release(): Promise<number> {
    const due = this.#delayed.filter(({ rounds }) => rounds <= 0);
    this.#delayed = this.#delayed.filter(({ rounds }) => rounds > 0).map(({ rounds, again }) => ({ rounds: rounds - 1, again }));
    for (const { again } of due) await again();
    return due.length;
  }

  /** One poller while little comes, more when its batches are full, as Lambda scales. */
  async #drain(source: Source): Promise<number> {
    const first = await this.#takeBatch(source);
    if (first < source.batchSize) return first;
    const pollers = Array.from({ length: AT_ONCE }, async () => {
      let moved = 0;
      for (;;) {
        const n = await this.#takeBatch(source);
        moved += n;
        if (n < source.batchSize) return moved;
      }
    });
    return (await Promise.all(pollers)).reduce((sum, n) => sum + n, first);
  }

  async #takeBatch(source: Source): Promise<number> {
    const { Messages = [] } = await this.#clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: source.queue.url,
        MaxNumberOfMessages: source.batchSize,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return 0;
    this.counts.received[source.handler] += 1;
    const arrived: Message[] = [];
    for (const message of Messages) if (await this.#arrives(source, message)) arrived.push(message);
    const batches = this.settings.oneByOne ? inGroups(arrived) : arrived.length > 0 ? [arrived] : [];
    await Promise.all(batches.map((batch) => this.#handleInTurn(source, batch)));
    return Messages.length;
  }

  /** In a group that is handled one by one, a message that comes back takes the ones after it back too. */
  async #handleInTurn(source: Source, batch: Message[]): Promise<void> {
    if (!this.settings.oneByOne) return void (await this.#handle(source, batch));
    for (const [index, message] of batch.entries()) {
      if (await this.#handle(source, [message])) continue;
      this.#returned.push(...batch.slice(index + 1).map((later) => ({ source, message: later })));
      return;
    }
  }

  /** @returns whether all were taken */
  async #handle(source: Source, batch: Message[]): Promise<boolean> {
    const { handler, hop, region, queue } = source;
    const Records = batch.map((message) => this.#record(source, message));
    const trail = this.settings.oneByOne ? this.settings.trailOf(hopOf(hop, region, Records[0]?.body ?? '').caseNumber) : undefined;
    const answer = await this.#invoke<SQSBatchResponse>(trail, handler, () => this.#handlers[handler]({ Records } satisfies SQSEvent));
    const failed = new Set(answer ? answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) : batch.map(idOf));
    const done = batch.filter((message) => !failed.has(idOf(message)));
    this.#returned.push(...batch.filter((message) => failed.has(idOf(message))).map((message) => ({ source, message })));
    if (done.length > 0) this.counts.deleted[handler] += 1;
    await this.#delete(queue, done);
    return failed.size === 0;
  }

  async #invoke<T>(trail: Trail | undefined, name: 'relay' | QueueHandler, handler: () => Promise<T>): Promise<T | undefined> {
    this.counts.invocations[name] += 1;
    try {
      return await invoke(trail, handler);
    } catch (error) {
      if (!(error instanceof Crash)) this.#seen.thrown(error);
      return undefined;
    }
  }

  #record({ queue, region }: Source, { MessageId, ReceiptHandle, Body, Attributes }: Message): SQSRecord {
    // The queue stamps with the machine's time. Which moment that was on the network's clock never changes, whenever the message is read.
    const SentTimestamp = String(this.#clock.when(Number(Attributes?.SentTimestamp)));
    return {
      messageId: MessageId!,
      receiptHandle: ReceiptHandle!,
      body: Body!,
      attributes: { ...Attributes, SentTimestamp } as unknown as SQSRecord['attributes'],
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion: region ?? '',
    };
  }

  /** Applies the test's faults to a message that comes for the first time. @returns whether it comes now */
  async #arrives({ queue, hop: on, region }: Source, message: Message): Promise<boolean> {
    const id = idOf(message);
    if (this.#decided.has(id)) return true;
    this.#decided.add(id);
    const hop = hopOf(on, region, message.Body!);
    const fault = this.settings.hops(hop);
    if (fault === 'none') return true;
    if (fault === 'duplicate') {
      await this.#sendAgain(queue, message);
      return true;
    }
    await this.#delete(queue, [message]);
    const again = () => this.#sendAgain(queue, message);
    if (fault === 'hold') this.#held.push({ hop, again });
    else if (fault !== 'drop') this.#delayed.push({ rounds: fault.delay, again });
    return false;
  }

  /** Sends what was held and is chosen. @returns how many */
  async release(choose: (hop: Hop) => boolean): Promise<number> {
    const chosen = this.#held.filter(({ hop }) => choose(hop));
    this.#held = this.#held.filter(({ hop }) => !choose(hop));
    await Promise.all(chosen.map(({ again }) => again()));
    return chosen.length;
  }

  async #sendAgain(queue: Queue, { Body, Attributes = {}, MessageId }: Message): Promise<void> {
    const group = Attributes.MessageGroupId;
    const fifo = group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: `again-${MessageId}` };
    const sent = await this.#clients.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: Body, ...fifo }));
    this.#decided.add(sent.MessageId!);
  }

  async #delete({ url }: Queue, messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    await this.#clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
  }

  /** What was not taken is visible again at once: the network waits for no visibility timeout. */
  async #giveBack(): Promise<number> {
    const returned = this.#returned;
    this.#returned = [];
    for (const [{ queue }, items] of Map.groupBy(returned, ({ source }) => source)) {
      for (let start = 0; start < items.length; start += 10) {
        const Entries = items
          .slice(start, start + 10)
          .map(({ message: { ReceiptHandle } }, n) => ({ Id: String(n), ReceiptHandle, VisibilityTimeout: 0 }));
        await this.#clients.sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queue.url, Entries }));
      }
    }
    return returned.length;
  }
}

const idOf = ({ MessageId }: Message): string => MessageId!;

const inGroups = (messages: readonly Message[]): Message[][] => [
  ...Map.groupBy(messages, ({ Attributes, MessageId }) => Attributes?.MessageGroupId ?? MessageId).values(),
];
