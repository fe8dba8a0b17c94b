import fc from 'fast-check';
import { expect } from 'vitest';
import type { Command } from '../../functions/cases/commands.ts';
import { execute, untilSettled } from '../../functions/cases/execute.ts';
import { openQueryAbout } from '../../functions/cases/facts.ts';
import type { MatchDeps } from '../../functions/cases/money/match.ts';
import { casePort } from '../../functions/exchange/handle.ts';
import { moneyRoutes } from '../../functions/money/api.ts';
import { importStatementPart } from '../../functions/money/import-statement.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { httpHandler } from '../../functions/platform/http.ts';
import type { TransferInCase } from '../../schemas/cases.ts';
import { BusinessMessage, sourceOf } from '../../schemas/messages.ts';
import type { BankLineId, BankLineStatus } from '../../schemas/money.ts';
import { awaitingCase, fileOf, importOf, lineFor, numberOf } from './bank.ts';
import { uuid } from './cases.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE } from './documents.ts';
import { call } from './http.ts';

/** Anything that offices may do with the money of a few cases, whose references and amounts meet again and again. */

const REFERENCES = ['REFERENCE1', 'REFERENCE2'];
const AMOUNTS = [100, 101];
const PEOPLE = ['clerk-1', 'clerk-2'];
const DAYS = ['2026-03-03', '2026-03-04'];
const NS = [1, 2, 3];

/** Two of the cases share a reference. */
export const playCases = (): TransferInCase[] =>
  NS.map((n) => awaitingCase({ n, reference: REFERENCES[Math.min(n - 1, 1)]!, amountFen: AMOUNTS[n % 2]! }));
const LINES = REFERENCES.flatMap((bankReference) =>
  AMOUNTS.flatMap((amountFen) =>
    DAYS.map((valueDate) => lineFor(awaitingCase({ n: 1, reference: 'X', amountFen: 1 }), { bankReference, amountFen, valueDate })),
  ),
);
type Named = Record<'bankReference' | 'valueDate' | 'amountFen', unknown>;
const lineIdOf = ({ bankReference, valueDate, amountFen }: Named) => `${bankReference}~${valueDate}~${amountFen}` as BankLineId;

const kind = <K extends string>(name: K) => fc.constant(name);
const n = fc.constantFrom(...NS);
const line = fc.constantFrom(...LINES);
const by = fc.constantFrom(...PEOPLE);
const reference = fc.constantFrom(...REFERENCES);
const amountFen = fc.constantFrom(...AMOUNTS);
const statement = fc.integer({ min: 1, max: 3 });
const pick = fc.nat();
export const anAct = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('import'), lines: fc.subarray(LINES, { minLength: 1 }), statement }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('match'), pick, n, by }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('by-hand'), line, n, by }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('credit'), n, by }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('reject'), n, by }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('ask'), n }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('correct'), n, reference, amountFen }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('explain'), n }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('close'), n }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('propose'), pick, by }) },
  { weight: 8, arbitrary: fc.record({ kind: kind('approve'), pick, by }) },
);
export type Act = typeof anAct extends fc.Arbitrary<infer A> ? A : never;
export const KINDS: readonly Act['kind'][] = [
  'import',
  'match',
  'by-hand',
  'credit',
  'reject',
  'ask',
  'correct',
  'explain',
  'close',
  'propose',
  'approve',
];

/** What was answered, kept beside the stores as a bookkeeper would; an amount that is entered twice counts twice. */
export class Ledger {
  readonly imported = new Map<BankLineId, number>();
  readonly returned: { lineId: BankLineId; fen: number }[] = [];
  readonly credited: { n: number; fen: number }[] = [];
}

/** Does everything in turn; what the rules refuse is left undone. @returns the ledger, and what was done */
export async function play(deps: MatchDeps, acts: readonly Act[]): Promise<{ ledger: Ledger; done: Act['kind'][] }> {
  const ledger = new Ledger();
  const done: Act['kind'][] = [];
  const bank = new Desk(deps);
  for (const what of acts) if (await perform(bank, what, ledger)) done.push(what.kind);
  return { ledger, done };
}

