import { newLine, waitingLine } from '../../functions/cases/money/bank-line.ts';
import type { BankLineStore } from '../../functions/cases/money/bank-line-store.ts';
import { importsApi } from '../../functions/imports/api.ts';
import { moneyRoutes } from '../../functions/money/api.ts';
import { returnProposed } from '../../functions/money/returns.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { httpHandler, routeKey } from '../../functions/platform/http.ts';
import { vouchersApi } from '../../functions/vouchers/api.ts';
import { codeFrom } from '../../functions/vouchers/code.ts';
import { draftVoucher, numbered } from '../../functions/vouchers/issue.ts';
import type { NumberStore } from '../../functions/vouchers/number-store.ts';
import { voucherRow } from '../../functions/vouchers/rows.ts';
import type { VoucherStore } from '../../functions/vouchers/voucher-store.ts';
import type { Route } from '../../schemas/api.ts';
import { type BankLineRow, StatementLine } from '../../schemas/money.ts';
import { type OfficeCode, PersonHash, type RegionCode, VoucherId } from '../../schemas/primitives.ts';
import { ACCOUNT, awaitingCase, bankDeps } from './bank.ts';
import { bankInMemory } from './bank-memory.ts';
import { directoryOf } from './case-api.ts';
import { NOW, OFFICES, PERSON_HASH, REGIONS, TODAY } from './cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from './documents.ts';
import { call, type HttpCall } from './http.ts';
import { anImport, filesInMemory, importNumber, importStoreInMemory } from './imports.ts';
import { untouched } from './untouched.ts';
import { record, recordBody } from './vouchers.ts';

/** What the routes of vouchers, money and imports are tried on: a thing of each kind that Hangzhou's main office has. */

/** The answer, what was made by it, and how often something was written. */
export type GroupReply = Awaited<ReturnType<typeof call>> & { made: { region: RegionCode; office: OfficeCode }[]; writes: number };
type Asked = Pick<HttpCall, 'claims' | 'headers'>;

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const UNCOUNTED = { count: () => {} };
const clock = { now: () => NOW };

const VOUCHER_ID = VoucherId.parse('330100-2026-000001');
const CODE = codeFrom(new Uint8Array(15));
const ISSUE = {
  draft: draftVoucher(record(), { region: REGIONS[HANGZHOU]!, office: OFFICES[HANGZHOU]!, today: TODAY }),
  region: HANGZHOU,
  office: HANGZHOU_OFFICE,
  personHash: PERSON_HASH,
  window: undefined,
  code: CODE,
  at: NOW,
  by: 'clerk-1',
};
const VOUCHER = voucherRow(ISSUE, VOUCHER_ID, numbered(ISSUE.draft, REGIONS[HANGZHOU]!, 1));

export async function attemptVoucher(route: Route, asked: Asked): Promise<GroupReply> {
  const made: GroupReply['made'] = [];
  let writes = 0;
  const written = async () => {
    writes += 1;
    return { kind: 'written' } as const;
  };
  const vouchers = untouched<VoucherStore>('vouchers', {
    read: async (id) => (id === VOUCHER_ID ? VOUCHER : undefined),
    readKey: async () => undefined,
    originalFor: async () => undefined,
    create: async (_, { region, office }) => {
      made.push({ region, office });
      return written();
    },
    addCopy: written,
    deliver: async () => (await written()).kind === 'written',
  });
  const numbers = untouched<NumberStore>('numbers', {
    take: async () => ({ number: 2, lastNumber: 2, held: [] }),
    letGo: async () => {},
    read: async (region) => ({ lastNumber: region === HANGZHOU ? 1 : 0, held: [] }),
    unsettled: async () => new Set(),
    voidNumbers: async () => [],
  });
  const handler = vouchersApi({
    vouchers,
    numbers,
    checks: { count: async () => true },
    directory: directoryOf(REGIONS),
    personHash: async (id) => PersonHash.parse(sha256(id)),
    codes: { code: () => CODE },
    clock,
    log: SILENT,
    metrics: untouched('metrics', UNCOUNTED),
  });
  const bodies: Record<string, unknown> = {
    'POST /v1/issued-vouchers': recordBody(1),
    'POST /v1/issued-vouchers/{voucherId}/reissue': { reason: '遗失' },
    'POST /v1/issued-vouchers/{voucherId}/deliver-notice': { kind: 'arrears', channel: 'phone' },
  };
  const key = routeKey(route);
  const reply = await call(handler, key, { ...asked, params: { voucherId: VOUCHER_ID, year: '2026' }, body: bodies[key] });
  return { ...reply, made, writes };
}

