import { randomUUID } from 'node:crypto';
import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { casePartition } from '../../functions/cases/keys.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { BEGINNING_PATHS, type Caller, type QuarantineView } from '../../schemas/api.ts';
import { TimelineEntry, type TransferCase } from '../../schemas/cases.ts';
import { CaseNumber, type OfficeCode, type RegionCode } from '../../schemas/primitives.ts';
import type { ProblemDetail } from '../../schemas/problems.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import type { CommandAnswer } from '../../schemas/rows.ts';
import { applicationBody, CHENGDU, HANGZHOU, HANGZHOU_OFFICE, withOwnReference } from './documents.ts';
import { awsAccount, handlerClients, type PlainClients, plainClients, type Request, type Watch } from './network-aws.ts';
import { type Duration, type MovableClock, milliseconds, movableClock } from './network-clock.ts';
import { type Handlers, handlersFor } from './network-handlers.ts';
import type { ApiRequest } from './network-http.ts';
import type { NetworkInfra } from './network-infra.ts';
import { Crash, invoke, type Trail } from './network-invocations.ts';
import { Pump } from './network-pump.ts';
import { type Capabilities, createResources, fillDirectory, type ReadTopic, type Resources } from './network-resources.ts';
import { type Witness, witness } from './witness.ts';

export type NetworkOptions = {
  endpoint: string;
  infra: NetworkInfra;
  /** Names the file of what was logged. */
  name: string;
  regions?: readonly RegionCode[];
  capabilities?: Capabilities;
  /** What the network's clock shows at first; `now` is the machine's time. */
  start?: string;
  /** Sees every request of the product. */
  watch?: Watch;
};

/** What a topic hands to its subscribers. */
export type Published = { Message: string; MessageAttributes?: Record<string, { Value: string }> };

/** What a command answers, or the problem in its place. */
export type Spoken = CommandAnswer & Omit<ProblemDetail, 'status'>;
export type Answer<T = Spoken> = { status: number; body: T };

export type Said = {
  body?: unknown;
  /** Idempotency key; a fresh one when absent. */
  key?: string;
  role?: Caller['role'];
  /** Which person of the office; the same name is the same person. */
  person?: string;
  ifMatch?: number;
  headers?: Record<string, string>;
};

/** Before Chengdu's synthetic documents are stale, on a working day, mid-morning in China. */
export const START = '2026-03-02T02:00:00.000Z';

/** Any number of regions in this process: the product's handlers, a real local AWS with an account of its own, a clock that can be moved. */
export class TestNetwork {
  /** Number of the account that all its resources lie in. */
  readonly account: string;
  readonly clock: MovableClock;
  readonly seen: Witness;
  readonly resources: Resources;
  readonly clients: PlainClients;
  readonly handlers: Handlers;
  readonly pump: Pump;
  /** Each may fail a request of the product by throwing, as a network does. */
  readonly troubles = new Set<(request: Request) => void>();
  readonly #store: ReturnType<typeof createCaseStore>;

  static async start(options: NetworkOptions): Promise<TestNetwork> {
    const { endpoint, infra, name, start = START, regions = [HANGZHOU, CHENGDU] } = options;
    const account = awsAccount(endpoint);
    const clients = plainClients(account);
    const resources = await createResources(clients, infra, regions);
    const clock = movableClock(start === 'now' ? undefined : start);
    const seen = witness(name);
    await fillDirectory(clients, resources, clock, seen, options.capabilities);
    return new TestNetwork(options, account, clients, resources, clock, seen);
  }

  private constructor(
    options: NetworkOptions,
    account: ReturnType<typeof awsAccount>,
    clients: PlainClients,
    resources: Resources,
    clock: MovableClock,
    seen: Witness,
  ) {
    this.account = account.account;
    this.clients = clients;
    this.resources = resources;
    this.clock = clock;
    this.seen = seen;
    const watch: Watch = {
      before: (request) => {
        for (const trouble of this.troubles) trouble(request);
        witnessAttributes(seen, request);
        options.watch?.before(request);
      },
      after: (request, output) => options.watch?.after(request, output),
    };
    this.handlers = handlersFor(handlerClients(account, watch), resources, clock, seen);
    this.pump = new Pump(clients, this.handlers, options.infra, resources, clock, seen);
    this.#store = createCaseStore(clients.documents, resources.tables.exchange);
  }

  get settings() {
    return this.pump.settings;
  }

  /** Ends the test's use of it and keeps what was logged for the scan. */
  close(): void {
    this.seen.save();
    const { dynamo, streams, sqs, kms, sns, s3 } = this.clients;
    for (const client of [dynamo, streams, sqs, kms, sns, s3]) client.destroy();
  }

  /** A clerk's request, as the HTTP API hands it on. Throws Crash when the trail says so. */
  request<T = Spoken>(request: ApiRequest, trail?: Trail): Promise<Answer<T>> {
    return invoke(trail, () => this.handlers.api(request));
  }

  /** A clerk of Hangzhou takes in the application of the n-th person, who leaves Chengdu. */
  open(n: number, { body = { application: applicationBody(n) }, ...said }: Said = {}, trail?: Trail): Promise<Answer> {
    return this.begin(HANGZHOU_OFFICE, 'open', { body, ...said }, trail);
  }

  /** A command that begins a case. */
  begin(office: OfficeCode, name: ClerkCommandName, said: Said, trail?: Trail): Promise<Answer> {
    return this.submit(office, BEGINNING_PATHS.get(name)!, said, trail);
  }

  command(office: OfficeCode, caseNumber: string, name: ClerkCommandName, said: Said = {}, trail?: Trail): Promise<Answer> {
    const body = withOwnReference(said.body, caseNumber);
    return this.submit(office, `/v1/cases/${caseNumber}/${name}`, { ...said, body }, trail);
  }

