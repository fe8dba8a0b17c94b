import { GetCommand, PutCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { noticeQueue, voucherKey, voucherNoticeKey } from '../../functions/cases/keys.ts';
import { ALL_SHARDS } from '../../functions/platform/canonical.ts';
import { numberIn, voucherIdOf } from '../../functions/vouchers/number.ts';
import { createNumberStore } from '../../functions/vouchers/number-store.ts';
import { NoticeRow } from '../../schemas/notices.ts';
import { VoucherId } from '../../schemas/primitives.ts';
import { VoucherView } from '../../schemas/vouchers.ts';
import { OTHER_OFFICE } from '../support/case-api.ts';
import { NOW, uuid } from '../support/cases.ts';
import { CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { ARREARS, recordBody, voucherDesk } from '../support/vouchers.ts';
import { personalDataIn } from '../support/witness.ts';

let table: string;
let desk: ReturnType<typeof voucherDesk>;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  desk = voucherDesk(table);
});

const issued = async (n: number, said: Record<string, unknown> = {}) => {
  const { status, body } = await desk.issue(recordBody(n, said));
  expect(status).toBe(201);
  return VoucherView.parse(body);
};

/** What an index shows of a voucher's notices: their kinds, in the order of the index. */
async function indexed(index: 'workList' | 'nextAlert', voucherId: string): Promise<string[]> {
  const partitions = index === 'workList' ? [noticeQueue(HANGZHOU_OFFICE)] : ALL_SHARDS;
  const found = await Promise.all(
    partitions.map((value) =>
      desk.client.send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: '#partition = :value',
          ExpressionAttributeNames: { '#partition': index === 'workList' ? 'workOffice' : 'alertShard' },
          ExpressionAttributeValues: { ':value': value },
        }),
      ),
    ),
  );
  return found.flatMap(({ Items = [] }) => Items.map(({ SK }) => String(SK)).filter((key) => key.endsWith(voucherId)));
}
const inQueue = (voucherId: string) => indexed('workList', voucherId);
const notice = async (voucherId: string, kind: NoticeRow['notice']) => {
  const { PK, SK } = voucherNoticeKey(VoucherId.parse(voucherId), kind);
  const { Items = [] } = await desk.client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'PK = :pk AND SK = :sk',
      ExpressionAttributeValues: { ':pk': PK, ':sk': SK },
    }),
  );
  return NoticeRow.optional().parse(Items[0]);
};

