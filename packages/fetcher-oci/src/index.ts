export { type OciErrorCode } from "./errors.ts";
export { OciFetcher, ociFetcher } from "./oci-fetcher.ts";
export { type OciFetcherOptions, type RegistryCredentials } from "./oci-fetcher-options.ts";
export { type ArchiveLimits } from "./archive/archive-limits.ts";
export { inspectLogins, type LoginFile } from "./credentials/inspect-logins.ts";
export { normalizeOciLocator } from "./reference/oci-reference.ts";
