import { describe, expect, test } from 'vitest';
import { PROCEDURES } from '../../functions/cases/procedures/index.ts';
import { Role, Side } from '../../schemas/codes.ts';
import {
  type CaseStatus,
  ClerkCommandName,
  CommandName,
  FINAL_STATUSES,
  isFinal,
  MessageCommandName,
  Procedure,
  ProcedureId,
  TransferInStatus,
  TransferOutStatus,
} from '../../schemas/procedures.ts';

const STATUSES = { transferIn: TransferInStatus, transferOut: TransferOutStatus };
const SIDES = ProcedureId.options.flatMap((procedure) => Side.options.map((side) => ({ procedure, side })));
type SideOf = (typeof SIDES)[number];

const rowsOf = ({ procedure, side }: SideOf) => PROCEDURES[procedure].transitions.filter((row) => row.side === side);
const statusesOf = (one: SideOf): CaseStatus[] => [...new Set(rowsOf(one).flatMap(({ from, to }) => [...from, ...to]))];
const PLACES = SIDES.flatMap((one) => statusesOf(one).map((status) => ({ ...one, status })));
const rowsIn = ({ status, ...one }: (typeof PLACES)[number]) => rowsOf(one).filter(({ from }) => from.includes(status));
const isClerks = (command: CommandName): boolean => ClerkCommandName.safeParse(command).success;

describe('the transition tables (B7)', () => {
  test.each(Object.entries(PROCEDURES))('%s fits its schema under its own id', (id, procedure) => {
    expect(Procedure.parse(procedure)).toMatchObject({ id });
    expect(Object.keys(PROCEDURES)).toEqual(ProcedureId.options);
  });

  test('have titles of their own, and every command is in one of them', () => {
    expect(new Set(Object.values(PROCEDURES).map(({ title }) => title)).size).toBe(ProcedureId.options.length);
    const named = Object.values(PROCEDURES).flatMap(({ transitions }) => transitions.map(({ command }) => command));
    expect(new Set(named)).toEqual(new Set(CommandName.options));
    expect([...ClerkCommandName.options, ...MessageCommandName.options].sort()).toEqual([...CommandName.options].sort());
  });

  test.each(SIDES)('$procedure $side has one row at most for a command in a status', (one) => {
    const cells = rowsOf(one).flatMap(({ command, from }) =>
      from.length === 0 ? [`none ${command}`] : from.map((s) => `${s} ${command}`),
    );
    expect(cells.filter((cell, i) => cells.indexOf(cell) !== i)).toEqual([]);
  });

  test.each(SIDES)('$procedure $side keeps to the statuses of its side', (one) => {
    const known: readonly CaseStatus[] = STATUSES[one.side].options;
    expect(statusesOf(one).filter((status) => !known.includes(status))).toEqual([]);
  });

  test('leave no status of either side out', () => {
    for (const side of Side.options) {
      const named = SIDES.filter((one) => one.side === side).flatMap(statusesOf);
      expect(new Set(named)).toEqual(new Set(STATUSES[side].options));
    }
  });

  test.each(SIDES)('$procedure $side reaches every status from a beginning', (one) => {
    const rows = rowsOf(one);
    const reached = new Set(rows.filter(({ from }) => from.length === 0).flatMap(({ to }) => to));
    for (let size = -1; size !== reached.size; ) {
      size = reached.size;
      for (const row of rows) if (row.from.some((status) => reached.has(status))) for (const to of row.to) reached.add(to);
    }
    expect([...reached].sort()).toEqual(statusesOf(one).sort());
  });

  test.each(SIDES)('$procedure $side has an end within reach of every status: no road leads nowhere', (one) => {
    const rows = rowsOf(one);
    const home = new Set(statusesOf(one).filter(isFinal));
    for (let size = -1; size !== home.size; ) {
      size = home.size;
      for (const { from, to } of rows) if (to.some((status) => home.has(status))) for (const status of from) home.add(status);
    }
    expect([...home].sort()).toEqual(statusesOf(one).sort());
  });

  test.each(PLACES.filter(({ status }) => !isFinal(status)))('$procedure $side $status is no dead end', (place) => {
    expect(rowsIn(place).filter(({ to }) => to.some((next) => next !== place.status))).not.toEqual([]);
  });

  test('give every clerk command to some role, never to the ministry, and no message command to anybody', () => {
    for (const { procedure, side } of SIDES) {
      for (const { command, roles } of rowsOf({ procedure, side })) {
        expect(roles.length > 0, `${procedure} ${command}`).toBe(isClerks(command));
        expect(roles).not.toContain('ministry');
      }
    }
  });

  test('let people alone approve what another proposed: a system is no second person (F2)', () => {
    const approvals = SIDES.flatMap(rowsOf).filter(({ command }) => command.startsWith('approve-'));
    expect(new Set(approvals.map(({ command }) => command))).toEqual(new Set(['approve-termination', 'approve-table']));
    for (const { roles } of approvals) expect(roles).toEqual(['clerk', 'supervisor']);
    const others = SIDES.flatMap(rowsOf).filter(({ command }) => isClerks(command) && !command.startsWith('approve-'));
    for (const { command, roles } of others) expect(roles, command).toEqual(Role.options.filter((role) => role !== 'ministry'));
  });
});