describe('a voucher is issued (A1)', () => {
  it('with number, months, balance, last day to register and the first copy, and can be seen (A1, A11)', async () => {
    const view = await issued(1);
    expect(view).toMatchObject({
      region: '330100',
      office: HANGZHOU_OFFICE,
      voucher: {
        number: expect.stringMatching(/^（浙）（杭州市）（2026）第 \d{6} 号$/),
        person: person(1),
        balanceFen: 109_950,
        issuedOn: '2026-03-02',
      },
      months: 37,
      suspendedOn: '2026-01-31',
      registerBy: '2026-04-30',
      copies: [{ serial: 0, issuedOn: '2026-03-02', issuedAt: NOW, office: HANGZHOU_OFFICE, by: 'clerk-1' }],
      version: 1,
    });
    expect((await desk.view(view.voucherId)).body).toEqual(view);
  });

  it('for any office of the region to see, and for no other region (A1)', async () => {
    const { voucherId } = await issued(2);
    expect((await desk.view(voucherId, OTHER_OFFICE)).status).toBe(200);
    for (const reply of [
      await desk.view(voucherId, CHENGDU_OFFICE),
      await desk.reissue(voucherId, '遗失', { office: CHENGDU_OFFICE }),
      await desk.deliver(voucherId, { kind: 'arrears', channel: 'phone' }, CHENGDU_OFFICE),
      await desk.view('330100-2026-999999'),
      await desk.view('330100-2026-1'),
    ]) {
      expect(reply).toMatchObject({ status: 404, body: { code: 'voucher.not-found', errors: [{ field: 'voucherId' }] } });
    }
  });

  it('by no office that the directory does not know', async () => {
    expect(await desk.issue(recordBody(3), { office: '33010099' })).toMatchObject({ status: 401, body: { code: 'caller.unknown' } });
  });

  it('once under a key; the key fits neither another record nor a re-issue (E1)', async () => {
    const key = uuid(1);
    const first = await desk.issue(recordBody(4), { key });
    expect(await desk.issue(recordBody(4), { key })).toEqual(first);
    for (const reply of [await desk.issue(recordBody(5), { key }), await desk.reissue(first.body.voucherId, '遗失', { key })]) {
      expect(reply).toMatchObject({ status: 409, body: { code: 'request.key-reused' } });
    }
  });

  it('and every view of it is in the log, with its id and nothing of the person (F3, F4)', async () => {
    const seen = desk.lines.length;
    const { voucherId } = await issued(6);
    await desk.view(voucherId, OTHER_OFFICE);
    await desk.reissue(voucherId, '遗失');
    const lines = desk.lines.slice(seen);
    const by = (office: string) => ({ voucherId, region: '330100', office, role: 'clerk', subject: 'clerk-1' });
    expect(lines.filter(({ code }) => code === 'record.viewed').map(({ fields }) => fields)).toEqual([
      by(HANGZHOU_OFFICE),
      by(OTHER_OFFICE),
      by(HANGZHOU_OFFICE),
    ]);
    expect(lines.map(({ code }) => code)).toEqual(expect.arrayContaining(['voucher.issued', 'voucher.reissued']));
    expect(personalDataIn(JSON.stringify(lines))).toEqual([]);
  });
});