  /** What a clerk does when no answer comes: the same once more, under the same key. */
  async untilAnswered(send: (key: string) => Promise<Answer>): Promise<Answer> {
    const key = randomUUID();
    for (;;) {
      try {
        return await send(key);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  }

  /** What a person of an office posts, under a key of its own. */
  submit<T = Spoken>(office: OfficeCode, path: string, said: Said = {}, trail?: Trail): Promise<Answer<T>> {
    const { body = {}, key = randomUUID(), role = 'clerk', person, ifMatch, headers = {} } = said;
    const match: Record<string, string> = ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` };
    const caller = { office, role, ...(person !== undefined && { sub: `${person}-${office}` }) };
    return this.request<T>({ caller, method: 'POST', path, body, headers: { 'idempotency-key': key, ...match, ...headers } }, trail);
  }

  get<T>(office: OfficeCode, path: string): Promise<Answer<T>> {
    return this.request<T>({ caller: { office, role: 'clerk' }, method: 'GET', path });
  }

  async quarantine(office: OfficeCode): Promise<QuarantineView['items']> {
    return (await this.get<QuarantineView>(office, '/v1/quarantine')).body.items;
  }

  replay(office: OfficeCode, id: string) {
    const path = `/v1/quarantine/${id}/replay`;
    return this.request<{ outcome: string; code: string }>({ caller: { office, role: 'supervisor' }, method: 'POST', path });
  }

  /** Lets everything under way arrive. */
  settle(): Promise<void> {
    return this.pump.settle();
  }

  /** Moves the clock; nothing happens by that alone. */
  advance(by: Duration): void {
    this.clock.advance(by);
  }

  /** The minute's run of the sweep over pending messages. */
  sweep(trail?: Trail): Promise<number> {
    return invoke(trail, () => this.handlers.sweepPending());
  }

  /** The five minutes' run of the sweep over deadlines. */
  sweepDeadlines(trail?: Trail): Promise<number> {
    return invoke(trail, () => this.handlers.sweepDeadlines());
  }

  /** Moves the clock on, sweeps and settles, until no message is pending: what a network does by itself in hours. */
  async deliverAll(): Promise<void> {
    await this.settle();
    for (let minutes = 3; (await this.pending()) > 0; minutes *= 2) {
      if (minutes > 50_000) throw new Error('messages stay pending');
      this.advance({ minutes });
      await this.sweep();
      await this.settle();
    }
  }

  /** Time goes by: the sweep runs every so often, and what arrives is handled. */
  async pass(time: Duration, every: Duration): Promise<void> {
    for (let passed = 0; passed < milliseconds(time); passed += milliseconds(every)) {
      this.advance(every);
      await this.sweep();
      await this.settle();
    }
  }

  async pending(): Promise<number> {
    const { Items = [] } = await this.clients.documents.send(
      new ScanCommand({ TableName: this.resources.tables.exchange, IndexName: 'pending' }),
    );
    return Items.length;
  }

  case(region: RegionCode, caseNumber: string): Promise<TransferCase | undefined> {
    return this.#store.readCase(region, CaseNumber.parse(caseNumber));
  }

  timeline(region: RegionCode, caseNumber: string): Promise<TimelineEntry[]> {
    return this.#store.timeline(region, CaseNumber.parse(caseNumber)).then((entries) => TimelineEntry.array().parse(entries));
  }

  /** All rows of one region's copy of a case. */
  async rows(region: RegionCode, caseNumber: string): Promise<Record<string, unknown>[]> {
    const { Items = [] } = await this.clients.documents.send(
      new QueryCommand({
        TableName: this.resources.tables.exchange,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': casePartition(region, CaseNumber.parse(caseNumber)) },
        ConsistentRead: true,
      }),
    );
    return Items;
  }

  /** Anybody puts anything into a region's inbox. @returns the id that the queue gave it */
  async post(region: RegionCode, body: string, group: string = randomUUID()): Promise<string> {
    const QueueUrl = this.resources.inboxes.get(region)!.url;
    const { MessageId } = await this.clients.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
    );
    return MessageId!;
  }

  /** Alerts that subscribers of the topic got since the last call. */
  async alerts(): Promise<{ id: string; clock: string; level: string; caseNumber: string; region: string }[]> {
    return (await this.#published(this.resources.alerts)).map(({ Message }) => JSON.parse(Message));
  }

  /** Notices likewise, with the attributes that subscribers choose by. */
  async notices(): Promise<Published[]> {
    return this.#published(this.resources.notices);
  }

  async #published({ queue: { url } }: ReadTopic): Promise<Published[]> {
    const published: Published[] = [];
    for (;;) {
      const { Messages = [] } = await this.clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return published;
      for (const { Body, ReceiptHandle } of Messages) {
        published.push(JSON.parse(Body!));
        await this.clients.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      }
    }
  }

  /** Messages that crashed their handler too often. */
  async dead(): Promise<number> {
    let count = 0;
    for (const { url } of this.resources.dead) {
      const { Attributes } = await this.clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      count += Number(Attributes?.ApproximateNumberOfMessages);
    }
    return count;
  }
}

/** Everything that stands outside a message's body, where it is encrypted, or outside a file; all else whole (F4). */
function witnessAttributes(seen: Witness, { service, operation, input }: Request): void {
  const { MessageBody, Body, ...attributes } = input;
  if (service === 'SNS') seen.attributes(operation, input);
  if (service === 'S3') seen.attributes(operation, attributes);
  if (service === 'SQS') seen.attributes(operation, String(input.QueueUrl).includes('/jiexu-inbox-') ? attributes : input);
}