describe('the ends (B4, B5, B6, B16)', () => {
  const ends = PLACES.filter(({ status }) => isFinal(status));

  test('are those that the procedures know', () => {
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(FINAL_STATUSES));
    const named = (procedure: ProcedureId, side: Side) =>
      ends
        .filter((end) => end.procedure === procedure && end.side === side)
        .map(({ status }) => status)
        .sort();
    const early = ['closed-by-agreement', 'refused', 'withdrawn'];
    expect(named('2016.1', 'transferIn')).toEqual(['completed']);
    expect(named('2016.1', 'transferOut')).toEqual(['closed']);
    expect(named('2016.2', 'transferIn')).toEqual(['closed-by-agreement', 'completed', 'refused', 'withdrawn']);
    expect(named('2016.2', 'transferOut')).toEqual(['closed', 'closed-by-agreement', 'forwarded', 'refused', 'withdrawn']);
    expect(named('2021.1', 'transferIn')).toEqual(['closed-by-agreement', 'completed', 'refused', 'withdrawn']);
    expect(named('2021.1', 'transferOut')).toEqual(['closed', ...early]);
  });

  /** Under procedure 2021 money may still be under way after the completion: it is confirmed, asked about and answered for (S21). */
  const MONEY_LATER = (procedure: ProcedureId, status: CaseStatus) => procedure === '2021.1' && status === 'completed';
  const laterOf = (procedure: ProcedureId, status: CaseStatus): CommandName[] => {
    if (MONEY_LATER(procedure, status)) return ['confirm-money', 'query', 'remind'];
    return procedure === '2021.1' && status === 'closed' ? ['correct', 'explain'] : [];
  };

  test.each(ends)('nothing leads out of $status at $side of $procedure, and clerks have nothing to do there but about money', (place) => {
    const rows = rowsIn(place);
    expect(rows.filter(({ to }) => to.some((next) => next !== place.status))).toEqual([]);
    const clerks = rows.map(({ command }) => command).filter(isClerks);
    expect(clerks).toEqual(laterOf(place.procedure, place.status));
  });

  test.each(ends)('$status at $side of $procedure lets late words come, and no word of the hand-over', (place) => {
    const words = rowsIn(place)
      .map(({ command }) => command)
      .filter((command) => !isClerks(command));
    const conversation = [
      'receive-query',
      'receive-correction',
      'receive-explanation',
      place.side === 'transferIn' ? 'receive-withdrawal-answer' : 'receive-withdrawal',
      'receive-closure-proposal',
      'receive-closure-answer',
      'receive-reminder',
    ];
    const money = MONEY_LATER(place.procedure, place.status) ? ['receive-remittance-advice', 'receive-not-remitted'] : [];
    const late = place.procedure === '2016.1' ? [] : [...conversation, ...money];
    expect([...words].sort()).toEqual([...late, 'record-delivery'].sort());
  });
});

