import { chinaDate } from '../../functions/calendar/china-time.ts';
import type { CalendarDate, RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { applicationBody, CHENGDU, HANGZHOU_OFFICE, moneyBody, remittanceBody, tableBody } from './documents.ts';
import type { TestNetwork } from './network.ts';
import { Crash, type Trail } from './network-invocations.ts';
import { mainOfficeOf } from './network-resources.ts';

/** `body`: what the clerk states on that day. */
type Step = { by: 'in' | 'out'; name: ClerkCommandName; body?: (today: CalendarDate) => unknown };

/**
 * The hand-over to Hangzhou in the order of S94. Messages travel between the stages; within the second, two are under way at once. Opening
 * comes before.
 */
export const STAGES: readonly (readonly Step[])[] = [
  [
    { by: 'in', name: 'accept' },
    { by: 'in', name: 'send-letter' },
  ],
  [
    { by: 'out', name: 'confirm-termination', body: (terminatedOn) => ({ terminatedOn }) },
    { by: 'out', name: 'remit', body: (remittedOn) => remittanceBody({ remittedOn }) },
    { by: 'out', name: 'send-table', body: () => tableBody() },
  ],
  [
    { by: 'in', name: 'confirm-money', body: (valueDate) => moneyBody({ valueDate }) },
    { by: 'in', name: 'complete' },
  ],
];

/** Who moves: the n-th synthetic person, from Chengdu unless said otherwise. */
export type Mover = { n: number; former?: RegionCode; trail?: Trail };
export type Story = Mover & { caseNumber: string };

/** Movers of their own for each test: numbers from `first` on. */
export const people = (first: number, count: number, former: RegionCode = CHENGDU): Mover[] =>
  Array.from({ length: count }, (_, i) => ({ n: first + i, former }));

/** The application of a person who leaves another region than Chengdu. */
function applicationOf({ n, former = CHENGDU }: Mover): Record<string, unknown> {
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

/** Opens a case for each; a clerk who gets no answer asks again. */
export async function openStories(network: TestNetwork, movers: readonly Mover[]): Promise<Story[]> {
  return inParallel(movers, async (mover) => {
    const body = { application: applicationOf(mover) };
    const answer = await network.untilAnswered((key) => network.open(mover.n, { key, body }, mover.trail));
    if (answer.status !== 201) throw new Error(`open: ${JSON.stringify(answer)}`);
    return { ...mover, caseNumber: answer.body.caseNumber };
  });
}

/** One stage of many cases; every command is sent until it is answered. Throws on a refusal. */
export async function playStage(network: TestNetwork, stories: readonly Story[], stage: readonly Step[]): Promise<void> {
  await inParallel(stories, async ({ caseNumber, trail, former = CHENGDU }) => {
    for (const { by, name, body: bodyOn } of stage) {
      const body = bodyOn?.(chinaDate(network.clock.now()));
      const office = by === 'in' ? HANGZHOU_OFFICE : mainOfficeOf(former);
      const answer = await network.untilAnswered((key) => network.command(office, caseNumber, name, { key, body }, trail));
      if (answer.status !== 200) throw new Error(`${name} of ${caseNumber}: ${JSON.stringify(answer)}`);
    }
  });
}

/** `travel` brings what each stage has sent to the other side; `opened` hears the case numbers before anything travels. */
export type Telling = { travel?: () => Promise<void>; opened?: (stories: readonly Story[]) => void };

/** Whole cases from the application to the closing of both copies. */
export async function playStories(
  network: TestNetwork,
  movers: readonly Mover[],
  { travel = () => network.deliverAll(), opened = () => {} }: Telling = {},
): Promise<Story[]> {
  const stories = await openStories(network, movers);
  opened(stories);
  const trails = new Map(stories.map(({ caseNumber, trail }) => [caseNumber, trail]));
  network.settings.trailOf = (caseNumber) => (caseNumber === undefined ? undefined : trails.get(caseNumber));
  for (const stage of STAGES) {
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
