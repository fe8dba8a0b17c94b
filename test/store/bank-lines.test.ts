import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { execute, untilSettled } from '../../functions/cases/execute.ts';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { casePort } from '../../functions/exchange/handle.ts';
import { importStatementPart } from '../../functions/money/import-statement.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor, TransferInCase } from '../../schemas/cases.ts';
import { BusinessMessage, sourceOf } from '../../schemas/messages.ts';
import { BankLineRow } from '../../schemas/money.ts';
import { Fen } from '../../schemas/primitives.ts';
import {
  type Awaited,
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
  withoutAdvice,
  writeRows,
} from '../support/bank.ts';
import { uuid } from '../support/cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';

const client = documentClient(dynamoDbLocalClient());

/** The names that all persons have, and the amounts: nothing but the reference tells one from another. */
const NAMES = ['测试甲', '测试乙', '测试丙', '测试丁', '测试甲'];
const AMOUNTS = [100_000, 100_001, 250_000];
const nth = (n: number, said: Partial<Awaited> = {}): TransferInCase =>
  awaitingCase({
    n,
    name: NAMES[n % NAMES.length]!,
    reference: `CD20260302${String(n).padStart(6, '0')}`,
    amountFen: AMOUNTS[n % AMOUNTS.length]!,
    ...said,
  });
const several = (count: number): TransferInCase[] => Array.from({ length: count }, (_, i) => nth(i + 1));

let table: string;
beforeEach(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
});

const bank = (name = table, of = client) => bankDeps(storedIn(of, name));

async function importAll(deps: MatchDeps, lines: readonly Cells[], n = 1) {
  return importStatementPart(deps, importOf(n), fileOf(lines));
}
const readCase = async ({ store }: MatchDeps, n: number): Promise<TransferInCase> => {
  const state = await store.readCase(HANGZHOU, numberOf(n));
  if (state?.side !== 'transferIn') throw new Error(`no case ${n}`);
  return state;
};
const lineOf = async ({ bankLines }: MatchDeps, lineId: string): Promise<BankLineRow | undefined> =>
  (await bankLines.lines(HANGZHOU, [lineId as never])).get(lineId as never);

/** Every row of a table, in the order of the keys. */
async function everything(name = table): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true, ExclusiveStartKey: from }));
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return rows.sort((a, b) => `${a.PK} ${a.SK}`.localeCompare(`${b.PK} ${b.SK}`));
}
const linesIn = (rows: readonly Record<string, unknown>[]) =>
  rows.filter(({ kind }) => kind === 'bank-line').map((row) => BankLineRow.parse(row));

/** Lines that stand at a case whose person their remark does not name: what must never be. */
async function wrongMatches(deps: MatchDeps): Promise<string[]> {
  const wrong: string[] = [];
  const matched = linesIn(await everything()).filter(({ status }) => status === 'matched');
  const states = await deps.bankLines.cases(
    HANGZHOU,
    matched.flatMap(({ caseNumber }) => caseNumber ?? []),
  );
  for (const row of matched) {
    const state = states.get(row.caseNumber!);
    const isRight =
      state?.side === 'transferIn' && row.line.remark?.includes(state.person.idNumber) && state.money?.amountFen === row.line.amountFen;
    if (!isRight) wrong.push(row.lineId);
  }
  return wrong;
}

