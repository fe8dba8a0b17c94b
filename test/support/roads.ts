import type { Command, CommandOf } from '../../functions/cases/commands.ts';
import { Refusal } from '../../functions/platform/errors.ts';
import { COMMAND_BODIES } from '../../schemas/api.ts';
import type { CaseQuery, TransferCase, TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { DocumentKind, Side } from '../../schemas/codes.ts';
import type { CaseEvent } from '../../schemas/events.ts';
import type { NoticeKind, NoticeRecipient } from '../../schemas/notices.ts';
import type { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import type { CaseStatus, ProcedureId } from '../../schemas/procedures.ts';
import { money, PERSON_HASH, remittance, WUHAN } from './cases.ts';
import { applicationBody, CHENGDU, HANGZHOU, person, tableEntry } from './documents.ts';
import { type By, PureExchange } from './pure-exchange.ts';

/** The roads that a case can take, as clerks of Hangzhou (transferIn) and Chengdu (transferOut) go them over the rules alone. */

export const SECOND: By = { person: 'two' };
export const ENROLLED = { side: 'transferIn', enrolled: true, enrolledOn: '2026-02-01' as never, retired: false } as const;
export const SUSPENDED = {
  side: 'transferOut',
  participation: 'suspended',
  suspendedOn: '2026-01-31' as never,
  insuredUntil: '2026-01' as never,
  retired: false,
} as const;

const today = (road: PureExchange) => road.now.slice(0, 10) as never;
const hashOf = (n: number) => PERSON_HASH.slice(0, 60).concat(String(n).padStart(4, '0')) as never;

export const openBody = (n = 1, said: Record<string, unknown> = {}): CommandOf<'open'> => ({
  name: 'open',
  ...COMMAND_BODIES.open.parse({ application: applicationBody(n), ...said }),
  personHash: hashOf(n),
});
export const voucherBody = (n = 1, newRegion: RegionCode = HANGZHOU): CommandOf<'send-voucher'> => ({
  name: 'send-voucher',
  ...COMMAND_BODIES['send-voucher'].parse({ voucher: applicationBody(n).voucher, newRegion }),
  personHash: hashOf(n),
});
export const applyBody = (n = 1): CommandOf<'apply'> => {
  const { person: _, voucher: __, formerRegion: ___, ...application } = applicationBody(n);
  return { name: 'apply', ...COMMAND_BODIES.apply.parse({ application }) };
};
/** What the clerk at the window of `side` types under procedure 2021. */
export const requestBody = (
  side: Side,
  n = 1,
  said: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): CommandOf<'request'> => ({
  name: 'request',
  ...COMMAND_BODIES.request.parse({
    request: {
      person: person(n),
      applicant: { capacity: 'person', name: person(n).name, phone: '13800000000' },
      counterpart: side === 'transferIn' ? CHENGDU : HANGZHOU,
      formerScheme: '310',
      newScheme: '310',
      insuredUntil: '2026-01',
      transferAccount: true,
      appliedOn: '2026-02-13',
      ...said,
    },
    facts: side === 'transferIn' ? ENROLLED : SUSPENDED,
    ...more,
  }),
  personHash: hashOf(n),
});

/** One case between two regions. */
export class Road {
  readonly exchange: PureExchange;
  caseNumber: CaseNumber;
  /** Changes when a letter is forwarded. */
  outRegion: RegionCode = CHENGDU;

  constructor(exchange: PureExchange, caseNumber: CaseNumber) {
    this.exchange = exchange;
    this.caseNumber = caseNumber;
  }

  static begin(family: '2016' | '2021', side: Side, command: Command, exchange = new PureExchange({ family })): Road {
    return new Road(exchange, exchange.begin(side === 'transferIn' ? HANGZHOU : CHENGDU, command));
  }

  in(command: Command, by?: By): this {
    this.exchange.give(HANGZHOU, this.caseNumber, command, by);
    return this;
  }

  out(command: Command, by?: By): this {
    this.exchange.give(this.outRegion, this.caseNumber, command, by);
    return this;
  }

  by(side: Side, command: Command, by?: By): this {
    return side === 'transferIn' ? this.in(command, by) : this.out(command, by);
  }

  /** All that is under way arrives, receipts too. */
  settle(): this {
    this.exchange.deliverAll();
    return this;
  }

  get there(): TransferInCase {
    const state = this.exchange.state(HANGZHOU, this.caseNumber);
    if (state?.side !== 'transferIn') throw new Error('no copy at transferIn');
    return state;
  }

  get here(): TransferOutCase {
    const state = this.exchange.state(this.outRegion, this.caseNumber);
    if (state?.side !== 'transferOut') throw new Error('no copy at transferOut');
    return state;
  }

  state(side: Side): TransferCase {
    return side === 'transferIn' ? this.there : this.here;
  }

  query(side: Side, by: CaseQuery['by'] = 'counterpart'): CaseQuery {
    const found = this.state(side).queries?.find((query) => query.by === by && query.answer === undefined);
    if (!found) throw new Error(`no open query at ${side}`);
    return found;
  }

  /* Steps, as short as a clerk says them. */

  accept = () => this.in({ name: 'accept', facts: ENROLLED });
  letter = () => this.in({ name: 'send-letter' });
  terminate = () =>
    this.out({ name: 'propose-termination', terminatedOn: today(this.exchange), facts: SUSPENDED }).out(
      { name: 'approve-termination', proposal: this.here.termination!.proposal },
      SECOND,
    );
  proposeRemittance = (said: Record<string, unknown> = {}) =>
    this.out({ name: 'propose-remittance', entry: remittance({ remittedOn: today(this.exchange), ...said }) });
  approveRemittance = () => this.out({ name: 'approve-remittance', proposal: this.here.remittanceProposal!.proposal }, SECOND);
  remit = () =>
    this.here.procedure === '2016.1'
      ? this.out({ name: 'remit', entry: remittance({ remittedOn: today(this.exchange) }) })
      : this.proposeRemittance().approveRemittance();
  notRemit = () => this.out({ name: 'not-remit', entry: { reason: 'paid-to-person' } });
  proposeTable = (said: Record<string, unknown> = {}) => this.out({ name: 'propose-table', entry: tableEntry(said) });
  table = (said: Record<string, unknown> = {}) =>
    this.proposeTable(said).out({ name: 'approve-table', proposal: this.here.tableProposal!.proposal }, SECOND);
  money = () => this.in({ name: 'confirm-money', money: money({ valueDate: today(this.exchange) }) });
  reject = () => this.in({ name: 'reject-money', reason: '非本业务款项' }, SECOND);
  credit = () => this.in({ name: 'credit' }, SECOND);
  complete = () => this.in({ name: 'complete' });
  verdict = (side: Side, facts: Record<string, unknown> = {}) =>
    this.by(side, { name: 'give-verdict', facts: { ...(side === 'transferIn' ? ENROLLED : SUSPENDED), ...facts } as never });
  ask = (side: Side, about: DocumentKind, fields: string[] = ['person.name']) =>
    this.by(side, { name: 'query', entry: { about, fields, question: '请核对' } });
  propose = (side: Side) => this.by(side, { name: 'propose-closure', proposal: { reason: '双方协商', money: '原路退回' } });
  answer = (side: Side, agreed: boolean) => this.by(side, { name: 'answer-closure', entry: { agreed } });
  withdraw = () => this.in({ name: 'withdraw', withdrawal: { reason: '本人改变主意' } });
  refuse = () => this.out({ name: 'refuse', entry: { reasons: [{ code: 'no-relation' }] } });
  forward = (region: RegionCode = WUHAN) => this.out({ name: 'forward', entry: { region, reason: '关系在该地区' } });
  answerWithdrawal = (said: Record<string, unknown> = { withdrawn: true, withdrawnOn: today(this.exchange) }) =>
    this.out({ name: 'answer-scheme-withdrawal', entry: said as never });
  notify = (side: Side) => this.by(side, { name: 'notify-applicant', channel: 'phone' });
  tell = (side: Side, kind: NoticeKind, to: NoticeRecipient = 'person') =>
    this.by(side, { name: 'deliver-notice', delivery: { kind, to, channel: 'sms' } });
}

/** The road of 2016 up to where the letter has arrived. */
export const lettered = (body = openBody()): Road => Road.begin('2016', 'transferIn', body).accept().letter().settle();
/** What an employer's clerk hands in for a worker. */
export const EMPLOYER = { capacity: 'employer', name: '演示用人单位', phone: '0571-12345002', authority: '单位介绍信' } as const;

export const employerBody = (n = 1): CommandOf<'open'> => openBody(n, { application: applicationBody(n, { applicant: EMPLOYER }) });

/** The person was in the rural scheme, which has no personal account, and has joined that of employees (S191 4). */
export const ruralBody = (n = 1, said: Record<string, unknown> = {}): CommandOf<'open'> => {
  const voucher = { ...Object(applicationBody(n).voucher), scheme: '380', balanceFen: 0, ...said };
  return openBody(n, { application: applicationBody(n, { voucher }) });
};
export const ruralLettered = (): Road => lettered(ruralBody());

/** … of 2021 up to where both sides have accepted, opened at either window. */
export const accepted = (opener: Side = 'transferIn'): Road =>
  Road.begin('2021', opener, requestBody(opener))
    .settle()
    .verdict(opener === 'transferIn' ? 'transferOut' : 'transferIn')
    .settle();

const vouchered = () => Road.begin('2016', 'transferOut', voucherBody()).settle();
const transferred = (road: Road) => (road.there.procedure === '2021.1' ? road : road.terminate()).remit().table().settle();

/** A road on which `side` stands in `status`, everything that was under way having arrived. */
export const WAYS: Record<'2016.2' | '2021.1', Record<Side, Partial<Record<CaseStatus, () => Road>>>> = {
  '2016.2': {
    transferIn: {
      'voucher-received': vouchered,
      opened: () => Road.begin('2016', 'transferIn', openBody()),
      accepted: () => Road.begin('2016', 'transferIn', openBody()).accept(),
      'letter-sent': lettered,
      'ready-to-complete': () => transferred(lettered()).money(),
      completed: () => transferred(lettered()).money().credit().complete().settle(),
      ineligible: () => lettered().refuse().settle(),
      refused: () => lettered().refuse().settle().notify('transferIn'),
      withdrawn: () => lettered().withdraw().settle(),
      'closed-by-agreement': () => lettered().propose('transferIn').settle().answer('transferOut', true).settle(),
    },
    transferOut: {
      'voucher-sent': vouchered,
      'letter-received': lettered,
      'relation-terminated': () => lettered().terminate(),
      'account-settled': () => lettered().terminate().remit().settle(),
      'transferred-out': () => transferred(lettered()),
      closed: () => transferred(lettered()).money().credit().complete().settle(),
      refused: () => lettered().refuse().settle(),
      withdrawn: () => lettered().withdraw().settle(),
      forwarded: () => lettered().forward().settle(),
      'closed-by-agreement': () => lettered().propose('transferIn').settle().answer('transferOut', true).settle(),
    },
  },
  '2021.1': {
    transferIn: {
      requested: () => Road.begin('2021', 'transferIn', requestBody('transferIn')).settle(),
      'request-received': () => Road.begin('2021', 'transferOut', requestBody('transferOut')).settle(),
      accepted,
      'ready-to-complete': () => transferred(accepted()),
      completed: () => transferred(accepted()).complete().settle(),
      ineligible: () =>
        Road.begin('2021', 'transferIn', requestBody('transferIn')).settle().verdict('transferOut', { participation: 'active' }).settle(),
      refused: () =>
        Road.begin('2021', 'transferOut', requestBody('transferOut')).settle().verdict('transferIn', { enrolled: false }).settle(),
      withdrawn: () => accepted().withdraw().settle(),
      'closed-by-agreement': () => accepted().propose('transferIn').settle().answer('transferOut', true).settle(),
    },
    transferOut: {
      requested: () => Road.begin('2021', 'transferOut', requestBody('transferOut')).settle(),
      'request-received': () => Road.begin('2021', 'transferIn', requestBody('transferIn')).settle(),
      accepted,
      'account-settled': () => accepted().remit().settle(),
      'transferred-out': () => transferred(accepted()),
      closed: () => transferred(accepted()).complete().settle(),
      ineligible: () =>
        Road.begin('2021', 'transferOut', requestBody('transferOut')).settle().verdict('transferIn', { enrolled: false }).settle(),
      refused: () =>
        Road.begin('2021', 'transferIn', requestBody('transferIn')).settle().verdict('transferOut', { participation: 'active' }).settle(),
      withdrawn: () => accepted().withdraw().settle(),
      'closed-by-agreement': () => accepted().propose('transferIn').settle().answer('transferOut', true).settle(),
    },
  },
};

/** The copy of `side` in `status`. */
export function roadTo(procedure: Exclude<ProcedureId, '2016.1'>, side: Side, status: CaseStatus): Road {
  const way = WAYS[procedure][side][status];
  if (!way) throw new Error(`no road to ${status} at ${side} of ${procedure}`);
  return way();
}

/** Code of the refusal and, of each finding, field and code; undefined when the step is taken. */
export function refusedWith(step: () => unknown): string[] | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [error.code, ...error.errors.map(({ field, code }) => `${field} ${code}`)];
  }
}

/** Events of one type in the timeline of a side, oldest first. */
export const eventsOf = <T extends CaseEvent['type']>(road: Road, side: Side, type: T): Extract<CaseEvent, { type: T }>[] =>
  road.exchange
    .entries(road.state(side).region, road.caseNumber)
    .flatMap(({ events }) => events)
    .filter((event): event is Extract<CaseEvent, { type: T }> => event.type === type);

/** The n-th day after (China's date moves with it). */
export const passDays = (road: Road, days: number): Road => {
  road.exchange.advance(days * 86_400_000);
  return road;
};
