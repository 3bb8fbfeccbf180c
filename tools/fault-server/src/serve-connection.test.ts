import { expect, test } from "vitest";
import { type FaultServer, startFaultServer } from "./fault-server.ts";
import { parseAnswer, rawClient } from "./testing/raw-client.ts";

const text = "0123456789";

test("a connection serves one request after the other", async () => {
  await using server = await serverWithFile();
  using client = await rawClient(server);
  client.get("/file");
  await client.until(text);
  client.get("/missing");
  expect((await client.until("Not Found")).toString()).toContain("Connection: keep-alive");
  expect(server.requests).toMatchObject([
    { path: "/file", connection: 1, exchange: 1, status: 200, bodyBytesSent: 10 },
    { path: "/missing", connection: 1, exchange: 2, status: 404 },
  ]);
  expect([server.connections, server.openConnections]).toEqual([1, 1]);
  client.socket.destroy();
  await server.allConnectionsClosed();
  expect([server.connections, server.openConnections]).toEqual([1, 0]);
});

test("requests that come at once are answered in their order", async () => {
  await using server = await serverWithFile();
  using client = await rawClient(server);
  client.send("GET /file HTTP/1.1\r\n\r\nGET /file HTTP/1.1\r\nConnection: close\r\n\r\n");
  const { bytes } = await client.untilEnd();
  expect(bytes.toString().split(text)).toHaveLength(3);
});

test.each([
  ["GET /file HTTP/1.1\r\nConnection: close\r\n\r\n", "close"],
  ["GET /file HTTP/1.0\r\n\r\n", "close"],
])("%j ends the connection", async (sent, connection) => {
  await using server = await serverWithFile();
  using client = await rawClient(server);
  client.send(sent);
  const { headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect(headers["connection"]).toBe(connection);
  expect(body.toString()).toBe(text);
});

test("a request may come in pieces, and names its headers as it likes", async () => {
  await using server = await serverWithFile();
  using client = await rawClient(server);
  for (const piece of ["GET /fi", "le HTTP/1.1\r\nX-ONE: 1\r", "\nx-one:2  \r\n\r", "\n"]) client.send(piece);
  await client.until(text);
  expect(server.requests).toMatchObject([
    {
      httpVersion: "1.1",
      headers: { "x-one": "1, 2" },
      rawHeaders: [
        ["X-ONE", "1"],
        ["x-one", "2"],
      ],
    },
  ]);
});

test.each([
  "nonsense\r\n\r\n",
  "GET /file HTTP/1.1\r\nno header\r\n\r\n",
  "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
])("%j is a bad request", async (sent) => {
  await using server = await serverWithFile();
  using client = await rawClient(server);
  client.send(sent);
  expect((await client.untilEnd()).bytes.toString()).toContain("400 Bad Request");
  expect(server.requests).toEqual([]);
});

test("a route reads what was posted, and writes what it likes", async () => {
  await using server = await startFaultServer();
  server.route("/log-in", async ({ body }, respond) => {
    await respond.write(Buffer.from(`not HTTP: ${body.toString()}\n`));
  });
  server.route("/end", (_, respond) => respond.end("reset"));
  using client = await rawClient(server);
  client.send("POST /log-in HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /end HTTP/1.1\r\n\r\n");
  const { bytes, reset } = await client.untilEnd();
  expect(bytes.toString()).toBe("not HTTP: body\n");
  expect(reset).toBe(true);
  expect(server.requests).toMatchObject([{ method: "POST", status: undefined }, { exchange: 2 }]);
});

async function serverWithFile(): Promise<FaultServer> {
  const server = await startFaultServer();
  server.put("/file", { content: Buffer.from(text) });
  return server;
}
