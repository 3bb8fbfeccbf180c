import { createCipheriv, hash } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchContext, FetchedArtifact, FetchPlan, Ingest } from "@llama-orch/catalog-core";
import { fetchContext, tempIngest, type TempIngest } from "@llama-orch/contract-tests";
import { fileFetcher } from "../file-fetcher.ts";
import { placeFiles } from "./place-files.ts";

/** A file of several parts: what is copied at once is smaller. */
export const largeBytes = 5_000_001;

const longAgo = new Date("2024-02-03T04:05:06.789Z");

const fetcher = fileFetcher({ stage: "copy" });

/** Where one test copies: a folder of the user's own, and an ingest elsewhere. */
export class CopySetting {
  readonly folder: string;
  readonly temp: TempIngest;
  ingest: Ingest;

  constructor(folder: string, temp: TempIngest) {
    this.folder = folder;
    this.temp = temp;
    this.ingest = temp.ingest;
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await this.temp.dispose();
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Written long ago: what changes it shows in its time, however soon it comes. */
  async place(name: string, content: string | Uint8Array): Promise<string> {
    await placeFiles(this.folder, { [name]: content });
    await utimes(this.path(name), longAgo, longAgo);
    return this.path(name);
  }

  plan(path: string): Promise<FetchPlan> {
    return fetcher.plan({ kind: "file", path }, fetchContext());
  }

  fetch(plan: FetchPlan, context: Partial<FetchContext> = {}): Promise<FetchedArtifact> {
    return fetcher.fetch(plan, this.ingest, fetchContext(context));
  }

  async copy(path: string, context: Partial<FetchContext> = {}): Promise<FetchedArtifact> {
    return this.fetch(await this.plan(path), context);
  }

  /** Plans, and copies until the first part has arrived. */
  async copyFirstPart(path: string): Promise<void> {
    const enough = new AbortController();
    const onProgress = (): void => enough.abort();
    await this.copy(path, { signal: enough.signal, onProgress }).catch(() => {});
  }

  async target(path: string): Promise<string> {
    return (await this.ingest.target(path)).path;
  }

  async journal(path: string): Promise<string> {
    return (await this.ingest.target(path)).journalPath;
  }
}

export async function copySetting(): Promise<CopySetting> {
  return new CopySetting(await mkdtemp(join(tmpdir(), "fetcher-file-copy-")), await tempIngest());
}

/** No two parts of it are the same. */
export function someBytes(length: number, seed = "seed"): Buffer {
  return createCipheriv("aes-128-ctr", hash("md5", seed, "buffer"), Buffer.alloc(16)).update(Buffer.alloc(length));
}

export function sha256(content: string | Uint8Array): string {
  return `sha256:${hash("sha256", content)}`;
}

/** All that a user could see of a file, short of its content. */
export function looksOf(path: string): Record<string, bigint> {
  const { mode, mtimeNs, ctimeNs, nlink, ino, size, uid, gid } = lstatSync(path, { bigint: true });
  return { mode, mtimeNs, ctimeNs, nlink, ino, size, uid, gid };
}

/** What this process has open below a folder. Linux only. */
export function openBelow(folder: string): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        // The one that listed the folder.
        return "";
      }
    })
    .filter((path) => path.startsWith(folder));
}
