/** A fault at work. */
export interface InjectedFault {
  /** Takes it away, and lets go on what it stalled. It can be called at any time, and more than once. */
  withdraw(): void;
  /** How often it has acted so far. */
  count(): number;
  /** Resolves when it has acted for the first time: of a stall or a cut, when the bytes before it are sent. */
  readonly acted: Promise<void>;
}

export interface FaultMatch<Target> {
  /** @default all */
  readonly when?: (target: Target) => boolean;
  /** After how many that match it is over, whether it could act on them or not. @default Infinity */
  readonly times?: number;
}

interface Kinded {
  readonly kind: string;
}

/** The faults of a server, by what they act on: connections or requests. */
export interface FaultBoard<Target, Effect extends Kinded> {
  inject(fault: FaultMatch<Target> & Effect): InjectedFault;
  /** Those that match; each of them has one time less afterwards. */
  meet(target: Target): MetFaults<Effect>;
}

/** The faults that one request or connection has met. */
export interface MetFaults<Effect extends Kinded> {
  /** The first of a kind, to be noted when it acts. */
  get<Kind extends Effect["kind"]>(kind: Kind): MetFault<Extract<Effect, { kind: Kind }>> | undefined;
  /** The same, which acts at once. */
  use<Kind extends Effect["kind"]>(kind: Kind): Extract<Effect, { kind: Kind }> | undefined;
}

export interface MetFault<Effect> {
  readonly effect: Effect;
  /** How many it met before this one. */
  readonly earlier: number;
  /** Resolves when it is withdrawn. */
  readonly withdrawn: Promise<void>;
  /** To be called when it acts. */
  readonly note: () => void;
}

export function faultBoard<Target, Effect extends Kinded>(): FaultBoard<Target, Effect> {
  const active = new Set<ActiveFault<Target, Effect>>();
  return {
    inject(fault) {
      const withdrawn = Promise.withResolvers<void>();
      const acted = Promise.withResolvers<void>();
      let count = 0;
      const note = (): void => {
        count++;
        acted.resolve();
      };
      const entry = { fault, met: 0, withdrawn: withdrawn.promise, note };
      active.add(entry);
      return {
        withdraw() {
          active.delete(entry);
          withdrawn.resolve();
        },
        count: () => count,
        acted: acted.promise,
      };
    },
    meet(target) {
      const met = [...active].filter(({ fault }) => fault.when?.(target) ?? true);
      return metFaults<Effect>(
        met.map((entry) => {
          const earlier = entry.met++;
          if (entry.met >= (entry.fault.times ?? Infinity)) active.delete(entry);
          return { effect: entry.fault, earlier, withdrawn: entry.withdrawn, note: entry.note };
        }),
      );
    },
  };
}

interface ActiveFault<Target, Effect> {
  readonly fault: FaultMatch<Target> & Effect;
  /** How many it has met. */
  met: number;
  readonly withdrawn: Promise<void>;
  readonly note: () => void;
}

function metFaults<Effect extends Kinded>(met: readonly MetFault<Effect>[]): MetFaults<Effect> {
  function get<Kind extends Effect["kind"]>(kind: Kind): MetFault<Extract<Effect, { kind: Kind }>> | undefined {
    for (const { effect, ...fault } of met) if (isKind(effect, kind)) return { ...fault, effect };
    return undefined;
  }
  return {
    get,
    use(kind) {
      const fault = get(kind);
      fault?.note();
      return fault?.effect;
    },
  };
}

function isKind<Effect extends Kinded, Kind extends Effect["kind"]>(
  effect: Effect,
  kind: Kind,
): effect is Extract<Effect, { kind: Kind }> {
  return effect.kind === kind;
}
