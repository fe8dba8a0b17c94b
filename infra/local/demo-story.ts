import type { CaseView } from '../../schemas/api.ts';
import type { CaseNumber, RegionCode } from '../../schemas/primitives.ts';
import { type ClerkCommandName, COMMAND_NAMES, isFinal } from '../../schemas/procedures.ts';
import { Progress } from '../../schemas/progress.ts';
import { apiClient } from './api-client.ts';
import { type Clerk, type DemoOptions, Desk, tellNew } from './demo-desk.ts';
import { regionName } from './names.ts';
import { summarise } from './summary.ts';
import { dueText } from './text.ts';

/** What a clerk types, or how it follows from the case that is before him. */
type Body = object | ((state: CaseView['case']) => object);

/** Where a proposal stands that a second clerk approves. */
const proposals = {
  'approve-termination': 'termination',
  'approve-remittance': 'remittanceProposal',
  'approve-table': 'tableProposal',
} as const;

/** One case and both its regions, told as it goes. */
export class Story {
  readonly transferIn: Desk;
  readonly transferOut: Desk;
  readonly #desks: readonly Desk[];
  readonly #options: DemoOptions;

  constructor(options: DemoOptions, { former, joined }: { former: RegionCode; joined: RegionCode }) {
    this.#options = options;
    this.transferIn = new Desk(options, joined, former);
    this.transferOut = new Desk(options, former, joined);
    this.#desks = [this.transferIn, this.transferOut];
  }

  async begin(desk: Desk, command: ClerkCommandName, body: object): Promise<CaseNumber> {
    const caseNumber = await desk.begin(command, body);
    for (const followed of this.#desks) {
      followed.follow(caseNumber);
    }
    await tellNew(this.#desks, this.#options.tell);
    return caseNumber;
  }

  /** Gives a command as soon as the case offers it to the clerk, whatever message has to arrive first. */
  async give(desk: Desk, command: ClerkCommandName, body: Body = {}, by: Clerk = 'first'): Promise<void> {
    const { case: state } = await this.offered(desk, command, by);
    await desk.command(command, typeof body === 'function' ? body(state) : body, by);
    await tellNew(this.#desks, this.#options.tell);
  }

  /** Waits until the case offers a command to the clerk. */
  offered(desk: Desk, command: ClerkCommandName, by: Clerk = 'first'): Promise<CaseView> {
    return desk.waitUntil(`可以办理「${COMMAND_NAMES[command]}」`, this.#desks, ({ actions }) => actions.includes(command), by);
  }

  /** The second clerk of the office approves what the first has proposed. */
  approve(desk: Desk, command: keyof typeof proposals): Promise<void> {
    const approval = (state: CaseView['case']) => {
      const proposed = state.side === 'transferOut' ? state[proposals[command]] : undefined;
      return proposed ? { proposal: proposed.proposal } : {};
    };
    return this.give(desk, command, approval, 'second');
  }

  async until(desk: Desk, what: string, reached: (state: CaseView['case']) => boolean): Promise<void> {
    await desk.waitUntil(what, this.#desks, ({ case: state }) => reached(state));
  }

  /** The person asks both regions, without a token. */
  async askProgress(caseNumber: CaseNumber, idNumber: string): Promise<void> {
    const api = apiClient(this.#options.apiUrl);
    this.#options.tell('参保人查询办理进度（POST /v1/progress，不用登录，凭业务编号和证件号码）');
    for (const { region } of this.#desks) {
      const { stepName, holder, dueOn, dueRule, ended } = await api.post('/v1/progress', { caseNumber, idNumber, region }, Progress);
      const due = dueOn === undefined ? dueRule : `${dueText(dueOn)} 到期`;
      const parts = [stepName, ...(ended ? [] : [`责任方 ${regionName(holder)}`]), ...(due === undefined ? [] : [due])];
      this.#options.tell(`    ${regionName(region)}答复：${parts.join('，')}`);
    }
  }

  /** Waits until both copies have ended with every clock stopped, and sums both up. */
  async end(): Promise<void> {
    for (const desk of this.#desks) {
      await this.until(
        desk,
        '办结，所有时限停止',
        ({ status, clocks }) => isFinal(status) && Object.values(clocks).every(({ stoppedAt }) => stoppedAt !== undefined),
      );
    }
    for (const desk of this.#desks) {
      summarise(await desk.view(), await desk.timeline()).forEach(this.#options.tell);
    }
  }
}
