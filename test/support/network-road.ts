import { expect } from 'vitest';
import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { TransferInCase, TransferOutCase } from '../../schemas/cases.ts';
import type { DocumentKind, Side } from '../../schemas/codes.ts';
import type { NoticeKind } from '../../schemas/notices.ts';
import type { OfficeCode, RegionCode } from '../../schemas/primitives.ts';
import type { ProblemCode } from '../../schemas/problems.ts';
import type { CaseStatus, ClerkCommandName } from '../../schemas/procedures.ts';
import type { CommandAnswer } from '../../schemas/rows.ts';
import { CHENGDU, HANGZHOU, moneyBody, remittanceBody, tableBody } from './documents.ts';
import type { Answer, Said, TestNetwork } from './network.ts';
import { mainOfficeOf } from './network-resources.ts';
import { expectSound } from './network-sound.ts';
import { acceptBody, applicationOf, noticeBody, requestOf, SECOND_PERSON, terminationBody } from './network-story.ts';
import { ENROLLED, SUSPENDED, voucherBody } from './roads.ts';

/** One settling for all who wait for one: what asks while the network runs is served by the next run. */
export function sharedTravel(network: TestNetwork): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  let running: Promise<void> = Promise.resolve();
  return () => {
    waiting ??= running
      .catch(() => {})
      .then(() => {
        waiting = undefined;
        running = network.settle();
        return running;
      });
    return waiting;
  };
}

/** What a scenario does with the road that it is given. */
export type Scenario = (road: NetworkRoad) => Promise<void>;

/**
 * Walks all roads at once, each with a person of its own from `first` on, so that what travels is shared. @returns what becomes of each by name,
 * for a test to await
 */
export function walkAll(network: TestNetwork, scenarios: Record<string, Scenario>, first: number): Map<string, Promise<void>> {
  const travel = sharedTravel(network);
  const walked = Object.entries(scenarios).map(([name, walk], i): [string, Promise<void>] => {
    return [name, walk(new NetworkRoad({ network, travel, n: first + i }))];
  });
  // A failure is told by its own test, which may come much later.
  for (const [, end] of walked) end.catch(() => {});
  return new Map(walked);
}

/** Where a road is walked, and by whom: the n-th person. */
export type Ground = { network: TestNetwork; travel: () => Promise<void>; n: number; former?: RegionCode; joined?: RegionCode };

/** One hand-over between the clerks of two regions over the real handlers, told in steps. A step throws when it is refused. */
export class NetworkRoad {
  readonly network: TestNetwork;
  readonly n: number;
  readonly travel: () => Promise<void>;
  readonly joined: RegionCode;
  /** Another one after the letter was forwarded. */
  former: RegionCode;
  caseNumber = '';

  constructor({ network, travel, n, former = CHENGDU, joined = HANGZHOU }: Ground) {
    this.network = network;
    this.travel = travel;
    this.n = n;
    this.former = former;
    this.joined = joined;
  }

  office(side: Side): OfficeCode {
    return mainOfficeOf(side === 'transferIn' ? this.joined : this.former);
  }

  get today(): string {
    return chinaDate(this.network.clock.now());
  }

  async begin(side: Side, name: ClerkCommandName, body: unknown, said: Said = {}): Promise<this> {
    const { body: answer } = done(name, await this.network.begin(this.office(side), name, { body, ...said }));
    this.caseNumber = answer.caseNumber;
    return this;
  }

  async say(side: Side, name: ClerkCommandName, body: unknown = {}, said: Said = {}): Promise<CommandAnswer> {
    return done(name, await this.network.command(this.office(side), this.caseNumber, name, { body, ...said })).body;
  }

  async in(name: ClerkCommandName, body: unknown = {}, said: Said = {}): Promise<this> {
    await this.say('transferIn', name, body, said);
    return this;
  }

  async out(name: ClerkCommandName, body: unknown = {}, said: Said = {}): Promise<this> {
    await this.say('transferOut', name, body, said);
    return this;
  }

  /** The command is refused, with this code at this field, and nothing has changed. */
  async refused(side: Side, [name, body, said]: [ClerkCommandName, unknown?, Said?], code: ProblemCode, field: string, reason?: string) {
    const before = await this.copy(side);
    const answer = await this.network.command(this.office(side), this.caseNumber, name, { body: body ?? {}, ...said });
    expectRefused(answer, code, field, reason);
    expect(await this.copy(side)).toEqual(before);
  }

  copy(side: Side) {
    return this.network.case(side === 'transferIn' ? this.joined : this.former, this.caseNumber);
  }

  async there(): Promise<TransferInCase> {
    const state = await this.copy('transferIn');
    if (state?.side !== 'transferIn') throw new Error(`no copy of ${this.caseNumber} at transferIn`);
    return state;
  }

  async here(): Promise<TransferOutCase> {
    const state = await this.copy('transferOut');
    if (state?.side !== 'transferOut') throw new Error(`no copy of ${this.caseNumber} at transferOut`);
    return state;
  }