/** A clerk's command, or a message's. */
async function give(deps: MatchDeps, n: number, command: Command, actor: Actor = CLERK) {
  return untilSettled(async () => {
    const state = await deps.store.readCase(HANGZHOU, numberOf(n));
    const request = { region: HANGZHOU, caseNumber: numberOf(n), command, actor, occurredAt: deps.clock.now(), causationId: uuid(1) };
    return execute(deps, request, state);
  });
}
const CLERK: Actor = { kind: 'caller', subject: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' };

let messages = 0;
/** A message of Chengdu about the n-th case, taken the way the exchange takes it. */
async function arrives(deps: MatchDeps, n: number, type: string, data: unknown) {
  messages += 1;
  const { sequences } = await readCase(deps, n);
  return deliver(
    deps,
    BusinessMessage.parse({
      specversion: '1.0',
      id: uuid(800_000 + messages),
      source: sourceOf(CHENGDU),
      subject: numberOf(n),
      time: deps.clock.now(),
      datacontenttype: 'application/json',
      recipient: HANGZHOU,
      causationid: uuid(1),
      procedure: '2016.2',
      sequence: sequences.handled + 1,
      signature: 'A'.repeat(86),
      type,
      data,
    }),
  );
}
const deliver = async (deps: MatchDeps, message: BusinessMessage) => ({
  message,
  ...(await casePort(deps).acceptMessage({
    message,
    body: JSON.stringify(message),
    receivedAt: deps.clock.now(),
    makeReceipt: async () => '{}',
  })),
});

describe('a part of a statement (B12)', () => {
  it('finds 99 in 100 lines’ cases by their references among the same names and amounts, none of them wrong, and queues the rest (B12)', async () => {
    const counted = documentClient(dynamoDbLocalClient());
    const requests = countRequests(counted);
    const { deps } = bank(table, counted);
    const cases = several(100);
    await writeRows(client, table, rowsOf(cases));
    const lines = cases.map((state, i) => lineFor(state, i === 99 ? { amountFen: state.advice!.amountFen + 1 } : {}));

    const results = await importAll(deps, lines);

    expect(results.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 2));
    expect(results.slice(0, 99).map(({ outcome, caseNumber }) => [outcome, caseNumber])).toEqual(
      cases.slice(0, 99).map(({ caseNumber }) => ['matched', caseNumber]),
    );
    expect(results[99]).toEqual({ line: 101, outcome: 'unmatched', status: 'open', code: 'amount-differs' });
    // The lines, the cases under their references, and these: a request each, and for what waits the last two again. A transaction for each match,
    // and one for what waits.
    expect(Object.fromEntries(requests.counts)).toEqual({ BatchGetItemCommand: 3 + 2, TransactWriteItemsCommand: 99 + 1 });
    expect(await wrongMatches(deps)).toEqual([]);
  });

  it('queues what it cannot match with the reason, the oldest money first, a page at a time (B12)', async () => {
    const { deps } = bank();
    const twins = [nth(3), nth(4, { reference: nth(3).advice!.bankReference, amountFen: nth(3).advice!.amountFen })];
    await writeRows(client, table, rowsOf([nth(1), nth(2), ...twins]));
    const results = await importAll(deps, [
      lineFor(twins[0]!, { valueDate: '2026-03-05' }),
      lineFor(nth(1), { bankReference: 'UNKNOWN00001' }),
      lineFor(nth(2), { account: '999999999', valueDate: '2026-03-04' }),
    ]);
    expect(results.map(({ outcome, code, status }) => [outcome, code, status])).toEqual([
      ['unmatched', 'several-cases', 'open'],
      ['unmatched', 'unknown-reference', 'open'],
      ['unmatched', 'account-differs', 'open'],
    ]);
    const first = await deps.bankLines.queue(HANGZHOU, 2, undefined);
    const second = await deps.bankLines.queue(HANGZHOU, 2, first.next);
    expect([first, second].map(({ rows }) => rows.map(({ line, reason }) => [line.valueDate, reason]))).toEqual([
      [
        ['2026-03-03', 'unknown-reference'],
        ['2026-03-04', 'account-differs'],
      ],
      [['2026-03-05', 'several-cases']],
    ]);
  });

  it('confirms the money by the bank’s day, in the name of the one who handed the statement in, and ends the waiting (B12, F2)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    await importAll(deps, [lineFor(nth(1))]);
    const state = await readCase(deps, 1);
    const { bankReference, amountFen } = nth(1).advice!;
    expect(state).toMatchObject({ version: nth(1).version + 1, status: 'ready-to-complete' });
    expect(state.money).toEqual({ bankReference, amountFen, valueDate: '2026-03-03' });
    expect(state.moneyFrom).toEqual({ by: 'importer', bankLine: `${bankReference}~2026-03-03~${amountFen}` });
    expect(state.times['money-received']).toBe('2026-03-02T16:00:00.000Z');
    const [entry] = await deps.store.timeline(HANGZHOU, numberOf(1));
    expect(entry).toMatchObject({
      command: 'confirm-money',
      actor: { kind: 'bank-statement', subject: 'importer', office: HANGZHOU_OFFICE },
    });
    expect(await deps.bankLines.casesAwaiting(HANGZHOU, [amountFen], 10)).toEqual([]);
    await expect(give(deps, 1, { name: 'credit' }, { ...CLERK, subject: 'importer' })).rejects.toMatchObject({ code: 'case.same-person' });
  });

  it('gives a case to the first of two lines that claim it, and queues the second (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    const lines = [lineFor(nth(1), { valueDate: '2026-03-04' }), lineFor(nth(1))];
    expect((await importAll(deps, lines)).map(({ outcome, code }) => [outcome, code])).toEqual([
      ['matched', undefined],
      ['unmatched', 'confirmed-already'],
    ]);
    expect((await readCase(deps, 1)).money?.valueDate).toBe('2026-03-04');
  });

  it('uses a line that stands in it twice once (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    const results = await importAll(deps, [lineFor(nth(1)), lineFor(nth(1))]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['matched', 'seen-before']);
  });

  it('imports nothing where a line was not checked (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    const before = await everything();
    await expect(importAll(deps, [lineFor(nth(1)), lineFor(nth(1), { amountFen: 105.5 })])).rejects.toThrow('not checked');
    expect(await everything()).toEqual(before);
  });

  it('leaves no case of another region any money: the same reference there is another (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([{ ...nth(1), region: CHENGDU }]));
    expect((await importAll(deps, [lineFor(nth(1))])).map(({ code }) => code)).toEqual(['unknown-reference']);
  });
});

