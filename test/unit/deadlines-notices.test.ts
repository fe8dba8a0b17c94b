import type { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNoticeDue, isWarning, noticeId, noticeMessage } from '../../functions/deadlines/notice.ts';
import { snsNotices } from '../../functions/deadlines/publisher.ts';
import { type DeadlineDeps, sweepDeadlines } from '../../functions/deadlines/sweep.ts';
import { NOTICE_NAMES, NoticeKind, NoticeRecipient, type NoticeRow } from '../../schemas/notices.ts';
import { CalendarDate, PersonHash } from '../../schemas/primitives.ts';
import { at } from '../support/exchange.ts';
import { aCaseNumber, HANGZHOU } from '../support/messages.ts';
import { aCaseNotice, aVoucherId, aWarning, NOTICE_AT, WARNING_AT } from '../support/notice-rows.ts';
import { untouched } from '../support/untouched.ts';
import { unitWitness } from '../support/witness.ts';

const NOW = at('2026-12-15T02:00:00Z');
/** The window runs from this day. */
const SUSPENDED = CalendarDate.parse('2026-10-14');
const HOLDER = PersonHash.parse('7'.repeat(64));
const fault = () => new Error('the network is down');

const every = NoticeKind.options.flatMap((notice) => NoticeRecipient.options.map((to) => [notice, to] as const));

