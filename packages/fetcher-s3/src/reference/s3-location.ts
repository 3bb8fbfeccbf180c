import { s3Error } from "../errors.ts";
import { decodeKey, encodeKey } from "./key-text.ts";

/** What an `s3:` reference names. */
export type S3Location =
  /** One object; of a version, where one is named. */
  | { readonly kind: "object"; readonly bucket: string; readonly key: string; readonly versionId?: string }
  /** All objects whose keys begin so; the prefix is empty (the whole bucket), or ends with a slash. */
  | { readonly kind: "prefix"; readonly bucket: string; readonly prefix: string };

/** In bytes: what S3 allows. */
const longestKey = 1024;

/**
 * Reads what follows `s3:`.
 * @throws ModelError `S3_REFERENCE_INVALID`
 */
export function parseS3Locator(locator: string): S3Location {
  const [, authority = "", path = "", query, fragment] =
    /^\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(locator) ?? [];
  // What stands before the last @ may be a secret: no error shows it, nor what stands in the query.
  const bucket = authority.slice(authority.lastIndexOf("@") + 1);
  const refuse = (part: string, problem: string, hint: string): Error =>
    invalid(`s3://${bucket}${path}`, { part, problem, hint });
  if (bucket !== authority) throw refuse("userinfo", "it holds a user name or a password", hints.userinfo);
  const wrong = bucketProblem(bucket);
  if (wrong !== undefined) throw refuse("bucket", wrong, hints.bucket);
  if (fragment !== undefined) throw refuse("fragment", "it has a fragment", "Write %23 for a # in a key.");
  const key = decodeKey(path.slice(1));
  if (key === undefined) throw refuse("key", "its percent-encoding is no UTF-8", hints.encoding);
  if (Buffer.byteLength(key) > longestKey) throw refuse("key", `its key has more than ${longestKey} bytes`, hints.key);
  if (key.split("/").some((part) => part === "." || part === "..")) {
    throw refuse("key", 'a part of its key is "." or "..", which no URL can ask for', hints.key);
  }
  const versionId = versionIn(query, refuse);
  if (key !== "" && !key.endsWith("/")) {
    return { kind: "object", bucket, key, ...(versionId !== undefined && { versionId }) };
  }
  if (versionId === undefined) return { kind: "prefix", bucket, prefix: key };
  throw refuse(
    "query",
    "only an object has versions, and this is a prefix",
    "Name one object, without a slash at the end.",
  );
}

/**
 * One text for one thing: what follows `s3:`.
 * @throws ModelError `S3_REFERENCE_INVALID`
 */
export function normalizeS3Locator(locator: string): string {
  return printS3Locator(parseS3Locator(locator));
}

/** The one text of a location: what follows `s3:`. */
export function printS3Locator(location: S3Location): string {
  const { kind, bucket } = location;
  if (kind === "prefix") return `//${bucket}/${encodeKey(location.prefix)}`;
  const version = location.versionId === undefined ? "" : `?versionId=${encodeURIComponent(location.versionId)}`;
  return `//${bucket}/${encodeKey(location.key)}${version}`;
}

const hints = {
  userinfo:
    "Write s3://bucket/key, and give credentials by the AWS configuration (aws configure, AWS_PROFILE) or to the fetcher.",
  bucket: "Write s3://bucket/key or s3://bucket/prefix/; a server of your own is named by the option endpoint.",
  encoding: "Write %25 for a percent sign, or leave the key as it is: UTF-8 needs no encoding.",
  key: "Name the object by the key that the bucket lists.",
};

/** AWS's rules, and what older buckets and other vendors have beside them: upper case, underscores, long names. */
function bucketProblem(bucket: string): string | undefined {
  if (bucket === "") return "it names no bucket";
  if (bucket.includes(":")) return "a bucket has no port, and ARNs are not supported";
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)) return "no bucket can have this name";
  if (bucket.includes("..") || /^\d+\.\d+\.\d+\.\d+$/.test(bucket)) return "no bucket can have this name";
  return undefined;
}

type Refuse = (part: string, problem: string, hint: string) => Error;

function versionIn(query: string | undefined, refuse: Refuse): string | undefined {
  const parameters = (query ?? "").split("&").filter((parameter) => parameter !== "");
  const other = parameters.map((parameter) => parameter.split("=", 1)[0]).find((name) => name !== "versionId");
  if (other !== undefined) {
    throw refuse(
      "query",
      "it has a parameter other than versionId",
      "Write %3F for a ? in a key; signatures and regions are no part of a reference: give them to the fetcher.",
    );
  }
  const [parameter, second] = parameters;
  if (parameter === undefined) return undefined;
  const versionId = decodeKey(parameter.slice("versionId=".length));
  if (second !== undefined || versionId === undefined || versionId === "") {
    throw refuse(
      "query",
      "its versionId is no single value",
      "Write s3://bucket/key?versionId=… once, with the id as S3 lists it.",
    );
  }
  return versionId;
}

interface Fault {
  readonly part: string;
  readonly problem: string;
  readonly hint: string;
}

function invalid(reference: string, { part, problem, hint }: Fault): Error {
  const shown = reference.length > 200 ? `${reference.slice(0, 199)}…` : reference;
  return s3Error("S3_REFERENCE_INVALID", {
    message: `${JSON.stringify(shown)} is no reference to S3: ${problem}.`,
    hint,
    facts: { reference: shown, part },
  });
}
