import { randomInt } from 'node:crypto';
import { type DemoBodies, demoDocuments } from '../../infra/local/demo-documents.ts';
import { BEGINNING_PATHS, type CaseView, type TimelineView } from '../../schemas/api.ts';
import type { TransferOutCase } from '../../schemas/cases.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import type { MessagesView } from '../../schemas/message-views.ts';
import type { ProblemDetail } from '../../schemas/problems.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { type Answer, brief, type Caller, clerkIn, request, secondClerkIn, until } from './scenario.ts';

/**
 * Papers of a new person. Only one case per person may be open, and the demonstration draws from 40,000 people: too few for two cases of a
 * run never to meet.
 */
export function newPapers(from: string, to: string): DemoBodies {
  const drawn = demoDocuments(from, to).request.request.person.idNumber;
  const first17 = `${from.slice(0, 2)}${String(randomInt(10_000)).padStart(4, '0')}${drawn.slice(6, 17)}`;
  return demoDocuments(from, to, first17 + idNumberCheck(first17));
}

export type SideName = 'in' | 'out';

type Move = { from: string; to: string };
/** How a case begins: on which side, by which command, with what of the papers. */
type Beginning = { side: SideName; command: ClerkCommandName; body: (papers: DemoBodies) => unknown };

const APPLIED: Beginning = { side: 'in', command: 'open', body: (papers) => papers.open };

/** Procedure 2021 at the window of the region joined; the papers state the other window. */
export const requestedAtTransferIn = ({ from }: Move): Beginning => ({
  side: 'in',
  command: 'request',
  body: (papers) => ({ request: { ...papers.request.request, counterpart: from }, facts: papers.accept.facts }),
});

/** What a second person of the region left approves (F2). */
type Approval = 'approve-termination' | 'approve-remittance' | 'approve-table';
const PROPOSALS = {
  'approve-termination': 'termination',
  'approve-remittance': 'remittanceProposal',
  'approve-table': 'tableProposal',
} as const satisfies Record<Approval, keyof TransferOutCase>;

/** One case and the clerks of both regions at work on it. */
export class Handover {
  readonly caseNumber: string;
  readonly papers: DemoBodies;
  readonly #move: Move;
  readonly #clerks: Record<SideName, Caller>;
  readonly #second: Record<SideName, Caller>;

  private constructor(caseNumber: string, papers: DemoBodies, move: Move, clerks: Record<SideName, Caller>) {
    this.caseNumber = caseNumber;
    this.papers = papers;
    this.#move = move;
    this.#clerks = clerks;
    this.#second = { in: secondClerkIn(move.to), out: secondClerkIn(move.from) };
  }

  /** A new person moves; under procedure 2016 the case is opened by a clerk of the region joined, unless said otherwise. */
  static async open(move: Move, { side, command, body }: Beginning = APPLIED): Promise<Handover> {
    const papers = newPapers(move.from, move.to);
    const clerks = { in: clerkIn(move.to), out: clerkIn(move.from) };
    const opened = await clerks[side].post<{ caseNumber: string }>(BEGINNING_PATHS.get(command) ?? '', { body: body(papers) });
    if (opened.status !== 201) throw new Error(`${command}: ${brief(opened)}`);
    return new Handover(opened.body.caseNumber, papers, move, clerks);
  }

  view(side: SideName): Promise<Answer<CaseView>> {
    return this.#clerks[side].get(`/v1/cases/${this.caseNumber}`);
  }

  /** The case as the second clerk of a side sees it. */
  secondView(side: SideName): Promise<Answer<CaseView>> {
    return this.#second[side].get(`/v1/cases/${this.caseNumber}`);
  }

  async caseOf(side: SideName): Promise<CaseView['case']> {
    return (await this.view(side)).body.case;
  }

  async timeline(side: SideName): Promise<TimelineView> {
    return (await this.#clerks[side].get<TimelineView>(`/v1/cases/${this.caseNumber}/timeline`)).body;
  }

  async messages(side: SideName): Promise<MessagesView['messages']> {
    return (await this.#clerks[side].get<MessagesView>(`/v1/cases/${this.caseNumber}/messages`)).body.messages;
  }

  /** The person asks one of the regions how far it is, without a token. */
  async progress(side: SideName): Promise<unknown> {
    const region = side === 'in' ? this.#move.to : this.#move.from;
    const { idNumber } = this.papers.open.application.person;
    return (await request(undefined, 'POST', '/v1/progress', { body: { caseNumber: this.caseNumber, idNumber, region } })).body;
  }

  /** `body`: what the papers say for the command, unless said otherwise. */
  command(side: SideName, name: ClerkCommandName, body: unknown = this.#bodyOf(name)): Promise<Answer<ProblemDetail & { status: string }>> {
    return this.#clerks[side].post(`/v1/cases/${this.caseNumber}/${name}`, { body });
  }

  #bodyOf(name: ClerkCommandName): unknown {
    const papers: Partial<Record<ClerkCommandName, unknown>> = this.papers;
    return papers[name] ?? {};
  }

  /** Gives a command that must be taken. */
  async give(side: SideName, name: ClerkCommandName, body?: unknown): Promise<void> {
    const answer = await this.command(side, name, body);
    if (answer.status !== 200) throw new Error(`${name} of ${this.caseNumber}: ${brief(answer)}`);
  }

  /** The proposal that waits at the region left for a second person. */
  async proposal(name: Approval): Promise<{ proposal: number | undefined }> {
    const state = await this.caseOf('out');
    if (state.side !== 'transferOut') throw new Error(`${this.caseNumber} is on the other side`);
    return { proposal: state[PROPOSALS[name]]?.proposal };
  }

  /** The second clerk approves what waits. */
  async approve(name: Approval): Promise<void> {
    await this.giveSecond('out', name, await this.proposal(name));
  }

  /** The second clerk of a side gives a command that must be taken. */
  async giveSecond(side: SideName, name: ClerkCommandName, body: unknown = this.#bodyOf(name)): Promise<void> {
    const answer = await this.#second[side].post(`/v1/cases/${this.caseNumber}/${name}`, { body });
    if (answer.status !== 200) throw new Error(`${name} of ${this.caseNumber}: ${brief(answer)}`);
  }

  /** Two clerks of the region left end the relation. */
  async terminate(): Promise<void> {
    await this.give('out', 'propose-termination');
    await this.approve('approve-termination');
  }

  /** Two clerks of the region left pay. */
  async remit(): Promise<void> {
    await this.give('out', 'propose-remittance');
    await this.approve('approve-remittance');
  }

  /** Two clerks of the region joined take the money in. */
  async credit(): Promise<void> {
    await this.give('in', 'confirm-money');
    await this.giveSecond('in', 'credit');
  }

  /** Two clerks of the region left send the table. */
  async sendTable(): Promise<void> {
    await this.give('out', 'propose-table');
    await this.approve('approve-table');
  }

  /** Waits for what a message brings; the other region's copy does not exist before the first. */
  async until(side: SideName, awaited: string, reached: (view: CaseView) => boolean): Promise<CaseView> {
    const look = () => this.view(side);
    const { body } = await until(
      `${side} side of ${this.caseNumber}: ${awaited}`,
      look,
      ({ status, body }) => status === 200 && reached(body),
    );
    return body;
  }
}
