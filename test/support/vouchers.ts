import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import { voucherChecksKey } from '../../functions/cases/keys.ts';
import { createAttemptStore } from '../../functions/cases/progress-store.ts';
import type { Directory } from '../../functions/directory/reader.ts';
import { sha256 } from '../../functions/platform/canonical.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { toInstant } from '../../functions/platform/clock.ts';
import { vouchersApi } from '../../functions/vouchers/api.ts';
import { codeFrom } from '../../functions/vouchers/code.ts';
import { createNumberStore, type NumberStore } from '../../functions/vouchers/number-store.ts';
import { createVoucherStore, type VoucherStore } from '../../functions/vouchers/voucher-store.ts';
import { PersonHash } from '../../schemas/primitives.ts';
import { VoucherRecord } from '../../schemas/vouchers.ts';
import { OTHER_OFFICE } from './case-api.ts';
import { NOW, OFFICES, REGIONS, uuid } from './cases.ts';
import { anOffice } from './directory.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from './documents.ts';
import { dynamoDbLocalClient } from './engine.ts';
import { call } from './http.ts';
import { untouched } from './untouched.ts';
import { unitWitness } from './witness.ts';

const row = (from: string, to: string, months: number) => ({
  from,
  to,
  scheme: '310',
  contribution: '1',
  months,
  officeName: '杭州市医疗保障事务中心（演示）',
  officeCode: HANGZHOU_OFFICE,
});

/**
 * The n-th person's record at Hangzhou, suspended on 31 January 2026 with nobody to register him: 30 + 7 months paid, 1,500.00 credited and
 * 400.50 spent. Three months end on 30 April, a working Thursday.
 */
export const recordBody = (n: number, said: Record<string, unknown> = {}): Record<string, unknown> => ({
  person: person(n),
  hukou: { place: '四川省成都市锦江区', type: '1' },
  scheme: '310',
  participation: 'suspended',
  suspendedOn: '2026-01-31',
  periods: [row('2022-07', '2024-12', 30), row('2025-07', '2026-01', 7)],
  benefits: { from: '2022-08-01', to: '2026-01-31' },
  account: [
    { month: '2025-12', creditedFen: 100_000, spentFen: 40_050 },
    { month: '2026-01', creditedFen: 50_000, spentFen: 0 },
  ],
  hasEmployer: false,
  ...said,
});
export const record = (said: Record<string, unknown> = {}): VoucherRecord => VoucherRecord.parse(recordBody(1, said));
export { row as paidPeriod };

/** Six months owed in the gap between the two periods. */
export const ARREARS = { months: ['2025-01', '2025-02', '2025-03', '2025-04', '2025-05', '2025-06'], amountFen: 240_000 };

const calendar = calendarOf(seedYears());
const offices = [OFFICES[HANGZHOU]!, OFFICES[CHENGDU]!, anOffice({ code: OTHER_OFFICE })];
export const voucherDirectory = untouched<Directory>('directory', {
  region: async (code) => (REGIONS as Partial<Record<string, (typeof REGIONS)[typeof HANGZHOU]>>)[code],
  office: async (code) => offices.find((office) => office.code === code),
  calendar: async () => calendar,
});

export type Stores = { numbers: NumberStore; vouchers: VoucherStore };
/** What is sent as whom; `office` is Hangzhou's main one unless said. */
export type Sent = { body?: unknown; params?: Record<string, string>; office?: string; key?: string | null };
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the API said
export type Reply = { status: number; body: any };

/** The HTTP function of the vouchers over the tables of DynamoDB Local, with a clock that the test moves; `around` may put faults around the stores. */
export function voucherDesk(table: string, around: (stores: Stores) => Stores = (stores) => stores) {
  const client = documentClient(dynamoDbLocalClient());
  const { log, lines } = unitWitness();
  let now = Date.parse(NOW);
  let codes = 0;
  let keys = 0;
  const handler = vouchersApi({
    ...around({ numbers: createNumberStore(client, table), vouchers: createVoucherStore(client, table) }),
    checks: createAttemptStore(client, table, voucherChecksKey),
    directory: voucherDirectory,
    personHash: async (id, region) => PersonHash.parse(sha256(`${region}:${id}`)),
    codes: {
      code: () => {
        codes += 1;
        return codeFrom(Uint8Array.from({ length: 15 }, (_, i) => codes >> (5 * i)));
      },
    },
    clock: { now: () => toInstant(now) },
    log,
    metrics: untouched('metrics', { count: () => {} }),
  });
  async function send(route: string, { body, params, office = HANGZHOU_OFFICE, key }: Sent = {}): Promise<Reply> {
    keys += 1;
    const reply = await call(handler, route, {
      claims: { sub: 'clerk-1', office, role: 'clerk' },
      headers: key === null ? {} : { 'idempotency-key': key ?? uuid(80_000 + keys) },
      ...(body !== undefined && { body }),
      ...(params && { params }),
    });
    return { status: reply.status, body: reply.body };
  }
  const of = (voucherId: string) => ({ params: { voucherId } });
  return {
    client,
    lines,
    send,
    issue: (body: unknown, said: Omit<Sent, 'body'> = {}) => send('POST /v1/issued-vouchers', { ...said, body }),
    view: (voucherId: string, office?: string) =>
      send('GET /v1/issued-vouchers/{voucherId}', { ...of(voucherId), ...(office && { office }) }),
    reissue: (voucherId: string, reason: string, said: Omit<Sent, 'body' | 'params'> = {}) =>
      send('POST /v1/issued-vouchers/{voucherId}/reissue', { ...said, ...of(voucherId), body: { reason } }),
    deliver: (voucherId: string, body: unknown, office?: string) =>
      send('POST /v1/issued-vouchers/{voucherId}/deliver-notice', { ...of(voucherId), body, ...(office && { office }) }),
    register: (year: string, office?: string) => send('GET /v1/voucher-register/{year}', { params: { year }, ...(office && { office }) }),
    /** Without a token. */
    check: async (body: unknown): Promise<Reply> => {
      const { status, body: said } = await call(handler, 'POST /v1/voucher-check', { body });
      return { status, body: said };
    },
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}
