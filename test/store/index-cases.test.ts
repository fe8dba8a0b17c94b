import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BatchWriteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { execute, untilSettled } from '../../functions/cases/execute.ts';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { importStatementPart } from '../../functions/money/import-statement.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { indexCases } from '../../infra/tools/case-index.ts';
import { TransferInCase } from '../../schemas/cases.ts';
import type { MoneyReceivedEntry } from '../../schemas/documents.ts';
import { InsuranceRecord } from '../../schemas/record.ts';
import { CaseRow } from '../../schemas/rows.ts';
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
import { uuid, WUHAN } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { personWorld } from '../support/person-world.ts';

const client = documentClient(dynamoDbLocalClient());
let table: string;
let deps: MatchDeps;
beforeEach(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  deps = bankDeps(storedIn(client, table)).deps;
});

const nth = (n: number, reference = `CD20260302${String(n).padStart(6, '0')}`): TransferInCase =>
  awaitingCase({ n, reference, amountFen: 100_000 + n });
/** Stored by release 2016.1 itself. */
const ofFixture = () => JSON.parse(readFileSync(resolve(import.meta.dirname, '../fixtures/stored/2016.1-transfer-in.json'), 'utf8')).row;

/** Every row of the table, in the order of the keys. */
async function everything(): Promise<Record<string, unknown>[]> {
  const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  expect(LastEvaluatedKey).toBeUndefined();
  return Items.sort((a, b) => `${a.PK} ${a.SK}`.localeCompare(`${b.PK} ${b.SK}`));
}
/** Takes away whatever the release before did not write: all there is under a bank reference or a person, and who confirmed the money. */
async function asStoredBefore(): Promise<void> {
  const rows = await everything();
  for (const row of rows.filter(({ SK }) => SK === 'CASE')) {
    const { moneyFrom: _, ...state } = Object(row.state);
    await client.send(new PutCommand({ TableName: table, Item: { ...row, state } }));
  }
  const newer = rows.filter(({ PK }) => /^R#\d{6}#[BD]#/.test(String(PK)));
  for (let at = 0; at < newer.length; at += 25) {
    const asked = newer.slice(at, at + 25).map(({ PK, SK }) => ({ DeleteRequest: { Key: { PK, SK } } }));
    const { UnprocessedItems = {} } = await client.send(new BatchWriteCommand({ RequestItems: { [table]: asked } }));
    expect(UnprocessedItems).toEqual({});
  }
}

/** A clerk confirms by hand what the n-th case awaits, or other money. */
const confirm = (n: number, said: Partial<MoneyReceivedEntry> = {}) =>
  untilSettled(async () => {
    const state = TransferInCase.parse(await deps.store.readCase(HANGZHOU, numberOf(n)));
    const { bankReference, amountFen } = state.advice!;
    return execute(
      deps,
      {
        region: HANGZHOU,
        caseNumber: numberOf(n),
        command: { name: 'confirm-money', money: { bankReference, amountFen, valueDate: '2026-03-03', ...said } as MoneyReceivedEntry },
        actor: { kind: 'caller', subject: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' },
        occurredAt: deps.clock.now(),
        causationId: uuid(1),
      },
      state,
    );
  });

const index = (of = client) => {
  const failures: string[] = [];
  return indexCases(of, table, { onFailure: (partition) => failures.push(partition), pageSize: 2, pause: async () => {} }).then(
    (counts) => ({
      counts,
      failures,
    }),
  );
};
const importAll = async (lines: readonly Cells[], n = 1) =>
  (await importStatementPart(deps, importOf(n), fileOf(lines))).map(({ outcome, caseNumber, code }) => [outcome, caseNumber ?? code]);
const awaiting = (amountFen: number) => deps.bankLines.casesAwaiting(HANGZHOU, [amountFen as never], 10);

describe('cases that the release before stored', () => {
  it('are found by the lines of a statement once they are indexed, and running it again changes nothing (B12)', async () => {
    const waiting = [nth(2), nth(3)];
    const [byHand, elsewhere] = [nth(4), nth(5)];
    await writeRows(client, table, rowsOf([...waiting, byHand, elsewhere]));
    await confirm(4);
    await confirm(5, { bankReference: 'OTHER-000005' });
    await asStoredBefore();
    const fixture = ofFixture();
    await client.send(new PutCommand({ TableName: table, Item: fixture }));
    const old = TransferInCase.parse(fixture.state);
    expect([...(await deps.bankLines.casesNaming(HANGZHOU, [old.advice!.bankReference, 'OTHER-000005']))]).toEqual([]);

    expect(await index()).toEqual({ counts: { cases: 5, references: 5, persons: 5, failed: 0 }, failures: [] });
    const rows = await everything();
    expect(await index()).toEqual({ counts: { cases: 5, references: 5, persons: 0, failed: 0 }, failures: [] });
    expect(await everything()).toEqual(rows);

    // Of the five only those whose money has not come are shown by their amount.
    expect(await Promise.all([100_002, 100_003, 100_004, 100_005, old.advice!.amountFen].map(awaiting))).toEqual([
      [numberOf(2)],
      [numberOf(3)],
      [],
      [],
      [old.caseNumber],
    ]);
    const lines = [
      ...waiting.map((state) => lineFor(state)),
      lineFor(byHand),
      lineFor(elsewhere, { bankReference: 'OTHER-000005' }),
      lineFor(old),
    ];
    expect(await importAll(lines)).toEqual([
      ['matched', numberOf(2)],
      ['matched', numberOf(3)],
      ['matched', numberOf(4)],
      ['matched', numberOf(5)],
      ['matched', old.caseNumber],
    ]);
  });

  it('would leave their lines waiting without it, and an advice that is indexed already is left as it is (B12)', async () => {
    await writeRows(client, table, rowsOf([nth(2)]));
    await asStoredBefore();
    expect(await importAll([lineFor(nth(2))])).toEqual([['unmatched', 'unknown-reference']]);
    await index();
    expect(await importAll([lineFor(nth(2))], 2)).toEqual([['seen-before', numberOf(2)]]);
    const rows = await everything();
    await index();
    expect(await everything()).toEqual(rows);
  });

  it('stay awaited by their amount beside a paid one under the same reference (B12)', async () => {
    const [first, second] = [nth(2, 'TWICE-000001'), nth(3, 'TWICE-000001')];
    await writeRows(client, table, rowsOf([first, second]));
    await confirm(3);
    await asStoredBefore();
    await index();
    await index();
    expect([...(await awaiting(100_002))].sort()).toEqual([numberOf(2), numberOf(3)]);
    expect(await awaiting(100_003)).toEqual([]);
    // The money is the second one's: nobody confirms it by hand once more.
    await expect(confirm(2)).rejects.toMatchObject({ code: expect.stringMatching(/^money\./) });
    expect(TransferInCase.parse(await deps.store.readCase(HANGZHOU, numberOf(2))).money).toBeUndefined();
  });

  it('are not shown as awaiting money that a clerk confirms at that moment (B12)', async () => {
    await writeRows(client, table, rowsOf([nth(2)]));
    await asStoredBefore();
    const slow = documentClient(dynamoDbLocalClient());
    const { counts: requests } = countRequests(slow);
    slow.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          if (commandName === 'TransactWriteItemsCommand' && requests.get(commandName) === 1) await confirm(2);
          return next(args);
        },
      { step: 'initialize', name: 'aClerkIsQuicker' },
    );
    expect((await index(slow)).counts).toEqual({ cases: 1, references: 1, persons: 1, failed: 0 });
    expect(requests.get('TransactWriteItemsCommand')).toBe(2);
    expect(await awaiting(100_002)).toEqual([]);
    expect(await importAll([lineFor(nth(2))])).toEqual([['matched', numberOf(2)]]);
  });

  it('are found by the record of their person (B14)', async () => {
    const world = personWorld(client, table);
    const row = (from: string, to: string, months: number) => ({ from, to, months });
    const earlier = await world.tabled(HANGZHOU, CHENGDU, { person: person(1), periods: [row('2015-01', '2017-12', 36)] });
    const later = await world.tabled(HANGZHOU, WUHAN, { person: person(1), periods: [row('2018-01', '2019-06', 18)] });
    await world.tabled(HANGZHOU, CHENGDU, { person: person(2), periods: [row('2012-01', '2012-12', 12)] });
    const months = async () =>
      InsuranceRecord.parse((await world.record(later)).body).periods.map((period) => period.provenance.caseNumber);
    const rows = await everything();
    await asStoredBefore();
    expect(await months()).toEqual([later]);
    // Three at transferIn, and a copy of each at the side that was left.
    expect((await index()).counts).toEqual({ cases: 6, references: 0, persons: 6, failed: 0 });
    expect(await months()).toEqual([earlier, later]);
    expect(await everything()).toEqual(rows);
    expect((await index()).counts).toMatchObject({ persons: 0 });
  });
});

