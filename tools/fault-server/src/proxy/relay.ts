import type { Socket } from "node:net";
import type { MetFault } from "../faults/fault-board.ts";
import { endAfterBytes, type Wire } from "../http/wire.ts";
import type { ProxyEffect } from "./proxy-fault.ts";

export interface Relaying {
  readonly cut: MetFault<Extract<ProxyEffect, { kind: "cut" }>> | undefined;
  /** Told how many more bytes have been handed on. */
  readonly onRelayed: (bytes: number) => void;
}

/** Hands on in both directions until one of them ends, as it ended: an origin's reset is one of the proxy too. */
export async function relay(upstream: Socket, wire: Wire, { cut, onRelayed }: Relaying): Promise<void> {
  const onGone = (): void => void upstream.destroy();
  wire.gone.addEventListener("abort", onGone, { once: true });
  wire.socket.pipe(upstream);
  let left = cut?.effect.afterBytes ?? Infinity;
  try {
    for await (const piece of piecesOf(upstream)) {
      const handedOn = piece.subarray(0, left);
      await wire.write(handedOn);
      onRelayed(handedOn.length);
      left -= handedOn.length;
      if (left > 0 || cut === undefined) continue;
      await endAfterBytes(wire, cut.effect.how ?? "fin");
      cut.note();
      return;
    }
    wire.end("fin");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
    wire.end("reset");
  } finally {
    upstream.destroy();
  }
}

async function* piecesOf(socket: Socket): AsyncGenerator<Buffer> {
  for await (const piece of socket) if (piece instanceof Buffer) yield piece;
}