  /** Everything has arrived and both copies are sound, in these statuses. */
  async ends(there: CaseStatus, here: CaseStatus | undefined): Promise<{ there: TransferInCase; here: TransferOutCase | undefined }> {
    await this.travel();
    await expectSound(this.network, this.joined, this.caseNumber);
    if (here !== undefined) await expectSound(this.network, this.former, this.caseNumber);
    expect([(await this.copy('transferIn'))?.status, (await this.copy('transferOut'))?.status]).toEqual([there, here]);
    return { there: await this.there(), here: here === undefined ? undefined : await this.here() };
  }

  /** Handed over: the relation is ended and no other place has it. */
  async handedOver(): Promise<void> {
    const { here } = await this.ends('completed', 'closed');
    expect(here?.relation).toBe('terminated');
    expect(here?.completion).toBeDefined();
  }

  /* Steps of 2016. */

  open = (more: Record<string, unknown> = {}) =>
    this.begin('transferIn', 'open', { application: applicationOf({ n: this.n, former: this.former }), ...more });
  voucher = () => this.begin('transferOut', 'send-voucher', bodyOf(voucherBody(this.n, this.joined)));
  accept = () => this.in('accept', acceptBody);
  async lettered(): Promise<this> {
    await this.open();
    await this.accept();
    return this.letter();
  }
  async letter(): Promise<this> {
    await this.in('send-letter');
    await this.travel();
    return this;
  }
  terminate = () => this.approve('termination', terminationBody(this.today));

  /** One person proposes, another approves. */
  async approve(what: 'termination' | 'remittance' | 'table', body: unknown): Promise<this> {
    const { version: proposal } = await this.say('transferOut', `propose-${what}`, body);
    return this.out(`approve-${what}`, { proposal }, { person: SECOND_PERSON });
  }

  /* Steps of 2021. */

  request = (side: Side = 'transferIn', said: Record<string, unknown> = {}, more: Record<string, unknown> = {}, by: Said = {}) => {
    const counterpart = side === 'transferIn' ? this.former : this.joined;
    return this.begin(side, 'request', requestOf(side, this.n, { counterpart, ...said }, more), by);
  };
  verdict = (side: Side, facts: Record<string, unknown> = {}) =>
    this.say(side, 'give-verdict', { facts: { ...(side === 'transferIn' ? ENROLLED : SUSPENDED), ...facts } });
  async accepted(opener: Side = 'transferIn'): Promise<this> {
    await this.request(opener);
    await this.travel();
    await this.verdict(opener === 'transferIn' ? 'transferOut' : 'transferIn');
    await this.travel();
    return this;
  }

  /* Steps of both. */

  remit = (said: Record<string, unknown> = {}) => this.approve('remittance', remittanceBody({ remittedOn: this.today, ...said }));
  table = (said: Record<string, unknown> = {}) => this.approve('table', tableBody(said));
  money = () => this.in('confirm-money', moneyBody({ valueDate: this.today }));
  /** By another person than the one who confirmed it (F2). */
  credit = () => this.in('credit', {}, { person: SECOND_PERSON });
  /** From the account to the table, which arrives. */
  async transferred(): Promise<this> {
    await this.remit();
    await this.table();
    await this.travel();
    return this;
  }
  /** The money is on the account, the case complete and the person told of it. */
  async completed(): Promise<this> {
    await this.money();
    await this.credit();
    return this.complete();
  }
  async complete(): Promise<this> {
    await this.in('complete');
    return this.tell('transferIn', 'completed');
  }
  /** Proof that word of a result has reached the person (B15). */
  async tell(side: Side, kind: NoticeKind): Promise<this> {
    await this.say(side, 'deliver-notice', noticeBody(kind));
    return this;
  }

  ask = async (side: Side, about: DocumentKind, fields: string[]): Promise<this> => {
    await this.say(side, 'query', { about, fields, question: '请核对' });
    await this.travel();
    return this;
  };
  /** The question of the other side that waits at `side`. */
  async question(side: Side): Promise<string> {
    const open = (await this.copy(side))?.queries?.find(({ by, answer }) => by === 'counterpart' && answer === undefined);
    if (!open) throw new Error(`no open query at ${side}`);
    return open.id;
  }
  async explain(side: Side): Promise<this> {
    await this.say(side, 'explain', { query: await this.question(side), text: '经核对，原文书无误' });
    await this.travel();
    return this;
  }
  async correct(side: Side, about: DocumentKind, said: Record<string, unknown>): Promise<this> {
    await this.say(side, 'correct', { about, query: await this.question(side), ...said });
    await this.travel();
    return this;
  }
}

/** A command of the rules as the body of its request. */
const bodyOf = <C extends { name: unknown; personHash: unknown }>({ name: _, personHash: __, ...body }: C) => body;

function done(name: string, answer: Answer): Answer {
  if (answer.status !== 200 && answer.status !== 201) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer;
}

export function expectRefused({ status, body }: Answer, code: ProblemCode, field: string, reason?: string): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body.code).toBe(code);
  const found = body.errors.map((error) => [error.field, error.code]);
  expect(found).toContainEqual([field, reason ?? expect.any(String)]);
}
