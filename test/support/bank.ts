import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { adviceUpdates } from '../../functions/cases/awaited-money.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { caseKey, clockKey } from '../../functions/cases/keys.ts';
import { createBankLineStore } from '../../functions/cases/money/bank-line-store.ts';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { caseNumberOf, importNumberOf } from '../../functions/cases/numbers.ts';
import { caseRow } from '../../functions/cases/rows.ts';
import { createCaseStore } from '../../functions/cases/store.ts';
import type { Directory } from '../../functions/directory/reader.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import type { ImportJobContext } from '../../functions/platform/import-kind.ts';
import type { FileLine } from '../../functions/platform/lines.ts';
import type { TransferCase, TransferInCase } from '../../schemas/cases.ts';
import type { RemittanceAdvice } from '../../schemas/documents.ts';
import { STATEMENT_COLUMNS, type StatementLine } from '../../schemas/money.ts';
import { CalendarDate, type CaseNumber, Fen, OfficeCode, PersonHash } from '../../schemas/primitives.ts';
import { type ClockName, ProcedureId } from '../../schemas/procedures.ts';
import { CALENDARS, COMMANDS, contextOf, messageFrom, move, OFFICES, REGIONS, type Step, table, uuid } from './cases.ts';
import { anOffice } from './directory.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from './documents.ts';
import { ENROLLED } from './roads.ts';
import { untouched } from './untouched.ts';
import { unitWitness } from './witness.ts';

/** Cases of Hangzhou that await money, and statements of the bank that it comes by. */

export const ACCOUNT = '123456789012';
/** Another window of Hangzhou. */
export const SECOND_OFFICE = OfficeCode.parse('33010002');
export const TODAY = CalendarDate.parse('2026-03-05');
const regions = {
  [HANGZHOU]: { ...REGIONS[HANGZHOU]!, procedures: [...ProcedureId.options] },
  [CHENGDU]: { ...REGIONS[CHENGDU]!, procedures: [...ProcedureId.options] },
};

/** What the n-th case awaits. */
export type Awaited = { n: number; name?: string; reference: string; amountFen: number; remittedOn?: string };

/** A case under version 2016.2 whose table and advice are in, as the engine makes it; all the others are made of it. */
const template = ((): TransferInCase => {
  const said = { region: regions[HANGZHOU]!, counterpart: regions[CHENGDU]! };
  const letter = move(
    [COMMANDS.open, { name: 'accept', facts: ENROLLED } as const].reduce<Folded>(
      (state, command) => move(state, { command, context: contextOf(HANGZHOU, said) }).state,
      undefined,
    ),
    { command: { name: 'send-letter' }, context: contextOf(HANGZHOU, said) },
  ).state;
  if (!letter.letter) throw new Error('no letter');
  const { number: letterNumber, person: whose } = letter.letter;
  const advice = COMMANDS['receive-remittance-advice'];
  const arriving: Step['command'][] = [
    COMMANDS['record-delivery'],
    { ...advice, advice: { ...advice.advice, letterNumber, person: whose } },
    { ...COMMANDS['receive-table'], table: table({ letterNumber, person: whose }) },
  ];
  const actor = messageFrom(CHENGDU);
  const state = arriving.reduce<Folded>(
    (now, command) => move(now, { command, context: contextOf(HANGZHOU, { ...said, actor }) }).state,
    letter,
  );
  if (state?.side !== 'transferIn' || state.procedure !== '2016.2' || !state.advice || !state.table) throw new Error('no such case');
  return state;
})();

export const numberOf = (n: number): CaseNumber => caseNumberOf(HANGZHOU, CalendarDate.parse('2026-03-02'), n);

export function awaitingCase({ n, name, reference, amountFen, remittedOn = '2026-03-02' }: Awaited): TransferInCase {
  const whose = { ...person(n), ...(name !== undefined && { name }) } as TransferInCase['person'];
  const fen = Fen.parse(amountFen);
  return {
    ...template,
    caseNumber: numberOf(n),
    person: whose,
    personHash: PersonHash.parse(sha256(whose.idNumber)),
    letter: { ...template.letter!, person: whose },
    application: { ...template.application!, person: whose, voucher: { ...template.application!.voucher, person: whose, balanceFen: fen } },
    advice: { ...adviceOf(template), person: whose, bankReference: reference, amountFen: fen, remittedOn: CalendarDate.parse(remittedOn) },
    table: { ...template.table!, person: whose, balanceFen: fen, transferredFen: fen },
  };
}

const adviceOf = ({ advice }: TransferInCase): RemittanceAdvice => {
  if (!advice) throw new Error('no advice');
  return advice;
};

/** The same case before its advice came. */
export function withoutAdvice(state: TransferInCase): TransferInCase {
  const { advice: _, versions, times, ...rest } = state;
  const { 'remittance-advice': __, ...otherVersions } = versions ?? {};
  const { 'remittance-advice-received': ___, ...otherTimes } = times;
  return { ...rest, versions: otherVersions, times: otherTimes, sequences: { sent: 1, handled: 1 } };
}

