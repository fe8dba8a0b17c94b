import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import { commandHandler } from '../../functions/cases/commands-api.ts';
import type { CaseDeps } from '../../functions/cases/request.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import { commandKind } from '../../functions/imports/command-kind.ts';
import type { ImportFiles } from '../../functions/imports/files.ts';
import type { ImportQueue } from '../../functions/imports/import-queue.ts';
import { createImportStore } from '../../functions/imports/import-store.ts';
import { type RunDeps, runImports } from '../../functions/imports/run.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import { systemIds } from '../../functions/platform/ids.ts';
import type { ResultLine } from '../../schemas/imports.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { directory } from '../support/case-api.ts';
import { NOW, uuid } from '../support/cases.ts';
import { applicationBody, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { localClient, startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { call } from '../support/http.ts';
import { anImport, filesInMemory, importNumber } from '../support/imports.ts';
import { createTablesFrom, readTableDefinitions } from '../support/tables.ts';
import { untouched } from '../support/untouched.ts';

const SINGLE_ENTRIES = 500;
const AT_ONCE = 10;
const OPEN = 'POST /v1/cases';

export type BatchReport = {
  rows: number;
  /** Requests to AWS for each row, the part that was repeated after the stop among them. */
  requestsPerRow: number;
  /** … and for each command that a clerk gives over HTTP. */
  singleEntry: number;
  ratio: number;
  seconds: number;
  /** Line after which the second run went on. */
  resumedAt: number;
  /** Requests of the batch by service and operation. */
  requests: Record<string, number>;
};

type Count = (name: string, by?: number) => void;

/** What a request of a client is, counted before the SDK's own retries, as it is counted everywhere. */
function counted(client: DynamoDBDocumentClient, count: Count): DynamoDBDocumentClient {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        count(`DynamoDB ${(commandName ?? '').replace(/Command$/, '')}`);
        return next(args);
      },
    { step: 'initialize', priority: 'high', name: 'count' },
  );
  return client;
}

/** Cases on DynamoDB Local; what KMS would be asked is counted. The directory costs nothing per case: a process reads it once a minute. */
function caseDeps(client: DynamoDBDocumentClient, table: string, count: Count): CaseDeps {
  return {
    store: createCaseStore(client, table),
    directory,
    signer: {
      async sign() {
        count('KMS Sign');
        return 'A'.repeat(86);
      },
    },
    async personHash(id) {
      count('KMS GenerateMac');
      return PersonHash.parse(sha256(id));
    },
    clock: { now: () => NOW },
    ids: systemIds,
    ...silent,
  };
}

const silent = {
  log: { info: () => {}, warn: () => {}, error: () => {} },
  metrics: untouched<CaseDeps['metrics']>('metrics', { count: () => {} }),
};

/** Objects in memory, each request counted; `stopAt`: the part whose result is not put the first time, since its process dies. */
function countedFiles(count: Count, stopAt: number) {
  const objects = filesInMemory();
  let stops = 1;
  const files: ImportFiles = {
    ...objects.files,
    async size(at) {
      count('S3 HeadObject');
      return objects.files.size(at);
    },
    async read(at, from, to) {
      count('S3 GetObject');
      return objects.files.read(at, from, to);
    },
    async putPart(at, n, text) {
      if (n === stopAt && stops > 0) {
        stops -= 1;
        throw new Error('the process dies');
      }
      count('S3 PutObject');
      return objects.files.putPart(at, n, text);
    },
    async joinParts(at, parts) {
      count('S3 GetObject', parts);
      count('S3 PutObject');
      return objects.files.joinParts(at, parts);
    },
  };
  return { ...objects, files };
}