/** Money that came to Hangzhou under a reference that no advice names; the second line is to go back, as somebody has proposed. */
const lineOf = (bankReference: string): BankLineRow =>
  waitingLine(
    newLine(StatementLine.parse({ account: ACCOUNT, valueDate: '2026-03-03', amountFen: 100, bankReference, payer: '演示付款人' }), {
      region: HANGZHOU,
      importNumber: importNumber(1),
      importedAt: NOW,
      importedBy: 'somebody else',
      importedOffice: HANGZHOU_OFFICE,
    }),
    'unknown-reference',
  );
const WAITING = lineOf('REF-WAITS');
const TO_RETURN = returnProposed(lineOf('REF-RETURNS'), { reason: '无法确认' }, { by: 'somebody else', at: NOW });
const AWAITING = awaitingCase({ n: 1, reference: 'REF-0001', amountFen: 100 });

export async function attemptMoney(route: Route, asked: Asked): Promise<GroupReply> {
  const bank = bankInMemory([AWAITING]);
  await bank.bankLines.add([WAITING, TO_RETURN]);
  let writes = 0;
  /** The double knows one region. */
  const bankLines: BankLineStore = {
    ...bank.bankLines,
    lines: async (region, ids) => (region === HANGZHOU ? bank.bankLines.lines(region, ids) : new Map()),
    queue: async (region, ...page) => (region === HANGZHOU ? bank.bankLines.queue(region, ...page) : { rows: [], next: undefined }),
    replace: async (row) => {
      writes += 1;
      return bank.bankLines.replace(row);
    },
  };
  const store = untouched<typeof bank.store>('store', {
    readCase: async (region, caseNumber) => (region === HANGZHOU ? bank.store.readCase(region, caseNumber) : undefined),
    commit: async (change) => {
      writes += 1;
      return bank.store.commit(change);
    },
  });
  const { deps } = bankDeps({ store, bankLines });
  const isApproval = route.path.endsWith('/approve-return');
  const bodies: Record<string, unknown> = {
    'POST /v1/bank-lines/{lineId}/match': { caseNumber: AWAITING.caseNumber },
    'POST /v1/bank-lines/{lineId}/propose-return': { reason: '付款人要求退回' },
    'POST /v1/bank-lines/{lineId}/approve-return': { proposal: 2, returnedOn: '2026-03-04', bankReference: 'BACK-0001' },
  };
  const key = routeKey(route);
  const params = { lineId: (isApproval ? TO_RETURN : WAITING).lineId, caseNumber: AWAITING.caseNumber };
  const handler = httpHandler(moneyRoutes({ ...deps, directory: directoryOf(REGIONS) }), SILENT, UNCOUNTED);
  const reply = await call(handler, key, { ...asked, params, body: bodies[key] });
  return { ...reply, made: [], writes };
}

export async function attemptImport(route: Route, asked: Asked): Promise<GroupReply> {
  const { store, put } = importStoreInMemory();
  const { files, upload } = filesInMemory();
  const bytes = Buffer.from('{}\n');
  const row = anImport(1, bytes, { status: 'awaiting-file' });
  put(row);
  upload(row, bytes);
  const made: GroupReply['made'] = [];
  let writes = 0;
  const count = async () => {
    writes += 1;
  };
  const handler = importsApi({
    imports: {
      ...store,
      create: async (created) => {
        await count();
        made.push({ region: created.region, office: created.office });
        return store.create(created);
      },
      replace: async (before, after) => {
        await count();
        return store.replace(before, after);
      },
    },
    files,
    queue: { send: count },
    store: { nextSequence: async () => 2 },
    directory: directoryOf(REGIONS),
    clock,
    log: SILENT,
    metrics: untouched('metrics', UNCOUNTED),
  });
  const params = { importNumber: row.importNumber };
  const body = { kind: 'commands', sha256: sha256('another file'), bytes: 10, encoding: 'utf-8' };
  const reply = await call(handler, routeKey(route), { ...asked, params, body });
  return { ...reply, made, writes };
}

/** Asks about the voucher, as whoever holds it or as one who guesses the code. */
export const checkVoucher = (asked: Pick<HttpCall, 'claims'>, isHolder: boolean) =>
  attemptCheck({ ...asked, body: { voucherId: VOUCHER_ID, serial: 0, code: isHolder ? CODE : codeFrom(new Uint8Array(15).fill(1)) } });

function attemptCheck(said: HttpCall) {
  const handler = vouchersApi({
    vouchers: untouched<VoucherStore>('vouchers', { read: async (id) => (id === VOUCHER_ID ? VOUCHER : undefined) }),
    numbers: untouched('numbers'),
    checks: { count: async () => true },
    directory: directoryOf(REGIONS),
    personHash: async () => {
      throw new Error('nobody is hashed here');
    },
    codes: untouched('codes'),
    clock,
    log: SILENT,
    metrics: untouched('metrics', UNCOUNTED),
  });
  return call(handler, 'POST /v1/voucher-check', said);
}