describe('npm run index-cases', () => {
  const run = (environment: Record<string, string>) =>
    new Promise<{ code: unknown; stdout: string; stderr: string }>((done) => {
      const credentials = { AWS_REGION: 'cn-north-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
      const env = { ...process.env, ...credentials, AWS_ENDPOINT_URL: inject('dynamoDbEndpoint'), ...environment };
      execFile(process.execPath, [resolve(import.meta.dirname, '../../infra/tools/index-cases.ts')], { env }, (error, stdout, stderr) =>
        done({ code: error ? error.code : 0, stdout, stderr }),
      );
    });

  it('ends with code 1 where a case fails, does all others, and prints nothing of a person (B12, B14)', async () => {
    const [whole, broken] = [nth(2), nth(3)];
    await writeRows(client, table, rowsOf([whole, broken]));
    await asStoredBefore();
    const [row] = rowsOf([broken]);
    await client.send(
      new PutCommand({ TableName: table, Item: { ...row, state: { ...broken, person: { ...broken.person, idNumber: '1' } } } }),
    );
    const failed = await run({ EXCHANGE_TABLE: table });
    expect(failed).toEqual({
      code: 1,
      stdout: 'cases 2, references 1, persons 1, failed 1\n',
      stderr: `R#330100#C#${numberOf(3)}: ZodError\n`,
    });
    expect(await awaiting(100_002)).toEqual([numberOf(2)]);

    await client.send(new PutCommand({ TableName: table, Item: CaseRow.parse(row) }));
    expect(await run({ EXCHANGE_TABLE: table })).toEqual({ code: 0, stdout: 'cases 2, references 2, persons 1, failed 0\n', stderr: '' });
    expect(await importAll([lineFor(broken)])).toEqual([['matched', numberOf(3)]]);
  });

  it('needs the name of the table', async () => {
    const { code, stderr } = await run({ EXCHANGE_TABLE: '' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('EXCHANGE_TABLE')]);
  });
});
