import type { TestProject } from 'vitest/node';
import { startAwsForTests } from '../support/network-infra.ts';
import { forgetSavedLogs, scanSavedLogs } from '../support/witness.ts';
import '../support/network-vitest.ts';

/** One local AWS for all files. At the end everything that the run has logged is scanned for personal data; a finding fails the run (F4). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  forgetSavedLogs();
  const { endpoint, infra, stop } = await startAwsForTests();
  project.provide('awsEndpoint', endpoint);
  project.provide('networkInfra', infra);
  return async () => {
    await stop();
    const { findings } = scanSavedLogs();
    if (findings.length > 0) throw new Error(`personal data was logged:\n${findings.join('\n')}`);
  };
}
