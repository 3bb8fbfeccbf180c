import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { standardError } from "../standard-error.ts";
import { JsonReporter } from "./json-reporter.ts";
import type { Progress } from "./progress.ts";
import { TextReporter } from "./text-reporter.ts";

/** Where everything goes that is not the result: to stderr, in one form or another. */
export interface Reporter {
  /** What happens while a model is ensured. */
  event(event: ProvisionEvent): void;
  /** Of work outside `ensure`. */
  progress(progress: Progress): void;
  /** Something was done. No full stop. */
  note(text: string): void;
  /** Something is wrong, and the command goes on. Two sentences: what it is, and what to do. */
  warn(text: string, hint: string): void;
  /** Makes room for what others write to the terminal: a line that is being redrawn goes away. */
  clear(): void;
}

export interface ReporterOptions {
  readonly quiet: boolean;
  readonly format: "text" | "json";
}

export function openReporter({ quiet, format }: ReporterOptions): Reporter {
  if (quiet) return silentReporter;
  return format === "json" ? new JsonReporter(standardError) : new TextReporter(standardError);
}

const silentReporter: Reporter = { event() {}, progress() {}, note() {}, warn() {}, clear() {} };
