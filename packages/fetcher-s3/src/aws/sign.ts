import { encodeStrictly } from "../reference/key-text.ts";
import type { S3Credentials } from "./credentials.ts";

/** What is signed. */
export interface Unsigned {
  readonly method: "GET" | "HEAD";
  /** Its path is encoded as it is to be sent; without a query. */
  readonly url: URL;
  /** Not encoded. */
  readonly query: Readonly<Record<string, string>>;
  /** Of S3 alone (`x-amz-…`). */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * In seconds: as long as a signed header would be good. A transfer of hours goes on, since a refused URL (403) is asked for
 * anew, by `ResolveUrl`.
 */
const lifetimeSeconds = 900;

/**
 * The URL with a signature (Signature Version 4) in its query, and not in a header: so it is tied to its host (no redirect
 * takes it elsewhere), is hidden by its name wherever a URL is shown, and is nothing that a process has to remember as a
 * secret for each of ten thousand objects. Ranges and conditions are not signed, and can be asked with the same URL.
 */
export async function signedUrl(request: Unsigned, credentials: S3Credentials, region: string): Promise<string> {
  const { method, url, query, headers } = request;
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([import("@smithy/signature-v4"), import("./sha256.ts")]);
  const signer = new SignatureV4({ credentials, region, service: "s3", sha256: Sha256, uriEscapePath: false });
  const { protocol, hostname, pathname: path, host } = url;
  const signed = await signer.presign(
    {
      method,
      protocol,
      hostname,
      path,
      query: { ...query },
      headers: { host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", ...headers },
    },
    { expiresIn: lifetimeSeconds, unhoistableHeaders: new Set(Object.keys(headers)) },
  );
  return `${url.origin}${path}${queryText(signed.query ?? {})}`;
}

export function queryText(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeStrictly(name)}=${encodeStrictly(String(value))}`,
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
