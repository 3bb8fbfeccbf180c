import type { ProvisionEvent } from "@llama-orch/catalog-core";
import type { TextStream } from "../standard-error.ts";
import type { Progress } from "./progress.ts";
import type { Reporter } from "./reporter.ts";

/** Ten progress lines a second are enough for a program. */
const everyMs = 100;

/** Every event as one JSON line, as the library emits it; what is not of the library has the same shape. */
export class JsonReporter implements Reporter {
  readonly #stream: Pick<TextStream, "write">;
  #lastProgressMs = 0;

  constructor(stream: Pick<TextStream, "write">) {
    this.#stream = stream;
  }

  event(event: ProvisionEvent): void {
    this.#write(event);
  }

  progress({ activity, path, doneBytes, totalBytes }: Progress): void {
    const nowMs = Date.now();
    if (nowMs - this.#lastProgressMs < everyMs && doneBytes !== totalBytes) return;
    this.#lastProgressMs = nowMs;
    this.#write(
      activity === "hashing"
        ? { type: "hash-progress", path, hashedBytes: doneBytes, totalBytes, atMs: nowMs }
        : { type: "fetch-progress", path, receivedBytes: doneBytes, totalBytes, atMs: nowMs },
    );
  }

  note(message: string): void {
    this.#write({ type: "note", message, atMs: Date.now() });
  }

  warn(message: string, hint: string): void {
    this.#write({ type: "warning", message, hint, atMs: Date.now() });
  }

  clear(): void {
    // Lines are never redrawn here.
  }

  #write(value: object): void {
    this.#stream.write(`${JSON.stringify(value)}\n`);
  }
}
