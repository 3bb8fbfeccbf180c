import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry, FsCatalog, ProvisionEvent } from "@llama-orch/catalog-core";
import {
  createProvisioner,
  type EnsureOptions,
  type EnsurePlan,
  type ResolvedModel,
} from "@llama-orch/model-provisioner";
import {
  startTestRegistry,
  type TestRegistry,
  type TestRegistryOptions,
} from "../../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "../oci-fetcher.ts";
import type { OciFetcherOptions } from "../oci-fetcher-options.ts";

/** A registry, an empty home, an empty cache, and a provisioner between them. References are those of the registry, without its host. */
export interface Setting extends AsyncDisposable {
  readonly registry: TestRegistry;
  readonly home: string;
  readonly cacheDir: string;
  readonly catalog: FsCatalog;
  readonly events: readonly ProvisionEvent[];
  ensure(reference: string, digest?: string, options?: EnsureOptions): Promise<ResolvedModel>;
  plan(reference: string): Promise<EnsurePlan>;
  entry(reference: string): Promise<CatalogEntry | undefined>;
}

export async function openSetting(
  options: OciFetcherOptions = {},
  registryOptions: TestRegistryOptions = {},
): Promise<Setting> {
  const registry = await startTestRegistry(registryOptions);
  const root = await mkdtemp(join(await realpath(tmpdir()), "fetcher-oci-"));
  const [home, cacheDir] = [join(root, "home"), join(root, "cache")];
  const events: ProvisionEvent[] = [];
  const ca = registry.ca === undefined ? {} : { ca: registry.ca };
  const env = { HOME: home, ...options.env };
  const fetcher = ociFetcher({ baseDelayMs: 0, maxDelayMs: 0, ...ca, ...options, env });
  const provisioner = createProvisioner({ cacheDir, fetchers: [fetcher], onEvent: (event) => void events.push(event) });
  const at = (reference: string): `oci:${string}` => `oci://${registry.host}/${reference}`;
  return {
    registry,
    home,
    cacheDir,
    catalog: provisioner.catalog,
    events,
    ensure: (reference, digest, call) => provisioner.ensurePresentStr(at(reference), digest, call),
    plan: (reference) => provisioner.plan(at(reference)),
    entry: (reference) => provisioner.catalog.get(at(reference)),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Files that a person sees, as names below `models/`. */
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
