import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BankLineView, ReconciliationView } from '../../schemas/money.ts';
import { OfficeCode } from '../../schemas/primitives.ts';
import { BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, person, referenceOf } from '../support/documents.ts';
import type { Said, TestNetwork } from '../support/network.ts';
import { announce, importFile, statementText } from '../support/network-imports.ts';
import { NetworkRoad, sharedTravel } from '../support/network-road.ts';
import { SECOND_PERSON } from '../support/network-story.ts';
import { startNetwork } from '../support/network-vitest.ts';

/** Account of Hangzhou that every letter names. */
const ACCOUNT = '0000330100000000001';
const SECOND_OFFICE = OfficeCode.parse('33010002');
const CASHIER = 'cashier';
const THIRD_PERSON = 'third';

let network: TestNetwork;
let people = 0;
beforeAll(async () => {
  network = await startNetwork({ regions: [HANGZHOU, CHENGDU] });
});
afterAll(async () => {
  expect(await network.dead()).toBe(0);
  network.close();
});

const aRoad = (): NetworkRoad => {
  people += 1;
  return new NetworkRoad({ network, travel: sharedTravel(network), n: people });
};

/** A hand-over whose money is under way under a reference. */
async function remitted(bankReference: string): Promise<NetworkRoad> {
  const road = await aRoad().lettered();
  await road.terminate();
  await road.remit({ bankReference });
  await road.table();
  await road.travel();
  return road;
}

const today = () => aRoad().today;
const lineOf = (bankReference: string, said: Record<string, unknown> = {}) => ({
  ...{ account: ACCOUNT, valueDate: today(), amountFen: BALANCE_FEN, bankReference, remark: '' },
  ...said,
});
const handIn = (...lines: ReturnType<typeof lineOf>[]) =>
  importFile(network, { office: HANGZHOU_OFFICE, kind: 'bank-statement', text: statementText(lines), by: { person: CASHIER } });

const queueOf = async (office: OfficeCode) => (await network.get<{ items: BankLineView[] }>(office, '/v1/bank-lines')).body.items;
const queue = () => queueOf(HANGZHOU_OFFICE);
const idOf = (bankReference: string, valueDate: string) => `${bankReference}~${valueDate}~${BALANCE_FEN}`;
const decide = (lineId: string, what: 'match' | 'propose-return' | 'approve-return', said: Said) =>
  network.submit<BankLineView & { code: string; errors: { field: string }[] }>(HANGZHOU_OFFICE, `/v1/bank-lines/${lineId}/${what}`, said);
const reconciliation = async ({ caseNumber }: NetworkRoad) =>
  (await network.get<ReconciliationView>(HANGZHOU_OFFICE, `/v1/cases/${caseNumber}/reconciliation`)).body;

