import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a run with one plain line `N passed, N failed`. A file that does not load and an error outside any test count as one failure
 * each, so that the line never looks better than the exit code. With TALLY_FILE set the line goes there instead of to stdout.
 */
export default class TallyReporter implements Reporter {
  #passed = 0;
  #failed = 0;

  onInit(): void {
    // Not at the end of the tests: a global teardown runs after it, and all that shows of its errors is the exit code.
    process.once('exit', (code) => this.#write(code));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    this.#passed = states.filter((state) => state === 'passed').length;
    this.#failed =
      states.filter((state) => state === 'failed').length +
      modules.filter((module) => module.errors().length > 0).length +
      modules.flatMap((module) => [...module.children.allSuites()]).filter((suite) => suite.errors().length > 0).length +
      unhandledErrors.length;
  }

  #write(code: number): void {
    const failed = code === 0 ? this.#failed : Math.max(this.#failed, 1);
    const line = `${this.#passed} passed, ${failed} failed\n`;
    const file = process.env.TALLY_FILE;
    if (file === undefined) process.stdout.write(line);
    else writeFileSync(file, line);
  }
}
