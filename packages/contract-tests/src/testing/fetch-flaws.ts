import { createHash } from "node:crypto";
import { appendFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FetchedArtifact, Ingest } from "@llama-orch/catalog-core";
import { broken, brokenArtifact, type BrokenFetcher } from "./broken-fetcher.ts";
import { latency } from "./map-catalog.ts";

const exactBytes = "fetch brings exactly the bytes";
const reportedOnce = "fetch reports every planned file once, with its size";
const rightSha256 = "fetch reports the sha256 of every file, and it is right";
const presentOnes = "fetch brings what is not present yet, and what it brings besides is right";
const unjournaled = "fetch does not trust leftovers that no journal vouches for";
const accounts = "fetch accounts for the bytes that moved and those that were there";
const changed =
  "a model that changed since it was planned is brought as planned, by a plan of what it is now, or not at all";

/** What can be wrong with what a fetch brings, and says that it has brought. */
export const fetchFlaws: readonly BrokenFetcher[] = [
  afterFetch("loses the last byte", [exactBytes], async (ingest, { files }) => {
    for (const { path, sizeBytes } of files)
      await truncate((await ingest.target(path)).path, Math.max(0, sizeBytes - 1));
  }),
  afterFetch("translates line ends", [exactBytes], async (ingest, { files }) => {
    for (const { path } of files) {
      const target = await ingest.target(path);
      const text = await readFile(target.path, "utf8");
      await writeFile(target.path, text.replaceAll("U", "\r\n"));
    }
  }),
  afterFetch("writes outside the ingest", ["fetch writes nothing outside the ingest"], async (ingest) => {
    await writeFile(join(ingest.directory, "..", "cache.lock"), "");
  }),
  broken("keeps its state beside the source", ["fetch writes nothing outside the ingest"], (sound, directory) => ({
    async fetch(plan, ingest, context) {
      await writeFile(join(directory, "state.json"), "{}");
      return sound.fetch(plan, ingest, context);
    },
  })),

  broken("leaves out everything when something is present", [presentOnes], (sound) => ({
    async fetch(plan, ingest, context) {
      const artifact = await sound.fetch(plan, ingest, context);
      return ingest.present.size > 0 ? { ...artifact, files: [] } : artifact;
    },
  })),
  broken("reports what is present as brought, and brings nothing", [presentOnes], (sound) => ({
    async fetch(plan, ingest, context) {
      const artifact = await sound.fetch(plan, ingest, context);
      const here = plan.files.filter(({ path }) => ingest.present.has(path));
      const files = here.map(({ path, sizeBytes = 0 }) => ({ path, sizeBytes }));
      const others = artifact.files.filter(({ path }) => !ingest.present.has(path));
      for (const { path } of here) await rm((await ingest.target(path)).path, { force: true });
      return { ...artifact, files: [...others, ...files] };
    },
  })),

  brokenArtifact("reports a file twice", [reportedOnce], ({ files }) => ({ files: [...files, ...files] })),
  brokenArtifact("reports no files", [reportedOnce], () => ({ files: [] })),
  brokenArtifact("reports a wrong size", [reportedOnce], ({ files }) => ({
    files: files.map((file) => ({ ...file, sizeBytes: file.sizeBytes + 1 })),
  })),
  brokenArtifact("reports the digest of other bytes", [rightSha256], ({ files }) => ({
    files: files.map((file) => ({ ...file, digests: [`sha256:${createHash("sha256").digest("hex")}` as const] })),
  })),
  brokenArtifact("reports no digest", [rightSha256], ({ files }) => ({
    files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
  })),
  broken("knows sha256 alone", ["fetch hashes with the algorithm of the expected digest as well"], (sound) => ({
    fetch(plan, ingest, context) {
      const { expectedDigest: _, ...rest } = context;
      return sound.fetch(plan, ingest, rest);
    },
  })),
  broken("reports digests, and is said to report none", ["fetch reports no digest, as declared"], () => ({}), {
    supports: { inFlightDigests: false },
  }),
  brokenArtifact("counts no bytes", [accounts], () => ({ movedBytes: 0 })),
  brokenArtifact("counts bytes that are no number", [accounts], () => ({ movedBytes: Number.NaN })),
  brokenArtifact("counts bytes below zero", [accounts], () => ({ reusedBytes: -1 })),

  broken(
    "appends to what is there",
    ["a second fetch into the same ingest gives the same bytes", unjournaled],
    (sound) => ({
      async fetch(plan, ingest, context) {
        const before = new Map<string, Buffer>();
        for (const { path } of plan.files) {
          const target = await ingest.target(path);
          if (target.existingBytes > 0) before.set(path, await readFile(target.path));
        }
        const artifact = await sound.fetch(plan, ingest, context);
        for (const [path, bytes] of before) await appendFile((await ingest.target(path)).path, bytes);
        return artifact;
      },
    }),
  ),
  broken("trusts any file of the right size", [unjournaled], (sound) => ({
    async fetch(plan, ingest, context) {
      const targets = await Promise.all(
        plan.files.map(async (file) => ({ file, target: await ingest.target(file.path) })),
      );
      const isHere = targets.every(({ file, target }) => target.existingBytes === file.sizeBytes);
      if (!isHere) return sound.fetch(plan, ingest, context);
      const files = plan.files.map(({ path, sizeBytes = 0 }) => ({ path, sizeBytes }));
      return { files, movedBytes: 0, reusedBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
    },
  })),
  broken("keeps the ingest of one fetch for all", ["concurrent fetches into two ingests do not meet"], (sound) => {
    let current: Ingest | undefined;
    return {
      async fetch(plan, ingest, context) {
        current = ingest;
        await latency();
        return sound.fetch(plan, current, context);
      },
    };
  }),
  broken("brings what is there now, whatever was planned", [changed], (sound) => ({
    async fetch(plan, ingest, context) {
      return sound.fetch(await sound.plan(plan.ref, context), ingest, context);
    },
  })),
  broken("brings what is there now, by a copy of the plan", [changed], (sound) => ({
    async fetch(plan, ingest, context) {
      const artifact = await sound.fetch(await sound.plan(plan.ref, context), ingest, context);
      return { ...artifact, plan: { ...plan } };
    },
  })),
  broken("brings what is there now, by a plan of something else", [changed], (sound) => ({
    async fetch(plan, ingest, context) {
      const now = await sound.plan(plan.ref, context);
      const artifact = await sound.fetch(now, ingest, context);
      const files = now.files.map((file) => ({ ...file, sizeBytes: (file.sizeBytes ?? 0) + 1 }));
      return { ...artifact, plan: { ...now, files } };
    },
  })),
  broken("notices a change with a plain Error", [changed], (sound) => ({
    async fetch(plan, ingest, context) {
      return sound.fetch(plan, ingest, context).catch(() => {
        throw new Error("stale");
      });
    },
  })),
];

/** Does something of its own after a sound fetch. */
function afterFetch(
  flaw: string,
  caughtBy: readonly string[],
  spoil: (ingest: Ingest, artifact: FetchedArtifact) => Promise<void>,
): BrokenFetcher {
  return broken(flaw, caughtBy, (sound) => ({
    async fetch(plan, ingest, context) {
      const artifact = await sound.fetch(plan, ingest, context);
      await spoil(ingest, artifact);
      return artifact;
    },
  }));
}
