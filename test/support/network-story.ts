import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { Side } from '../../schemas/codes.ts';
import type { NoticeKind } from '../../schemas/notices.ts';
import type { CalendarDate, RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { applicationBody, CHENGDU, HANGZHOU_OFFICE, moneyBody, remittanceBody, tableBody } from './documents.ts';
import type { TestNetwork } from './network.ts';
import { Crash, type Trail } from './network-invocations.ts';
import { mainOfficeOf } from './network-resources.ts';
import { ENROLLED, requestBody, SUSPENDED } from './roads.ts';

/** `body`: what the clerk states on that day; `proposal` is the number that the step before it made. */
type Step = { by: 'in' | 'out'; name: ClerkCommandName; body?: (today: CalendarDate, proposal: number) => unknown; person?: string };
type Stages = readonly (readonly Step[])[];
/** `tells`: the other side is told of it. */
type Beginning = { by: 'in' | 'out'; name: ClerkCommandName; tells: boolean; body: (mover: Mover) => unknown };

/** How a hand-over to Hangzhou is told. Messages travel after the beginning and between the stages; within one, several are under way at once. */
export type Plot = { beginning: Beginning; stages: Stages };

/** The second person of an office (F2). */
export const SECOND_PERSON = 'second';
const approved = (_: CalendarDate, proposal: number) => ({ proposal });
export const acceptBody = { facts: ENROLLED };
export const noticeBody = (kind: NoticeKind) => ({ kind, to: 'person', channel: 'sms' });
export const terminationBody = (terminatedOn: string) => ({ terminatedOn, facts: SUSPENDED });

const TABLE: readonly Step[] = [
  { by: 'out', name: 'propose-table', body: () => tableBody() },
  { by: 'out', name: 'approve-table', body: approved, person: SECOND_PERSON },
];
const REMITTANCE: readonly Step[] = [
  { by: 'out', name: 'propose-remittance', body: (remittedOn) => remittanceBody({ remittedOn }) },
  { by: 'out', name: 'approve-remittance', body: approved, person: SECOND_PERSON },
];
/** Money confirmed by one and credited by another, the case complete, the person told. */
const COMPLETION: readonly Step[] = [
  { by: 'in', name: 'confirm-money', body: (valueDate) => moneyBody({ valueDate }) },
  { by: 'in', name: 'credit', person: SECOND_PERSON },
  { by: 'in', name: 'complete' },
  { by: 'in', name: 'deliver-notice', body: () => noticeBody('completed') },
];

/** In the order of S94. Opening comes before. */
export const STAGES: Stages = [
  [
    { by: 'in', name: 'accept', body: () => acceptBody },
    { by: 'in', name: 'send-letter' },
  ],
  [
    { by: 'out', name: 'propose-termination', body: terminationBody },
    { by: 'out', name: 'approve-termination', body: approved, person: SECOND_PERSON },
    ...REMITTANCE,
    ...TABLE,
  ],
  COMPLETION,
];
export const PLOT_2016: Plot = {
  beginning: { by: 'in', name: 'open', tells: false, body: (mover) => ({ application: applicationOf(mover) }) },
  stages: STAGES,
};

/** In the order of S21: applied for at Hangzhou's window, checked by both sides. */
export const PLOT_2021: Plot = {
  beginning: {
    ...{ by: 'in', name: 'request', tells: true },
    body: ({ n, former = CHENGDU }) => requestOf('transferIn', n, { counterpart: former }),
  },
  stages: [[{ by: 'out', name: 'give-verdict', body: () => ({ facts: SUSPENDED }) }], [...REMITTANCE, ...TABLE], COMPLETION],
};

/** The body of a request as it is typed at the window of `side`. */
export function requestOf(side: Side, n: number, said: Record<string, unknown> = {}, more: Record<string, unknown> = {}): object {
  const { name: _, personHash: __, ...body } = requestBody(side, n, said, more);
  return body;
}

/** Who moves: the n-th synthetic person, from Chengdu unless said otherwise. */
export type Mover = { n: number; former?: RegionCode; trail?: Trail };
export type Story = Mover & { caseNumber: string };

/** Movers of their own for each test: numbers from `first` on. */
export const people = (first: number, count: number, former: RegionCode = CHENGDU): Mover[] =>
  Array.from({ length: count }, (_, i) => ({ n: first + i, former }));

/** The application of a person who leaves another region than Chengdu. */
export function applicationOf({ n, former = CHENGDU }: Mover): Record<string, unknown> {
  const body = applicationBody(n);
  const voucher = body.voucher as { issuer: object };
  const issuer = { ...voucher.issuer, office: mainOfficeOf(former) };
  return { ...body, formerRegion: former, voucher: { ...voucher, participationRegion: former, issuer } };
}

export const CLERKS = 16;

/** At most `width` at once: clerks do not all press the button in the same instant, and MiniStack is one Python process. */
export async function inParallel<T, R>(items: readonly T[], act: (item: T) => Promise<R>, width = CLERKS): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const workers = Array.from({ length: Math.min(width, items.length) }, async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await act(items[index]!);
    }
  });
  await Promise.all(workers);
  return results;
}

