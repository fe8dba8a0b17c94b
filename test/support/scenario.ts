import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { mainOfficeOf } from '../../infra/local/demo-regions.ts';
import { systemClientOf } from '../../infra/local/issuer-config.ts';
import { secondClerkOf } from '../../infra/local/people.ts';
import { signIn, systemToken } from '../../infra/local/sign-in.ts';
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
/** The person who approves what the first clerk has proposed (F2). */
export const secondClerkIn = (region: string): Caller => personCalled(secondClerkOf(region));
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

export const brief = (seen: unknown): string => (JSON.stringify(seen) ?? 'nothing').slice(0, 1_000);