describe('a statement that comes again (B12)', () => {
  const cases = several(8);
  const lines = [
    ...cases.slice(0, 5).map((state) => lineFor(state)),
    lineFor(cases[6]!, { amountFen: 1 }),
    lineFor(cases[7]!, { bankReference: 'UNKNOWN00001' }),
  ];

  it('changes nothing and tells the same, part by part (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf(cases));
    const results = await importAll(deps, lines);
    const rows = await everything();
    expect(await importAll(deps, lines)).toEqual(results);
    expect(await everything()).toEqual(rows);
  });

  it('is seen before in another statement, whole or in part, and what is new in that is taken (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf(cases));
    await importAll(deps, lines);
    const results = await importAll(deps, [lines[0]!, lines[5]!, lineFor(cases[5]!)], 2);
    expect(results.map(({ outcome, status, caseNumber }) => [outcome, status, caseNumber])).toEqual([
      ['seen-before', 'matched', numberOf(1)],
      ['seen-before', 'open', undefined],
      ['matched', 'matched', numberOf(6)],
    ]);
    const newer = linesIn(await everything()).filter(({ importNumber }) => importNumber === importOf(2).importNumber);
    expect(newer.map(({ caseNumber }) => caseNumber)).toEqual([numberOf(6)]);
  });

  it('comes to the same after a crash anywhere: at a case, or before what waits is stored (B12)', async () => {
    await writeRows(client, table, rowsOf(cases));
    const whole = bank();
    const results = await importAll(whole.deps, lines);
    const expected = await everything();
    for (const dies of [0, 1, 4, 'add'] as const) {
      const name = (await createTables(dynamoDbLocalClient())).exchange;
      await writeRows(client, name, rowsOf(cases));
      const { deps } = bank(name);
      await expect(importAll(dying(deps, dies), lines)).rejects.toThrow('crash');
      expect((await everything(name)).length).toBeLessThan(expected.length);
      expect(await importAll(bank(name).deps, lines), String(dies)).toEqual(results);
      expect(await everything(name), String(dies)).toEqual(expected);
    }
  });

  it('is imported once by two runs at the same time: each line is matched by one of them (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf(cases));
    const [first, second] = await Promise.all([importAll(deps, lines), importAll(deps, lines, 2)]);
    const [one, other] = [first!, second!];
    expect(one.map(({ outcome }, i) => [outcome, other[i]!.outcome].filter((said) => said !== 'seen-before'))).toEqual(
      lines.map((_, i) => [i < 5 ? 'matched' : 'unmatched']),
    );
    for (let n = 1; n <= 5; n += 1) expect((await readCase(deps, n)).version).toBe(cases[0]!.version + 1);
    expect(linesIn(await everything())).toHaveLength(lines.length);
  });

  it('tries again what still waits, since a message may have been handled without it (B12)', async () => {
    const { deps } = bank();
    const [state] = cases;
    await importAll(deps, [lineFor(state!)]);
    await writeRows(client, table, rowsOf([state!]));
    expect(await importAll(deps, [lineFor(state!)], 2)).toMatchObject([
      { outcome: 'seen-before', status: 'matched', caseNumber: numberOf(1) },
    ]);
  });
});

