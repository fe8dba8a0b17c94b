import { beforeAll, describe, expect, it } from 'vitest';
import { documentClient } from '../../functions/platform/clients.ts';
import { NOW, uuid } from '../support/cases.ts';
import { HANGZHOU } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { crashing, inOrder, ledgerOf, oneTo } from '../support/voucher-ledger.ts';
import { type Reply, recordBody, voucherDesk } from '../support/vouchers.ts';

const client = documentClient(dynamoDbLocalClient());
const HOUR = 3_600_000;
const newTable = async () => (await createTables(dynamoDbLocalClient())).exchange;
const ledgerAt = (table: string) => ledgerOf(client, table);

/** Numbers between 0 and 1 that are the same in every run. */
function dice(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('1,000 issues by 50 workers at once, with crashes and repeats (A1)', () => {
  const ISSUES = 1_000;
  const random = dice(7);
  const givenUp = new Set<number>();
  const answers = new Map<number, Reply>();
  let table: string;
  let desk: ReturnType<typeof voucherDesk>;
  let crashes = 0;

  const keyOf = (n: number) => uuid(100_000 + n);
  /** Without notices, which other tests look at. */
  const recordOf = (n: number) => recordBody(n, { hasEmployer: true });
  /** Asks until it is answered, as a client does whose answer was lost; a few never come back after a crash. */
  async function issue(n: number): Promise<void> {
    for (;;) {
      const twins = random() < 0.1 ? 2 : 1;
      const replies = await Promise.all(Array.from({ length: twins }, () => desk.issue(recordOf(n), { key: keyOf(n) })));
      const answered = replies.filter(({ status }) => status === 201);
      for (const reply of answered) {
        expect(reply.body).toEqual(answers.get(n)?.body ?? reply.body);
        answers.set(n, reply);
      }
      if (answered.length > 0) return;
      for (const { status } of replies) expect([500, 503]).toContain(status);
      if (random() < 0.1) {
        givenUp.add(n);
        return;
      }
    }
  }

  beforeAll(async () => {
    table = await newTable();
    desk = voucherDesk(
      table,
      crashing((at) => {
        const isCrash = random() < (at === 'before the voucher' ? 0.1 : 0.04);
        crashes += Number(isCrash);
        return isCrash;
      }),
    );
    let next = 0;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        while (next < ISSUES) {
          next += 1;
          await issue(next);
        }
      }),
    );
  }, 300_000);

  it('every number from 1 to the last is exactly one of issued, void, or held by a request that never came back (A1)', async () => {
    const ledger = await ledgerAt(table);
    const settled = [...ledger.issued, ...ledger.void];
    const held = ledger.held.filter((number) => !settled.includes(number));
    expect(inOrder([...settled, ...held])).toEqual(oneTo(ledger.lastNumber));
    expect(crashes).toBeGreaterThan(100);
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(givenUp.size);
    expect((await desk.register('2026')).body).toMatchObject({
      region: HANGZHOU,
      year: 2026,
      lastNumber: ledger.lastNumber,
      issued: ledger.issued.length,
      void: inOrder(ledger.void).map((number) => ({ number })),
      pending: inOrder(held).map((number) => ({ number, takenAt: NOW })),
    });
  });

  it('no two vouchers have one number, and each request has one voucher (A1, E1)', async () => {
    const ids = [...answers.values()].map(({ body }) => body.voucherId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(answers.size + givenUp.size).toBe(ISSUES);
    // Some who never came back had their voucher stored before the crash.
    const { issued } = await ledgerAt(table);
    expect(issued.length).toBeGreaterThanOrEqual(ids.length);
    expect(issued.length).toBeLessThanOrEqual(ISSUES);
  });

  it('asked again under its key each gets the voucher that it got, and no number is spent on it (E1)', async () => {
    const { lastNumber } = await ledgerAt(table);
    for (const [n, before] of [...answers].slice(0, 20)) {
      expect(await desk.issue(recordOf(n), { key: keyOf(n) })).toEqual(before);
    }
    expect((await ledgerAt(table)).lastNumber).toBe(lastNumber);
  });

  it('a day later nothing is pending: what was never used is void, its request gets another number, and all 1,000 have a voucher (A1)', async () => {
    const calm = voucherDesk(table);
    const before = (await calm.register('2026')).body;
    calm.wait(25 * HOUR);
    const after = (await calm.register('2026')).body;
    expect(after.pending).toEqual([]);
    expect(after.issued).toBe(before.issued);
    expect(after.void.length).toBe(before.void.length + before.pending.length);
    expect(after.issued + after.void.length).toBe(after.lastNumber);
    const { held } = await ledgerAt(table);
    expect(held).toEqual([]);

    const late = [];
    for (const n of givenUp) late.push((await calm.issue(recordOf(n), { key: keyOf(n) })).body.voucherId);
    const isNew = (voucherId: string) => Number(voucherId.slice(-6)) > after.lastNumber;
    expect(late.filter(isNew).length).toBe(before.pending.length);
    expect((await calm.register('2026')).body).toMatchObject({ issued: ISSUES, pending: [] });
  });
});
