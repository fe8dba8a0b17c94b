import { setTimeout } from 'node:timers/promises';

/** Waits before the next try; `tries` is how many there were. Injected, so that a test need not wait. */
export type Pause = (tries: number) => Promise<void>;

const BASE_MS = 25;

/** At most 50 ms after the first try, 100 after the second and so on; at random, so that two who met do not meet again. */
export const shortPause: Pause = (tries) => setTimeout(Math.random() * BASE_MS * 2 ** tries);
