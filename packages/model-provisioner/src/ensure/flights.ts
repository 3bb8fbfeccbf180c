import type { EventBody } from "@llama-orch/catalog-core";

/** What a flight brings: used by each of its callers in turn, then let go. */
export interface Cargo {
  dispose(): Promise<void>;
}

/** One passenger: a call that waits for a flight. */
export interface Passenger {
  readonly signal: AbortSignal;
  /** Wants what is found out from now on: it boards no flight whose cargo has landed already. */
  readonly wantsFresh: boolean;
  readonly emit: (body: EventBody) => void;
}

/** How a flight is flown: until its signal aborts, telling all its passengers. */
export type Fly<C extends Cargo> = (signal: AbortSignal, emit: (body: EventBody) => void) => Promise<C>;

/**
 * Single-flight: at most one piece of work for each key in this process, shared by all calls that want it.
 *
 * An abort detaches one passenger; when the last one leaves, the work is aborted. The cargo is used by one passenger
 * at a time (each has its own digest and policy), and is disposed of when nobody is left.
 */
export class Flights<C extends Cargo> {
  readonly #inTheAir = new Map<string, Flight<C>>();

  async share<T>(key: string, passenger: Passenger, fly: Fly<C>, use: (cargo: C) => Promise<T>): Promise<T> {
    passenger.signal.throwIfAborted();
    const known = this.#inTheAir.get(key);
    const joined = known?.hasLanded === true && passenger.wantsFresh ? undefined : known;
    const flight = joined ?? this.#takeOff(key, fly);
    flight.passengers.add(passenger);
    try {
      if (joined !== undefined) passenger.emit({ type: "flight-joined" });
      const cargo = await abortable(flight.cargo, passenger.signal);
      return await abortable(
        flight.inTurn(() => use(cargo)),
        passenger.signal,
      );
    } finally {
      flight.passengers.delete(passenger);
      if (flight.passengers.size === 0) await this.#land(key, flight, passenger.signal);
    }
  }

  #takeOff(key: string, fly: Fly<C>): Flight<C> {
    const flight = new Flight(fly);
    this.#inTheAir.set(key, flight);
    return flight;
  }

  /**
   * Out of the map first: a call that comes now must start anew, and not board what is being aborted.
   * After an abort nobody waits for the work to wind down: the caller wants its answer now.
   */
  async #land(key: string, flight: Flight<C>, { aborted, reason }: AbortSignal): Promise<void> {
    if (this.#inTheAir.get(key) === flight) this.#inTheAir.delete(key);
    const ended = flight.end(reason);
    if (!aborted) await ended;
  }
}

class Flight<C extends Cargo> {
  readonly passengers = new Set<Passenger>();
  readonly cargo: Promise<C>;
  hasLanded = false;
  readonly #controller = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(fly: Fly<C>) {
    const tellAll = (body: EventBody): void => {
      for (const passenger of this.passengers) passenger.emit(body);
    };
    // Not before the caller has boarded, or the first passenger would miss the first events.
    this.cargo = Promise.resolve().then(() => fly(this.#controller.signal, tellAll));
    const landed = (): void => {
      this.hasLanded = true;
    };
    // When every passenger has left, nobody else looks at a failure.
    this.cargo.then(landed, landed);
  }

  async inTurn<T>(use: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(use);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Stops the work if it is still under way, and lets the cargo go when nobody uses it any more: a passenger that was
   * aborted may have left while its cargo was being published.
   * Never rejects: a failed flight has no cargo, and a failure to dispose leaves litter in a private folder, and harms nobody.
   */
  async end(reason: unknown): Promise<void> {
    if (!this.hasLanded) this.#controller.abort(reason);
    try {
      const cargo = await this.cargo;
      await this.#turn;
      await cargo.dispose();
    } catch {}
  }
}

/** The promise, or the abort of whoever waits for it, whichever comes first; leaves no listener behind. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