/** What clerks ask for when they type the same applications: persons from `first` on, `AT_ONCE` clerks. @returns requests per command */
async function benchSingleEntry(deps: CaseDeps, first: number, requests: () => number): Promise<number> {
  const handler = httpHandler(new Map([[OPEN, commandHandler(deps, 'open')]]), deps.log, deps.metrics);
  const before = requests();
  let next = 0;
  const clerk = async (): Promise<void> => {
    while (next < SINGLE_ENTRIES) {
      const n = next;
      next += 1;
      const claims = { sub: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' };
      const said = { claims, headers: { 'idempotency-key': uuid(n + 1) }, body: { application: applicationBody(first + n) } };
      const { status } = await call(handler, OPEN, said);
      if (status !== 201) throw new Error(`single entry: ${status}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, clerk));
  return (requests() - before) / SINGLE_ENTRIES;
}

/** The queue of the worker, as Lambda serves it: a message that fails comes again. `stopped` hears of it. */
async function deliverAll(deps: Omit<RunDeps, 'queue'>, count: Count, stopped: () => Promise<void>): Promise<void> {
  const job = { region: HANGZHOU, importNumber: importNumber(1) };
  const Records = [{ messageId: 'm', receiptHandle: 'r', body: JSON.stringify(job), attributes: { ApproximateReceiveCount: '1' } }];
  let messages = 0;
  const queue: ImportQueue = {
    async send() {
      count('SQS SendMessage');
      messages += 1;
    },
    async postpone() {
      count('SQS ChangeMessageVisibility');
    },
  };
  await queue.send(job);
  while (messages > 0) {
    count('SQS ReceiveMessage');
    const { batchItemFailures } = await runImports({ ...deps, queue }, { Records } as unknown as SQSEvent);
    if (batchItemFailures.length > 0) await stopped();
    else {
      count('SQS DeleteMessage');
      messages -= 1;
    }
  }
}

/** Cases that an office has open, from the index of its work list. */
async function openCases(client: DynamoDBDocumentClient, TableName: string): Promise<number> {
  let cases = 0;
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const { Count = 0, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'workList',
        KeyConditionExpression: 'workOffice = :office',
        ExpressionAttributeValues: { ':office': HANGZHOU_OFFICE },
        Select: 'COUNT',
        ExclusiveStartKey,
      }),
    );
    cases += Count;
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return cases;
}

/** Throws unless each row has one result and one case. */
function assertEachOnce(results: readonly ResultLine[], rows: number, cases: number): void {
  const opened = new Set(results.map(({ caseNumber }) => caseNumber));
  const all = results.length === rows && opened.size === rows && results.every(({ outcome }) => outcome === 'done');
  if (!all || cases !== rows) throw new Error(`${results.length} results, ${opened.size} numbers and ${cases} cases of ${rows} rows`);
}

const fileOf = (rows: number): Buffer => {
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify({ command: 'open', body: { application: applicationBody(i + 1) } }));
  return Buffer.from(`${lines.join('\n')}\n`);
};

/** A file of openings through the worker, whose process dies half way, against the same command given one by one (E11). */
export async function benchBatch(rows = 50_000): Promise<BatchReport> {
  const engine = await startDynamoDbLocal();
  try {
    const tally = new Map<string, number>();
    const count: Count = (name, by = 1) => void tally.set(name, (tally.get(name) ?? 0) + by);
    const requests = () => [...tally.values()].reduce((sum, n) => sum + n, 0);
    const dynamo = localClient(engine.endpoint);
    const { exchange } = await createTablesFrom(await readTableDefinitions(), dynamo);
    const client = counted(documentClient(dynamo), count);
    const deps = caseDeps(client, exchange, count);
    const singleEntry = await benchSingleEntry(deps, rows + 1, requests);

    const bytes = fileOf(rows);
    const row = anImport(1, bytes);
    const imports = createImportStore(client, exchange);
    await imports.create(row);
    const kind = commandKind(deps);
    const { files, upload, results } = countedFiles(count, Math.floor(rows / kind.partSize / 2));
    upload(row, bytes);

    tally.clear();
    let resumedAt = 0;
    const begun = performance.now();
    const worker = { imports, files, kinds: { commands: kind, 'bank-statement': kind }, clock: deps.clock, log: deps.log };
    await deliverAll(worker, count, async () => {
      resumedAt = (await createImportStore(documentClient(dynamo), exchange).read(HANGZHOU, row.importNumber))?.checkpoint.line ?? 0;
    });
    const seconds = (performance.now() - begun) / 1_000;
    const requestsPerRow = requests() / rows;
    const ratio = requestsPerRow / singleEntry;
    const report = { rows, requestsPerRow, singleEntry, ratio, seconds, resumedAt, requests: Object.fromEntries(tally) };
    assertEachOnce(results(row), rows, (await openCases(client, exchange)) - SINGLE_ENTRIES);
    return report;
  } finally {
    await engine.stop();
  }
}

if (import.meta.main) {
  const report = await benchBatch(Number(process.env.ROWS ?? 50_000));
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}
