import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { execute, untilSettled } from '../../functions/cases/execute.ts';
import { placeWaiting } from '../../functions/cases/money/waiting.ts';
import { moneyRoutes } from '../../functions/money/api.ts';
import { importStatementPart } from '../../functions/money/import-statement.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { TransferInCase } from '../../schemas/cases.ts';
import type { BankLineId } from '../../schemas/money.ts';
import type { FieldError } from '../../schemas/problems.ts';
import { awaitingCase, bankDeps, type Cells, fileOf, importOf, lineFor, numberOf, rowsOf, storedIn, writeRows } from '../support/bank.ts';
import { uuid } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { call } from '../support/http.ts';

/** One transfer is the money of one case, however it came to be confirmed, and a mistake is undone before the credit (B12, B13, F2). */

const client = documentClient(dynamoDbLocalClient());
const REFERENCE = 'CD20260302000001';
/** Three cases of one amount, each with a reference of its own. */
const nth = (n: number): TransferInCase => awaitingCase({ n, reference: `CD2026030200000${n}`, amountFen: 100_000 });
const line = (valueDate: string, said: Partial<Cells> = {}) => lineFor(nth(1), { valueDate, ...said });
const idOf = ({ bankReference, valueDate, amountFen }: Cells) => `${bankReference}~${valueDate}~${amountFen}` as BankLineId;

let deps: ReturnType<typeof bankDeps>['deps'];
let handler: ReturnType<typeof httpHandler>;
beforeEach(async () => {
  const { exchange } = await createTables(dynamoDbLocalClient());
  await writeRows(client, exchange, rowsOf([1, 2, 3].map(nth)));
  deps = bankDeps(storedIn(client, exchange)).deps;
  handler = httpHandler(moneyRoutes(deps), deps.log, deps.metrics);
});

const read = async (n: number) => (await deps.store.readCase(HANGZHOU, numberOf(n))) as TransferInCase;
const rowOf = async (cells: Cells) => (await deps.bankLines.lines(HANGZHOU, [idOf(cells)])).get(idOf(cells))!;
const give = (n: number, command: Command, subject = 'clerk-1') =>
  untilSettled(async () => {
    const actor = { kind: 'caller', subject, office: HANGZHOU_OFFICE, role: 'clerk' } as const;
    const request = { region: HANGZHOU, caseNumber: numberOf(n), command, actor, occurredAt: deps.clock.now(), causationId: uuid(1) };
    return execute(deps, request, await read(n));
  });
const byHand = (n: number, valueDate = '2026-03-03', subject = 'clerk-1') =>
  give(n, { name: 'confirm-money', money: { amountFen: 100_000, bankReference: REFERENCE, valueDate } as never }, subject);
const reject = (n: number) => give(n, { name: 'reject-money', reason: '非本业务款项' }, 'clerk-2');
let statements = 0;
const handIn = (...lines: Cells[]) => {
  statements += 1;
  return importStatementPart(deps, importOf(statements), fileOf(lines));
};
const post = async (what: string, cells: Cells, body: object, sub = 'clerk-1') => {
  const claims = { sub, office: HANGZHOU_OFFICE, role: 'clerk' };
  const answer = await call(handler, `POST /v1/bank-lines/{lineId}/${what}`, { claims, params: { lineId: idOf(cells) }, body });
  const { code, errors } = answer.body as { code?: string; errors?: FieldError[] };
  return code === undefined ? answer.status : [code, ...(errors ?? []).map((error) => `${error.field} ${error.code}`)];
};
const match = (cells: Cells, n: number) => post('match', cells, { caseNumber: numberOf(n) });
const BELONGS = ['money.wrong-state', 'caseNumber belongs'];

