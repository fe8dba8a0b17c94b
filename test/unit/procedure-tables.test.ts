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

  /** What a second person does (F2). */
  const SECOND: CommandName[] = ['approve-termination', 'approve-remittance', 'approve-table', 'reject-money', 'credit'];

  test('let people alone approve what another proposed, and credit what another confirmed: a system is no second person (F2)', () => {
    const rows = SIDES.flatMap(rowsOf);
    const seconds = rows.filter(({ command }) => SECOND.includes(command));
    expect(new Set(seconds.map(({ command }) => command))).toEqual(new Set(SECOND));
    for (const { roles } of seconds) expect(roles).toEqual(['clerk', 'supervisor']);
    const others = rows.filter(({ command }) => isClerks(command) && !SECOND.includes(command));
    for (const { command, roles } of others) expect(roles, command).toEqual(Role.options.filter((role) => role !== 'ministry'));
  });

  test('know of each approval what is proposed, on the same side and in the same statuses (F2)', () => {
    const fromOf = (one: SideOf, command: CommandName) => rowsOf(one).flatMap((row) => (row.command === command ? row.from : []));
    for (const one of SIDES) {
      for (const thing of ['termination', 'remittance', 'table'] as const) {
        expect(fromOf(one, `approve-${thing}`).sort()).toEqual(fromOf(one, `propose-${thing}`).sort());
      }
    }
  });

  test('leave no way for one person alone to move money, end a relation or send a table but in the first version (F2, B8)', () => {
    const alone: CommandName[] = ['remit', 'confirm-termination', 'send-table'];
    const found = SIDES.flatMap((one) =>
      rowsOf(one).flatMap(({ command }) => (alone.includes(command) ? [`${one.procedure} ${command}`] : [])),
    );
    expect(found).toEqual(['2016.1 confirm-termination', '2016.1 remit', '2016.1 send-table']);
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

  /** Under procedure 2021 money may still be under way after the completion: it is confirmed, credited, asked about and answered for (S21). */
  const MONEY_LATER = (procedure: ProcedureId, status: CaseStatus) => procedure === '2021.1' && status === 'completed';
  const moneyLater = (procedure: ProcedureId, status: CaseStatus): CommandName[] => {
    if (MONEY_LATER(procedure, status)) return ['confirm-money', 'reject-money', 'credit', 'query', 'remind'];
    if (procedure !== '2021.1' || status !== 'closed') return [];
    return ['propose-remittance', 'approve-remittance', 'propose-table', 'approve-table', 'explain'];
  };
  /** What goes on beside the hand-over: benefits and record at transferIn, word to the applicant, the answer of the rural office. */
  const besides = ({ procedure, side, status }: (typeof ends)[number]): CommandName[] => {
    if (procedure === '2016.1') return [];
    const isTold = status === 'refused' || status === 'closed-by-agreement';
    const tells: CommandName[] = isTold || status === 'completed' ? ['deliver-notice'] : [];
    if (side === 'transferIn') return status === 'completed' ? ['assess-entitlement', 'supplement-record', ...tells] : tells;
    if (procedure === '2021.1') return isTold ? tells : [];
    return status === 'forwarded' ? [] : ['answer-scheme-withdrawal'];
  };

  test.each(ends)(
    'nothing leads out of $status at $side of $procedure, and clerks have nothing to do there but about money and word',
    (place) => {
      const rows = rowsIn(place);
      expect(rows.filter(({ to }) => to.some((next) => next !== place.status))).toEqual([]);
      const clerks = rows.map(({ command }) => command).filter(isClerks);
      expect([...clerks].sort()).toEqual([...moneyLater(place.procedure, place.status), ...besides(place)].sort());
    },
  );

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
    const rural = place.side === 'transferIn' ? ['receive-scheme-withdrawal-answer'] : ['receive-scheme-withdrawal'];
    const late = place.procedure === '2016.1' ? [] : [...conversation, ...money, ...(place.procedure === '2016.2' ? rural : [])];
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
    ['2016.1', 'confirm-termination', ['remit', 'not-remit']],
    ['2016.2', 'approve-termination', ['approve-remittance', 'not-remit']],
  ] as const)('%s: by %s alone, and nothing leads back before it', (procedure, command, settling) => {
    const rows = rowsOf({ procedure, side: 'transferOut' });
    expect(rows.filter(({ to }) => to.includes('relation-terminated')).map((row) => [row.command, row.from])).toEqual([
      [command, ['letter-received']],
    ]);
    const back = rows.filter(({ from, to }) => from.some((s) => LATER.includes(s)) && to.includes('letter-received'));
    expect(back).toEqual([]);
    // Money and table go after it.
    expect(rows.filter(({ to }) => to.includes('account-settled')).map((row) => [row.command, row.from])).toEqual(
      settling.map((name) => [name, ['relation-terminated']]),
    );
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
