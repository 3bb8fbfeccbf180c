import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import { FsCatalog } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { describe, expect, test, vi } from "vitest";
import { crashEverywhere } from "../../../tools/crash-harness/src/index.ts";
import { composeFetchers } from "./compose/compose-fetchers.ts";
import { verifyModel } from "./maintain/verify-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { crashFetcher } from "./testing/crash-fetcher.ts";
import { placeFile } from "./testing/files.ts";
import { entriesOf } from "./testing/setting.ts";

const script = join(import.meta.dirname, "testing", "crash-ensure.ts");

describe("killed before any file system call of an ensure that changes something, or in the middle of a write,", () => {
  test.each([
    ["a file that is used in place", "model.gguf", "abc"],
    ["a file that is brought", "mem:file", "abc"],
    ["a folder that is brought", "mem:folder", "{}"],
  ])(
    "%s is not there, or there whole; and the next ensure succeeds",
    { timeout: 120_000 },
    async (_what, reference, content) => {
      // One thread makes the calls in the order in which they were asked for, so that they are the same at every run.
      vi.stubEnv("UV_THREADPOOL_SIZE", "1");
      const points = await crashEverywhere({
        script,
        args: [reference],
        prepare,
        verify: (root, { doing }) => verify(root, { reference, content, doing }),
      });
      expect(points.length).toBeGreaterThan(3);
    },
  );
});

async function prepare(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ensure-crash-"));
  await mkdir(join(root, "cache"));
  await placeFile(root, "model.gguf", "abc");
  return root;
}

interface Expected {
  readonly reference: string;
  readonly content: string;
  /** What the program was doing when it was killed. */
  readonly doing: string;
}

async function verify(root: string, { reference, content, doing }: Expected): Promise<void> {
  const damages: unknown[] = [];
  const catalog = new FsCatalog(join(root, "cache"), { onDamaged: (report) => damages.push(report) });
  for (const entry of await entriesOf(catalog)) {
    const presence = await checkPresence(artifactLocation(catalog.cacheDir, entry), entry);
    expect({ doing, presence, ...(await verifyModel(catalog, entry)) }).toMatchObject({
      presence: "intact",
      outcome: "intact",
    });
  }
  await assertNothingPartialShown(catalog.cacheDir, doing);

  const fetcher = composeFetchers(fileFetcher(), crashFetcher());
  const { localPath } = await new ModelProvisioner(catalog, fetcher, { cwd: root }).ensurePresentStr(reference);
  const first = localPath.endsWith(".gguf") ? localPath : join(localPath, "config.json");
  expect({ doing, content: await readFile(first, "utf8"), damages }).toEqual({ doing, content, damages: [] });
}

/** Whatever has a name below `models/`, on record or not, has all of its files. */
async function assertNothingPartialShown(cacheDir: string, doing: string): Promise<void> {
  const shown = await readdir(join(cacheDir, "models"), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = shown.filter((entry) => entry.isFile() && entry.name !== ".id").map(({ name }) => name);
  const whole = [[], ["tiny.gguf"], ["config.json", "one", "two"]];
  expect({ doing, files: files.toSorted() }).toEqual({ doing, files: expect.toBeOneOf(whole) });
}
