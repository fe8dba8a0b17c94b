import { Instant } from '../../schemas/primitives.ts';

/** Where time comes from; injected everywhere, so that a test and the local sandbox can move it. */
export type Clock = { now(): Instant };

export const toInstant = (milliseconds: number): Instant => Instant.parse(new Date(milliseconds).toISOString());

/** The same moment cut to whole seconds: both sides show a receipt to the second (B2). */
export const toSecond = (milliseconds: number): Instant => toInstant(Math.floor(milliseconds / 1000) * 1000);

export const systemClock: Clock = { now: () => toInstant(Date.now()) };