async function perform(desk: Desk, what: Act, ledger: Ledger): Promise<boolean> {
  switch (what.kind) {
    case 'import':
      await importStatementPart(desk.deps, importOf(what.statement), fileOf(what.lines));
      for (const handedIn of what.lines) ledger.imported.set(lineIdOf(handedIn), handedIn.amountFen);
      return true;
    case 'match':
      return desk.post('match', await desk.pick(what.pick), what.by, { caseNumber: numberOf(what.n) });
    case 'by-hand': {
      const { bankReference, amountFen: fen, valueDate } = what.line;
      return desk.give(what.n, { name: 'confirm-money', money: { bankReference, amountFen: fen, valueDate } as never }, what.by);
    }
    case 'credit': {
      if (!(await desk.give(what.n, { name: 'credit' }, what.by))) return false;
      ledger.credited.push({ n: what.n, fen: (await desk.read(what.n)).credit!.amountFen });
      return true;
    }
    case 'reject':
      return desk.give(what.n, { name: 'reject-money', reason: '非本业务款项' }, what.by);
    case 'ask':
      return desk.give(what.n, { name: 'query', entry: { about: 'remittance-advice', fields: ['amountFen'], question: '?' } });
    case 'correct': {
      const { advice, versions } = await desk.read(what.n);
      const document = { ...advice, bankReference: what.reference, amountFen: what.amountFen };
      const replaces = versions?.['remittance-advice'];
      return desk.answer(what.n, 'correction', (query) => ({ about: 'remittance-advice', query, replaces, document }));
    }
    case 'explain':
      return desk.answer(what.n, 'explanation', (query) => ({ query, text: '无误' }));
    case 'close': {
      if (!(await desk.give(what.n, { name: 'propose-closure', proposal: { reason: '双方协商', money: '原路退回' } }))) return false;
      const { closure } = await desk.read(what.n);
      return desk.arrives(what.n, 'closure-answer', { proposal: closure?.messageId, agreed: true });
    }
    case 'propose':
      return desk.post('propose-return', await desk.pick(what.pick), what.by, { reason: '退回' });
    case 'approve': {
      const lineId = await desk.pick(what.pick, 'return-proposed');
      const row = await desk.line(lineId);
      const said = { proposal: row?.return?.proposal ?? 1, returnedOn: '2026-03-05', bankReference: 'RETURN0001' };
      const approved = await desk.post('approve-return', lineId, what.by, said);
      // Said again it is answered again, and no money moves.
      if (approved && row && row.status !== 'returned') ledger.returned.push({ lineId, fen: row.line.amountFen });
      return approved;
    }
    default:
      return what satisfies never;
  }
}

/** Clerks of Hangzhou, and what reaches them from Chengdu. */
class Desk {
  readonly deps: MatchDeps;
  readonly #handler: ReturnType<typeof httpHandler>;
  #ids = 0;

  constructor(deps: MatchDeps) {
    this.deps = deps;
    this.#handler = httpHandler(moneyRoutes(deps), deps.log, deps.metrics);
  }

  async read(i: number): Promise<TransferInCase> {
    const state = await this.deps.store.readCase(HANGZHOU, numberOf(i));
    if (state?.side !== 'transferIn') throw new Error(`no case ${i}`);
    return state;
  }

  line = async (lineId: BankLineId) => (await this.deps.bankLines.lines(HANGZHOU, [lineId])).get(lineId);

  /** Some line that was handed in, in a status if there is one in it, or one that was not. */
  async pick(dice: number, status?: BankLineStatus): Promise<BankLineId> {
    const ids = LINES.map(lineIdOf);
    const rows = [...(await this.deps.bankLines.lines(HANGZHOU, ids)).values()];
    const suitable = rows.filter((row) => row.status === status);
    const among = suitable.length > 0 ? suitable.map(({ lineId }) => lineId) : [...rows.map(({ lineId }) => lineId), ...ids.slice(0, 1)];
    return among[dice % among.length]!;
  }

  give = (i: number, command: Command, subject = 'clerk-1') =>
    allowed(() =>
      untilSettled(async () => {
        const actor = { kind: 'caller', subject, office: HANGZHOU_OFFICE, role: 'clerk' } as const;
        const occurredAt = this.deps.clock.now();
        return execute(
          this.deps,
          { region: HANGZHOU, caseNumber: numberOf(i), command, actor, occurredAt, causationId: uuid(1) },
          await this.read(i),
        );
      }),
    );

  /** Chengdu's answer to an open question about its advice; nothing where there is none. */
  async answer(i: number, type: string, dataOf: (query: string) => unknown): Promise<boolean> {
    const query = openQueryAbout(await this.read(i), 'own', 'remittance-advice');
    return query !== undefined && this.arrives(i, type, dataOf(query.id));
  }

