import { hash } from "node:crypto";
import { pace, type Pace, unlimited } from "../http/pace.ts";
import { endAfterBytes, unlessGone, type Wire } from "../http/wire.ts";
import type { Ending, RequestFaults } from "./fault.ts";

/** Something that happens between two bytes. */
export interface Stop {
  /** After so many bytes. */
  readonly at: number;
  act(): Promise<void>;
}

export function headPace(met: RequestFaults): Pace {
  return drip("head", met) ?? unlimited;
}

export function bodyPace(met: RequestFaults): Pace {
  const dripping = drip("body", met);
  if (dripping !== undefined) return dripping;
  const throttle = met.use("throttle");
  return throttle === undefined ? unlimited : pace(throttle.bytesPerSecond);
}

export function headStops(wire: Wire, met: RequestFaults): readonly Stop[] {
  const cut = met.get("cut-head");
  return cut === undefined ? [] : [ending(wire, cut.effect, cut.note)];
}

/** @param sizeBytes of the body. */
export function bodyStops(wire: Wire, sizeBytes: number, met: RequestFaults): readonly Stop[] {
  const stops: Stop[] = [];
  const stall = met.get("stall");
  if (stall !== undefined) {
    stops.push({
      at: stall.effect.afterBytes,
      async act() {
        stall.note();
        await unlessGone(stall.withdrawn, wire.gone);
      },
    });
  }
  for (const cut of [met.get("cut"), met.get("chunked-truncated")]) {
    if (cut !== undefined) stops.push(ending(wire, cut.effect, cut.note));
  }
  const random = met.get("random-reset");
  if (random !== undefined) {
    const { effect, earlier, note } = random;
    const [chance, place] = fractionsOf(`${effect.seed}:${earlier}`);
    const afterBytes = Math.floor(place * sizeBytes);
    if (chance < effect.probability) stops.push(ending(wire, { afterBytes, how: "reset" }, note));
  }
  return stops;
}

function ending(wire: Wire, cut: { readonly afterBytes: number; readonly how?: Ending }, note: () => void): Stop {
  return {
    at: cut.afterBytes,
    async act() {
      await endAfterBytes(wire, cut.how ?? "fin");
      note();
    },
  };
}

function drip(part: "head" | "body", met: RequestFaults): Pace | undefined {
  const fault = met.get("drip");
  if (fault?.effect.part !== part) return undefined;
  fault.note();
  return pace(fault.effect.bytesPerSecond, 1);
}

/** Two numbers from 0 to below 1, by chance but the same for the same seed. */
function fractionsOf(seed: string): readonly [number, number] {
  const bytes = hash("sha256", seed, "buffer");
  return [bytes.readUInt32BE(0) / 2 ** 32, bytes.readUInt32BE(4) / 2 ** 32];
}
