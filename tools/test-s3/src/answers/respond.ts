import { randomBytes } from "node:crypto";
import { textContent } from "../../../fault-server/src/content/content.ts";
import type { RequestFaults } from "../../../fault-server/src/faults/fault.ts";
import type { FaultBoard } from "../../../fault-server/src/faults/fault-board.ts";
import { type Answer, answer } from "../../../fault-server/src/http/answer.ts";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { listAnswer } from "../lists/list-answer.ts";
import type { ListLieEffect } from "../lists/list-lie.ts";
import { newestOf, type StoredBucket, type StoredObject } from "../objects/stored.ts";
import { type Caller, type Verifier, verifySignature } from "../signature/verify-signature.ts";
import { parameterOf, type Target, targetOf } from "../target.ts";
import { errorAnswer } from "./error-answer.ts";
import { objectAnswer } from "./object-answer.ts";
import { isS3Error, type S3Error, s3Error } from "./s3-error.ts";

/** What the endpoint of a region works on. */
export interface S3State extends Verifier {
  readonly buckets: ReadonlyMap<string, StoredBucket>;
  readonly lies: FaultBoard<ReceivedRequest, ListLieEffect>;
  readonly pageSize: () => number;
  /** Of the endpoint of a region; `undefined` where this server has none. */
  readonly portOf: (region: string) => number | undefined;
  readonly tls: boolean;
}

export function respond(state: S3State, request: ReceivedRequest, met: RequestFaults): Answer {
  const requestId = randomBytes(8).toString("hex").toUpperCase();
  const answered = answerOf(state, request, met);
  const { method, path } = request;
  const resource = path.replace(/\?.*/s, "");
  const { headers, ...rest } = isS3Error(answered) ? errorAnswer(answered, { method, requestId, resource }) : answered;
  const ids = [
    ["x-amz-request-id", requestId],
    ["x-amz-id-2", "test-s3"],
    ["Server", "AmazonS3"],
  ] as const;
  return { ...rest, headers: [...ids, ...headers] };
}

interface Call {
  readonly state: S3State;
  readonly request: ReceivedRequest;
  readonly target: Target;
  readonly caller: Caller;
  readonly bucket: StoredBucket;
}

function answerOf(state: S3State, request: ReceivedRequest, met: RequestFaults): Answer | S3Error {
  const target = targetOf(request.path, request.headers["host"] ?? "");
  if (target === undefined) return s3Error("InvalidURI");
  const bucket = state.buckets.get(target.bucket ?? "");
  if (bucket !== undefined && bucket.region !== state.region) return elsewhere(state, bucket, { request, target });
  const caller = verifySignature(request, target, state);
  if (isS3Error(caller)) return caller;
  if (request.method !== "GET" && request.method !== "HEAD") return s3Error("MethodNotAllowed");
  if (target.bucket === undefined) return s3Error("NotImplemented");
  if (bucket === undefined) return s3Error("NoSuchBucket", { details: { BucketName: target.bucket } });
  if (bucket.requesterPays && !agreesToPay(request, target, caller)) return s3Error("AccessDenied");
  const call = { state, request, target, caller, bucket };
  const answered = target.key === "" ? ofBucket(call) : ofObject(call, met);
  if (isS3Error(answered) || !bucket.requesterPays) return answered;
  return { ...answered, headers: [...answered.headers, ["x-amz-request-charged", "requester"]] };
}

/** S3 has no anonymous requesters who pay. */
function agreesToPay({ headers }: ReceivedRequest, target: Target, caller: Caller): boolean {
  const payer = headers["x-amz-request-payer"] ?? parameterOf(target, "x-amz-request-payer");
  return caller.type === "key" && payer === "requester";
}

/** The bucket is another region's. A 301 has no `Location`: who follows must sign for that region. */
function elsewhere(
  { portOf, tls }: S3State,
  { name, region, redirect }: StoredBucket,
  { request, target }: Pick<Call, "request" | "target">,
): S3Error {
  const port = portOf(region);
  const host = port === undefined ? `s3.${region}.amazonaws.com` : `${target.baseHost.replace(/:\d+$/, "")}:${port}`;
  const endpoint = target.addressing === "path" ? host : `${name}.${host}`;
  const details = { Endpoint: endpoint, Bucket: name };
  const headers = { "x-amz-bucket-region": region };
  if (redirect === "permanent") return s3Error("PermanentRedirect", { details, headers });
  const location = `${tls ? "https" : "http"}://${endpoint}${request.path}`;
  return s3Error("TemporaryRedirect", { details, headers: { ...headers, Location: location } });
}

function ofBucket({ state, request, target, caller, bucket }: Call): Answer | S3Error {
  if (!mayList(bucket, caller)) return s3Error("AccessDenied");
  const region = { "x-amz-bucket-region": bucket.region };
  if (request.method === "HEAD") return answer(200, region, textContent(""));
  if (parameterOf(target, "list-type") !== "2") return s3Error("NotImplemented");
  const answered = listAnswer(bucket, target, { pageSize: state.pageSize(), lies: state.lies.meet(request) });
  return isS3Error(answered) ? answered : { ...answered, headers: [...answered.headers, ...Object.entries(region)] };
}

function ofObject({ request, target, caller, bucket }: Call, met: RequestFaults): Answer | S3Error {
  const subresource = target.query.find(([name]) => subresources.has(name));
  if (subresource !== undefined) return s3Error("NotImplemented");
  const found = versionOf(bucket, target, caller);
  return isS3Error(found) ? found : objectAnswer(found, { request, target }, met);
}

const subresources: ReadonlySet<string> = new Set([
  "acl",
  "attributes",
  "legal-hold",
  "retention",
  "tagging",
  "torrent",
]);

function versionOf(bucket: StoredBucket, { key, query }: Target, caller: Caller): StoredObject | S3Error {
  const versionId = query.find(([name]) => name === "versionId")?.[1];
  const versions = bucket.objects.get(key) ?? [];
  const found =
    versionId === undefined
      ? newestOf(bucket, key)
      : versions.find((version) => (version.versionId ?? "null") === versionId);
  const isPublic = bucket.public || (found?.type === "object" && found.public);
  if (caller.type === "anonymous" && !isPublic) return s3Error("AccessDenied");
  if (found?.type === "object") return found;
  const marker = found && { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId };
  if (marker !== undefined && versionId !== undefined) {
    return s3Error("MethodNotAllowed", { headers: { ...marker, Allow: "DELETE" } });
  }
  if (!mayList(bucket, caller)) return s3Error("AccessDenied");
  if (versionId !== undefined) return s3Error("NoSuchVersion", { details: { Key: key, VersionId: versionId } });
  return s3Error("NoSuchKey", { details: { Key: key }, ...(marker && { headers: marker }) });
}

function mayList(bucket: StoredBucket, caller: Caller): boolean {
  return bucket.mayList && (bucket.public || caller.type === "key");
}
