import { createHmac, randomBytes } from "node:crypto";
import {
  type ContentSpec,
  type FaultServer,
  type InjectedFault,
  type ReceivedRequest,
  sha256Of,
  startFaultServer,
  type StatusEffect,
} from "../../../fault-server/src/index.ts";
import { keepRequest, type RegistryRequest } from "../registry-request.ts";
import { type Decision, deciding, granted, refuse, type RegistryFault } from "./decide.ts";

/** Where a registry sends its clients for blobs, by URLs that are signed. It is on another host than the registry. */
export interface BlobStore {
  readonly origin: string;
  readonly bodyBytesSent: number;
  readonly server: FaultServer;
  inject(fault: RegistryFault): InjectedFault;
  /** The URLs that were given so far answer 403, at once or when so many more requests were granted; those given later hold. */
  expireUrls(options?: { readonly afterRequests?: number }): void;
}

export interface SigningBlobStore extends BlobStore {
  put(content: ContentSpec, digest: string): void;
  /** S3 signs for one method: HEAD and GET have URLs of their own. */
  sign(method: string, digest: string): string;
}

export async function startBlobStore(tls: boolean, requests: RegistryRequest[]): Promise<SigningBlobStore> {
  const server = await startFaultServer({ tls });
  const origin = `${tls ? "https" : "http"}://localhost:${server.port}`;
  const key = randomBytes(32);
  const signature = (method: string, path: string, given: number): string =>
    createHmac("sha256", key).update(`${method} ${path} ${given}`).digest("hex");
  let given = 0;
  let expiredUpTo = 0;
  let grantsLeft = Infinity;

  function decide(request: ReceivedRequest): Decision {
    keepRequest(requests, request, "blobs");
    const [path = "", query = ""] = request.path.split("?");
    const asked = new URLSearchParams(query);
    const number = Number(asked.get("X-Amz-Nonce"));
    if (request.headers["authorization"] !== undefined) {
      return refuse(xmlError(400, "InvalidArgument", "Only one auth mechanism allowed"));
    }
    if (asked.get("X-Amz-Signature") !== signature(request.method, path, number)) {
      return refuse(xmlError(403, "SignatureDoesNotMatch", "The request signature does not match"));
    }
    if (number > expiredUpTo && grantsLeft-- <= 0) {
      expiredUpTo = given;
      grantsLeft = Infinity;
    }
    return number <= expiredUpTo ? refuse(xmlError(403, "AccessDenied", "Request has expired")) : granted;
  }

  const board = deciding(server, decide);
  return {
    origin,
    server,
    get bodyBytesSent() {
      return server.bodyBytesSent;
    },
    inject: (fault) => board.inject(fault),
    expireUrls({ afterRequests = 0 } = {}) {
      if (afterRequests === 0) expiredUpTo = given;
      else grantsLeft = afterRequests;
    },
    put: (content, digest) => server.put(pathOf(digest), { content, etag: `"${sha256Of(content).slice(0, 32)}"` }),
    sign(method, digest) {
      const path = pathOf(digest);
      const query = new URLSearchParams({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "TESTREGISTRY/20250101/us-east-1/s3/aws4_request",
        "X-Amz-Date": "20250101T000000Z",
        "X-Amz-Expires": "1200",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Nonce": String(++given),
        "X-Amz-Signature": signature(method, path, given),
      });
      return `${origin}${path}?${query.toString()}`;
    },
  };
}

function pathOf(digest: string): string {
  const hex = digest.replace(/^sha256:/, "");
  return `/registry/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

function xmlError(status: number, code: string, message: string): StatusEffect {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { kind: "status", status, headers: { "Content-Type": "application/xml" }, body };
}
