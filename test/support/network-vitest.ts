import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { type NetworkOptions, TestNetwork } from './network.ts';
import type { NetworkInfra } from './network-infra.ts';

declare module 'vitest' {
  interface ProvidedContext {
    awsEndpoint: string;
    networkInfra: NetworkInfra;
  }
}

/** A network on the project's local AWS. */
export const startNetwork = (options: Partial<NetworkOptions> = {}): Promise<TestNetwork> =>
  TestNetwork.start({ endpoint: inject('awsEndpoint'), infra: inject('networkInfra'), name: `integration-${randomUUID()}`, ...options });
