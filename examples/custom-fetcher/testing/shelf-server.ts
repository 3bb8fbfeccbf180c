import { hash } from "node:crypto";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

export interface ShelfModel {
  readonly version: string;
  /** Contents by path; plain ASCII. */
  readonly files: Readonly<Record<string, string>>;
  /** What is sent instead, damaged on the way. */
  readonly sent?: Readonly<Record<string, string>>;
  /** What is sent for a manifest instead. */
  readonly manifest?: string;
  /** From this byte on, files are held back for ever. @default Infinity */
  readonly holdAtByte?: number;
  /** Whether ranges are answered with 206. @default true */
  readonly ranges?: boolean;
}

/** The other side of `shelfFetcher`, on a free port of this machine. */
export interface ShelfServer {
  readonly baseUrl: string;
  /** By name. Read anew at each request. */
  readonly models: Record<string, ShelfModel>;
  /** Of every request so far: the path, and the headers that matter here. */
  readonly requests: { readonly path: string; readonly range?: string; readonly correlationId?: string }[];
  /** Resolves when all is sent of a file that comes before the byte at which it is held. */
  held(): Promise<void>;
  close(): Promise<void>;
}

export async function startShelfServer(models: Record<string, ShelfModel>): Promise<ShelfServer> {
  const held = Promise.withResolvers<void>();
  const requests: ShelfServer["requests"] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const { range, "x-correlation-id": correlationId } = request.headers;
    requests.push({ path, ...(range !== undefined && { range }), correlationId: String(correlationId) });
    answer(models, { path, range, response, onHeld: held.resolve });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("the server listens on no port");
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    models,
    requests,
    held: () => held.promise,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly path: string;
  readonly range: string | undefined;
  readonly response: ServerResponse;
  readonly onHeld: () => void;
}

function answer(models: ShelfServer["models"], exchange: Exchange): void {
  const { path, response } = exchange;
  const [, , name = "", version, ...file] = path.split("/");
  const model = models[name];
  const content = model?.version === version ? { ...model?.files, ...model?.sent }[file.join("/")] : undefined;
  if (model !== undefined && version === "manifest.json") {
    response.end(model.manifest ?? JSON.stringify(manifestOf(model)));
  } else if (model !== undefined && content !== undefined) {
    sendFile(content, model, exchange);
  } else {
    response.writeHead(404).end();
  }
}

function sendFile(content: string, model: ShelfModel, { range, response, onHeld }: Exchange): void {
  const { ranges = true, holdAtByte = Infinity } = model;
  const start = ranges ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0;
  response.writeHead(start > 0 ? 206 : 200, { "Content-Length": content.length - start });
  if (holdAtByte < content.length) response.write(content.slice(start, holdAtByte), () => onHeld());
  else response.end(content.slice(start));
}

function manifestOf({ version, files }: ShelfModel): unknown {
  return {
    version,
    files: Object.entries(files).map(([path, content]) => ({
      path,
      sizeBytes: Buffer.byteLength(content),
      sha256: hash("sha256", content),
    })),
  };
}
