import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { hfCliFetcher } from "@llama-orch/fetcher-hf-cli";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { expect, test } from "vitest";
import { startModelHub } from "../../../tools/hf-suite/src/index.ts";
import { realCli } from "../../../tools/real-hf-cli/src/index.ts";
import { hfFetcher } from "./hf-fetcher.ts";

const references = [
  "hf:org/model/model-q4.gguf",
  "hf:org/model/config.json",
  "hf:org/model/sub/folder/model.safetensors",
  "hf:org/model",
  "hf:org/model@v1?include=*.gguf&exclude=*fp16*",
  "hf:org/model@refs%2Fpr%2F1/config.json",
] as const;

test(
  "where both fetch a reference, ids, digests, files and commits are the same",
  { timeout: 300_000 },
  async ({ skip }) => {
    const cli = await realCli("2.4.0");
    if (cli.type === "absent") {
      if (process.env["REQUIRE_REAL"] === "1") throw new Error(cli.reason);
      return skip(cli.reason);
    }
    await using hub = await startModelHub();
    const root = await mkdtemp(join(await realpath(tmpdir()), "same-"));
    const env = { HOME: join(root, "home"), PATH: cli.bin, HF_ENDPOINT: hub.endpoint, HF_HUB_DISABLE_XET: "1" };
    const [ours, theirs] = [hfFetcher({ env }), hfCliFetcher({ env })].map((fetcher, index) =>
      createProvisioner({ cacheDir: join(root, String(index)), fetchers: [fetcher] }),
    );
    for (const reference of references) {
      const entries: (CatalogEntry | undefined)[] = [];
      for (const provisioner of [ours, theirs]) {
        const { id } = (await provisioner?.ensurePresentStr(reference)) ?? { id: "" };
        entries.push(await provisioner?.catalog.get(id));
      }
      const [one, other] = entries.map(factsOf);
      expect(one).toEqual(other);
    }
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  },
);

function factsOf(entry: CatalogEntry | undefined): unknown {
  return {
    id: entry?.id,
    kind: entry?.kind,
    digest: entry?.digest,
    trust: entry?.trust,
    revision: entry?.provenance.revision,
    files: entry?.files
      .map(({ path, sizeBytes, digest }) => ({ path, sizeBytes, digest }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
