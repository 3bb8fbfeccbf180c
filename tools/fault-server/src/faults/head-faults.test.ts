import { expect, test } from "vitest";
import { fileServer, text } from "../testing/file-server.ts";
import { parseAnswer, rawClient, rawGet } from "../testing/raw-client.ts";

const ranged = "Range: bytes=2-4";

test.each([
  [{ from: 1 }, "bytes 1-4/10"],
  [{ to: 5 }, "bytes 2-5/10"],
  [{ total: "*" }, "bytes 2-4/*"],
  [{ from: 0, to: 2, total: 3 }, "bytes 0-2/3"],
  [{ text: "nonsense" }, "nonsense"],
] as const)("a range that is not the one: %j", async (lie, expected) => {
  await using server = await fileServer();
  server.inject({ kind: "content-range", ...lie });
  const { headers, body } = await rawGet(server, "/file", ranged);
  expect([headers["content-range"], body.toString()]).toEqual([expected, "234"]);
  expect((await rawGet(server, "/file")).headers).not.toHaveProperty("content-range");
});

test("206 that does not say of what", async () => {
  await using server = await fileServer();
  server.inject({ kind: "no-content-range" });
  const { statusLine, headers, body } = await rawGet(server, "/file", ranged);
  expect([statusLine, body.toString()]).toEqual(["HTTP/1.1 206 Partial Content", "234"]);
  expect(headers).not.toHaveProperty("content-range");
});

test.each([5, 15, "-1", "1e3"])("a length of %s, and then the end", async (bytes) => {
  await using server = await fileServer();
  server.inject({ kind: "content-length", bytes });
  using client = await rawClient(server);
  client.get("/file");
  const { headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect([headers["content-length"], body.toString()]).toEqual([String(bytes), text]);
});

test("a length that is not true, and the connection goes on", async () => {
  await using server = await fileServer();
  server.inject({ kind: "content-length", bytes: 5, thenClose: false, times: 1 });
  using client = await rawClient(server);
  client.get("/file");
  await client.until(text);
  client.get("/missing");
  expect((await client.until("Not Found")).toString()).toContain(`${text}HTTP/1.1 404`);
});

test("two lengths", async () => {
  await using server = await fileServer();
  server.inject({ kind: "content-length-twice", values: [10, 11] });
  const { lines, body } = await rawGet(server, "/file");
  expect(lines.filter((line) => line.startsWith("Content-Length"))).toEqual([
    "Content-Length: 10",
    "Content-Length: 11",
  ]);
  expect(body.toString()).toBe(text);
});

test("a length and chunks", async () => {
  await using server = await fileServer();
  server.inject({ kind: "length-and-chunked" });
  const { headers, body } = await rawGet(server, "/file");
  expect(headers).toMatchObject({ "content-length": "10", "transfer-encoding": "chunked" });
  expect(body.toString()).toBe(`a\r\n${text}\r\n0\r\n\r\n`);
});

test.each([
  [{}, "HTTP/1.1"],
  [{ httpVersion: "1.0" }, "HTTP/1.0"],
] as const)("no length: %j", async (options, version) => {
  await using server = await fileServer();
  server.inject({ kind: "no-length", ...options });
  using client = await rawClient(server);
  client.get("/file");
  const { statusLine, headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect([statusLine, headers["connection"], body.toString()]).toEqual([`${version} 200 OK`, "close", text]);
  expect(headers).not.toHaveProperty("content-length");
  expect(headers).not.toHaveProperty("transfer-encoding");
});

test("a coding that is none", async () => {
  await using server = await fileServer();
  server.inject({ kind: "encoding", encoding: "gzip" });
  const { headers, body } = await rawGet(server, "/file");
  expect([headers["content-encoding"], body.toString()]).toEqual(["gzip", text]);
});

test("headers are set and left out, whatever their case", async () => {
  await using server = await fileServer();
  server.inject({
    kind: "headers",
    headers: { etag: '"other"', "accept-ranges": null, "X-New": "a\r\nX-Smuggled: b" },
  });
  const { headers } = await rawGet(server, "/file", ranged, 'If-Range: "v1"');
  expect(headers).toMatchObject({ etag: '"other"', "x-new": "a", "x-smuggled": "b", "content-range": "bytes 2-4/10" });
  expect(headers).not.toHaveProperty("accept-ranges");
});

test("the connection ends after a proper answer", async () => {
  await using server = await fileServer();
  server.inject({ kind: "close-after" });
  using client = await rawClient(server);
  client.get("/file");
  const { headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect([headers["connection"], headers["content-length"], body.toString()]).toEqual(["close", "10", text]);
});

test.each([
  [100_000, 1],
  [100_001, 1000],
])("a head of %d bytes more in %d lines", async (bytes, lines) => {
  await using server = await fileServer();
  const plain = (await rawGet(server, "/file")).lines;
  server.inject({ kind: "long-head", bytes, lines });
  const padded = (await rawGet(server, "/file")).lines;
  expect(padded).toHaveLength(plain.length + lines);
  expect(padded.join("\r\n").length - plain.join("\r\n").length).toBe(bytes);
});

test.each(["HTTP/9.9 200 OK", "ICY 200 OK", "HTTP/1.1 abc", ""])("%j where the status is to be", async (line) => {
  await using server = await fileServer();
  server.inject({ kind: "bad-status-line", text: line });
  const { statusLine, body } = await rawGet(server, "/file");
  expect([statusLine, body.toString()]).toEqual([line, text]);
});

test("informational answers come first", async () => {
  await using server = await fileServer();
  server.inject({ kind: "informational", headers: { Link: "</a>" }, repeat: 2 });
  using client = await rawClient(server);
  client.get("/file", "Connection: close");
  const answers = (await client.untilEnd()).bytes.toString().split("\r\n\r\n");
  expect(answers).toEqual([
    "HTTP/1.1 103 Early Hints\r\nLink: </a>",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>",
    expect.stringMatching(/^HTTP\/1.1 200 OK\r\n/),
    text,
  ]);
});
