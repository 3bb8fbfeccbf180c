import { open, readFile, writeFile } from "node:fs/promises";
import { type DigestText, type FetchPlan, fileError, type ModelFetcher } from "@llama-orch/catalog-core";

export interface HaltingFetcher extends ModelFetcher<"halt"> {
  /** How often it was asked to fetch, and the bytes that it moved in each. */
  readonly moved: number[];
}

export interface HaltingOptions {
  /** What the source has. Read anew at each call. */
  readonly content: () => string;
  readonly revision?: () => string;
  /** The fetches (1 for the first) that break off after half of what was to be moved, and with what. */
  readonly breaks: Readonly<Record<number, () => unknown>>;
  /** Whether the plan tells the digest. */
  readonly digest?: () => DigestText;
}

/** A fetcher that breaks off, and goes on where it had: by its journal, which holds how much it has written. */
export function haltingFetcher(options: HaltingOptions): HaltingFetcher {
  const moved: number[] = [];
  return {
    name: "halting-fetcher",
    version: "0.0.0",
    schemes: ["halt"],
    network: false,
    moved,
    plan: async (ref): Promise<FetchPlan> => ({
      ref,
      source: "halt:x",
      location: "managed",
      kind: "file",
      ...(options.revision && { revision: options.revision() }),
      files: [
        { path: "x.gguf", sizeBytes: options.content().length, ...(options.digest && { digest: options.digest() }) },
      ],
    }),
    async fetch(_plan, ingest, { signal }) {
      signal.throwIfAborted();
      const content = Buffer.from(options.content());
      const { path, existingBytes, journalPath } = await ingest.target("x.gguf");
      const from = Math.min(existingBytes, Number(await readFile(journalPath, "utf8").catch(() => "0")));
      const breaksWith = options.breaks[moved.length + 1];
      const to = breaksWith === undefined ? content.length : Math.floor((from + content.length) / 2);
      const file = await open(path, from === 0 ? "w" : "r+");
      await file.write(content, from, to - from, from);
      await file.close();
      await writeFile(journalPath, String(to));
      moved.push(to - from);
      if (breaksWith !== undefined) throw breaksWith();
      return { files: [{ path: "x.gguf", sizeBytes: to }], movedBytes: to - from, reusedBytes: from };
    },
  };
}

/** What the operating system says when the line breaks, as a fetcher would hand it on. */
export function broken(): Error {
  return fileError("FILE_IO", { message: "The line broke.", hint: "Try again.", facts: {} });
}
