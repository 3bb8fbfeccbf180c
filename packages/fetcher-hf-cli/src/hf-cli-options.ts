import { isAbsolute } from "node:path";
import { hfCliError } from "./errors.ts";

export interface HfCliFetcherOptions {
  /** Absolute path of the CLI. Absent: `hf`, then `huggingface-cli`, as `PATH` has them. */
  readonly executable?: string;
  /**
   * What the CLI's environment is made of, `PATH` included; it is given only what it has a use for.
   * @default the environment of this process
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long less than 64 KiB and no further file may come before the CLI is ended, in ms, 1,000 to a day. @default 120,000 */
  readonly stallTimeoutMs?: number;
  /** How long the CLI has to end by itself when it is stopped, in ms up to a day, before it is killed. @default 2,000 */
  readonly killAfterMs?: number;
}

export interface HfCliSettings {
  readonly executable: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stallTimeoutMs: number;
  readonly killAfterMs: number;
}

/** A day, in ms. A timer of more than 24.8 of them would go off at once. */
const longestMs = 86_400_000;

/** @throws ModelError `HF_CLI_OPTION_INVALID` */
export function parseHfCliOptions(options: HfCliFetcherOptions): HfCliSettings {
  const { executable, env = inheritedEnvironment(), stallTimeoutMs = 120_000, killAfterMs = 2_000 } = options;
  if (executable !== undefined && !isAbsolute(executable)) {
    throw invalid(
      "executable",
      executable,
      "Give the absolute path of the CLI, or leave the option out to search PATH.",
    );
  }
  if (!(stallTimeoutMs >= 1_000 && stallTimeoutMs <= longestMs)) {
    throw invalid(
      "stallTimeoutMs",
      stallTimeoutMs,
      "Give milliseconds, 1000 at least: the CLI takes a second to start.",
    );
  }
  if (!(killAfterMs >= 0 && killAfterMs <= longestMs)) {
    throw invalid("killAfterMs", killAfterMs, "Give milliseconds, 0 to kill at once.");
  }
  return Object.freeze({ executable, env, stallTimeoutMs, killAfterMs });
}

function invalid(option: string, value: unknown, hint: string): Error {
  return hfCliError("HF_CLI_OPTION_INVALID", {
    message: `The option ${option} of hfCliFetcher is ${JSON.stringify(value)}, which it may not be.`,
    hint,
    facts: { option },
  });
}

function inheritedEnvironment(): Readonly<Record<string, string | undefined>> {
  // oxlint-disable-next-line node/no-process-env -- It is handed on to a child process, as every child gets it.
  return process.env;
}