describe('a lost voucher is issued again (A3)', () => {
  it('under its number with the next serial and another code, by any office of the region, and the reason is kept (A3)', async () => {
    const first = await issued(11);
    const { status, body } = await desk.reissue(first.voucherId, '遗失', { office: OTHER_OFFICE });
    expect(status).toBe(200);
    const again = VoucherView.parse(body);
    expect(again).toEqual({ ...first, version: 2, copies: [...first.copies, again.copies[1]] });
    expect(again.copies[1]).toMatchObject({ serial: 1, reason: '遗失', office: OTHER_OFFICE, by: 'clerk-1', issuedOn: '2026-03-02' });
    expect(again.copies[1]?.code).not.toBe(first.copies[0]?.code);
    expect((await desk.view(first.voucherId)).body).toEqual(again);
  });

  it('once under a key, and asked again under the first key it is as it was (A3, E1)', async () => {
    const [first, second] = [uuid(2), uuid(3)];
    const { voucherId } = await issued(12);
    const once = await desk.reissue(voucherId, '遗失', { key: first });
    expect(await desk.reissue(voucherId, '遗失', { key: first })).toEqual(once);
    const twice = await desk.reissue(voucherId, '又遗失', { key: second });
    expect(twice.body.copies).toHaveLength(3);
    expect(await desk.reissue(voucherId, '遗失', { key: first })).toEqual(once);
    expect(await desk.reissue(voucherId, '损坏', { key: first })).toMatchObject({ status: 409, body: { code: 'request.key-reused' } });
  });

  it('by two clerks at once: each gets a serial of his own, and only the later copy is genuine (A3)', async () => {
    const { voucherId } = await issued(13);
    // Neither writes before both have read.
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    const racing = voucherDesk(table, ({ numbers, vouchers }) => ({
      numbers,
      vouchers: {
        ...vouchers,
        addCopy: async (...said) => {
          arrived += 1;
          if (arrived === 2) both.resolve();
          await both.promise;
          return vouchers.addCopy(...said);
        },
      },
    }));
    const replies = await Promise.all([
      racing.reissue(voucherId, '遗失', { key: uuid(5) }),
      racing.reissue(voucherId, '损坏', { key: uuid(6) }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(arrived).toBe(3);
    const { copies, version } = VoucherView.parse((await desk.view(voucherId)).body);
    expect([copies.map(({ serial }) => serial), version]).toEqual([[0, 1, 2], 3]);
    expect(copies.map(({ reason }) => reason).sort()).toEqual([undefined, '损坏', '遗失'].sort());
    const results = await Promise.all(copies.map(({ serial, code }) => desk.check({ voucherId, serial, code })));
    expect(results.map(({ body }) => body.result)).toEqual(['superseded', 'superseded', 'genuine']);
  });

  it('twice at once under one key: once (A3, E1)', async () => {
    const { voucherId } = await issued(14);
    const replies = await Promise.all([1, 2].map(() => desk.reissue(voucherId, '遗失', { key: uuid(4) })));
    expect(replies[0]).toMatchObject({ status: 200, body: { version: 2 } });
    expect(replies[1]).toEqual(replies[0]);
  });

  it('not without a reason, and not a hundred times (A3)', async () => {
    const { voucherId, copies } = await issued(15);
    expect(await desk.reissue(voucherId, ' ')).toMatchObject({ status: 400, body: { errors: [{ field: 'reason' }] } });
    const many = Array.from({ length: 99 }, (_, serial) => ({ ...copies[0], serial }));
    const key = voucherKey(VoucherId.parse(voucherId));
    const { Item } = await desk.client.send(new GetCommand({ TableName: table, Key: key }));
    await desk.client.send(new PutCommand({ TableName: table, Item: { ...Item, copies: many, version: 99 } }));
    expect(await desk.reissue(voucherId, '遗失')).toMatchObject({ status: 200, body: { version: 100 } });
    expect(await desk.reissue(voucherId, '遗失')).toMatchObject({
      status: 422,
      body: { code: 'voucher.not-issuable', errors: [{ field: 'serial', code: 'too_many' }] },
    });
    expect((await desk.view(voucherId)).body.version).toBe(100);
  });
});

describe('a voucher with arrears (A4)', () => {
  it('tells months and amount on the record, and its notice is in the queue of the office and due at once (A4)', async () => {
    const { voucherId, arrears } = await issued(21, { arrears: ARREARS, hasEmployer: true });
    expect(arrears).toEqual(ARREARS);
    expect(await notice(voucherId, 'arrears')).toMatchObject({
      dueOn: '2026-03-02',
      arrears: { months: 6, amountFen: 240_000 },
      nextAlert: NOW,
    });
    expect(await inQueue(voucherId)).toEqual([`E#arrears#person#${voucherId}`]);
    expect(await indexed('nextAlert', voucherId)).toEqual([`E#arrears#person#${voucherId}`]);
  });

  it('proof of the notice takes it out of queue and index, and stays with it (A4)', async () => {
    const { voucherId } = await issued(22, { arrears: ARREARS, hasEmployer: true });
    const proof = { kind: 'arrears', channel: 'post', note: '挂号信' };
    expect((await desk.deliver(voucherId, proof, OTHER_OFFICE)).status).toBe(200);
    expect([await inQueue(voucherId), await indexed('nextAlert', voucherId)]).toEqual([[], []]);
    const { delivered, ...row } = (await notice(voucherId, 'arrears')) ?? {};
    expect(delivered).toEqual({ channel: 'post', note: '挂号信', at: NOW, by: 'clerk-1' });
    expect(row).not.toHaveProperty('nextAlert');
  });

  it('is proven once: the same word again changes nothing, another one is refused (A4)', async () => {
    const { voucherId } = await issued(23, { arrears: ARREARS, hasEmployer: true });
    const proof = { kind: 'arrears', channel: 'post' };
    await desk.deliver(voucherId, proof);
    const before = await notice(voucherId, 'arrears');
    expect((await desk.deliver(voucherId, proof)).status).toBe(200);
    expect(await desk.deliver(voucherId, { ...proof, channel: 'phone' })).toMatchObject({
      status: 409,
      body: { code: 'voucher.no-notice', errors: [{ field: 'kind', code: 'not_waiting' }] },
    });
    expect(await notice(voucherId, 'arrears')).toEqual(before);
  });

  it('a notice that there is not is refused (A4)', async () => {
    const { voucherId } = await issued(24, { hasEmployer: true });
    for (const kind of ['arrears', 'registration-window-7', 'completed']) {
      expect(await desk.deliver(voucherId, { kind, channel: 'phone' })).toMatchObject({ status: 409, body: { code: 'voucher.no-notice' } });
    }
    expect(await notice(voucherId, 'arrears')).toBeUndefined();
  });
});

describe('a person without a receiving employer (A11)', () => {
  it('has two warnings that wait in the index for their day (A11)', async () => {
    const { voucherId } = await issued(31);
    expect(await inQueue(voucherId)).toEqual([
      `E#registration-window-30#person#${voucherId}`,
      `E#registration-window-7#person#${voucherId}`,
    ]);
    expect((await indexed('nextAlert', voucherId)).length).toBe(2);
    expect(await notice(voucherId, 'registration-window-30')).toMatchObject({ dueOn: '2026-03-31', nextAlert: '2026-03-30T16:00:00.000Z' });
    expect(await notice(voucherId, 'registration-window-7')).toMatchObject({ dueOn: '2026-04-23', nextAlert: '2026-04-22T16:00:00.000Z' });
  });

  it('told at the counter already is not warned again (A11)', async () => {
    const { voucherId } = await issued(32);
    await desk.deliver(voucherId, { kind: 'registration-window-30', channel: 'counter' });
    expect(await indexed('nextAlert', voucherId)).toEqual([`E#registration-window-7#person#${voucherId}`]);
  });

  it('who has an employer has neither warnings nor a last day (A11)', async () => {
    const view = await issued(33, { hasEmployer: true });
    expect(view.registerBy).toBeUndefined();
    expect(await inQueue(view.voucherId)).toEqual([]);
  });
});

describe('a voucher is checked by anybody (A5, A3)', () => {
  it('genuine before the re-issue, superseded after it; a code of a document that is not this one is unknown (A3, A5)', async () => {
    const { voucherId, voucher, copies } = await issued(41);
    const held = { voucherId, serial: 0, code: copies[0]?.code };
    expect((await desk.check({ ...held, document: voucher })).body).toEqual({ result: 'genuine' });
    expect((await desk.check({ ...held, document: { ...voucher, balanceFen: 109_951 } })).body).toEqual({ result: 'unknown' });
    await desk.reissue(voucherId, '遗失');
    expect((await desk.check({ ...held, document: voucher })).body).toEqual({ result: 'superseded' });
  });

  it('thirty times an hour, and then again in the next (A5)', async () => {
    const own = voucherDesk(table);
    const { voucherId, copies } = await issued(42);
    const held = { voucherId, serial: 0, code: copies[0]?.code };
    const answers = [];
    for (let n = 0; n < 31; n += 1) answers.push((await own.check(held)).status);
    expect(answers).toEqual([...Array.from({ length: 30 }, () => 200), 429]);
    expect((await desk.view(voucherId)).status).toBe(200);
    own.wait(3_600_000);
    expect((await own.check(held)).body).toEqual({ result: 'genuine' });
  });

  it('a void number is no voucher (A1, A5)', async () => {
    const { voucherId, copies } = await issued(43);
    const next = voucherIdOf(HANGZHOU, '2026', numberIn(VoucherId.parse(voucherId)) + 1);
    expect(await createNumberStore(desk.client, table).makeVoid(next, '测试', NOW)).toBe(true);
    expect((await desk.check({ voucherId: next, serial: 0, code: copies[0]?.code })).body).toEqual({ result: 'unknown' });
    expect((await desk.view(next)).status).toBe(404);
  });
});

describe('keys', () => {
  it('hold nothing of a person (F4)', async () => {
    const { Items = [] } = await desk.client.send(
      new ScanCommand({ TableName: table, ProjectionExpression: 'PK, SK, workDue, alertShard' }),
    );
    expect(Items.length).toBeGreaterThan(50);
    expect(personalDataIn(JSON.stringify(Items))).toEqual([]);
  });
});
