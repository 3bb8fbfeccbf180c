import { faultBoard, type InjectedFault } from "../../fault-server/src/faults/fault-board.ts";
import type { ReceivedRequest } from "../../fault-server/src/index.ts";
import { respond, type S3State } from "./answers/respond.ts";
import type { ListLie, ListLieEffect } from "./lists/list-lie.ts";
import type { BucketOptions, ObjectContent, ObjectOptions } from "./objects/object-options.ts";
import { deleteObject, storeObject } from "./objects/store-object.ts";
import type { StoredBucket } from "./objects/stored.ts";
import { type Endpoint, type Respond, type ServerGroup, startServerGroup } from "./server-group.ts";
import { type AccessKey, randomKey } from "./signature/access-key.ts";
import { uriEncodePath } from "./signature/uri-encoding.ts";

/**
 * An S3 of this machine, which checks signatures as AWS does, and lies and breaks on request. It ends, with all connections,
 * when it is disposed of. Buckets are found by the path, and by a `Host` like `bucket.localhost`, `bucket.s3.test` or
 * `bucket.s3.us-east-1.amazonaws.com`, with a port or without.
 */
export interface TestS3 extends Omit<ServerGroup, "endpoints">, Endpoint {
  /** Of the first endpoint. */
  readonly region: string;
  /** Made by chance at each start; they may do everything. */
  readonly credentials: AccessKey;
  /** That of another region. */
  endpoint(region: string): Endpoint;
  /** Adds a bucket, or gives it other options: its objects stay. */
  bucket(name: string, options?: BucketOptions): void;
  /** Puts an object, in place of the one before or as a newer version. */
  putObject(bucket: string, key: string, content: ObjectContent, options?: ObjectOptions): PutObject;
  /** Where there are versions a delete marker comes on top, unless the version to remove is named. */
  deleteObject(bucket: string, key: string, options?: { readonly versionId?: string }): { readonly versionId?: string };
  /** By the path, at the endpoint of the bucket's region; unsigned. */
  url(bucket: string, key: string): string;
  /** Makes a key known, or another one of the same id in its place. */
  addKey(key: AccessKey): void;
  /** Stops the server's clock at this time, in milliseconds since 1970; `undefined` lets it be the system's again. */
  setClock(ms: number | undefined): void;
  /** How many keys a page of a list has at most. @default 1000 */
  setPageSize(keys: number): void;
  /** Makes matching lists lie, until `times` is used up or it is withdrawn. */
  injectInList(lie: ListLie): InjectedFault;
}

export interface PutObject {
  /** With its quotes; `null` where it was put without one. */
  readonly etag: string | null;
  readonly versionId?: string;
}

export interface TestS3Options {
  /** An endpoint of its own for each. @default ["us-east-1"] */
  readonly regions?: readonly [string, ...string[]];
  /** @default false */
  readonly tls?: boolean;
}

export async function startTestS3({ regions = ["us-east-1"], tls = false }: TestS3Options = {}): Promise<TestS3> {
  const buckets = new Map<string, StoredBucket>();
  const keys = new Map<string, AccessKey>();
  const lies = faultBoard<ReceivedRequest, ListLieEffect>();
  let clock: number | undefined;
  let pageSize = 1000;
  const now = (): number => clock ?? Date.now();
  const portOf = (region: string): number | undefined => group.endpoints[regions.indexOf(region)]?.port;
  const common: Omit<S3State, "region"> = { buckets, keys, lies, now, pageSize: () => pageSize, portOf, tls };
  const responders = regions.map((region): Respond => {
    const state: S3State = { ...common, region };
    return (request, met) => respond(state, request, met);
  });
  const group = await startServerGroup(responders, { tls, names: certificateNames(regions), now });

  const endpoint = (region: string): Endpoint => {
    const found = group.endpoints[regions.indexOf(region)];
    if (found === undefined) throw new RangeError(`No endpoint of ${region}: this server has ${regions.join(", ")}.`);
    return found;
  };
  const bucketOf = (name: string): StoredBucket => {
    const found = buckets.get(name);
    if (found !== undefined) return found;
    throw new RangeError(
      `No bucket "${name}"; there are: ${[...buckets.keys()].join(", ") || "none, bucket() adds one"}.`,
    );
  };
  const credentials = randomKey();
  keys.set(credentials.accessKeyId, credentials);

  const first = endpoint(regions[0]);

  return {
    ...first,
    region: regions[0],
    ca: group.ca,
    credentials,
    requests: group.requests,
    get connections() {
      return group.connections;
    },
    get openConnections() {
      return group.openConnections;
    },
    get bodyBytesSent() {
      return group.bodyBytesSent;
    },
    endpoint,
    bucket(name, options = {}) {
      const objects = buckets.get(name)?.objects ?? new Map<string, never>();
      buckets.set(name, { ...defaults, region: regions[0], ...options, name, objects });
    },
    putObject(bucket, key, content, options = {}) {
      const { file, versionId } = storeObject(bucketOf(bucket), key, content, { ...options, now: now() });
      return { etag: file.etag, ...(versionId !== undefined && { versionId }) };
    },
    deleteObject: (bucket, key, options = {}) => deleteObject(bucketOf(bucket), key, { ...options, now: now() }),
    url(bucket, key) {
      const { region } = bucketOf(bucket);
      return `${endpoint(region).origin}/${bucket}/${uriEncodePath(key)}`;
    },
    addKey: (key) => void keys.set(key.accessKeyId, key),
    setClock: (ms) => void (clock = ms),
    setPageSize: (size) => void (pageSize = size),
    injectInList: (lie) => lies.inject(lie),
    inject: (fault) => group.inject(fault),
    injectOnConnection: (fault) => group.injectOnConnection(fault),
    requestArrived: (predicate) => group.requestArrived(predicate),
    allConnectionsClosed: () => group.allConnectionsClosed(),
    close: () => group.close(),
    [Symbol.asyncDispose]: () => group.close(),
  };
}

const defaults: Required<Omit<BucketOptions, "region">> = {
  versioned: false,
  public: false,
  requesterPays: false,
  mayList: true,
  redirect: "permanent",
};

/** Node takes no wildcard right below a top-level domain: there is none for `*.localhost`. */
function certificateNames(regions: readonly string[]): readonly string[] {
  const bases = ["s3.test", "s3.localhost", "s3.amazonaws.com", ...regions.map((name) => `s3.${name}.amazonaws.com`)];
  return bases.flatMap((name) => [name, `*.${name}`]);
}
