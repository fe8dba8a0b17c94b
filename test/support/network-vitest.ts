import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type NetworkOptions, TestNetwork } from './network.ts';
import type { NetworkInfra } from './network-infra.ts';
import { type Scenario, walkAll } from './network-road.ts';

declare module 'vitest' {
  interface ProvidedContext {
    awsEndpoint: string;
    networkInfra: NetworkInfra;
  }
}

/** A network on the project's local AWS. */
export const startNetwork = (options: Partial<NetworkOptions> = {}): Promise<TestNetwork> =>
  TestNetwork.start({ endpoint: inject('awsEndpoint'), infra: inject('networkInfra'), name: `integration-${randomUUID()}`, ...options });

/** Walks every road at once on a network of its own; each is a test by its name. No message may end in a dead-letter queue. */
export function testRoads(roads: Record<string, Scenario>, options: Partial<NetworkOptions>): void {
  let network: TestNetwork;
  let ends: Map<string, Promise<void>>;
  beforeAll(async () => {
    network = await startNetwork(options);
    ends = walkAll(network, roads, 1);
    await Promise.allSettled(ends.values());
  });
  afterAll(async () => {
    expect(await network.dead()).toBe(0);
    network.close();
  });

  test.each(Object.keys(roads))('%s', (name) => ends.get(name));
}
