import type { Socket } from "node:net";
import { transferError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { basicCredentials } from "./credentials.ts";

/** Longer than any proxy's answer. */
const headLimit = 16 * 1024;

/** From where to where. */
export interface Tunnel {
  readonly origin: URL;
  readonly proxy: URL;
}

/**
 * Asks a proxy to pass on bytes to a server from now on (CONNECT, RFC 9110 § 9.3.6).
 * @returns the socket, which is the caller's from then on
 * @throws ModelError `TRANSFER_PROXY`, also for an abort, which the caller knows of
 */
export async function openTunnel(connection: Connection, tunnel: Tunnel, signal: AbortSignal): Promise<Socket> {
  const { origin, proxy } = tunnel;
  const authority = authorityOf(origin);
  const credentials = basicCredentials(proxy);
  const authorization = credentials === undefined ? "" : `Proxy-Authorization: ${credentials}\r\n`;
  const stop = (): void => connection.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    connection.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
    const head = await connection.takeThrough("\r\n\r\n", headLimit).catch((error: unknown) => {
      throw refused(tunnel, undefined, error);
    });
    const status = typeof head === "string" ? undefined : /^HTTP\/1\.[01] (\d{3})/.exec(head.toString("latin1"))?.[1];
    // A server waits for the first word within a tunnel: what comes before it is the proxy's, and would be lost.
    if (status?.startsWith("2") !== true || !connection.isEmpty) throw refused(tunnel, status);
    return connection.release();
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function authorityOf({ hostname, port }: URL): string {
  return `${hostname}:${port === "" ? "443" : port}`;
}

function refused({ origin, proxy }: Tunnel, status: string | undefined, cause?: unknown): Error {
  const says = status === undefined || status.startsWith("2") ? "gives no proper answer" : `answers ${status}`;
  return transferError("TRANSFER_PROXY", {
    message: `The proxy ${proxy.host} ${says} when asked for ${authorityOf(origin)}.`,
    hint:
      status === "407"
        ? "The proxy wants credentials: http://user:password@host:port."
        : "Check the proxy, and whether it may reach this host; NO_PROXY names hosts that are reached without.",
    facts: { proxy: proxy.host, ...(status !== undefined && { status: Number(status) }) },
    cause,
  });
}
