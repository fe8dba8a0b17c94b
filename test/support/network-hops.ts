import type { RegionCode } from '../../schemas/primitives.ts';

/** One message on one hop: a wake-up on its way to `dispatch`, a message on its way to a region's case, or a file on its way to its worker. */
export type Hop = {
  queue: 'wake-ups' | 'inbox' | 'imports';
  /** Whose inbox it is. */
  region: RegionCode | undefined;
  /** What the message says of itself, or the key that a wake-up holds; undefined for what cannot be read. */
  caseNumber: string | undefined;
  type: string | undefined;
  body: string;
};

/**
 * `delay`: rounds of the pump that the message stays away for, while what follows it goes on. `hold`: it stays away until the test releases
 * it. Either comes to the queue anew, as from a slow sender.
 */
export type HopFault = 'none' | 'drop' | 'duplicate' | 'hold' | { delay: number };

export type HopFaults = (hop: Hop) => HopFault;

export const noFaults: HopFaults = () => 'none';

export function hopOf(queue: Hop['queue'], region: RegionCode | undefined, body: string): Hop {
  try {
    const said = JSON.parse(body);
    const caseNumber = queue === 'inbox' ? said.subject : queue === 'wake-ups' ? caseNumberOfKey(said.PK) : undefined;
    return { queue, region, body, caseNumber, type: said.type };
  } catch {
    return { queue, region, body, caseNumber: undefined, type: undefined };
  }
}

/** `R#330100#C#<case>` */
export const caseNumberOfKey = (PK: string): string | undefined => /#C#(.+)$/.exec(PK)?.[1];
