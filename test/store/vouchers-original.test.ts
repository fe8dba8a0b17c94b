import { beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../functions/platform/clients.ts';
import { VoucherView } from '../../schemas/vouchers.ts';
import { OTHER_OFFICE } from '../support/case-api.ts';
import { uuid } from '../support/cases.ts';
import { CHENGDU_OFFICE, HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { crashing, inOrder, ledgerOf, oneTo } from '../support/voucher-ledger.ts';
import { recordBody, voucherDesk } from '../support/vouchers.ts';

const newTable = async () => (await createTables(dynamoDbLocalClient())).exchange;
let table: string;
let desk: ReturnType<typeof voucherDesk>;
beforeAll(async () => {
  table = await newTable();
  desk = voucherDesk(table);
});

const issued = async (n: number, said: Record<string, unknown> = {}) => {
  const { status, body } = await desk.issue(recordBody(n, said));
  expect(status).toBe(201);
  return VoucherView.parse(body);
};

describe('a suspension has one original voucher (A1, A3)', () => {
  const refusedFor = (voucherId: string) => ({
    status: 422,
    body: {
      code: 'voucher.not-issuable',
      errors: [{ field: 'suspendedOn', code: 'issued_already', reason: expect.stringContaining(voucherId) }],
    },
  });
  const lastNumber = async () => (await desk.register('2026')).body.lastNumber;

  it('under another key no second one is issued, by no office of the region, whatever else the record says; no number is taken (A1, A3)', async () => {
    const { voucherId } = await issued(7);
    const before = await lastNumber();
    expect(await desk.issue(recordBody(7))).toMatchObject(refusedFor(voucherId));
    expect(await desk.issue(recordBody(7), { office: OTHER_OFFICE })).toMatchObject(refusedFor(voucherId));
    expect(await desk.issue(recordBody(7, { hasEmployer: true, account: [] }))).toMatchObject(refusedFor(voucherId));
    expect(await lastNumber()).toBe(before);
    expect((await desk.reissue(voucherId, '遗失')).body.copies).toHaveLength(2);
  });

  it('another suspension, and another region, is another matter (A1)', async () => {
    const ids = [
      (await issued(8)).voucherId,
      (await issued(8, { suspendedOn: '2026-02-01' })).voucherId,
      (await desk.issue(recordBody(8), { office: CHENGDU_OFFICE })).body.voucherId,
    ];
    expect(new Set(ids).size).toBe(3);
    expect(ids.map((id) => id.slice(0, 6))).toEqual([HANGZHOU, HANGZHOU, '510100']);
  });

  it('asked again under the key of the first the answer is the same, also after others were refused (E1)', async () => {
    const key = uuid(7);
    const first = await desk.issue(recordBody(9), { key });
    await desk.issue(recordBody(9));
    expect(await desk.issue(recordBody(9), { key })).toEqual(first);
  });

  it('a twin that finds the original of its own key has its answer, and no number is spent (A1, E1)', async () => {
    const key = uuid(8);
    const looked = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    let looks = 0;
    const late = voucherDesk(table, ({ numbers, vouchers }) => ({
      numbers,
      vouchers: {
        ...vouchers,
        readKey: async (use) => {
          const answer = await vouchers.readKey(use);
          looks += 1;
          if (looks === 1) {
            looked.resolve();
            await written.promise;
          }
          return answer;
        },
      },
    }));
    const twin = late.issue(recordBody(10), { key });
    await looked.promise;
    const first = await desk.issue(recordBody(10), { key });
    const before = await lastNumber();
    written.resolve();
    expect(await twin).toEqual(first);
    expect(await lastNumber()).toBe(before);
  });
});

describe('a second request for a suspension and its number (A1)', () => {
  it('of two requests at once for one suspension one issues the voucher; the other is refused, and its number is void and says why (A1)', async () => {
    const own = await newTable();
    // Neither takes a number before both have seen that there is no voucher.
    const both = Promise.withResolvers<void>();
    let looked = 0;
    const racing = voucherDesk(own, ({ numbers, vouchers }) => ({
      numbers,
      vouchers: {
        ...vouchers,
        originalFor: async (suspension) => {
          const original = await vouchers.originalFor(suspension);
          looked += 1;
          if (looked === 2) both.resolve();
          await both.promise;
          return original;
        },
      },
    }));
    const replies = await Promise.all([1, 2].map((n) => racing.issue(recordBody(1), { key: uuid(n) })));
    const [done, refused] = replies.toSorted((a, b) => a.status - b.status);
    expect([done?.status, refused?.status]).toEqual([201, 422]);
    expect(refused?.body.errors).toMatchObject([
      { field: 'suspendedOn', code: 'issued_already', reason: expect.stringContaining(done?.body.voucherId) },
    ]);
    const { lastNumber, issued, void: voids, held } = await ledgerOf(documentClient(dynamoDbLocalClient()), own);
    expect([issued.length, held]).toEqual([1, []]);
    expect(inOrder([...issued, ...voids])).toEqual(oneTo(lastNumber));
    const { body } = await racing.register('2026');
    expect(body.void[0].reason).toBe(
      '此次中止参保同时已以另一号开具 (another request got a voucher for the same suspension at the same time)',
    );
  });

  it('a number that a request holds whose suspension got its voucher meanwhile is accounted for: pending, and void a day later (A1)', async () => {
    const own = await newTable();
    const crash = crashing((at) => at === 'before the voucher');
    expect((await voucherDesk(own, crash).issue(recordBody(1), { key: uuid(1) })).status).toBe(500);
    const racing = voucherDesk(own);
    expect((await racing.issue(recordBody(1), { key: uuid(2) })).body.voucherId).toBe('330100-2026-000002');
    expect((await racing.issue(recordBody(1), { key: uuid(1) })).status).toBe(422);
    expect((await racing.register('2026')).body).toMatchObject({ lastNumber: 2, issued: 1, void: [], pending: [{ number: 1 }] });
    racing.wait(25 * 3_600_000);
    expect((await racing.register('2026')).body).toMatchObject({ lastNumber: 2, issued: 1, void: [{ number: 1 }], pending: [] });
  });
});
