import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { FaultServer } from "../fault-server.ts";

/** A connection that shows what comes as it comes. */
export interface RawClient extends Disposable {
  readonly socket: Socket;
  send(text: string): void;
  /** GET, with these lines of the head. */
  get(path: string, ...lines: readonly string[]): void;
  /** All that has come, when it is at least so many bytes, or when this text is in it. It stays, to be read again. */
  until(wanted: number | string): Promise<Buffer>;
  /** All that has come when the connection ends. */
  untilEnd(): Promise<{ readonly bytes: Buffer; readonly reset: boolean }>;
}

export async function rawClient(
  { port, ca }: Pick<FaultServer, "port" | "ca">,
  host = "127.0.0.1",
): Promise<RawClient> {
  const socket = ca === undefined ? connect(port, host) : connectTls({ port, host, ca, servername: "localhost" });
  const chunks: Buffer[] = [];
  let reset = false;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    changed();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => (reset ||= error.code === "ECONNRESET"));
  socket.on("close", changed);
  await once(socket, ca === undefined ? "connect" : "secureConnect");
  const send = (text: string): void => void socket.write(text, "latin1");
  return {
    socket,
    send,
    get: (path, ...lines) => send([`GET ${path} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n")),
    async until(wanted) {
      for (;;) {
        const bytes = Buffer.concat(chunks);
        if (typeof wanted === "number" ? bytes.length >= wanted : bytes.includes(wanted)) return bytes;
        if (socket.closed) throw new Error(`The connection ended before ${wanted}, after ${bytes.toString("latin1")}`);
        await change.promise;
      }
    },
    async untilEnd() {
      while (!socket.closed) await change.promise;
      return { bytes: Buffer.concat(chunks), reset };
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

export interface RawAnswer {
  readonly statusLine: string;
  /** Each line as it came. */
  readonly lines: readonly string[];
  /** With lower-case names; of a name that comes twice, the last one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The answer to one request on a connection of its own. */
export async function rawGet(server: FaultServer, path: string, ...lines: readonly string[]): Promise<RawAnswer> {
  using client = await rawClient(server);
  client.get(path, ...lines, "Connection: close");
  return parseAnswer((await client.untilEnd()).bytes);
}

export function parseAnswer(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = lines.map((line) => [line.split(":")[0]?.toLowerCase(), line.replace(/^[^:]*: */, "")] as const);
  return { statusLine, lines, headers: Object.fromEntries(headers), body: bytes.subarray(end + 4) };
}
