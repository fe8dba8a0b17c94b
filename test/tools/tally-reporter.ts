import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Ends a run with one plain line `N passed, N failed`. A file that does not load and an error outside any test count as one failure
 * each, so that the line never looks better than the exit code. With TALLY_FILE set the line goes there instead of to stdout.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[], reason: TestRunEndReason): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const passed = states.filter((state) => state === 'passed').length;
    const failures =
      states.filter((state) => state === 'failed').length +
      modules.filter((module) => module.errors().length > 0).length +
      modules.flatMap((module) => [...module.children.allSuites()]).filter((suite) => suite.errors().length > 0).length +
      unhandledErrors.length;
    // A global setup that throws ends the run before any test exists.
    const failed = reason === 'passed' ? failures : Math.max(failures, 1);
    const line = `${passed} passed, ${failed} failed\n`;
    const file = process.env.TALLY_FILE;
    if (file === undefined) process.stdout.write(line);
    else writeFileSync(file, line);
  }
}
