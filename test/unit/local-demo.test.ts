import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { entitlementOf } from '../../functions/cases/entitlement/index.ts';
import { chooseProcedure } from '../../functions/cases/procedures/choose.ts';
import { draftVoucher } from '../../functions/vouchers/issue.ts';
import { localApiUrl } from '../../infra/local/api-client.ts';
import { awsEnvironment, givenAws, ownAws } from '../../infra/local/aws.ts';
import { demoDocuments } from '../../infra/local/demo-documents.ts';
import { demoRegions } from '../../infra/local/demo-regions.ts';
import { demoVoucherRecord } from '../../infra/local/demo-voucher.ts';
import { demoOffice, demoRegionEntries } from '../../infra/local/directory-data.ts';
import { hangzhouRules } from '../../infra/local/hangzhou-rules.ts';
import { forgetStreamPositions } from '../../infra/local/ministack-state.ts';
import { narrate } from '../../infra/local/narrate.ts';
import { clerkOf, demoPeople, secondClerkOf } from '../../infra/local/people.ts';
import { columns } from '../../infra/local/text.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import { TimelineEntry } from '../../schemas/cases.ts';
import { Office, Region } from '../../schemas/directory.ts';
import { CoverageVoucher } from '../../schemas/documents.ts';
import { RegionalRules } from '../../schemas/entitlement.ts';
import { CaseEvent } from '../../schemas/events.ts';
import { CalendarDate, RegionCode } from '../../schemas/primitives.ts';
import { ProcedureId } from '../../schemas/procedures.ts';
import { VoucherRecord } from '../../schemas/vouchers.ts';

const stamp = { version: 1, changedAt: '2026-11-25T00:00:00.000Z', changedBy: 'x', reason: '演示数据' };
const hosted = { procedures: ProcedureId.options, signingKeys: [], ...stamp };

describe('demonstration data', () => {
  test('are for the regions that cdk.json hosts', () => {
    expect(demoRegions.map(({ code, name }) => ({ code, name }))).toEqual(cdk.context.hostedRegions);
  });

  test('say themselves that they are not real', () => {
    for (const { code, payee } of demoRegionEntries) {
      const office = demoOffice(code);
      for (const text of [payee?.bank, payee?.holder, office.name, office.address, office.reason]) {
        expect(text).toContain('演示');
      }
      expect(office.phone).toMatch(/^0\d{2,3}-12345\d{3}$/);
    }
  });

  test('the papers of a made-up person are what the API accepts', () => {
    const bodies = demoDocuments('510100', '330100');
    for (const [name, body] of Object.entries(bodies)) {
      expect(COMMAND_BODIES[name as keyof typeof bodies].safeParse(body).error).toBeUndefined();
    }
  });

  test('A1: the records of the region left yield the voucher that the papers hold', () => {
    const bodies = demoDocuments('510100', '330100');
    const { number: _, ...voucher } = CoverageVoucher.parse(bodies['send-voucher'].voucher);
    const region = Region.parse({ ...demoRegionEntries.find(({ code }) => code === '510100'), ...hosted });
    const office = Office.parse({ ...demoOffice('510100'), ...stamp, code: voucher.issuer.office });
    const draft = draftVoucher(VoucherRecord.parse(demoVoucherRecord(bodies)), { region, office, today: voucher.issuedOn });
    expect(draft.voucher).toEqual(voucher);
    expect(draft.months).toBe(bodies['propose-table'].totalMonths);
  });

  test('ID numbers bear a sequence that belongs to nobody', () => {
    for (let i = 0; i < 50; i += 1) {
      expect(demoDocuments('510100', '330100').open.application.person.idNumber.slice(14, 17)).toMatch(/^99[6-9]$/);
    }
  });

  test('B21: there are pairs of regions of either procedure', () => {
    const region = (wanted: string) => Region.parse({ ...demoRegionEntries.find(({ code }) => code === wanted), ...hosted });
    const chosen = (from: string, to: string) => chooseProcedure(CalendarDate.parse('2026-11-25'), region(from), region(to));
    expect(chosen('510100', '330100')).toEqual({ procedure: '2016.2', reason: 'own-not-online' });
    expect(chosen('310000', '330100')).toEqual({ procedure: '2021.1', reason: 'both-online' });
  });

  test('F2: every region has a second clerk in the office of the first', () => {
    const personCalled = (wanted: string) => demoPeople.find(({ id }) => id === wanted);
    for (const { code } of demoRegions) {
      const [first, second] = [personCalled(clerkOf(code)), personCalled(secondClerkOf(code))];
      expect(second).toEqual({ ...first, id: expect.not.stringMatching(`^${first?.id}$`), name: first?.name.replace('一', '二') });
    }
  });
});

