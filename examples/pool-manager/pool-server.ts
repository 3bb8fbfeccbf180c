import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isModelError } from "@llama-orch/catalog-core";
import { poolError } from "./pool-errors.ts";
import { type Provisioner, type Replica, Replicas } from "./replicas.ts";
import { correlationIdOf, readReplicaRequest } from "./requests.ts";

export interface PoolServerOptions {
  readonly provisioner: Provisioner;
  /** Takes one object an ensure, to be printed as a line of JSON. Nothing in it is secret. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
  /** @default a free one */
  readonly port?: number;
}

export interface PoolServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Takes no more requests, aborts what is being prepared, and waits for it to stop. */
  close(): Promise<void>;
}

/** Serves on this machine alone: whoever reaches it may name any file that it can read. */
export async function startPoolServer({ provisioner, log, port = 0 }: PoolServerOptions): Promise<PoolServer> {
  const replicas = new Replicas(provisioner, log);
  const server = createServer((request, response) => void answer(request, response, { replicas, provisioner }));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  let closed: Promise<void> | undefined;
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => (closed ??= shutDown(server, replicas)) };
}

async function shutDown(server: Server, replicas: Replicas): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await replicas.close();
  // Whoever is still sending a request by now would keep the process up for as long as they like.
  server.closeAllConnections();
  await closed;
}

interface Pool {
  readonly replicas: Replicas;
  readonly provisioner: Provisioner;
}

async function answer(request: IncomingMessage, response: ServerResponse, pool: Pool): Promise<void> {
  try {
    const correlationId = correlationIdOf(request);
    response.setHeader("X-Correlation-Id", correlationId);
    await route(request, response, { ...pool, correlationId });
  } catch (error) {
    sendError(response, error);
  }
}

async function route(
  request: IncomingMessage,
  response: ServerResponse,
  { replicas, provisioner, correlationId }: Pool & { readonly correlationId: string },
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://pool");
  const [, id] = /^\/replicas\/([^/]+)$/.exec(pathname) ?? [];
  if (request.method === "POST" && pathname === "/replicas") {
    const replica = replicas.add({ ...(await readReplicaRequest(request)), correlationId });
    response.setHeader("Location", `/replicas/${replica.id}`);
    send(response, 202, replica);
  } else if (request.method === "GET" && id !== undefined) {
    send(response, 200, existing(replicas, id));
  } else if (request.method === "GET" && pathname === "/healthz") {
    const { schemes, network } = provisioner;
    const [preparing, ready, failed] = [replicas.count("preparing"), replicas.count("ready"), replicas.count("failed")];
    send(response, 200, { status: "ok", schemes, network, replicas: { preparing, ready, failed } });
  } else {
    throw poolError("POOL_ROUTE_UNKNOWN", {
      message: `There is no ${request.method} ${pathname}.`,
      hint: "There are POST /replicas, GET /replicas/:id and GET /healthz.",
    });
  }
}

function existing(replicas: Replicas, id: string): Replica {
  const replica = replicas.get(id);
  if (replica !== undefined) return replica;
  throw poolError("POOL_REPLICA_UNKNOWN", {
    message: `There is no replica ${JSON.stringify(id)}.`,
    hint: "Ask with an id that POST /replicas gave; replicas are forgotten when the pool manager stops.",
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}

/** Closes the connection: what is left of a refused body is not read. */
function sendError(response: ServerResponse, error: unknown): void {
  response.setHeader("Connection", "close");
  if (!isModelError(error)) {
    send(response, 500, { error: { code: "INTERNAL", message: "Something went wrong.", hint: "See the log." } });
    return;
  }
  const { code, message, hint, category } = error;
  send(response, category === "not-found" ? 404 : 400, { error: { code, message, hint } });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return address.port;
}