describe('B12, B13, F2: a bank statement with the money of two hand-overs, of which one transfer names the wrong reference', () => {
  let matched: NetworkRoad;
  let mistyped: NetworkRoad;
  let imported: Awaited<ReturnType<typeof importFile>>;
  beforeAll(async () => {
    [matched, mistyped] = [await remitted('CD20260302000011'), await remitted('CD20260302000012')];
    network.advance({ days: 2 });
    imported = await handIn(lineOf('CD20260302000011'), lineOf('CD20260302999999', { remark: `转移接续 ${person(mistyped.n).idNumber}` }));
  });

  test('the file is done, with a result per line', () => {
    expect(imported.view).toMatchObject({ status: 'done', counts: { matched: 1, unmatched: 1 }, errors: [] });
    expect(imported.results).toEqual([
      { line: 2, outcome: 'matched', status: 'matched', caseNumber: matched.caseNumber },
      { line: 3, outcome: 'unmatched', status: 'open', code: 'unknown-reference' },
    ]);
  });

  test('the one is confirmed by whoever handed the statement in, and counts by its value date', async () => {
    const { money, moneyFrom, status, clocks } = await matched.there();
    expect(money).toEqual({ amountFen: BALANCE_FEN, bankReference: 'CD20260302000011', valueDate: matched.today });
    expect(moneyFrom).toEqual({ by: `${CASHIER}-${HANGZHOU_OFFICE}`, bankLine: idOf('CD20260302000011', matched.today) });
    expect([status, clocks.complete?.startedOn]).toEqual(['ready-to-complete', matched.today]);
    const entry = (await network.timeline(HANGZHOU, matched.caseNumber)).at(-1);
    expect(entry).toMatchObject({ command: 'confirm-money', actor: { kind: 'bank-statement', office: HANGZHOU_OFFICE } });
  });

  test('the other waits in the queue with its age, why, and the cases that it may belong to', async () => {
    network.advance({ days: 3 });
    const [line, ...others] = await queue();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ status: 'open', reason: 'unknown-reference', reasonText: expect.stringContaining('流水号'), ageDays: 3 });
    const candidate = { office: HANGZHOU_OFFICE, counterpart: CHENGDU, sameReference: false, sameAmount: true };
    expect(line?.candidates).toEqual([{ ...candidate, caseNumber: mistyped.caseNumber, labelled: true }]);
    expect((await mistyped.there()).money).toBeUndefined();
  });

  test('a person gives it to its case, of two at once one; another person credits it', async () => {
    const [line] = await queue();
    const body = { caseNumber: mistyped.caseNumber };
    const match = (who: string) => decide(line!.lineId, 'match', { body, ifMatch: line!.version, person: who });
    const answers = await Promise.all([match(SECOND_PERSON), match(THIRD_PERSON)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await queue()).toEqual([]);
    const matcher = answers[0]!.status === 200 ? SECOND_PERSON : THIRD_PERSON;
    const { money, moneyFrom } = await mistyped.there();
    expect([money?.amountFen, moneyFrom]).toEqual([BALANCE_FEN, { by: `${matcher}-${HANGZHOU_OFFICE}`, bankLine: line!.lineId }]);
    await mistyped.refused('transferIn', ['credit', {}, { person: matcher }], 'case.same-person', 'money');
    await mistyped.in('credit', {}, { person: CASHIER });
  });

  test('what the statement confirmed is credited by another person than the one who handed it in, once', async () => {
    await matched.refused('transferIn', ['credit', {}, { person: CASHIER }], 'case.same-person', 'money');
    await matched.credit();
    await matched.refused('transferIn', ['credit', {}, { person: THIRD_PERSON }], 'case.wrong-state', 'credit');
  });

  test('voucher, table, advice and bank agree to the fen, and the person has what was sent', async () => {
    for (const road of [matched, mistyped]) {
      expect(await reconciliation(road)).toEqual({
        caseNumber: road.caseNumber,
        ...{ voucherFen: BALANCE_FEN, tableFen: BALANCE_FEN, transferredFen: BALANCE_FEN },
        ...{ advisedFen: BALANCE_FEN, receivedFen: BALANCE_FEN, creditedFen: BALANCE_FEN },
        ...{ differences: [], complete: true },
      });
      await road.complete();
      await road.handedOver();
      expect((await road.here()).completion?.creditedFen).toBe(BALANCE_FEN);
    }
  });
});

test('B12: money that comes before its advice is matched when the advice comes', async () => {
  const road = await aRoad().lettered();
  await road.terminate();
  const reference = 'CD20260302000010';
  await road.remit({ bankReference: reference });
  // The bank is faster than the exchange.
  const { results } = await importFileBeforeTravel(reference);
  expect(results).toMatchObject([{ outcome: 'unmatched', code: 'unknown-reference' }]);
  expect((await queue()).map(({ line }) => line.bankReference)).toEqual([reference]);
  network.settings.down.delete(HANGZHOU);
  await road.travel();
  expect((await road.there()).moneyFrom).toMatchObject({ bankLine: idOf(reference, road.today) });
  expect(await queue()).toEqual([]);
  await road.table();
  await road.travel();
  await road.credit();
  await road.complete();
  await road.handedOver();
});

async function importFileBeforeTravel(reference: string) {
  network.settings.down.add(HANGZHOU);
  return handIn(lineOf(reference));
}

