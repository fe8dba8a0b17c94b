import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { demoDocuments } from '../../infra/local/demo-documents.ts';
import { mainOfficeOf } from '../../infra/local/demo-regions.ts';
import { systemClientOf } from '../../infra/local/issuer-config.ts';
import { signIn, systemToken } from '../../infra/local/sign-in.ts';
import type { CaseView, TimelineView } from '../../schemas/api.ts';
import { idNumberCheck } from '../../schemas/check-digits.ts';
import type { ProblemDetail } from '../../schemas/problems.ts';
import type { ClerkCommandName } from '../../schemas/procedures.ts';

import type { Standing } from './scenario-setup.ts';

declare module 'vitest' {
  interface ProvidedContext {
    standing: Standing;
  }
}

/** Status and parsed body as the HTTP API gave them; refusals are answers too. */
export type Answer<T = unknown> = { status: number; body: T };

export type Sending = { body?: unknown; key?: string | null; ifMatch?: string };

/** The HTTP API as one caller sees it over the network; nothing of the product's code runs in between. */
export type Caller = {
  get<T = unknown>(path: string): Promise<Answer<T>>;
  /** `key`: null sends no Idempotency-Key, nothing said sends a new one. */
  post<T = unknown>(path: string, sending?: Sending): Promise<Answer<T>>;
  put<T = unknown>(path: string, sending?: Sending): Promise<Answer<T>>;
};

/** @param token undefined sends none */
export async function request<T>(token: string | undefined, method: string, path: string, sending: Sending = {}): Promise<Answer<T>> {
  const { body, key = randomUUID(), ifMatch } = sending;
  const answer = await fetch(`${inject('standing').apiUrl}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'POST' && key !== null && { 'idempotency-key': key }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

function callerWith(tokenOnce: () => Promise<string>): Caller {
  let token: Promise<string> | undefined;
  const call = async <T>(method: string, path: string, sending?: Sending) => {
    token ??= tokenOnce();
    return request<T>(await token, method, path, sending);
  };
  return {
    get: (path) => call('GET', path),
    post: (path, sending) => call('POST', path, { body: {}, ...sending }),
    put: (path, sending) => call('PUT', path, sending),
  };
}

/** Someone who signs in at the issuer; see `infra/local/people.ts`. */
export const personTokenOf = (personId: string): Promise<string> => signIn(inject('standing').issuer, personId);
export const systemTokenOf = (region: string): Promise<string> => {
  const { issuer, systemSecret } = inject('standing');
  return systemToken(issuer, systemClientOf(region), systemSecret);
};

export const personCalled = (personId: string): Caller => callerWith(() => personTokenOf(personId));
export const clerkOfOffice = (office: string): Caller => personCalled(`clerk-${office}`);
export const clerkIn = (region: string): Caller => clerkOfOffice(mainOfficeOf(region));
export const supervisorIn = (region: string): Caller => personCalled(`supervisor-${mainOfficeOf(region)}`);

/** Fifty times what a message takes, and less than a test may take, so that a failure says what was awaited. */
const PATIENCE_MS = 100_000;

/**
 * Looks again and again, `everyMs` apart, until it is reached.
 * Throws with what was awaited and what was seen last when that does not come.
 */
export async function until<T>(awaited: string, look: () => Promise<T>, reached: (seen: T) => boolean, everyMs = 200): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (reached(seen)) return seen;
    if (Date.now() > end) throw new Error(`awaited: ${awaited}; not seen in ${PATIENCE_MS / 1000} s; last seen: ${brief(seen)}`);
    await sleep(everyMs);
  }
}

const brief = (seen: unknown): string => (JSON.stringify(seen) ?? 'nothing').slice(0, 1_000);

/**
 * Papers of a new person. Only one case per person may be open, and the demonstration draws from 40,000 people: too few for two cases of a
 * run never to meet.
 */
export function newPapers(from: string, to: string): ReturnType<typeof demoDocuments> {
  const papers = demoDocuments(from, to);
  const { person, voucher } = papers.open.application;
  const first17 = `${from.slice(0, 2)}${String(randomInt(10_000)).padStart(4, '0')}${person.idNumber.slice(6, 17)}`;
  person.idNumber = first17 + idNumberCheck(first17);
  voucher.person.idNumber = person.idNumber;
  return papers;
}

export type SideName = 'in' | 'out';

/** One case and the clerks of both regions at work on it. */
export class Handover {
  readonly caseNumber: string;
  readonly papers: ReturnType<typeof newPapers>;
  readonly #clerks: Record<SideName, Caller>;

  private constructor(caseNumber: string, papers: Handover['papers'], clerks: Record<SideName, Caller>) {
    this.caseNumber = caseNumber;
    this.papers = papers;
    this.#clerks = clerks;
  }

  /** A new person moves; the case is opened by a clerk of the region joined. */
  static async open({ from, to }: { from: string; to: string }): Promise<Handover> {
    const papers = newPapers(from, to);
    const clerks = { in: clerkIn(to), out: clerkIn(from) };
    const opened = await clerks.in.post<{ caseNumber: string }>('/v1/cases', { body: papers.open });
    if (opened.status !== 201) throw new Error(`open: ${brief(opened)}`);
    return new Handover(opened.body.caseNumber, papers, clerks);
  }

  view(side: SideName): Promise<Answer<CaseView>> {
    return this.#clerks[side].get(`/v1/cases/${this.caseNumber}`);
  }

  async caseOf(side: SideName): Promise<CaseView['case']> {
    return (await this.view(side)).body.case;
  }

  async timeline(side: SideName): Promise<TimelineView> {
    return (await this.#clerks[side].get<TimelineView>(`/v1/cases/${this.caseNumber}/timeline`)).body;
  }

  command(side: SideName, name: ClerkCommandName, body: unknown = {}): Promise<Answer<ProblemDetail & { status: string }>> {
    return this.#clerks[side].post(`/v1/cases/${this.caseNumber}/${name}`, { body });
  }

  /** Gives a command that must be taken. */
  async give(side: SideName, name: ClerkCommandName, body?: unknown): Promise<void> {
    const answer = await this.command(side, name, body);
    if (answer.status !== 200) throw new Error(`${name} of ${this.caseNumber}: ${brief(answer)}`);
  }

  /** Waits for what a message brings; the other region's copy does not exist before the letter. */
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