describe('the story', () => {
  const scene = { region: RegionCode.parse('330100'), counterpart: RegionCode.parse('510100') };
  const clock = CaseEvent.parse({
    type: 'clock-started',
    clock: {
      name: 'send-letter',
      owner: '330100',
      days: 15,
      article: '人社厅发〔2016〕94号第五条',
      startEvent: 'accepted',
      startedOn: '2026-09-24',
      dueOn: '2026-10-22',
      provisional: true,
      calendarVersions: { 2026: 1 },
      skipped: [{ date: '2026-10-01', reason: '国庆节' }],
      alerts: [],
    },
  });
  const entry = TimelineEntry.parse({
    n: 2,
    command: 'accept',
    actor: { kind: 'caller', subject: 'clerk-33010001', office: '33010001', role: 'clerk' },
    occurredAt: '2026-09-23T16:00:01.500Z',
    recordedAt: '2026-09-23T16:00:01.500Z',
    events: [{ type: 'accepted' }, clock],
    previousHash: '0'.repeat(64),
    hash: '0'.repeat(64),
  });

  test('says who did what, which clock started and when it is due, in China time', () => {
    expect(narrate(entry, scene)).toEqual([
      '2026-09-24 00:00:01  【杭州】杭州 经办人 一：受理 (accept)',
      '    ⏱ 时限开始：杭州 发出联系函 (send-letter)，人社厅发〔2016〕94号第五条，2026-09-24 次日起 15 个工作日，2026-10-22 24:00 到期，其间 2026-10-01 国庆节 不计，日历待公布',
    ]);
  });

  test('tells a clock that the other side owes from an own one', () => {
    expect(narrate(entry, { region: scene.counterpart, counterpart: scene.region })[1]).toContain('跟踪对方时限：杭州');
  });

  const told = (...events: unknown[]) =>
    narrate({ ...entry, events: events.map((event) => CaseEvent.parse(event)) }, scene)
      .slice(1)
      .map((line) => line.trim());
  const messageId = '0b0e7a5e-3a52-4c36-9d0d-6d5a4d7b3c11';
  const arrived = { messageId, sequence: 2, sentAt: '2026-09-23T16:00:01.500Z' };

  test('B3: tells what is asked of which document, and what the correction changed', () => {
    const query = { about: 'liaison-letter', version: messageId, fields: ['insuranceNumber'], question: '请补充' };
    expect(told({ type: 'query-received', query, ...arrived }, { type: 'query-sent', query, messageId })).toEqual([
      '就联系函询问：请补充',
      '✉ 就联系函询问：请补充（insuranceNumber） → 成都',
    ]);
    const notRemitted = { about: 'not-remitted', query: messageId, replaces: messageId, document: { reason: 'local-rule', note: '规定' } };
    const changes = [{ field: 'note', after: '"规定"' }];
    expect(told({ type: 'correction-received', correction: notRemitted, changes, ...arrived })).toEqual(['note：（无） → "规定"']);
  });

  test('A9: tells a verdict with the facts behind it, and why it is negative', () => {
    const facts = { side: 'transferOut', participation: 'active', retired: false };
    const reasons = [{ code: 'not-suspended', article: '第四条' }];
    const verdict = { eligible: false, decidedAt: '2026-09-23T16:00:01.500Z', reasons };
    expect(told({ type: 'verdict-given', verdict, facts, messageId })).toEqual([
      '核实：在本地正常参保，未退休',
      '✉ 校验结果：不符合转移条件（转出地参保关系尚未中止） → 成都',
    ]);
  });

  test('B12, B13: tells whose statement confirmed the money, and what voucher, table, advice and bank say beside each other', () => {
    const actor = { kind: 'bank-statement', subject: 'clerk-33010001', office: '33010001' };
    const money = { amountFen: 1_230_390, bankReference: 'DEMO123456', valueDate: '2026-09-24' };
    const line = 'DEMO123456~2026-09-24~1230390';
    const statement = TimelineEntry.parse({
      ...entry,
      command: 'confirm-money',
      actor,
      events: [{ type: 'money-received', money, bankLine: line }],
    });
    expect(narrate(statement, scene)).toEqual([
      '2026-09-24 00:00:01  【杭州】杭州 经办人 一导入的银行对账单：确认到账 (confirm-money)',
      '    到账 12,303.90 元，起息日 2026-09-24，按流水号与划转通知一致',
    ]);
    const all = { voucherFen: 5, tableFen: 5, transferredFen: 5, advisedFen: 5, receivedFen: 5, differences: [] };
    const credited = (said: object) => told({ type: 'credited', amountFen: 5, reconciliation: { ...all, ...said }, by: 'x' })[0];
    expect(credited({})).toBe('核对：凭证 = 信息表 = 信息表划转 = 划转通知 = 到账 = 0.05 元，分毫不差');
    const difference = { between: ['voucher', 'table'], differenceFen: -1, explained: true };
    expect(credited({ voucherFen: 6, advisedFen: undefined, receivedFen: undefined, differences: [difference] })).toBe(
      '核对：凭证 0.06 元，信息表 0.05 元，信息表划转 0.05 元；差异均已说明',
    );
    expect(credited({ voucherFen: 6, differences: [{ ...difference, explained: false }] })).toContain('1 处差异待更正或说明');
  });

  test('A12: tells benefits with every reason in Chinese and its article, which is not written twice running', () => {
    const bodies = demoDocuments('510100', '330100');
    const { facts } = COMMAND_BODIES['assess-entitlement'].parse(bodies['assess-entitlement']);
    const regionalRules = RegionalRules.parse({ ...hangzhouRules, ...stamp, region: '330100' });
    const input = { formerScheme: '310', newScheme: '310', facts, regionalRules, calendar: undefined } as const;
    const entitlement = entitlementOf(input);
    const [result, ...reasons] = told({ type: 'entitlement-assessed', facts, entitlement });
    expect(result).toBe(`自 ${entitlement.benefitsFrom} 起享受待遇，缴费年限累计 ${entitlement.countedMonths} 个月，因为：`);
    expect(reasons).toHaveLength(entitlement.explanation.length);
    // The gap of two months is made up, so that the rule of Hangzhou that would have the person wait yields (A14).
    expect(reasons[0]).toMatch(/^· 转出地缴至\d{4}-\d{2}，转入地自\d{4}-\d{2}起缴费，中断2个月〔2021年暂行办法.+〕$/);
    expect(reasons[1]).toMatch(/^· 可补缴2个月.+〔同上〕$/);
    expect(reasons.find((line) => line.includes('第七十八条'))).toContain('适用国家规定');
    for (const reason of reasons) expect(reason).not.toMatch(/ \([a-z0-9]/);
  });

  test('B14, B15, A15: tells what is added to the record, who has to be told, and the way out of the rural scheme', () => {
    const notice = { kind: 'completed', to: 'employer' };
    const joined = {
      ...{ person: demoDocuments('510100', '330100').open.application.person, scheme: '380', joinedScheme: '310' },
      ...{ joinedRegion: '330100', noticeOn: '2026-09-24' },
    };
    const answer = { withdrawn: true, withdrawnOn: '2026-09-24' };
    expect(
      told(
        { type: 'notice-created', ...notice },
        { type: 'notice-delivered', ...notice, delivery: { channel: 'post' } },
        { type: 'scheme-withdrawal-sent', notice: joined, messageId },
        { type: 'scheme-withdrawal-answer-received', answer: { notice: messageId, answer }, ...arrived },
      ),
    ).toEqual([
      '待告知用人单位：转移接续已办结',
      '已告知用人单位：转移接续已办结，告知方式：邮寄',
      '✉ 退出新农合通知，已在杭州参加城镇基本医疗保险 → 成都',
      '已退出新农合（2026-09-24）',
    ]);
    const supplement = COMMAND_BODIES['supplement-record'].parse(demoDocuments('510100', '330100')['supplement-record']);
    expect(told({ type: 'record-supplemented', supplement })).toEqual(['补充 3 个月，来源：本地经办记录（缴费台账）']);
  });

  test('D2: a clock of no days is due on the day itself', () => {
    const { clock: counted } = clock as Extract<CaseEvent, { type: 'clock-started' }>;
    const onTheDay = { ...counted, name: 'tell-applicant', days: 0, dueOn: '2026-09-24', skipped: [], provisional: false };
    expect(told({ type: 'clock-started', clock: onTheDay })).toEqual([
      '⏱ 时限开始：杭州 告知申请人 (tell-applicant)，人社厅发〔2016〕94号第五条，2026-09-24 当日，2026-09-24 24:00 到期',
    ]);
  });

  test('columns stand under each other though Chinese is twice as wide', () => {
    expect(
      columns([
        ['办结', 'x'],
        ['ab', 'x'],
      ]),
    ).toEqual(['办结  x', 'ab    x']);
  });
});

describe('the local AWS', () => {
  test('the API is reached by path, because its host name resolves on few machines', () => {
    expect(localApiUrl('http://localhost:4566', 'http://2abb927f.execute-api.localhost:4566')).toBe(
      'http://localhost:4566/_aws/execute-api/2abb927f/$default',
    );
  });

  test('credentials of the user never go to our own, and go to an endpoint of theirs', () => {
    const user = {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'cn-north-1',
      AWS_PROFILE: 'work',
      AWS_SESSION_TOKEN: 't',
    };
    const own = awsEnvironment(ownAws('http://localhost:4566'), user);
    expect(own).toMatchObject({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' });
    expect(own).not.toHaveProperty('AWS_PROFILE');
    expect(own).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(givenAws('http://localhost:4567', user)).toMatchObject({ region: 'cn-north-1', credentials: { accessKeyId: 'id' } });
  });

  test('a proxy of the user is not asked for this machine', () => {
    const behind = awsEnvironment(ownAws('http://localhost:4566'), {
      HTTP_PROXY: 'http://proxy.example:3128',
      NO_PROXY: 'intranet.example',
    });
    expect([behind.NO_PROXY, behind.no_proxy]).toEqual(Array(2).fill('intranet.example,localhost,localhost,127.0.0.1'));
  });

  test('a saved position in a stream that is not saved is forgotten, and nothing else', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'jiexu-state-'));
    const file = path.join(directory, 'lambda.json');
    await forgetStreamPositions(directory);
    await writeFile(file, JSON.stringify({ __ministack_format__: 2, payload: { esms: { a: 1 }, dynamodb_stream_positions: { a: 73 } } }));
    await forgetStreamPositions(directory);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ __ministack_format__: 2, payload: { esms: { a: 1 } } });
    await rm(directory, { recursive: true });
  });
});
