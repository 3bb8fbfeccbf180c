import type { DigestAlgorithm } from "@llama-orch/catalog-core";
import type { ChecksumAlgorithm } from "./checksum/checksum.ts";
import type { CrcProgram } from "./checksum/crc-module.ts";
import type { CrcExports, WebAssemblyApi } from "./checksum/web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

export type HashAlgorithm = DigestAlgorithm | ChecksumAlgorithm;

/**
 * Where a part of a file is: a descriptor, which belongs to the process, so that all its threads can read from it; or all its bytes,
 * in memory that threads share.
 */
export type HashInput = number | Uint8Array;

/** What a worker is asked. Each request is answered once, and requests of one job follow one another. */
export type HashRequest =
  /** Hash this part of the file, which follows the last one. The first request of a job begins it. */
  | {
      readonly job: number;
      readonly type: "update";
      readonly algorithms: readonly HashAlgorithm[];
      /** Those of the algorithms that Node's crypto does not have; with the first request of a job. */
      readonly programs?: readonly (CrcProgram | undefined)[];
      readonly source: HashInput;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly job: number;
      readonly type: "digest";
      readonly algorithms: readonly HashAlgorithm[];
      readonly programs?: readonly (CrcProgram | undefined)[];
    };

/** Forgets a job that has no request under way. Not answered. */
export interface HashDrop {
  readonly job: number;
  readonly type: "drop";
}

export type HashReply =
  /** Less than was asked for: the file ends here. */
  | { readonly job: number; readonly hashedTo: number }
  /** Hex, in the order of the job's algorithms. */
  | { readonly job: number; readonly digests: readonly string[] }
  | { readonly job: number; readonly failed: HashFailure };

/** An error as it passes between threads: the structured clone of an `Error` would lose its code. */
export interface HashFailure {
  readonly message: string;
  /** Of the operating system. */
  readonly code?: string;
}

/** A CRC on its way: its tables and, from `begin` on, a piece of the file lie in `bytes`. */
interface Crc {
  readonly bytes: Uint8Array;
  readonly begin: number;
  readonly ones: bigint;
  readonly step: CrcExports["update"];
  value: bigint;
}

/**
 * The program of a worker. Its text is what the worker runs, so that it works from sources, compiled, and in a bundle
 * alike: it must stand alone, and name nothing from outside itself. Functions within it are to be avoided: bundlers
 * wrap those in helpers of their own.
 *
 * Reading and hashing block this thread, which has nothing else to do: that is faster than asynchronous reads.
 */
export function hashWorker(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { readSync } = process.getBuiltinModule("node:fs");
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  const jobs = new Map<number, (ReturnType<typeof createHash> | Crc)[]>();

  parentPort?.on("message", (request: HashRequest | HashDrop) => {
    const { job } = request;
    if (request.type === "drop") {
      jobs.delete(job);
      return;
    }
    let reply: HashReply;
    try {
      const hashes =
        jobs.get(job) ??
        request.algorithms.map((name, index) => {
          const program = request.programs?.[index];
          if (program === undefined) return createHash(name);
          const { memory, update } = new WebAssembly.Instance(program.module).exports;
          const bytes = new Uint8Array(memory.buffer);
          bytes.set(program.tables);
          const ones = (1n << BigInt(program.bits)) - 1n;
          return { bytes, begin: program.begin, value: ones, ones, step: update };
        });
      if (request.type === "digest") {
        jobs.delete(job);
        reply = {
          job,
          digests: hashes.map((hash) =>
            "ones" in hash
              ? (hash.value ^ hash.ones).toString(16).padStart(hash.ones.toString(16).length, "0")
              : hash.digest("hex"),
          ),
        };
      } else {
        jobs.set(job, hashes);
        const { source } = request;
        // One CRC is computed where the piece is read to: that changes it, and comes last. Others have copies.
        const owner = hashes.find((hash): hash is Crc => "ones" in hash);
        const room = owner?.bytes.subarray(owner.begin, owner.begin + buffer.length) ?? buffer;
        let hashed = request.from;
        while (hashed < request.to) {
          const most = Math.min(room.length, request.to - hashed);
          let piece: Uint8Array;
          if (typeof source === "number") {
            piece = room.subarray(0, readSync(source, room, 0, most, hashed));
          } else {
            piece = source.subarray(hashed - request.from, hashed - request.from + most);
            owner?.bytes.set(piece, owner.begin);
          }
          if (piece.length === 0) break;
          for (const hash of hashes) {
            if (!("ones" in hash)) hash.update(piece);
            else if (hash !== owner) hash.bytes.set(piece, hash.begin);
          }
          for (const hash of hashes) {
            if (!("ones" in hash)) continue;
            hash.value = BigInt.asUintN(64, hash.step(hash.begin, hash.begin + piece.length, hash.value));
          }
          hashed += piece.length;
        }
        reply = { job, hashedTo: hashed };
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof Error && "code" in error ? { code: String(error.code) } : {};
      reply = { job, failed: { message, ...code } };
    }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    parentPort.postMessage(reply);
  });
}
