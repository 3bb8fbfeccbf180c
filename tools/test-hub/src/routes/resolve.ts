import { type FileAddress, openFile, type OpenedFile } from "../access/open-repository.ts";
import { type Answer, textAnswer } from "../http/answer.ts";
import { contentAnswer } from "../http/content-answer.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import { xetHeaders } from "./xet.ts";

/** `/{repo}/resolve/{revision}/{path}`: where a file is. */
export function resolveFile(state: HubState, call: HubCall, address: FileAddress): Answer {
  const opened = openFile(state, call, address);
  const { repository, file } = opened;
  if ((repository.spec.delivery ?? state.settings.delivery) === "plain") return sendFile(call, opened);
  return file.lfs === undefined ? redirectWithin(call, opened) : redirectToCdn(state, call, opened);
}

/** `/api/resolve-cache/models/{repo}/{commit}/{path}`: a small file itself. */
export function resolveCached(state: HubState, call: HubCall, address: FileAddress): Answer {
  return sendFile(call, openFile(state, call, address));
}

function sendFile(call: HubCall, { commit, file }: OpenedFile): Answer {
  return contentAnswer(file.content, call, {
    ...namedAs(file.path),
    "X-Repo-Commit": commit.id,
    ETag: `"${file.lfs?.sha256 ?? file.blobId}"`,
  });
}

function redirectWithin(call: HubCall, { repository, commit, file }: OpenedFile): Answer {
  const path = `/api/resolve-cache/models/${repository.name}/${commit.id}/${encodePath(file.path)}`;
  const etag = encodeURIComponent(`"${file.blobId}"`);
  // The query is for the Hub's own cache: some clients drop it when they follow.
  const location = `${path}?${encodeURIComponent(call.pathAndQuery.split("?", 1).join(""))}=&etag=${etag}`;
  return textAnswer(307, `Temporary Redirect. Redirecting to ${location}`, {
    Location: location,
    "X-Repo-Commit": commit.id,
    "Accept-Ranges": "bytes",
  });
}

function redirectToCdn(state: HubState, call: HubCall, { repository, commit, file }: OpenedFile): Answer {
  const sha256 = file.lfs?.sha256 ?? "";
  const disposition = encodeStrictly(namedAs(file.path)["Content-Disposition"]);
  const lifetimeMs = call.expiredSignatures ? -1000 : state.settings.signedUrlLifetimeMs;
  const target = `/repos/${repository.name}/${sha256}?response-content-disposition=${disposition}`;
  const location = `${state.cdnOrigin}${state.urlSigner.sign(target, lifetimeMs)}`;
  return textAnswer(302, `Found. Redirecting to ${location}`, {
    Location: location,
    "X-Repo-Commit": commit.id,
    "X-Linked-Etag": `"${sha256}"`,
    "X-Linked-Size": String(file.content.sizeBytes),
    "Accept-Ranges": "bytes",
    ...xetHeaders(state, repository, commit, file),
  });
}

function namedAs(path: string): { readonly "Content-Disposition": string } {
  const name = path.split("/").at(-1) ?? path;
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\]/g, "_");
  return { "Content-Disposition": `inline; filename*=UTF-8''${encodeStrictly(name)}; filename="${ascii}";` };
}

/** What is left as it is by clients that write URLs anew before they send them: else the signature would be of another URL. */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
