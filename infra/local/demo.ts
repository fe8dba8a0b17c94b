import { setTimeout as sleep } from 'node:timers/promises';
import { CaseView, TimelineView } from '../../schemas/api.ts';
import { type CaseNumber, type Instant, RegionCode } from '../../schemas/primitives.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';
import { CommandAnswer } from '../../schemas/rows.ts';
import { type Api, ApiRefusal, apiClient } from './api-client.ts';
import { demoDocuments } from './demo-documents.ts';
import { LocalFailure } from './failure.ts';
import { narrate, regionName } from './narrate.ts';
import { clerkOf } from './people.ts';
import { summarise } from './summary.ts';

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

const joined = RegionCode.parse('330100');
const former = RegionCode.parse('510100');

/**
 * Moves a made-up person from Chengdu to Hangzhou through the HTTP API and the queues, telling each step as it is recorded on either side.
 * @returns number of the finished case
 */
export async function runDemo(options: DemoOptions): Promise<CaseNumber> {
  const { tell } = options;
  const bodies = demoDocuments(former, joined);
  const transferIn = new Desk(options, joined, former);
  const transferOut = new Desk(options, former, joined);
  const desks = [transferIn, transferOut];

  tell(`演示：参保人${bodies.open.application.person.name}（虚构）由${regionName(former)}转往${regionName(joined)}，2016年经办规程\n`);
  const caseNumber = await transferIn.open(bodies.open);
  for (const desk of desks) {
    desk.follow(caseNumber);
  }
  const give = async (desk: Desk, command: ClerkCommandName, body: unknown = {}) => {
    await desk.waitUntil(`可以办理 ${command}`, desks, ({ actions }) => actions.includes(command));
    await desk.command(command, body);
    await tellNew(desks, tell);
  };

  await give(transferIn, 'accept');
  await give(transferIn, 'send-letter');
  await give(transferOut, 'confirm-termination', bodies['confirm-termination']);
  await give(transferOut, 'remit', bodies.remit);
  await give(transferOut, 'send-table', bodies['send-table']);
  await transferIn.waitUntil('收到划转通知和信息表', desks, ({ case: { advice, table } }) => advice !== undefined && table !== undefined);
  await give(transferIn, 'confirm-money', bodies['confirm-money']);
  await give(transferIn, 'complete');
  for (const desk of desks) {
    await desk.waitUntil('所有时限停止', desks, ({ case: { status, clocks } }) => {
      const stopped = Object.values(clocks).every((clock) => clock.stoppedAt !== undefined);
      return stopped && (status === 'completed' || status === 'closed');
    });
  }
  for (const desk of desks) {
    summarise(await desk.view(), await desk.timeline()).forEach(tell);
  }
  return caseNumber;
}

/** Tells what either side recorded since the last time, in the order it happened. */
async function tellNew(desks: readonly Desk[], tell: (line: string) => void): Promise<void> {
  const fresh = (await Promise.all(desks.map((desk) => desk.news()))).flat();
  for (const { lines } of fresh.toSorted((a, b) => a.recordedAt.localeCompare(b.recordedAt))) {
    lines.forEach(tell);
  }
}

interface News {
  readonly recordedAt: Instant;
  readonly lines: readonly string[];
}

/** A clerk of one region at work on one case. */
class Desk {
  readonly #options: DemoOptions;
  readonly #region: RegionCode;
  readonly #counterpart: RegionCode;
  readonly #api: Api;
  #caseNumber: CaseNumber | undefined;
  #told = 0;

  constructor(options: DemoOptions, region: RegionCode, counterpart: RegionCode) {
    this.#options = options;
    this.#region = region;
    this.#counterpart = counterpart;
    this.#api = apiClient(options.apiUrl, () => options.tokenFor(clerkOf(region)));
  }

  async open(body: unknown): Promise<CaseNumber> {
    return (await this.#api.post('/v1/cases', body, CommandAnswer)).caseNumber;
  }

  follow(caseNumber: CaseNumber): void {
    this.#caseNumber = caseNumber;
  }

  async command(name: ClerkCommandName, body: unknown): Promise<void> {
    await this.#api.post(`/v1/cases/${this.#caseNumber}/${name}`, body, CommandAnswer);
  }

  view(): Promise<CaseView> {
    return this.#api.get(`/v1/cases/${this.#caseNumber}`, CaseView);
  }

  timeline(): Promise<TimelineView> {
    return this.#api.get(`/v1/cases/${this.#caseNumber}/timeline`, TimelineView);
  }

  /** What was recorded here since the last time. */
  async news(): Promise<News[]> {
    const entries = (await unlessAbsent(this.timeline()))?.entries.slice(this.#told) ?? [];
    this.#told += entries.length;
    const scene = { region: this.#region, counterpart: this.#counterpart };
    return entries.map((entry) => ({ recordedAt: entry.recordedAt, lines: narrate(entry, scene) }));
  }

  /** Polls this side, telling what both sides record meanwhile. */
  async waitUntil(what: string, desks: readonly Desk[], reached: (view: CaseView) => boolean): Promise<void> {
    const { tell, waiting, logFile } = this.#options;
    const patience = Date.now() + hopPatience;
    for (;;) {
      await tellNew(desks, tell);
      const view = await unlessAbsent(this.view());
      if (view !== undefined && reached(view)) {
        return;
      }
      if (Date.now() > patience) {
        throw new LocalFailure(
          `${regionName(this.#region)}：${hopPatience / 1000} 秒内未见「${what}」 (not reached in time); see ${logFile}.`,
        );
      }
      waiting();
      await sleep(pollEvery);
    }
  }
}

/** The other region's copy does not exist until the letter has arrived. */
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
