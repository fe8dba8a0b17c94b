import { AsyncLocalStorage } from 'node:async_hooks';

/** The requests that the handlers make for one case, in order, and where the process that makes them is to die. */
export type Trail = {
  requests: string[];
  /** The process dies when this many requests have been answered: the answer of the last never reaches it. 0: before the first. */
  crashAfter: number | undefined;
  crashed: boolean;
};

export const aTrail = (crashAfter?: number): Trail => ({ requests: [], crashAfter, crashed: false });

/** The process died: nothing after this moment happened, no `catch` and no `finally` either. */
export class Crash extends Error {
  constructor() {
    super('the process died');
    this.name = 'Crash';
  }
}

type Invocation = { trail: Trail | undefined; dead: boolean; kill(): void };

const current = new AsyncLocalStorage<Invocation>();

const never = () => new Promise<never>(() => {});

/** Runs a handler as Lambda does: alone, and gone with all it was about to do when it crashes. Throws Crash then. */
export async function invoke<T>(trail: Trail | undefined, handler: () => Promise<T>): Promise<T> {
  let kill = () => {};
  const death = new Promise<never>((_, reject) => {
    kill = () => reject(new Crash());
  });
  const invocation: Invocation = {
    trail,
    dead: false,
    kill() {
      this.dead = true;
      if (trail) trail.crashed = true;
      kill();
    },
  };
  if (dueToDie(trail)) invocation.kill();
  return Promise.race([death, current.run(invocation, handler)]);
}

const dueToDie = (trail: Trail | undefined): boolean =>
  trail !== undefined && !trail.crashed && trail.crashAfter !== undefined && trail.requests.length >= trail.crashAfter;

const CHANGES = /^(DynamoDB (TransactWriteItems|PutItem|UpdateItem|DeleteItem)|SQS |SNS )/;

/**
 * Where dying makes a difference, from the trail of a run without faults: after each request that changed something. Dying before a request
 * leaves what dying after the one before it leaves; a handler that dies when it has only read or signed has done nothing, and its event comes
 * again as if it had been late.
 */
export const crashPoints = ({ requests }: Trail, from = 0): number[] =>
  requests.flatMap((request, i) => (i >= from && CHANGES.test(request) ? [i + 1] : []));

/** Around every request of a handler. A request of a dead process is never made. */
export async function onTrail<T>(request: string, send: () => Promise<T>): Promise<T> {
  const invocation = current.getStore();
  if (!invocation) return send();
  if (invocation.dead) return never();
  const answer = await send().catch((error: unknown) => {
    if (invocation.dead) return never();
    throw error;
  });
  if (invocation.dead) return never();
  const { trail } = invocation;
  trail?.requests.push(request);
  if (dueToDie(trail)) {
    invocation.kill();
    return never();
  }
  return answer;
}
