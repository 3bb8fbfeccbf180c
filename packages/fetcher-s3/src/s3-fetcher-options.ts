import { type NetworkFetcherOptions, type TransferOptions, transferOptionsOf } from "@llama-orch/transfer";
import type { S3Credentials } from "./aws/credentials.ts";
import { s3Error } from "./errors.ts";

/** How a bucket's name stands in a URL: as the beginning of the path, or of the host. */
export type Addressing = "path" | "virtual-host";

/** Which S3 is asked, as whom; and the way in which its objects are transferred. */
export interface S3FetcherOptions extends NetworkFetcherOptions {
  /** Of another vendor, or a server of your own: `https://s3.example.com`. @default as the AWS configuration says, else AWS */
  readonly endpoint?: string;
  /** To begin with; of AWS, a bucket's own region is found out. @default as the AWS configuration says, else `us-east-1` */
  readonly region?: string;
  /** @default `virtual-host` at AWS, for names that a host can have; `path` elsewhere */
  readonly addressing?: Addressing;
  /**
   * Nobody; fixed ones; or a function, which is called again when they are about to expire, or are refused.
   * @default AWS's own chain: environment, profiles, SSO, web identity, container and instance roles; nobody where it finds none
   */
  readonly credentials?: "anonymous" | S3Credentials | (() => Promise<S3Credentials>);
  /** Of the AWS configuration. @default `AWS_PROFILE`, else `default` */
  readonly profile?: string;
  /** Requests and bytes are paid by whoever asks, in buckets that want it so. @default false */
  readonly requesterPays?: boolean;
}

/** Frozen. */
export interface S3Settings {
  readonly endpoint: URL | undefined;
  readonly region: string | undefined;
  readonly addressing: Addressing | undefined;
  readonly credentials: S3FetcherOptions["credentials"];
  readonly profile: string | undefined;
  readonly requesterPays: boolean;
  readonly transfer: Partial<TransferOptions>;
}

/** @throws ModelError `S3_OPTION_INVALID` */
export function parseS3Options(options: S3FetcherOptions): S3Settings {
  const { endpoint, region, addressing, credentials, profile, requesterPays = false } = options;
  if (addressing !== undefined && addressing !== "path" && addressing !== "virtual-host") {
    throw invalidOption("addressing", addressing, 'Allowed are "path" and "virtual-host".');
  }
  if (typeof requesterPays !== "boolean") throw invalidOption("requesterPays", requesterPays, "Give true or false.");
  if (profile !== undefined && profile.trim() === "") {
    throw invalidOption("profile", profile, "Give the name of a profile of ~/.aws/config, or leave it out.");
  }
  if (!isCredentials(credentials)) {
    throw s3Error("S3_OPTION_INVALID", {
      message: "The option credentials is nothing that credentials can be had from.",
      hint: 'Give "anonymous", { accessKeyId, secretAccessKey, sessionToken? }, or a function that returns a promise of that.',
      facts: { option: "credentials" },
    });
  }
  return Object.freeze({
    endpoint: endpoint === undefined ? undefined : parseEndpoint(endpoint, "the options"),
    region: region === undefined ? undefined : parseRegion(region, "the options"),
    addressing,
    credentials: typeof credentials === "object" ? Object.freeze({ ...credentials }) : credentials,
    profile,
    requesterPays,
    transfer: transferOptionsOf(options),
  });
}

/** @param from whose it is, for the message. */
export function parseEndpoint(text: string, from: string): URL {
  const url = URL.parse(text);
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url !== null && isPlain && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw s3Error("S3_OPTION_INVALID", {
    message: `The endpoint of ${from} is no URL of an S3 server.`,
    hint: "Give a URL as https://s3.example.com or http://127.0.0.1:9000, without credentials and query.",
    facts: { option: "endpoint", from },
  });
}

/** It becomes a part of a host's name, and of a signature. */
export function parseRegion(text: string, from: string): string {
  if (isRegion(text)) return text;
  throw invalidOption("region", text, `That of ${from}: give one as us-east-1; servers of your own often take any.`);
}

export function isRegion(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(text);
}

function isCredentials(credentials: unknown): boolean {
  if (credentials === undefined || credentials === "anonymous" || typeof credentials === "function") return true;
  if (typeof credentials !== "object" || credentials === null) return false;
  const { accessKeyId, secretAccessKey } = { accessKeyId: "", secretAccessKey: "", ...credentials };
  return (
    typeof accessKeyId === "string" &&
    accessKeyId !== "" &&
    typeof secretAccessKey === "string" &&
    secretAccessKey !== ""
  );
}

function invalidOption(option: string, value: unknown, hint: string): Error {
  return s3Error("S3_OPTION_INVALID", {
    message: `The option ${option} is ${JSON.stringify(value)}, which it may not be.`,
    hint,
    facts: { option },
  });
}
