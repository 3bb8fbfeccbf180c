import { type NetworkFetcherOptions, type TransferOptions, transferOptionsOf } from "@llama-orch/transfer";
import type { ArchiveLimits } from "./archive/archive-limits.ts";
import { parseArchiveLimits } from "./archive/archive-limits.ts";
import type { Environment } from "./credentials/environment.ts";
import { invalidOption } from "./invalid-option.ts";
import { registryName } from "./reference/oci-reference.ts";

/** With whom a registry is dealing. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** Which registries are asked, as whom; and the way in which their layers are transferred. */
export interface OciFetcherOptions extends NetworkFetcherOptions {
  /**
   * Asked when a registry does not answer without.
   * @default the files that `docker login`, `podman login`, `oras login` write, and the credential helpers that they name
   */
  readonly credentials?: (registry: string) => Promise<RegistryCredentials | undefined>;
  /** Registries (`host` or `host:port`) that are asked in the clear. Those of this machine always are. @default none */
  readonly plainHttp?: readonly string[];
  /**
   * Other places of a registry's content, as `host`, `host:port` or `host/prefix`: asked before it, in this order. What they
   * give is believed by its digest; which manifest a tag means, they are believed.
   * @default none
   */
  readonly mirrors?: Readonly<Record<string, readonly string[]>>;
  /** Of an index with several manifests: `linux/amd64`, `linux/arm64/v8`. @default linux on this machine's processor */
  readonly platform?: string;
  /** Of archives: what they may come to. */
  readonly archives?: Partial<ArchiveLimits>;
  /**
   * Where the usual variables are read: `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG`, `XDG_RUNTIME_DIR`, `HOME`.
   * @default the environment of this process
   */
  readonly env?: Environment;
}

export interface OciSettings {
  readonly credentials: OciFetcherOptions["credentials"];
  readonly plainHttp: ReadonlySet<string>;
  readonly mirrors: ReadonlyMap<string, readonly Mirror[]>;
  readonly platform: string | undefined;
  readonly archives: ArchiveLimits;
  readonly env: Environment;
  readonly transfer: Partial<TransferOptions>;
}

/** Another place of a registry. */
export interface Mirror {
  readonly registry: string;
  /** Stands before each repository's name; ends with a slash, or is empty. */
  readonly prefix: string;
}

/** @throws ModelError `OCI_OPTION_INVALID` */
export function parseOciOptions(options: OciFetcherOptions): OciSettings {
  const { credentials, plainHttp = [], mirrors = {}, platform, archives = {}, env = inheritedEnvironment() } = options;
  if (platform !== undefined && !/^[a-z0-9]+\/[a-z0-9_]+(\/[a-z0-9.]+)?$/.test(platform))
    throw invalidOption("platform", platform, "Write it as linux/amd64 or linux/arm64/v8.");
  return Object.freeze({
    credentials,
    plainHttp: new Set(plainHttp.map((host) => parseHost("plainHttp", host).registry)),
    mirrors: new Map(
      Object.entries(mirrors).map(([registry, places]) => [
        parseHost("mirrors", registry).registry,
        places.map((place) => parseHost("mirrors", place)),
      ]),
    ),
    platform,
    archives: parseArchiveLimits(archives),
    env,
    transfer: transferOptionsOf(options),
  });
}

function parseHost(option: string, text: string): Mirror {
  const [, host = "", prefix = ""] = /^([^/?#@\s]+)(?:\/([a-z0-9._/-]+?))?\/*$/.exec(text) ?? [];
  const url = host === "" ? null : URL.parse(`https://${host}/`);
  if (url === null || (option === "plainHttp" && prefix !== ""))
    throw invalidOption(option, text, "Registries are written as host or host:port, without a scheme.");
  return { registry: registryName(url), prefix: prefix === "" ? "" : `${prefix}/` };
}

function inheritedEnvironment(): Environment {
  // oxlint-disable-next-line node/no-process-env -- The variables of docker and podman are where people have set up their logins.
  return process.env;
}
