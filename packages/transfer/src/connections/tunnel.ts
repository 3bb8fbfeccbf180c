import type { Socket } from "node:net";
import { transferError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { basicCredentials } from "./credentials.ts";

/** Longer than any proxy's answer. */
const headLimit = 16 * 1024;

/**
 * Asks a proxy to pass on bytes to a server from now on (CONNECT, RFC 9110 § 9.3.6).
 * @returns the socket, which is the caller's from then on
 * @throws ModelError `TRANSFER_PROXY`; `signal.reason` untouched when aborted
 */
export async function openTunnel(
  connection: Connection,
  origin: URL,
  proxy: URL,
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${origin.hostname}:${origin.port === "" ? "443" : origin.port}`;
  const credentials = basicCredentials(proxy);
  const authorization = credentials === undefined ? "" : `Proxy-Authorization: ${credentials}\r\n`;
  const stop = (): void => connection.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    connection.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`);
    const head = await connection.takeThrough("\r\n\r\n", headLimit);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head?.toString("latin1") ?? "")?.[1];
    if (status?.startsWith("2") !== true) throw refused(authority, proxy, status);
    return connection.release();
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function refused(authority: string, proxy: URL, status: string | undefined): Error {
  const says = status === undefined ? "gives no proper answer" : `answers ${status}`;
  return transferError("TRANSFER_PROXY", {
    message: `The proxy ${proxy.host} ${says} when asked for ${authority}.`,
    hint:
      status === "407"
        ? "The proxy wants credentials: http://user:password@host:port."
        : "Check the proxy, and whether it may reach this host; NO_PROXY names hosts that are reached without.",
    facts: { proxy: proxy.host, ...(status !== undefined && { status: Number(status) }) },
  });
}
