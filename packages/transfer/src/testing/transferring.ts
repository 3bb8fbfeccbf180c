import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IngestTarget } from "@llama-orch/catalog-core";
import { test as base } from "vitest";
import { type FaultServer, sha256Of, startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { type HttpClient, httpClient, type HttpClientOptions } from "../index.ts";
import { transferFile } from "../download/transfer-file.ts";
import type { TransferOptions, TransferResult, TransferSource } from "../download/transfer-options.ts";

export const mebibyte: number = 1024 * 1024;

/** What a test transfers with. */
export interface Transferring {
  readonly server: FaultServer;
  readonly target: IngestTarget;
  readonly client: HttpClient;
  /** A client that waits less, or as the test says. */
  openClient(options?: HttpClientOptions): HttpClient;
  /** With waits that are over at once, unless a test says otherwise. */
  transfer(source: string | TransferSource, options?: Partial<TransferOptions>): Promise<TransferResult>;
  /** Of what lies at the target. */
  arrived(): Promise<{ readonly sizeBytes: number; readonly sha256: string }>;
  isThere(): boolean;
  /** As if nothing had ever been transferred. */
  forget(): Promise<void>;
}

export const test = base.extend<{ setting: Transferring }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from a pattern
  setting: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "transfer-"));
    await using server = await startFaultServer();
    const clients: HttpClient[] = [];
    const openClient = (options: HttpClientOptions = {}): HttpClient => {
      const client = httpClient(options);
      clients.push(client);
      return client;
    };
    const client = openClient();
    const target = { path: join(folder, "model.gguf"), existingBytes: 0, journalPath: join(folder, "journal") };
    await use({
      server,
      target,
      client,
      openClient,
      transfer(source, options = {}) {
        const signal = options.signal ?? new AbortController().signal;
        const from = typeof source === "string" ? { url: new URL(source, server.origin).href } : source;
        return transferFile(from, target, { client, baseDelayMs: 0, maxDelayMs: 0, ...options, signal });
      },
      async arrived() {
        const content = await readFile(target.path);
        return { sizeBytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
      },
      isThere: () => existsSync(target.path),
      async forget() {
        await rm(target.path, { force: true });
        await rm(target.journalPath, { force: true });
      },
    });
    for (const each of clients) each.close();
    await rm(folder, { recursive: true, force: true });
  },
});

/** A file of the server that is worth several connections. */
export function generated(
  sizeBytes: number,
  seed: number | string = 1,
): { readonly sizeBytes: number; readonly seed: number | string } {
  return { sizeBytes, seed };
}

export { sha256Of };

export async function sha256OfFile(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
