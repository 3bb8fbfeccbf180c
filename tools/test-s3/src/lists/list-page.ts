import { hash } from "node:crypto";
import { newestOf, type StoredBucket, type StoredObject } from "../objects/stored.ts";

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** Neither this key nor what comes before it. */
  readonly after: string;
  readonly maxKeys: number;
}

export type ListItem =
  | { readonly type: "object"; readonly key: string; readonly object: StoredObject }
  | { readonly type: "common-prefix"; readonly key: string };

export interface ListPage {
  readonly items: readonly ListItem[];
  readonly isTruncated: boolean;
}

/** Keys are in the order of their bytes in UTF-8; what has a delimiter after the prefix is one item. */
export function listPage(bucket: StoredBucket, { prefix, delimiter, after, maxKeys }: ListQuery): ListPage {
  const items: ListItem[] = [];
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix)).sort(byBytes);
  for (const key of keys) {
    const object = newestOf(bucket, key);
    if (object?.type !== "object") continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const common = end === -1 ? undefined : key.slice(0, end + delimiter.length);
    if (byBytes(common ?? key, after) <= 0 || (common !== undefined && items.at(-1)?.key === common)) continue;
    if (items.length === maxKeys) return { items, isTruncated: maxKeys > 0 };
    items.push(common === undefined ? { type: "object", key, object } : { type: "common-prefix", key: common });
  }
  return { items, isTruncated: false };
}

/** Tells nothing by its looks, but holds the key after which the list goes on. */
export function tokenAfter(key: string): string {
  const text = Buffer.from(key).toString("base64");
  return `${hash("sha256", text).slice(0, 8)}/${text}`;
}

/** `undefined` for what no page has said. */
export function keyOfToken(token: string): string | undefined {
  const [, check, text] = /^([0-9a-f]{8})\/(.*)$/.exec(token) ?? [];
  if (text === undefined || hash("sha256", text).slice(0, 8) !== check) return undefined;
  return Buffer.from(text, "base64").toString();
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
