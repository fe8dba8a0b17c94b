import { seedYears } from '../../functions/calendar/seed.ts';
import { calendarOf } from '../../functions/calendar/working-days.ts';
import type { Command, CommandOf, Context, Decision } from '../../functions/cases/commands.ts';
import { decide } from '../../functions/cases/decide.ts';
import type { Folded } from '../../functions/cases/evolve.ts';
import { caseNumberOf, letterNumberOf } from '../../functions/cases/numbers.ts';
import { applyEntry, nextEntry } from '../../functions/cases/timeline.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import type { Actor, TimelineEntry, TransferCase } from '../../schemas/cases.ts';
import type { Role } from '../../schemas/codes.ts';
import { CalendarDate, Fen, Instant, LetterNumber, MessageId, type OfficeCode, PersonHash, RegionCode } from '../../schemas/primitives.ts';
import type { CommandName, ProcedureId } from '../../schemas/procedures.ts';
import { anOffice, aRegion } from './directory.ts';
import { application, BALANCE_FEN, CHENGDU, CHENGDU_OFFICE, HANGZHOU, HANGZHOU_OFFICE, tableEntry } from './documents.ts';

export const WUHAN = RegionCode.parse('420100');
export const PERSON_HASH = PersonHash.parse('a'.repeat(64));
export const TODAY = CalendarDate.parse('2026-03-02');
export const NOW = Instant.parse('2026-03-02T02:00:00.000Z');
export const CASE_NUMBER = caseNumberOf(HANGZHOU, TODAY, 1);

const calendar = calendarOf(seedYears());
export const CALENDARS = new Map([HANGZHOU, CHENGDU, WUHAN].map((code) => [code, calendar]));

export const OFFICES = {
  [HANGZHOU]: anOffice(),
  [CHENGDU]: anOffice({ code: CHENGDU_OFFICE, region: CHENGDU, name: '成都市医疗保障事务中心（演示）', contact: '成都 经办人 一' }),
};

const described = (code: RegionCode, mainOffice: OfficeCode, name: string) =>
  aRegion({
    code,
    name,
    mainOffice,
    provinceShortName: '浙',
    payee: { bank: '演示银行', holder: `${name}医保基金专户`, number: '123456789012' },
    inboxUrl: 'https://sqs.example/inbox',
    version: 7,
  });

export const REGIONS = {
  [HANGZHOU]: described(HANGZHOU, HANGZHOU_OFFICE, '杭州市'),
  [CHENGDU]: described(CHENGDU, CHENGDU_OFFICE, '成都市'),
};

export const uuid = (n: number): MessageId => MessageId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
export const letterNumber = (office: OfficeCode, n = 1): LetterNumber => letterNumberOf(office, TODAY, n);

export const caller = (region: RegionCode, role: Role = 'clerk'): Extract<Actor, { kind: 'caller' }> => ({
  kind: 'caller',
  subject: `${region}-${role}`,
  office: OFFICES[region]!.code,
  role,
});
export const messageFrom = (region: RegionCode, n = 900): Actor => ({ kind: 'message', messageId: uuid(n), region });

/** What a decision of `region` looks at on 2 March 2026, everything in order. */
export function contextOf(region: RegionCode, said: Partial<Context> = {}): Context {
  const counterpart = region === HANGZHOU ? CHENGDU : HANGZHOU;
  return {
    caseNumber: CASE_NUMBER,
    actor: caller(region),
    occurredAt: NOW,
    today: TODAY,
    region: REGIONS[region]!,
    counterpart: REGIONS[counterpart]!,
    office: OFFICES[region]!,
    counterpartOffice: OFFICES[counterpart]!,
    forwardTo: undefined,
    forwardOffice: undefined,
    calendars: CALENDARS,
    documentNumber: letterNumber(OFFICES[region]!.code),
    messageId: uuid(1),
    secondMessageId: uuid(2),
    thirdMessageId: uuid(3),
    regionalRules: undefined,
    confirmedBy: undefined,
    openElsewhere: undefined,
    ...said,
  };
}

export type Step = { command: Command; context: Context };
export type Moved = { state: TransferCase; entry: TimelineEntry; decision: Decision };

/** One command as `execute` runs it, without the store. */
export function move(state: Folded, { command, context }: Step, recordedAt: Instant = context.occurredAt): Moved {
  const decision = decide(state, command, context);
  const { actor, occurredAt } = context;
  const entry = nextEntry(state, { command: command.name, actor, occurredAt, recordedAt, events: decision.events });
  return { state: applyEntry(state, entry), entry, decision };
}

/** Code of the refusal and, of each finding, field and code; undefined when the command is allowed. */
export function refusalOf(state: Folded, command: Command, context: Context): string[] | undefined {
  try {
    decide(state, command, context);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)];
  }
}

const clerk = (region: RegionCode, command: Command): Step => ({ command, context: contextOf(region) });
const arrives = (region: RegionCode, command: Command): Step => ({
  command,
  context: contextOf(region, { actor: messageFrom(region === HANGZHOU ? CHENGDU : HANGZHOU) }),
});