describe('B15 the event of a notice', () => {
  it.each(every)('says in Chinese first, then for machines, what is to be told (%s to the %s)', (notice, to) => {
    const row = aCaseNotice(aCaseNumber(), { notice, to });
    const toZh = to === 'person' ? '参保人员' : '用人单位';
    const { text, ...fields } = JSON.parse(noticeMessage(row));
    const head = `业务 ${row.caseNumber}：请于 2026-12-14 将“${NOTICE_NAMES[notice]}”告知${toZh} (tell the `;
    expect(text.slice(0, head.length)).toBe(head);
    expect(text).toMatch(/\(tell the (insured person|employer) on that day: [a-z0-9 ,-]+\)$/);
    expect(fields).toEqual({
      id: `330100/${row.caseNumber}/notice/${notice}/${to}`,
      kind: 'notice',
      notice,
      to,
      caseNumber: row.caseNumber,
      region: HANGZHOU,
      office: '33010001',
      dueOn: '2026-12-14',
    });
  });

  it('names the voucher where there is no case yet (A4, A11)', () => {
    expect(JSON.parse(noticeMessage(aWarning()))).toEqual({
      text:
        '凭证 330100-2026-000001：请于 2026-12-14 将“请在三个月内办理登记（剩余30日）”告知参保人员 ' +
        '(tell the insured person on that day: register within three months, 30 days are left)',
      id: '330100-2026-000001/notice/registration-window-30/person',
      kind: 'notice',
      notice: 'registration-window-30',
      to: 'person',
      voucherId: '330100-2026-000001',
      region: HANGZHOU,
      office: '33010001',
      dueOn: '2026-12-14',
    });
  });

  it('holds none of what is on the row beside: arrears stay where the person stands', () => {
    const row = aWarning(aVoucherId(), { notice: 'arrears', arrears: { months: 3, amountFen: 123_456 as never } });
    expect(noticeMessage(row)).not.toMatch(/123456|arrears":\{|work|alertShard/);
  });

  it('has an id of its own for every notice and recipient, and no other when it is computed again', () => {
    const ids = every.flatMap(([notice, to]) => [
      noticeId(aCaseNotice(aCaseNumber(), { notice, to })),
      noticeId(aWarning(aVoucherId(), { notice, to })),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(noticeId({ ...aCaseNotice(), publishedAt: NOW, nextAlert: undefined })).toBe(noticeId(aCaseNotice()));
  });

  it('can be chosen by region, office, kind and notice, and its attributes hold nothing else', async () => {
    const sent: PublishCommand[] = [];
    const sns = { send: async (command: PublishCommand) => void sent.push(command) } as unknown as SNSClient;
    await snsNotices(sns, 'arn:aws-cn:sns:cn-north-1:000000000000:notices').publish(aWarning());
    const attributes = Object.entries(sent[0]?.input.MessageAttributes ?? {});
    expect(Object.fromEntries(attributes.map(([name, { StringValue }]) => [name, StringValue]))).toEqual({
      region: HANGZHOU,
      office: '33010001',
      kind: 'notice',
      notice: 'registration-window-30',
    });
    expect(sent[0]?.input).toMatchObject({ TopicArn: expect.stringContaining(':notices'), Message: noticeMessage(aWarning()) });
  });
});

describe('B15 when a notice is due', () => {
  it('is from its time on, not a millisecond before', () => {
    expect(isNoticeDue(aCaseNotice(), NOTICE_AT)).toBe(true);
    expect(isNoticeDue(aCaseNotice(), at('2026-12-14T01:59:59.999Z'))).toBe(false);
  });

  it.each<[string, Partial<NoticeRow>]>([
    ['was delivered', { delivered: { channel: 'phone', at: NOTICE_AT, by: 'clerk' } }],
    ['was taken back', { withdrawnAt: NOTICE_AT }],
    ['was published', { nextAlert: undefined as never, publishedAt: NOTICE_AT }],
  ])('is never when it %s, whatever the index shows', (_what, said) => {
    expect(isNoticeDue({ ...aCaseNotice(), ...said }, NOW)).toBe(false);
  });

  it('A11 only the two warnings of the window can be outdated by what the person does', () => {
    expect(NoticeKind.options.filter(isWarning)).toEqual(['registration-window-30', 'registration-window-7']);
  });
});

const nameOf = ({ PK, SK }: { PK: string; SK: string }) => `${PK}|${SK}`;

/** Notices in memory under the store's conditions, what subscribers got, and persons who have moved on. */
function world(rows: readonly NoticeRow[], movedOn = new Set<PersonHash>()) {
  const notices = new Map(rows.map((row) => [nameOf(row), row]));
  const published: string[] = [];
  const seen = unitWitness();
  const settle = async (row: NoticeRow, change: (there: NoticeRow) => NoticeRow) => {
    const there = notices.get(nameOf(row));
    if (!there || there.nextAlert !== row.nextAlert || there.delivered) return false;
    notices.set(nameOf(row), change(there));
    return true;
  };
  const deps: DeadlineDeps = {
    store: {
      async *due(shard, now) {
        const due = [...notices.values()].filter(({ alertShard, nextAlert }) => alertShard === shard && nextAlert && nextAlert <= now);
        yield due.map(({ PK, SK }) => ({ PK, SK }));
      },
      get: async (key) => notices.get(nameOf(key)),
      record: () => Promise.reject(new Error('a notice is its own record')),
      published: (row, publishedAt) => settle(row, ({ alertShard: _shard, nextAlert: _at, ...rest }) => ({ ...rest, publishedAt })),
      withdraw: (row, withdrawnAt) =>
        settle(row, ({ alertShard: _shard, nextAlert: _at, workOffice: _office, workDue: _due, ...rest }) => ({ ...rest, withdrawnAt })),
      holderOf: async () => ({ personHash: HOLDER, suspendedOn: SUSPENDED }),
    },
    publisher: untouched<DeadlineDeps['publisher']>('publisher'),
    notices: { publish: async (row) => void published.push(noticeId(row)) },
    persons: { hasMovedOn: async (region, person, since) => region === HANGZHOU && since === SUSPENDED && movedOn.has(person) },
    clock: { now: () => NOW },
    log: seen.log,
    metrics: seen.metrics,
  };
  return { notices, published, seen, deps };
}

describe('B15 the sweep', () => {
  it('publishes every notice once and leaves it in the queue of its office, marked', async () => {
    const rows = [aCaseNotice(aCaseNumber(1)), aCaseNotice(aCaseNumber(1), { to: 'employer' }), aCaseNotice(aCaseNumber(2))];
    const { notices, published, seen, deps } = world(rows);
    expect([await sweepDeadlines(deps), await sweepDeadlines(deps)]).toEqual([3, 0]);
    expect(published.toSorted()).toEqual(rows.map(noticeId).toSorted());
    for (const row of rows) {
      const { alertShard: _shard, nextAlert: _at, ...rest } = row;
      expect(notices.get(nameOf(row))).toEqual({ ...rest, publishedAt: NOW });
    }
    expect(seen.counts).toEqual({ NoticePublished: 3 });
  });

  it('logs which notice of which case, and no person', async () => {
    const { seen, deps } = world([aCaseNotice()]);
    await sweepDeadlines(deps);
    expect(seen.lines.filter(({ code }) => code === 'notice.published')).toEqual([
      {
        level: 'info',
        code: 'notice.published',
        fields: { caseNumber: aCaseNumber(), region: HANGZHOU, office: '33010001', notice: 'completed' },
      },
    ]);
  });

  it('waits for the day of a notice', async () => {
    const { published, deps } = world([aWarning(aVoucherId(), { nextAlert: at('2026-12-15T02:00:00.001Z') })]);
    expect(await sweepDeadlines(deps)).toBe(0);
    expect(published).toEqual([]);
  });

  it('after a crash between publishing and recording publishes again with the same id', async () => {
    const { published, notices, deps } = world([aCaseNotice()]);
    const store = { ...deps.store, published: () => Promise.reject(fault()) };
    await expect(sweepDeadlines({ ...deps, store })).rejects.toThrow('sweep: 1 failed, 0 done');
    expect(await sweepDeadlines(deps)).toBe(1);
    expect(published).toEqual([noticeId(aCaseNotice()), noticeId(aCaseNotice())]);
    expect([...notices.values()]).toMatchObject([{ publishedAt: NOW }]);
  });

  it('records nothing as published that was not', async () => {
    const { notices, deps } = world([aCaseNotice()]);
    await expect(sweepDeadlines({ ...deps, notices: { publish: () => Promise.reject(fault()) } })).rejects.toThrow('sweep: 1 failed');
    expect([...notices.values()]).toEqual([aCaseNotice()]);
  });

  it('that overlaps others loses none and marks each once, whatever order they run in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), async (scheduler, sweeps) => {
        const rows = Array.from({ length: 3 }, (_, i) => aCaseNotice(aCaseNumber(i + 1)));
        const { notices, published, deps } = world(rows);
        const get = scheduler.scheduleFunction(deps.store.get);
        const marked = scheduler.scheduleFunction(deps.store.published);
        const store = { ...deps.store, get, published: marked };
        const counts = await scheduler.waitFor(Promise.all(Array.from({ length: sweeps }, () => sweepDeadlines({ ...deps, store }))));
        expect(counts.reduce((sum, count) => sum + count)).toBe(3);
        expect(new Set(published)).toEqual(new Set(rows.map(noticeId)));
        expect([...notices.values()].every(({ publishedAt }) => publishedAt === NOW)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('A11 warnings of the registration window', () => {
  const warnings = [aWarning(), aWarning(aVoucherId(), { notice: 'registration-window-7', nextAlert: WARNING_AT })];

  it('are published while the person has not moved on', async () => {
    const { published, deps } = world(warnings);
    expect(await sweepDeadlines(deps)).toBe(2);
    expect(published.toSorted()).toEqual(warnings.map(noticeId).toSorted());
  });

  it('are taken back, from index and queue, and published to nobody once the person has moved on', async () => {
    const { published, notices, seen, deps } = world(warnings, new Set([HOLDER]));
    expect([await sweepDeadlines(deps), await sweepDeadlines(deps)]).toEqual([2, 0]);
    expect(published).toEqual([]);
    for (const row of warnings) {
      const { alertShard: _shard, nextAlert: _at, workOffice: _office, workDue: _due, ...rest } = row;
      expect(notices.get(nameOf(row))).toEqual({ ...rest, withdrawnAt: NOW });
    }
    expect(seen.lines.filter(({ code }) => code === 'notice.withdrawn').map(({ fields }) => fields)).toEqual(
      warnings.map(({ notice }) => ({ voucherId: '330100-2026-000001', region: HANGZHOU, office: '33010001', notice })),
    );
    expect(seen.counts).toEqual({});
  });

  it('of somebody who moved on are the only thing taken back: arrears are owed all the same (A4)', async () => {
    const arrears = aWarning(aVoucherId(), { notice: 'arrears' });
    const { published, deps } = world([arrears], new Set([HOLDER]));
    await sweepDeadlines(deps);
    expect(published).toEqual([noticeId(arrears)]);
  });

  it('stay due when nobody can tell whether the person has moved on', async () => {
    const { published, notices, deps } = world([aWarning()]);
    const persons = { hasMovedOn: () => Promise.reject(fault()) };
    await expect(sweepDeadlines({ ...deps, persons })).rejects.toThrow('sweep: 1 failed');
    expect([published, [...notices.values()]]).toEqual([[], [aWarning()]]);
  });

  it('whose notice was given meanwhile are not taken back: it was told', async () => {
    const row = aWarning();
    const { notices, deps } = world([row], new Set([HOLDER]));
    const told: NoticeRow = { ...row, delivered: { channel: 'sms', at: NOW, by: 'clerk' } };
    const persons: DeadlineDeps['persons'] = {
      async hasMovedOn() {
        notices.set(nameOf(row), told);
        return true;
      },
    };
    expect(await sweepDeadlines({ ...deps, persons })).toBe(0);
    expect([...notices.values()]).toEqual([told]);
  });
});
