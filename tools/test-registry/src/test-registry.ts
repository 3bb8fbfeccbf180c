import {
  type ContentSpec,
  type FaultServer,
  type InjectedFault,
  type ReceivedRequest,
  startFaultServer,
} from "../../fault-server/src/index.ts";
import type { AuthSpec } from "./auth/auth-spec.ts";
import { answerOfTokenServer, type TokenLie } from "./auth/token-answer.ts";
import { tokenBook } from "./auth/tokens.ts";
import type { BuiltManifest, OciArtifact } from "./content/artifact.ts";
import type { Digest } from "./content/descriptor.ts";
import { keepRequest, type RegistryRequest } from "./registry-request.ts";
import { type BlobStore, startBlobStore } from "./server/blob-store.ts";
import { deciding, type DecidingServer, type Decision, type RegistryFault } from "./server/decide.ts";
import { answerOfRegistry, type RegistryState } from "./server/registry-answer.ts";
import { registryContents } from "./server/registry-contents.ts";
import { type ManifestLie, plainPath } from "./server/stores.ts";

/** A container registry of this machine, with its token server and blob store. All end, with all connections, when it is disposed of. */
export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:40123`, as it stands in references. */
  readonly host: string;
  /** `http://127.0.0.1:40123`, or `https://…`. */
  readonly origin: string;
  /** The authority of all its certificates, in PEM; `undefined` without TLS. */
  readonly ca: string | undefined;
  /** What the registry, the token server and the blob store have been sent so far, in the order in which it came. */
  readonly requests: readonly RegistryRequest[];
  /** Of all three. */
  readonly bodyBytesSent: number;
  /** Of the registry alone: connections, and requests to be waited for. */
  readonly server: FaultServer;
  readonly tokenServer: TokenServer;
  readonly blobStore: BlobStore;
  /** Makes requests to the registry go wrong that it would grant. Tokens and the blob store have faults of their own. */
  inject(fault: RegistryFault): InjectedFault;

  pushBlob(name: string, content: ContentSpec): { readonly digest: Digest; readonly size: number };
  /**
   * Nothing is checked: it may name blobs that are not there.
   *
   * @param reference a tag; `undefined` for none.
   * @param document in place of it, bytes are taken as they are.
   * @param mediaType @default that of the document, else OCI's
   */
  pushManifest(name: string, reference: string | undefined, document: object, mediaType?: string): BuiltManifest;
  /** All of a model, as the builders of this kit make them. */
  pushArtifact(name: string, tag: string, artifact: OciArtifact): PushedArtifact;
  /** Moves a tag, or makes it. */
  tag(name: string, tag: string, digest: string): void;
  /** Takes away a blob, a manifest by its digest, or a tag. */
  remove(name: string, reference: string): void;

  /** From now on. @param reference the tag or the digest: the other one stays true. `undefined` ends it. */
  lieAboutManifest(name: string, reference: string, lie: ManifestLie | undefined): void;
  /** Other bytes at a digest. */
  lieAboutBlob(name: string, digest: string, content: ContentSpec): void;
  /** No bearer token holds any more; new ones do. */
  revokeTokens(): void;
  /** How often a blob was asked of the registry by GET, and granted or redirected. */
  blobRequests(digest: string): number;
}

export interface TokenServer {
  /** Where it is, whatever challenges say. */
  readonly realm: string;
  /** How often it was asked. */
  readonly requestCount: number;
  inject(fault: RegistryFault): InjectedFault;
  /** From now on; `undefined` ends it. */
  lie(lie: TokenLie | undefined): void;
}

export interface PushedArtifact extends BuiltManifest {
  /** The same as `digest`. */
  readonly manifestDigest: Digest;
  readonly files: OciArtifact["files"];
}

