import { lstat, realpath } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { artifactFile, isSafeRelativePath } from "@llama-orch/artifact-store";
import type { FetchedArtifact, FetchedFile, FetchPlan, ModelFetcher, PlannedFile } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";

/**
 * A plan comes from somebody else's code, and often from somebody else's server: its paths become paths on this disk.
 * @throws ModelError `FETCHER_BROKE_CONTRACT`
 */
export function assertPlan(plan: FetchPlan, fetcher: ModelFetcher): void {
  if (!hasFiles(plan)) throw brokenContract(fetcher, "gave no plan");
  assertFacts(plan.files, fetcher);
  const paths = plan.files.map(({ path }) => path);
  const unsafe = paths.find((path) => !isSafeRelativePath(path));
  if (unsafe !== undefined) throw brokenContract(fetcher, `planned the unsafe path ${JSON.stringify(unsafe)}`);
  const folded = new Set(paths.map((path) => path.normalize("NFC").toLowerCase()));
  // Two names that differ in case alone are one file where the file system folds case: refused everywhere, so that a model is the same everywhere.
  if (plan.location === "managed" && folded.size !== paths.length)
    throw brokenContract(fetcher, "planned a path twice (upper and lower case count as the same)");
  if (plan.isOpen === true && (plan.kind === "file" || plan.location === "external"))
    throw brokenContract(fetcher, "left open which files a plan has that is not of a managed directory");
  if (paths.length === 0 && plan.isOpen !== true) throw brokenContract(fetcher, "planned no file");
  if (plan.kind === "file" && paths.length !== 1)
    throw brokenContract(fetcher, `planned ${paths.length} files for a single one`);
}

/**
 * What a fetcher says has arrived is looked at before it is believed: regular files of the right size, no links.
 * @param tree the ingest's folder; undefined for a model that is used in place.
 * @throws ModelError `FETCHER_BROKE_CONTRACT`
 */
export async function assertFetched(
  plan: FetchPlan,
  fetched: FetchedArtifact,
  { tree, fetcher }: { readonly tree: string | undefined; readonly fetcher: ModelFetcher },
): Promise<void> {
  if (!hasFiles(fetched)) throw brokenContract(fetcher, "did not say what it brought");
  if (plan.location === "external" && !(fetched.externalPath !== undefined && isAbsolute(fetched.externalPath))) {
    throw brokenContract(fetcher, "gave no absolute path for a model that is used in place");
  }
  assertPlan(plan, fetcher);
  if (plan.isOpen === true)
    throw brokenContract(fetcher, "did not say which files there are after it had brought them");
  assertSameFiles(plan, fetched, fetcher);
  assertFacts(fetched.files, fetcher);
  assertEntryPoint(fetched.entryPoint ?? plan.entryPoint, plan, fetcher);
  // What is used in place may be reached through links, and is read when it is hashed.
  if (tree === undefined) return;
  for (const file of fetched.files) await assertArrived(tree, file, fetcher);
}

/** Fetchers may be written without types. */
function hasFiles(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "files" in answer && Array.isArray(answer.files);
}

/** Digests and sizes go into the record, and a digest names a folder. */
function assertFacts(files: readonly Partial<PlannedFile & FetchedFile>[], fetcher: ModelFetcher): void {
  for (const { path, sizeBytes, digest, digests = [] } of files) {
    const name = JSON.stringify(path);
    if (typeof path !== "string") throw brokenContract(fetcher, "gave a file without a path");
    if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
      throw brokenContract(fetcher, `gave ${String(sizeBytes)} as the size of ${name}`);
    }
    const wrong = [digest, ...digests].find((text) => text !== undefined && !isDigestText(text));
    if (wrong !== undefined) throw brokenContract(fetcher, `gave ${JSON.stringify(wrong)} as a digest of ${name}`);
  }
}

function isDigestText(text: string): boolean {
  return /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

function assertEntryPoint(entryPoint: string | undefined, plan: FetchPlan, fetcher: ModelFetcher): void {
  if (entryPoint === undefined) return;
  if (plan.kind === "directory" && plan.files.some(({ path }) => path === entryPoint)) return;
  throw brokenContract(fetcher, `named ${JSON.stringify(entryPoint)} as the entry point, which is none of its files`);
}

function assertSameFiles(plan: FetchPlan, fetched: FetchedArtifact, fetcher: ModelFetcher): void {
  const planned = new Map(plan.files.map((file) => [file.path, file]));
  for (const file of fetched.files) {
    const expected = planned.get(file.path);
    if (expected === undefined)
      throw brokenContract(fetcher, `brought ${JSON.stringify(file.path)}, which was not planned, or brought it twice`);
    planned.delete(file.path);
    if (expected.sizeBytes !== undefined && expected.sizeBytes !== file.sizeBytes) {
      throw brokenContract(
        fetcher,
        `brought ${file.sizeBytes} bytes of ${JSON.stringify(file.path)}, and ${expected.sizeBytes} were planned`,
      );
    }
  }
  const [missing] = planned.keys();
  if (missing !== undefined) throw brokenContract(fetcher, `did not bring ${JSON.stringify(missing)}`);
}

async function assertArrived(tree: string, file: FetchedFile, fetcher: ModelFetcher): Promise<void> {
  const path = artifactFile({ kind: "directory", root: tree }, file.path);
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true || !(await isBelow(tree, file.path))) {
    throw brokenContract(fetcher, `says that ${JSON.stringify(file.path)} is there, and it is not`);
  }
  if (stats.size !== file.sizeBytes) {
    throw brokenContract(
      fetcher,
      `says that ${JSON.stringify(file.path)} has ${file.sizeBytes} bytes, and it has ${stats.size}`,
    );
  }
}

/** A link among the folders above a file would lead out of the ingest. */
async function isBelow(tree: string, path: string): Promise<boolean> {
  const found = await realpath(artifactFile({ kind: "directory", root: tree }, path));
  return found === artifactFile({ kind: "directory", root: await realpath(tree) }, path);
}

export function brokenContract(fetcher: ModelFetcher, problem: string): Error {
  return provisionerError("FETCHER_BROKE_CONTRACT", {
    message: `The fetcher ${fetcher.name} ${problem}.`,
    hint: "Nothing was registered. Report this to the maintainers of the fetcher; modelFetcherContract shows what it breaks.",
    facts: { fetcher: fetcher.name, problem },
  });
}
