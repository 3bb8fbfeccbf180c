import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

export interface Listening extends AsyncDisposable {
  /** `http://127.0.0.1:40123`. */
  readonly origin: string;
}

/**
 * Listens on a free port.
 *
 * @throws what the system says, `EADDRNOTAVAIL` where there is no such address.
 */
export async function listen(hostname: string, listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  server.listen(0, hostname);
  await once(server, "listening"); // rejects with the "error" that comes instead
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return {
    origin: `http://${hostname}:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A hostname that is not that of the hub; most systems have all of 127.0.0.0/8, others only the first of it. */
export async function listenElsewhere(listener: RequestListener): Promise<Listening> {
  try {
    return await listen("127.0.0.2", listener);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRNOTAVAIL")) throw error;
    return listen("localhost", listener);
  }
}
