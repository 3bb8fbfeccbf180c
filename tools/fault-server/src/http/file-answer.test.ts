import { expect, test } from "vitest";
import { type FaultServer, startFaultServer } from "../fault-server.ts";
import type { FileSpec } from "../file-spec.ts";
import { parseAnswer, rawClient, rawGet } from "../testing/raw-client.ts";

const text = "0123456789";
const lastModified = new Date("2026-01-02T03:04:05Z");
const date = "Fri, 02 Jan 2026 03:04:05 GMT";

test("a file comes with its length, its validators and what it can be asked for", async () => {
  await using server = await serverWith({ lastModified, headers: { "X-Own": "yes" } });
  const { statusLine, headers, body } = await rawGet(server, "/file?query=1");
  expect(statusLine).toBe("HTTP/1.1 200 OK");
  expect(headers).toMatchObject({
    "accept-ranges": "bytes",
    "content-length": "10",
    "content-type": "application/octet-stream",
    "last-modified": date,
    "x-own": "yes",
    connection: "close",
  });
  expect(headers["etag"]).toMatch(/^"[0-9a-f]{32}"$/);
  expect(body.toString()).toBe(text);
});

test("what a file is without is not told", async () => {
  await using server = await serverWith({ etag: null, contentType: "text/plain" });
  const { headers } = await rawGet(server, "/file");
  expect(headers).not.toHaveProperty("etag");
  expect(headers).not.toHaveProperty("last-modified");
  expect(headers["content-type"]).toBe("text/plain");
});

test("putting again replaces", async () => {
  await using server = await serverWith({});
  const { headers } = await rawGet(server, "/file");
  server.put("/file", { content: Buffer.from("other") });
  const other = await rawGet(server, "/file");
  expect(other.body.toString()).toBe("other");
  expect(other.headers["etag"]).not.toBe(headers["etag"]);
});

test.each([
  ["bytes=2-4", "bytes 2-4/10", "234", { from: 2, to: 4 }],
  ["bytes=7-", "bytes 7-9/10", "789", { from: 7, to: undefined }],
  ["bytes=7-99", "bytes 7-9/10", "789", { from: 7, to: 99 }],
  ["bytes=-3", "bytes 7-9/10", "789", { from: undefined, to: 3 }],
  ["bytes=-99", "bytes 0-9/10", text, { from: undefined, to: 99 }],
])("%s is answered with 206", async (range, contentRange, part, parsed) => {
  await using server = await serverWith({});
  const { statusLine, headers, body } = await rawGet(server, "/file", `Range: ${range}`);
  expect(statusLine).toBe("HTTP/1.1 206 Partial Content");
  expect(headers).toMatchObject({ "content-range": contentRange, "content-length": String(part.length) });
  expect(body.toString()).toBe(part);
  expect(server.requests).toMatchObject([{ range: parsed, status: 206, bodyBytesSent: part.length }]);
});

test.each(["bytes=10-", "bytes=-0", "bytes=99-100"])("%s is answered with 416", async (range) => {
  await using server = await serverWith({});
  const { statusLine, headers } = await rawGet(server, "/file", `Range: ${range}`);
  expect(statusLine).toContain("416");
  expect(headers["content-range"]).toBe("bytes */10");
});

test.each(["bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", "bytes=a-b"])("%s is ignored", async (range) => {
  await using server = await serverWith({});
  const { statusLine, body } = await rawGet(server, "/file", `Range: ${range}`);
  expect(statusLine).toContain("200");
  expect(body.toString()).toBe(text);
  expect(server.requests[0]?.range).toBeUndefined();
});

test("a file without ranges is sent whole", async () => {
  await using server = await serverWith({ ranges: false });
  const { statusLine, headers, body } = await rawGet(server, "/file", "Range: bytes=2-4");
  expect(statusLine).toContain("200");
  expect(headers).not.toHaveProperty("accept-ranges");
  expect(body.toString()).toBe(text);
});

test("an empty file has no ranges", async () => {
  await using server = await serverWith({ content: new Uint8Array() });
  expect((await rawGet(server, "/file")).headers["content-length"]).toBe("0");
  expect((await rawGet(server, "/file", "Range: bytes=0-")).statusLine).toContain("416");
});

test.each([
  ['"v1"', "206"],
  ['"v0"', "200"],
  ['W/"v1"', "200"],
  [date, "206"],
  ["Fri, 02 Jan 2026 03:04:06 GMT", "200"],
])("If-Range: %s is answered with %s", async (validator, status) => {
  await using server = await serverWith({ etag: '"v1"', lastModified });
  const { statusLine, body } = await rawGet(server, "/file", "Range: bytes=5-", `If-Range: ${validator}`);
  expect(statusLine).toContain(status);
  expect(body).toHaveLength(status === "206" ? 5 : 10);
});

test("a weak ETag vouches for no range", async () => {
  await using server = await serverWith({ etag: 'W/"v1"' });
  expect((await rawGet(server, "/file", "Range: bytes=5-", 'If-Range: W/"v1"')).statusLine).toContain("200");
  expect((await rawGet(server, "/file", 'If-Match: W/"v1"')).statusLine).toContain("412");
});

test.each([
  ['If-Match: "v1"', "200"],
  ['If-Match: "v0", "v1"', "200"],
  ["If-Match: *", "200"],
  ['If-Match: "v0"', "412"],
  ['If-Match: W/"v1"', "412"],
  ['If-None-Match: "v0"', "200"],
  ['If-None-Match: "v0", W/"v1"', "304"],
  ["If-None-Match: *", "304"],
])("%s is answered with %s", async (line, status) => {
  await using server = await serverWith({ etag: '"v1"' });
  const { statusLine, headers, body } = await rawGet(server, "/file", line);
  expect(statusLine).toContain(status);
  expect(headers["etag"]).toBe('"v1"');
  expect(body.toString()).toBe({ "200": text, "304": "", "412": "Precondition Failed" }[status]);
});

test("HEAD tells all and sends nothing, and knows no ranges", async () => {
  await using server = await serverWith({});
  using client = await rawClient(server);
  client.send("HEAD /file HTTP/1.1\r\nRange: bytes=2-4\r\nConnection: close\r\n\r\n");
  const { statusLine, headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect(statusLine).toContain("200");
  expect(headers["content-length"]).toBe("10");
  expect(body).toHaveLength(0);
});

test("a file takes no POST", async () => {
  await using server = await serverWith({});
  expect((await fetch(`${server.origin}/file`, { method: "POST", body: "text" })).status).toBe(405);
});

async function serverWith(file: Partial<FileSpec>): Promise<FaultServer> {
  const server = await startFaultServer();
  server.put("/file", { content: Buffer.from(text), ...file });
  return server;
}
