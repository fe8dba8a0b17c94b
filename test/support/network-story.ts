import type { OfficeCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CHENGDU_OFFICE, HANGZHOU_OFFICE, moneyBody, remittanceBody, tableBody } from './documents.ts';
import type { TestNetwork } from './network.ts';
import { Crash, type Trail } from './network-invocations.ts';

type Step = [OfficeCode, ClerkCommandName, unknown?];

/**
 * The hand-over from Chengdu to Hangzhou in the order of S94. Messages travel between the stages; within the second, two are under way at
 * once. Opening comes before.
 */
export const STAGES: readonly (readonly Step[])[] = [
  [
    [HANGZHOU_OFFICE, 'accept'],
    [HANGZHOU_OFFICE, 'send-letter'],
  ],
  [
    [CHENGDU_OFFICE, 'confirm-termination', { terminatedOn: '2026-02-24' }],
    [CHENGDU_OFFICE, 'remit', remittanceBody()],
    [CHENGDU_OFFICE, 'send-table', tableBody()],
  ],
  [
    [HANGZHOU_OFFICE, 'confirm-money', moneyBody()],
    [HANGZHOU_OFFICE, 'complete'],
  ],
];

/** One hand-over as a test tells it. `n` chooses the person. */
export type Story = { n: number; caseNumber: string; trail?: Trail };

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

/** Opens a case for each person of the given numbers. */
export async function openStories(network: TestNetwork, people: readonly { n: number; trail?: Trail }[]): Promise<Story[]> {
  return inParallel(people, async ({ n, trail }) => {
    const answer = await network.untilAnswered((key) => network.open(n, { key }, trail));
    if (answer.status !== 201) throw new Error(`open: ${JSON.stringify(answer)}`);
    return { n, caseNumber: answer.body.caseNumber, ...(trail && { trail }) };
  });
}

/** One stage of many cases; every command is sent until it is answered. Throws on a refusal. */
export async function playStage(network: TestNetwork, stories: readonly Story[], stage: readonly Step[]): Promise<void> {
  await inParallel(stories, async ({ caseNumber, trail }) => {
    for (const [office, name, body] of stage) {
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
  people: readonly { n: number; trail?: Trail }[],
  { travel = () => network.deliverAll(), opened = () => {} }: Telling = {},
): Promise<Story[]> {
  const stories = await openStories(network, people);
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

/** People of their own for each test: numbers from `first` on. */
export const people = (first: number, count: number): { n: number }[] => Array.from({ length: count }, (_, i) => ({ n: first + i }));
