import { beforeEach, describe, expect, test, vi } from 'vitest';
import { CaseView, TimelineView, WorkListView } from '../../schemas/api.ts';
import type { TransferCase } from '../../schemas/cases.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CommandAnswer } from '../../schemas/rows.ts';
import { type CaseCall, caseApi, caseStoreInMemory, OTHER_OFFICE } from '../support/case-api.ts';
import { caseIn, IN_STEPS, stateAfter, uuid } from '../support/cases.ts';
import { aCaseNumber } from '../support/changes.ts';
import {
  applicationBody,
  CHENGDU,
  CHENGDU_OFFICE,
  HANGZHOU,
  HANGZHOU_OFFICE,
  moneyBody,
  person,
  remittanceBody,
  tableBody,
} from '../support/documents.ts';

const CASE = 'GET /v1/cases/{caseNumber}';
const TIMELINE = 'GET /v1/cases/{caseNumber}/timeline';
const WORK_LIST = 'GET /v1/work-list';

let memory: ReturnType<typeof caseStoreInMemory>;
let api: ReturnType<typeof caseApi>;
beforeEach(() => {
  memory = caseStoreInMemory();
  api = caseApi(memory.store);
});

const opened = async (said: CaseCall = {}) => {
  const { body } = await api.command('open', { body: { application: applicationBody(1) }, ...said });
  return body.caseNumber as string;
};
const codeOf = async (reply: ReturnType<typeof api.send>) => {
  const { status, body } = await reply;
  return [status, body.code];
};

describe('clerk commands', () => {
  test('open answers 201 with a number of region, day in China, sequence and check digit', async () => {
    const { status, body } = await api.command('open', { body: { application: applicationBody(1) } });
    expect(status).toBe(201);
    expect(CommandAnswer.parse(body)).toEqual(body);
    expect(body).toMatchObject({ region: HANGZHOU, version: 1, status: 'opened', recordedAt: '2026-03-02T02:00:00.000Z' });
    expect(body.caseNumber).toMatch(/^330100-20260302-000001-\d$/);
  });

  test('what is typed at the counter is normalised before it is checked and stored', async () => {
    const typed = {
      name: ` ${person(1).name} `,
      idNumber: person(1).idNumber.replace(/\d/g, (digit) => '０１２３４５６７８９'.charAt(Number(digit))),
    };
    const caseNumber = await opened({ body: { application: applicationBody(1, { person: typed }) } });
    expect(memory.cases.get(`${HANGZHOU}#${caseNumber}`)?.person).toEqual(person(1));
  });

  test('a whole way is 200 at every step, and the letter carries nothing that was typed for it (B1)', async () => {
    const caseNumber = await opened();
    for (const [name, status] of [
      ['accept', 'accepted'],
      ['send-letter', 'letter-sent'],
    ] as const) {
      const reply = await api.command(name, { caseNumber });
      expect([reply.status, reply.body.status]).toEqual([200, status]);
    }
    const answered = stateAfter(IN_STEPS.slice(0, 5));
    memory.put(answered);
    const paid = await api.command('confirm-money', { caseNumber: answered.caseNumber, body: moneyBody() });
    expect([paid.status, paid.body.status]).toEqual([200, 'ready-to-complete']);
    const done = await api.command('complete', { caseNumber: caseIn('ready-to-complete').caseNumber });
    expect([done.status, done.body.status]).toEqual([200, 'completed']);
    expect(api.lines.filter(({ code }) => code === 'case.changed').map(({ fields }) => fields.command)).toEqual([
      'open',
      'accept',
      'send-letter',
      'confirm-money',
      'complete',
    ]);
  });

  test.each<[ClerkCommandName, ReturnType<typeof caseIn>, unknown, string]>([
    ['confirm-termination', caseIn('letter-received'), { terminatedOn: '2026-03-02' }, 'relation-terminated'],
    ['remit', caseIn('relation-terminated'), remittanceBody(), 'account-settled'],
    ['not-remit', caseIn('relation-terminated'), { reason: 'zero-balance' }, 'account-settled'],
    ['send-table', caseIn('account-settled'), tableBody(), 'transferred-out'],
  ])('%s at the region left', async (name, state, body, status) => {
    memory.put(state);
    const reply = await api.command(name, { office: CHENGDU_OFFICE, caseNumber: state.caseNumber, body });
    expect([reply.status, reply.body.status]).toEqual([200, status]);
  });
});

