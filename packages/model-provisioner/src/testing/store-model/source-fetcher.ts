import { open, readFile, writeFile } from "node:fs/promises";
import {
  type FetchedFile,
  type FetchPlan,
  type IngestTarget,
  type ModelFetcher,
  type ModelRef,
} from "@llama-orch/catalog-core";
import { sha256, type Source, sourceAt, type SourceName, sourceNames } from "./sources.ts";

/** What a fetcher finds when it asks. */
export interface SourceState {
  readonly versions: Readonly<Record<SourceName, number>>;
  /** Counts how often the machine was started, as far as the test plays that: what was written before is not gone on with. */
  readonly boot: number;
}

/** Brings the sources by `src:name`, in two writes for each file, and goes on where a killed process of this boot had come to. */
export function sourceFetcher(state: () => SourceState): ModelFetcher<"src"> {
  return {
    name: "source-fetcher",
    version: "0.0.0",
    schemes: ["src"],
    network: false,
    plan: async (ref): Promise<FetchPlan> => {
      const { kind, files, declaresDigests, revision, entryPoint } = sourceOf(ref, state());
      return {
        ref,
        source: "src:",
        location: "managed",
        kind,
        ...(revision !== undefined && { revision }),
        ...(entryPoint !== undefined && { entryPoint }),
        files: Object.entries(files).map(([path, bytes]) => ({
          path,
          sizeBytes: bytes.length,
          ...(declaresDigests === true && { digest: sha256(bytes) }),
        })),
      };
    },
    async fetch(plan, ingest) {
      const { files } = sourceOf(plan.ref, state());
      const fetched: FetchedFile[] = [];
      let movedBytes = 0;
      for (const { path } of plan.files.filter((file) => !ingest.present.has(file.path))) {
        const bytes = files[path] ?? Buffer.alloc(0);
        movedBytes += await writeRest(bytes, await ingest.target(path), state().boot);
        fetched.push({ path, sizeBytes: bytes.length });
      }
      const sizeBytes = fetched.reduce((sum, file) => sum + file.sizeBytes, 0);
      return { files: fetched, movedBytes, reusedBytes: sizeBytes - movedBytes };
    },
  };
}

function sourceOf(ref: ModelRef, { versions }: SourceState): Source {
  const name = sourceNames.find((known) => ref.kind === "other" && ref.locator === known);
  if (name === undefined) throw new Error("The test ensures what its sources do not have.");
  return sourceAt(name, versions[name]);
}

/** @returns bytes written. */
async function writeRest(bytes: Buffer, target: IngestTarget, boot: number): Promise<number> {
  const { path, existingBytes, journalPath } = target;
  // Which bytes of which content are there for sure.
  const journal = (to: number): string => `${boot} ${sha256(bytes)} ${to}.`;
  const half = Math.floor(bytes.length / 2);
  const noted = await readFile(journalPath, "utf8").catch(() => "");
  const from = [bytes.length, half].find((to) => noted === journal(to) && existingBytes >= to) ?? 0;
  const file = await open(path, from === 0 ? "w" : "r+");
  try {
    for (const [start, end] of [
      [from, half],
      [Math.max(from, half), bytes.length],
    ] as const) {
      if (start >= end) continue;
      await file.write(bytes, start, end - start, start);
      await writeFile(journalPath, journal(end));
    }
  } finally {
    await file.close();
  }
  return bytes.length - from;
}