/** The letter of the case, as Hangzhou makes it. */
export const LETTER = (() => {
  const steps = [clerk(HANGZHOU, open()), clerk(HANGZHOU, { name: 'accept' }), clerk(HANGZHOU, { name: 'send-letter' })];
  const state = steps.reduce<Folded>((folded, step) => move(folded, step).state, undefined);
  if (!state?.letter) throw new Error('no letter');
  return state.letter;
})();

/** What an opening message says beside its document. */
export const opening = (procedure: ProcedureId) => ({ procedure, personHash: PERSON_HASH });

function open(): Command {
  return { name: 'open', application: application(1), personHash: PERSON_HASH };
}

export const remittance = (said: Record<string, unknown> = {}) => ({
  amountFen: Fen.parse(BALANCE_FEN),
  bankReference: 'CD20260302000001',
  remittedOn: TODAY,
  ...said,
});
export const money = (said: Record<string, unknown> = {}) => ({
  amountFen: Fen.parse(BALANCE_FEN),
  bankReference: 'CD20260302000001',
  valueDate: TODAY,
  ...said,
});
const advice = () => ({
  ...remittance(),
  letterNumber: LETTER.number,
  person: LETTER.person,
  payer: { office: CHENGDU_OFFICE, name: OFFICES[CHENGDU]!.name },
  payee: LETTER.payee,
});
export const table = (said: Record<string, unknown> = {}) => {
  const { code, region, name, address, postcode, phone, contact } = OFFICES[CHENGDU]!;
  return {
    ...tableEntry(),
    number: LetterNumber.parse(letterNumber(CHENGDU_OFFICE)),
    date: TODAY,
    letterNumber: LETTER.number,
    person: LETTER.person,
    from: { code, region, name, address, postcode, phone, contact },
    toRegion: HANGZHOU,
    formerScheme: LETTER.formerScheme,
    newScheme: LETTER.newScheme,
    transferredFen: Fen.parse(BALANCE_FEN),
    ...said,
  };
};

/** A command of each kind that fits the case, so that only state and caller decide on it. */
export const COMMANDS = {
  open: { name: 'open', application: application(1), personHash: PERSON_HASH },
  accept: { name: 'accept' },
  'send-letter': { name: 'send-letter' },
  'confirm-termination': { name: 'confirm-termination', terminatedOn: TODAY },
  remit: { name: 'remit', entry: remittance() },
  'not-remit': { name: 'not-remit', entry: { reason: 'paid-to-person' } },
  'send-table': { name: 'send-table', entry: tableEntry() },
  'confirm-money': { name: 'confirm-money', money: money() },
  complete: { name: 'complete' },
  'receive-letter': { name: 'receive-letter', letter: LETTER, ...opening('2016.1'), messageId: uuid(11), sequence: 1, sentAt: NOW },
  'receive-remittance-advice': { name: 'receive-remittance-advice', advice: advice(), messageId: uuid(12), sequence: 1, sentAt: NOW },
  'receive-not-remitted': {
    name: 'receive-not-remitted',
    notice: { letterNumber: LETTER.number, reason: 'paid-to-person' },
    messageId: uuid(13),
    sequence: 1,
    sentAt: NOW,
  },
  'receive-table': { name: 'receive-table', table: table(), messageId: uuid(14), sequence: 2, sentAt: NOW },
  'receive-completion': {
    name: 'receive-completion',
    notice: { letterNumber: LETTER.number, completedOn: TODAY, creditedFen: Fen.parse(BALANCE_FEN) },
    messageId: uuid(15),
    sequence: 2,
    sentAt: NOW,
  },
  'record-delivery': { name: 'record-delivery', messageType: 'cn.jiexu.liaison-letter.v1', messageId: uuid(1), deliveredAt: NOW },
} satisfies { [N in CommandName]?: CommandOf<N> };

/** The way to the end of each side with money; the state after n of these steps. */
export const IN_STEPS: readonly Step[] = [
  clerk(HANGZHOU, COMMANDS.open),
  clerk(HANGZHOU, COMMANDS.accept),
  clerk(HANGZHOU, COMMANDS['send-letter']),
  arrives(HANGZHOU, COMMANDS['receive-remittance-advice']),
  arrives(HANGZHOU, COMMANDS['receive-table']),
  clerk(HANGZHOU, COMMANDS['confirm-money']),
  clerk(HANGZHOU, COMMANDS.complete),
];
export const OUT_STEPS: readonly Step[] = [
  arrives(CHENGDU, COMMANDS['receive-letter']),
  clerk(CHENGDU, COMMANDS['confirm-termination']),
  clerk(CHENGDU, COMMANDS.remit),
  clerk(CHENGDU, COMMANDS['send-table']),
  arrives(CHENGDU, COMMANDS['receive-completion']),
];

export function stateAfter(steps: readonly Step[]): TransferCase {
  const state = steps.reduce<Folded>((folded, step) => move(folded, step).state, undefined);
  if (!state) throw new Error('no steps');
  return state;
}

/** The first state with this status on the usual way. */
export function caseIn(status: TransferCase['status']): TransferCase {
  for (const steps of [IN_STEPS, OUT_STEPS]) {
    for (let n = 1; n <= steps.length; n += 1) {
      const state = stateAfter(steps.slice(0, n));
      if (state.status === status) return state;
    }
  }
  throw new Error(`no way to ${status}`);
}
