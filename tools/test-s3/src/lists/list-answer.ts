import { textContent } from "../../../fault-server/src/content/content.ts";
import type { MetFaults } from "../../../fault-server/src/faults/fault-board.ts";
import { type Answer, answer } from "../../../fault-server/src/http/answer.ts";
import { type S3Error, s3Error } from "../answers/s3-error.ts";
import { element, xmlDeclaration } from "../answers/xml.ts";
import type { StoredBucket } from "../objects/stored.ts";
import { uriEncodePath } from "../signature/uri-encoding.ts";
import { parameterOf, type Target } from "../target.ts";
import type { ListLieEffect } from "./list-lie.ts";
import { keyOfToken, type ListItem, listPage, type ListQuery, tokenAfter } from "./list-page.ts";

/** `ListObjectsV2`, or what the lies make of it. */
export function listAnswer(
  bucket: StoredBucket,
  target: Target,
  { pageSize, lies }: { readonly pageSize: number; readonly lies: MetFaults<ListLieEffect> },
): Answer | S3Error {
  const asked = (name: string): string | undefined => parameterOf(target, name);
  const [token, startAfter = ""] = [asked("continuation-token"), asked("start-after")];
  const maxKeys = asked("max-keys") ?? "1000";
  const endless = lies.use("endless");
  const sameToken = lies.use("same-token");
  const after = token === undefined || endless || sameToken ? startAfter : keyOfToken(token);
  if (after === undefined) {
    return s3Error("InvalidArgument", { message: "The continuation token provided is incorrect" });
  }
  if (!/^\d{1,9}$/.test(maxKeys)) {
    return s3Error("InvalidArgument", { message: "Provided max-keys not an integer or within integer range" });
  }
  const encoding = asked("encoding-type");
  if (encoding !== undefined && encoding !== "url") {
    return s3Error("InvalidArgument", { message: "Invalid Encoding Method specified in Request" });
  }
  const query: ListQuery = {
    prefix: asked("prefix") ?? "",
    delimiter: asked("delimiter") ?? "",
    after,
    maxKeys: Math.min(Number(maxKeys), pageSize),
  };
  const { items, isTruncated } = listPage(bucket, query);
  const noToken = lies.use("no-token");
  const next =
    sameToken || endless ? tokenOfLie(endless !== undefined) : isTruncated ? tokenAfter(items.at(-1)?.key ?? "") : "";
  const said: ListSaid = {
    ...query,
    bucket: bucket.name,
    token,
    startAfter,
    nextToken: noToken === undefined ? next : "",
    isTruncated: noToken !== undefined || next !== "",
    isEncoded: encoding === "url",
  };
  return xmlAnswer(
    documentOf(endless === undefined ? withMore(items, lies) : freshItems(items, query), said, lies),
    lies,
  );
}

interface ListSaid extends ListQuery {
  readonly bucket: string;
  readonly token: string | undefined;
  readonly startAfter: string;
  /** Empty for none. */
  readonly nextToken: string;
  readonly isTruncated: boolean;
  readonly isEncoded: boolean;
}

function documentOf(items: readonly ListItem[], said: ListSaid, lies: MetFaults<ListLieEffect>): string {
  const encode = (text: string): string => (said.isEncoded ? formEncoded(text) : text);
  const size = lies.use("size")?.text;
  const lines = [
    element("Name", said.bucket),
    element("Prefix", encode(said.prefix)),
    ...(said.delimiter === "" ? [] : [element("Delimiter", encode(said.delimiter))]),
    ...(said.startAfter === "" ? [] : [element("StartAfter", encode(said.startAfter))]),
    ...(said.token === undefined ? [] : [element("ContinuationToken", said.token)]),
    ...(said.nextToken === "" ? [] : [element("NextContinuationToken", said.nextToken)]),
    element("KeyCount", items.length),
    element("MaxKeys", said.maxKeys),
    ...(said.isEncoded ? [element("EncodingType", "url")] : []),
    element("IsTruncated", said.isTruncated),
    ...items.map((item) => itemXml(item, encode(item.key), size)),
  ];
  return `${xmlDeclaration}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${lines.join("")}</ListBucketResult>`;
}

function itemXml(item: ListItem, key: string, size: string | undefined): string {
  if (item.type === "common-prefix") return `<CommonPrefixes>${element("Prefix", key)}</CommonPrefixes>`;
  const { lastModified, file, checksumAlgorithms, checksumType, content, storageClass } = item.object;
  const lines = [
    element("Key", key),
    element("LastModified", lastModified.toISOString()),
    element("ETag", file.etag ?? ""),
    ...checksumAlgorithms.map((name) => element("ChecksumAlgorithm", name.toUpperCase())),
    ...(checksumAlgorithms.length === 0 ? [] : [element("ChecksumType", checksumType)]),
    element("Size", size ?? content.sizeBytes),
    element("StorageClass", storageClass),
  ];
  return `<Contents>${lines.join("")}</Contents>`;
}

/** As forms have it, with `+` for a space; but slashes and asterisks stay. */
function formEncoded(text: string): string {
  return uriEncodePath(text).replaceAll("%20", "+").replaceAll("%2A", "*");
}

let pagesOfLies = 0;

function tokenOfLie(isFresh: boolean): string {
  return tokenAfter(isFresh ? `page-${++pagesOfLies}` : "always-the-same");
}

/** The objects of a page by other keys. */
function freshItems(items: readonly ListItem[], { prefix }: ListQuery): readonly ListItem[] {
  return items.map((item, index) => ({ ...item, key: `${prefix}page-${pagesOfLies}/${index}` }));
}

function withMore(items: readonly ListItem[], lies: MetFaults<ListLieEffect>): readonly ListItem[] {
  const first = items.find((item) => item.type === "object");
  if (first === undefined) return items;
  const more = lies.use("more-key");
  const twice = lies.use("same-key-twice");
  return [...(more ? [{ ...first, key: more.key }] : []), ...(twice ? [first] : []), ...items];
}

function xmlAnswer(honest: string, lies: MetFaults<ListLieEffect>): Answer {
  const huge = lies.use("huge");
  let xml = lies.use("document")?.xml ?? honest;
  if (lies.use("invalid-xml") !== undefined) xml = xml.slice(0, -30);
  if (huge !== undefined) {
    const comment = (length: number): string => `<!--${"x".repeat(length)}-->`;
    xml = xml.replace("<Name>", () => `${comment(Math.max(0, huge.bytes - Buffer.byteLength(xml) - 7))}<Name>`);
  }
  if (lies.use("entity-bomb") !== undefined) xml = entityBomb(xml);
  return answer(200, { "Content-Type": "application/xml" }, textContent(xml));
}

function entityBomb(xml: string): string {
  const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`);
  const type = `<!DOCTYPE ListBucketResult [<!ENTITY e0 "lol">${entities.join("")}]>\n`;
  return xml.replace(xmlDeclaration, `${xmlDeclaration}${type}`).replace("<Prefix>", "<Prefix>&e9;");
}