describe('the idempotency key (E1)', () => {
  const KEY = uuid(7);
  const open = (n: number, key: string | null = KEY) => api.command('open', { key, body: { application: applicationBody(n) } });

  test('missing is refused before anything is read', async () => {
    expect(await open(1, null)).toMatchObject({
      status: 400,
      body: { code: 'request.no-idempotency-key', errors: [{ field: 'Idempotency-Key' }] },
    });
    expect(memory.cases.size).toBe(0);
  });

  test.each(['1', 'not-a-uuid', person(1).idNumber])('that is no UUID is refused: it could carry personal data (%s)', async (key) => {
    const { status, body } = await open(1, key);
    expect([status, body.code, body.errors]).toEqual([
      400,
      'request.invalid',
      [{ field: 'Idempotency-Key', code: 'invalid', reason: '幂等键须为 UUID (must be a UUID)' }],
    ]);
  });

  test('same key, same body: same answer, one case', async () => {
    const first = await open(1);
    api.wait(60_000);
    expect(await open(1)).toEqual(first);
    expect(memory.cases.size).toBe(1);
  });

  test('same key, other body, other command or other case: 409', async () => {
    const { body } = await open(1);
    expect(await codeOf(open(2))).toEqual([409, 'request.key-reused']);
    expect(await codeOf(api.command('accept', { key: KEY, caseNumber: body.caseNumber }))).toEqual([409, 'request.key-reused']);
    expect(memory.cases.size).toBe(1);
  });

  test('same key and the same empty body, for another case or command, is not the same: 409', async () => {
    const first = await opened();
    const second = await opened({ body: { application: applicationBody(2) } });
    expect((await api.command('accept', { key: KEY, caseNumber: first })).status).toBe(200);
    expect(await codeOf(api.command('accept', { key: KEY, caseNumber: second }))).toEqual([409, 'request.key-reused']);
    expect(await codeOf(api.command('send-letter', { key: KEY, caseNumber: first }))).toEqual([409, 'request.key-reused']);
  });

  test('same key and body after the case has moved on: the first answer', async () => {
    const caseNumber = await opened();
    const first = await api.command('accept', { key: KEY, caseNumber, ifMatch: '"1"' });
    await api.command('send-letter', { caseNumber });
    expect(await api.command('accept', { key: KEY, caseNumber, ifMatch: '"1"' })).toEqual(first);
  });

  test('same key after a first try that failed: the command is tried, not the failure repeated', async () => {
    const caseNumber = await opened();
    const commit = vi.spyOn(memory.store, 'commit').mockRejectedValueOnce(new Error('throttled'));
    expect(await codeOf(api.command('accept', { key: KEY, caseNumber }))).toEqual([500, 'server.fault']);
    expect((await api.command('accept', { key: KEY, caseNumber })).status).toBe(200);
    commit.mockRestore();
    const early = uuid(9);
    expect(await codeOf(api.command('complete', { key: early, caseNumber }))).toEqual([409, 'case.wrong-state']);
    memory.put({ ...caseIn('ready-to-complete'), caseNumber: aCaseNumber(1) });
    expect((await api.command('complete', { key: early, caseNumber: aCaseNumber(1) })).status).toBe(200);
  });

  test('of one office says nothing to another', async () => {
    await open(1);
    const theirs = await api.command('open', { key: KEY, office: OTHER_OFFICE, body: { application: applicationBody(2) } });
    expect(theirs.status).toBe(201);
  });
});

describe('If-Match', () => {
  test('"1" is the version that the clerk saw', async () => {
    expect((await api.command('accept', { caseNumber: await opened(), ifMatch: '"1"' })).status).toBe(200);
  });

  test('an older or a newer version is refused and says the one there is', async () => {
    const caseNumber = await opened();
    for (const ifMatch of ['"2"', '"0"']) {
      const { status, body } = await api.command('accept', { caseNumber, ifMatch });
      expect([status, body.code, body.errors[0]]).toEqual([
        412,
        'case.stale-version',
        { field: 'If-Match', code: 'stale', reason: '当前版本为 1 (the version is 1)' },
      ]);
    }
  });

  test('says nothing of the version of another office’s case', async () => {
    const { status, body } = await api.command('accept', { caseNumber: await opened(), office: OTHER_OFFICE, ifMatch: '"9"' });
    expect([status, body.code]).toEqual([403, 'caller.wrong-office']);
    expect(JSON.stringify(body)).not.toContain('版本');
  });

  test.each(['1', 'x', 'W/"1"', '*', '-1'])('%s is refused', async (ifMatch) => {
    const { status, body } = await api.command('accept', { caseNumber: await opened(), ifMatch });
    expect([status, body.errors[0].field]).toEqual([400, 'If-Match']);
  });
});

