import { type Bucket, invalidAnswer } from "./bucket.ts";
import type { ListDocument, ListedObject } from "./documents.ts";

/** A directory of more is a mistake: a model has some hundreds at most. */
const mostObjects = 100_000;

/** A server that sends pages without end, and next to nothing in them, is not believed. */
const mostPages = 1_000;

const pageLimitBytes = 16 * 1024 * 1024;

/**
 * All objects whose keys begin so, page by page; folders that are kept as empty objects are left out.
 * @throws ModelError `S3_ANSWER_INVALID` for lists that contradict themselves, and those of the bucket
 */
export async function listObjects(bucket: Bucket, prefix: string): Promise<readonly ListedObject[]> {
  const objects = new Map<string, ListedObject>();
  const seen = new Set<string>();
  const url = bucket.url().href;
  let next: string | undefined;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const page = await listPage(bucket, { prefix, ...(next !== undefined && { "continuation-token": next }) });
    if (seen.has(page.next ?? "")) throw invalidAnswer(url, "it gives the same continuation token twice");
    for (const object of page.objects) {
      if (!object.key.startsWith(prefix))
        throw invalidAnswer(url, `it lists ${JSON.stringify(object.key)} below ${JSON.stringify(prefix)}`);
      if (objects.has(object.key)) throw invalidAnswer(url, `it lists ${JSON.stringify(object.key)} twice`);
      if (!isFolderMarker(object)) objects.set(object.key, object);
    }
    if (objects.size > mostObjects) throw invalidAnswer(url, `it lists more than ${mostObjects} objects`);
    next = page.next;
    if (next === undefined) return [...objects.values()];
    seen.add(next);
  }
  throw invalidAnswer(url, `it has more than ${mostPages} pages`);
}

/** Whether anything lies below a prefix. */
export async function hasObjects(bucket: Bucket, prefix: string): Promise<boolean> {
  return (await listPage(bucket, { prefix, "max-keys": "1" })).objects.length > 0;
}

async function listPage(bucket: Bucket, query: Readonly<Record<string, string>>): Promise<ListDocument> {
  const reply = await bucket.ask({
    method: "GET",
    query: { "list-type": "2", "encoding-type": "url", ...query },
    limitBytes: pageLimitBytes,
  });
  const { parseList } = await import("./documents.ts");
  try {
    return parseList(reply.text);
  } catch (cause) {
    throw invalidAnswer(bucket.url().href, "it is no list of objects", cause);
  }
}

function isFolderMarker({ key, sizeBytes }: ListedObject): boolean {
  return key.endsWith("/") && sizeBytes === 0;
}
