import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { caseNoticeKey, noticeQueue, voucherNoticeKey } from '../../functions/cases/keys.ts';
import { createNoticeStore } from '../../functions/cases/notice-store.ts';
import { documentClient } from '../../functions/platform/clients.ts';
import { type NoticeKind, NoticeRow, NoticesView } from '../../schemas/notices.ts';
import { CalendarDate, type CaseNumber, OfficeCode, VoucherId } from '../../schemas/primitives.ts';
import { NOW, TODAY } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import { CHENGDU, HANGZHOU, HANGZHOU_OFFICE, person } from '../support/documents.ts';
import { createTables, dynamoDbLocalClient } from '../support/engine.ts';
import { personWorld } from '../support/person-world.ts';

const client = documentClient(dynamoDbLocalClient());
let table: string;
let world: ReturnType<typeof personWorld>;
beforeAll(async () => {
  table = (await createTables(dynamoDbLocalClient())).exchange;
  world = personWorld(client, table);
});

const put = (Item: NoticeRow) => client.send(new PutCommand({ TableName: table, Item }));
const row = (key: { PK: string; SK: string }, dueOn: string, said: Record<string, unknown>) =>
  NoticeRow.parse({
    ...{ ...key, kind: 'notice', to: 'person', region: HANGZHOU, createdAt: NOW, dueOn },
    ...said,
    workOffice: noticeQueue(OfficeCode.parse(said.office)),
    workDue: `${dueOn}#${said.caseNumber ?? said.voucherId}#${said.notice}#person`,
  });
const ofCase = (office: string, n: number, dueOn: string, notice: NoticeKind = 'completed') =>
  row(caseNoticeKey(HANGZHOU, aCaseNumber(n), notice, 'person'), dueOn, { office, notice, caseNumber: aCaseNumber(n) });
const ofVoucher = (office: string, n: number, dueOn: string, notice: NoticeKind) => {
  const voucherId = VoucherId.parse(`330100-2026-${String(n).padStart(6, '0')}`);
  return row(voucherNoticeKey(voucherId, notice), dueOn, { office, notice, voucherId });
};
const listed = async (store = createNoticeStore(client, table), office = HANGZHOU_OFFICE, today = TODAY) =>
  (await store.due(office, today, 100, undefined)).notices;

/** A case of the n-th person that Chengdu has refused, so that the applicant is to be told. */
async function refusedCase(n: number): Promise<CaseNumber> {
  const caseNumber = await world.lettered(HANGZHOU, CHENGDU, { person: person(n) });
  await world.deliver(HANGZHOU, caseNumber);
  await world.give(CHENGDU, caseNumber, 'refuse', { reasons: [{ code: 'no-relation' }] });
  await world.deliver(CHENGDU, caseNumber);
  return caseNumber;
}

describe('the queue of notices (B15)', () => {
  test('has a notice from the result of a hand-over until the proof that it was given (B15)', async () => {
    const caseNumber = await refusedCase(1);
    const answer = await world.api.send('GET /v1/notices');
    expect(NoticesView.parse(answer.body).items).toEqual([
      { notice: 'refused', name: '不予转移接续', to: 'person', caseNumber, dueOn: TODAY },
    ]);
    expect((await world.api.send('GET /v1/notices', { office: OfficeCode.parse('33010002') })).body.items).toEqual([]);
    await world.give(HANGZHOU, caseNumber, 'notify-applicant', { channel: 'sms' });
    expect((await world.api.send('GET /v1/notices')).body.items).toEqual([]);
  });

  test('goes oldest first and by office, with what is due today and not what is due tomorrow (B15)', async () => {
    const office = OfficeCode.parse('33010003');
    const rows = [
      ofVoucher(office, 2, '2026-03-03', 'registration-window-30'),
      ofCase(office, 102, '2026-03-02'),
      ofVoucher(office, 1, '2026-02-27', 'arrears'),
      ofCase(office, 101, '2026-03-02', 'refused'),
      ofCase('33010004', 103, '2026-03-01'),
    ];
    for (const item of rows) await put(item);
    const seen = (notices: NoticeRow[]) => notices.map(({ caseNumber, voucherId }) => caseNumber ?? voucherId);
    const store = createNoticeStore(client, table);
    const today = ['330100-2026-000001', aCaseNumber(101), aCaseNumber(102)];
    expect(seen(await listed(store, office))).toEqual(today);
    expect(seen(await listed(store, office, CalendarDate.parse('2026-03-03')))).toEqual([...today, '330100-2026-000002']);
    expect(seen(await listed(store, office, CalendarDate.parse('2026-02-26')))).toEqual([]);
  });

  test('comes in pages without a gap (B15)', async () => {
    const office = OfficeCode.parse('33010005');
    const numbers = Array.from({ length: 7 }, (_, i) => 200 + i);
    for (const n of numbers) await put(ofCase(office, n, `2026-02-${String(n - 190).padStart(2, '0')}`));
    const store = createNoticeStore(client, table);
    const seen: (CaseNumber | undefined)[] = [];
    let cursor: Parameters<typeof store.due>[3];
    let pages = 0;
    do {
      const { notices, next } = await store.due(office, TODAY, 3, cursor);
      seen.push(...notices.map(({ caseNumber }) => caseNumber));
      cursor = next as typeof cursor;
      pages += 1;
    } while (cursor);
    expect(seen).toEqual(numbers.map(aCaseNumber));
    expect(pages).toBeGreaterThan(2);
  });

  test('reads the rows themselves: what was given meanwhile the index may still show (B15)', async () => {
    const told = await refusedCase(5);
    await world.give(HANGZHOU, told, 'notify-applicant', { channel: 'phone' });
    const waiting = await refusedCase(9);
    const key = caseNoticeKey(HANGZHOU, told, 'refused', 'person');
    expect((await client.send(new GetCommand({ TableName: table, Key: key }))).Item).toMatchObject({ delivered: { channel: 'phone' } });
    const late = { send: async (command: unknown) => withLag(key, command) } as unknown as DynamoDBDocumentClient;
    expect((await listed(createNoticeStore(late, table))).map(({ caseNumber }) => caseNumber)).toEqual([waiting]);
  });
});

/** The engine with an index that still has a key which the table has taken out of it. */
async function withLag(key: { PK: string; SK: string }, command: unknown) {
  const answer = await client.send(command as QueryCommand);
  return command instanceof QueryCommand ? { ...answer, Items: [key, ...(answer.Items ?? [])] } : answer;
}