/** The same dependencies, of which the n-th commit or the adding of lines dies. */
function dying(deps: MatchDeps, at: number | 'add'): MatchDeps {
  let commits = 0;
  const crash = async (): Promise<never> => {
    throw new Error('crash');
  };
  const commit: MatchDeps['store']['commit'] = (change) => {
    commits += 1;
    return commits > Number(at) ? crash() : deps.store.commit(change);
  };
  return at === 'add' ? { ...deps, bankLines: { ...deps.bankLines, add: crash } } : { ...deps, store: { ...deps.store, commit } };
}

describe('money that came before its advice was right (B12)', () => {
  const [state] = several(1);
  const early = withoutAdvice(state!);
  const advice = state!.advice!;
  const first = lineFor(state!);
  const idOf = ({ bankReference, valueDate, amountFen }: typeof first) => `${bankReference}~${valueDate}~${amountFen}`;

  it('is matched when the advice comes (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([early]));
    expect((await importAll(deps, [first])).map(({ code }) => code)).toEqual(['unknown-reference']);
    expect(await arrives(deps, 1, 'cn.jiexu.remittance-advice.v2', advice)).toMatchObject({ outcome: 'handled' });
    expect(await lineOf(deps, idOf(first))).toMatchObject({
      status: 'matched',
      version: 2,
      caseNumber: numberOf(1),
      matchedBy: 'importer',
    });
    expect((await readCase(deps, 1)).moneyFrom).toEqual({ by: 'importer', bankLine: idOf(first) });
    expect((await deps.bankLines.queue(HANGZHOU, 25, undefined)).rows).toEqual([]);
  });

  it('stays in the queue where the advice does not fit it, with the new reason (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([early]));
    await importAll(deps, [first]);
    await arrives(deps, 1, 'cn.jiexu.remittance-advice.v2', { ...advice, amountFen: advice.amountFen + 1 });
    expect(await lineOf(deps, idOf(first))).toMatchObject({
      status: 'open',
      version: 2,
      reason: 'amount-differs',
      workOffice: `M#${HANGZHOU}`,
    });
  });

  it.each(['corrected', 'explained'] as const)('is matched when the question about the advice is %s (B12, B9)', async (answer) => {
    const { deps } = bank();
    const wrong = answer === 'corrected' ? { ...state!, advice: { ...advice, amountFen: Fen.parse(advice.amountFen + 1) } } : state!;
    await writeRows(client, table, rowsOf([wrong]));
    await give(deps, 1, { name: 'query', entry: { about: 'remittance-advice', fields: ['amountFen'], question: '请核对' } });
    expect((await importAll(deps, [first])).map(({ code }) => code)).toEqual([answer === 'corrected' ? 'amount-differs' : 'in-question']);
    const { queries, versions } = await readCase(deps, 1);
    const query = queries![0]!.id;
    const [type, data] =
      answer === 'corrected'
        ? ['cn.jiexu.correction.v1', { about: 'remittance-advice', query, replaces: versions!['remittance-advice'], document: advice }]
        : ['cn.jiexu.explanation.v1', { query, text: '无误' }];
    expect(await arrives(deps, 1, type as string, data)).toMatchObject({ outcome: 'handled' });
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'matched', caseNumber: numberOf(1) });
  });

  it('is matched under the reference that a correction names (B12, B9)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([{ ...state!, advice: { ...advice, bankReference: 'MISTYPED01' } }]));
    await give(deps, 1, { name: 'query', entry: { about: 'remittance-advice', fields: ['bankReference'], question: '请核对' } });
    await importAll(deps, [first]);
    const { queries, versions } = await readCase(deps, 1);
    const correction = { about: 'remittance-advice', query: queries![0]!.id, replaces: versions!['remittance-advice'], document: advice };
    await arrives(deps, 1, 'cn.jiexu.correction.v1', correction);
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'matched' });
    expect(await importAll(deps, [lineFor(state!, { bankReference: 'MISTYPED01' })], 2)).toMatchObject([{ code: 'unknown-reference' }]);
  });

  it('is matched where the advice comes between the look at its reference and the adding of the line (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([early]));
    const add: typeof deps.bankLines.add = async (rows) => {
      await arrives(deps, 1, 'cn.jiexu.remittance-advice.v2', advice);
      return deps.bankLines.add(rows);
    };
    const results = await importAll({ ...deps, bankLines: { ...deps.bankLines, add } }, [first]);
    expect(results).toEqual([{ line: 2, outcome: 'matched', status: 'matched', caseNumber: numberOf(1) }]);
    expect((await readCase(deps, 1)).moneyFrom?.bankLine).toBe(idOf(first));
  });

  it('is matched when the other case that named its reference is corrected to another one (B12, B9)', async () => {
    const { deps } = bank();
    const mistyped = nth(2, { reference: advice.bankReference, amountFen: advice.amountFen });
    await writeRows(client, table, rowsOf([state!, mistyped]));
    expect((await importAll(deps, [first])).map(({ code }) => code)).toEqual(['several-cases']);
    await give(deps, 2, { name: 'query', entry: { about: 'remittance-advice', fields: ['bankReference'], question: '请核对' } });
    const { queries, versions } = await readCase(deps, 2);
    const document = { ...mistyped.advice!, bankReference: 'CD20260302000002' };
    const correction = { about: 'remittance-advice', query: queries![0]!.id, replaces: versions!['remittance-advice'], document };
    await arrives(deps, 2, 'cn.jiexu.correction.v1', correction);
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'matched', caseNumber: numberOf(1) });
  });

  it('never fails the message: what goes wrong is logged, the line waits, and the message that comes again tries again (B12, F4)', async () => {
    const { deps, lines } = bank();
    await writeRows(client, table, rowsOf([early]));
    await importAll(deps, [first]);
    const broken = { ...deps, bankLines: { ...deps.bankLines, underReference: () => Promise.reject(new Error(state!.person.idNumber)) } };
    const { message, outcome } = await arrives(broken, 1, 'cn.jiexu.remittance-advice.v2', advice);
    expect(outcome).toBe('handled');
    expect(lines.filter(({ code }) => code === 'bank-line.not-tried')).toMatchObject([
      { level: 'warn', fields: { caseNumber: numberOf(1), errorName: 'Error' } },
    ]);
    expect(JSON.stringify(lines)).not.toContain(state!.person.idNumber);
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'open' });
    expect(await deliver(deps, message)).toMatchObject({ outcome: 'duplicate' });
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'matched' });
  });

  it('leaves alone what a person has taken in hand (B12, F2)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([early]));
    await importAll(deps, [first]);
    const row = (await lineOf(deps, idOf(first)))!;
    await deps.bankLines.replace({ ...row, version: 2, status: 'return-proposed' });
    await arrives(deps, 1, 'cn.jiexu.remittance-advice.v2', advice);
    expect(await lineOf(deps, idOf(first))).toMatchObject({ status: 'return-proposed', version: 2 });
    expect((await readCase(deps, 1)).money).toBeUndefined();
  });
});