  async arrives(i: number, type: string, data: unknown): Promise<boolean> {
    this.#ids += 1;
    const message = BusinessMessage.parse({
      specversion: '1.0',
      id: uuid(900_000 + this.#ids),
      source: sourceOf(CHENGDU),
      subject: numberOf(i),
      time: this.deps.clock.now(),
      datacontenttype: 'application/json',
      recipient: HANGZHOU,
      causationid: uuid(1),
      procedure: '2016.2',
      sequence: (await this.read(i)).sequences.handled + 1,
      signature: 'A'.repeat(86),
      type: `cn.jiexu.${type}.v1`,
      data,
    });
    const incoming = { message, body: `${message.id}`, receivedAt: this.deps.clock.now(), makeReceipt: async () => '{}' };
    return allowed(() => casePort(this.deps).acceptMessage(incoming));
  }

  async post(what: string, lineId: BankLineId, sub: string, body: unknown): Promise<boolean> {
    const claims = { sub, office: HANGZHOU_OFFICE, role: 'clerk' };
    const { status } = await call(this.#handler, `POST /v1/bank-lines/{lineId}/${what}`, { claims, params: { lineId }, body });
    if (status >= 500) throw new Error(`${what} failed with ${status}`);
    return status === 200;
  }
}

async function allowed(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Money is conserved to the fen: every fen that came is on an account, on its way there, back at its payer, or in the queue (B12, B13). */
export async function expectConserved({ store, bankLines }: MatchDeps, { imported, returned, credited }: Ledger): Promise<void> {
  const rows = [...(await bankLines.lines(HANGZHOU, LINES.map(lineIdOf))).values()];
  const states = await Promise.all(NS.map(async (i) => (await store.readCase(HANGZHOU, numberOf(i))) as TransferInCase));
  const sum = (amounts: Iterable<number>) => [...amounts].reduce((total, fen) => total + fen, 0);

  const waiting = rows.filter(({ status, caseNumber }) => (status === 'open' || status === 'return-proposed') && !caseNumber);
  const hasLine = (state: TransferInCase) =>
    rows.some(({ caseNumber, status }) => caseNumber === state.caseNumber && status !== 'returned');
  const creditedByLine = credited.filter(({ n: i }) => hasLine(states[i - 1]!));
  const matched = states.filter((state) => state.money && !state.credit && hasLine(state));
  expect(sum(imported.values())).toBe(
    sum(waiting.map(({ line: { amountFen: fen } }) => fen)) +
      sum(returned.map(({ fen }) => fen)) +
      sum(creditedByLine.map(({ fen }) => fen)) +
      sum(matched.map(({ money }) => money!.amountFen)),
  );

  const unique = (values: readonly unknown[]) => expect(new Set(values).size).toBe(values.length);
  // A line is used once, a case has one line, is credited once, and by another person than the one who confirmed its money.
  unique(credited.map(({ n: i }) => i));
  unique(returned.map(({ lineId }) => lineId));
  unique(rows.flatMap(({ caseNumber }) => caseNumber ?? []));
  for (const { money, moneyFrom, credit, caseNumber, ended } of states) {
    if (credit) expect([credit.amountFen, credit.by === moneyFrom?.by]).toEqual([money?.amountFen, false]);
    const own = rows.find((row) => row.caseNumber === caseNumber);
    // To the day where the line confirmed it; by hand the day may be mistyped.
    if (own) expect([own.line.bankReference, own.line.amountFen]).toEqual([money?.bankReference, money?.amountFen]);
    if (moneyFrom?.bankLine) expect(own?.lineId).toBe(moneyFrom.bankLine);
    if (own?.status === 'returned') expect([ended !== undefined, credit]).toEqual([true, undefined]);
  }
  // A reference that is one case's by hand is no second one's.
  const byHand = states.filter(({ money, moneyFrom }) => money && moneyFrom?.bankLine === undefined);
  unique(byHand.map(({ money }) => money!.bankReference));
  // Its line, which came later, waits or is its own; unless a line of another day turned out to be this money.
  for (const { money, caseNumber } of byHand) {
    if (rows.some((row) => row.caseNumber === caseNumber)) continue;
    expect(['open', undefined]).toContain(rows.find(({ lineId }) => lineId === lineIdOf(money!))?.status);
  }
  for (const row of rows) if (row.return?.approvedBy !== undefined) expect(row.return.approvedBy).not.toBe(row.return.by);
}
