import type { StandardOutput } from "./standard-output.ts";
import { fail } from "./fail.ts";
import type { FailureSubject } from "./render/print-failure.ts";
import type { Reporter } from "./render/reporter.ts";

/** What one run of a command works with, beside its arguments. */
export interface Session {
  /** Aborted by SIGINT, by SIGTERM, and when nobody reads the output any more. Its reason is an `Interruption`. */
  readonly signal: AbortSignal;
  readonly out: StandardOutput;
  readonly report: Reporter;
  /** Results as JSON lines. */
  readonly json: boolean;
  /** Failures as JSON. */
  readonly jsonFailures: boolean;
}

/**
 * Does something with each item, in order. One that fails is reported, and the others are tried all the same.
 * @param subjectOf what the report names, where the failure alone does not tell.
 * @returns the exit code of the first failure, or 0.
 */
export async function forEach<T>(
  items: Iterable<T>,
  session: Session,
  act: (item: T) => Promise<void>,
  subjectOf?: (item: T) => FailureSubject,
): Promise<number> {
  let exitCode = 0;
  for (const item of items) {
    session.signal.throwIfAborted();
    try {
      await act(item);
    } catch (error) {
      session.signal.throwIfAborted();
      session.report.clear();
      const failedWith = fail(error, session.jsonFailures, subjectOf?.(item));
      exitCode ||= failedWith;
    }
  }
  return exitCode;
}
