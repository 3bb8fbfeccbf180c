import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  formatDigest,
  type Ingest,
  type ModelFetcher,
  type ModelRef,
  parseDigest,
  type PlannedFile,
} from "@llama-orch/catalog-core";
import { receiveFile } from "./receive-file.ts";
import { shelfError } from "./shelf-errors.ts";
import { askText } from "./shelf-http.ts";

/**
 * `shelf:name`, brought from a server of one's own:
 *
 *     GET /models/<name>/manifest.json      { "version": …, "files": [{ "path", "sizeBytes", "sha256" }, …] }
 *     GET /models/<name>/<version>/<path>   a file of that version, which never changes; by ranges, where the server can
 *
 * @param baseUrl without a slash at its end: `http://127.0.0.1:8080`.
 */
export function shelfFetcher(baseUrl: string): ModelFetcher<"shelf"> {
  return {
    name: "shelf-fetcher",
    version: "0.0.0",
    schemes: ["shelf"],
    network: true,
    normalize: nameOf,
    plan: async (ref, context) => planFrom(`${baseUrl}/models/${nameIn(ref)}`, ref, context),
    fetch: fetchPlanned,
  };
}

/** `shelf:Tiny` and `shelf:tiny` are one model, and get one id. */
function nameOf(locator: string): string {
  const name = locator.toLowerCase();
  if (/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name)) return name;
  throw shelfError("SHELF_NAME_INVALID", {
    message: `${JSON.stringify(locator)} is no name of a model on the shelf.`,
    hint: "Write shelf:name, with up to 100 letters, digits, dots, dashes and underscores.",
    facts: { name: locator },
  });
}

function nameIn(ref: ModelRef): string {
  if (ref.kind === "other") return nameOf(ref.locator);
  throw shelfError("SHELF_FORM_UNSUPPORTED", {
    message: `The shelf does not serve references of the kind ${ref.kind}.`,
    hint: "Write shelf:name, without slashes.",
  });
}

async function planFrom(folder: string, ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
  const url = `${folder}/manifest.json`;
  const { version, files } = parseManifest(await askText(url, context), url);
  return {
    ref,
    // The version is a part of it: what is fetched from here is what was planned, or nothing.
    source: `${folder}/${encodeURIComponent(version)}`,
    location: "managed",
    kind: files.length === 1 ? "file" : "directory",
    revision: version,
    files,
  };
}

async function fetchPlanned(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
  const received = [];
  for (const file of plan.files) {
    context.signal.throwIfAborted();
    const url = `${plan.source}/${file.path.split("/").map(encodeURIComponent).join("/")}`;
    received.push(await receiveFile({ url, file, target: await ingest.target(file.path), context }));
  }
  return {
    files: received.map(({ file }) => file),
    movedBytes: received.reduce((sum, { movedBytes }) => sum + movedBytes, 0),
    reusedBytes: received.reduce((sum, { reusedBytes }) => sum + reusedBytes, 0),
  };
}

function parseManifest(
  text: string,
  url: string,
): { readonly version: string; readonly files: readonly PlannedFile[] } {
  try {
    const manifest: unknown = JSON.parse(text);
    if (!isRecord(manifest) || typeof manifest["version"] !== "string" || !Array.isArray(manifest["files"])) {
      throw new TypeError("it has no version, or no files");
    }
    return { version: manifest["version"], files: manifest["files"].map(parseFile) };
  } catch (cause) {
    throw shelfError("SHELF_ANSWER_INVALID", {
      message: `${url} is not a manifest.`,
      hint: "Check that this is the address of a shelf; the cause says what is wrong with its answer.",
      facts: { url },
      cause,
    });
  }
}

function parseFile(file: unknown): PlannedFile {
  if (!isRecord(file) || typeof file["path"] !== "string" || typeof file["sizeBytes"] !== "number") {
    throw new TypeError("a file has no path, or no size");
  }
  const digest = formatDigest(parseDigest(`sha256:${String(file["sha256"])}`));
  return { path: file["path"], sizeBytes: file["sizeBytes"], digest };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
