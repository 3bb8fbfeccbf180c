import { writeFileSync } from "node:fs";
import type { Reporter, SerializedError, TestModule, TestRunEndReason } from "vitest/node";

/**
 * Ends every run with one line for machines: `123 passed, 0 failed`, or `123 passed, 0 failed, 4 skipped`.
 * The same line goes into the file that TEST_SUMMARY_FILE names, if it is set.
 *
 * What fails without being a test (a file that does not load, a hook, an unhandled rejection) counts as failed,
 * so that the line never says `0 failed` above an exit code of 1. A run that passed no test at all is a failed one.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    const counts = count(modules, unhandled);
    if (counts.passed === 0 || counts.failed > 0 || reason !== "passed") process.exitCode = 1;
    const line = summaryLine(counts);
    if (process.env["TEST_SUMMARY_FILE"] !== undefined) writeFileSync(process.env["TEST_SUMMARY_FILE"], `${line}\n`);
    // At exit, since other reporters and vitest itself may still write after this event.
    process.once("exit", () => process.stdout.write(`${line}\n`));
  }
}

interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function count(modules: readonly TestModule[], unhandled: readonly SerializedError[]): TestCounts {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const inState = (...states: string[]): number => tests.filter((test) => states.includes(test.result().state)).length;
  return {
    passed: inState("passed"),
    failed: inState("failed", "pending") + suites.flatMap((suite) => suite.errors()).length + unhandled.length,
    skipped: inState("skipped"),
  };
}