describe('money that a clerk confirms by hand (B12)', () => {
  const [state] = several(1);
  const first = lineFor(state!);
  const typed = (said: Partial<Cells> = {}): Command => {
    const { bankReference, amountFen, valueDate } = { ...first, ...said };
    return { name: 'confirm-money', money: { bankReference, amountFen, valueDate } as never };
  };

  it('is refused where it stands in a statement already: two cases could have it (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1), nth(2, { amountFen: first.amountFen })]));
    await importAll(deps, [first]);
    const before = await readCase(deps, 2);
    const refused = give(deps, 2, typed());
    await expect(refused).rejects.toBeInstanceOf(Refusal);
    await expect(refused).rejects.toMatchObject({ code: 'money.wrong-state', errors: [{ field: 'bankReference', code: 'listed' }] });
    expect(await readCase(deps, 2)).toEqual(before);
  });

  it('is its line when the statement comes, and the case is not touched (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    await give(deps, 1, typed());
    const before = await readCase(deps, 1);
    expect(await importAll(deps, [first])).toMatchObject([{ outcome: 'matched', caseNumber: numberOf(1) }]);
    expect(await readCase(deps, 1)).toEqual(before);
  });

  it('is found under the reference that the bank has, where the advice named another (B12)', async () => {
    const { deps } = bank();
    await writeRows(client, table, rowsOf([nth(1)]));
    await give(deps, 1, typed({ bankReference: 'BANKSOWN0001' }));
    expect(await importAll(deps, [lineFor(nth(1), { bankReference: 'BANKSOWN0001' })])).toMatchObject([
      { outcome: 'matched', caseNumber: numberOf(1) },
    ]);
    expect(await importAll(deps, [first], 2)).toMatchObject([{ outcome: 'unmatched', code: 'confirmed-already' }]);
  });
});
