import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { voucherCounterKey } from '../../functions/cases/keys.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { voucherIdOf } from '../../functions/vouchers/number.ts';
import { createNumberStore } from '../../functions/vouchers/number-store.ts';
import { IdempotencyKey, Instant } from '../../schemas/primitives.ts';
import { NOW, uuid } from '../support/cases.ts';
import { HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { crashing, inOrder, ledgerOf, oneTo } from '../support/voucher-ledger.ts';
import { recordBody, voucherDesk } from '../support/vouchers.ts';

const client = documentClient(dynamoDbLocalClient());
const newTable = async () => (await createTables(dynamoDbLocalClient())).exchange;
const ledgerAt = (table: string) => ledgerOf(client, table);

describe('a number and the request that took it (A1)', () => {
  const key = (n: number) => IdempotencyKey.parse(uuid(n));
  const holder = (n: number) => `33010001#${key(n)}`;

  it('a request that crashed after taking its number gets the same one, whoever came between (A1)', async () => {
    const table = await newTable();
    let isFirst = true;
    const desk = voucherDesk(
      table,
      crashing((at) => {
        const isCrash = at === 'before the voucher' && isFirst;
        isFirst = isFirst && !isCrash;
        return isCrash;
      }),
    );
    expect((await desk.issue(recordBody(1), { key: key(1) })).status).toBe(500);
    expect((await desk.register('2026')).body).toMatchObject({
      lastNumber: 1,
      issued: 0,
      void: [],
      pending: [{ number: 1, takenAt: NOW }],
    });
    expect((await desk.issue(recordBody(2), { key: key(2) })).body.voucherId).toBe('330100-2026-000002');
    expect((await desk.issue(recordBody(1), { key: key(1) })).body.voucherId).toBe('330100-2026-000001');
    expect((await desk.register('2026')).body).toMatchObject({ lastNumber: 2, issued: 2, void: [], pending: [] });
  });

  it('a voucher whose number was never let go counts as issued (A1)', async () => {
    const table = await newTable();
    const desk = voucherDesk(
      table,
      crashing((at) => at === 'after the voucher'),
    );
    expect((await desk.issue(recordBody(1), { key: key(1) })).status).toBe(500);
    expect((await ledgerAt(table)).held).toEqual([1]);
    expect((await desk.register('2026')).body).toMatchObject({ lastNumber: 1, issued: 1, void: [], pending: [] });
    expect((await desk.issue(recordBody(1), { key: key(1) })).body.voucherId).toBe('330100-2026-000001');
  });

  it('a twin that comes late finds the voucher; the number that it took is void and says why (A1, E1)', async () => {
    const table = await newTable();
    // The twin has looked at key and suspension before the first one has stored its voucher, and takes its number after.
    const [looked, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const late = voucherDesk(table, ({ numbers, vouchers }) => ({
      numbers,
      vouchers: {
        ...vouchers,
        originalFor: async (suspension) => {
          const original = await vouchers.originalFor(suspension);
          looked.resolve();
          await stored.promise;
          return original;
        },
      },
    }));
    const twin = late.issue(recordBody(1), { key: key(1) });
    await looked.promise;
    const first = await voucherDesk(table).issue(recordBody(1), { key: key(1) });
    stored.resolve();
    expect(await twin).toEqual(first);
    const { body } = await voucherDesk(table).register('2026');
    expect(body).toMatchObject({ lastNumber: 2, issued: 1, pending: [] });
    expect(body.void).toEqual([
      { number: 2, reason: '同一请求已以另一号开具 (the same request got its voucher under another number)', voidedAt: NOW },
    ]);
  });

  it('two requests of one key and other contents: one has the voucher, the other is refused, no number is lost (A1, E1)', async () => {
    const table = await newTable();
    const desk = voucherDesk(table);
    const replies = await Promise.all([1, 2].map((n) => desk.issue(recordBody(n), { key: key(1) })));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    const { lastNumber, issued, void: voids, held } = await ledgerAt(table);
    expect([issued.length, held]).toEqual([1, []]);
    expect(inOrder([...issued, ...voids])).toEqual(oneTo(lastNumber));
  });

  it('a number made void while its request slept is not used: the request gets another one (A1)', async () => {
    const table = await newTable();
    const numbers = createNumberStore(client, table);
    await numbers.take(HANGZHOU, '2026', holder(1), NOW);
    expect(await numbers.makeVoid(voucherIdOf(HANGZHOU, '2026', 1), '测试', NOW)).toBe(true);
    expect((await voucherDesk(table).issue(recordBody(1), { key: key(1) })).body.voucherId).toBe('330100-2026-000002');
    expect(await ledgerAt(table)).toEqual({ lastNumber: 2, issued: [2], void: [1], held: [] });
  });

  it('a request that comes too late to let an old number go keeps the new one held (A1)', async () => {
    const numbers = createNumberStore(client, await newTable());
    await numbers.take(HANGZHOU, '2026', holder(1), NOW);
    await numbers.letGo(HANGZHOU, '2026', holder(1), 1);
    await numbers.take(HANGZHOU, '2026', holder(1), NOW);
    await numbers.letGo(HANGZHOU, '2026', holder(1), 1);
    expect(await numbers.read(HANGZHOU, '2026')).toEqual({ lastNumber: 2, held: [{ holder: holder(1), number: 2, takenAt: NOW }] });
  });

  it('is never void and a voucher (A1)', async () => {
    const table = await newTable();
    await voucherDesk(table).issue(recordBody(1));
    expect(await createNumberStore(client, table).makeVoid(voucherIdOf(HANGZHOU, '2026', 1), '测试', NOW)).toBe(false);
    expect(await ledgerAt(table)).toEqual({ lastNumber: 1, issued: [1], void: [], held: [] });
  });

  it('what was held for a day is ended by the next issue, one each; what is younger is left (A1)', async () => {
    const table = await newTable();
    const numbers = createNumberStore(client, table);
    const yesterday = Instant.parse('2026-03-01T01:59:59.999Z');
    const fresh = Instant.parse('2026-03-01T02:00:00.000Z');
    await numbers.take(HANGZHOU, '2026', holder(1), yesterday);
    await numbers.take(HANGZHOU, '2026', holder(2), yesterday);
    await numbers.take(HANGZHOU, '2026', holder(3), fresh);
    const desk = voucherDesk(table);
    await desk.issue(recordBody(4));
    expect((await ledgerAt(table)).void).toHaveLength(1);
    await desk.issue(recordBody(5));
    expect(await ledgerAt(table)).toEqual({ lastNumber: 5, issued: [4, 5], void: [1, 2], held: [3] });
  });

  it('years and regions are numbered for themselves (A1)', async () => {
    const table = await newTable();
    const desk = voucherDesk(table);
    await desk.issue(recordBody(1));
    expect((await desk.register('2025')).body).toEqual({ region: HANGZHOU, year: 2025, lastNumber: 0, issued: 0, void: [], pending: [] });
    expect((await desk.register('2026', '51010001')).body).toMatchObject({ region: '510100', lastNumber: 0 });
    const chengdu = await desk.issue(recordBody(1), { office: '51010001' });
    expect(chengdu.body.voucher.number).toBe('（浙）（成都市）（2026）第 000001 号');
    // 31 December 2026, 23:59:59 in China, and a second later.
    desk.wait(Date.parse('2026-12-31T15:59:59.000Z') - Date.parse(NOW));
    expect((await desk.issue(recordBody(2))).body.voucherId).toBe('330100-2026-000002');
    desk.wait(1_000);
    expect((await desk.issue(recordBody(3))).body.voucherId).toBe('330100-2027-000001');
  });

  it('after 999,999 there is none (A1)', async () => {
    const table = await newTable();
    const desk = voucherDesk(table);
    await client.send(new PutCommand({ TableName: table, Item: { ...voucherCounterKey(HANGZHOU, '2026'), lastNumber: 999_998 } }));
    expect((await desk.issue(recordBody(1))).body.voucher.number).toBe('（浙）（杭州市）（2026）第 999999 号');
    const reply = await desk.issue(recordBody(2));
    expect(reply).toMatchObject({ status: 422, body: { code: 'voucher.not-issuable', errors: [{ field: 'number', code: 'used_up' }] } });
    expect((await ledgerAt(table)).lastNumber).toBe(999_999);
  });

  it('what the rules refuse takes no number (A1)', async () => {
    const table = await newTable();
    const desk = voucherDesk(table);
    expect((await desk.issue(recordBody(1, { participation: 'active' }))).status).toBe(422);
    expect((await desk.issue(recordBody(1, { periods: [] }))).status).toBe(400);
    expect((await desk.issue(recordBody(1), { key: null })).status).toBe(400);
    expect((await desk.register('2026')).body.lastNumber).toBe(0);
  });
});
