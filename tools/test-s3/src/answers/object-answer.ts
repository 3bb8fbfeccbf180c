import type { RequestFaults } from "../../../fault-server/src/faults/fault.ts";
import { type Answer, headerOf } from "../../../fault-server/src/http/answer.ts";
import { fileAnswer } from "../../../fault-server/src/http/file-answer.ts";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import type { StoredObject } from "../objects/stored.ts";
import { parameterOf, type Target } from "../target.ts";
import { type S3Error, s3Error } from "./s3-error.ts";

/** The bytes of an object, for one who may have them. */
export function objectAnswer(
  object: StoredObject,
  { request, target }: { readonly request: ReceivedRequest; readonly target: Target },
  met: RequestFaults,
): Answer | S3Error {
  if (object.customerKey) {
    return s3Error("InvalidRequest", {
      message:
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    });
  }
  if (object.archived && request.method === "GET") {
    return s3Error("InvalidObjectState", { details: { StorageClass: object.storageClass } });
  }
  const part = parameterOf(target, "partNumber");
  if (part !== undefined) return partAnswer(object, Number(part), request, met);
  const isRanged = request.headers["range"] !== undefined;
  const checksums = wantsChecksums(request, target) && !isRanged ? checksumHeaders(object) : {};
  const headers = { ...objectHeaders(object), ...checksums, ...object.file.headers };
  // A range is one to HEAD as well, which the fault server does not know.
  const asGet = isRanged ? { ...request, method: "GET" } : request;
  return asS3(fileAnswer({ ...object.file, headers }, asGet, met), object, met);
}

function objectHeaders({ versionId, storageClass, archived }: StoredObject): Record<string, string> {
  return {
    "x-amz-server-side-encryption": "AES256",
    ...(versionId !== undefined && { "x-amz-version-id": versionId }),
    ...(storageClass !== "STANDARD" && { "x-amz-storage-class": storageClass }),
    ...(/^GLACIER$|^DEEP/.test(storageClass) &&
      !archived && { "x-amz-restore": 'ongoing-request="false", expiry-date="Fri, 01 Jan 2100 00:00:00 GMT"' }),
  };
}

function wantsChecksums({ headers }: ReceivedRequest, target: Target): boolean {
  const mode = headers["x-amz-checksum-mode"] ?? parameterOf(target, "x-amz-checksum-mode");
  return mode?.toUpperCase() === "ENABLED";
}

function checksumHeaders(object: StoredObject): Record<string, string> {
  const { checksumAlgorithms, checksumType } = object;
  if (checksumAlgorithms.length === 0) return {};
  const values = checksumAlgorithms.map((name) => [`x-amz-checksum-${name}`, object.checksum(name)] as const);
  return { ...Object.fromEntries(values), "x-amz-checksum-type": checksumType };
}

/** One part as it was uploaded, as if its range were asked for. */
function partAnswer(
  object: StoredObject,
  partNumber: number,
  request: ReceivedRequest,
  met: RequestFaults,
): Answer | S3Error {
  const part = object.parts[partNumber - 1];
  if (part === undefined) return s3Error("InvalidRange", { message: "The requested partnumber is not satisfiable" });
  const from = object.parts.slice(0, partNumber - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const range = { from, to: from + part.sizeBytes - 1 };
  const count: Record<string, string> = object.multipart ? { "x-amz-mp-parts-count": String(object.parts.length) } : {};
  const headers = { ...objectHeaders(object), ...count, ...object.file.headers };
  return asS3(fileAnswer({ ...object.file, headers }, { ...request, method: "GET", range }, met), object, met);
}

/** The fault server says in text what S3 says in XML; and S3 does not say `Content-Range` with a 416. */
function asS3(answered: Answer, { content }: StoredObject, met: RequestFaults): Answer | S3Error {
  if (answered.status === 412) return s3Error("PreconditionFailed", { details: { Condition: "If-Match" } });
  if (answered.status !== 416) return answered;
  const injected = met.get("range-not-satisfiable") && headerOf(answered.headers, "Content-Range");
  return s3Error("InvalidRange", {
    details: { ActualObjectSize: String(content.sizeBytes) },
    ...(injected !== undefined && { headers: { "Content-Range": injected } }),
  });
}
