import { describe, expect, test } from 'vitest';
import type { NoticeStore } from '../../functions/cases/notice-store.ts';
import { Role } from '../../schemas/codes.ts';
import { NOTICE_NAMES, NoticeKind, NoticeRow, NoticesView } from '../../schemas/notices.ts';
import { VoucherId } from '../../schemas/primitives.ts';
import { caseApi, caseStoreInMemory, OTHER_OFFICE } from '../support/case-api.ts';
import { CASE_NUMBER, NOW, TODAY } from '../support/cases.ts';
import { HANGZHOU, HANGZHOU_OFFICE } from '../support/documents.ts';

const ROUTE = 'GET /v1/notices';
const VOUCHER = VoucherId.parse('330100-2026-000123');
const notice = (said: Record<string, unknown> = {}) =>
  NoticeRow.parse({
    ...{ PK: 'p', SK: 's', kind: 'notice', notice: 'completed', to: 'person', region: HANGZHOU, office: HANGZHOU_OFFICE },
    ...{ caseNumber: CASE_NUMBER, createdAt: NOW, dueOn: TODAY, workOffice: `N#${HANGZHOU_OFFICE}`, workDue: `${TODAY}#${CASE_NUMBER}` },
    ...said,
  });

function noticesApi(notices: NoticeRow[] = [notice()], next?: Record<string, unknown>) {
  const asked: unknown[][] = [];
  const due: NoticeStore['due'] = async (...said) => {
    asked.push(said);
    return { notices, next };
  };
  const api = caseApi(caseStoreInMemory().store, { notices: { due } });
  return { ...api, asked, list: (said: object = {}) => api.send(ROUTE, said) };
}

const NEXT = { PK: 'p', SK: 's', workOffice: `N#${HANGZHOU_OFFICE}`, workDue: `${TODAY}#${CASE_NUMBER}` };

describe('GET /v1/notices (B15)', () => {
  test('lists what the caller’s office has to tell by today, of cases and of vouchers, and no person (B15)', async () => {
    const publishedAt = '2026-03-02T02:01:00.000Z';
    const { list, asked } = noticesApi([
      notice({ publishedAt }),
      notice({ notice: 'arrears', caseNumber: undefined, voucherId: VOUCHER, dueOn: '2026-02-27' }),
    ]);
    const { status, body } = await list();
    expect([status, NoticesView.parse(body)]).toEqual([200, body]);
    expect(body).toEqual({
      office: HANGZHOU_OFFICE,
      items: [
        { notice: 'completed', name: NOTICE_NAMES.completed, to: 'person', caseNumber: CASE_NUMBER, dueOn: TODAY, publishedAt },
        { notice: 'arrears', name: '欠费情况及补缴提醒', to: 'person', voucherId: VOUCHER, dueOn: '2026-02-27' },
      ],
    });
    expect(asked).toEqual([[HANGZHOU_OFFICE, TODAY, 25, undefined]]);
  });

  test('names every kind of notice in Chinese (B15)', async () => {
    for (const kind of NoticeKind.options) {
      const { body } = await noticesApi([notice({ notice: kind })]).list();
      expect(body.items[0].name).toMatch(/\p{Script=Han}/u);
    }
  });

  test('asks by the day in China, which is the next one from 16:00 UTC on (B15)', async () => {
    const { list, asked, wait } = noticesApi();
    wait(14 * 3_600_000);
    await list();
    expect(asked[0]?.[1]).toBe('2026-03-03');
  });

  test('goes on where the page before ended (B15)', async () => {
    const { list, asked } = noticesApi([notice()], NEXT);
    const { body } = await list();
    await list({ query: { cursor: body.nextCursor } });
    expect(asked[1]?.[3]).toEqual(NEXT);
    expect((await noticesApi([notice()]).list()).body).not.toHaveProperty('nextCursor');
  });

  test.each([
    ['of another office', { ...NEXT, workOffice: `N#${OTHER_OFFICE}` }],
    ['of the work list', { ...NEXT, workOffice: HANGZHOU_OFFICE }],
    ['without a place', { PK: 'p', SK: 's' }],
  ])('refuses a cursor %s (B15, F1)', async (_case, cursor) => {
    const { list, asked } = noticesApi();
    const answer = await list({ query: { cursor: Buffer.from(JSON.stringify(cursor)).toString('base64url') } });
    expect([answer.status, answer.body.code, asked]).toEqual([400, 'request.invalid', []]);
    expect(answer.body.errors[0].field).toMatch(/^cursor/);
  });

  test('refuses what is no cursor at all (B15)', async () => {
    expect((await noticesApi().list({ query: { cursor: '%%%' } })).body.errors[0].reason).toMatch(/^游标无效/);
  });

  test('is for whoever acts for an office, not for the ministry (B15, F1)', async () => {
    for (const role of Role.options) expect((await noticesApi().list({ role })).status).toBe(role === 'ministry' ? 403 : 200);
    expect((await noticesApi().list({ office: '65010001' })).body.code).toBe('caller.unknown');
  });
});
