import { parseHfQuery, printHfQuery } from "./hf-globs.ts";
import type { HfRef, HfSelection } from "./model-ref.ts";
import { redactByLook } from "../redact/redact.ts";
import { percentDecode, percentEncode, percentEncodeSigns } from "./percent.ts";
import { type RefPart, refuse } from "./ref-refusal.ts";
import { hasForbiddenCharacter } from "./ref-text.ts";

const hfHint =
  "Write hf:org/repo, hf:org/repo/file.gguf, hf:org/repo:Q4_K_M or hf:org/repo@revision, as in hf:openai-community/gpt2.";

/** `hf:org/repo[@revision][/path | :TAG | ?include=GLOB&exclude=GLOB]`, also with `//` after the colon. */
export function parseHfRef(text: string): HfRef {
  const body = text.slice("hf:".length).replace(/^\/\//, "");
  const question = body.indexOf("?");
  const names = question < 0 ? body : body.slice(0, question);
  const query = question < 0 ? undefined : body.slice(question + 1);

  const [org = "", repository, ...path] = names.split("/");
  assertName(text, "org", org);
  if (repository === undefined) throw refuse(text, { part: "repo", problem: "the repo is missing", hint: hfHint });
  const { repo, revision, tag } = splitRepository(text, repository);
  assertName(text, "repo", repo);
  return Object.freeze({
    kind: "hf",
    org,
    repo,
    ...(revision === undefined ? {} : { revision: parseRevision(text, revision) }),
    selection: Object.freeze(parseSelection(text, { path, tag, query })),
  });
}

/** What looks as if it held a secret has its signs encoded: redacted, its id would name nothing. */
export function printHfRef(ref: HfRef): string {
  const readable = printParts(ref, { revision: encodeURIComponent, path: (path) => percentEncode(path, /[%?#]/g) });
  if (redactByLook(readable) === readable) return readable;
  const path = (text: string): string => text.split("/").map(percentEncodeSigns).join("/");
  return printParts(ref, { revision: (text) => percentEncodeSigns(text).replaceAll("/", "%2F"), path });
}

interface PartEncoders {
  readonly revision: (text: string) => string;
  readonly path: (text: string) => string;
}

function printParts({ org, repo, revision, selection }: HfRef, encode: PartEncoders): string {
  const repository = `hf:${org}/${repo}${revision === undefined ? "" : `@${encode.revision(revision)}`}`;
  switch (selection.type) {
    case "repository":
      return repository + printHfQuery(selection);
    case "path":
      return `${repository}/${encode.path(selection.path)}`;
    case "tag":
      return `${repository}:${selection.tag}`;
  }
}

/** `repo[@revision][:TAG]`. A colon cannot stand in a revision: git does not allow it. */
function splitRepository(
  text: string,
  segment: string,
): { repo: string; revision: string | undefined; tag: string | undefined } {
  const [, repo = "", revision, tag] = /^([^@:]*)(?:@([^:]*))?(?::(.*))?$/s.exec(segment) ?? [];
  if (tag?.includes("@") === true) {
    throw refuse(text, {
      part: "tag",
      problem: "a revision stands after the tag",
      hint: "Write the revision first: hf:org/repo@revision:TAG.",
    });
  }
  return { repo, revision, tag };
}

/** What the Hub allows, which also keeps names from being taken for an option or a path. */
function assertName(text: string, part: "org" | "repo", name: string): void {
  if (name === "") throw refuse(text, { part, problem: `the ${part} is empty`, hint: hfHint });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(name) || name.includes("..")) {
    throw refuse(text, {
      part,
      problem: `the ${part} ${JSON.stringify(name)} is not a name of the Hub`,
      hint: `A name has up to 96 letters, digits, dots, dashes and underscores, and begins with a letter or digit. ${hfHint}`,
    });
  }
}

function parseRevision(text: string, raw: string): string {
  return decodedPart(text, "revision", raw, "Write a branch, tag or commit after the @, with %2F for a slash in it.");
}

interface SelectionText {
  readonly path: readonly string[];
  readonly tag: string | undefined;
  readonly query: string | undefined;
}

function parseSelection(text: string, { path, tag, query }: SelectionText): HfSelection {
  if (query !== undefined && query !== "" && (tag !== undefined || path.length > 0)) {
    throw refuse(text, {
      part: "query",
      problem: `patterns stand beside a ${tag === undefined ? "path" : "tag"}`,
      hint: "Choose one: hf:org/repo/path, hf:org/repo:TAG, or hf:org/repo?include=GLOB. Write %3F for a question mark in a path.",
    });
  }
  if (tag !== undefined) return parseTag(text, tag, path);
  if (path.length === 0) return parseHfQuery(text, query ?? "");
  const hint = "Write the path as the repository shows it, without . or .., with %25 for a percent sign.";
  return { type: "path", path: decodedPart(text, "path", path.join("/"), hint) };
}

/** Tags are case-insensitive on the Hub: one id for both spellings. */
function parseTag(text: string, tag: string, path: readonly string[]): HfSelection {
  const hint = "Write a quantization tag such as hf:org/repo:Q4_K_M, or a path: hf:org/repo/file.gguf.";
  if (path.length > 0) throw refuse(text, { part: "path", problem: "a path stands beside a tag", hint });
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(tag)) {
    throw refuse(text, { part: "tag", problem: `the tag ${JSON.stringify(tag)} is not one`, hint });
  }
  return { type: "tag", tag: tag.toUpperCase() };
}

/** A decoded path or revision whose segments are safe to be put into URLs, folders and argument lists. */
function decodedPart(text: string, part: RefPart & ("path" | "revision"), raw: string, hint: string): string {
  const decoded = percentDecode(raw);
  const problem = decoded === undefined ? "malformed percent-encoding" : segmentProblem(decoded);
  if (decoded === undefined || problem !== undefined) {
    throw refuse(text, { part, problem: `its ${part} has ${problem}`, hint });
  }
  return decoded;
}

function segmentProblem(decoded: string): string | undefined {
  const segments = decoded.split("/");
  if (segments.includes("")) return "an empty segment";
  if (segments.some((segment) => segment === "." || segment === "..")) return "a segment that is . or ..";
  if (segments.some((segment) => segment.startsWith("-"))) return "a segment that begins with a dash";
  if (decoded.includes("\\")) return "a backslash";
  return hasForbiddenCharacter(decoded) ? "a control character" : undefined;
}
