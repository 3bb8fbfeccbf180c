import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { type FaultServer, startFaultServer, startTestProxy } from "../../../../tools/fault-server/src/index.ts";
import { httpClient } from "../http/http-client.ts";
import { bodyOf, failureOf, get, open, serve, unaborted } from "../testing/serve.ts";
import { ConnectionPool, type PoolSettings } from "./connection-pool.ts";
import type { Route } from "./dial.ts";

const run = promisify(execFile);

function poolOf(settings: Partial<PoolSettings> = {}): ConnectionPool {
  return new ConnectionPool({
    maxConnections: 2,
    maxConnectionsPerHost: 2,
    idleMs: 60_000,
    addresses: "any",
    connectTimeoutMs: 10_000,
    secureContext: undefined,
    lookup: undefined,
    ...settings,
  });
}

function routeTo(server: FaultServer): Route {
  return { origin: new URL(server.origin), proxy: undefined };
}

test("never more at once than the budget allows, over all and to each, and all are served", async () => {
  const maxConnections = 4;
  const maxConnectionsPerHost = 2;
  const client = httpClient({ maxConnections, maxConnectionsPerHost });
  const servers = await Promise.all([startFaultServer(), startFaultServer(), startFaultServer()]);
  const active = new Map<FaultServer, number>();
  const most = { all: 0, each: 0 };
  for (const server of servers) {
    server.route("/f", async (_request, wire) => {
      active.set(server, (active.get(server) ?? 0) + 1);
      most.all = Math.max(
        most.all,
        [...active.values()].reduce((sum, count) => sum + count, 0),
      );
      most.each = Math.max(most.each, active.get(server) ?? 0);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      active.set(server, (active.get(server) ?? 0) - 1);
      await wire.write(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    });
  }
  try {
    const urls = Array.from({ length: 50 }, (_, index) => `${servers[index % 3]?.origin}/f`);
    const answers = await Promise.all(urls.map(async (url) => get(client, url)));
    expect(answers.every(({ body }) => String(body) === "ok")).toBe(true);
    expect(most).toEqual({ all: maxConnections, each: maxConnectionsPerHost });
  } finally {
    client.close();
    await Promise.all(servers.map(async (server) => server.close()));
  }
});

describe("those who wait", () => {
  test("are served in the order in which they came", async () => {
    await using served = await serve({ maxConnections: 1 });
    const stall = served.server.inject({ kind: "stall-head", when: ({ path }) => path === "/first" });
    const first = get(served.client, `${served.server.origin}/first`);
    await stall.acted;
    const others = ["/a", "/b", "/c", "/d"].map(async (path) => get(served.client, served.server.origin + path));
    expect(served.client.isCrowded).toBe(true);
    stall.withdraw();
    await Promise.all([first, ...others]);
    expect(served.server.requests.map(({ path }) => path)).toEqual(["/first", "/a", "/b", "/c", "/d"]);
    expect(served.client.isCrowded).toBe(false);
  });

  test("keep their place though somebody comes just when one becomes free", async () => {
    await using server = await startFaultServer();
    const pool = poolOf({ maxConnections: 1 });
    const route = routeTo(server);
    const held = await pool.take(route, unaborted());
    const order: string[] = [];
    const take = async (name: string): Promise<void> => {
      const connection = await pool.take(route, unaborted());
      order.push(name);
      pool.giveBack(route, connection, true);
    };
    const early = take("early");
    pool.giveBack(route, held, true);
    await Promise.all([early, take("late")]);
    expect(order).toEqual(["early", "late"]);
    pool.close();
  });

  test("do not hold up those who want another host", async () => {
    await using one = await startFaultServer();
    await using other = await startFaultServer();
    const pool = poolOf({ maxConnections: 8, maxConnectionsPerHost: 1 });
    const held = await pool.take(routeTo(one), unaborted());
    const waiting = pool.take(routeTo(one), unaborted());
    const elsewhere = await pool.take(routeTo(other), unaborted());
    expect(elsewhere.isOpen).toBe(true);
    pool.giveBack(routeTo(other), elsewhere, false);
    pool.giveBack(routeTo(one), held, false);
    pool.giveBack(routeTo(one), await waiting, false);
    await Promise.all([one.allConnectionsClosed(), other.allConnectionsClosed()]);
  });

  test("leave when they are aborted, and the next one has the turn", async () => {
    await using served = await serve({ maxConnections: 1 });
    const stall = served.server.inject({ kind: "stall-head", times: 1 });
    const first = get(served.client, served.server.origin);
    await stall.acted;
    const stopping = new AbortController();
    const left = failureOf(get(served.client, `${served.server.origin}/left`, { signal: stopping.signal }));
    const next = get(served.client, `${served.server.origin}/next`);
    stopping.abort("no patience");
    expect(await left).toBe("no patience");
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
    stall.withdraw();
    await Promise.all([first, next]);
    expect(served.server.requests.map(({ path }) => path)).toEqual(["/", "/next"]);
  });

  test("an abort just when it is one's turn loses no place in the budget", async () => {
    await using server = await startFaultServer();
    const pool = poolOf({ maxConnections: 1 });
    const route = routeTo(server);
    for (const isReusable of [true, false]) {
      const held = await pool.take(route, unaborted());
      const stopping = new AbortController();
      const waiting = pool.take(route, stopping.signal).then(
        (connection) => pool.giveBack(route, connection, false),
        (reason: unknown) => expect(reason).toBe("late"),
      );
      pool.giveBack(route, held, isReusable);
      stopping.abort("late");
      await waiting;
    }
    expect(pool.hasRoomFor(route)).toBe(true);
    pool.giveBack(route, await pool.take(route, unaborted()), false);
  });

  test("go on when what they wait for fails", async () => {
    await using server = await startFaultServer();
    await using secure = await startFaultServer({ tls: true });
    const failing = secure.injectOnConnection({ kind: "stall", times: 1 });
    const pool = poolOf({ maxConnections: 1 });
    const stopping = new AbortController();
    const first = failureOf(pool.take(routeTo(secure), stopping.signal));
    await failing.acted;
    const second = pool.take(routeTo(server), unaborted());
    stopping.abort("gone");
    expect(await first).toBe("gone");
    pool.giveBack(routeTo(server), await second, false);
  });
});

describe("idle ones", () => {
  test("to another host give way", async () => {
    await using one = await startFaultServer();
    await using other = await startFaultServer();
    const client = httpClient({ maxConnections: 1 });
    await get(client, one.origin);
    expect(one.openConnections).toBe(1);
    expect((await get(client, other.origin)).status).toBe(404);
    await one.allConnectionsClosed();
    client.close();
  });

  test("close after their time", async () => {
    await using server = await startFaultServer();
    const pool = poolOf({ idleMs: 20 });
    const connection = await pool.take(routeTo(server), unaborted());
    pool.giveBack(routeTo(server), connection, true);
    await server.allConnectionsClosed();
    expect(connection.isOpen).toBe(false);
    expect(pool.hasRoomFor(routeTo(server))).toBe(true);
  });

  test("that bring what nobody asked for are closed", async () => {
    await using server = await startFaultServer();
    server.route("/", async (_request, wire) => {
      await wire.write(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
      await late.promise;
      await wire.write(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
    });
    const late = Promise.withResolvers<void>();
    const client = httpClient();
    await get(client, server.origin);
    late.resolve();
    await server.allConnectionsClosed();
    expect((await get(client, server.origin)).body).toHaveLength(0);
    client.close();
  });

  test("that the server closes are not used again", async () => {
    await using server = await startFaultServer();
    const pool = poolOf();
    const idle = Promise.withResolvers<void>();
    server.route("/", async (_request, wire) => {
      await idle.promise;
      wire.end("fin");
    });
    const connection = await pool.take(routeTo(server), unaborted());
    connection.write("GET / HTTP/1.1\r\n\r\n");
    await server.requestArrived();
    pool.giveBack(routeTo(server), connection, true);
    idle.resolve();
    // The server is through with it before this side knows.
    while (connection.isOpen) await new Promise(setImmediate);
    const next = await pool.take(routeTo(server), unaborted());
    expect(next).not.toBe(connection);
    pool.giveBack(routeTo(server), next, false);
  });

  test("close at once when the client is closed, which can still be used", async () => {
    await using served = await serve();
    await get(served.client, served.server.origin);
    served.client.close();
    await served.server.allConnectionsClosed();
    expect((await get(served.client, served.server.origin)).status).toBe(404);
  });

  test.each(["http", "https", "https through a proxy"])("keep no process alive: %s", async (how) => {
    await using server = await startFaultServer({ tls: how !== "http" });
    await using proxy = await startTestProxy();
    server.put("/f", { content: Buffer.from("ok") });
    const script = fileURLToPath(new URL("../testing/fetch-and-exit.ts", import.meta.url));
    const args = [`${server.origin}/f`, server.ca ?? "", how.endsWith("proxy") ? proxy.origin : ""];
    // It would go on for an hour: the time limit of the test is the assertion.
    const { stdout } = await run(process.execPath, [script, ...args]);
    expect(stdout).toBe("ok");
  });
});

describe("room", () => {
  test("there is some up to the budget, and an idle one is room as well", async () => {
    await using server = await startFaultServer();
    await using other = await startFaultServer();
    const pool = poolOf({ maxConnections: 3, maxConnectionsPerHost: 2 });
    const [route, elsewhere] = [routeTo(server), routeTo(other)];
    const one = await pool.take(route, unaborted());
    expect(pool.hasRoomFor(route)).toBe(true);
    const two = await pool.take(route, unaborted());
    expect(pool.hasRoomFor(route)).toBe(false);
    expect(pool.hasRoomFor(elsewhere)).toBe(true);
    const three = await pool.take(elsewhere, unaborted());
    expect(pool.hasRoomFor(elsewhere)).toBe(false);
    pool.giveBack(route, two, true);
    expect(pool.hasRoomFor(route)).toBe(true);
    pool.giveBack(route, one, false);
    pool.giveBack(elsewhere, three, false);
    pool.close();
    await Promise.all([server.allConnectionsClosed(), other.allConnectionsClosed()]);
  });

  test("there is none while somebody waits", async () => {
    await using server = await startFaultServer();
    const pool = poolOf({ maxConnections: 1 });
    const held = await pool.take(routeTo(server), unaborted());
    const waiting = pool.take(routeTo(server), unaborted());
    expect(pool.isCrowded).toBe(true);
    expect(pool.hasRoomFor(routeTo(server))).toBe(false);
    pool.giveBack(routeTo(server), held, false);
    pool.giveBack(routeTo(server), await waiting, false);
    expect(pool.isCrowded).toBe(false);
  });

  test("a connection that could not be opened takes none", async () => {
    const gone = await startFaultServer();
    await gone.close();
    const pool = poolOf({ maxConnections: 1 });
    for (let round = 0; round < 3; round += 1) {
      await expect(pool.take(routeTo(gone), unaborted())).rejects.toMatchObject({ code: "TRANSFER_UNREACHABLE" });
    }
    expect(pool.hasRoomFor(routeTo(gone))).toBe(true);
  });
});

test("plain requests to several hosts share a connection to their proxy", async () => {
  await using proxy = await startTestProxy();
  proxy.inject({ kind: "refuse", status: 403 });
  const client = httpClient({ proxy: { http: proxy.origin } });
  for (const host of ["a.test", "b.test"]) {
    await using answer = await open(client, `http://${host}/`);
    expect(answer.head.status).toBe(403);
    await bodyOf(answer);
  }
  expect(proxy.connections).toBe(1);
  client.close();
});