describe('money confirmed by hand (B12)', () => {
  it('is the money of one case: of two clerks who type one reference at the same time one is refused and told whose it is (B12)', async () => {
    const results = await Promise.allSettled([1, 2, 3].map((n) => byHand(n, `2026-03-0${n + 1}`, `clerk-${n}`)));
    const states = await Promise.all([1, 2, 3].map(read));
    const [holder, ...more] = states.filter((state) => state.money !== undefined);
    expect(more).toEqual([]);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toHaveLength(2);
    for (const reason of refused) {
      expect(reason).toMatchObject({ code: 'money.wrong-state', errors: [{ field: 'bankReference', code: 'used' }] });
      expect(reason.errors[0].reason).toContain(holder!.caseNumber);
    }
  });

  it('typed by two clerks for the same case at the same time is there once, and the other is told so (B12)', async () => {
    const results = await Promise.allSettled([byHand(1, '2026-03-03', 'clerk-1'), byHand(1, '2026-03-04', 'clerk-2')]);
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(refused).toMatchObject([{ code: 'case.wrong-state', errors: [{ code: 'ready-to-complete' }] }]);
  });

  it('under a mistyped day keeps its line from every other case and from the way back; its own case takes it (B12)', async () => {
    await byHand(1, '2026-03-04');
    const first = line('2026-03-03');
    expect(await handIn(first)).toMatchObject([{ outcome: 'unmatched', code: 'confirmed-already' }]);
    expect([await match(first, 2), await post('propose-return', first, { reason: '退回' })]).toEqual([BELONGS, BELONGS]);
    const before = await read(1);
    expect(await match(first, 1)).toBe(200);
    expect(await rowOf(first)).toMatchObject({ status: 'matched', caseNumber: numberOf(1) });
    expect(await read(1)).toEqual(before);
  });

  it('is one line: a second one of another day is another transfer, for another case or for the way back (B12)', async () => {
    await byHand(1, '2026-03-04');
    const [first, second] = [line('2026-03-03'), line('2026-03-04')];
    await handIn(first);
    expect(await match(first, 1)).toBe(200);
    // The day that was typed is this one's, but the money is accounted for.
    expect(await handIn(second)).toMatchObject([{ outcome: 'unmatched', code: 'confirmed-already' }]);
    expect(await match(second, 1)).toEqual(['case.wrong-state', 'status ready-to-complete']);
    expect(await match(second, 2)).toBe(200);
    expect((await read(2)).moneyFrom?.bankLine).toBe(idOf(second));
  });
});

describe('money that is rejected (B12, F2)', () => {
  it('by hand frees its reference for the case that it belongs to (B12)', async () => {
    await byHand(1);
    await expect(byHand(2)).rejects.toMatchObject({ code: 'money.wrong-state' });
    await reject(1);
    await byHand(2);
    expect([(await read(1)).money, (await read(2)).money?.bankReference]).toEqual([undefined, REFERENCE]);
  });

  it('by a line sends it back to the queue, where nobody but a person gives it away again (B12)', async () => {
    const first = line('2026-03-03');
    await handIn(first);
    expect((await read(1)).money).toBeDefined();
    await reject(1);
    const row = await rowOf(first);
    expect(row).toMatchObject({ status: 'open', reason: 'rejected', version: 2, workOffice: `M#${HANGZHOU}` });
    expect([row.caseNumber, row.matchedAt, row.matchedBy]).toEqual([undefined, undefined, undefined]);
    expect(await handIn(first)).toMatchObject([{ outcome: 'seen-before', status: 'open', code: 'rejected' }]);
    await placeWaiting(deps, HANGZHOU, REFERENCE as never);
    expect([await rowOf(first), (await read(1)).money]).toEqual([row, undefined]);
    expect(await deps.bankLines.casesAwaiting(HANGZHOU, [100_000 as never], 10)).toContain(numberOf(1));
    expect(await match(first, 2)).toBe(200);
    expect(await rowOf(first)).toMatchObject({ status: 'matched', caseNumber: numberOf(2), version: 3 });
    await give(2, { name: 'credit' }, 'clerk-2');
    await expect(reject(2)).rejects.toMatchObject({ code: 'case.wrong-state' });
  });

  it('by hand, whose line came since, gives back both (B12)', async () => {
    const first = line('2026-03-03');
    await byHand(1);
    expect(await handIn(first)).toMatchObject([{ outcome: 'matched' }]);
    await reject(1);
    expect(await rowOf(first)).toMatchObject({ status: 'open', reason: 'rejected' });
    expect(await post('propose-return', first, { reason: '退回' })).toBe(200);
  });

  it('starts its clock anew with the next money, as a row of its own (D1)', async () => {
    const first = line('2026-03-03');
    await handIn(first);
    await reject(1);
    expect(await match(first, 1)).toBe(200);
    expect((await read(1)).runs).toEqual({ complete: 2 });
  });

  it('while its statement comes: the line is never left to a case without money (B12)', async () => {
    const first = line('2026-03-03');
    await byHand(1);
    await Promise.all([handIn(first), reject(1)]);
    // It was this case's for a moment at most; a match after the rejection is one by reference, and gives the money with it.
    expect((await rowOf(first)).caseNumber).toBe((await read(1)).money && numberOf(1));
  });
});
