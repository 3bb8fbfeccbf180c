import type { RequestListener } from "node:http";
import { callerOf, type TokenSpec } from "./access/caller.ts";
import { answerOfCdn } from "./cdn/cdn-routes.ts";
import { urlSigner } from "./cdn/signed-url.ts";
import type { Fault } from "./faults/fault.ts";
import { faultBoard, type InjectedFault } from "./faults/fault-board.ts";
import { exchange, type ServerRole } from "./http/exchange.ts";
import { listen, listenElsewhere } from "./http/listen.ts";
import type { HubRequest } from "./hub-request.ts";
import type { HubState } from "./hub-state.ts";
import type { Delivery, RepositorySpec } from "./repository/repository-spec.ts";
import { createRepository, type HubRepository, type StoredRepository } from "./repository/repository.ts";
import { hubHeaders } from "./routes/hub-headers.ts";
import { answerOfHub } from "./routes/hub-routes.ts";

/** A Hugging Face Hub of this machine, and its CDN. Both end, with all connections, when it is disposed of. */
export interface TestHub extends AsyncDisposable {
  /** `http://127.0.0.1:40123`: for `HF_ENDPOINT`. */
  readonly endpoint: string;
  /** On another hostname: `http://127.0.0.2:40124`; where that address does not exist, `localhost`. */
  readonly cdnOrigin: string;
  /** All that both servers have been sent so far, in the order in which it came. */
  readonly requests: readonly HubRequest[];
  /** Adds a repository, or replaces it. Its files are hashed before this returns, the same generated file once per process. */
  addRepository(name: `${string}/${string}`, spec: RepositorySpec): HubRepository;
  /** Makes a token known. Any other one is refused with 401, public repositories included. */
  addToken(token: string, spec: TokenSpec): void;
  /** Makes matching requests go wrong, until `times` is used up or what it returns is called. */
  inject(fault: Fault): InjectedFault;
}

export interface TestHubOptions {
  /** For repositories that say nothing else. @default "redirect" */
  readonly delivery?: Delivery;
  /** How many entries a page of a tree has at most. @default 1000 */
  readonly treePageSize?: number;
  /** How long the URLs of the CDN hold. @default 3_600_000 */
  readonly signedUrlLifetimeMs?: number;
  /** The clock by which they expire, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const { delivery = "redirect", treePageSize = 1000, signedUrlLifetimeMs = 3_600_000, now = Date.now } = options;
  const began = performance.now();
  const repositories = new Map<string, StoredRepository>();
  const tokens = new Map<string, TokenSpec>();
  const requests: HubRequest[] = [];
  const faults = faultBoard();

  const common: Omit<ServerRole, "server" | "answer" | "headers"> = {
    faults,
    requests,
    now: () => performance.now() - began,
    callerOf: (authorization) => callerOf(authorization, tokens),
  };
  const hub = await listen(
    "127.0.0.1",
    listener({ ...common, server: "hub", answer: (call) => answerOfHub(state, call), headers: hubHeaders }),
  );
  const cdn = await listenElsewhere(
    listener({ ...common, server: "cdn", answer: (call) => answerOfCdn(state, call), headers: () => ({}) }),
  );
  const state: HubState = {
    repositories,
    settings: { delivery, treePageSize, signedUrlLifetimeMs },
    endpoint: hub.origin,
    cdnOrigin: cdn.origin,
    urlSigner: urlSigner(now),
  };

  return {
    endpoint: hub.origin,
    cdnOrigin: cdn.origin,
    requests,
    addRepository(name, spec) {
      const repository = createRepository(name, spec, `${hub.origin}/${name}`);
      repositories.set(name, repository);
      return repository;
    },
    addToken: (token, spec) => void tokens.set(token, spec),
    inject: (fault) => faults.inject(fault),
    async [Symbol.asyncDispose]() {
      await Promise.all([hub[Symbol.asyncDispose](), cdn[Symbol.asyncDispose]()]);
    },
  };
}

/** A mistake of the hub itself is an unhandled rejection: the test run fails by it, as it should. */
function listener(role: ServerRole): RequestListener {
  return (request, response) => void exchange(role, request, response);
}
