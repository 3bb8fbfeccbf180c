import { lstat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { artifactFile, type ArtifactLocation, isSafeRelativePath } from "@llama-orch/artifact-store";
import type { FetchedArtifact, FetchedFile, FetchPlan, ModelFetcher } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";

/**
 * A plan comes from somebody else's code, and often from somebody else's server: its paths become paths on this disk.
 * @throws ModelError `FETCHER_BROKE_CONTRACT`
 */
export function assertPlan(plan: FetchPlan, fetcher: ModelFetcher): void {
  const paths = plan.files.map(({ path }) => path);
  const unsafe = paths.find((path) => !isSafeRelativePath(path));
  if (unsafe !== undefined) throw brokenContract(fetcher, `planned the unsafe path ${JSON.stringify(unsafe)}`);
  const folded = new Set(paths.map((path) => path.toLowerCase()));
  // Two names that differ in case alone are one file where the file system folds case: refused everywhere, so that a model is the same everywhere.
  if (plan.location === "managed" && folded.size !== paths.length)
    throw brokenContract(fetcher, "planned a path twice (upper and lower case count as the same)");
  if (paths.length === 0) throw brokenContract(fetcher, "planned no file");
  if (plan.kind === "file" && paths.length !== 1)
    throw brokenContract(fetcher, `planned ${paths.length} files for a single one`);
}

/**
 * What a fetcher says has arrived is looked at before it is believed: regular files of the right size, no links.
 * @throws ModelError `FETCHER_BROKE_CONTRACT`
 */
export async function assertFetched(
  plan: FetchPlan,
  fetched: FetchedArtifact,
  artifact: ArtifactLocation,
  fetcher: ModelFetcher,
): Promise<void> {
  if (plan.location === "external" && !(fetched.externalPath !== undefined && isAbsolute(fetched.externalPath))) {
    throw brokenContract(fetcher, "gave no absolute path for a model that is used in place");
  }
  assertSameFiles(plan, fetched, fetcher);
  // What is used in place may be reached through links, and is read when it is hashed.
  if (plan.location === "managed") for (const file of fetched.files) await assertArrived(artifact, file, fetcher);
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

async function assertArrived(artifact: ArtifactLocation, file: FetchedFile, fetcher: ModelFetcher): Promise<void> {
  const path = artifactFile(artifact, file.path);
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isFile() !== true)
    throw brokenContract(fetcher, `says that ${JSON.stringify(file.path)} is there, and it is not`);
  if (stats.size !== file.sizeBytes) {
    throw brokenContract(
      fetcher,
      `says that ${JSON.stringify(file.path)} has ${file.sizeBytes} bytes, and it has ${stats.size}`,
    );
  }
}

export function brokenContract(fetcher: ModelFetcher, problem: string): Error {
  return provisionerError("FETCHER_BROKE_CONTRACT", {
    message: `The fetcher ${fetcher.name} ${problem}.`,
    hint: "Nothing was registered. Report this to the maintainers of the fetcher; modelFetcherContract shows what it breaks.",
    facts: { fetcher: fetcher.name, problem },
  });
}
