import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry, CatalogStore, ProvisionEvent } from "@llama-orch/catalog-core";
import {
  createProvisioner,
  type EnsureOptions,
  type EnsurePlan,
  type ResolvedModel,
} from "@llama-orch/model-provisioner";
import { type FaultServer, startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { httpFetcher } from "../http-fetcher.ts";
import type { HttpFetcherOptions } from "../http-fetcher-options.ts";

export const mebibyte: number = 1024 * 1024;

/** A server, an empty cache, and a provisioner between them. */
export interface Setting extends AsyncDisposable {
  readonly server: FaultServer;
  readonly cacheDir: string;
  readonly catalog: CatalogStore;
  readonly events: readonly ProvisionEvent[];
  ensure(path: string, digest?: string, options?: EnsureOptions): Promise<ResolvedModel>;
  entry(path: string): Promise<CatalogEntry | undefined>;
  plan(path: string): Promise<EnsurePlan>;
}

export async function openSetting(options: HttpFetcherOptions = {}): Promise<Setting> {
  const server = await startFaultServer();
  const cacheDir = await mkdtemp(join(await realpath(tmpdir()), "fetcher-http-"));
  const events: ProvisionEvent[] = [];
  const fetcher = httpFetcher({ baseDelayMs: 0, maxDelayMs: 0, ...options });
  const provisioner = createProvisioner({ cacheDir, fetchers: [fetcher], onEvent: (event) => void events.push(event) });
  return {
    server,
    cacheDir,
    catalog: provisioner.catalog,
    events,
    ensure: (path, digest, call) => provisioner.ensurePresentStr(server.origin + path, digest, call),
    plan: (path) => provisioner.plan(server.origin + path),
    entry: (path) => provisioner.catalog.get(server.origin + path),
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(cacheDir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

export async function sha256OfFile(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Files that a person sees, as paths below `models/`. */
export async function visibleFiles(cacheDir: string): Promise<readonly string[]> {
  const entries = await readdir(join(cacheDir, "models"), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile() && entry.name !== ".id").map(({ name }) => name);
}

/** Everything that a run has left below a folder, as one text: for what must not be in it. */
export async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "latin1")}`));
  return texts.join("\n");
}
