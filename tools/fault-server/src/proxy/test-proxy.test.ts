import { request, type RequestOptions } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { startFaultServer } from "../fault-server.ts";
import { fileServer, text } from "../testing/file-server.ts";
import { parseAnswer, rawClient } from "../testing/raw-client.ts";
import { startTestProxy } from "./test-proxy.ts";

test("http goes through it by whole URLs, and names lead where they are to", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy({
    resolve: (host, port) =>
      host === "models.test" && port === 80 ? { host: "127.0.0.1", port: server.port } : undefined,
  });
  using client = await rawClient(proxy);
  client.send(
    "GET http://models.test/file?a=b HTTP/1.1\r\nHost: models.test\r\nProxy-Connection: x\r\nRange: bytes=2-4\r\n\r\n",
  );
  const { statusLine, body } = parseAnswer((await client.untilEnd()).bytes);
  expect([statusLine, body.toString()]).toEqual(["HTTP/1.1 206 Partial Content", "234"]);
  expect(server.requests).toMatchObject([
    { path: "/file?a=b", headers: { host: "models.test", range: "bytes=2-4", connection: "close" } },
  ]);
  expect(server.requests[0]?.headers).not.toHaveProperty("proxy-connection");
  expect(proxy.requests).toMatchObject([
    { method: "GET", target: "http://models.test/file?a=b", headers: { range: "bytes=2-4" }, status: undefined },
  ]);
});

