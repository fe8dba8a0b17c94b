import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { statementKind } from '../../functions/money/statement-kind.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import type { FileLine } from '../../functions/platform/lines.ts';
import type { TransferInCase } from '../../schemas/cases.ts';
import type { ResultLine } from '../../schemas/imports.ts';
import type { CaseNumber } from '../../schemas/primitives.ts';
import {
  awaitingCase,
  bankDeps,
  type Cells,
  countRequests,
  fileOf,
  importOf,
  lineFor,
  numberOf,
  rowsOf,
  storedIn,
  writeRows,
} from '../support/bank.ts';
import { HANGZHOU } from '../support/documents.ts';
import { startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { createTablesFrom, readTableDefinitions, type TableDefinitions } from '../support/tables.ts';

export type StatementReport = {
  rows: number;
  /** Cases that awaited money. */
  cases: number;
  /** Persons' names and amounts among them: each pair belongs to many. */
  names: number;
  amounts: number;
  matched: number;
  matchedShare: number;
  /** Lines that were given to another case than the one whose money they are. */
  wrong: number;
  unmatchedByReason: Record<string, number>;
  requestsPerRow: number;
  requests: Record<string, number>;
  /** Checking the file and importing it. */
  seconds: number;
  checkSeconds: number;
  /** The same writes, raw and without conditions: measured on every twentieth part, reckoned for all. */
  floorSeconds: number;
  /** Requests of the same file once more: everything was seen before. */
  repeatRequestsPerRow: number;
};

const NAMES = 300;
const AMOUNTS = 200;
/** One part in so many is recorded and sent again raw. */
const SAMPLE = 20;
const AT_ONCE = 10;

/** Made-up credentials, which the engine takes as they are. */
const LOCAL = { region: 'cn-north-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

const say = (text: string) => process.stderr.write(`${text}\n`);
const referenceOf = (n: number) => `CD20260302${String(n).padStart(7, '0')}`;
const nameOf = (n: number) =>
  `测试${'甲乙丙丁'.charAt(n % 4)}${'零一二三四五六七八九'.charAt(Math.floor(n / 4) % 10)}${'零一二三四五六七八九'.charAt(Math.floor(n / 40) % 10)}号`;

/** The n-th case; the second of a pair has the first one's reference. */
function caseAt(n: number, pairs: number): TransferInCase {
  const reference = referenceOf(n <= 2 * pairs ? n - ((n - 1) % 2) : n);
  return awaitingCase({ n, name: nameOf(n % NAMES), reference, amountFen: 100_000 + (n % AMOUNTS) });
}

/** A line with the case whose money it is; none of those that nobody's reference tells. */
type Truth = { cells: Cells; owner: CaseNumber | undefined };

/**
 * A statement of `rows` lines against 99.5 % as many cases. In a thousand lines two are of cases that share a reference, one is off by one fen, two
 * and a half have a reference that nobody advised and as many were paid a second time.
 */
function* statement(rows: number, cases: number, pairs: number): Generator<Truth> {
  const odd = rows - cases;
  for (let n = 1; n <= cases; n += 1) {
    const state = caseAt(n, pairs);
    const isOff = n > cases - Math.ceil(rows / 1_000);
    const isTold = n > 2 * pairs && !isOff;
    yield { cells: lineFor(state, isOff ? { amountFen: state.advice!.amountFen + 1 } : {}), owner: isTold ? state.caseNumber : undefined };
  }
  for (let i = 1; i <= odd; i += 1) {
    const state = caseAt(2 * pairs + i, pairs);
    // What is like a case's money in all but its reference, or in all but the day.
    const said = i % 2 === 0 ? { bankReference: referenceOf(9_000_000 + i) } : { valueDate: '2026-03-04' };
    yield { cells: lineFor(state, said), owner: undefined };
  }
}

export async function benchStatement(rows = 100_000): Promise<StatementReport> {
  const engine = await startDynamoDbLocal();
  // The engine answers a transaction that waits long for another with a fault, as DynamoDB never does.
  const plain = new DynamoDBClient({ ...LOCAL, endpoint: engine.endpoint, maxAttempts: 20 });
  try {
    return await bench(plain, rows);
  } finally {
    plain.destroy();
    await engine.stop();
  }
}

async function bench(plain: DynamoDBClient, rows: number): Promise<StatementReport> {
  const definitions = await definitionsWithoutStream();
  const { exchange } = await createTablesFrom(definitions, plain);
  const cases = Math.round(rows * 0.995);
  const pairs = Math.ceil(rows / 1_000);
  say(`statement: ${cases} cases that await money …`);
  await writeCases(documentClient(plain), exchange, numbersTo(cases), pairs);

  const truth = [...statement(rows, cases, pairs)];
  const file = fileOf(truth.map(({ cells }) => cells));
  const client = documentClient(plain);
  const requests = countRequests(client);
  const recorded = recordWrites(client);
  const deps: MatchDeps = { ...bankDeps(storedIn(client, exchange)).deps, log: { info() {}, warn() {}, error() {} } };
  const kind = statementKind(deps);

  say(`statement: ${rows} lines …`);
  const start = performance.now();
  const errors = await kind.check(importOf(1), streamOf(file));
  if (errors.length > 0) throw new Error(`the statement is refused: ${JSON.stringify(errors[0])}`);
  const checkSeconds = secondsSince(start);
  const results: ResultLine[] = [];
  for (const [i, part] of partsOf(file, kind.partSize).entries()) {
    recorded.isOn = i % SAMPLE === 0;
    results.push(...(await kind.importPart(importOf(1), part)));
  }
  const seconds = secondsSince(start);
  const asked: Record<string, number> = Object.fromEntries(requests.counts);
  const total = requests.total();

  say('statement: the same file again …');
  recorded.isOn = false;
  for (const part of partsOf(file, kind.partSize)) await kind.importPart(importOf(2), part);
  const repeated = requests.total() - total;

  say('statement: the same writes, raw …');
  const floorTable = (await createTablesFrom(definitions, plain)).exchange;
  // Line n is that of case n, so far as there are cases; what is written replaces what stands there.
  const sampled = numbersTo(cases).filter((n) => Math.floor((n - 1) / kind.partSize) % SAMPLE === 0);
  await writeCases(client, floorTable, sampled, pairs);
  // A new table is slow at first; then the engine, whose transactions wait for each other, is at its best with one or with as many as are usual.
  await measureFloor(client, floorTable, recorded.writes, 1);
  const floor = Math.min(
    ...[await measureFloor(client, floorTable, recorded.writes, 1), await measureFloor(client, floorTable, recorded.writes, AT_ONCE)],
  );
  const matched = results.filter(({ outcome }) => outcome === 'matched').length;
  return {
    rows,
    cases,
    names: NAMES,
    amounts: AMOUNTS,
    matched,
    matchedShare: matched / rows,
    wrong: wrongAmong(results, truth) + (await wrongInStore(deps, cases, pairs, matched)),
    unmatchedByReason: countBy(results.filter(({ outcome }) => outcome !== 'matched').map(({ code = 'none' }) => code)),
    requestsPerRow: total / rows,
    requests: asked,
    seconds,
    checkSeconds,
    floorSeconds: (floor * (asked.TransactWriteItemsCommand ?? 0)) / recorded.writes.length,
    repeatRequestsPerRow: repeated / rows,
  };
}

/** The engine looks through all that its streams hold for every write, as DynamoDB does not: after some thousands it does nothing else. */
async function definitionsWithoutStream(): Promise<TableDefinitions> {
  const { exchange, directory } = await readTableDefinitions();
  const { StreamSpecification: _, ...withoutStream } = exchange;
  return { exchange: withoutStream, directory };
}

const numbersTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
const secondsSince = (start: number): number => (performance.now() - start) / 1_000;

async function* streamOf(lines: readonly FileLine[]): AsyncGenerator<FileLine> {
  yield* lines;
}

const partsOf = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Copies of cases and what is awaited for them, as the engine leaves them. Their clocks are left out: money that comes in stops none of them. */
async function writeCases(client: DynamoDBDocumentClient, table: string, numbers: readonly number[], pairs: number): Promise<void> {
  for (const some of partsOf(numbers, 2_000)) {
    const rows = rowsOf(some.map((n) => caseAt(n, pairs))).filter(({ kind }) => kind !== 'clock');
    await writeRows(client, table, rows, AT_ONCE);
  }
}

const wrongAmong = (results: readonly ResultLine[], truth: readonly Truth[]): number =>
  results.filter(({ outcome, caseNumber }, i) => outcome === 'matched' && caseNumber !== truth[i]?.owner).length;

/** The same read from the cases themselves: whoever has money has that of his own advice, and as many have some as lines were matched. */
async function wrongInStore({ bankLines }: MatchDeps, cases: number, pairs: number, matched: number): Promise<number> {
  let wrong = 0;
  let paid = 0;
  for (const some of partsOf(numbersTo(cases), 1_000)) {
    const states = await bankLines.cases(HANGZHOU, some.map(numberOf));
    for (const n of some) {
      const state = states.get(numberOf(n));
      const money = state?.side === 'transferIn' ? state.money : undefined;
      if (!money) continue;
      const { bankReference, amountFen } = caseAt(n, pairs).advice!;
      paid += 1;
      if (n <= 2 * pairs || money.bankReference !== bankReference || money.amountFen !== amountFen || money.valueDate !== '2026-03-03')
        wrong += 1;
    }
  }
  return wrong + Math.abs(paid - matched);
}

type Writes = NonNullable<TransactWriteCommandInput['TransactItems']>;

/** Keeps the transactions that are sent while it is on. */
function recordWrites(client: DynamoDBDocumentClient): { isOn: boolean; writes: Writes[] } {
  const recorded: { isOn: boolean; writes: Writes[] } = { isOn: false, writes: [] };
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (recorded.isOn && commandName === 'TransactWriteItemsCommand')
          recorded.writes.push((args.input as TransactWriteCommandInput).TransactItems!);
        return next(args);
      },
    { step: 'initialize', priority: 'high', name: 'recordWrites' },
  );
  return recorded;
}

/** @returns seconds that DynamoDB alone takes for the same items, without conditions, where the same cases stand */
async function measureFloor(client: DynamoDBDocumentClient, table: string, writes: readonly Writes[], atOnce: number): Promise<number> {
  const raw = writes
    .map((items) =>
      items.flatMap(({ Put, Update }): Writes => {
        if (Put) return [{ Put: { TableName: table, Item: Put.Item } }];
        const { ConditionExpression: _, ...update } = Update!;
        return [{ Update: { ...update, TableName: table } }];
      }),
    )
    .values();
  const start = performance.now();
  const worker = async () => {
    for (const TransactItems of raw) await client.send(new TransactWriteCommand({ TransactItems }));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return secondsSince(start);
}

/** Alone: `ROWS=5000 node test/bench/statement.ts`. */
if (import.meta.main) {
  const report = await benchStatement(Number(process.env.ROWS ?? 100_000));
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}
