import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";
import { takePlace } from "./hash-pool.ts";
import { crcProgram } from "./checksum/checksum.ts";
import type { HashAlgorithm, HashFailure, HashInput, HashReply, HashRequest } from "./hash-worker.ts";

/**
 * Bytes per request: the worker is busy with them for some 8 ms, so that many files take turns and a stop is prompt,
 * and waits some 0.05 ms for the next ones, which costs less than a hundredth.
 */
const sliceBytes = 8 * 1024 * 1024;

export interface HashSource {
  /** For messages. */
  readonly path: string;
  /** Stays open until the hash has ended: its number could be another file's by then. */
  readonly fd: number;
}

/**
 * A hash of a file from its first byte on, computed beside the main thread. After a failure, which may have hashed a part of what
 * was asked for, there is no going on.
 */
export class RunningHash {
  readonly #place = takePlace();
  readonly #source: HashSource;
  readonly #algorithms: readonly HashAlgorithm[];
  #askedTo = 0;
  #hashedTo = 0;
  /** Something was not hashed that was asked for: what follows it is not, either. */
  #isShort = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(source: HashSource, algorithms: readonly HashAlgorithm[]) {
    this.#source = source;
    this.#algorithms = algorithms;
  }

  get hashedBytes(): number {
    return this.#hashedTo;
  }

  /** What is hashed, or is going to be. */
  get askedBytes(): number {
    return this.#askedTo;
  }

  /**
   * Reads and hashes on up to `to`, or to the end of the file if that comes first. One such call at a time.
   * @param proceed is asked after each slice; `false` stops there. What it throws is thrown.
   * @returns whether there is more to come: `false` once the file has turned out to be shorter, or something was withdrawn.
   * @throws ModelError of the `FILE_…` codes
   */
  async update(to: number, proceed: (hashedBytes: number) => boolean): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure.error;
    while (this.#askedTo < to && !this.#isShort) {
      await this.#hash(this.#source.fd, Math.min(to, this.#askedTo + sliceBytes));
      if (!proceed(this.#hashedTo)) break;
    }
    return !this.#isShort;
  }

  /**
   * Hashes what follows what was asked for, from memory that threads share.
   * @throws ModelError of the `FILE_…` codes
   */
  updateWith(bytes: Uint8Array): Promise<void> {
    return this.#hash(bytes, this.#askedTo + bytes.length);
  }

  /** Whether other files wait for the same thread: each has its turn, so that small requests make for slow progress. */
  get isShared(): boolean {
    return this.#place.isShared();
  }

  /** Takes back what was asked for and waits behind other files: `update` goes on as at the file's end. */
  withdraw(): void {
    this.#place.withdraw();
  }

  /** In hex, of what was hashed, in the order of the algorithms. */
  async digest(): Promise<readonly string[]> {
    const reply = await this.#ask({
      job: this.#place.job,
      type: "digest",
      algorithms: this.#algorithms,
      ...this.#programs(),
    });
    return "digests" in reply ? reply.digests : [];
  }

  async #hash(source: HashInput, to: number): Promise<void> {
    const from = this.#askedTo;
    const programs = this.#programs();
    this.#askedTo = to;
    const { job } = this.#place;
    const reply = await this.#ask({ job, type: "update", algorithms: this.#algorithms, source, from, to, ...programs });
    const hashedTo = "hashedTo" in reply ? reply.hashedTo : to;
    if (!this.#isShort) this.#hashedTo = hashedTo;
    this.#isShort ||= hashedTo < to;
  }

  #programs(): Pick<Extract<HashRequest, { type: "update" }>, "programs"> {
    if (this.#askedTo > 0) return {};
    const programs = this.#algorithms.map(crcProgram);
    return programs.some((program) => program !== undefined) ? { programs } : {};
  }

  /** To be called once, when no other call is under way. */
  end(): void {
    this.#place[Symbol.dispose]();
  }

  async #ask(request: HashRequest): Promise<Exclude<HashReply, { failed: unknown }>> {
    if (this.#failure !== undefined) throw this.#failure.error;
    const reply = await this.#place.ask(request);
    if (!("failed" in reply)) return reply;
    // What was under way with it fails as well, for reasons that follow from it.
    this.#failure ??= { error: failure(reply.failed, this.#source.path) };
    throw this.#failure.error;
  }
}

function failure({ message, code }: HashFailure, path: string): unknown {
  const cause = new Error(message);
  if (code !== undefined) return fileErrorFrom(Object.assign(cause, { code }), path, "read");
  return fileError("FILE_IO", {
    message: `${path} could not be hashed: ${message}.`,
    hint: "Try again; if it happens again, this machine may be short of memory or threads.",
    facts: { path },
    cause,
  });
}