describe('B12: a statement that cannot be read, or was read before', () => {
  test('one broken line refuses the whole file, by line and reason, and nothing is imported', async () => {
    const road = await remitted('CD20260302000020');
    const lines = [lineOf('CD20260302000020'), lineOf('CD20260302000021', { amountFen: '12.34' })];
    const { view, results } = await handIn(...lines);
    expect(view).toMatchObject({ status: 'refused', errors: [{ line: 3, field: 'amountFen', reason: expect.stringMatching(/分/) }] });
    expect([results, (await road.there()).money, await queue()]).toEqual([[], undefined, []]);
  });

  test('the same file again is the same import; the same lines in another file change nothing', async () => {
    const road = await remitted('CD20260302000030');
    const { view } = await handIn(lineOf('CD20260302000030'));
    const text = statementText([lineOf('CD20260302000030')]);
    const again = await announce(network, { office: HANGZHOU_OFFICE, kind: 'bank-statement', text });
    expect(again).toMatchObject({ status: 409, body: { code: 'import.repeated' } });
    expect(JSON.stringify(again.body)).toContain(view.importNumber);
    const before = await road.there();
    const longer = await handIn(lineOf('CD20260302000030'), lineOf('CD20260302000031'));
    expect(longer.results).toMatchObject([
      { outcome: 'seen-before', caseNumber: road.caseNumber },
      { outcome: 'unmatched', code: 'unknown-reference' },
    ]);
    expect(await road.there()).toEqual(before);
    expect((await queue()).map(({ line }) => line.bankReference)).toEqual(['CD20260302000031']);
  });

  test('B12, F2: money that is nobody’s goes back to its payer, proposed by one and approved by another', async () => {
    const [line] = await queue();
    const { body: proposed } = await decide(line!.lineId, 'propose-return', {
      body: { reason: '不属于本地区任何业务' },
      ifMatch: line!.version,
      person: SECOND_PERSON,
    });
    const body = { proposal: proposed.version, returnedOn: today(), bankReference: 'HZ20260302000031' };
    const alone = await decide(line!.lineId, 'approve-return', { body, person: SECOND_PERSON });
    expect([alone.status, alone.body.code]).toEqual([403, 'case.same-person']);
    const { status, body: returned } = await decide(line!.lineId, 'approve-return', { body, person: THIRD_PERSON });
    expect([status, returned.status, returned.return]).toMatchObject([200, 'returned', { bankReference: 'HZ20260302000031' }]);
    expect(await queue()).toEqual([]);
    const again = await decide(line!.lineId, 'match', { body: { caseNumber: (await remitted('CD20260302000032')).caseNumber } });
    expect([again.status, again.body.code]).toEqual([409, 'money.wrong-state']);
  });
});

test('B13: a table that differs from the voucher holds the credit up to the fen until transferOut explains it', async () => {
  const road = await aRoad().lettered();
  await road.terminate();
  await road.remit({ amountFen: BALANCE_FEN - 1 });
  await road.table({ balanceFen: BALANCE_FEN - 1 });
  await road.travel();
  await road.in('confirm-money', { amountFen: BALANCE_FEN - 1, bankReference: referenceOf(road.caseNumber), valueDate: road.today });
  const difference = { between: ['voucher', 'table'], differenceFen: -1 };
  expect(await reconciliation(road)).toMatchObject({ differences: [{ ...difference, explained: false }], complete: false });
  const credit: Parameters<NetworkRoad['refused']>[1] = ['credit', {}, { person: SECOND_PERSON }];
  await road.refused('transferIn', credit, 'case.not-reconciled', 'reconciliation.voucher.table', 'amount_mismatch');
  await road.ask('transferIn', 'information-table', ['balanceFen']);
  await road.explain('transferOut');
  expect(await reconciliation(road)).toMatchObject({ differences: [{ ...difference, explained: true }], complete: true });
  await road.credit();
  await road.complete();
  await road.handedOver();
});

test('F1: another region sees neither the line nor the import; another office of the region sees the region’s money', async () => {
  const { view } = await handIn(lineOf('CD20260302000040'));
  const [line] = await queue();
  const at = [`/v1/bank-lines/${line!.lineId}`, `/v1/imports/${view.importNumber}`];
  for (const path of at) expect((await network.get(CHENGDU_OFFICE, path)).status).toBe(404);
  expect(await queueOf(CHENGDU_OFFICE)).toEqual([]);
  expect((await network.get(SECOND_OFFICE, at[0]!)).status).toBe(200);
  const refused = await network.get<{ code: string }>(SECOND_OFFICE, at[1]!);
  expect([refused.status, refused.body.code]).toEqual([403, 'caller.wrong-office']);
});
