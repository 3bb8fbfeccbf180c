import type { Durability } from "@llama-orch/artifact-store";
import { type Logger, type MismatchPolicy, type ProvisionEvent, silentLogger } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";
import { redactingLogger } from "./redacting-logger.ts";

export interface ProvisionerOptions {
  /** What a digest mismatch does, unless the call says otherwise. @default "error" */
  readonly onMismatch?: MismatchPolicy;
  /** `auto` trusts size, mtime and inode of what was hashed once; `always` hashes on every call. @default "auto" */
  readonly verify?: "auto" | "always";
  /**
   * `full`: a model is shown when it is on the disk, and a loss of power cannot harm it. `relaxed`: as soon as it is written;
   * it is hashed once more if this machine is started anew. @default "full"
   */
  readonly durability?: Durability;
  /** Never ask a network fetcher: what is here is served, the rest is `OFFLINE`. @default false */
  readonly offline?: boolean;
  /** Schemes that may be ensured at all. @default every scheme that a fetcher serves */
  readonly allowedSchemes?: readonly string[];
  /** Hosts that `scheme://host/…` references may name; `*.example.com` allows its subdomains. @default every host */
  readonly allowedHosts?: readonly string[];
  /** Largest artifact to bring, in bytes. @default no limit */
  readonly maxBytes?: number;
  /**
   * How long a process that is bringing the model may show no life (stopped, or hung) before others that wait for it go
   * on beside it, in ms. @default 15000
   */
  readonly stalledHolderMs?: number;
  /** Every event of every call. A throwing listener is logged, and changes nothing. */
  readonly onEvent?: (event: ProvisionEvent) => void;
  /** @default says nothing */
  readonly logger?: Logger;
  /** What relative paths are taken from. @default process.cwd(), at each call */
  readonly cwd?: string;
  /** What `~/` stands for. @default os.homedir() */
  readonly home?: string;
}

export interface EnsureOptions {
  /** Aborts this call; the call rejects with `signal.reason`. Work that another call waits for goes on. */
  readonly signal?: AbortSignal;
  /** The events of this call, beside those that the provisioner's listener gets. */
  readonly onEvent?: (event: ProvisionEvent) => void;
  /** The `X-Correlation-Id` of this call, 1 to 128 printable ASCII characters. @default a random UUID */
  readonly correlationId?: string;
  readonly onMismatch?: MismatchPolicy;
  readonly verify?: "auto" | "always";
  /** Ask the source for what the reference names now, also when a model is here. @default false */
  readonly refresh?: boolean;
  readonly offline?: boolean;
  readonly durability?: Durability;
}

/** The provisioner's options with every default filled in. */
export type Settings = Readonly<Required<Pick<ProvisionerOptions, Defaulted>> & Omit<ProvisionerOptions, Defaulted>>;

type Defaulted = "onMismatch" | "verify" | "offline" | "durability" | "logger" | "stalledHolderMs";

/** @throws ModelError `OPTION_INVALID` */
export function parseProvisionerOptions(options: ProvisionerOptions): Settings {
  assertOneOf("onMismatch", options.onMismatch, ["error", "warn"]);
  assertOneOf("verify", options.verify, ["auto", "always"]);
  assertOneOf("durability", options.durability, ["full", "relaxed"]);
  if (options.maxBytes !== undefined && !(options.maxBytes >= 0)) {
    throw optionInvalid("maxBytes", options.maxBytes, "a number of bytes, 0 or more");
  }
  if (options.stalledHolderMs !== undefined && !(options.stalledHolderMs > 0)) {
    throw optionInvalid("stalledHolderMs", options.stalledHolderMs, "a number of milliseconds above 0");
  }
  assertList("allowedSchemes", options.allowedSchemes);
  assertList("allowedHosts", options.allowedHosts);
  return Object.freeze({
    ...options,
    onMismatch: options.onMismatch ?? "error",
    verify: options.verify ?? "auto",
    offline: options.offline ?? false,
    durability: options.durability ?? "full",
    stalledHolderMs: options.stalledHolderMs ?? 15_000,
    logger: redactingLogger(options.logger ?? silentLogger),
  });
}

/** @throws ModelError `OPTION_INVALID` */
export function assertEnsureOptions(options: EnsureOptions): void {
  assertOneOf("onMismatch", options.onMismatch, ["error", "warn"]);
  assertOneOf("verify", options.verify, ["auto", "always"]);
  assertOneOf("durability", options.durability, ["full", "relaxed"]);
  if (options.correlationId !== undefined && !isCorrelationId(options.correlationId)) {
    throw optionInvalid("correlationId", options.correlationId, "1 to 128 printable ASCII characters without spaces");
  }
}

/**
 * Whether a text may be a correlation id: 1 to 128 printable ASCII characters without spaces. It travels in HTTP headers
 * and log lines, so nothing in it may end a line or a header. For whoever takes one from a request.
 */
export function isCorrelationId(text: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(text);
}

function assertOneOf(option: string, value: string | undefined, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value)) return;
  throw optionInvalid(option, value, allowed.map((name) => JSON.stringify(name)).join(" or "));
}

/** A text would pass for a list of letters, and allow what it was to forbid. */
function assertList(option: string, value: unknown): void {
  if (value === undefined || Array.isArray(value)) return;
  throw optionInvalid(option, value, "a list of texts");
}

function optionInvalid(option: string, value: unknown, wanted: string): Error {
  return provisionerError("OPTION_INVALID", {
    message: `${JSON.stringify(value)} is not a value for ${option}.`,
    hint: `${option} is ${wanted}.`,
    facts: { option },
  });
}