describe('the roads that end a hand-over early (B4, B5, B6)', () => {
  test.each<[ProcedureId, Side, CommandName, CaseStatus[]]>([
    // Before the relation is terminated transferOut says that there is nothing to hand over, or who has it (S94 6).
    ['2016.2', 'transferOut', 'refuse', ['letter-received']],
    ['2016.2', 'transferOut', 'forward', ['letter-received']],
    // The applicant changes his mind; later both sides have to agree.
    ['2016.2', 'transferIn', 'withdraw', ['voucher-received', 'opened', 'accepted', 'letter-sent']],
    ['2021.1', 'transferIn', 'withdraw', ['requested', 'accepted']],
    ['2016.2', 'transferIn', 'propose-closure', ['letter-sent', 'ready-to-complete']],
    [
      '2016.2',
      'transferOut',
      'propose-closure',
      ['voucher-sent', 'letter-received', 'relation-terminated', 'account-settled', 'transferred-out'],
    ],
    ['2021.1', 'transferIn', 'propose-closure', ['accepted', 'ready-to-complete']],
    ['2021.1', 'transferOut', 'propose-closure', ['requested', 'accepted', 'account-settled', 'transferred-out']],
    // Either side checks, and refuses by its verdict (S21).
    ['2021.1', 'transferIn', 'give-verdict', ['request-received']],
    ['2021.1', 'transferOut', 'give-verdict', ['request-received']],
    ['2016.2', 'transferIn', 'notify-applicant', ['ineligible']],
    ['2021.1', 'transferIn', 'notify-applicant', ['ineligible']],
    ['2021.1', 'transferOut', 'notify-applicant', ['ineligible']],
  ])('%s %s: %s in %j and nowhere else', (procedure, side, command, from) => {
    const rows = rowsOf({ procedure, side }).filter((row) => row.command === command);
    expect(rows.flatMap((row) => row.from).sort()).toEqual([...from].sort());
  });

  test.each<[ProcedureId, CaseStatus[]]>([
    ['2016.2', ['letter-received', 'voucher-sent']],
    ['2021.1', ['accepted', 'request-received', 'requested']],
  ])('%s: a withdrawal comes in time in %j', (procedure, inTime) => {
    const rows = rowsOf({ procedure, side: 'transferOut' }).filter(({ command }) => command === 'receive-withdrawal');
    const granting = rows.filter(({ to }) => to.includes('withdrawn'));
    expect(granting.flatMap(({ from }) => from).sort()).toEqual(inTime);
    expect(rows.filter((row) => !granting.includes(row)).flatMap(({ to }) => to)).toEqual([]);
  });

  test('2016.1 knows none of them', () => {
    const early: CaseStatus[] = ['ineligible', 'refused', 'withdrawn', 'forwarded', 'closed-by-agreement'];
    const named = Side.options.flatMap((side) => statusesOf({ procedure: '2016.1', side }));
    expect(named.filter((status) => early.includes(status))).toEqual([]);
  });
});

