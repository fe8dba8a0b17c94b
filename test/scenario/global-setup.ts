import type { TestProject } from 'vitest/node';
import { personalDataInLogs, readLogs } from '../support/scenario-logs.ts';
import { startScenario } from '../support/scenario-setup.ts';
import '../support/scenario.ts';

/**
 * The whole system, deployed once for all files. At the end everything that its functions have logged is scanned for personal data; a
 * finding fails the run (F4), whichever file made it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { standing, stop } = await startScenario();
  project.provide('standing', standing);
  return async () => {
    try {
      const findings = personalDataInLogs(await readLogs(standing.aws));
      if (findings.length > 0) throw new Error(`personal data was logged:\n${findings.join('\n')}`);
    } finally {
      await stop();
    }
  };
}
