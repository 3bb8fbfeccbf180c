import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { ConnectionEffect } from "./faults/connection-fault.ts";
import type { FaultBoard, MetFaults } from "./faults/fault-board.ts";
import { type Wire, wireOf } from "./http/wire.ts";
import type { TestCertificate } from "./tls/test-authority.ts";

export interface Listening {
  readonly port: number;
  /** How many connections there have been. */
  readonly accepted: number;
  /** How many there are. */
  readonly open: number;
  /** Resolves when there are none. */
  allClosed(): Promise<void>;
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  /** With it, TLS is spoken. */
  readonly certificate?: TestCertificate | undefined;
  readonly faults: ConnectionFaults;
}

export type ConnectionFaults = FaultBoard<number, ConnectionEffect>;

/**
 * Listens on a free port.
 *
 * @param serve is told of each connection, and its number from 1. A mistake in it is an unhandled rejection: the test run
 *   fails by it, as it should.
 */
export async function listen(
  { host, certificate, faults }: Address,
  serve: (wire: Wire, connection: number) => Promise<void>,
): Promise<Listening> {
  const open = new Set<Socket>();
  const secureContext = certificate && createSecureContext({ key: certificate.key, cert: certificate.cert });
  let accepted = 0;
  let closed = Promise.withResolvers<void>();
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = ++accepted;
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      if (open.size > 0) return;
      closed.resolve();
      closed = Promise.withResolvers();
    });
    if (endsAtOnce(wireOf(socket, socket), faults.meet(connection))) return;
    const upper =
      secureContext && new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
    void serve(wireOf(upper ?? socket, socket), connection);
  });
  server.listen(0, host);
  await once(server, "listening"); // rejects with the "error" that comes instead
  return {
    port: portOf(server),
    get accepted() {
      return accepted;
    },
    get open() {
      return open.size;
    },
    async allClosed() {
      if (open.size > 0) await closed.promise;
    },
    async close() {
      if (!server.listening) return;
      const ended = once(server, "close");
      server.close();
      for (const socket of open) socket.destroy();
      await ended;
    },
  };
}

/** Whether a fault keeps the connection from being served. */
function endsAtOnce(connection: Wire, met: MetFaults<ConnectionEffect>): boolean {
  const stall = met.get("stall");
  const drop = met.get("drop");
  const fault = stall ?? drop ?? met.get("reset");
  if (fault === undefined) return false;
  // Not destroyed but ended and read: what the peer sends meanwhile would make a reset of it.
  const { socket } = connection;
  if (stall !== undefined) void stall.withdrawn.then(() => socket.end());
  else if (drop !== undefined) socket.end();
  else connection.end("reset");
  socket.resume();
  fault.note();
  return true;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return address.port;
}
