import { hash } from "node:crypto";
import { request } from "node:https";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { sha256Of, startFaultServer } from "./index.ts";
import { rawClient, rawGet } from "./testing/raw-client.ts";

test.each(["127.0.0.1", "::1"] as const)("fetch takes it for a server at %s", async (host) => {
  await using server = await startFaultServer({ host });
  const spec = { sizeBytes: 5_000_001, seed: "fetch" };
  server.put("/file", { content: spec });
  const response = await fetch(`${server.origin}/file`);
  expect(hash("sha256", Buffer.from(await response.arrayBuffer()))).toBe(sha256Of(spec));
  expect(server.bodyBytesSent).toBe(5_000_001);
});

test.each([
  ["127.0.0.1", undefined],
  ["localhost", undefined],
  ["127.0.0.1", "models.test"],
  ["127.0.0.1", "eu.models.test"],
])("https at %s, as %s: its authority vouches for it", async (host, servername) => {
  await using server = await startFaultServer({ tls: true });
  server.put("/file", { content: Buffer.from("text") });
  const { ca, port } = server;
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ host, port, path: "/file", ca, agent: false, ...(servername && { servername }) })
    .once("response", (response) => resolve(response.resume().statusCode))
    .once("error", reject)
    .end();
  expect(await promise).toBe(200);
});

test("no other authority vouches for it, nor does this one for other names", async () => {
  await using server = await startFaultServer({ tls: true, names: ["only.test"] });
  const { ca, port } = server;
  const codeOf = async (options: {
    readonly ca?: string | undefined;
    readonly servername: string;
  }): Promise<unknown> => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    request({ host: "127.0.0.1", port, agent: false, ...options })
      .once("response", (response) => resolve(response.resume().statusCode))
      .once("error", (error: NodeJS.ErrnoException) => resolve(error.code))
      .end();
    return promise;
  };
  expect(await codeOf({ ca, servername: "only.test" })).toBe(404);
  expect(await codeOf({ ca, servername: "models.test" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  expect(await codeOf({ servername: "only.test" })).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test("a gibibyte is made as it is read, and no faster", async () => {
  await using server = await startFaultServer();
  server.put("/large", { content: { sizeBytes: 2 ** 30, seed: 1 } });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /large HTTP/1.1\r\n\r\n");
  let received = 0;
  let ahead = 0;
  for await (const chunk of socket) {
    if (chunk instanceof Buffer) received += chunk.length;
    ahead = Math.max(ahead, server.bodyBytesSent - received);
    if (received > 2 ** 26) break;
  }
  expect(ahead).toBeLessThan(2 ** 25);
  await server.allConnectionsClosed();
});

test("a redirect leads to a place, or to one of its time", async () => {
  await using server = await startFaultServer();
  server.redirect("/one", "https://cdn.test/file");
  server.redirect("/other", ({ path }) => `/file?for=${path}`, { status: 307 });
  const one = await rawGet(server, "/one");
  expect([one.statusLine, one.headers["location"]]).toEqual(["HTTP/1.1 302 Found", "https://cdn.test/file"]);
  const other = await rawGet(server, "/other?a");
  expect([other.statusLine, other.headers["location"]]).toEqual([
    "HTTP/1.1 307 Temporary Redirect",
    "/file?for=/other?a",
  ]);
});

test("a path with its query comes before the path alone", async () => {
  await using server = await startFaultServer();
  server.put("/file", { content: Buffer.from("any") });
  server.put("/file?signed", { content: Buffer.from("signed") });
  expect((await rawGet(server, "/file?signed")).body.toString()).toBe("signed");
  expect((await rawGet(server, "/file?expired")).body.toString()).toBe("any");
});

test("a request can be waited for, before and after it comes", async () => {
  const server = await startFaultServer();
  const coming = server.requestArrived(({ path }) => path === "/two");
  const never = server.requestArrived(({ path }) => path === "/never");
  await rawGet(server, "/one");
  await rawGet(server, "/two");
  expect(await coming).toMatchObject({ path: "/two", connection: 2 });
  expect(await server.requestArrived()).toMatchObject({ path: "/one", status: 404 });
  await server.close();
  await server.close();
  await expect(never).rejects.toThrow("closed");
});

test("closing ends what stalls", async () => {
  const server = await startFaultServer();
  server.inject({ kind: "stall-head" });
  using client = await rawClient(server);
  client.get("/file");
  await server.requestArrived();
  await server.close();
  expect((await client.untilEnd()).bytes).toHaveLength(0);
});

test.each([
  ["drop", "UND_ERR_SOCKET"],
  ["reset", "ECONNRESET"],
] as const)("a connection can %s before anything is said", async (kind, code) => {
  await using server = await startFaultServer();
  const fault = server.injectOnConnection({ kind, times: 1 });
  await expect(fetch(server.origin)).rejects.toMatchObject({ cause: { code } });
  expect(fault.count()).toBe(1);
  expect((await fetch(server.origin)).status).toBe(404);
  expect(server.requests).toHaveLength(1);
});

test("a handshake can stall", async () => {
  await using server = await startFaultServer({ tls: true });
  const fault = server.injectOnConnection({ kind: "stall", when: (connection) => connection === 1 });
  const failing = rawClient(server);
  await fault.acted;
  expect(server.openConnections).toBe(1);
  fault.withdraw();
  await expect(failing).rejects.toThrow("disconnected");
  expect((await rawGet(server, "/file")).statusLine).toContain("404");
});
