import type { Connection } from "./connection.ts";
import { dial, type DialSettings, type Route } from "./dial.ts";

export interface PoolSettings extends DialSettings {
  /** Over all hosts. */
  readonly maxConnections: number;
  readonly maxConnectionsPerHost: number;
  /** How long one waits for its next request, in ms: less than servers wait, which close what is idle. */
  readonly idleMs: number;
}

interface Idle {
  readonly key: string;
  readonly connection: Connection;
  readonly timer: NodeJS.Timeout;
}

interface Waiter {
  readonly key: string;
  readonly go: (claimed: Claimed) => void;
}

/** A connection that was kept; or the right to open one, which is counted already. */
type Claimed = Connection | "new";

/**
 * The connections of one client: kept for the next request, and never more than the budget allows, however many transfers
 * go on at once. Those who wait are served in the order in which they came.
 */
export class ConnectionPool {
  readonly #settings: PoolSettings;
  /** Connections in use, idle or being opened, by host. */
  readonly #open = new Map<string, number>();
  #idle: Idle[] = [];
  #waiting: Waiter[] = [];

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Whether somebody waits for a connection: whoever has several should give one back. */
  get isCrowded(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether one more connection to this host would be within the budget, without anybody having to wait for it. */
  hasRoomFor(route: Route): boolean {
    const key = keyOf(route);
    return !this.isCrowded && (this.#idle.some((each) => each.key === key) || this.#fits(key));
  }

  /**
   * A connection of one's own, until it is given back: an idle one, or a new one.
   * @throws ModelError of `dial`; `signal.reason` untouched when aborted
   */
  async take(route: Route, signal: AbortSignal): Promise<Connection> {
    const key = keyOf(route);
    signal.throwIfAborted();
    // Whoever can be served takes nothing from those who wait: they could not have been.
    const claimed = this.#canServe(key) ? this.#claim(key) : await this.#turn(key, signal);
    if (claimed !== "new") return claimed;
    try {
      return await dial(route, this.#settings, signal);
    } catch (error) {
      this.#count(key, -1);
      this.#next();
      throw error;
    }
  }

  /** @param isReusable whether it stands between two messages, and the server keeps it open. */
  giveBack(route: Route, connection: Connection, isReusable: boolean): void {
    const key = keyOf(route);
    connection.uses += 1;
    if (isReusable && connection.isOpen && connection.isEmpty) {
      const timer = setTimeout(() => this.#drop(connection), this.#settings.idleMs);
      timer.unref();
      this.#idle.push({ key, connection, timer });
      connection.rest(() => this.#drop(connection));
    } else {
      connection.destroy();
      this.#count(key, -1);
    }
    this.#next();
  }

  /** Closes what is idle. Connections in use are closed by those who use them. */
  close(): void {
    for (const { connection } of this.#idle) this.#drop(connection);
  }

  #canServe(key: string): boolean {
    return this.#idle.some((each) => each.key === key) || this.#fits(key) || this.#canMakeRoom(key);
  }

  #fits(key: string): boolean {
    return this.#total() < this.#settings.maxConnections && this.#hasHostRoom(key);
  }

  /** At once, not when whoever waited for it goes on: until then it would be anybody's. */
  #claim(key: string): Claimed {
    const kept = this.#takeIdle(key);
    if (kept !== undefined) return kept;
    if (!this.#fits(key)) this.#closeOldestIdle();
    this.#count(key, 1);
    return "new";
  }

  /** An idle connection to another host gives way. */
  #canMakeRoom(key: string): boolean {
    return this.#idle.length > 0 && this.#hasHostRoom(key);
  }

  #hasHostRoom(key: string): boolean {
    return (this.#open.get(key) ?? 0) < this.#settings.maxConnectionsPerHost;
  }

  #total(): number {
    return [...this.#open.values()].reduce((sum, count) => sum + count, 0);
  }

  async #turn(key: string, signal: AbortSignal): Promise<Claimed> {
    const { promise, resolve, reject } = Promise.withResolvers<Claimed>();
    const waiter: Waiter = { key, go: resolve };
    const stop = (): void => {
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    this.#waiting.push(waiter);
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** In the order in which they came, all that can be served; those who stay wait for a host that has no room. */
  #next(): void {
    for (;;) {
      const waiter = this.#waiting.find(({ key }) => this.#canServe(key));
      if (waiter === undefined) return;
      this.#waiting = this.#waiting.filter((each) => each !== waiter);
      waiter.go(this.#claim(waiter.key));
    }
  }

  /** The newest: it is the least likely to have been closed by the server. */
  #takeIdle(key: string): Connection | undefined {
    const found = this.#idle.findLast((each) => each.key === key);
    if (found === undefined) return undefined;
    this.#forget(found);
    found.connection.wake();
    return found.connection;
  }

  #closeOldestIdle(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.#closeIdle(oldest);
  }

  #drop(connection: Connection): void {
    const found = this.#idle.find((each) => each.connection === connection);
    if (found === undefined) return;
    this.#closeIdle(found);
    this.#next();
  }

  #closeIdle(idle: Idle): void {
    this.#forget(idle);
    this.#count(idle.key, -1);
    idle.connection.wake();
    idle.connection.destroy();
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.timer);
    this.#idle = this.#idle.filter((each) => each !== idle);
  }

  #count(key: string, change: number): void {
    const count = (this.#open.get(key) ?? 0) + change;
    if (count > 0) this.#open.set(key, count);
    else this.#open.delete(key);
  }
}

function keyOf({ origin, proxy }: Route): string {
  // All plain requests through a proxy can use one connection.
  if (proxy !== undefined && origin.protocol === "http:") return proxy.origin;
  return proxy === undefined ? origin.origin : `${origin.origin} by ${proxy.origin}`;
}
