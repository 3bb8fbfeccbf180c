import { type DigestText, formatDigest, type ModelRef, parseDigest, schemeOf } from "@llama-orch/catalog-core";
import { ociError } from "../errors.ts";

/** What a reference names, read. */
export interface OciReference {
  /** `host` or `host:port`, lower-case; `docker.io` for Docker Hub, however it is called. */
  readonly registry: string;
  /** `org/model` */
  readonly repository: string;
  /** What is asked for: a tag, or the digest of a manifest. */
  readonly version: { readonly tag: string } | { readonly digest: DigestText };
  /** Of the files of the model: one of them, or a folder. */
  readonly path?: string;
}

/**
 * `oci://host[:port]/name[:tag][@sha256:…][#path]`
 * @throws ModelError `OCI_SCHEME_UNSUPPORTED`, `OCI_REFERENCE_INVALID`
 */
export function readOciRef(ref: ModelRef): OciReference {
  if (ref.kind === "url" && ref.scheme === "oci") return parseOciLocator(ref.url.slice("oci:".length));
  throw ociError("OCI_SCHEME_UNSUPPORTED", {
    message: `${schemeOf(ref)}: references are not fetched by fetcher-oci.`,
    hint: "It serves oci: references; compose the fetcher of the other scheme beside it.",
    facts: { scheme: schemeOf(ref) },
  });
}

/**
 * One text for one thing: the tag that is left out is `latest`, and one beside a digest says nothing more.
 * @throws ModelError `OCI_REFERENCE_INVALID`
 */
export function normalizeOciLocator(locator: string): string {
  return printOciLocator(parseOciLocator(locator));
}

function printOciLocator({ registry, repository, version, path }: OciReference): string {
  const which = "tag" in version ? `:${version.tag}` : `@${version.digest}`;
  return `//${registry}/${repository}${which}${path === undefined ? "" : `#${path}`}`;
}

/** Names, tags and their lengths are those of the distribution specification. */
const component = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;

/** @param locator what follows `oci:`. */
export function parseOciLocator(locator: string): OciReference {
  const [, authority = "", rest = "", fragment] = /^\/\/([^/?#]+)\/([^?#]*)(?:#(.*))?$/s.exec(locator) ?? [];
  if (authority === "") throw invalid(locator, locator.includes("?") ? "it has a query" : "it has no host and name");
  const registry = registryOf(locator, authority);
  const [beforeDigest = "", digestText, ...more] = rest.split("@");
  if (more.length > 0) throw invalid(locator, "it has more than one @");
  const [, name = "", tag] = /^([^:]*)(?::(.*))?$/s.exec(beforeDigest) ?? [];
  const repository = registry === "docker.io" && !name.includes("/") ? `library/${name}` : name;
  if (!repository.split("/").every((part) => component.test(part)) || repository.length > 255)
    throw invalid(locator, `${JSON.stringify(name)} is no name of a repository (lower case, digits, . _ - between)`);
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid(locator, `${JSON.stringify(tag)} is no tag`);
  const version = digestText === undefined ? { tag: tag ?? "latest" } : { digest: digestOf(locator, digestText) };
  const path = pathOf(fragment);
  return { registry, repository, version, ...(path !== undefined && { path }) };
}

/** Docker Hub answers to several names, and means one registry by them. */
const dockerHub: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

function registryOf(locator: string, authority: string): string {
  const url = URL.parse(`https://${authority}/`);
  // A URL reads a backslash as the end of a host.
  if (url === null || url.username !== "" || url.password !== "" || url.pathname !== "/")
    throw invalid(locator, `${JSON.stringify(authority)} is no host`);
  return registryName(url);
}

/** The name under which a registry is known, however it is called. */
export function registryName({ hostname, host }: URL): string {
  return dockerHub.has(hostname) ? "docker.io" : host;
}

function digestOf(locator: string, text: string): DigestText {
  try {
    return formatDigest(parseDigest(text));
  } catch {
    throw invalid(locator, `${JSON.stringify(text)} is no digest (sha256: and 64 hex digits)`);
  }
}

/** A slash at the end says that a folder is meant, which is found out anyway. */
function pathOf(fragment: string | undefined): string | undefined {
  const path = fragment?.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  return path === "" ? undefined : path;
}

function invalid(locator: string, problem: string): Error {
  return ociError("OCI_REFERENCE_INVALID", {
    message: `oci:${locator} does not name a model of a registry: ${problem}.`,
    hint: "Write oci://host/name:tag, or oci://host/name@sha256:…; #path after it selects one of its files.",
    facts: { problem },
  });
}
