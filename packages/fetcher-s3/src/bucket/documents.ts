import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** What S3 says of a failure, as far as it is used here. */
export interface ErrorDocument {
  readonly code: string;
  readonly message?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly serverTime?: string | undefined;
  readonly argumentName?: string | undefined;
  readonly storageClass?: string | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string | undefined;
  /** Of its checksums. */
  readonly algorithms: readonly string[];
  readonly checksumType: string | undefined;
}

/** A page of a list (`ListObjectsV2`). */
export interface ListDocument {
  readonly objects: readonly ListedObject[];
  /** Absent on the last page. */
  readonly next: string | undefined;
}

const text = z.string();

const errorShape = z.object({
  Error: z.object({
    Code: text.min(1),
    Message: text.optional(),
    Region: text.optional(),
    Endpoint: text.optional(),
    ServerTime: text.optional(),
    ArgumentName: text.optional(),
    StorageClass: text.optional(),
  }),
});

const listShape = z.object({
  ListBucketResult: z.object({
    EncodingType: text.optional(),
    IsTruncated: text.optional(),
    NextContinuationToken: text.optional(),
    Contents: z
      .array(
        z.object({
          Key: text,
          Size: z.string().regex(/^\d{1,15}$/),
          ETag: text.optional(),
          ChecksumAlgorithm: z.array(text).optional(),
          ChecksumType: text.optional(),
        }),
      )
      .optional(),
  }),
});

/** `undefined` for anything else: a page of a proxy, an answer that was cut off. */
export function parseError(xml: string): ErrorDocument | undefined {
  const parsed = errorShape.safeParse(unlessItFails(() => parseXml(xml, "Error")));
  if (!parsed.success) return undefined;
  const { Code: code, Message: message, Region: region, Endpoint: endpoint, ...rest } = parsed.data.Error;
  const { ServerTime: serverTime, ArgumentName: argumentName, StorageClass: storageClass } = rest;
  return { code, message, region, endpoint, serverTime, argumentName, storageClass };
}

/** @throws Error for what is no list. */
export function parseList(xml: string): ListDocument {
  const {
    EncodingType,
    IsTruncated,
    NextContinuationToken,
    Contents = [],
  } = listShape.parse(parseXml(xml, "ListBucketResult")).ListBucketResult;
  const decode = EncodingType === "url" ? decodeListed : (key: string) => key;
  if (IsTruncated === "true" && !NextContinuationToken)
    throw new TypeError("it is cut off, and does not tell what comes next");
  return {
    objects: Contents.map(({ Key, Size, ETag, ChecksumAlgorithm = [], ChecksumType }) => ({
      key: decode(Key),
      sizeBytes: Number(Size),
      etag: ETag,
      algorithms: ChecksumAlgorithm,
      checksumType: ChecksumType,
    })),
    next: IsTruncated === "true" ? NextContinuationToken : undefined,
  };
}

/** As forms are encoded: a space is a plus there. */
function decodeListed(key: string): string {
  return decodeURIComponent(key.replaceAll("+", "%20"));
}

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: (name) => name === "Contents" || name === "ChecksumAlgorithm",
  tagValueProcessor: (_name, value) => withoutEntities(value),
});

/** No S3 sends a document type: whoever does, wants entities to be made of it. */
function parseXml(xml: string, root: string): unknown {
  if (/<!DOCTYPE/i.test(xml)) throw new TypeError("it declares a document type, which no S3 does");
  // One that is cut off would be a shorter list.
  if (!xml.trimEnd().endsWith(`</${root}>`)) throw new TypeError("it does not end as it should");
  return parser.parse(xml);
}

const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }),
);

/** The five that every XML has, and characters by number: no others exist without a document type. */
function withoutEntities(value: string): string {
  return value.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities.get(name) ?? whole;
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

function unlessItFails(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
