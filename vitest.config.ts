import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

interface ProjectOptions {
  readonly testTimeout: number;
  /** Projects run one group after another: the slow ones share ports, tables and two cores. */
  readonly order: number;
  readonly parallel: boolean;
  /** False where the files share nothing but costly imports (the CDK library), which are then loaded once. */
  readonly isolate?: boolean;
}

/** One folder of `test/`; `test/<name>/global-setup.ts`, if there, brings up what the whole project shares. */
const project = (name: string, { testTimeout, order, parallel, isolate = true }: ProjectOptions) => {
  const globalSetup = `test/${name}/global-setup.ts`;
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
      testTimeout,
      hookTimeout: 4 * testTimeout,
      fileParallelism: parallel,
      isolate,
      sequence: { groupOrder: order },
    },
  };
};

export default defineConfig({
  test: {
    reporters: ['default', './test/tools/tally-reporter.ts'],
    projects: [
      project('unit', { testTimeout: 10_000, order: 0, parallel: true }),
      project('infra', { testTimeout: 60_000, order: 1, parallel: true, isolate: false }),
      project('store', { testTimeout: 30_000, order: 2, parallel: false }),
      project('integration', { testTimeout: 60_000, order: 3, parallel: false }),
      project('scenario', { testTimeout: 120_000, order: 4, parallel: false }),
    ],
  },
});