/** Rows of cases as the engine leaves them, less the timelines: of each its copy, its clocks, and its place under its reference. */
export function rowsOf(states: readonly TransferCase[]): Record<string, unknown>[] {
  const advices = new Map<string, Record<string, unknown>>();
  for (const state of states) {
    for (const { Key, ExpressionAttributeValues: values } of adviceUpdates('', undefined, state)) {
      const name = `${Key.PK} ${Key.SK}`;
      const cases = new Set([...((advices.get(name)?.cases as Set<string> | undefined) ?? []), state.caseNumber]);
      const queue = values[':queue'] === undefined ? {} : { workOffice: values[':queue'], workDue: values[':due'] };
      advices.set(name, { ...Key, cases, ...queue });
    }
  }
  const clocks = states.flatMap(({ region, caseNumber, office, clocks: running }) =>
    Object.entries(running).map(([name, clock]) => {
      const { stoppedAt } = clock;
      return {
        ...clockKey(region, caseNumber, name as ClockName),
        kind: 'clock',
        caseNumber,
        region,
        office,
        clock,
        ...(stoppedAt && { stoppedAt }),
      };
    }),
  );
  return [...states.map((state) => caseRow(state)), ...clocks, ...advices.values()];
}

/** Writes rows as they are, 25 to a request. */
export async function writeRows(
  client: DynamoDBDocumentClient,
  name: string,
  rows: readonly Record<string, unknown>[],
  atOnce = 8,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(rows.length / 25) }, (_, i) => rows.slice(i * 25, i * 25 + 25)).values();
  const worker = async () => {
    for (const batch of batches) {
      const asked = { [name]: batch.map((Item) => ({ PutRequest: { Item } })) };
      const { UnprocessedItems = {} } = await client.send(new BatchWriteCommand({ RequestItems: asked }));
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('DynamoDB left rows unwritten');
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const secondOffice = anOffice({ code: SECOND_OFFICE });
export const bankDirectory = untouched<Directory>('directory', {
  region: async (code) => regions[code as keyof typeof regions],
  office: async (code) => [...Object.values(OFFICES), secondOffice].find((office) => office.code === code),
  calendar: async () => CALENDARS.get(HANGZHOU)!,
});

/** Everything but where it is stored; the clock stands at noon of 5 March 2026 unless the test moves it. */
export function bankDeps(stored: Pick<MatchDeps, 'store' | 'bankLines'>) {
  const seen = unitWitness();
  let ids = 0;
  const clock = { at: Date.parse('2026-03-05T04:00:00.000Z') };
  const deps: MatchDeps = {
    ...stored,
    directory: bankDirectory,
    signer: { sign: async () => 'A'.repeat(86) },
    clock: { now: () => toInstant(clock.at) },
    ids: {
      messageId: () => {
        ids += 1;
        return uuid(700_000 + ids);
      },
    },
    log: seen.log,
    metrics: untouched('metrics', { count: () => {} }),
    personHash: async (id) => PersonHash.parse(sha256(id)),
  };
  return { deps, clock, codes: seen.codes, lines: seen.lines };
}

export const storedIn = (client: DynamoDBDocumentClient, name: string) => ({
  store: createCaseStore(client, name),
  bankLines: createBankLineStore(client, name),
});

/** What stands in the cells of a line. */
export type Cells = { [K in keyof StatementLine]-?: K extends 'amountFen' ? number : string };

/** A line of the statement that a case awaits. */
export function lineFor({ advice, person: whose }: TransferInCase, said: Partial<Cells> = {}): Cells {
  const { bankReference, amountFen, payee } = advice!;
  return {
    account: payee.number,
    valueDate: '2026-03-03',
    amountFen,
    bankReference,
    payer: '成都市医保基金专户（演示）',
    remark: `转移 ${whose.name} ${whose.idNumber}`,
    ...said,
  };
}

export const HEADER = Object.values(STATEMENT_COLUMNS).join(',');
const COLUMNS = Object.keys(STATEMENT_COLUMNS) as (keyof StatementLine)[];

/** A statement's lines as they stand in the file, from its second line on. */
export const fileOf = (lines: readonly Cells[]): FileLine[] =>
  lines.map((line, i) => ({ line: i + 2, text: COLUMNS.map((column) => line[column]).join(',') }));

/** The n-th statement that Hangzhou's office hands in. */
export const importOf = (n: number, said: Partial<ImportJobContext> = {}): ImportJobContext => ({
  region: HANGZHOU,
  office: HANGZHOU_OFFICE,
  by: { subject: 'importer', office: HANGZHOU_OFFICE, role: 'clerk' },
  importNumber: importNumberOf(HANGZHOU_OFFICE, TODAY, n),
  header: HEADER,
  today: TODAY,
  ...said,
});

export const keyOfCase = (n: number) => caseKey(HANGZHOU, numberOf(n));

/** Counts what a client asks of DynamoDB, by command, before the SDK's own retries. */
export function countRequests(client: DynamoDBDocumentClient): { counts: Map<string, number>; total(): number } {
  const counts = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        counts.set(commandName, (counts.get(commandName) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize', priority: 'high', name: 'countRequests' },
  );
  return { counts, total: () => [...counts.values()].reduce((sum, n) => sum + n, 0) };
}