const officeOf = (by: 'in' | 'out', { former = CHENGDU }: Mover) => (by === 'in' ? HANGZHOU_OFFICE : mainOfficeOf(former));

/** Begins a case for each; a clerk who gets no answer asks again. */
export async function openStories(network: TestNetwork, movers: readonly Mover[], { beginning } = PLOT_2016): Promise<Story[]> {
  const { by, name, body: bodyOf } = beginning;
  return inParallel(movers, async (mover) => {
    const body = bodyOf(mover);
    const answer = await network.untilAnswered((key) => network.begin(officeOf(by, mover), name, { key, body }, mover.trail));
    if (answer.status !== 201) throw new Error(`open: ${JSON.stringify(answer)}`);
    return { ...mover, caseNumber: answer.body.caseNumber };
  });
}

/** One stage of many cases; every command is sent until it is answered. Throws on a refusal. */
export async function playStage(network: TestNetwork, stories: readonly Story[], stage: readonly Step[]): Promise<void> {
  await inParallel(stories, async (story) => {
    const { caseNumber, trail } = story;
    let version = 0;
    for (const { by, name, body: bodyOn, person } of stage) {
      const body = bodyOn?.(chinaDate(network.clock.now()), version);
      const said = { body, ...(person !== undefined && { person }) };
      const office = officeOf(by, story);
      const answer = await network.untilAnswered((key) => network.command(office, caseNumber, name, { key, ...said }, trail));
      if (answer.status !== 200) throw new Error(`${name} of ${caseNumber}: ${JSON.stringify(answer)}`);
      version = answer.body.version;
    }
  });
}

/** `travel` brings what each stage has sent to the other side; `opened` hears the case numbers before anything travels. */
export type Telling = { travel?: () => Promise<void>; opened?: (stories: readonly Story[]) => void; plot?: Plot };

/** Whole cases from the application to the closing of both copies. */
export async function playStories(
  network: TestNetwork,
  movers: readonly Mover[],
  { travel = () => network.deliverAll(), opened = () => {}, plot = PLOT_2016 }: Telling = {},
): Promise<Story[]> {
  const stories = await openStories(network, movers, plot);
  opened(stories);
  const trails = new Map(stories.map(({ caseNumber, trail }) => [caseNumber, trail]));
  network.settings.trailOf = (caseNumber) => (caseNumber === undefined ? undefined : trails.get(caseNumber));
  if (plot.beginning.tells) await travel();
  for (const stage of plot.stages) {
    await playStage(network, stories, stage);
    await travel();
  }
  return stories;
}

/** A run of the sweep that dies goes as any other. */
export async function sweepUntilDone(sweep: () => Promise<number>): Promise<number> {
  for (;;) {
    try {
      return await sweep();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
  }
}
