import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Refusal } from "./refusal.ts";

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A connection to an origin, or that there is none. */
export async function connectUpstream({ host, port }: Endpoint): Promise<Socket | Refusal> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, "connect"); // rejects with the "error" that comes instead
    return socket;
  } catch (error) {
    if (error instanceof Error && "code" in error) return { status: 502, body: `${error.message}\n` };
    throw error;
  }
}
