import type { RegionCode } from '../../schemas/primitives.ts';

/** One message on one hop: a wake-up on its way to `dispatch`, or a message on its way to a region's case. */
export type Hop = {
  queue: 'wake-ups' | 'inbox';
  /** Whose inbox it is. */
  region: RegionCode | undefined;
  /** What the message says of itself, or the key that a wake-up holds; undefined for what cannot be read. */
  caseNumber: string | undefined;
  type: string | undefined;
  body: string;
};

/** `delay`: rounds of the pump that the message stays away for, while what follows it goes on. */
export type HopFault = 'none' | 'drop' | 'duplicate' | { delay: number };

export type HopFaults = (hop: Hop) => HopFault;

export const noFaults: HopFaults = () => 'none';

export function hopOf(queue: Hop['queue'], region: RegionCode | undefined, body: string): Hop {
  try {
    const said = JSON.parse(body);
    const caseNumber = queue === 'inbox' ? said.subject : caseNumberOfKey(said.PK);
    return { queue, region, body, caseNumber, type: said.type };
  } catch {
    return { queue, region, body, caseNumber: undefined, type: undefined };
  }
}

/** `R#330100#C#<case>` */
export const caseNumberOfKey = (PK: string): string | undefined => /#C#(.+)$/.exec(PK)?.[1];

export type Match = { queue: Hop['queue']; type?: string; region?: string; caseNumber?: string };

/** A fault that hits the first message that matches, once. */
export function once(match: Match, fault: HopFault): { faults: HopFaults; struck: () => boolean } {
  let struck = false;
  const faults: HopFaults = (hop) => {
    if (struck || !Object.entries(match).every(([name, value]) => hop[name as keyof Match] === value)) return 'none';
    struck = true;
    return fault;
  };
  return { faults, struck: () => struck };
}