test("POST and HEAD go through it too", async () => {
  await using server = await startFaultServer();
  server.route("/post", async ({ body }, respond) => {
    await respond.write(Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${body.toString()}`));
    respond.end("fin");
  });
  await using proxy = await startTestProxy();
  const posted = await answerTo({ port: proxy.port, path: `${server.origin}/post`, method: "POST" }, "some text");
  expect(posted).toEqual({ status: 200, text: "some text" });
  expect(await answerTo({ port: proxy.port, path: `${server.origin}/x`, method: "HEAD" })).toEqual({
    status: 404,
    text: "",
  });
});

test("https goes through a tunnel, for several requests", async () => {
  await using server = await fileServer({ tls: true });
  await using proxy = await startTestProxy({ resolve: () => ({ host: "127.0.0.1", port: server.port }) });
  using client = await rawClient(proxy);
  client.send("CONNECT models.test:443 HTTP/1.1\r\nHost: models.test:443\r\n\r\n");
  await client.until("HTTP/1.1 200 Connection established\r\n\r\n");
  client.socket.removeAllListeners("data");
  const { ca } = server;
  const socket = connectTls({ socket: client.socket, servername: "models.test", ca });
  socket.setEncoding("latin1").write("GET /file HTTP/1.1\r\n\r\nGET /file HTTP/1.1\r\nConnection: close\r\n\r\n");
  expect((await textOf(socket)).split(text)).toHaveLength(3);
  expect(server.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  expect(proxy.requests).toMatchObject([{ method: "CONNECT", target: "models.test:443", status: 200 }]);
  expect(proxy.requests[0]?.bytesRelayed).toBeGreaterThan(1000);
});

test("who does not say the password is asked for it, on a connection that stays", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy({ auth: "user:pass" });
  using client = await rawClient(proxy);
  const authority = `127.0.0.1:${server.port}`;
  client.send(`CONNECT ${authority} HTTP/1.1\r\n\r\n`);
  const { statusLine, headers } = parseAnswer(await client.until("Refused by the proxy."));
  expect([statusLine, headers["proxy-authenticate"]]).toEqual([
    "HTTP/1.1 407 Proxy Authentication Required",
    'Basic realm="test"',
  ]);
  client.send(`CONNECT ${authority} HTTP/1.1\r\nProxy-Authorization: Basic ${btoa("user:pass")}\r\n\r\n`);
  await client.until("established\r\n\r\n");
  client.get("/file");
  await client.until(text);
  expect(proxy.requests).toMatchObject([{ status: 407 }, { status: 200, connection: 1 }]);
});

test("it leads to no other machine, and says where nobody listens", async () => {
  await using server = await startFaultServer();
  await server.close();
  await using proxy = await startTestProxy();
  for (const origin of ["http://example.com", server.origin]) {
    expect((await answerTo({ port: proxy.port, path: `${origin}/file` })).status).toBe(502);
  }
});

test.each(["GET /file HTTP/1.1", "GET https://localhost/ HTTP/1.1", "nonsense"])(
  "%j is a bad request",
  async (line) => {
    await using proxy = await startTestProxy();
    using client = await rawClient(proxy);
    client.send(`${line}\r\n\r\n`);
    expect((await client.untilEnd()).bytes.toString()).toContain("400 Bad Request");
  },
);

test("it refuses", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy();
  const fault = proxy.inject({
    kind: "refuse",
    status: 403,
    body: "Not there.",
    when: ({ method }) => method === "CONNECT",
  });
  using client = await rawClient(proxy);
  client.send(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`);
  expect(parseAnswer(await client.until("Not there.")).statusLine).toBe("HTTP/1.1 403 Forbidden");
  expect(fault.count()).toBe(1);
  expect(await answerTo({ port: proxy.port, path: `${server.origin}/file` })).toEqual({ status: 200, text });
});

test.each([
  ["drop", false],
  ["reset", true],
] as const)("%s: no answer at all", async (kind, reset) => {
  await using proxy = await startTestProxy();
  proxy.inject({ kind });
  using client = await rawClient(proxy);
  client.send("CONNECT localhost:1 HTTP/1.1\r\n\r\n");
  expect(await client.untilEnd()).toEqual({ bytes: Buffer.alloc(0), reset });
});

test("it stalls until it is withdrawn", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy();
  const fault = proxy.inject({ kind: "stall" });
  const answer = answerTo({ port: proxy.port, path: `${server.origin}/file` });
  await fault.acted;
  expect(server.connections).toBe(0);
  fault.withdraw();
  expect(await answer).toEqual({ status: 200, text });
});

test("its answer to CONNECT is garbage", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy();
  proxy.inject({ kind: "garbage", text: "What?\n" });
  using client = await rawClient(proxy);
  client.send(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\n`);
  expect((await client.untilEnd()).bytes.toString()).toBe("What?\n");
});

test.each(["fin", "reset"] as const)("a tunnel is cut by %s after exactly so many bytes", async (how) => {
  await using server = await fileServer();
  await using proxy = await startTestProxy();
  const fault = proxy.inject({ kind: "cut", afterBytes: 200_001, how });
  using client = await rawClient(proxy);
  client.send(`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\n\r\nGET /large HTTP/1.1\r\n\r\n`);
  const { bytes, reset } = await client.untilEnd();
  const { body } = parseAnswer(bytes); // here, all that comes after the proxy's own head
  expect([body.length, reset, fault.count()]).toEqual([200_001, how === "reset", 1]);
  await server.allConnectionsClosed();
});

test("what resets an origin's connection resets that of the client", async () => {
  await using server = await fileServer();
  server.inject({ kind: "reset" });
  await using proxy = await startTestProxy();
  using client = await rawClient(proxy);
  client.send(`GET ${server.origin}/file HTTP/1.1\r\n\r\n`);
  expect(await client.untilEnd()).toEqual({ bytes: Buffer.alloc(0), reset: true });
});

test("when the client leaves, so does the proxy", async () => {
  await using server = await fileServer();
  const stall = server.inject({ kind: "stall", afterBytes: 5 });
  await using proxy = await startTestProxy();
  using client = await rawClient(proxy);
  client.send(`GET ${server.origin}/file HTTP/1.1\r\n\r\n`);
  await stall.acted;
  client.socket.destroy();
  await Promise.all([proxy.allConnectionsClosed(), server.allConnectionsClosed()]);
  expect([proxy.connections, proxy.openConnections, server.openConnections]).toEqual([1, 0, 0]);
});

test("it may be spoken to over TLS", async () => {
  await using server = await fileServer();
  await using proxy = await startTestProxy({ tls: true });
  using client = await rawClient(proxy);
  client.send(`GET ${server.origin}/file HTTP/1.1\r\n\r\n`);
  expect(parseAnswer((await client.untilEnd()).bytes).body.toString()).toBe(text);
});

async function answerTo(
  options: RequestOptions,
  body = "",
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; text: string }>();
  const asked = request({ host: "127.0.0.1", agent: false, ...options }, (response) => {
    textOf(response).then((all) => resolve({ status: response.statusCode, text: all }), reject);
  });
  asked.once("error", reject).end(body);
  return promise;
}
