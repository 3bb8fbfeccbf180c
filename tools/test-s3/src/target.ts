import { uriDecode } from "./signature/uri-encoding.ts";

/** What a request is about, by its `Host` and its path. */
export interface Target {
  /** `undefined` for the service itself. */
  readonly bucket: string | undefined;
  /** Empty for the bucket itself. */
  readonly key: string;
  /** Decoded, with its slashes: what is signed. Without the bucket where that is in the host. */
  readonly path: string;
  /** In their order, decoded. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly addressing: "path" | "virtual-host";
  /** Of the host, after the bucket; with the port. */
  readonly baseHost: string;
}

/** `undefined` where its escapes are none. */
export function targetOf(requestTarget: string, host: string): Target | undefined {
  const [rawPath = "", ...rest] = requestTarget.split("?");
  const path = uriDecode(rawPath);
  const query = queryOf(rest.join("?"));
  if (path === undefined || query === undefined) return undefined;
  const [, hostBucket, baseHost = host] = virtualHost.exec(host) ?? [];
  if (hostBucket !== undefined) {
    return { bucket: hostBucket, key: path.slice(1), path, query, addressing: "virtual-host", baseHost };
  }
  const [, bucket, key = ""] = /^\/([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  return { bucket, key, path, query, addressing: "path", baseHost: host };
}

/** Of a parameter that comes once; the first of several. */
export function parameterOf({ query }: Target, name: string): string | undefined {
  return query.find(([other]) => other === name)?.[1];
}

/** `bucket.localhost`, `bucket.s3.test`, and what AWS calls its own; each with a port or without. */
const virtualHost =
  /^(.+?)\.((?:s3\.localhost|(?<!^s3\.)localhost|s3\.test|s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com)(?::\d+)?)$/;

function queryOf(text: string): Target["query"] | undefined {
  const pairs: [string, string][] = [];
  for (const pair of text.split("&").filter((part) => part !== "")) {
    const [rawName = "", ...rest] = pair.split("=");
    const [name, value] = [uriDecode(rawName), uriDecode(rest.join("="))];
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}