export interface TestRegistryOptions {
  /** @default { type: "none" } */
  readonly auth?: AuthSpec;
  /** Whether all of it speaks TLS. @default false */
  readonly tls?: boolean;
  /** Whether blobs are sent, or redirected to the blob store. @default "here" */
  readonly blobsAt?: "here" | "other-host";
  /** Whether blobs that are here can be had in parts. @default true */
  readonly ranges?: boolean;
  /** Whether it is a proxy whose cache is cold: a blob comes whole with 200, whatever is asked for, until it has been sent once. @default false */
  readonly pullThrough?: boolean;
  /** Whether `Accept` must list the type of a manifest. @default true */
  readonly strictAccept?: boolean;
  /** Whether it has the referrers API. @default false */
  readonly referrers?: boolean;
  /** The clock by which tokens end, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export async function startTestRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const { auth = { type: "none" }, tls = false, blobsAt = "here", now = Date.now } = options;
  const requests: RegistryRequest[] = [];
  const server = await startFaultServer({ tls });
  const blobStore = await startBlobStore(tls, requests);
  const ownToken = auth.type !== "bearer" || auth.at === "here" ? undefined : await startFaultServer({ tls });
  const host = `127.0.0.1:${server.port}`;
  const realm = `${tls ? "https" : "http"}://127.0.0.1:${(ownToken ?? server).port}/token`;
  const tokens = tokenBook(now);
  const contents = registryContents(server, blobStore, options.ranges ?? true);
  const state: RegistryState = {
    access: { auth, tokens, realm, service: "test-registry" },
    repositories: contents.repositories,
    blobStore: blobsAt === "here" ? undefined : blobStore,
    strictAccept: options.strictAccept ?? true,
    referrers: options.referrers ?? false,
    pullThrough: options.pullThrough ?? false,
    requests,
  };
  let lie: TokenLie | undefined;

  const decideToken = (request: ReceivedRequest): Decision => {
    keepRequest(requests, request, "token");
    const bearer = auth.type === "bearer" ? auth : ({ type: "bearer" } as const);
    return answerOfTokenServer({ auth: bearer, tokens, now, lie }, request);
  };
  const board = deciding(server, (request) => {
    if (auth.type === "bearer" && ownToken === undefined && isToken(request)) return decideToken(request);
    keepRequest(requests, request, "registry");
    contents.found(request.path);
    return answerOfRegistry(state, request);
  });
  const tokenBoard: DecidingServer =
    ownToken === undefined ? onlyWhere(board, isToken) : deciding(ownToken, decideToken);
  (ownToken ?? server).put("/token", {
    content: { sizeBytes: 2 ** 40, seed: "endless" },
    contentType: "application/json",
  });

  return {
    host,
    origin: `${tls ? "https" : "http"}://${host}`,
    ca: server.ca,
    requests,
    get bodyBytesSent() {
      return server.bodyBytesSent + blobStore.bodyBytesSent + (ownToken?.bodyBytesSent ?? 0);
    },
    server,
    blobStore,
    tokenServer: {
      realm,
      get requestCount() {
        return requests.filter((request) => request.server === "token").length;
      },
      inject: (fault) => tokenBoard.inject(fault),
      lie: (next) => void (lie = next),
    },
    inject: (fault) => onlyWhere(board, (request) => !isToken(request)).inject(fault),
    ...contents.operations,
    revokeTokens: () => tokens.revoke(),
    blobRequests(digest) {
      const asked = requests.filter((request) => request.server === "registry" && request.method === "GET");
      return asked.filter(({ path, status = 0 }) => status < 400 && plainPath(path).endsWith(`/blobs/${digest}`))
        .length;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.close(), blobStore.server.close(), ownToken?.close()]);
    },
  };
}

function isToken({ path }: ReceivedRequest): boolean {
  return plainPath(path) === "/token";
}

function onlyWhere(board: DecidingServer, where: (request: ReceivedRequest) => boolean): DecidingServer {
  return {
    inject({ when = () => true, ...fault }) {
      return board.inject({ ...fault, when: (request) => where(request) && when(request) });
    },
  };
}