describe('a bad body names each field, Chinese first, and never its value', () => {
  const BAD: [ClerkCommandName, Record<string, unknown>, string[]][] = [
    ['open', {}, ['application']],
    [
      'open',
      { application: { ...applicationBody(1), person: { name: '', idNumber: '11010519491231002Y' } } },
      ['application.person.name', 'application.person.idNumber'],
    ],
    [
      'open',
      { application: applicationBody(1, { scheme: '999', appliedOn: '2026-02-30', postcode: '1' }) },
      ['application.scheme', 'application.postcode', 'application.appliedOn'],
    ],
    ['open', { application: applicationBody(1), more: 1 }, ['']],
    ['accept', { more: 1 }, ['']],
    ['confirm-termination', { terminatedOn: '2026-13-01' }, ['terminatedOn']],
    ['remit', remittanceBody({ amountFen: 0.5, bankReference: '?' }), ['amountFen', 'bankReference']],
    ['remit', remittanceBody({ payee: '别的账户' }), ['']],
    ['not-remit', { reason: 'none' }, ['reason']],
    ['not-remit', { reason: 'local-rule' }, ['note']],
    ['send-table', tableBody({ periods: [] }), ['periods']],
    ['send-table', tableBody({ periods: [{ ...tableBody().periods[0], months: 0 }] }), ['periods.0.months']],
    ['confirm-money', moneyBody({ amountFen: '100' }), ['amountFen']],
  ];
  test.each(BAD)('%s %#', async (name, body, fields) => {
    const reply = await api.command(name, { caseNumber: aCaseNumber(1), body });
    expect([reply.status, reply.body.code]).toEqual([400, 'request.invalid']);
    expect(reply.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    for (const { reason } of reply.body.errors) expect(reason).toMatch(/^\p{Script=Han}.* \(.+\)$/u);
    expect(JSON.stringify(reply.body)).not.toContain('11010519491231002Y');
  });
});

describe('queries', () => {
  test('a case comes with what this caller may do now, and with nothing undeclared', async () => {
    const caseNumber = await opened();
    const { status, body } = await api.send(CASE, { caseNumber });
    expect([status, body.actions]).toEqual([200, ['accept']]);
    expect(CaseView.parse(body)).toEqual(body);
  });

  test('money is asked for once its advice is in, and no longer when it came', async () => {
    const advised = stateAfter(IN_STEPS.slice(0, 4));
    const actionsOf = async (state: TransferCase) => {
      memory.put(state);
      return (await api.send(CASE, { caseNumber: state.caseNumber })).body.actions;
    };
    expect(await actionsOf(caseIn('letter-sent'))).toEqual([]);
    expect(await actionsOf(advised)).toEqual(['confirm-money']);
    expect(await actionsOf({ ...advised, money: moneyBody() } as TransferCase)).toEqual([]);
  });

  test('money happened on the bank’s value date, whenever it is confirmed (D1)', async () => {
    const answered = stateAfter(IN_STEPS.slice(0, 5));
    memory.put(answered);
    api.wait(10 * 24 * 3_600_000);
    await api.command('confirm-money', { caseNumber: answered.caseNumber, body: moneyBody({ valueDate: '2026-03-05' }) });
    const [entry] = memory.timelines.get(`${HANGZHOU}#${answered.caseNumber}`)!;
    expect(entry).toMatchObject({ occurredAt: '2026-03-04T16:00:00.000Z', recordedAt: '2026-03-12T02:00:00.000Z' });
  });

  test('a document number is drawn only for a document that the state allows', async () => {
    memory.put(caseIn('opened'));
    const drawn = vi.spyOn(memory.store, 'nextSequence');
    expect(await codeOf(api.command('send-letter', { caseNumber: caseIn('opened').caseNumber }))).toEqual([409, 'case.wrong-state']);
    expect(drawn).not.toHaveBeenCalled();
  });

  test('a clerk reads the name of the status, not its code', async () => {
    memory.put(caseIn('letter-sent'));
    const { body } = await api.command('accept', { caseNumber: caseIn('letter-sent').caseNumber });
    expect(body.errors).toEqual([{ field: 'status', code: 'letter-sent', reason: '当前环节为“已发联系函” (the case is letter-sent)' }]);
  });

  test('a past second shows the case as it was recorded then, and nothing can be done with it (E7)', async () => {
    const caseNumber = await opened();
    api.wait(10_000);
    await api.command('accept', { caseNumber });
    const at = (text: string) => api.send(CASE, { caseNumber, query: { at: text } });
    expect((await at('2026-03-02T02:00:09.999Z')).body).toMatchObject({ case: { status: 'opened', version: 1 }, actions: [] });
    expect((await at('2026-03-02T02:00:10.000Z')).body).toMatchObject({ case: { status: 'accepted', version: 2 }, actions: [] });
    expect(await codeOf(at('2026-03-02T01:59:59.999Z'))).toEqual([404, 'case.not-found']);
    const { status, body } = await at('gestern');
    expect([status, body.errors[0].field]).toEqual([400, 'at']);
  });

  test('a timeline says that it is intact, or where it is not (E7)', async () => {
    const caseNumber = await opened();
    await api.command('accept', { caseNumber });
    const whole = (await api.send(TIMELINE, { caseNumber })).body;
    expect(TimelineView.parse(whole)).toEqual(whole);
    expect(whole).toMatchObject({ intact: true, entries: [{ n: 1 }, { n: 2 }], actions: ['send-letter'] });
    const entries = memory.timelines.get(`${HANGZHOU}#${caseNumber}`)!;
    memory.timelines.set(
      `${HANGZHOU}#${caseNumber}`,
      entries.with(0, { ...entries[0]!, recordedAt: entries[0]!.occurredAt.replace('02:', '03:') as never }),
    );
    expect((await api.send(TIMELINE, { caseNumber })).body).toMatchObject({ intact: false, brokenAt: 1 });
    memory.timelines.set(`${HANGZHOU}#${caseNumber}`, entries.slice(0, 1));
    expect((await api.send(TIMELINE, { caseNumber })).body).toMatchObject({ intact: false, brokenAt: 2, entries: [{ n: 1 }] });
  });

  test('an entry that breaks its schema is shown as the break, and no past state is made up over it (E7)', async () => {
    const caseNumber = await opened();
    api.wait(10_000);
    await api.command('accept', { caseNumber });
    api.wait(10_000);
    await api.command('send-letter', { caseNumber });
    const key = `${HANGZHOU}#${caseNumber}`;
    const entries = memory.timelines.get(key)!;
    memory.timelines.set(key, entries.with(2, { ...entries[2]!, command: 'undo' as never }));
    const { status, body } = await api.send(TIMELINE, { caseNumber });
    expect([status, body.intact, body.brokenAt, body.entries.map(({ n }: { n: number }) => n)]).toEqual([200, false, 3, [1, 2]]);
    const at = (text: string) => api.send(CASE, { caseNumber, query: { at: text } });
    expect((await at('2026-03-02T02:00:05.000Z')).body.case).toMatchObject({ status: 'opened' });
    for (const text of ['2026-03-02T02:00:10.000Z', '2026-03-03T00:00:00.000Z']) {
      expect((await at(text)).body).toMatchObject({ status: 409, code: 'case.timeline-broken', errors: [{ field: 'at' }] });
    }
  });

  test('the work list has the office’s open cases without personal data', async () => {
    const caseNumber = await opened();
    await api.command('accept', { caseNumber });
    const { body } = await api.send(WORK_LIST);
    expect(WorkListView.parse(body)).toEqual(body);
    expect(body).toEqual({
      office: HANGZHOU_OFFICE,
      items: [
        {
          caseNumber,
          side: 'transferIn',
          status: 'accepted',
          counterpart: CHENGDU,
          procedure: '2016.1',
          dueOn: '2026-03-23',
          actions: ['send-letter'],
        },
      ],
    });
  });

  const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['no cursor', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', cursorOf({ PK: 'R#330100' })],
    ['another office', cursorOf({ PK: 'x', SK: 'x', workDue: 'x', workOffice: OTHER_OFFICE })],
  ])('a cursor of %s is refused', async (_case, cursor) => {
    const { status, body } = await api.send(WORK_LIST, { query: { cursor } });
    expect([status, body.code, body.errors[0].field.split('.')[0]]).toEqual([400, 'request.invalid', 'cursor']);
  });
});

test.each(['', '1', '330100-20260302-000001-0', 'x'.repeat(500)])('a case number that is none, %j, is not found', async (caseNumber) => {
  expect(await codeOf(api.send(CASE, { caseNumber }))).toEqual([404, 'case.not-found']);
  expect(await codeOf(api.command('accept', { caseNumber }))).toEqual([404, 'case.not-found']);
});
