import { hash } from "node:crypto";
import type { HubState } from "../hub-state.ts";
import type { Commit } from "../repository/git-commit.ts";
import type { HubFile } from "../repository/hub-file.ts";
import type { StoredRepository } from "../repository/repository.ts";

/** Stands for the Merkle hash that Xet would give; it only has the form of one. */
export function xetHashOf({ spec }: StoredRepository, { lfs }: HubFile): string | undefined {
  return spec.xet && lfs !== undefined ? hash("sha256", `xet ${lfs.sha256}`) : undefined;
}

/** The headers by which a redirect to the CDN says that the file may be had from Xet as well. */
export function xetHeaders(
  { endpoint }: HubState,
  repository: StoredRepository,
  commit: Commit,
  file: HubFile,
): Readonly<Record<string, string>> {
  const xetHash = xetHashOf(repository, file);
  if (xetHash === undefined) return {};
  const auth = `${endpoint}/api/models/${repository.name}/xet-read-token/${commit.id}`;
  return { "X-Xet-Hash": xetHash, Link: `<${auth}>; rel="xet-auth"` };
}
