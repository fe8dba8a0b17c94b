import { beforeEach, describe, expect, it } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { execute, untilSettled } from '../../functions/cases/execute.ts';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { moneyRoutes } from '../../functions/money/api.ts';
import { importStatementPart } from '../../functions/money/import-statement.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { Actor, TransferInCase } from '../../schemas/cases.ts';
import { type Role, Role as Roles } from '../../schemas/codes.ts';
import { BankLinesView, BankLineView, ReconciliationView } from '../../schemas/money.ts';
import { CalendarDate } from '../../schemas/primitives.ts';
import type { FieldError } from '../../schemas/problems.ts';
import {
  type Awaited,
  awaitingCase,
  bankDeps,
  type Cells,
  fileOf,
  importOf,
  lineFor,
  numberOf,
  rowsOf,
  SECOND_OFFICE,
  storedIn,
  writeRows,
} from '../support/bank.ts';
import { uuid } from '../support/cases.ts';
import { CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { call, type HttpCall } from '../support/http.ts';

const client = documentClient(dynamoDbLocalClient());
const nth = (n: number, said: Partial<Awaited> = {}): TransferInCase =>
  awaitingCase({ n, reference: `CD20260302${String(n).padStart(6, '0')}`, amountFen: 100_000 + n, ...said });

let bank: ReturnType<typeof bankDeps>;
let deps: MatchDeps;
let handler: ReturnType<typeof httpHandler>;
beforeEach(async () => {
  const { exchange } = await createTables(dynamoDbLocalClient());
  bank = bankDeps(storedIn(client, exchange));
  deps = bank.deps;
  handler = httpHandler(moneyRoutes(deps), deps.log, deps.metrics);
  put = (...states) => writeRows(client, exchange, rowsOf(states));
});
let put: (...states: TransferInCase[]) => Promise<void>;

type Who = { sub?: string; office?: string; role?: Role };
const send = (route: string, said: HttpCall & Who = {}) => {
  const { sub = 'clerk-1', office = HANGZHOU_OFFICE, role = 'clerk', ...rest } = said;
  return call(handler, route, { claims: { sub, office, role }, ...rest });
};
const list = (said: HttpCall & Who = {}) => send('GET /v1/bank-lines', said);
const look = (lineId: string, said: Who = {}) => send('GET /v1/bank-lines/{lineId}', { params: { lineId }, ...said });
const version = (n: number) => ({ headers: { 'if-match': `"${n}"` } });
const match = (lineId: string, n: number, said: HttpCall & Who = {}) =>
  send('POST /v1/bank-lines/{lineId}/match', { params: { lineId }, body: { caseNumber: numberOf(n) }, ...said });
const propose = (lineId: string, said: HttpCall & Who = {}) =>
  send('POST /v1/bank-lines/{lineId}/propose-return', { params: { lineId }, body: { reason: '非转移资金' }, ...said });
const approve = (lineId: string, proposal: number, said: HttpCall & Who = {}) =>
  send('POST /v1/bank-lines/{lineId}/approve-return', {
    params: { lineId },
    body: { proposal, returnedOn: '2026-03-05', bankReference: 'HZ20260305000001' },
    sub: 'clerk-2',
    ...said,
  });

async function imported(...lines: Cells[]): Promise<string[]> {
  await importStatementPart(deps, importOf(1), fileOf(lines));
  return lines.map(({ bankReference, valueDate, amountFen }) => `${bankReference}~${valueDate}~${amountFen}`);
}
const odd = (n: number, said = {}) => lineFor(nth(n), { bankReference: `UNKNOWN${String(n).padStart(5, '0')}`, ...said });
const readCase = async (n: number) => (await deps.store.readCase(HANGZHOU, numberOf(n)))!;
const clerk: Actor = { kind: 'caller', subject: 'clerk-1', office: HANGZHOU_OFFICE, role: 'clerk' };
const give = (n: number, command: Command, actor: Actor = clerk) =>
  untilSettled(async () => {
    const request = { region: HANGZHOU, caseNumber: numberOf(n), command, actor, occurredAt: deps.clock.now(), causationId: uuid(1) };
    return execute(deps, request, await readCase(n));
  });
/** Status of the line, or code of the refusal and, of each finding, field and code. */
const outcome = ({ status, body }: { status: number; body: { status: string; code: string; errors: FieldError[] } }) =>
  status === 200 ? [200, body.status] : [status, body.code, ...body.errors.map(({ field, code }) => `${field} ${code}`)];

describe('the queue of money that waits (B12)', () => {
  it('shows 25 lines at a time, the oldest first, with age, reason and candidates, and goes on at its cursor (B12)', async () => {
    await put(nth(1));
    const days = Array.from({ length: 27 }, (_, i) => `2026-02-${String(28 - i).padStart(2, '0')}`);
    await imported(
      ...days.map((valueDate, i) =>
        lineFor(nth(1), { valueDate, bankReference: i === 0 ? nth(1).advice!.bankReference : `UNKNOWN000${10 + i}` }),
      ),
    );
    const first = await list();
    expect(first.status).toBe(200);
    const page = BankLinesView.parse(first.body);
    expect(page.items.map(({ line }) => line.valueDate)).toEqual(days.toReversed().slice(0, 25));
    expect(page.items[0]).toMatchObject({
      ageDays: 31,
      status: 'open',
      version: 1,
      reason: 'unknown-reference',
      reasonText: '没有划转通知使用该流水号',
    });
    const candidate = { caseNumber: numberOf(1), office: HANGZHOU_OFFICE, counterpart: '510100', sameAmount: true, labelled: true };
    expect(page.items[0]!.candidates).toEqual([{ ...candidate, sameReference: false }]);
    const second = BankLinesView.parse((await list({ query: { cursor: page.nextCursor! } })).body);
    expect(second.items.map(({ line, reason }) => [line.valueDate, reason])).toEqual([
      ['2026-02-27', 'unknown-reference'],
      ['2026-02-28', 'date-before-remittance'],
    ]);
    expect(second.items[1]!.candidates).toEqual([{ ...candidate, sameReference: true }]);
    expect(second.nextCursor).toBeUndefined();
  });

  it('is the region’s: each of its offices sees it, no other region does, and the cursor is of no use there (B12, F1)', async () => {
    const [id] = await imported(odd(1));
    expect((await list({ office: SECOND_OFFICE })).body.items).toHaveLength(1);
    expect((await list({ office: CHENGDU_OFFICE })).body).toEqual({ region: '510100', items: [] });
    expect(outcome(await look(id!, { office: CHENGDU_OFFICE }))).toEqual([404, 'money.line-not-found', 'lineId unknown']);
    const cursor = Buffer.from(JSON.stringify({ PK: 'p', SK: 's', workOffice: 'M#330100', workDue: '2026' })).toString('base64url');
    expect((await list({ office: CHENGDU_OFFICE, query: { cursor } })).status).toBe(400);
    expect((await list({ query: { cursor: '%' } })).status).toBe(400);
  });

  it('is closed to the ministry (F1)', async () => {
    const allowed = await Promise.all(Roles.options.map(async (role) => [role, (await list({ role })).status]));
    expect(Object.fromEntries(allowed)).toEqual({ clerk: 200, supervisor: 200, system: 200, ministry: 403 });
  });

  it.each(['nothing', 'UNKNOWN00001~2026-03-03~1', 'UNKNOWN00001~2026-02-30~100001', '%7E'])('has no line %s (B12)', async (id) => {
    await imported(odd(1));
    expect(outcome(await look(id))).toEqual([404, 'money.line-not-found', 'lineId unknown']);
  });

  it('logs who looked, and nothing that a payer wrote (F3, F4)', async () => {
    const [id] = await imported(odd(1));
    await list();
    await look(id!);
    const at = { region: HANGZHOU, office: HANGZHOU_OFFICE, role: 'clerk', subject: 'clerk-1', count: 1 };
    expect(bank.lines.filter(({ code }) => code === 'bank-lines.viewed').map(({ fields }) => fields)).toEqual([at, at]);
    const said = JSON.stringify(bank.lines);
    for (const secret of [person(1).name, person(1).idNumber, '123456789012', '成都市医保基金专户']) expect(said).not.toContain(secret);
  });
});

describe('a line that a person matches (B12)', () => {
  it('becomes the money of the case, confirmed by him, under the bank’s own reference, and another person credits it (B12, B13, F2)', async () => {
    await put(nth(1));
    const [id] = await imported(odd(1));
    const { status, body } = await match(id!, 1, version(1));
    expect([status, BankLineView.parse(body)]).toMatchObject([
      200,
      { status: 'matched', version: 2, caseNumber: numberOf(1), candidates: [] },
    ]);
    expect(await readCase(1)).toMatchObject({
      status: 'ready-to-complete',
      money: { bankReference: 'UNKNOWN00001', amountFen: 100_001, valueDate: '2026-03-03' },
      moneyFrom: { by: 'clerk-1', bankLine: id },
    });
    expect((await list()).body.items).toEqual([]);
    await expect(give(1, { name: 'credit' })).rejects.toMatchObject({ code: 'case.same-person' });
    await give(1, { name: 'credit' }, { ...clerk, subject: 'clerk-2' });
    expect(await readCase(1)).toMatchObject({ credit: { amountFen: 100_001, by: 'clerk-2' } });
  });

  it('is matched once: said again by the same person it is answered the same, by another or for another case it is refused (B12)', async () => {
    await put(nth(1), nth(2, { amountFen: 100_001 }));
    const [id] = await imported(odd(1));
    const first = await match(id!, 1, version(1));
    const again = await match(id!, 1, version(1));
    expect(again.body).toEqual(first.body);
    expect(outcome(await match(id!, 2))).toEqual([409, 'money.wrong-state', 'status matched']);
    expect(outcome(await match(id!, 1, { sub: 'clerk-2' }))).toEqual([409, 'money.wrong-state', 'status matched']);
    expect((await readCase(1)).version).toBe(nth(1).version + 1);
    expect((await readCase(2)).version).toBe(nth(2).version);
  });

  it('goes to one of two cases whose clerks match it at the same moment (B12)', async () => {
    await put(nth(1), nth(2, { amountFen: 100_001 }));
    const [id] = await imported(odd(1));
    const answers = await Promise.all([match(id!, 1), match(id!, 2, { sub: 'clerk-2' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const moneys = await Promise.all([1, 2].map(async (n) => ((await readCase(n)) as TransferInCase).money));
    expect(moneys.filter((money) => money !== undefined)).toHaveLength(1);
  });

  it.each([
    ['in a version that is not the present one', () => match(ids[0]!, 1, version(7)), [412, 'money.stale-version', 'If-Match stale']],
    ['with a case of another amount, by one fen', () => match(ids[0]!, 2), [422, 'money.not-matching', 'amountFen amount_mismatch']],
    [
      'with a case of another office',
      () => match(ids[0]!, 1, { office: SECOND_OFFICE }),
      [403, 'caller.wrong-office', 'office wrong_office'],
    ],
    ['with a case that is not there', () => match(ids[0]!, 9), [404, 'case.not-found', 'caseNumber unknown']],
    ['with no case number', () => match(ids[0]!, 1, { body: {} }), [400, 'request.invalid', 'caseNumber invalid_type']],
    ['by the ministry', () => match(ids[0]!, 1, { role: 'ministry' }), [403, 'caller.role-not-allowed', 'role not_allowed']],
    ['by another region', () => match(ids[0]!, 1, { office: CHENGDU_OFFICE }), [404, 'money.line-not-found', 'lineId unknown']],
    ['from before the remittance', () => match(ids[1]!, 1), [422, 'case.inconsistent', 'valueDate contradiction']],
  ])('is not matched %s, and nothing changes (B12, F1)', async (_, act, expected) => {
    await put(nth(1), nth(2, { amountFen: 100_002 }));
    ids = await imported(odd(1), odd(1, { valueDate: '2026-03-01' }));
    expect(outcome(await act())).toEqual(expected);
    expect((await readCase(1)).version).toBe(nth(1).version);
    expect(BankLineView.parse((await look(ids[0]!)).body)).toMatchObject({ status: 'open', version: 1 });
  });
  let ids: string[] = [];

  it('is not matched while the advice is in question, nor with a case that has its money (B12, B3)', async () => {
    await put(nth(1), nth(2, { amountFen: 100_001 }));
    const [id] = await imported(odd(1), lineFor(nth(2), { amountFen: 100_001 }));
    expect(outcome(await match(id!, 2))).toEqual([409, 'case.wrong-state', 'status ready-to-complete']);
    await give(1, { name: 'query', entry: { about: 'remittance-advice', fields: ['amountFen'], question: '?' } });
    expect(outcome(await match(id!, 1))).toEqual([409, 'case.pending', 'queries waiting']);
  });
});

describe('money that goes back (F2)', () => {
  it('is proposed by one person and approved by another, waits in between, and the line stays for good (B12, F2)', async () => {
    const [id] = await imported(odd(1));
    expect((await propose(id!, version(1))).body).toMatchObject({
      status: 'return-proposed',
      version: 2,
      return: { reason: '非转移资金', proposal: 2, by: 'clerk-1', proposedAt: '2026-03-05T04:00:00.000Z' },
    });
    expect((await list()).body.items).toMatchObject([{ lineId: id, status: 'return-proposed' }]);
    expect(outcome(await approve(id!, 2, { sub: 'clerk-1' }))).toEqual([403, 'case.same-person', 'proposal same_person']);
    expect((await approve(id!, 2)).body).toMatchObject({
      status: 'returned',
      version: 3,
      return: { by: 'clerk-1', approvedBy: 'clerk-2', returnedOn: '2026-03-05', bankReference: 'HZ20260305000001' },
    });
    expect((await list()).body.items).toEqual([]);
    expect((await look(id!)).body).toMatchObject({ status: 'returned', ageDays: 2 });
    expect(await importStatementPart(deps, importOf(2), fileOf([odd(1)]))).toMatchObject([{ outcome: 'seen-before', status: 'returned' }]);
  });

  it('is answered the same when it is said again, and refused once it has gone (F2)', async () => {
    await put(nth(1));
    const [id] = await imported(odd(1));
    const proposed = await propose(id!, version(1));
    expect((await propose(id!, version(1))).body).toEqual(proposed.body);
    const approved = await approve(id!, 2);
    expect((await approve(id!, 2)).body).toEqual(approved.body);
    expect(outcome(await approve(id!, 2, { sub: 'clerk-3' }))).toEqual([409, 'money.wrong-state', 'status returned']);
    expect(outcome(await propose(id!))).toEqual([409, 'money.wrong-state', 'status returned']);
    expect(outcome(await match(id!, 1))).toEqual([409, 'money.wrong-state', 'status returned']);
  });

  it('can be proposed anew by the second person; then the first proposal is nobody’s to approve (F2)', async () => {
    const [id] = await imported(odd(1));
    await propose(id!);
    await propose(id!, { sub: 'clerk-2', body: { reason: '重复汇款' } });
    expect(outcome(await approve(id!, 2, { sub: 'clerk-1' }))).toEqual([409, 'money.wrong-state', 'proposal not_current']);
    expect(outcome(await approve(id!, 3, { sub: 'clerk-1' }))).toEqual([200, 'returned']);
  });

  it('comes back to the case that it belongs to, where the second person knows better (B12, F2)', async () => {
    await put(nth(1));
    const [id] = await imported(odd(1));
    await propose(id!);
    expect(outcome(await match(id!, 1, { sub: 'clerk-2', ...version(2) }))).toEqual([200, 'matched']);
    expect(outcome(await approve(id!, 2))).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
  });

  it.each([
    ['approved before it is proposed', () => approve(id, 1), [409, 'money.wrong-state', 'status open']],
    ['proposed in an old version', () => propose(id, version(9)), [412, 'money.stale-version', 'If-Match stale']],
    ['proposed without a reason', () => propose(id, { body: {} }), [400, 'request.invalid', 'reason invalid_type']],
    [
      'approved by a system, which is no second person',
      () => approve(id, 1, { role: 'system' }),
      [403, 'caller.role-not-allowed', 'role not_allowed'],
    ],
    ['proposed by the ministry', () => propose(id, { role: 'ministry' }), [403, 'caller.role-not-allowed', 'role not_allowed']],
  ])('is not %s (F1, F2)', async (_, act, expected) => {
    [id = ''] = await imported(odd(1));
    expect(outcome(await act())).toEqual(expected);
  });
  let id = '';

  it.each([
    ['2026-03-06', 'returnedOn future'],
    ['2026-03-02', 'returnedOn contradiction'],
  ])('did not leave on %s (F2)', async (returnedOn, expected) => {
    const [line] = await imported(odd(1));
    await propose(line!);
    const said = { body: { proposal: 2, returnedOn, bankReference: 'HZ20260305000001' } };
    expect(outcome(await approve(line!, 2, said))).toEqual([422, 'money.not-matching', expected]);
  });

  it('never leaves a case that has it: matched, credited, or confirmed by hand before the statement came (B12, B13)', async () => {
    await put(nth(1), nth(2));
    await byHand(2);
    const lines = await imported(lineFor(nth(1)), lineFor(nth(2)));
    for (const line of lines) expect(outcome(await propose(line))).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
    await give(1, { name: 'credit' });
    expect(outcome(await propose(lines[0]!))).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
  });

  it('never leaves for one case while another has it by hand, whichever of them its reference names (B12)', async () => {
    const twin = { reference: nth(1).advice!.bankReference, amountFen: nth(1).advice!.amountFen };
    await put(nth(1), nth(2, twin));
    await byHand(1);
    const [line] = await imported(lineFor(nth(1)));
    expect((await look(line!)).body).toMatchObject({ status: 'open', reason: 'several-cases' });
    for (const act of [propose(line!), match(line!, 2)])
      expect(outcome(await act)).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
    expect((await readCase(2)).version).toBe(nth(2).version);
    // It is said of the case that has it, which stays as it is.
    const before = await readCase(1);
    expect((await match(line!, 1)).body).toMatchObject({ status: 'matched', caseNumber: numberOf(1) });
    expect(await readCase(1)).toEqual(before);
  });

  it('leaves a case that ended without crediting it, by its own office (B12, F2)', async () => {
    await put(nth(1));
    const [line] = await imported(lineFor(nth(1)));
    await give(1, { name: 'propose-closure', proposal: { reason: '双方协商', money: '原路退回' } });
    expect(outcome(await propose(line!))).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
    await close();
    expect((await readCase(1)).status).toBe('closed-by-agreement');
    expect(outcome(await propose(line!, { office: SECOND_OFFICE }))).toEqual([403, 'caller.wrong-office', 'office wrong_office']);
    expect((await propose(line!)).body).toMatchObject({ status: 'return-proposed', version: 2, caseNumber: numberOf(1) });
    expect((await list()).body.items).toMatchObject([{ lineId: line, candidates: [] }]);
    expect(outcome(await match(line!, 1))).toEqual([409, 'money.wrong-state', 'status return-proposed']);
    expect((await approve(line!, 2)).body).toMatchObject({ status: 'returned', caseNumber: numberOf(1) });
  });

  it('never leaves an account that it was credited to, whatever became of the case (B13)', async () => {
    await put(nth(1));
    const [line] = await imported(lineFor(nth(1)));
    const state = (await readCase(1)) as TransferInCase;
    const credit = { amountFen: state.money!.amountFen, by: 'clerk-2', at: deps.clock.now() };
    await put({ ...state, status: 'closed-by-agreement', ended: deps.clock.now(), credit });
    expect(outcome(await propose(line!))).toEqual([409, 'money.wrong-state', 'caseNumber belongs']);
  });
});

/** Chengdu agrees to end the first case. */
async function close(): Promise<void> {
  const { closure, counterpart, sequences } = await readCase(1);
  const answer = { proposal: closure!.messageId, agreed: true };
  const received = { messageId: uuid(41), sequence: sequences.handled + 1, sentAt: deps.clock.now() };
  await give(1, { name: 'receive-closure-answer', answer, ...received }, { kind: 'message', messageId: uuid(41), region: counterpart });
}

/** A clerk types what the bank's letter says, before the statement comes. */
async function byHand(n: number): Promise<void> {
  const { bankReference, amountFen } = nth(n).advice!;
  await give(n, { name: 'confirm-money', money: { bankReference, amountFen, valueDate: CalendarDate.parse('2026-03-03') } });
}

describe('the reconciliation of a case (B13)', () => {
  const reconciliation = (n: number, said: Who = {}) =>
    send('GET /v1/cases/{caseNumber}/reconciliation', { params: { caseNumber: numberOf(n) }, ...said });

  it('says what each paper and the bank say, and is complete once the money is in (B13)', async () => {
    await put(nth(1));
    const papers = { voucherFen: 100_001, tableFen: 100_001, transferredFen: 100_001, advisedFen: 100_001, differences: [] };
    expect(ReconciliationView.parse((await reconciliation(1)).body)).toEqual({ ...papers, caseNumber: numberOf(1), complete: false });
    await imported(lineFor(nth(1)));
    expect((await reconciliation(1)).body).toEqual({ ...papers, receivedFen: 100_001, caseNumber: numberOf(1), complete: true });
    await give(1, { name: 'credit' });
    expect((await reconciliation(1)).body).toMatchObject({ creditedFen: 100_001, complete: true });
  });

  it('shows a difference of one fen, which stands in the way of the credit (B13)', async () => {
    const state = nth(1);
    await put({ ...state, table: { ...state.table!, transferredFen: (state.table!.transferredFen - 1) as never } });
    await imported(lineFor(state));
    const { body } = await reconciliation(1);
    expect(body.complete).toBe(false);
    expect(body.differences).toEqual([
      { between: ['table', 'transferred'], differenceFen: -1, explained: false },
      { between: ['transferred', 'advice'], differenceFen: 1, explained: false },
    ]);
    await expect(give(1, { name: 'credit' })).rejects.toMatchObject({ code: 'case.not-reconciled' });
  });

  it('is logged, and shown to no other office (F1, F3)', async () => {
    await put(nth(1));
    await reconciliation(1);
    expect(bank.lines.filter(({ code }) => code === 'record.viewed')).toMatchObject([
      { fields: { caseNumber: numberOf(1), region: HANGZHOU, office: HANGZHOU_OFFICE, role: 'clerk', subject: 'clerk-1' } },
    ]);
    expect((await reconciliation(1, { office: SECOND_OFFICE })).status).toBe(403);
    expect((await reconciliation(1, { office: CHENGDU_OFFICE })).status).toBe(404);
    expect((await reconciliation(2)).status).toBe(404);
  });
});
