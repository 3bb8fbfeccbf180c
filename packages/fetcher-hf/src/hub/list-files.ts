import { infoDocument, treeDocument } from "./documents.ts";
import type { HubQuestion } from "./hub-failure.ts";
import type { HubFile, HubSnapshot } from "./hub-file.ts";
import { encodePath, type Hub, invalidAnswer } from "./hub.ts";

/** From so many files on the Hub may leave some out of what it tells of a repository at once. */
const manyFiles = 10_000;

/** All files of a repository, and the commit that its revision names: by one question, so that they belong together. */
export async function listRepository(hub: Hub, about: HubQuestion): Promise<HubSnapshot> {
  const { repository, revision = "main" } = about;
  const url = hub.apiUrl(repository, `revision/${encodeURIComponent(revision)}?blobs=true`);
  const parsed = infoDocument.safeParse((await hub.json(url, about)).value);
  if (!parsed.success) throw invalidAnswer(url, "it names no commit", parsed.error);
  const { sha: commit, siblings } = parsed.data;
  const isWhole =
    siblings !== undefined && siblings.length < manyFiles && siblings.every(({ size }) => size !== undefined);
  if (!isWhole) return { commit, files: await listFolder(hub, { ...about, revision: commit }, "") };
  const files = siblings.map(({ rfilename: path, size, blobId, lfs }): HubFile => ({
    path,
    sizeBytes: lfs?.size ?? size ?? 0,
    ...(lfs !== undefined && { sha256: lfs.sha256 }),
    ...(blobId !== undefined && { blobId }),
  }));
  return { commit, files };
}

/** All files in a folder and below, of a commit; page by page. */
export async function listFolder(hub: Hub, about: HubQuestion, folder: string): Promise<readonly HubFile[]> {
  const { repository, revision = "main" } = about;
  const below = folder === "" ? "" : `/${encodePath(folder)}`;
  const files: HubFile[] = [];
  let url: string | undefined = hub.apiUrl(repository, `tree/${encodeURIComponent(revision)}${below}?recursive=true`);
  while (url !== undefined) {
    const { value, next } = await hub.json(url, about);
    const parsed = treeDocument.safeParse(value);
    if (!parsed.success) throw invalidAnswer(url, "it lists no files", parsed.error);
    for (const { type, path, size = 0, oid, lfs } of parsed.data) {
      if (type !== "file") continue;
      const names = { ...(lfs !== undefined && { sha256: lfs.oid }), ...(oid !== undefined && { blobId: oid }) };
      files.push({ path, sizeBytes: lfs?.size ?? size, ...names });
    }
    url = next;
  }
  return files;
}
