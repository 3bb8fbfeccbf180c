import type { ResponseHead } from "@llama-orch/transfer";
import type { HubQuestion } from "./hub-failure.ts";
import type { HubFile, HubSnapshot } from "./hub-file.ts";
import { type Hub, invalidAnswer } from "./hub.ts";

/**
 * What the Hub has at one path, of one commit, by one question. It answers in three ways: a small file is redirected to
 * within the host; one of large storage to another host, and then its facts are on the redirect (`X-Linked-…`); and mirrors
 * give a plain 200.
 */
export async function findFile(hub: Hub, about: HubQuestion & { readonly path: string }): Promise<HubSnapshot> {
  const { headers } = await hub.headOfFile(about);
  const commit = headers.get("x-repo-commit") ?? about.revision ?? "";
  const sizeBytes = Number(headers.get("x-linked-size") ?? headers.get("content-length") ?? Number.NaN);
  const url = hub.fileUrl(about.repository, about.revision ?? "main", about.path);
  if (!/^[0-9a-f]{40}$/.test(commit)) throw invalidAnswer(url, "it names no commit (X-Repo-Commit)");
  if (!Number.isSafeInteger(sizeBytes)) throw invalidAnswer(url, "it names no size");
  return { commit, files: [{ path: about.path, sizeBytes, ...namesOf({ headers }) }] };
}

/** The ETag is the sha256 of the content for large storage, and git's sha1 for the others. */
function namesOf({ headers }: Pick<ResponseHead, "headers">): Pick<HubFile, "sha256" | "blobId"> {
  const text = headers.get("x-linked-etag") ?? headers.get("etag") ?? "";
  const etag = text.replace(/^W\//, "").replaceAll('"', "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(etag)) return { sha256: etag };
  return /^[0-9a-f]{40}$/.test(etag) ? { blobId: etag } : {};
}