describe('the relation is terminated exactly once (B7)', () => {
  const LATER: CaseStatus[] = ['relation-terminated', 'account-settled', 'transferred-out', 'closed'];

  test.each([
    ['2016.1', 'confirm-termination'],
    ['2016.2', 'approve-termination'],
  ] as const)('%s: by %s alone, and nothing leads back before it', (procedure, command) => {
    const rows = rowsOf({ procedure, side: 'transferOut' });
    expect(rows.filter(({ to }) => to.includes('relation-terminated')).map((row) => [row.command, row.from])).toEqual([
      [command, ['letter-received']],
    ]);
    const back = rows.filter(({ from, to }) => from.some((s) => LATER.includes(s)) && to.includes('letter-received'));
    expect(back).toEqual([]);
    // Money and table go after it.
    expect(rows.filter((row) => ['remit', 'not-remit'].includes(row.command)).map(({ from }) => from)).toEqual([
      ['relation-terminated'],
      ['relation-terminated'],
    ]);
  });

  test('2021.1: by the completion notice alone, which closes the copy', () => {
    const rows = rowsOf({ procedure: '2021.1', side: 'transferOut' });
    expect(rows.filter(({ command }) => command.endsWith('-termination'))).toEqual([]);
    expect(statusesOf({ procedure: '2021.1', side: 'transferOut' })).not.toContain('relation-terminated');
    expect(rows.filter(({ to }) => to.includes('closed')).map(({ command, from }) => [command, from])).toEqual([
      ['receive-completion', ['transferred-out']],
    ]);
  });

  test('transferIn never terminates anything', () => {
    for (const procedure of ProcedureId.options) {
      const commands = rowsOf({ procedure, side: 'transferIn' }).map(({ command }) => command);
      expect(commands.filter((command) => command.endsWith('-termination'))).toEqual([]);
    }
  });
});

describe('clocks (D1, D2)', () => {
  const S94 = '人社厅发〔2016〕94号';
  const FIRST = [
    ['send-letter', 'transferIn', 15, `${S94}第五条`],
    ['transfer-out', 'transferOut', 15, `${S94}第六条`],
    ['complete', 'transferIn', 15, `${S94}第七条`],
    ['counterpart-closure', 'transferOut', 5, '内部时限：办结通知送达'],
  ];

  test.each<[ProcedureId, unknown[][]]>([
    ['2016.1', FIRST],
    ['2016.2', [...FIRST, ['tell-applicant', 'opener', 0, '内部时限：当日告知申请人']]],
    [
      '2021.1',
      [
        ['verdict', 'answerer', 2, '内部时限：及时校验并告知'],
        ['overall', 'transferIn', 15, '2021年暂行办法：不超过15个工作日'],
        ['transfer-out', 'transferOut', 10, '2021年暂行办法：10个工作日内完成转出'],
        ['transfer-in', 'transferIn', 5, '2021年暂行办法：5个工作日内完成转入'],
        ['counterpart-closure', 'transferOut', 5, '内部时限：办结通知送达'],
        ['tell-applicant', 'opener', 0, '内部时限：当日告知申请人'],
      ],
    ],
  ])('%s has the days of its articles, and of each house clock the reason', (procedure, clocks) => {
    expect(PROCEDURES[procedure].clocks.map(({ name, owedBy, days, article }) => [name, owedBy, days, article])).toEqual(clocks);
  });

  test('those of 2021 for transferring out and in make up the whole', () => {
    const days = (name: string) => PROCEDURES['2021.1'].clocks.find((clock) => clock.name === name)!.days;
    expect(days('transfer-out') + days('transfer-in')).toBe(days('overall'));
  });
});

describe('materials (A6)', () => {
  test('2016: identity, the form and the voucher', () => {
    expect(PROCEDURES['2016.2'].materials).toEqual(['id-card', 'application-form', 'coverage-voucher']);
  });

  test('2016.1 asked for none by name', () => expect(PROCEDURES['2016.1'].materials).toEqual([]));

  test('2021: no form, no voucher, and no step that makes letter or voucher', () => {
    expect(PROCEDURES['2021.1'].materials).toEqual(['id-card']);
    const commands = PROCEDURES['2021.1'].transitions.map(({ command }) => command);
    const gone = [
      'open',
      'apply',
      'return-materials',
      'hand-in-materials',
      'send-voucher',
      'receive-voucher',
      'send-letter',
      'receive-letter',
    ];
    expect(commands.filter((command) => gone.includes(command))).toEqual([]);
  });
});
