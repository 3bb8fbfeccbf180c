import type { Fault, FaultEffect, FaultTarget } from "./fault.ts";

/** Takes the fault away, and lets go on what it stalls. It can be called at any time, and more than once. */
export interface InjectedFault {
  (): void;
  /** Resolves when the fault has acted on a request for the first time: of a stall or a cut, when the bytes before it are sent; never, if the body ends before them. */
  readonly acted: Promise<void>;
}

/** A fault that one request has met. */
export interface MetFault {
  readonly effect: FaultEffect;
  /** Resolves when it is taken away. */
  readonly removed: Promise<void>;
  /** To be called when it acts. */
  readonly note: () => void;
}

/** The faults of a hub. */
export interface FaultBoard {
  inject(fault: Fault): InjectedFault;
  /** Those that match; each of them has one time less afterwards. */
  meet(target: FaultTarget): readonly MetFault[];
}

export function faultBoard(): FaultBoard {
  const active = new Set<ActiveFault>();
  return {
    inject(fault) {
      const removed = Promise.withResolvers<void>();
      const acted = Promise.withResolvers<void>();
      const entry = { fault, left: fault.times ?? Infinity, removed: removed.promise, note: acted.resolve };
      active.add(entry);
      const remove = (): void => {
        active.delete(entry);
        removed.resolve();
      };
      return Object.assign(remove, { acted: acted.promise });
    },
    meet(target) {
      const met = [...active].filter(({ fault }) => fault.when?.(target) ?? true);
      for (const entry of met) if (--entry.left <= 0) active.delete(entry);
      return met.map(({ fault, removed, note }) => ({ effect: fault, removed, note }));
    },
  };
}

interface ActiveFault {
  readonly fault: Fault;
  /** How many more requests it is for. */
  left: number;
  readonly removed: Promise<void>;
  readonly note: () => void;
}

/** The first fault of a kind. */
export function effectOf<Kind extends FaultEffect["kind"]>(
  met: readonly MetFault[],
  kind: Kind,
): (Omit<MetFault, "effect"> & { readonly effect: Extract<FaultEffect, { kind: Kind }> }) | undefined {
  for (const { effect, ...fault } of met) if (isKind(effect, kind)) return { ...fault, effect };
  return undefined;
}

function isKind<Kind extends FaultEffect["kind"]>(
  effect: FaultEffect,
  kind: Kind,
): effect is Extract<FaultEffect, { kind: Kind }> {
  return effect.kind === kind;
}
