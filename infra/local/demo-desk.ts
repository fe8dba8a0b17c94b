import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { BEGINNING_PATHS, CaseView, TimelineView } from '../../schemas/api.ts';
import type { CaseNumber, Instant, RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CommandAnswer } from '../../schemas/rows.ts';
import { type Api, ApiRefusal, apiClient } from './api-client.ts';
import { LocalFailure } from './failure.ts';
import { regionName } from './names.ts';
import { narrate } from './narrate.ts';
import { clerkOf, secondClerkOf } from './people.ts';

export interface DemoOptions {
  readonly apiUrl: string;
  readonly tokenFor: (personId: string) => Promise<string>;
  /** Named when something does not arrive. */
  readonly logFile: string;
  /** Takes one line of the story at a time. */
  readonly tell: (line: string) => void;
  /** Called over and over while a message is on its way. */
  readonly waiting: () => void;
}

/** Longest wait for a message to travel: the local AWS polls queues and streams once a second, and the sweep runs every minute. */
const hopPatience = 90_000;
const pollEvery = 300;

interface News {
  readonly recordedAt: Instant;
  readonly lines: readonly string[];
}

/** Tells what either side recorded since the last time, in the order it happened. */
export async function tellNew(desks: readonly Desk[], tell: (line: string) => void): Promise<void> {
  const fresh = (await Promise.all(desks.map((desk) => desk.news()))).flat();
  for (const { lines } of fresh.toSorted((a, b) => a.recordedAt.localeCompare(b.recordedAt))) {
    lines.forEach(tell);
  }
}

/** Which of the two clerks of an office acts. */
export type Clerk = 'first' | 'second';

/** The clerks of one region at work on one case. */
export class Desk {
  readonly region: RegionCode;
  readonly #options: DemoOptions;
  readonly #counterpart: RegionCode;
  readonly #clerks: Readonly<Record<Clerk, Api>>;
  #caseNumber: CaseNumber | undefined;
  #told = 0;

  constructor(options: DemoOptions, region: RegionCode, counterpart: RegionCode) {
    this.#options = options;
    this.region = region;
    this.#counterpart = counterpart;
    const clerk = (personId: string) => apiClient(options.apiUrl, () => options.tokenFor(personId));
    this.#clerks = { first: clerk(clerkOf(region)), second: clerk(secondClerkOf(region)) };
  }

  /** Begins a case by a command that has no case number yet. */
  async begin(name: ClerkCommandName, body: object): Promise<CaseNumber> {
    const path = BEGINNING_PATHS.get(name);
    if (path === undefined) {
      throw new TypeError(`${name} begins no case`);
    }
    return (await this.#clerks.first.post(path, body, CommandAnswer)).caseNumber;
  }

  follow(caseNumber: CaseNumber): void {
    this.#caseNumber = caseNumber;
  }

  /** The HTTP API as one of the clerks reaches it, for what is no command of a case. */
  as(by: Clerk): Api {
    return this.#clerks[by];
  }

  /** What is kept beside the case, such as its record. */
  see<S extends z.ZodType>(what: string, schema: S): Promise<z.output<S>> {
    return this.#clerks.first.get(`/v1/cases/${this.#caseNumber}/${what}`, schema);
  }

  async command(name: ClerkCommandName, body: object, by: Clerk): Promise<void> {
    await this.#clerks[by].post(`/v1/cases/${this.#caseNumber}/${name}`, body, CommandAnswer);
  }

  view(by: Clerk = 'first'): Promise<CaseView> {
    return this.#clerks[by].get(`/v1/cases/${this.#caseNumber}`, CaseView);
  }

  timeline(): Promise<TimelineView> {
    return this.#clerks.first.get(`/v1/cases/${this.#caseNumber}/timeline`, TimelineView);
  }

  /** What was recorded here since the last time. */
  async news(): Promise<News[]> {
    const entries = (await unlessAbsent(this.timeline()))?.entries.slice(this.#told) ?? [];
    this.#told += entries.length;
    const scene = { region: this.region, counterpart: this.#counterpart };
    return entries.map((entry) => ({ recordedAt: entry.recordedAt, lines: narrate(entry, scene) }));
  }

  /** Polls this side as one of its clerks sees it, telling what both sides record meanwhile. */
  async waitUntil(what: string, desks: readonly Desk[], reached: (view: CaseView) => boolean, by: Clerk = 'first'): Promise<CaseView> {
    const { tell, waiting, logFile } = this.#options;
    const patience = Date.now() + hopPatience;
    for (;;) {
      await tellNew(desks, tell);
      const view = await unlessAbsent(this.view(by));
      if (view !== undefined && reached(view)) {
        return view;
      }
      if (Date.now() > patience) {
        throw new LocalFailure(
          `${regionName(this.region)}：${hopPatience / 1000} 秒内未见「${what}」 (not reached in time); see ${logFile}.`,
        );
      }
      waiting();
      await sleep(pollEvery);
    }
  }
}

/** The other region's copy does not exist until the message that begins it has arrived. */
async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiRefusal && error.code === 'case.not-found') {
      return undefined;
    }
    throw error;
  }
}
